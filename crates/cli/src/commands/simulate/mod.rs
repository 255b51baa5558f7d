//! `touchstone simulate`

mod progress;

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
};

use anyhow::Context;
use touchstone_app::{
    firm::{self, Firm, presets},
    simulate::{self, Listed, Offer, Population, Prices, Recorded, Report, Settings, Watch},
};
use touchstone_domain::{BasisPoints, Symbol, basis_points::parse_decimal};
use touchstone_store::{ReadOnlyStore, StoreOptions};

use super::block_on;
use crate::settings::Database;

/// Try a program out before it is sold
///
/// Thousands of made-up traders live through it on the desk's own engine, with its rules, phases, trading days and its
/// groups' terms: how many pass, how long they take, why they fail, what is paid out and what the firm keeps of a sale.
/// The same seed gives the same answer. docs/simulate.md tells what is assumed. Without --firm and --database it is a
/// program of the demo firm, or a ready-made one (`touchstone programs list`).
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Number or name of the program, or the code of a ready-made one
    #[arg(value_name = "PROGRAM")]
    program: String,

    /// The brand that it is of, where several have one of this name
    #[arg(long, value_name = "NAME")]
    brand: Option<String>,

    /// The firm file that it stands in
    #[arg(long, value_name = "FIRM.TOML", conflicts_with_all = ["database", "database_file"])]
    firm: Option<PathBuf>,

    #[command(flatten)]
    database: Database,

    /// How many buy it
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    traders: u32,

    /// Another seed is another world
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// How many days a funded account is followed
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    days: u32,

    /// How many days somebody tries to pass one phase
    #[arg(long, value_name = "DAYS", default_value_t = 120)]
    evaluation_days: u32,

    /// Who trades: a TOML file
    #[arg(long, value_name = "FILE")]
    population: Option<PathBuf>,

    /// What is traded; otherwise EURUSD or the first whose profit needs no conversion
    #[arg(long, value_name = "SYMBOL")]
    symbol: Option<Symbol>,

    /// How much a generated price moves on a usual day, in percent
    #[arg(long, value_name = "PERCENT", default_value = "0.6", value_parser = percent)]
    volatility: i64,

    /// Between bid and ask, in points; otherwise what is typical of the symbol
    #[arg(long, value_name = "POINTS")]
    spread: Option<i64>,

    /// Seconds from price to price
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    step: i64,

    /// Recorded prices instead of generated ones: a file as `touchstone replay` reads it, of the --symbol
    #[arg(
        long,
        value_name = "FILE",
        requires = "symbol",
        conflicts_with = "volatility"
    )]
    ticks: Option<PathBuf>,

    /// What one unit of the fee's currency is worth in that of the accounts, where they differ
    #[arg(long, value_name = "RATE", value_parser = rate)]
    rate: Option<i64>,

    /// Threads that work; the answer is the same for any number of them
    #[arg(long, value_name = "N")]
    threads: Option<usize>,

    /// Write the answer as JSON; "-" prints it in place of the text
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Write the pictures, as SVG, into this folder
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
}

fn percent(text: &str) -> Result<i64, &'static str> {
    let read = BasisPoints::from_percent(text).map(|share| share.0);
    read.filter(|share| (1..=2_000).contains(share))
        .ok_or("0.01 to 20 percent, with at most two decimals")
}

fn rate(text: &str) -> Result<i64, &'static str> {
    let read = parse_decimal(text, 6);
    read.ok_or("a number like 1.085, with at most six decimals")
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let settings = settings(&args)?;
    let offer = offer(&args)?;
    let report = simulate(&offer, &settings)?;
    if let Some(folder) = &args.pictures {
        draw(folder, &report)?;
    }
    match &args.json {
        Some(path) if path == Path::new("-") => {
            println!("{}", serde_json::to_string_pretty(&report)?);
            return Ok(ExitCode::SUCCESS);
        }
        Some(path) => {
            let json = serde_json::to_string_pretty(&report)?;
            std::fs::write(path, json + "\n").with_context(|| path.display().to_string())?;
        }
        None => {}
    }
    print!("{report}");
    Ok(ExitCode::SUCCESS)
}

fn draw(folder: &Path, report: &Report) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for picture in report.pictures() {
        let path = folder.join(format!("{}.svg", picture.name));
        std::fs::write(&path, picture.svg).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn settings(args: &Args) -> anyhow::Result<Settings> {
    let population = match &args.population {
        None => Population::standard(),
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path).with_context(|| name.clone())?;
            Population::read(&text).context(name)?
        }
    };
    let prices = match (&args.ticks, args.symbol) {
        (Some(path), Some(symbol)) => Prices::Recorded(recorded(path, symbol, args.step)?),
        _ => Prices::Generated {
            day_bp: args.volatility,
        },
    };
    let all = thread::available_parallelism().map_or(1, usize::from);
    Ok(Settings {
        traders: args.traders,
        seed: args.seed,
        funded_days: args.days,
        evaluation_days: args.evaluation_days,
        population,
        prices,
        symbol: args.symbol,
        spread: args.spread,
        rate: args.rate,
        step_seconds: args.step,
        threads: args.threads.unwrap_or(all),
        ..Settings::default()
    })
}

fn recorded(path: &Path, symbol: Symbol, step_seconds: i64) -> anyhow::Result<Recorded> {
    let name = path.display().to_string();
    let instrument = simulate::instrument(symbol)?;
    let file = File::open(path).with_context(|| name.clone())?;
    let short = path
        .file_name()
        .map_or(name, |name| name.to_string_lossy().into_owned());
    Ok(Recorded::read(
        &short,
        BufReader::new(file),
        &instrument,
        step_seconds,
    )?)
}

fn offer(args: &Args) -> anyhow::Result<Offer> {
    let listed = match &args.firm {
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path).with_context(|| name.clone())?;
            Firm::read(&text).context(name)?.offers()
        }
        None => match args.database.named()? {
            Some(url) => block_on(async move {
                let opened = tokio::task::spawn_blocking(move || {
                    ReadOnlyStore::open(&url, &StoreOptions::default())
                });
                let store = opened.await??;
                let listed: Result<Vec<Listed>, touchstone_store::StoreError> =
                    store.read(simulate::stored).await;
                store.close().await;
                Ok(listed?)
            })?,
            None => match presets::find(&args.program) {
                Some(preset) => return ready_made(preset),
                None => Firm::read(firm::demo::FILE)?.offers(),
            },
        },
    };
    Ok(simulate::pick(
        listed,
        &args.program,
        args.brand.as_deref(),
    )?)
}

fn ready_made(preset: &presets::Preset) -> anyhow::Result<Offer> {
    let only = Firm::read(preset.text)?.offers().pop();
    Ok(only.context("it promises nothing")?.offer)
}

/// Runs on threads of its own, while this one tells how far it is.
fn simulate(offer: &Offer, settings: &Settings) -> anyhow::Result<Report> {
    let watch = Watch::default();
    let report = thread::scope(|scope| {
        let working = scope.spawn(|| simulate::run(offer, settings, &watch));
        progress::show(u64::from(settings.traders), &watch, &working);
        match working.join() {
            Ok(report) => report,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    });
    Ok(report?)
}
