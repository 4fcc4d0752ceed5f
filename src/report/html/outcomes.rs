//! The outcomes of rounds as a histogram, and those that were never seen.

use std::fmt::Write as _;

use super::bars;
use crate::report::escape::html as escaped;
use crate::report::{NeverSeen, ScenarioResult};
use crate::ui::units;

/// Allowed outcomes that were never seen are folded from this number on.
const FEW: usize = 4;

/// Nothing in free mode.
pub(super) fn section(result: &ScenarioResult, out: &mut String) {
    if !result.outcomes.is_empty() {
        histogram(result, out);
    }
    if let Some(never) = &result.never_seen {
        never_seen(never, out);
    }
}

fn histogram(result: &ScenarioResult, out: &mut String) {
    out.push_str(
        "<h4>Outcomes</h4>\n<table class=\"stacked outcomes\">\n<thead><tr>\
         <th scope=\"col\">outcome</th><th scope=\"col\">rounds</th><th scope=\"col\">share</th>\
         <th scope=\"col\">results</th></tr></thead>\n<tbody>\n",
    );
    for outcome in &result.outcomes {
        let class = match (outcome.class, outcome.accepted) {
            (Some(_), _) => "bad",
            (None, true) => "doubtful",
            (None, false) => "good",
        };
        let share = result.share(outcome);
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\"><b class=\"{class}\">{}</b></th><td data-of=\"rounds\">{}</td>\
             <td data-of=\"share\"><div>{}{}</div></td>\
             <td data-of=\"results\"><div>{}</div></td></tr>",
            outcome.judged(),
            units::count(outcome.count),
            bars::share(share, class),
            escaped(&units::rate(share)),
            lines(&outcome.results)
        );
    }
    if result.unlisted_rounds() > 0 {
        let others = units::count(result.unlisted_rounds());
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">others</th><td data-of=\"rounds\">{others}</td><td></td><td></td></tr>"
        );
    }
    out.push_str("</tbody>\n</table>\n");
}

fn never_seen(never: &NeverSeen, out: &mut String) {
    let title = match never.count {
        1 => "One allowed outcome was never seen".to_owned(),
        count => format!("{} allowed outcomes were never seen", units::count(count)),
    };
    if never.outcomes.is_empty() {
        let _ = writeln!(out, "<p>{title}.</p>");
        return;
    }
    let open = if never.outcomes.len() <= FEW { " open" } else { "" };
    let _ = writeln!(out, "<details{open}>\n<summary>{title}</summary>\n<ul class=\"plain\">");
    for outcome in &never.outcomes {
        let ways = units::counted(outcome.interleavings, "interleaving");
        let _ = writeln!(out, "<li>{}<br><small>{ways}</small></li>", lines(&outcome.results));
    }
    out.push_str("</ul>\n");
    let more = never.count - never.outcomes.len() as u64;
    if more > 0 {
        let _ = writeln!(out, "<p><small>And {} more.</small></p>", units::count(more));
    }
    out.push_str("</details>\n");
}

/// What everybody saw, a line each.
fn lines(results: &[String]) -> String {
    let lines: Vec<String> = results.iter().map(|line| escaped(line)).collect();
    format!("<code>{}</code>", lines.join("</code><br><code>"))
}
