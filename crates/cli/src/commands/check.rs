//! `touchstone check`

use std::{path::PathBuf, process::ExitCode, time::Duration};

use touchstone_app::check::{self, CheckError, Report};
use touchstone_store::{DatabaseUrl, ReadOnlyStore, StoreOptions};

use super::{block_on, demo};
use crate::settings::Database;

/// Prove that a database holds what it promises
///
/// Looks at every invariant on one snapshot and changes nothing; a server may go on working on the
/// database. Each row that breaks one is a line. Ends with 0 when all hold, with 1 when one does
/// not, and with 2 when it could not look.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// The folder of a demo, instead of a database
    #[arg(long, value_name = "DIR", conflicts_with_all = ["database", "database_file"])]
    data: Option<PathBuf>,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    /// Rows of one invariant that are named
    #[arg(long, value_name = "N", default_value_t = check::ROWS_EACH, value_parser = clap::value_parser!(i64).range(1..))]
    rows: i64,
}

const EXIT_COULD_NOT_LOOK: u8 = 2;
/// A statement over millions of rows takes its time.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(24 * 3_600);

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match block_on(look(args)) {
        Ok(report) if report.is_clean() => Ok(ExitCode::SUCCESS),
        Ok(_) => Ok(ExitCode::FAILURE),
        Err(error) => {
            eprintln!("touchstone: {error:#}");
            Ok(ExitCode::from(EXIT_COULD_NOT_LOOK))
        }
    }
}

async fn look(args: Args) -> anyhow::Result<Report> {
    let url = match args.data {
        Some(folder) => DatabaseUrl::Sqlite(folder.join(demo::DATABASE_FILE)),
        None => args.database.url()?,
    };
    let options = StoreOptions {
        pg_statement_timeout: STATEMENT_TIMEOUT,
        ..StoreOptions::default()
    };
    let store = tokio::task::spawn_blocking(move || ReadOnlyStore::open(&url, &options)).await??;
    let rows = args.rows;
    let looked: Result<Report, CheckError> = store.read(move |tx| check::check(tx, rows)).await;
    store.close().await;
    let report = looked?;
    if args.json {
        println!("{}", report.to_json());
    } else {
        println!("{report}");
    }
    Ok(report)
}
