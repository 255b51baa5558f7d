//! `cargo xtask sim`: runs the simulator with seeds.

use crate::shell;
use anyhow::Context;
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
