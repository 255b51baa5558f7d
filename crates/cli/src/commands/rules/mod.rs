//! `touchstone rules`

mod history;
mod line;
mod report;

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use touchstone_domain::{Currency, Money, RuleSet, rule_set::RuleFault};

use history::History;

/// Work with rule sets
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Check(CheckArgs),
    Text(TextArgs),
}

/// Tell what a rule set says to a history, line by line
///
/// A line of the history is a JSON object with "at" and one thing that happened then, such as
/// {"at":"2026-05-04T08:00:00Z","balance":100000,"equity":99500}. For each line it prints the floors with what made
/// them, the progress, and every verdict. docs/rules-check.md tells what else a line can say. Ends with 0 when the
/// history was read to its end, whatever the verdict, and with 2 when it could not be.
#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// The rule set: a JSON file
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,

    /// The history: one JSON object on a line
    #[arg(long, value_name = "FILE")]
    events: PathBuf,

    /// The balance that the account was opened with; otherwise that of the first line
    #[arg(long, value_name = "AMOUNT")]
    initial: Option<String>,

    /// The account's currency
    #[arg(long, value_name = "CODE", default_value = "USD")]
    currency: Currency,

    /// Print one JSON object for each line
    #[arg(long)]
    json: bool,
}

/// Print a rule set in the words that a trader reads
#[derive(Debug, clap::Args)]
struct TextArgs {
    /// The rule set: a JSON file
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,

    /// The balance that the account is opened with
    #[arg(long, value_name = "AMOUNT")]
    initial: String,

    /// The account's currency
    #[arg(long, value_name = "CODE", default_value = "USD")]
    currency: Currency,
}

const EXIT_COULD_NOT_READ: u8 = 2;

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let told = match args.command {
        Command::Check(args) => check(&args),
        Command::Text(args) => tell(&args),
    };
    Ok(match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("touchstone: {error:#}");
            ExitCode::from(EXIT_COULD_NOT_READ)
        }
    })
}

fn check(args: &CheckArgs) -> anyhow::Result<()> {
    let rules = read_rules(&args.rules)?;
    let mut history = History::new(rules.clone(), args.currency, args.initial.as_deref())?;
    let name = args.events.display();
    let file = File::open(&args.events).with_context(|| format!("{name}"))?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (index, text) in BufReader::new(file).lines().enumerate() {
        let number = index + 1;
        let text = text.with_context(|| format!("{name}:{number}"))?;
        if text.trim().is_empty() {
            continue;
        }
        let step = history.step(&text);
        if step.is_err() {
            // What came before the line stands before the error.
            out.flush()?;
        }
        if let Some(initial_minor) = history.take_opening() {
            warn(&rules, initial_minor);
        }
        let Some(verdicts) = step.with_context(|| format!("{name}:{number}"))? else {
            continue;
        };
        let told = report::Told {
            number,
            account: history.account()?,
            currency: history.currency(),
            verdicts: &verdicts,
        };
        match args.json {
            true => writeln!(out, "{}", told.json()?)?,
            false => write!(out, "{}", told.text()?)?,
        }
    }
    out.flush()?;
    Ok(())
}

fn tell(args: &TextArgs) -> anyhow::Result<()> {
    let initial = Money::from_major(&args.initial, args.currency).context("--initial")?;
    let rules = read_rules(&args.rules)?;
    // What only shows beside the initial balance.
    refuse(&args.rules, &rules.faults_for(initial.minor))?;
    warn(&rules, initial.minor);
    let mut out = std::io::stdout().lock();
    for line in rules.text(initial) {
        writeln!(out, "{}", line.text)?;
    }
    Ok(())
}

fn read_rules(path: &Path) -> anyhow::Result<RuleSet> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{name}"))?;
    let rules: RuleSet = serde_json::from_str(&text).with_context(|| format!("{name}"))?;
    refuse(path, &rules.faults())?;
    Ok(rules)
}

/// What is odd about the rules goes beside what was asked for.
fn warn(rules: &RuleSet, initial_minor: i64) {
    for warning in rules.warnings_for(initial_minor) {
        let code = warning.code.name();
        eprintln!("warning: {}: {} [{code}]", warning.place, warning.text);
    }
}

fn refuse(path: &Path, faults: &[RuleFault]) -> anyhow::Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = faults
        .iter()
        .map(|fault| format!("\n  {fault} [{}]", fault.code.name()))
        .collect();
    bail!(
        "{}: the rule set cannot be used:{}",
        path.display(),
        lines.concat()
    );
}
