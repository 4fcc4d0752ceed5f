//! A timeline as a picture: one lane per actor, the steps to scale, the anomalous one marked.
//!
//! Positions are in per cent, so that a picture is as wide as there is room and its letters stay as
//! they are: it needs neither a script nor a second drawing for a narrow screen.

mod axis;
mod labels;
mod lanes;

use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape::html as escaped;
use super::table::shortened;
use super::timeline::microseconds;
use super::{Anomaly, Example, ScenarioResult, words};
use axis::Axis;
use lanes::{Drawn, Lane};

/// What the classes of a drawing look like; a page that has drawings has it too.
pub(super) const STYLE: &str = include_str!("svg.css");

/// Width of a picture that is a file, in pixels.
const WIDTH: u32 = 960;
/// Letters of the small print of a picture that fit that width.
const LETTERS: usize = 130;
/// Height of a line of small print.
const LINE: u32 = 16;

/// Writes the timeline of an anomaly as a file of its own.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(
    result: &ScenarioResult,
    anomaly: &Anomaly,
    example: &Example,
    mut out: impl Write,
) -> io::Result<()> {
    out.write_all(file(result, anomaly, example).as_bytes())?;
    out.flush()
}

fn file(result: &ScenarioResult, anomaly: &Anomaly, example: &Example) -> String {
    let title = format!("{} on {}", result.scenario, result.target.fs_type);
    let what = format!("{}: {}", words::anomaly(anomaly), words::k_in_n(anomaly));
    let drawn = Drawn::of(example);
    let (head, foot) = (3 * LINE, (drawn.steps() as u32 + 3) * LINE);
    let height = head + drawn.height() + foot;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" class=\"timeline file\">\n<title>{title}</title>\n<desc>{seen}</desc>\n\
         <style>\n{STYLE}</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n\
         <svg x=\"1.5%\" width=\"97%\" height=\"{height}\">\n\
         <text class=\"strong\" y=\"{LINE}\">{title}</text>\n<text y=\"{}\">{what}</text>\n\
         <svg y=\"{head}\" height=\"{}\">\n",
        2 * LINE,
        drawn.height(),
        title = escaped(&title),
        seen = escaped(&anomaly.seen),
        what = escaped(&shortened(&what, LETTERS)),
    );
    draw(&drawn, &mut out);
    out.push_str("</svg>\n");
    let mut y = head + drawn.height() + LINE;
    for step in drawn.events() {
        y += LINE;
        let line = escaped(&shortened(&line(step.number, step.event), LETTERS));
        let class = if step.event.anomalous { "small strong" } else { "small" };
        let _ = writeln!(out, "<text class=\"{class}\" y=\"{y}\">{line}</text>");
    }
    let _ = writeln!(out, "<text class=\"faint\" y=\"{}\">{LEGEND}</text>", y + LINE);
    out.push_str("</svg>\n</svg>\n");
    out
}

/// What the marks mean.
pub(super) const LEGEND: &str =
    "▼ shows it. Thick: ran at the same time. Dashed with →: has not returned.";

/// A step of the list below a picture.
fn line(number: usize, event: &super::ExampleEvent) -> String {
    format!(
        "{number:>2}  {}  {} = {}  ({})",
        event.actor,
        event.call,
        event.result.as_deref().unwrap_or("has not returned"),
        span(event)
    )
}

/// From when to when, in microseconds.
pub(super) fn span(event: &super::ExampleEvent) -> String {
    let time = |ns| microseconds(ns, 2);
    match event.end_ns {
        Some(end) => format!("{} to {} µs", time(event.start_ns), time(end)),
        None => format!("from {} µs", time(event.start_ns)),
    }
}

/// The timeline of an anomaly as a part of a page; `id` is one that the page has not used.
pub(super) fn inline(example: &Example, seen: &str, id: &str) -> String {
    let drawn = Drawn::of(example);
    let mut out = format!(
        "<svg class=\"timeline\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" width=\"100%\" \
         height=\"{}\">\n<title id=\"{id}-title\">Timeline: what each actor did, in \
         microseconds</title>\n<desc id=\"{id}-desc\">{}</desc>\n",
        drawn.height(),
        escaped(seen)
    );
    draw(&drawn, &mut out);
    out.push_str("</svg>\n");
    out
}

fn draw(drawn: &Drawn<'_>, out: &mut String) {
    let axis = drawn.axis();
    if let Some((from, to)) = drawn.band() {
        let height = drawn.height() - axis::HEIGHT;
        let _ = writeln!(
            out,
            "<rect class=\"band\" x=\"{from:.2}%\" width=\"{:.2}%\" height=\"{height}\"/>",
            (to - from).max(0.2)
        );
    }
    for lane in drawn.lanes() {
        draw_lane(lane, axis, out);
    }
    axis.draw(drawn.height() - axis::HEIGHT, out);
}

fn draw_lane(lane: &Lane<'_>, axis: &Axis, out: &mut String) {
    let name = escaped(&lane.actor);
    let _ = writeln!(
        out,
        "<line class=\"rail\" x1=\"0%\" x2=\"100%\" y1=\"{0}\" y2=\"{0}\"/>\n\
         <text class=\"strong\" x=\"0%\" y=\"{1}\">{name}</text>",
        lane.bars() + lanes::BAR / 2,
        lane.top + lanes::NAME - 4
    );
    // First, so that none crosses out a label.
    for step in &lane.steps {
        let middle = (axis.at(step.from) + axis.at(step.to)) / 2.0;
        let _ = writeln!(
            out,
            "<line class=\"leader\" x1=\"{:.2}%\" x2=\"{middle:.2}%\" y1=\"{}\" y2=\"{}\"/>",
            step.label.at,
            lane.label_line(step.label.row) + 2,
            lane.bars()
        );
    }
    for step in &lane.steps {
        let (from, to) = (axis.at(step.from), axis.at(step.to));
        let width = (to - from).max(0.4);
        let title = escaped(&line(step.number, step.event));
        let kind = step.kind();
        let (top, bars) = (lane.label_line(step.label.row), lane.bars());
        let _ = writeln!(
            out,
            "<g class=\"{kind}\"><title>{title}</title>\
             <rect x=\"{from:.2}%\" y=\"{bars}\" width=\"{width:.2}%\" height=\"{}\"/>\
             <text x=\"{x:.2}%\" y=\"{top}\" text-anchor=\"middle\">{}</text>{}</g>",
            lanes::BAR,
            escaped(&step.label.text),
            ends(step, bars + lanes::BAR - 4),
            x = step.label.at,
        );
    }
}

/// Arrows where a step goes on beyond the picture.
fn ends(step: &lanes::Step<'_>, y: u32) -> String {
    let mut out = String::new();
    if step.cut {
        let _ = write!(out, "<text x=\"0.3%\" y=\"{y}\">←</text>");
    }
    if step.event.end_ns.is_none() {
        let _ = write!(out, "<text x=\"99.7%\" y=\"{y}\" text-anchor=\"end\">→</text>");
    }
    out
}
