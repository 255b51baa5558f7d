//! `touchstone`: one binary for everything that an operator does.

mod banner;
mod bench;
mod commands;
mod house;
mod logs;
mod settings;
mod signals;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use settings::SettingsError;

/// Sells prop-trading challenges and runs them.
#[derive(Debug, Parser)]
#[command(name = "touchstone", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(commands::demo::Args),
    Serve(Box<commands::serve::Args>),
    Migrate(commands::migrate::Args),
    Apply(commands::apply::Args),
    Check(commands::check::Args),
    Backup(commands::backup::BackupArgs),
    Restore(commands::backup::RestoreArgs),
    Openapi(commands::openapi::Args),
    Replay(commands::replay::Args),
    Rules(commands::rules::Args),
    Programs(commands::programs::Args),
    Simulate(Box<commands::simulate::Args>),
    Bench(bench::Args),
}

/// What was asked for cannot be understood; nothing was begun.
const EXIT_USAGE: u8 = 2;

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("touchstone: {error:#}");
            match error.downcast_ref::<SettingsError>() {
                Some(_) => ExitCode::from(EXIT_USAGE),
                None => ExitCode::FAILURE,
            }
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let names = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
    settings::refuse_unknown(&Cli::command(), names)?;
    match command {
        Command::Demo(args) => commands::demo::run(args),
        Command::Serve(args) => commands::serve::run(*args),
        Command::Migrate(args) => commands::migrate::run(args),
        Command::Apply(args) => commands::apply::run(args),
        Command::Check(args) => commands::check::run(args),
        Command::Backup(args) => commands::backup::backup(args),
        Command::Restore(args) => commands::backup::restore(args),
        Command::Openapi(args) => commands::openapi::run(args),
        Command::Replay(args) => commands::replay::run(args),
        Command::Rules(args) => commands::rules::run(args),
        Command::Programs(args) => commands::programs::run(args),
        Command::Simulate(args) => commands::simulate::run(*args),
        Command::Bench(args) => bench::run(args),
    }
}
