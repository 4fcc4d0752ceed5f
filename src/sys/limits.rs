//! What the caller allows the process.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit on file sizes as far as the process may, and returns what it then is; `None`
/// for no limit.
pub fn raise_file_size() -> Option<u64> {
    let limit = getrlimit(Resource::Fsize);
    if limit.current == limit.maximum {
        return limit.current;
    }
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if setrlimit(Resource::Fsize, raised).is_ok() { limit.maximum } else { limit.current }
}
