//! The commands of the house: what the README and CI call. One file per command.

mod bench;
mod console;
mod demo;
mod postgres;
mod report;
mod schemathesis;
mod shell;
mod sim;
mod step;
mod tally;
mod test;
mod tools;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Touchstone's own commands: try it, check it, simulate it, measure it.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Test(test::Args),
    Demo(demo::Args),
    Sim(sim::Args),
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Test(args) => test::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Sim(args) => sim::run(&args),
        Command::Bench(args) => bench::run(&args),
    };
    done.unwrap_or_else(|error| {
        anstream::eprintln!("cargo xtask: {error:#}");
        ExitCode::FAILURE
    })
}
