//! How long tasks of this machine have waited for its devices.

use std::time::Duration;

/// For how long, since the machine was started, at least one task has waited for a block device: Linux,
/// where the kernel counts it (`Documentation/accounting/psi.rst`).
pub fn io() -> Option<Duration> {
    parse(&std::fs::read_to_string("/proc/pressure/io").ok()?)
}

/// Of `some avg10=0.00 avg60=0.00 avg300=0.00 total=MICROSECONDS` and a line for `full`.
fn parse(text: &str) -> Option<Duration> {
    let some = text.lines().find(|line| line.starts_with("some "))?;
    let (_, total) = some.split_once("total=")?;
    total.trim().parse().ok().map(Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_for_some_tasks_counts() {
        let text = "some avg10=0.65 avg60=4.00 avg300=5.87 total=313765262\n\
                    full avg10=0.12 avg60=0.02 avg300=0.00 total=41459395\n";
        assert_eq!(parse(text), Some(Duration::from_micros(313_765_262)));
        assert_eq!(parse("full total=1\n"), None);
        assert_eq!(parse(""), None);
    }
}
