//! Errno names and numbers of the system this was built for.

use serde::{Deserialize, Serialize};

macro_rules! errno_table {
    ($($name:ident)*) => {
        /// Every errno of POSIX that the supported systems define, by name.
        const TABLE: &[(&str, i32)] = &[$((stringify!($name), libc::$name)),*];
    };
}

// Where two names share a number (EAGAIN and EWOULDBLOCK everywhere; EOPNOTSUPP and ENOTSUP on
// Linux), the first one listed is the one printed.
errno_table! {
    E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EWOULDBLOCK EALREADY EBADF EBADMSG
    EBUSY ECANCELED ECHILD ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDESTADDRREQ EDOM EDQUOT
    EEXIST EFAULT EFBIG EHOSTUNREACH EIDRM EILSEQ EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR
    ELOOP EMFILE EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENETDOWN ENETRESET ENETUNREACH ENFILE
    ENOBUFS ENODEV ENOENT ENOEXEC ENOLCK ENOLINK ENOMEM ENOMSG ENOPROTOOPT ENOSPC ENOSYS ENOTCONN
    ENOTDIR ENOTEMPTY ENOTRECOVERABLE ENOTSOCK EOPNOTSUPP ENOTSUP ENOTTY ENXIO EOVERFLOW
    EOWNERDEAD EPERM EPIPE EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE EROFS ESPIPE ESRCH ESTALE
    ETIMEDOUT ETXTBSY EXDEV ENODATA
}

/// The name of an errno, or `errno N` for one that POSIX does not know.
pub fn name(errno: i32) -> String {
    TABLE
        .iter()
        .find(|(_, number)| *number == errno)
        .map_or_else(|| format!("errno {errno}"), |(name, _)| (*name).to_owned())
}

/// The number of an errno name on this system; `None` for a name that it does not have.
pub fn number(name: &str) -> Option<i32> {
    TABLE.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
}

/// The name of the errno behind an I/O error, or the error's own words when it has none.
pub fn name_of(error: &std::io::Error) -> String {
    error.raw_os_error().map_or_else(|| error.to_string(), name)
}

/// `ENOENT: No such file or directory`; the text alone where there is no errno.
pub fn describe(error: &std::io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(number) => {
            let suffix = format!(" (os error {number})");
            format!("{}: {}", name(number), text.strip_suffix(&suffix).unwrap_or(&text))
        }
        None => text,
    }
}

/// A set of errnos, small enough to copy and to test in the hot path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrnoSet([u64; 4]);

impl ErrnoSet {
    /// The set of these errnos; numbers outside 0..256 are left out.
    pub fn of(errnos: &[i32]) -> Self {
        let mut set = Self::default();
        for &errno in errnos {
            set.insert(errno);
        }
        set
    }

    /// Adds one errno.
    pub fn insert(&mut self, errno: i32) {
        if let Ok(bit) = u8::try_from(errno) {
            self.0[usize::from(bit >> 6)] |= 1 << (bit & 63);
        }
    }

    /// Takes one errno out.
    pub fn remove(&mut self, errno: i32) {
        if let Ok(bit) = u8::try_from(errno) {
            self.0[usize::from(bit >> 6)] &= !(1 << (bit & 63));
        }
    }

    /// Whether the errno is in the set.
    pub fn contains(self, errno: i32) -> bool {
        u8::try_from(errno).is_ok_and(|bit| self.0[usize::from(bit >> 6)] >> (bit & 63) & 1 == 1)
    }

    /// Everything that is in either set.
    pub fn union(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_its_number_and_back() {
        for name in ["ENOENT", "EINVAL", "ESTALE", "EDQUOT"] {
            assert_eq!(super::name(number(name).unwrap()), name);
        }
        assert_eq!(number("ENOSUCH"), None);
        assert_eq!(name(250), "errno 250");
    }

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        let set = ErrnoSet::of(&[libc::ENOENT, libc::ESTALE]);
        assert!(set.contains(libc::ENOENT) && set.contains(libc::ESTALE));
        assert!(!set.contains(0) && !set.contains(libc::EIO) && !set.contains(-1));
        assert!(set.union(ErrnoSet::of(&[libc::EIO])).contains(libc::EIO));
    }
}
