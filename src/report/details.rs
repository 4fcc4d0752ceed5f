//! What `--verbose` adds: overlaps, outcomes and latencies.

use super::outcomes;
use super::table::{Cell, lines};
use super::text::TextOptions;
use super::{Report, ScenarioResult};
use crate::ui::clean::clean;
use crate::ui::units;

/// Overlap of every pair of actors, the outcomes of rounds, and the latency of every operation. Ends with a newline;
/// empty when nothing ran.
#[must_use]
pub fn details(report: &Report, options: &TextOptions) -> String {
    let ran = report.results.iter().filter(|result| result.ops > 0);
    ran.map(|result| one(result, options)).collect()
}

fn one(result: &ScenarioResult, options: &TextOptions) -> String {
    let faint = options.styles.faint;
    let plain = |text: String| -> Cell { (text, anstyle::Style::new()) };
    let title = |text: &str| -> Cell { (text.to_owned(), faint) };
    let mut out = format!("\n{} on {}\n", clean(&result.scenario), clean(&result.target.path));
    for pair in &result.overlaps {
        let (a, b) = (clean(&pair.a), clean(&pair.b));
        out.push_str(&format!("  {a} and {b} overlap: {}\n", units::share(pair.share)));
    }
    out.push_str(&outcomes::histogram(result, options));
    let mut rows: Vec<Vec<Cell>> =
        vec![["  latency", "calls", "p50", "p99", "p99.9", "max"].map(title).to_vec()];
    for latency in &result.latencies {
        let mut row = vec![plain(format!("  {}", clean(&latency.op)))];
        row.push(plain(units::count(latency.count)));
        for ns in [latency.p50_ns, latency.p99_ns, latency.p999_ns, latency.max_ns] {
            row.push(plain(units::duration(std::time::Duration::from_nanos(ns))));
        }
        rows.push(row);
    }
    out.push_str(&lines(&rows, options.width).join("\n"));
    out.push('\n');
    out
}
