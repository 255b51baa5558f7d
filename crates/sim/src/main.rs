//! `cargo xtask sim`: runs worlds by their seeds.

use anyhow::Context;
use clap::Parser;
use std::ops::Range;
use std::process::ExitCode;
use touchstone_sim::{Stage, run};

/// Run simulated worlds against the real application, with faults
///
/// A seed decides everything. A world that breaks an invariant prints its seed, what does not hold
/// and the end of its trace, and the exit code is 1.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask sim", bin_name = "cargo xtask sim")]
struct Args {
    /// One world
    #[arg(
        long,
        value_name = "N",
        required_unless_present = "seeds",
        conflicts_with = "seeds"
    )]
    seed: Option<u64>,

    /// The worlds from A up to, not including, B
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    seeds: Option<Range<u64>>,

    /// Print everything that happened
    #[arg(long)]
    trace: bool,
}

/// Worlds between two lines of progress.
const PROGRESS_EVERY: u64 = 50;

fn main() -> ExitCode {
    run_all(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("cargo xtask sim: {error:#}");
        ExitCode::FAILURE
    })
}

fn run_all(args: &Args) -> anyhow::Result<ExitCode> {
    let seeds = match (args.seed, args.seeds.clone()) {
        (Some(seed), _) => seed..seed.saturating_add(1),
        (None, seeds) => seeds.unwrap_or_default(),
    };
    let stage = Stage::new()?;
    let mut broken = Vec::new();
    let mut run_worlds = 0;
    for seed in seeds.clone() {
        let outcome = run(&stage, seed).with_context(|| format!("seed {seed}"))?;
        run_worlds += 1;
        if args.trace {
            println!("{}", outcome.trace.join("\n"));
        }
        if !outcome.violations.is_empty() {
            println!("{outcome}");
            broken.push(seed);
        }
        if args.seed.is_some() {
            println!("seed {seed}: digest {}", outcome.digest);
        } else if run_worlds % PROGRESS_EVERY == 0 {
            println!("{run_worlds} worlds, {} broken", broken.len());
        }
    }
    if broken.is_empty() {
        println!(
            "{run_worlds} worlds ({}..{}): every invariant holds",
            seeds.start, seeds.end
        );
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{run_worlds} worlds ({}..{}): {} broken, with the seeds {broken:?}",
        seeds.start,
        seeds.end,
        broken.len()
    );
    Ok(ExitCode::FAILURE)
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let (start, end) = text.split_once("..").ok_or("write A..B")?;
    let number = |text: &str| {
        text.parse::<u64>()
            .map_err(|error| format!("{text}: {error}"))
    };
    let range = number(start)?..number(end)?;
    match range.is_empty() {
        true => Err("there is no world between the two".into()),
        false => Ok(range),
    }
}
