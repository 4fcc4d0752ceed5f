//! The numbers of a program: sizes, lengths, offsets and texts.

use super::steps;
use crate::ops::OpKind;
use crate::scenario::{Content, FixtureKind, Scenario};

/// Sizes at which filesystems change what they do (a sector, a page, inline data, a folio, readahead),
/// and one more than a page: two pages with little in the second.
const BOUNDARIES: [u64; 12] =
    [0, 1, 2, 64, 512, 4096, 4097, 8192, 16384, 65536, 131_072, 1_048_576];

/// A number that can be made smaller.
enum Number<'a> {
    Size(&'a mut u64),
    Offset(&'a mut i64),
    Text(&'a mut String),
}

impl Number<'_> {
    fn value(&self) -> u64 {
        match self {
            Self::Size(size) => **size,
            Self::Offset(offset) => offset.unsigned_abs(),
            Self::Text(text) => text.chars().count() as u64,
        }
    }

    fn set(self, value: u64) {
        match self {
            Self::Size(size) => *size = value,
            Self::Offset(offset) => {
                let value = i64::try_from(value).unwrap_or(i64::MAX);
                *offset = if *offset < 0 { -value } else { value };
            }
            Self::Text(text) => *text = text.chars().take(value as usize).collect(),
        }
    }
}

/// The least that a number can be made.
pub fn least(value: u64, is_offset: bool) -> Option<u64> {
    let least = if is_offset { 0 } else { 1 };
    (value > least).then_some(least)
}

/// The next smaller boundary.
pub fn smaller(value: u64, _is_offset: bool) -> Option<u64> {
    BOUNDARIES.into_iter().rev().find(|boundary| *boundary < value)
}

/// Changes the number with this index, if it can be made smaller.
pub fn change(scenario: &mut Scenario, index: usize, new: fn(u64, bool) -> Option<u64>) {
    let mut at = 0;
    each(scenario, &mut |number| {
        if at == index {
            let is_offset = matches!(number, Number::Offset(_));
            if let Some(value) = new(number.value(), is_offset) {
                number.set(value);
            }
        }
        at += 1;
    });
}

/// The indices of all numbers that can be made smaller in this way.
pub fn indices(scenario: &Scenario, new: fn(u64, bool) -> Option<u64>) -> Vec<usize> {
    let (mut at, mut found) = (0, Vec::new());
    each(&mut scenario.clone(), &mut |number| {
        let is_offset = matches!(number, Number::Offset(_));
        found.extend(new(number.value(), is_offset).map(|_| at));
        at += 1;
    });
    found
}

fn each(scenario: &mut Scenario, look: &mut dyn FnMut(Number<'_>)) {
    for entry in &mut scenario.fixture {
        if let FixtureKind::File(content) = &mut entry.kind {
            look(of(content));
        }
    }
    for place in steps::places(scenario) {
        let step = steps::at(scenario, place);
        step.content.iter_mut().for_each(|content| look(of(content)));
        // A scan in smaller parts is no smaller.
        let len = step.len.iter_mut().filter(|_| step.op != OpKind::Readdir);
        len.for_each(|len| look(Number::Size(len)));
        step.size.iter_mut().for_each(|size| look(Number::Size(size)));
        step.offset.iter_mut().for_each(|offset| look(Number::Offset(offset)));
    }
}

fn of(content: &mut Content) -> Number<'_> {
    match content {
        Content::Text(text) => Number::Text(text),
        Content::Tagged(size) => Number::Size(size),
    }
}
