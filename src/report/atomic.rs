//! Files that are whole or not there: written beside their place, synced, then renamed into it.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::sys::errno::name_of;

/// Temporary files are called `.NAME.XXXXXX.fsrace-tmp`, so that leftovers of a crash can be told
/// from anything else.
pub const TEMPORARY_SUFFIX: &str = ".fsrace-tmp";

/// A file that is still being written. Dropped, it leaves no trace.
#[derive(Debug)]
pub struct Pending {
    file: NamedTempFile,
    destination: PathBuf,
}

impl Pending {
    /// Begins a file that will become `destination`. What is there now stays as it is, but it is
    /// made sure that it could be overwritten. A symbolic link is followed.
    ///
    /// # Errors
    ///
    /// The directory does not exist or cannot be written, or `destination` is a directory or may
    /// not be written.
    pub fn create(destination: &Path) -> io::Result<Self> {
        // Renaming onto a link would replace the link instead of the file behind it.
        let destination = destination.canonicalize().unwrap_or_else(|_| destination.to_owned());
        let mode =
            match OpenOptions::new().append(true).custom_flags(libc::O_NONBLOCK).open(&destination)
            {
                // Rename needs no permission on the file, but who made it read-only meant it.
                Ok(existing) => Some(existing.metadata()?.permissions().mode() & 0o7777),
                Err(e) if e.kind() == io::ErrorKind::NotFound => None,
                Err(e) => return Err(e),
            };
        let name = destination.file_name().ok_or(io::ErrorKind::IsADirectory)?;
        // Its own error carries the temporary name, which tells the user nothing.
        let mut refused = None;
        let file = tempfile::Builder::new()
            .prefix(&format!(".{}.", name.to_string_lossy()))
            .suffix(TEMPORARY_SUFFIX)
            .make_in(directory_of(&destination), |path| {
                // As any new file: the umask decides, not the caution of a temporary one.
                let opened = OpenOptions::new().write(true).create_new(true).mode(0o666).open(path);
                opened.inspect_err(|e| refused = e.raw_os_error())
            })
            .map_err(|e| refused.map_or(e, io::Error::from_raw_os_error))?;
        if let Some(mode) = mode {
            file.as_file().set_permissions(Permissions::from_mode(mode))?;
        }
        Ok(Self { file, destination })
    }

    /// Writes the content and puts it in its place: once this returns, it survives a power cut.
    ///
    /// # Errors
    ///
    /// Whatever the system returns; what was at the destination is then still there.
    pub fn commit(self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let mut buffered = BufWriter::new(self.file.as_file());
        write(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        self.file.as_file().sync_all()?;
        let directory = directory_of(&self.destination).to_owned();
        self.file.persist(&self.destination).map_err(|e| e.error)?;
        sync_directory(&directory)
    }
}

/// Replaces `destination` by what `write` writes.
///
/// # Errors
///
/// As [`Pending::create`] and [`Pending::commit`].
pub fn replace(
    destination: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    Pending::create(destination)?.commit(write)
}

/// Makes new names in a directory survive a power cut.
///
/// # Errors
///
/// Whatever the system returns, except that it cannot do this: some filesystems refuse to sync a
/// directory, and nothing better is to be had on them.
pub fn sync_directory(directory: &Path) -> io::Result<()> {
    match File::open(directory)?.sync_all() {
        Err(e) if matches!(name_of(&e).as_str(), "EINVAL" | "ENOTSUP" | "ENOSYS" | "EBADF") => {
            Ok(())
        }
        other => other,
    }
}

/// The directory of a file, `.` for a bare name.
pub(super) fn directory_of(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
