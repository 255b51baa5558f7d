//! Where worlds are played: a folder with a database that holds the firm and nothing else, made
//! once and copied for each world.

use crate::clock::START;
use crate::firm;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use touchstone_app::firm::{Edge, Firm, apply, plan};
use touchstone_app::ports::SeededRandom;
use touchstone_domain::{BrandId, SessionId};
use touchstone_store::repo::counters;
use touchstone_store::repo::sessions::{self, Session, SubjectKind};
use touchstone_store::{DatabaseUrl, Store, StoreError, StoreOptions, Tx};

const FILE: &str = "touchstone.db";
const LOG: &str = "touchstone.db-wal";

/// A folder in memory, where the machine has one: worlds are many and short, and what a disk does
/// is not what they look for.
const MEMORY: &str = "/dev/shm";

/// A folder of its own for a database, or for several.
///
/// # Errors
/// When none can be made.
pub fn folder() -> anyhow::Result<TempDir> {
    let made = match Path::new(MEMORY).is_dir() {
        true => TempDir::with_prefix_in("touchstone-sim-", MEMORY),
        false => TempDir::with_prefix("touchstone-sim-"),
    };
    made.context("no folder for simulated worlds")
}

pub struct Stage {
    home: TempDir,
}

impl Stage {
    /// # Errors
    /// When no folder or no database can be made in it.
    pub fn new() -> anyhow::Result<Self> {
        let stage = Self { home: folder()? };
        stage.fill()?;
        Ok(stage)
    }

    fn fill(&self) -> anyhow::Result<()> {
        let url = DatabaseUrl::Sqlite(self.home.path().join(FILE));
        Store::migrate(&url, START.0)?;
        let store = Store::open(&url, &options())?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(async {
            let firm = Arc::new(Firm::read(firm::FILE)?);
            let plan = plan(&store, &firm).await?;
            let edge = Edge {
                folder: PathBuf::new(),
                random: Arc::new(SeededRandom::new(0)),
                now: START,
            };
            apply(&store, &firm, plan, edge).await?;
            store.write(sign_everybody_in).await?;
            anyhow::Ok(())
        })?;
        store.close_blocking();
        Ok(())
    }

    /// A folder for one world, with the firm's database.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn place(&self) -> anyhow::Result<Place> {
        let home = TempDir::new_in(self.home.path())?;
        std::fs::copy(self.home.path().join(FILE), home.path().join(FILE))?;
        Ok(Place { home })
    }
}

/// The database of one world.
pub struct Place {
    home: TempDir,
}

impl Place {
    /// # Errors
    /// When the database cannot be opened.
    pub fn open(&self) -> anyhow::Result<Store> {
        let url = DatabaseUrl::Sqlite(self.home.path().join(FILE));
        Ok(Store::open(&url, &options())?)
    }

    /// The database as a machine finds it that lost its power now: file and log as they are, and
    /// none of the memory that belongs to them. Nobody may be writing.
    ///
    /// # Errors
    /// When a file cannot be copied.
    pub fn after_power_loss(&self, stage: &Stage) -> anyhow::Result<Self> {
        let home = TempDir::new_in(stage.home.path())?;
        for file in [FILE, LOG] {
            let from = self.home.path().join(file);
            if from.exists() {
                std::fs::copy(from, home.path().join(file))?;
            }
        }
        Ok(Self { home })
    }
}

/// One reader: reads are then answered in the order in which they are asked.
fn options() -> StoreOptions {
    StoreOptions {
        readers: 1,
        ..StoreOptions::default()
    }
}

fn sign_everybody_in(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for person in firm::PEOPLE {
        let caller = person.caller;
        let subject = (SubjectKind::Customer, caller.customer_id.0);
        sign_in(tx, caller.session_id, caller.brand_id, subject)?;
    }
    for caller in firm::STAFF {
        let subject = (SubjectKind::Staff, caller.staff_id.0);
        if let Some(session) = caller.session_id() {
            sign_in(tx, session, caller.brand_id, subject)?;
        }
    }
    tx.raise_counter(counters::SESSION, firm::NEXT_SESSION)
}

fn sign_in(
    tx: &mut Tx<'_>,
    id: SessionId,
    brand_id: BrandId,
    (subject_kind, subject_id): (SubjectKind, i64),
) -> Result<(), StoreError> {
    sessions::insert(
        tx,
        &Session {
            id,
            brand_id,
            subject_kind,
            subject_id,
            refresh_hash: None,
            refresh_generation: 0,
            expires_at: touchstone_domain::UnixMicros(i64::MAX),
            revoked_at: None,
            created_at: START,
        },
    )
}
