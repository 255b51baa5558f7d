//! `touchstone programs`

use std::{io::Write, path::Path, process::ExitCode, sync::Arc};

use anyhow::{Context, anyhow};
use touchstone_app::firm::{
    Plan,
    presets::{self, Preset},
};
use touchstone_domain::Money;
use touchstone_store::StoreOptions;

use super::{apply::ask, block_on};
use crate::{house, settings::Database};

/// Begin from a ready-made program
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the ready-made programs
    List,
    Show(ShowArgs),
    Apply(ApplyArgs),
}

/// Print a ready-made program as a firm file, or in the words that a trader reads
#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// Its code, as `list` has it
    #[arg(value_name = "CODE")]
    code: String,

    /// Print its rules in words
    #[arg(long)]
    text: bool,
}

/// Make a ready-made program, and the groups that it needs, in a brand
///
/// It is not on sale until it is published. A second run changes nothing but what was changed since.
#[derive(Debug, clap::Args)]
struct ApplyArgs {
    /// Its code, as `list` has it
    #[arg(value_name = "CODE")]
    code: String,

    /// The brand that is to sell it
    #[arg(long, value_name = "NAME")]
    brand: String,

    #[command(flatten)]
    database: Database,

    /// Only show what would change
    #[arg(long, conflicts_with = "yes")]
    plan: bool,

    /// Do not ask before changing anything
    #[arg(long)]
    yes: bool,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::List => list(),
        Command::Show(args) => show(&args),
        Command::Apply(args) => apply(args),
    }
}

fn find(code: &str) -> anyhow::Result<&'static Preset> {
    let codes: Vec<&str> = presets::all().iter().map(|preset| preset.code).collect();
    let codes = codes.join(", ");
    presets::find(code)
        .ok_or_else(|| anyhow!("there is no ready-made program {code:?}; there are {codes}"))
}

fn list() -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for preset in presets::all() {
        if let Some(terms) = preset.terms() {
            writeln!(out, "{:<20} {}", preset.code, terms.name)?;
            writeln!(out, "{:<20} {}", "", terms.description)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let preset = find(&args.code)?;
    let mut out = std::io::stdout().lock();
    if !args.text {
        write!(out, "{}", preset.text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let terms = preset.terms().context("it promises nothing")?;
    writeln!(out, "{}: {}", terms.name, terms.description)?;
    for (place, step) in terms.steps.iter().enumerate() {
        writeln!(out, "\n{}", step.name)?;
        let initial = Money::new(step.initial_balance_minor, terms.currency());
        let rules = terms.rules_of(place);
        for line in rules.iter().flat_map(|rules| rules.text(initial)) {
            writeln!(out, "- {}", line.text)?;
        }
        if step.profit_split.0 > 0 {
            let share = step.profit_split.percent();
            writeln!(
                out,
                "- Profit split: {share} % of the profit are the trader's."
            )?;
        }
    }
    writeln!(out, "\nIt follows:")?;
    for source in preset.sources() {
        writeln!(out, "- {source}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn apply(args: ApplyArgs) -> anyhow::Result<ExitCode> {
    let preset = find(&args.code)?;
    block_on(async move {
        let store = house::open_store(args.database.url()?, StoreOptions::default()).await?;
        let firm = Arc::new(preset.firm_for(&store, &args.brand).await?);
        let confirm = |plan: &Plan| {
            println!("{plan}");
            Ok(!args.plan && (args.yes || plan.changes_nothing() || ask()?))
        };
        let ports = house::ports();
        let applied = house::carry_out(&store, &ports, &firm, Path::new(""), confirm);
        let applied = applied.await?;
        store.close().await;
        if !applied {
            println!("nothing was changed");
        }
        Ok(ExitCode::SUCCESS)
    })
}
