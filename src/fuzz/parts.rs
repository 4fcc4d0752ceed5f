//! The kinds of sights that one anomaly puts together, each as an anomaly of its own: what is frequent
//! shall not hide what is rare.

use super::signature::Signature;
use crate::detect::Sighting;
use crate::report::Anomaly;
use crate::stats::interval::rate;

/// The parts of an anomaly, the worst and most frequent first; the anomaly itself where there is one.
///
/// What its relaxations explain without a part's own is no part: it has the same cause.
pub fn parts(anomaly: &Anomaly, sightings: &[Sighting]) -> Vec<(Signature, Anomaly)> {
    let named = |name: &&str| anomaly.relaxations.iter().any(|known| known == name);
    let mut its: Vec<&Sighting> = sightings
        .iter()
        .filter(|one| one.code == anomaly.code)
        .filter(|one| anomaly.relaxations.is_empty() || one.relaxations.iter().all(named))
        .collect();
    its.sort_by_key(|one| std::cmp::Reverse((one.class, one.count)));
    let mut parts: Vec<(Signature, Anomaly)> = Vec::new();
    for one in its {
        let signature = Signature::from(one);
        let kind = signature.kind();
        if let Some((_, known)) = parts.iter_mut().find(|(known, _)| known.kind() == kind) {
            known.count += one.count;
            continue;
        }
        let (class, count) = (one.class, one.count);
        let relaxations = signature.relaxations.clone();
        parts.push((signature, Anomaly { class, count, relaxations, ..anomaly.clone() }));
    }
    if parts.len() < 2 {
        let signature = parts.pop().map(|(signature, _)| signature);
        let signature = signature.unwrap_or_else(|| Signature::of(anomaly, sightings));
        return vec![(signature, anomaly.clone())];
    }
    for (signature, part) in &mut parts {
        let interval = rate(part.count, part.trials);
        (part.rate, part.rate_low, part.rate_high) = (interval.value, interval.low, interval.high);
        // The example may be of any of them.
        part.example = None;
        part.seen = format!("{signature}, beside other kinds in this program: {}", anomaly.seen);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::OpKind;
    use crate::report::Class;

    fn anomaly(relaxations: &[&str]) -> Anomaly {
        let interval = rate(101, 1000);
        Anomaly {
            code: "unexpected-errno".to_owned(),
            class: Class::Forbidden,
            relaxations: relaxations.iter().map(|&name| name.to_owned()).collect(),
            count: 101,
            trials: 1000,
            rate: interval.value,
            rate_low: interval.low,
            rate_high: interval.high,
            seen: "what was seen".to_owned(),
            example: None,
            kinds: Vec::new(),
        }
    }

    fn seen(relaxations: &[&'static str], seen_by: OpKind, count: u64) -> Sighting {
        let class = if relaxations.is_empty() { Class::Unexplained } else { Class::Forbidden };
        let (code, relaxations) = ("unexpected-errno", relaxations.to_vec());
        Sighting { code, class, relaxations, seen_by: Some(seen_by), count }
    }

    fn kinds(anomaly: &Anomaly, sightings: &[Sighting]) -> Vec<(String, u64)> {
        let parts = parts(anomaly, sightings).into_iter();
        parts.map(|(signature, part)| (signature.kind(), part.count)).collect()
    }

    #[test]
    fn a_rare_kind_does_not_go_under_in_a_frequent_one_of_the_same_code() {
        let sightings = [
            seen(&["rename-gap"], OpKind::Open, 60),
            seen(&["open-stale"], OpKind::Open, 1),
            seen(&["rename-gap"], OpKind::Stat, 40),
        ];
        let both = anomaly(&["open-stale", "rename-gap"]);
        let expected = [("rename-gap", 100), ("open-stale", 1)];
        let expected = expected.map(|(by, count)| (format!("unexpected-errno ({by})"), count));
        assert_eq!(kinds(&both, &sightings), expected);
        let rare = parts(&both, &sightings).pop().unwrap().1;
        assert!(rare.rate_high < 0.01 && rare.relaxations == ["open-stale"], "{rare:?}");
    }

    #[test]
    fn what_another_kind_explains_as_well_is_no_part() {
        let sightings =
            [seen(&["rename-gap"], OpKind::Open, 100), seen(&["open-stale"], OpKind::Open, 1)];
        let parts = kinds(&anomaly(&["rename-gap"]), &sightings);
        assert_eq!(parts, [("unexpected-errno (rename-gap)".to_owned(), 101)]);
    }

    #[test]
    fn what_nothing_explains_hides_nothing() {
        let sightings = [seen(&[], OpKind::Open, 1), seen(&["rename-gap"], OpKind::Stat, 100)];
        let parts = kinds(&anomaly(&[]), &sightings);
        let expected = [("unexpected-errno in open", 1), ("unexpected-errno (rename-gap)", 100)];
        assert_eq!(parts, expected.map(|(kind, count)| (kind.to_owned(), count)));
    }

    #[test]
    fn an_errno_that_comes_from_anywhere_is_a_kind_for_each_operation() {
        let sightings = [
            seen(&["spurious-errno"], OpKind::Open, 2),
            seen(&["spurious-errno"], OpKind::Rmdir, 1),
        ];
        let parts = kinds(&anomaly(&["spurious-errno"]), &sightings);
        let kind = |op: &str| format!("unexpected-errno (spurious-errno) in {op}");
        assert_eq!(parts, [(kind("open"), 2), (kind("rmdir"), 1)]);
    }
}
