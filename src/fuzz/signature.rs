//! What makes two anomalies the same one.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::detect::Sighting;
use crate::model::relax::{Relaxation, SPURIOUS_ERRNO, relaxation};
use crate::ops::OpKind;
use crate::report::{Anomaly, Class};
use crate::scenario::check::MAX_NAME;
use crate::scenario::{Scenario, Step};

/// What was seen, by which operation, and what explains it. Two programs that show the same
/// signature show the same anomaly; names, sizes and what else the programs do play no part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Signature {
    /// Code of the detector.
    pub code: String,
    /// The relaxations that explain it, sorted; none where nothing does, and in free mode.
    pub relaxations: Vec<String>,
    /// The operation that shows it; none where the tree that is left does, or no step at all.
    pub seen_by: Option<OpKind>,
}

/// Which sights can be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// All.
    Any,
    /// Those of a detector.
    Code(&'a str),
    /// Those of the kind of this one (see [`Signature::kind`]).
    Kind(&'a Signature),
}

impl From<&Sighting> for Signature {
    fn from(sighting: &Sighting) -> Self {
        let mut relaxations: Vec<String> =
            sighting.relaxations.iter().map(|&name| name.to_owned()).collect();
        relaxations.sort();
        Self { code: sighting.code.to_owned(), relaxations, seen_by: sighting.seen_by }
    }
}

impl Signature {
    /// The signature to follow among these sights: of the worst class, and of those the most
    /// frequent.
    pub fn worst(sightings: &[Sighting], wanted: Wanted<'_>) -> Option<(Self, Class)> {
        let wanted = sightings.iter().filter(|one| match wanted {
            Wanted::Any => true,
            Wanted::Code(code) => one.code == code,
            Wanted::Kind(signature) => signature.is(one),
        });
        let worst = wanted.max_by_key(|one| (one.class, one.count))?;
        Some((worst.into(), worst.class))
    }

    /// The signature of an anomaly among all sights of its run: of those that it stands for, the most
    /// frequent one. An anomaly can stand for sights that have different explanations; then it is of
    /// the worst of them.
    pub fn of(anomaly: &Anomaly, sightings: &[Sighting]) -> Self {
        let its = |one: &&Sighting| {
            one.code == anomaly.code && one.relaxations.iter().eq(anomaly.relaxations.iter())
        };
        let most = sightings.iter().filter(its).max_by_key(|one| one.count);
        let worst = || Self::worst(sightings, Wanted::Code(&anomaly.code)).map(|(worst, _)| worst);
        most.map(Self::from).or_else(worst).unwrap_or_else(|| {
            let mut relaxations = anomaly.relaxations.clone();
            relaxations.sort();
            Self { code: anomaly.code.clone(), relaxations, seen_by: None }
        })
    }

    /// What counts as one thing while much is seen: where relaxations explain it, they say what is wrong,
    /// whatever operation shows it. An errno out of nowhere explains any call, and so says nothing.
    pub fn kind(&self) -> String {
        let seen_by = self.seen_by.map_or("end", OpKind::name);
        match self.relaxations.as_slice() {
            [] => format!("{} in {seen_by}", self.code),
            [one] if !self.is_explained() => format!("{} ({one}) in {seen_by}", self.code),
            by => format!("{} ({})", self.code, by.join("+")),
        }
    }

    /// Whether relaxations say what is wrong, so that it does not matter which operation shows it.
    pub fn is_explained(&self) -> bool {
        is_explained(&self.relaxations)
    }

    /// Among the sights of a smaller program, what stands for this signature of this class: the same; one of
    /// the same kind; one that nothing explains either, where the operation asks for the same; or one of the
    /// same code that has less to explain it, which is fewer of the same relaxations, or none of them where
    /// the operation asks for the same. Nothing of a milder class does.
    pub fn kept(&self, class: Class, sightings: &[Sighting]) -> Option<(Self, Class)> {
        let rank = |one: &Sighting| {
            let other = Self::from(one);
            let fewer = other.relaxations.len() < self.relaxations.len();
            let plainer = || {
                let known = |name| self.relaxations.contains(name);
                let seen = other.is_explained() || self.asks_for(other.seen_by);
                fewer && self.is_explained() && seen && other.relaxations.iter().all(known)
            };
            match other {
                _ if one.class < class || other.code != self.code => None,
                _ if other == *self => Some(2),
                _ if self.is(one) => Some(1),
                _ if other.relaxations == self.relaxations && self.asks_for(other.seen_by) => {
                    Some(1)
                }
                _ => plainer().then_some(0),
            }
        };
        let ranked = sightings.iter().filter_map(|one| Some((rank(one)?, one)));
        let (_, kept) = ranked.max_by_key(|(rank, one)| (*rank, one.class, one.count))?;
        Some((kept.into(), kept.class))
    }

    /// Whether an operation asks for the same as the one that shows it.
    pub fn asks_for(&self, op: Option<OpKind>) -> bool {
        op.map(asked) == self.seen_by.map(asked)
    }

    /// The relaxations that explain it.
    pub fn explanation(&self) -> Vec<&'static Relaxation> {
        self.relaxations.iter().filter_map(|name| relaxation(name)).collect()
    }

    /// Whether a sight is of its kind.
    pub fn is(&self, sighting: &Sighting) -> bool {
        self.code == sighting.code && self.kind() == Self::from(sighting).kind()
    }

    /// The operations that conflict in a program which shows this and nothing else: all of them but
    /// for the one that sees it, and those that only open or close what the others work on.
    pub fn conflict(&self, scenario: &Scenario) -> BTreeSet<OpKind> {
        let lists = scenario.actors.iter().flat_map(|actor| {
            std::iter::once(&actor.steps).chain(actor.branches.iter().map(|branch| &branch.steps))
        });
        let steps: Vec<&Step> = lists.flatten().collect();
        let is_used = |step: &Step| {
            step.fd.is_some() && steps.iter().any(|other| *other != step && other.fd == step.fd)
        };
        let prepares = |step: &Step| match step.op {
            OpKind::Close | OpKind::Dup | OpKind::Sleep | OpKind::Yield | OpKind::Spin => true,
            OpKind::Open => !step.flags.iter().any(|flag| flag.makes()) && is_used(step),
            _ => false,
        };
        let conflict = steps.iter().filter(|step| !prepares(step)).map(|step| step.op);
        conflict.filter(|op| Some(*op) != self.seen_by).collect()
    }

    /// The words of the signature and of its conflict, as a name in kebab-case: stable, and the same
    /// for all programs that show the same in the same way.
    pub fn name(&self, scenario: &Scenario) -> String {
        let seen_by = self.seen_by.map(|op| op.name().to_owned());
        let mut words: Vec<String> = vec![self.code.clone()];
        words.extend(self.relaxations.iter().filter(|name| **name != self.code).cloned());
        words.extend(seen_by);
        let others = self.conflict(scenario);
        if !others.is_empty() {
            words.push("vs".to_owned());
            words.extend(others.into_iter().map(|op| op.name().to_owned()));
        }
        bounded(&words.join("-"))
    }
}

