//! An example drawn as a timeline: one row per step, a column per actor where they fit side by
//! side, and the steps marked that ran at the same time as the anomalous one.

use anstyle::Style;

use super::table::{Cell, length, lines, shortened};
use super::{Example, ExampleEvent};
use crate::ui::clean::clean;
use crate::ui::styles::{Styles, paint};

/// Rows drawn; the JSON has them all.
const MAX_ROWS: usize = 24;

/// Of these, rows that may follow the anomalous step: what came before says more.
const MAX_AFTER: usize = 6;

/// A call and its result never shrink below this.
const MIN_STEP_WIDTH: usize = 20;

/// The steps of an example that are drawn, and how many are not.
pub(super) struct Shown<'a> {
    pub(super) events: &'a [ExampleEvent],
    pub(super) earlier: usize,
    pub(super) later: usize,
}

/// The steps around the anomalous one.
pub(super) fn shown(example: &Example) -> Shown<'_> {
    let events = &example.events;
    let at = events.iter().position(|e| e.anomalous).unwrap_or(events.len().saturating_sub(1));
    let last = events.len().min(at + 1 + MAX_AFTER);
    let first = last.saturating_sub(MAX_ROWS).min(at);
    Shown { events: &events[first..last], earlier: first, later: events.len() - last }
}

/// The actors of steps, in the order in which they come.
pub(super) fn actors(events: &[ExampleEvent]) -> Vec<&str> {
    let mut actors: Vec<&str> = Vec::new();
    for event in events {
        if !actors.contains(&event.actor.as_str()) {
            actors.push(&event.actor);
        }
    }
    actors
}

/// The lines of a drawing, at most `width` wide, without indentation.
pub(super) fn draw(example: &Example, styles: &Styles, width: usize) -> Vec<String> {
    let Shown { events: shown, earlier, later } = shown(example);
    let actors = actors(shown);
    let times = Times::new(shown);
    // Marker, two times and the space around them.
    let room = width.saturating_sub(1 + 2 * times.width + 6).max(MIN_STEP_WIDTH);
    let side_by_side = fits_side_by_side(shown, &actors, room);

    let mut rows = vec![header(&actors, &times, side_by_side, styles)];
    for event in shown {
        let (mark, style) = match (event.anomalous, example.beside(event)) {
            (true, _) => (">", styles.bad),
            (false, true) => ("|", Style::new()),
            (false, false) => ("", Style::new()),
        };
        let mut row: Vec<Cell> =
            vec![(mark.to_owned(), styles.bad), times.start(event), times.end(event)];
        let actor = actors.iter().position(|a| *a == event.actor).unwrap_or(0);
        if side_by_side {
            row.extend((0..actor).map(|_| (String::new(), Style::new())));
            row.push((step(event, room), style));
            row.extend((actor + 1..actors.len()).map(|_| (String::new(), Style::new())));
        } else {
            let names = actors.iter().map(|a| length(&clean(a))).max().unwrap_or(0);
            row.push((clean(&event.actor), style));
            row.push((step(event, room.saturating_sub(names + 2).max(MIN_STEP_WIDTH)), style));
        }
        rows.push(row);
    }
    let mut out = lines(&rows, width);
    if earlier > 0 {
        let more = format!("   ({earlier} earlier steps are in the JSON result)");
        out.insert(1, paint(styles.faint, more));
    }
    if later > 0 {
        let more = format!("   ({later} later steps are in the JSON result)");
        out.push(paint(styles.faint, more));
    }
    if shown.iter().any(|event| example.beside(event)) {
        out.push(paint(styles.faint, "> shows it, | ran at the same time"));
    }
    out
}

fn header(actors: &[&str], times: &Times, side_by_side: bool, styles: &Styles) -> Vec<Cell> {
    let mut row = vec![String::new(), times.title("from us"), times.title("to us")];
    if side_by_side {
        row.extend(actors.iter().map(|a| clean(a)));
    } else {
        row.extend(["actor".to_owned(), "step".to_owned()]);
    }
    row.into_iter().map(|text| (text, styles.faint)).collect()
}

fn fits_side_by_side(events: &[ExampleEvent], actors: &[&str], room: usize) -> bool {
    let column = |actor: &str| {
        let steps =
            events.iter().filter(|e| e.actor == actor).map(|e| length(&step(e, usize::MAX)));
        steps.max().unwrap_or(0).max(length(&clean(actor))) + 2
    };
    actors.iter().map(|a| column(a)).sum::<usize>() <= room + 2
}

/// `call = result`; where it is too long, the call gives way, for the result is what counts.
fn step(event: &ExampleEvent, width: usize) -> String {
    let call = clean(&event.call);
    let result = match &event.result {
        Some(result) => format!(" = {}", clean(result)),
        None => " has not returned".to_owned(),
    };
    let for_call = width.saturating_sub(length(&result)).max(MIN_STEP_WIDTH / 2);
    shortened(&format!("{}{result}", shortened(&call, for_call)), width)
}

/// Times in microseconds, right-aligned, with as many decimals as their size asks for.
struct Times {
    decimals: usize,
    width: usize,
}

impl Times {
    fn new(events: &[ExampleEvent]) -> Self {
        let all = || events.iter().flat_map(|e| [Some(e.start_ns), e.end_ns]).flatten();
        let decimals = if all().all(|ns| ns.unsigned_abs() < 100_000) { 2 } else { 1 };
        let width = all().map(|ns| length(&microseconds(ns, decimals))).max().unwrap_or(0);
        Self { decimals, width: width.max("from us".len()) }
    }

    fn title(&self, text: &str) -> String {
        format!("{text:>width$}", width = self.width)
    }

    fn start(&self, event: &ExampleEvent) -> Cell {
        (self.title(&microseconds(event.start_ns, self.decimals)), Style::new())
    }

    fn end(&self, event: &ExampleEvent) -> Cell {
        let text = event.end_ns.map_or("...".to_owned(), |ns| microseconds(ns, self.decimals));
        (self.title(&text), Style::new())
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with a few figures")]
pub(super) fn microseconds(ns: i64, decimals: usize) -> String {
    let text = format!("{:+.decimals$}", ns as f64 / 1e3);
    // Zero has no sign.
    let is_zero = text.chars().all(|c| matches!(c, '+' | '-' | '0' | '.'));
    if is_zero { text[1..].to_owned() } else { text }
}
