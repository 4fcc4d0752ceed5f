//! The loop: a program is chosen, raced and judged, and what it has shown decides what comes next.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::candidate::{Candidate, Candidates, Standing};
use super::draw::Draw;
use super::novelty::{Novelty, features};
use super::parts::parts;
use super::pool::{Entry, Pool, Statistics};
use super::sieve::Prepared;
use super::supply::{Delivery, Order, Supply, Terms};
pub use super::watch::{Ending, Totals, Until, Watcher};
use crate::detect::{Accepted, Judgement, RoundsJudge, RoundsJudgement};
use crate::engine::rounds::{Crew, RoundsRecord, Serial};
use crate::engine::sandbox::Sandbox;
use crate::engine::{Engine, EngineError, Tick};
use crate::report::Verdict;
use crate::sys::errno::describe;

/// Programs that are on order while one is raced.
const AHEAD: usize = 3;
/// Of so many in a hundred orders, children of programs that have shown something new, and such
/// programs again, with other offsets; the rest are fresh.
const CHILDREN: usize = 50;
const AGAIN: usize = 12;
/// Serial orders that a program is held against the model in, before it is raced.
const SERIAL: usize = 6;
/// How often the pool is kept.
const KEEP_EVERY: Duration = Duration::from_secs(10);
/// Programs in a row that could not be run before the target is given up, and orders in a row that
/// none was found for.
const FAILURES: u32 = 20;

/// Where programs run.
#[derive(Debug)]
pub struct Field<'a> {
    /// What runs them.
    pub engine: &'a Engine,
    /// The directory that theirs are made in.
    pub sandbox: &'a mut Sandbox,
}

/// Why nothing can be run.
#[derive(Debug, Error)]
pub enum FuzzError {
    /// Of the engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A directory or a thread.
    #[error("cannot {what}: {why}")]
    System {
        /// What was tried.
        what: &'static str,
        /// The errno.
        why: String,
    },
}

fn system(what: &'static str) -> impl Fn(std::io::Error) -> FuzzError {
    move |error| FuzzError::System { what, why: describe(&error) }
}

/// What is known so far.
#[derive(Debug)]
pub struct Fuzzer<'a> {
    terms: Terms,
    accepted: &'a Accepted,
    /// Programs that have shown something new.
    pub pool: Pool,
    /// What has been shown.
    pub novelty: Novelty,
    /// What should not have been.
    pub candidates: Candidates,
    /// How far it is.
    pub totals: Totals,
    draw: Draw,
    /// Programs of the corpus that have not been run yet.
    waiting: VecDeque<Arc<str>>,
    since: Instant,
}

impl<'a> Fuzzer<'a> {
    /// Begins with the programs of a corpus, each of which is run once more.
    pub fn new(terms: Terms, accepted: &'a Accepted, corpus: Vec<Entry>) -> Self {
        let (mut pool, mut novelty) = (Pool::default(), Novelty::default());
        let mut waiting = VecDeque::new();
        for entry in corpus {
            novelty.count(&entry.statistics.features);
            if terms.shard.has(&entry.digest) {
                waiting.push_back(entry.text.clone());
            }
            pool.take_in(entry, &novelty);
        }
        Self {
            terms,
            accepted,
            pool,
            novelty,
            candidates: Candidates::default(),
            totals: Totals::default(),
            draw: Draw::new(terms.seed, u64::MAX),
            waiting,
            since: Instant::now(),
        }
    }

    /// Runs programs on a field until it is time to stop.
    ///
    /// # Errors
    /// [`FuzzError`], when nothing can be run there.
    pub fn run(
        &mut self,
        field: Field<'_>,
        until: Until,
        watcher: &mut dyn Watcher,
    ) -> Result<Ending, FuzzError> {
        let mut supply = Supply::start(self.terms).map_err(system("start a thread"))?;
        self.since = Instant::now();
        (0..AHEAD).for_each(|_| supply.order(self.next_order()));
        let mut crew: Option<Crew<'_>> = None;
        let (mut failures, mut nothing, mut kept) = (0, 0, Instant::now());
        loop {
            self.totals.elapsed = self.since.elapsed();
            let found = self.candidates.len();
            let over = until.duration.is_some_and(|limit| self.totals.elapsed >= limit)
                || until.programs.is_some_and(|limit| self.totals.programs >= limit)
                || until.found && self.candidates.any_fails();
            if over || !watcher.go_on(&self.totals, self.novelty.len(), found) {
                return Ok(Ending::Done);
            }
            if kept.elapsed() > KEEP_EVERY {
                kept = Instant::now();
                watcher.keep(&self.pool);
            }
            supply.order(self.next_order());
            let Delivery { prepared, rejected } = supply.delivered();
            self.totals.rejected += rejected;
            let Some(prepared) = prepared else {
                nothing += 1;
                if nothing > FAILURES {
                    return Ok(Ending::Exhausted);
                }
                continue;
            };
            nothing = 0;
            if !crew.as_ref().is_some_and(Crew::is_whole) {
                // The old one goes first: a death may leave a board in use.
                drop(crew.take());
            }
            let crew = match &mut crew {
                Some(crew) => crew,
                none => none.insert(field.engine.crew(field.sandbox.rooms())?),
            };
            match self.one(&field, crew, *prepared, watcher) {
                Ok(false) => failures = 0,
                Ok(true) => {
                    // Removing anything could hang as well: the janitor does it, if it can be done.
                    field.sandbox.abandon();
                    return Ok(Ending::Stuck);
                }
                Err(error) if failures == FAILURES => return Err(error),
                Err(_) => {
                    failures += 1;
                    self.totals.failed += 1;
                }
            }
        }
    }

