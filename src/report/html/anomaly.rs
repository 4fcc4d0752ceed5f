//! One anomaly: how often, what was seen, and the steps around it.

use std::fmt::Write as _;

use super::{bars, explained};
use crate::report::escape::html as escaped;
use crate::report::timeline::shown;
use crate::report::{Anomaly, Class, Example, svg, words};

/// Its section; `id` is one that the page has not used. The list of steps is unfolded of the `first` of
/// a scenario, for others often show the same ones.
pub(super) fn section(anomaly: &Anomaly, id: &str, first: bool, out: &mut String) {
    let class = match anomaly.class {
        Class::Forbidden | Class::Unexplained => "bad",
        Class::Documented | Class::Unspecified => "doubtful",
    };
    let _ = writeln!(
        out,
        "<section class=\"anomaly {class}-edge\" id=\"{id}\">\n\
         <h4><span class=\"{class}\">{}</span> {}</h4>\n<p class=\"rate\">{} {}</p>\n<p>{}</p>",
        explained::link(&anomaly.code),
        with_links(anomaly),
        escaped(&words::k_in_n(anomaly)),
        bars::rate(anomaly),
        with_code(&anomaly.seen)
    );
    if let Some(example) = anomaly.example.as_ref().filter(|example| !example.events.is_empty()) {
        figure(example, &anomaly.seen, id, out);
        list(example, first, out);
    }
    out.push_str("</section>\n");
}

/// The class, and what explains it.
fn with_links(anomaly: &Anomaly) -> String {
    let names = anomaly.relaxations.iter().map(|name| explained::link(name));
    let names: Vec<String> = names.collect();
    let class = anomaly.class.name();
    match names.as_slice() {
        [] => class.to_owned(),
        names => format!("{class}, explained by {}", names.join(" + ")),
    }
}

/// Foreign text in which calls stand in backticks.
fn with_code(text: &str) -> String {
    let parts: Vec<String> = text.split('`').map(escaped).collect();
    if parts.len() % 2 == 0 {
        // One of them is no quote.
        return escaped(text);
    }
    let marked = parts.iter().enumerate().map(|(index, part)| match index % 2 {
        0 => part.clone(),
        _ => format!("<code>{part}</code>"),
    });
    marked.collect()
}

fn figure(example: &Example, seen: &str, id: &str, out: &mut String) {
    let _ = writeln!(out, "<figure>\n{}", svg::inline(example, seen, id));
    let _ = writeln!(out, "<figcaption>{}</figcaption>\n</figure>", svg::LEGEND);
}

fn list(example: &Example, open: bool, out: &mut String) {
    let open = if open { " open" } else { "" };
    let _ = writeln!(out, "<details{open}>\n<summary>Steps</summary>\n<ol class=\"steps\">");
    let steps = shown(example);
    for event in steps.events {
        let (class, mark) = match (event.anomalous, example.beside(event)) {
            (true, _) => (" class=\"anomalous\"", " <b>shows it</b>"),
            (false, true) => (" class=\"beside\"", " <b>at the same time</b>"),
            (false, false) => ("", ""),
        };
        let result = match &event.result {
            Some(result) => format!("= {}", escaped(result)),
            None => "has not returned".to_owned(),
        };
        let _ = writeln!(
            out,
            "<li{class}><b>{}</b> <code>{}</code> {result} <small>{}{mark}</small></li>",
            escaped(&event.actor),
            escaped(&event.call),
            svg::span(event)
        );
    }
    out.push_str("</ol>\n");
    if steps.earlier + steps.later > 0 {
        let more = steps.earlier + steps.later;
        let _ = writeln!(out, "<p><small>{more} more steps are in the JSON result.</small></p>");
    }
    out.push_str("</details>\n");
}
