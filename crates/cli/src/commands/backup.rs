//! `touchstone backup` and `touchstone restore`

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use touchstone_app::check;
use touchstone_app::ports::{Clock, SystemClock};
use touchstone_store::{
    DatabaseUrl, ReadOnlyStore, StoreOptions,
    backup::{self, Progress},
};

use super::{block_on, demo};
use crate::settings::Database;

/// Copy a database into one file while servers work on it
///
/// The file is an SQLite database as it was at one instant, whichever engine the data comes from: it can be checked,
/// looked at, or served. It is proved at once; a copy that does not hold is told, and ends with 1. Keys and secrets of the settings are not in it: keep
/// them elsewhere.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    #[command(flatten)]
    database: Database,

    /// The folder of a demo, instead of a database
    #[arg(long, value_name = "DIR", conflicts_with_all = ["database", "database_file"])]
    data: Option<PathBuf>,

    /// The new file
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Do not look at the invariants of the copy
    #[arg(long)]
    unchecked: bool,
}

/// Make a database from a backup
///
/// The database must be a new SQLite file or an empty PostgreSQL schema; a backup of an older program is brought to
/// this program's schema. No server may use it before it is whole.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// What `touchstone backup` has made
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    database: Database,
}

/// A statement over millions of rows takes its time.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(24 * 3_600);

pub fn backup(args: BackupArgs) -> anyhow::Result<ExitCode> {
    let url = match args.data {
        Some(folder) => DatabaseUrl::Sqlite(folder.join(demo::DATABASE_FILE)),
        None => args.database.url()?,
    };
    let bar = Bar::new();
    backup::backup(&url, &args.file, SystemClock.now().0, &mut |progress| {
        bar.show(progress);
    })?;
    bar.end();
    let size = std::fs::metadata(&args.file).map_or(0, |file| file.len());
    let name = args.file.display();
    println!("{url} is copied to {name} ({})", HumanBytes(size));
    match args.unchecked {
        true => Ok(ExitCode::SUCCESS),
        false => prove(&args.file),
    }
}

/// The copy keeps every promise that the original has to keep.
fn prove(file: &Path) -> anyhow::Result<ExitCode> {
    let url = DatabaseUrl::Sqlite(file.to_owned());
    let report = block_on(async move {
        let options = StoreOptions {
            pg_statement_timeout: STATEMENT_TIMEOUT,
            ..StoreOptions::default()
        };
        let opened = tokio::task::spawn_blocking(move || ReadOnlyStore::open(&url, &options));
        let store = opened.await??;
        let report = store.read(|tx| check::check(tx, check::ROWS_EACH)).await;
        store.close().await;
        Ok(report?)
    })?;
    println!("{report}");
    Ok(match report.is_clean() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

pub fn restore(args: RestoreArgs) -> anyhow::Result<ExitCode> {
    let url = args.database.url()?;
    let bar = Bar::new();
    backup::restore(&args.file, &url, SystemClock.now().0, &mut |progress| {
        bar.show(progress);
    })?;
    bar.end();
    println!("{url} is made from {}", args.file.display());
    println!("Prove it with: touchstone check --database {url}");
    Ok(ExitCode::SUCCESS)
}

/// Drawn on a terminal only.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::no_length();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed}  {msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    fn show(&self, progress: Progress<'_>) {
        self.0.tick();
        self.0.set_message(match progress {
            Progress::Bytes { done, total } => {
                format!("{} of about {}", HumanBytes(done), HumanBytes(total))
            }
            Progress::Rows { table, done } => format!("{table}: {} rows", HumanCount(done)),
        });
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}
