//! `touchstone migrate`

use std::process::ExitCode;

use touchstone_app::ports::{Clock, SystemClock};
use touchstone_store::Store;

use crate::settings::Database;

/// Bring a database to the schema of this program; an SQLite file is made if it is missing
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    database: Database,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let url = args.database.url()?;
    let report = Store::migrate(&url, SystemClock.now().0)?;
    if report.applied.is_empty() {
        println!("{url} has schema {} already", report.to);
    } else {
        println!(
            "{url} went from schema {} to {}: {}",
            report.from,
            report.to,
            report.applied.join(", ")
        );
    }
    Ok(ExitCode::SUCCESS)
}
