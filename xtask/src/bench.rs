//! `cargo xtask bench`: builds what is measured for release, and measures it.

use crate::postgres::{self, Cluster, Purpose};
use crate::shell;
use anyhow::Context;
use std::process::ExitCode;

/// Names a PostgreSQL server for the measurement, instead of one of its own.
const POSTGRES_URL: &str = "TOUCHSTONE_BENCH_POSTGRES";

/// Build for release and measure
///
/// `cargo xtask bench buy` measures purchases over HTTP, beside a POST that touches no store and, with
/// PostgreSQL 15 or newer on the machine, beside pgbench, in a cluster of its own that is removed
/// afterwards. Everything lies where temporary files lie; TMPDIR names another disk.
///
/// `cargo xtask bench desk` runs the whole server with many accounts that trade, and measures from a tick to the durable
/// breach.
///
/// `cargo xtask bench streams` opens many streams of events, most of them quiet, and measures what they take and how
/// soon a purchase is told.
///
/// `cargo xtask bench ticks` measures how many ticks a second the rules engine judges, beside plain
/// revaluation of every holder, and compares their verdicts.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `buy`, `desk`, `streams` or `ticks`, and options for it; `cargo xtask bench buy --help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    bench_args: Vec<String>,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match args.bench_args.split_first() {
        Some((what, options)) if what == "ticks" => ticks(options),
        _ => server(args),
    }
}

/// The rules engine needs no server around it.
fn ticks(options: &[String]) -> anyhow::Result<ExitCode> {
    let mut command = shell::cargo();
    command
        .args(["run", "--release", "--package", "touchstone-rules"])
        .args(["--example", "ticks", "--"])
        .args(options);
    finished(command)
}

fn finished(mut command: std::process::Command) -> anyhow::Result<ExitCode> {
    let status = command.status().context("cargo could not be started")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn server(args: &Args) -> anyhow::Result<ExitCode> {
    let mut command = shell::cargo();
    command
        .args(["run", "--release", "--package", "touchstone-cli"])
        .args(["--bin", "touchstone", "--", "bench"])
        .args(&args.bench_args);
    let installation = postgres::find();
    if let Some(installation) = &installation {
        command.arg("--postgres-bin").arg(&installation.bin);
    }
    let is_given = std::env::var_os(POSTGRES_URL).is_some()
        || args
            .bench_args
            .iter()
            .any(|arg| arg.starts_with("--postgres"));
    let cluster = installation
        .filter(|_| !is_given)
        .map(|installation| Cluster::start(&installation, Purpose::Bench))
        .transpose()?;
    if let Some(cluster) = &cluster {
        command.env(POSTGRES_URL, cluster.admin_url());
    }
    finished(command)
}
