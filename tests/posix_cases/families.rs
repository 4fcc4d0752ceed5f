//! All cases, family by family.

use super::notation::{Case, cases};

macro_rules! families {
    ($($name:literal)*) => {
        /// The name of each family and the text of its cases.
        const FAMILIES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("cases/", $name, ".cases")))),*];
    };
}

families! {
    "open" "open_links" "descriptors" "data" "lseek" "append" "truncate" "unlink" "link" "rename"
    "rename_dir" "rename_flags" "mkdir_rmdir" "symlink" "stat" "chmod" "readdir" "locks"
    "permission"
}

/// All of them.
pub fn all() -> Vec<Case> {
    FAMILIES.iter().flat_map(|(name, text)| cases(name, text)).collect()
}
