//! Permissions exactly as asked for, whatever umask the caller of the command has set.

use rustix::fs::Mode;
use rustix::process::umask;

/// While it lives, the umask of the process is empty. It belongs to the whole process, so only one
/// thread may make files meanwhile.
#[derive(Debug)]
pub struct Umask(Mode);

impl Umask {
    /// Empties the umask.
    #[must_use]
    pub fn clear() -> Self {
        Self(umask(Mode::empty()))
    }
}

impl Drop for Umask {
    fn drop(&mut self) {
        umask(self.0);
    }
}
