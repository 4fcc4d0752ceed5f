//! What there is to say of one scenario.

use std::fmt::Write as _;
use std::time::Duration;

use super::{anomaly, definitions, outcomes, verdict};
use crate::report::escape::html as escaped;
use crate::report::{ScenarioResult, Verdict, words};
use crate::scenario::Mode;
use crate::ui::units;

/// Its section; `index` is its place in the report. What passed is folded; a link to what is inside
/// has a browser unfold it, which one to all of it has not.
pub(super) fn section(result: &ScenarioResult, index: usize, out: &mut String) {
    let quiet = result.verdict == Verdict::Pass && result.anomalies.is_empty();
    let open = if quiet || result.verdict == Verdict::Skipped { "" } else { " open" };
    let _ = writeln!(
        out,
        "<article class=\"scenario\">\n<details{open}>\n\
         <summary><h3>{} {} <small>on {}</small></h3></summary>\n<p id=\"s{index}\">{}</p>",
        verdict(result),
        escaped(&result.scenario),
        escaped(&result.target.fs_type),
        escaped(&result.about)
    );
    if let Some(reason) = &result.reason {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escaped(reason));
    }
    for (number, found) in result.anomalies.iter().enumerate() {
        anomaly::section(found, &format!("s{index}a{number}"), number == 0, out);
    }
    outcomes::section(result, out);
    out.push_str("<h4>How it ran</h4>\n");
    definitions(&facts(result), out);
    latencies(result, out);
    out.push_str("</details>\n</article>\n");
}

fn facts(result: &ScenarioResult) -> Vec<(&'static str, String)> {
    let share = |share: Option<f64>| share.map(units::share).unwrap_or_default();
    let counted = |count: u64| if count > 0 { units::count(count) } else { String::new() };
    let mut facts = vec![
        ("Target", words::target(result)),
        ("Nothing seen", words::nothing_found(result).unwrap_or_default()),
        ("Rounds", result.rounds.map(units::count).unwrap_or_default()),
        ("Iterations", counted(result.iterations)),
        (
            "Operations",
            match result.ops_per_second() {
                Some(rate) => {
                    let (ops, time) = (units::count(result.ops), units::seconds(result.elapsed_s));
                    format!("{ops} in {time}, {}", units::per_second(rate, "ops"))
                }
                None => String::new(),
            },
        ),
        ("Coverage", share(result.coverage)),
        ("Overlap", overlap(result)),
        ("Accepted", result.accepted.join(", ")),
        ("Actors", result.actors.to_string()),
        (
            "Mode",
            match result.mode {
                Mode::Free => "free".to_owned(),
                Mode::Rounds => "rounds".to_owned(),
            },
        ),
        ("Seed", result.seed.to_string()),
        ("Digest", result.digest.clone()),
    ];
    facts.push(("File", result.file.clone().unwrap_or_default()));
    facts
}

/// The overlap of each pair of actors.
fn overlap(result: &ScenarioResult) -> String {
    let pairs = result.overlaps.iter();
    let pairs = pairs.map(|pair| format!("{} and {} {}", pair.a, pair.b, units::share(pair.share)));
    pairs.collect::<Vec<_>>().join(", ")
}

fn latencies(result: &ScenarioResult, out: &mut String) {
    if result.latencies.is_empty() {
        return;
    }
    out.push_str(
        "<div class=\"wide\" tabindex=\"0\"><table class=\"figures\">\n<caption>Latency of each \
         operation</caption>\n<thead><tr><th scope=\"col\">operation</th>\
         <th scope=\"col\">calls</th><th scope=\"col\">p50</th><th scope=\"col\">p90</th>\
         <th scope=\"col\">p99</th><th scope=\"col\">p99.9</th><th scope=\"col\">max</th></tr></thead>\
         \n<tbody>\n",
    );
    for latency in &result.latencies {
        let times =
            [latency.p50_ns, latency.p90_ns, latency.p99_ns, latency.p999_ns, latency.max_ns];
        let times = times.map(|ns| units::duration(Duration::from_nanos(ns)));
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
            escaped(&latency.op),
            units::count(latency.count),
            times.join("</td><td>")
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
}