    fn next_order(&mut self) -> Order {
        if let Some(program) = self.waiting.pop_front() {
            return Order::Again(program);
        }
        let kind = self.draw.below(100);
        if kind >= CHILDREN + AGAIN {
            return Order::Fresh;
        }
        let Some(entry) = self.pool.choose(&mut self.draw, &self.novelty) else {
            return Order::Fresh;
        };
        let parent = entry.text.clone();
        if kind >= CHILDREN && self.terms.shard.has(&entry.digest) {
            return Order::Again(parent);
        }
        let other = self.pool.choose(&mut self.draw, &self.novelty);
        Order::Child(parent, other.map(|entry| entry.text.clone()))
    }

    /// Runs and judges one program; returns whether some call of it has not returned.
    fn one(
        &mut self,
        field: &Field<'_>,
        crew: &mut Crew<'_>,
        prepared: Prepared,
        watcher: &mut dyn Watcher,
    ) -> Result<bool, FuzzError> {
        self.totals.programs += 1;
        let Prepared { scenario, text, plan, model, allowed } = prepared;
        let name = self.totals.programs.to_string();
        let room = field.sandbox.room(&name).map_err(system("make a directory"))?;
        let mut judge = RoundsJudge::of(&plan, model, self.accepted);
        let mut orders = judge.orders();
        orders.truncate(SERIAL);
        let mut agrees = true;
        let go_on = &mut |record: &RoundsRecord| {
            agrees = judge.agrees(record);
            agrees
        };
        let serial = Serial { orders: &orders, go_on };
        let (mut totals, features) = (self.totals, self.novelty.len());
        let (since, found) = (self.since, self.candidates.len());
        let tick = &mut |tick: Tick| {
            totals.elapsed = since.elapsed();
            totals.rounds = self.totals.rounds + tick.rounds;
            watcher.go_on(&totals, features, found)
        };
        let ran = crew.run(&plan, &name, room.rooms(), serial, tick);
        let hangs = ran.as_ref().is_ok_and(|record| !record.hangs.is_empty());
        if !hangs {
            // What is left goes with the sandbox.
            let _ = room.remove();
        }
        let record = ran?;
        let judged = judge.judge(&record);
        let run = self.statistics(&plan, &record, &judged, allowed);
        self.count(&record, &judged, &run, agrees);
        let Judgement { anomalies, sightings, .. } = &judged.judgement;
        for (signature, anomaly) in anomalies.iter().flat_map(|one| parts(one, sightings)) {
            let candidate = Candidate {
                signature,
                scenario: text.clone(),
                digest: scenario.digest.clone(),
                anomaly,
                after_ms: self.since.elapsed().as_millis() as u64,
                programs: self.totals.programs,
            };
            let steps = plan.actors.iter().map(|actor| actor.steps.len()).sum();
            let (standing, kept) = self.candidates.take(candidate, steps);
            if standing != Standing::Known {
                watcher.found(kept, standing);
            }
        }
        let new = self.novelty.count(&run.features);
        if !self.pool.note(&scenario.digest, &run) && !new.is_empty() {
            let entry = Entry { digest: scenario.digest, text: text.into(), statistics: run };
            self.pool.add(entry, &self.novelty);
        }
        Ok(hangs)
    }

    fn statistics(
        &self,
        plan: &crate::plan::Plan,
        record: &RoundsRecord,
        judged: &RoundsJudgement,
        allowed: usize,
    ) -> Statistics {
        let Judgement { anomalies, sightings, .. } = &judged.judgement;
        let seen = judged.coverage.unwrap_or_default() * allowed as f64;
        let kinds = anomalies.iter().flat_map(|one| parts(one, sightings));
        let mut codes: Vec<String> = kinds.map(|(signature, _)| signature.kind()).collect();
        codes.sort();
        codes.dedup();
        Statistics {
            runs: 1,
            rounds: record.rounds,
            allowed: allowed as u64,
            seen: seen.round() as u64,
            once: judged.once as u64,
            last_rounds: record.rounds,
            codes,
            features: features(plan, record, anomalies),
        }
    }

    /// Counts a program; where its serial rounds did not agree with the model, it was not raced.
    fn count(
        &mut self,
        record: &RoundsRecord,
        judged: &RoundsJudgement,
        run: &Statistics,
        agrees: bool,
    ) {
        let totals = &mut self.totals;
        totals.rounds += record.rounds;
        let skipped = judged.judgement.verdict == Verdict::Skipped;
        if agrees && !skipped {
            totals.seen += run.seen as f64;
            totals.allowed += run.allowed as f64;
        } else if skipped && !judged.differs {
            totals.lacking += 1;
        } else {
            totals.different += 1;
        }
        match judged.judgement.verdict {
            Verdict::Pass | Verdict::Fail => totals.decided += 1,
            Verdict::Inconclusive => totals.undecided += 1,
            Verdict::Skipped => {}
        }
    }
}
