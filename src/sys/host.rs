//! The facts about the machine that a result depends on.

use std::thread::available_parallelism;

use crate::report::Host;

#[cfg_attr(target_os = "linux", path = "host/linux.rs")]
#[cfg_attr(target_vendor = "apple", path = "host/apple.rs")]
#[cfg_attr(not(any(target_os = "linux", target_vendor = "apple")), path = "host/other.rs")]
mod release;

/// The machine this process runs on. Never fails: what cannot be found out is `unknown`.
///
/// `cpus` counts the processors that this process may use (its affinity and its cgroup's quota),
/// not those that the machine has: that is what decides how calls can overlap.
#[must_use]
pub fn host() -> Host {
    let uname = rustix::system::uname();
    let cpus = available_parallelism().map_or(1, usize::from);
    let version = uname.version().to_string_lossy();
    Host {
        os: uname.sysname().to_string_lossy().into_owned(),
        kernel: uname.release().to_string_lossy().into_owned(),
        arch: uname.machine().to_string_lossy().into_owned(),
        cpus: u32::try_from(cpus).unwrap_or(u32::MAX),
        preemption: preemption(&version).to_owned(),
        os_version: release::version().unwrap_or_default(),
        os_build: release::build().unwrap_or_else(|| version.into_owned()),
    }
}

/// The scheduler's own file says what is in force, but only root can read it (and only where
/// debugfs is mounted); the version text says what was built.
#[cfg(target_os = "linux")]
fn preemption(version: &str) -> &'static str {
    std::fs::read_to_string("/sys/kernel/debug/sched/preempt")
        .ok()
        .and_then(|modes| chosen_mode(&modes))
        .or_else(|| built_mode(version))
        .unwrap_or("unknown")
}

#[cfg(not(target_os = "linux"))]
fn preemption(_version: &str) -> &'static str {
    "unknown"
}

/// The mode in parentheses of `none voluntary (full) lazy`.
#[cfg(any(target_os = "linux", test))]
fn chosen_mode(modes: &str) -> Option<&'static str> {
    let (_, rest) = modes.split_once('(')?;
    let (chosen, _) = rest.split_once(')')?;
    ["none", "voluntary", "full", "lazy"].into_iter().find(|mode| *mode == chosen.trim())
}

/// The model named in `uname -v`. Kernels without preemption and with voluntary preemption name
/// none, so that a missing word decides nothing.
#[cfg(any(target_os = "linux", test))]
fn built_mode(version: &str) -> Option<&'static str> {
    let named = |word: &str| version.split_whitespace().any(|w| w == word);
    [
        ("PREEMPT_RT", "rt"),
        ("PREEMPT_DYNAMIC", "dynamic"),
        ("PREEMPT_LAZY", "lazy"),
        ("PREEMPT", "full"),
    ]
    .into_iter()
    .find_map(|(word, mode)| named(word).then_some(mode))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_in_force_stands_in_parentheses() {
        assert_eq!(chosen_mode("none voluntary (full) lazy\n"), Some("full"));
        assert_eq!(chosen_mode("(none) voluntary full"), Some("none"));
        assert_eq!(chosen_mode("full (brandnew)"), None);
        assert_eq!(chosen_mode(""), None);
    }

    #[test]
    fn the_version_text_names_the_built_model() {
        assert_eq!(built_mode("#1 SMP PREEMPT_DYNAMIC Debian 6.1"), Some("dynamic"));
        assert_eq!(built_mode("#1 SMP PREEMPT_RT Debian"), Some("rt"));
        assert_eq!(built_mode("#1 SMP PREEMPT Mon"), Some("full"));
        assert_eq!(built_mode("#1 SMP Debian 4.19"), None);
    }

    #[test]
    fn this_host_has_a_name_and_a_processor() {
        let host = host();
        assert!(!host.os.is_empty() && !host.kernel.is_empty() && !host.arch.is_empty());
        assert!(host.cpus >= 1);
        assert!(!host.preemption.is_empty());
        assert!(!host.os_build.is_empty());
    }
}
