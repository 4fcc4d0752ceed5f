//! What the system said, in words and by name.

use std::io;

/// `ENOENT: No such file or directory`; the text alone where there is no error number.
pub(crate) fn describe(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(raw) => {
            let number = format!(" (os error {raw})");
            format!("{}: {}", errno_name(error), text.strip_suffix(&number).unwrap_or(&text))
        }
        None => text,
    }
}

/// The symbolic name of the error number behind an error, as in `ENOENT`.
// integrator: sys::errno::name
pub(crate) fn errno_name(error: &io::Error) -> &'static str {
    use rustix::io::Errno;
    let Some(raw) = error.raw_os_error() else { return "no errno" };
    [
        (Errno::ACCESS, "EACCES"),
        (Errno::PERM, "EPERM"),
        (Errno::NOENT, "ENOENT"),
        (Errno::NOTDIR, "ENOTDIR"),
        (Errno::ISDIR, "EISDIR"),
        (Errno::EXIST, "EEXIST"),
        (Errno::NOTEMPTY, "ENOTEMPTY"),
        (Errno::ROFS, "EROFS"),
        (Errno::NOSPC, "ENOSPC"),
        (Errno::DQUOT, "EDQUOT"),
        (Errno::FBIG, "EFBIG"),
        (Errno::IO, "EIO"),
        (Errno::LOOP, "ELOOP"),
        (Errno::NAMETOOLONG, "ENAMETOOLONG"),
        (Errno::MFILE, "EMFILE"),
        (Errno::NFILE, "ENFILE"),
        (Errno::BUSY, "EBUSY"),
        (Errno::TXTBSY, "ETXTBSY"),
        (Errno::NXIO, "ENXIO"),
        (Errno::PIPE, "EPIPE"),
        (Errno::INVAL, "EINVAL"),
        (Errno::NOTSUP, "ENOTSUP"),
        (Errno::NOSYS, "ENOSYS"),
        (Errno::BADF, "EBADF"),
        (Errno::NOLCK, "ENOLCK"),
        (Errno::STALE, "ESTALE"),
        (Errno::AGAIN, "EAGAIN"),
        (Errno::INTR, "EINTR"),
    ]
    .into_iter()
    .find_map(|(errno, name)| (errno.raw_os_error() == raw).then_some(name))
    .unwrap_or("unknown errno")
}
