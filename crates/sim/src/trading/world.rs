//! The application with its desk, which can be ended at any moment and begun anew on the same database.

use super::payouts::TWO_ABOVE_MINOR;
use crate::stage::folder;
use anyhow::Context;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use touchstone_app::App;
use touchstone_app::desk::Runner;
use touchstone_app::firm::{Edge, Firm, apply, plan};
use touchstone_app::identity::{Credential, CustomerCaller, StaffCaller};
use touchstone_app::keys::Keys;
use touchstone_app::ports::{ManualClock, Ports, SeededRandom};
use touchstone_app::settings::Settings;
use touchstone_domain::{BrandId, CustomerId, SessionId, StaffId, UnixMicros};
use touchstone_store::repo::counters;
use touchstone_store::repo::sessions::{self, Session, SubjectKind};
use touchstone_store::{DatabaseUrl, Store, StoreError, StoreOptions, Tx};

const FIRM: &str = include_str!("firm.toml");

/// 2026-03-26, 12:00 UTC: days before the clocks of Europe are set.
pub const START: UnixMicros = UnixMicros::from_seconds(1_774_526_400);

pub const TRADER: CustomerCaller = CustomerCaller {
    session_id: SessionId(900),
    brand_id: BrandId(1),
    customer_id: CustomerId(5),
};

const STAFF_SESSION: SessionId = SessionId(901);

pub const STAFF: StaffCaller = StaffCaller {
    credential: Credential::Session(STAFF_SESSION),
    brand_id: BrandId(1),
    staff_id: StaffId(1),
};

const SECOND_SESSION: SessionId = SessionId(902);

pub const SECOND: StaffCaller = StaffCaller {
    credential: Credential::Session(SECOND_SESSION),
    staff_id: StaffId(2),
    ..STAFF
};

/// How long the desk waits for a request: short, since some that wait for the desk have to ask the store in between.
const WAIT: Duration = Duration::from_millis(2);

pub struct World {
    pub app: App,
    pub store: Store,
    pub clock: Arc<ManualClock>,
    seed: u64,
    url: DatabaseUrl,
    runner: Option<Runner>,
    _home: TempDir,
}

impl World {
    pub async fn begin(seed: u64) -> anyhow::Result<Self> {
        let home = folder()?;
        let url = DatabaseUrl::Sqlite(home.path().join("touchstone.db"));
        Store::migrate(&url, START.0)?;
        let store = Store::open(&url, &StoreOptions::default())?;
        let firm = Arc::new(Firm::read(FIRM)?);
        let planned = plan(&store, &firm).await?;
        let edge = Edge {
            folder: PathBuf::new(),
            random: Arc::new(SeededRandom::new(0)),
            now: START,
        };
        apply(&store, &firm, planned, edge).await?;
        store.write(sign_in).await?;
        let clock = Arc::new(ManualClock::new(START));
        let app = app(&store, &clock, seed).await?;
        Ok(Self {
            runner: app.desk_runner(),
            app,
            store,
            clock,
            seed,
            url,
            _home: home,
        })
    }

    /// The process ends and another one begins; with `reopens` the database is opened anew, too.
    pub async fn crash(&mut self, reopens: bool) -> anyhow::Result<()> {
        self.runner = None;
        if reopens {
            self.store.clone().close().await;
            self.store = Store::open(&self.url, &StoreOptions::default())?;
        }
        self.app = app(&self.store, &self.clock, self.seed).await?;
        self.runner = self.app.desk_runner();
        Ok(())
    }

    /// Asks the desk, and lets it take turns until it has answered.
    pub async fn ask<T>(&mut self, asked: impl Future<Output = T>) -> anyhow::Result<T> {
        tokio::pin!(asked);
        loop {
            let mut runner = self.runner.take().context("a desk")?;
            let mut turn = tokio::task::spawn_blocking(move || {
                runner.turn(WAIT);
                runner
            });
            tokio::select! {
                biased;
                answer = &mut asked => {
                    self.runner = Some(turn.await?);
                    return Ok(answer);
                }
                taken = &mut turn => self.runner = Some(taken?),
            }
        }
    }

    /// Asks the desk, lets it take so many turns, and ends the process before anybody hears of an answer.
    pub async fn cut_off<T>(
        &mut self,
        asked: impl Future<Output = T>,
        turns: u32,
    ) -> anyhow::Result<()> {
        tokio::pin!(asked);
        // Polled once, it waits in the desk's queue.
        if futures_util::FutureExt::now_or_never(asked.as_mut()).is_none() {
            for _ in 0..turns {
                let mut runner = self.runner.take().context("a desk")?;
                let turned = tokio::task::spawn_blocking(move || {
                    runner.turn(Duration::ZERO);
                    runner
                });
                self.runner = Some(turned.await?);
            }
        }
        self.crash(false).await
    }

    /// Answers as soon as a request is durable, whatever else there is to do for it.
    pub fn hurried(&self) -> App {
        let mut settings = (*self.app.settings).clone();
        settings.remote_trading.answer_within_ms = 0;
        let mut hurried = self.app.clone();
        hurried.settings = Arc::new(settings);
        hurried
    }

    pub fn now(&self) -> UnixMicros {
        self.app.now()
    }
}

async fn app(store: &Store, clock: &Arc<ManualClock>, seed: u64) -> anyhow::Result<App> {
    let ports = Ports {
        clock: clock.clone(),
        random: Arc::new(SeededRandom::new(seed)),
        remote_trading: None,
        cashier: None,
    };
    let keys = Keys::new(&secrecy::SecretBox::new(Box::new([7; 32])));
    let settings = Settings {
        second_approval_above: Some(TWO_ABOVE_MINOR / 100),
        pending_journeys_limit: 1_000,
        ..Settings::default()
    };
    Ok(App::new(store.clone(), ports, settings, keys).await?)
}

fn sign_in(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for (id, subject_kind, subject_id) in [
        (
            TRADER.session_id,
            SubjectKind::Customer,
            TRADER.customer_id.0,
        ),
        (STAFF_SESSION, SubjectKind::Staff, STAFF.staff_id.0),
        (SECOND_SESSION, SubjectKind::Staff, SECOND.staff_id.0),
    ] {
        sessions::insert(
            tx,
            &Session {
                id,
                brand_id: TRADER.brand_id,
                subject_kind,
                subject_id,
                refresh_hash: None,
                refresh_generation: 0,
                expires_at: UnixMicros(i64::MAX),
                revoked_at: None,
                created_at: START,
            },
        )?;
    }
    tx.raise_counter(counters::SESSION, 1_000)
}
