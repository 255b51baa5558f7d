//! `touchstone apply`

use std::{
    io::{BufRead, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::bail;
use touchstone_app::firm::Plan;
use touchstone_store::StoreOptions;

use super::block_on;
use crate::{house, settings::Database};

/// Make the firm in the database as a file describes it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The firm file
    #[arg(value_name = "FIRM.TOML")]
    firm: PathBuf,

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
    block_on(async move {
        let store = house::open_store(args.database.url()?, StoreOptions::default()).await?;
        let confirm = |plan: &Plan| {
            println!("{plan}");
            Ok(!args.plan && (args.yes || plan.changes_nothing() || ask()?))
        };
        let applied = house::apply_firm(&store, &house::ports(), &args.firm, confirm).await?;
        store.close().await;
        if !applied {
            println!("nothing was changed");
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Asks whoever sits at the terminal.
pub fn ask() -> anyhow::Result<bool> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        bail!("nobody is here to be asked; --yes applies the plan, --plan only shows it");
    }
    print!("apply it? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
