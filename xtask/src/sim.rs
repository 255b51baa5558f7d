//! `cargo xtask sim`: runs the simulator with seeds.

use crate::report::Row;
use crate::{shell, step};
use anyhow::Context;
use std::hash::{BuildHasher, RandomState};
use std::os::unix::process::CommandExt;
use std::process::ExitCode;

/// Run simulated worlds against the real application, with faults
///
/// A seed decides everything: the same seed repeats the same run exactly.
/// A run that breaks an invariant prints its seed, and exits with 1.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One world
    #[arg(
        long,
        value_name = "N",
        required_unless_present = "seeds",
        conflicts_with = "seeds"
    )]
    seed: Option<u64>,

    /// The worlds from A up to, not including, B
    #[arg(long, value_name = "A..B")]
    seeds: Option<String>,

    /// Further options for the simulator
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    sim_args: Vec<String>,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut command = shell::cargo();
    command.args(["run", "--quiet", "--package", "touchstone-sim", "--"]);
    if let Some(seed) = args.seed {
        command.arg("--seed").arg(seed.to_string());
    }
    if let Some(seeds) = &args.seeds {
        command.arg("--seeds").arg(seeds);
    }
    let error = command.args(&args.sim_args).exec();
    Err(error).context("cargo could not be started")
}

/// Fixed seeds, and new ones beside them: what every run looks at, and what a full run does.
const FEW: (u64, u64) = (10, 5);
const MANY: (u64, u64) = (200, 20);

/// The step of `cargo xtask test`. The worlds are those of a test, so that nothing is compiled anew
/// for them; what is found is repeated with `cargo xtask sim --seed N`.
pub fn test(full: bool) -> Row {
    let (fixed, new) = if full { MANY } else { FEW };
    // Short enough to be typed.
    let start = 1_000 + RandomState::new().hash_one(fixed) % 1_000_000_000;
    let seeds = format!("0..{fixed},{start}..{}", start + new);
    let mut command = shell::cargo();
    command
        .current_dir(shell::workspace_root())
        .args(["test", "--workspace", "--test", "seeds", "--"])
        .args([
            "--exact",
            "every_invariant_holds_in_every_world",
            "--nocapture",
        ])
        .env("TOUCHSTONE_SIM_SEEDS", &seeds);
    anstream::println!("\nSimulated worlds: {seeds}");
    step::run("sim", command)
}
