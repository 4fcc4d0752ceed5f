//! How the process takes signals.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Whether the process was started to ignore a signal, as `nohup` does with SIGHUP and a shell
/// with SIGINT for what it runs in the background. Such a wish is to be kept.
pub fn is_ignored(signal: i32) -> bool {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: only asks; the structure is large enough and is not read unless the call succeeds.
    unsafe {
        libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction == libc::SIG_IGN
    }
}

/// Lets a write beyond the limit on file sizes (`ulimit -f`) fail with EFBIG, as any other failure,
/// instead of killing the process.
///
/// # Errors
/// The errno of sigaction(2).
pub fn survive_file_size_limit() -> io::Result<()> {
    signal_hook::flag::register(libc::SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    Ok(())
}
