//! macOS: what `sw_vers` prints, as the kernel knows it.

use std::ffi::CStr;
use std::ptr;

/// `macOS` and the version of the product, as in `macOS 12.2`.
pub(super) fn version() -> Option<String> {
    text(c"kern.osproductversion").map(|version| format!("macOS {version}"))
}

/// The build, as in `21D49`: what a report to Apple asks for.
pub(super) fn build() -> Option<String> {
    text(c"kern.osversion")
}

/// A text that the kernel tells by this name.
fn text(name: &CStr) -> Option<String> {
    let mut bytes = [0_u8; 256];
    let mut length = bytes.len();
    // SAFETY: `name` ends in a NUL. The kernel writes at most `length` bytes to `bytes`, which are
    // there and ours alone, and puts the number it wrote into `length`. Nothing new is set.
    let result = unsafe {
        libc::sysctlbyname(
            name.as_ptr(),
            bytes.as_mut_ptr().cast(),
            &raw mut length,
            ptr::null_mut(),
            0,
        )
    };
    let written = bytes.get(..length).filter(|_| result == 0)?;
    let told = CStr::from_bytes_until_nul(written).ok()?.to_string_lossy().into_owned();
    (!told.is_empty()).then_some(told)
}

#[cfg(test)]
mod tests {
    use super::{build, text, version};

    #[test]
    fn the_system_has_a_version_and_a_build() {
        assert!(version().unwrap().starts_with("macOS "));
        assert!(!build().unwrap().is_empty());
        assert_eq!(text(c"kern.no-such-name"), None);
    }
}
