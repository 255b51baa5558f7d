//! A world from its seed to its last audit.

use crate::auditor::{Moment, Violation};
use crate::draws::Draws;
use crate::healing::heal;
use crate::stage::Stage;
use crate::trading;
use crate::weather::Weather;
use crate::workload::Workload;
use crate::world::World;
use sha2::{Digest, Sha256};
use std::fmt;

/// Things that happen in a world before it is healed.
const TURNS: u32 = 100;
/// Turns between two audits.
const AUDIT_EVERY: u32 = 10;
/// Lines of the trace that a failure shows.
const TAIL: usize = 30;

/// What a world came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub seed: u64,
    /// The same for two runs exactly when everything in them was the same.
    pub digest: String,
    pub violations: Vec<Violation>,
    /// What happened, line by line.
    pub trace: Vec<String>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for violation in &self.violations {
            writeln!(f, "seed {}: this does not hold: {violation}", self.seed)?;
        }
        let skipped = self.trace.len().saturating_sub(TAIL);
        writeln!(f, "the last {TAIL} lines of its trace:")?;
        for line in &self.trace[skipped..] {
            writeln!(f, "{line}")?;
        }
        write!(f, "all of it: cargo xtask sim --seed {} --trace", self.seed)
    }
}

/// Runs the worlds of `seed`: one in which challenges are sold, and one in which they are traded.
///
/// # Errors
/// When the machine does not give what it takes; a broken invariant is no error but an outcome.
pub fn run(stage: &Stage, seed: u64) -> anyhow::Result<Outcome> {
    let mut outcome = run_sales(stage, seed)?;
    if outcome.violations.is_empty() {
        let traded = trading::run(seed)?;
        let mut hash = Sha256::new();
        hash.update(&outcome.digest);
        for line in &traded.trace {
            hash.update(line);
        }
        outcome.digest = hex::encode(&hash.finalize()[..8]);
        outcome.trace.extend(traded.trace);
        outcome.violations = traded.violations;
    }
    Ok(outcome)
}

fn run_sales(stage: &Stage, seed: u64) -> anyhow::Result<Outcome> {
    let mut draws = Draws::new(seed);
    let weather = Weather::draw(&mut draws);
    let mut world = World::begin(stage, seed, weather.remote)?;
    world.say(&format!("seed {seed}: {weather:?}"));
    let mut workload = Workload::new(draws, weather);
    for turn in 1..=TURNS {
        workload.turn(&mut world)?;
        if turn % AUDIT_EVERY == 0 {
            audit(&mut world, Moment::UnderWay)?;
        }
        if !world.auditor.violations().is_empty() {
            return Ok(finish(world, seed));
        }
    }
    if let Err(error) = heal(&mut world) {
        world
            .auditor
            .add("everything comes to rest", error.to_string());
    }
    audit(&mut world, Moment::AtRest)?;
    Ok(finish(world, seed))
}

fn audit(world: &mut World<'_>, moment: Moment) -> anyhow::Result<()> {
    let rows = world.snapshot()?;
    let keys = world.keys();
    world.auditor.look(&rows, &keys, moment);
    if moment == Moment::AtRest {
        let report = world.check()?;
        for broken in &report.broken {
            for row in &broken.rows {
                world.auditor.add(broken.rule, format!("{row:?}"));
            }
        }
        let books = world.network.books();
        world.auditor.compare(&rows, &books);
        world.trace.end_with(format!("{rows:?} {books:?}"));
    }
    Ok(())
}

fn finish(world: World<'_>, seed: u64) -> Outcome {
    let outcome = Outcome {
        seed,
        digest: world.trace.digest(),
        violations: world.auditor.violations().to_vec(),
        trace: world.trace.lines().to_vec(),
    };
    world.end();
    outcome
}
