//! `touchstone replay`

use std::{path::PathBuf, process::ExitCode};

use touchstone_app::breaches::{ReplayError, Replayed, replay};
use touchstone_app::desk::Instruments;
use touchstone_domain::BreachId;
use touchstone_store::{DatabaseUrl, ReadOnlyStore, StoreOptions};

use super::{block_on, demo};
use crate::settings::Database;

/// Reach the verdict of a breach again
///
/// Takes the stored history of the account, the opening of its phase, everything that the rules were
/// told, and every tick, judges it anew with the plain evaluator, and looks at the breach's place in
/// the chain of records. Changes nothing. Ends with 0 when the verdict is the same, with 1 when it is
/// not, and with 2 when it could not look.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The number of the breach
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    breach: i64,

    #[command(flatten)]
    database: Database,

    /// The folder of a demo, instead of a database
    #[arg(long, value_name = "DIR", conflicts_with_all = ["database", "database_file"])]
    data: Option<PathBuf>,
}

const EXIT_COULD_NOT_LOOK: u8 = 2;

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match block_on(look(args)) {
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

async fn look(args: Args) -> anyhow::Result<Replayed> {
    // A demo trades a symbol of its own beside the built-in ones.
    let (url, instruments) = match args.data {
        Some(folder) => (
            DatabaseUrl::Sqlite(folder.join(demo::DATABASE_FILE)),
            Instruments::parse(&touchstone_app::demo::catalogue())?,
        ),
        None => (args.database.url()?, Instruments::built_in()),
    };
    let options = StoreOptions::default();
    let store = tokio::task::spawn_blocking(move || ReadOnlyStore::open(&url, &options)).await??;
    let id = BreachId(args.breach);
    let replayed: Result<Replayed, ReplayError> =
        store.read(move |tx| replay(tx, &instruments, id)).await;
    store.close().await;
    Ok(replayed?)
}
