//! The layout of a timeline: lanes, the steps in them and their labels.

use super::axis::{self, Axis};
use super::labels::{Label, Labels};
use crate::report::timeline::{actors, shown};
use crate::report::{Example, ExampleEvent};

/// Height of the name of an actor, in pixels; so are all others here.
pub(super) const NAME: u32 = 18;
/// Height of a line of labels.
const LABELS: u32 = 14;
/// Height of the bars.
pub(super) const BAR: u32 = 16;
/// Space below a lane.
const BELOW: u32 = 10;

/// A timeline that is laid out.
pub(super) struct Drawn<'a> {
    axis: Axis,
    lanes: Vec<Lane<'a>>,
    band: Option<(i64, i64)>,
}

/// What one actor did.
pub(super) struct Lane<'a> {
    pub(super) actor: String,
    pub(super) steps: Vec<Step<'a>>,
    pub(super) top: u32,
    rows: u32,
}

/// One step.
pub(super) struct Step<'a> {
    pub(super) event: &'a ExampleEvent,
    /// Its place among all that are shown, from 1.
    pub(super) number: usize,
    pub(super) from: i64,
    pub(super) to: i64,
    /// Whether it began before what is shown.
    pub(super) cut: bool,
    pub(super) label: Label,
    beside: bool,
}

impl<'a> Drawn<'a> {
    /// Lays out what is shown of an example.
    pub(super) fn of(example: &'a Example) -> Self {
        let events = shown(example).events;
        let axis = Axis::of(events);
        let mut lanes = Vec::new();
        let mut top = 0;
        for actor in actors(events) {
            let mut labels = Labels::default();
            let numbered = events.iter().enumerate();
            let steps = numbered.filter(|(_, event)| event.actor == actor).map(|(index, event)| {
                let (from, to) = (event.start_ns, event.end_ns.unwrap_or(axis.to()));
                let middle = (axis.at(from) + axis.at(to)) / 2.0;
                let (number, must) = (index + 1, event.anomalous);
                let label = labels.place(number, operation(event), middle, must);
                let cut = from < axis.from();
                Step { event, number, from, to, cut, label, beside: example.beside(event) }
            });
            let steps: Vec<Step<'_>> = steps.collect();
            let rows = u32::try_from(labels.rows()).unwrap_or(u32::MAX);
            let lane = Lane { actor: actor.to_owned(), steps, top, rows };
            top = lane.bars() + BAR + BELOW;
            lanes.push(lane);
        }
        let band =
            example.anomalous().map(|event| (event.start_ns, event.end_ns.unwrap_or(axis.to())));
        Self { axis, lanes, band }
    }

    /// The whole height, with the axis.
    pub(super) fn height(&self) -> u32 {
        self.lanes.last().map_or(0, |lane| lane.bars() + BAR + BELOW) + axis::HEIGHT
    }

    pub(super) fn axis(&self) -> &Axis {
        &self.axis
    }

    pub(super) fn lanes(&self) -> &[Lane<'a>] {
        &self.lanes
    }

    /// How many steps there are.
    pub(super) fn steps(&self) -> usize {
        self.lanes.iter().map(|lane| lane.steps.len()).sum()
    }

    /// All steps in the order of their numbers.
    pub(super) fn events(&self) -> impl Iterator<Item = &Step<'a>> {
        let mut all: Vec<&Step<'a>> = self.lanes.iter().flat_map(|lane| &lane.steps).collect();
        all.sort_by_key(|step| step.number);
        all.into_iter()
    }

    /// The time of the anomalous step, in per cent of the width.
    pub(super) fn band(&self) -> Option<(f64, f64)> {
        self.band.map(|(from, to)| (self.axis.at(from), self.axis.at(to)))
    }
}

impl Lane<'_> {
    /// Where the bars begin.
    pub(super) fn bars(&self) -> u32 {
        self.top + NAME + self.rows * LABELS
    }

    /// The base line of a line of labels.
    pub(super) fn label_line(&self, row: usize) -> u32 {
        self.bars() - u32::try_from(row).unwrap_or(0) * LABELS - 4
    }
}

impl Step<'_> {
    /// The classes that draw it.
    pub(super) fn kind(&self) -> String {
        let mark = match (self.event.anomalous, self.beside) {
            (true, _) => "step anomalous",
            (false, true) => "step beside",
            (false, false) => "step",
        };
        let open = if self.event.end_ns.is_none() { " open" } else { "" };
        format!("{mark}{open}")
    }
}

/// The name of the operation: what a call begins with.
fn operation(event: &ExampleEvent) -> &str {
    event.call.split([' ', '(']).next().unwrap_or_default()
}
