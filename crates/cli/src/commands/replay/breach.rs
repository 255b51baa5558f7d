//! The verdict of a breach, reached again.

use std::{path::PathBuf, process::ExitCode};

use touchstone_app::breaches::{ReplayError, Replayed, replay};
use touchstone_app::desk::Instruments;
use touchstone_domain::BreachId;
use touchstone_store::{DatabaseUrl, ReadOnlyStore, StoreOptions};

use crate::{
    commands::{block_on, demo},
    settings::Database,
};

#[derive(Debug, clap::Args)]
pub struct BreachArgs {
    /// The number of a breach
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    pub breach: Option<i64>,

    #[command(flatten)]
    database: Database,

    /// The folder of a demo, instead of a database
    #[arg(long, value_name = "DIR", conflicts_with_all = ["database", "database_file"])]
    data: Option<PathBuf>,
}

const EXIT_COULD_NOT_LOOK: u8 = 2;

pub fn run(id: i64, args: BreachArgs) -> anyhow::Result<ExitCode> {
    match block_on(look(id, args)) {
        Ok(replayed) => {
            for line in replayed.lines() {
                println!("{line}");
            }
            Ok(match replayed.difference {
                None => ExitCode::SUCCESS,
                Some(_) => ExitCode::FAILURE,
            })
        }
        Err(error) => {
            eprintln!("touchstone: {error:#}");
            Ok(ExitCode::from(EXIT_COULD_NOT_LOOK))
        }
    }
}

async fn look(id: i64, args: BreachArgs) -> anyhow::Result<Replayed> {
    // A demo trades more than a firm does; what is stored names its symbols.
    let instruments = Instruments::demo();
    let url = match args.data {
        Some(folder) => DatabaseUrl::Sqlite(folder.join(demo::DATABASE_FILE)),
        None => args.database.url()?,
    };
    let options = StoreOptions::default();
    let store = tokio::task::spawn_blocking(move || ReadOnlyStore::open(&url, &options)).await??;
    let id = BreachId(id);
    let replayed: Result<Replayed, ReplayError> =
        store.read(move |tx| replay(tx, &instruments, id)).await;
    store.close().await;
    Ok(replayed?)
}
