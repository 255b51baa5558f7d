//! `touchstone bench`: how fast this machine sells and judges, beside what else it can do in the same minute.

mod client;
mod database;
mod desk;
mod figures;
mod load;
mod pgbench;
mod prefill;
mod report;
mod rounds;
mod server;
mod streams;
mod wallets;

use std::{num::NonZeroU32, path::PathBuf, process::ExitCode};

use anyhow::ensure;
use secrecy::SecretString;

use crate::settings;

/// Measure how fast this machine sells, and how fast its desk judges
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Buy(Box<BuyArgs>),
    Desk(Box<desk::DeskArgs>),
    Streams(Box<streams::StreamArgs>),
}

/// Purchases over HTTP, beside a POST that touches no store and beside PostgreSQL's own benchmark
///
/// Starts this program as a server on a fresh database, and buys with many wallets. Every answer is
/// checked, and the database at the end. The measurements take turns, round by round, as disks have
/// good and bad minutes: read the ratios.
#[derive(Debug, clap::Args)]
struct BuyArgs {
    /// Which database the server works on
    #[arg(long, value_enum, value_name = "KIND", default_value_t = Kind::Embedded)]
    database: Kind,

    /// postgres://USER@HOST/DATABASE of a server on the same disk, whose user may create schemas:
    /// for TPC-B, and for --database postgres
    #[arg(long, env = "TOUCHSTONE_BENCH_POSTGRES", value_name = "URL", hide_env_values = true, value_parser = settings::parse_secret)]
    postgres: Option<SecretString>,

    /// The folder of psql and pgbench, when they are not on PATH
    #[arg(long, value_name = "DIR")]
    postgres_bin: Option<PathBuf>,

    /// Numbers of connections to measure with
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [1, 16, 64, 256])]
    connections: Vec<usize>,

    /// Length of one measurement, after a second of warming up
    #[arg(long, value_name = "S", default_value = "5")]
    seconds: NonZeroU32,

    /// How often each measurement is made; the median counts
    #[arg(long, value_name = "N", default_value = "3")]
    rounds: NonZeroU32,

    /// Customers, each with a wallet
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    customers: usize,

    /// Purchases that are in the database before; the empty one is then measured beside it
    #[arg(long, value_name = "N", default_value_t = 0)]
    prefill: usize,

    /// Where idempotency keys begin; another seed draws others
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// The folder of the databases, which are removed at the end [default: that of temporary files]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Print one JSON object for each measurement
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// SQLite
    Embedded,
    Postgres,
}

fn run_desk(args: &desk::DeskArgs) -> anyhow::Result<ExitCode> {
    let report = desk::run(args)?;
    if args.json {
        println!("{}", report.to_json());
    } else {
        print!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

fn run_streams(args: &streams::StreamArgs) -> anyhow::Result<ExitCode> {
    let report = streams::run(args)?;
    if args.json {
        println!("{}", report.to_json());
    } else {
        print!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let args = match args.what {
        What::Buy(args) => args,
        What::Desk(args) => return run_desk(&args),
        What::Streams(args) => return run_streams(&args),
    };
    ensure!(
        args.connections
            .iter()
            .all(|n| (1..=args.customers).contains(n)),
        "each connection needs a customer of its own: between 1 and {} connections can be measured",
        args.customers
    );
    ensure!(
        args.database == Kind::Embedded || args.postgres.is_some(),
        "--database postgres needs --postgres with the URL of a server"
    );
    let measured = rounds::run(&args)?;
    if args.json {
        for measurement in measured.measurements() {
            println!("{}", measurement.to_json());
        }
    } else {
        print!("{measured}");
    }
    Ok(ExitCode::SUCCESS)
}
