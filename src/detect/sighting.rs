//! What was seen, one entry for each kind of it: reports put all that has one code together, a search
//! for the smallest program that shows one of them must not.

use std::cmp::Reverse;

use crate::ops::OpKind;
use crate::report::{Anomaly, Class, Kind};

/// All sights of one code that the same relaxations explain, and that the same operation had.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// Code of the detector.
    pub code: &'static str,
    /// How bad it is.
    pub class: Class,
    /// Names of the relaxations that explain it.
    pub relaxations: Vec<&'static str>,
    /// The operation that shows it; none where it is the tree that is left, or no step at all.
    pub seen_by: Option<OpKind>,
    /// How often.
    pub count: u64,
}

/// Says of anomalies what they put together, of all sights of their run.
pub(crate) fn tell_kinds(anomalies: &mut [Anomaly], sightings: &[Sighting]) {
    for anomaly in anomalies {
        let its = sightings.iter().filter(|one| one.code == anomaly.code);
        anomaly.kinds = its.map(Kind::from).collect();
        anomaly.kinds.sort_by_key(|kind| Reverse(kind.count));
    }
}

impl From<&Sighting> for Kind {
    fn from(sighting: &Sighting) -> Self {
        Self {
            relaxations: sighting.relaxations.iter().map(|&name| name.to_owned()).collect(),
            seen_by: sighting.seen_by.map(|op| op.name().to_owned()),
            count: sighting.count,
        }
    }
}

/// Adds a sight to those of its kind.
pub(super) fn note(known: &mut Vec<Sighting>, new: Sighting) {
    let same = |one: &&mut Sighting| {
        (one.code, &one.relaxations, one.seen_by, one.class)
            == (new.code, &new.relaxations, new.seen_by, new.class)
    };
    match known.iter_mut().find(same) {
        Some(one) => one.count += new.count,
        None => known.push(new),
    }
}
