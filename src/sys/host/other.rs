//! Other systems: `uname` tells all there is.

pub(super) fn version() -> Option<String> {
    None
}

pub(super) fn build() -> Option<String> {
    None
}