/// The operation that stands for all that ask for the same, by a path, by a descriptor or at an offset: what
/// is wrong with an answer is hardly another thing because it was asked for in another way.
fn asked(op: OpKind) -> OpKind {
    match op {
        OpKind::Creat => OpKind::Open,
        OpKind::Pread => OpKind::Read,
        OpKind::Pwrite => OpKind::Write,
        OpKind::Fstat => OpKind::Stat,
        OpKind::Ftruncate => OpKind::Truncate,
        OpKind::Fdatasync => OpKind::Fsync,
        OpKind::Fchmod => OpKind::Chmod,
        OpKind::Futimens => OpKind::Utimens,
        other => other,
    }
}

/// Whether these relaxations say what is wrong: any but an errno out of nowhere does.
pub(super) fn is_explained(relaxations: &[String]) -> bool {
    relaxations.iter().any(|name| name != SPURIOUS_ERRNO.name)
}

/// A name that is short enough for a scenario: a longer one ends in a digest of all of it.
fn bounded(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let digest: String =
        Sha256::digest(name.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let kept = &name[..MAX_NAME - digest.len() - 1];
    let kept = kept.rsplit_once('-').map_or(kept, |(kept, _)| kept);
    format!("{kept}-{digest}")
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        if !self.relaxations.is_empty() {
            write!(f, " ({})", self.relaxations.join(" + "))?;
        }
        match self.seen_by {
            Some(op) => write!(f, ", seen by `{}`", op.name()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    fn sighting(code: &'static str, class: Class, count: u64) -> Sighting {
        Sighting {
            code,
            class,
            relaxations: vec!["rename-gap"],
            seen_by: Some(OpKind::Stat),
            count,
        }
    }

    #[test]
    fn the_worst_class_goes_before_the_most_frequent() {
        let seen = [
            sighting("torn-read", Class::Unspecified, 90),
            sighting("unexpected-errno", Class::Forbidden, 2),
            sighting("ghost-name", Class::Forbidden, 3),
        ];
        let code = |wanted| Signature::worst(&seen, wanted).map(|(worst, _)| worst.code);
        assert_eq!(code(Wanted::Any).as_deref(), Some("ghost-name"));
        assert_eq!(code(Wanted::Code("torn-read")).as_deref(), Some("torn-read"));
        assert_eq!(code(Wanted::Code("hang")), None);
    }

    #[test]
    fn what_stands_for_a_signature_is_no_milder_and_has_no_other_explanation() {
        let seen = |relaxations: &[&'static str], class, seen_by| Sighting {
            relaxations: relaxations.to_vec(),
            seen_by: Some(seen_by),
            ..sighting("lock-overlap", class, 1)
        };
        let forbidden = |relaxations: &[&'static str], by| seen(relaxations, Class::Forbidden, by);
        let own = forbidden(&["no-realtime", "open-stale"], OpKind::Lock);
        let signature = Signature::from(&own);
        let kept = |all: &[Sighting]| signature.kept(Class::Forbidden, all).map(|(one, _)| one);
        let other = forbidden(&["no-realtime", "open-stale"], OpKind::Flock);
        let plainer = seen(&[], Class::Unexplained, OpKind::Lock);
        let all = [plainer.clone(), other.clone(), own];
        for left in (1..=all.len()).rev() {
            let expected = Signature::from(&all[left - 1]);
            assert_eq!(kept(&all[..left]), Some(expected), "{left}");
        }
        let strangers = [
            forbidden(&["rename-gap"], OpKind::Lock),
            forbidden(&["no-realtime", "open-stale", "torn-read"], OpKind::Lock),
            seen(&["no-realtime"], Class::Documented, OpKind::Lock),
            seen(&[], Class::Unexplained, OpKind::Flock),
            Sighting { code: "torn-read", ..plainer },
        ];
        assert_eq!(kept(&strangers), None);
        // What nothing explains is another thing where another operation shows it.
        let unexplained = Signature { relaxations: Vec::new(), ..signature.clone() };
        let elsewhere = seen(&[], Class::Unexplained, OpKind::Flock);
        assert_eq!(unexplained.kept(Class::Forbidden, &[elsewhere, other]), None);
        // But not where it is asked for in another way.
        let by_path = seen(&[], Class::Unexplained, OpKind::Stat);
        let by_descriptor = seen(&[], Class::Unexplained, OpKind::Fstat);
        let kept = Signature::from(&by_path)
            .kept(Class::Unexplained, std::slice::from_ref(&by_descriptor));
        assert_eq!(kept.map(|(one, _)| one), Some(Signature::from(&by_descriptor)));
    }

    #[test]
    fn a_name_has_what_conflicts_and_nothing_that_only_prepares_it() {
        let text = r#"
name = "x"
[fixture]
f = { content = "x" }
t = { content = "y" }
[[actor]]
name = "a"
steps = [{ op = "rename", path = "t", to = "f" }]
[[actor]]
name = "b"
steps = [{ op = "stat", path = "f" }, { op = "open", path = "t", fd = "x" }, { op = "fstat", fd = "x" }]
"#;
        let scenario = parse(text, "x").unwrap();
        let seen = Signature::from(&sighting("unexpected-errno", Class::Forbidden, 1));
        assert_eq!(seen.name(&scenario), "unexpected-errno-rename-gap-stat-vs-fstat-rename");
        let names =
            ["torn-read", "mixed-write", "size-before-data", "truncate-zeros", "no-realtime"];
        let long = Signature { relaxations: names.map(str::to_owned).to_vec(), ..seen };
        let name = long.name(&scenario);
        assert!(name.len() <= 64 && name.starts_with("unexpected-errno-torn-read-mixed"), "{name}");
        assert_eq!(name, long.name(&scenario));
    }
}
