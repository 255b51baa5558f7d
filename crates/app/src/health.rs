//! How the house stands, for people: desk, feeds, outbox and mail.

use crate::App;
use crate::desk::settings::SHARD;
use crate::desk::{BacklogView, DeskError, FeedsView};
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use crate::ports::uptime;
use crate::{letters, webhooks};
use std::time::Duration;
use touchstone_domain::UnixMicros;
use touchstone_domain::access::Permission;
use touchstone_store::Engine;
use touchstone_store::repo::{desk, health};

pub use touchstone_store::repo::health::{Behind, MailQueue};

/// How long the desk may take to say how it is.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// Where the accounts are traded, as this server sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskHealth {
    /// At a remote trading server.
    Remote,
    /// No desk of this server trades: it is about to begin, has failed, or another server does.
    Away,
    /// It has not answered in time.
    Busy,
    Runs(Box<FeedsView>),
}

/// Who follows the outbox, and how far behind he is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Follower {
    pub name: &'static str,
    pub behind: Behind,
}

#[derive(Clone, Debug)]
pub struct HouseHealth {
    pub at: UnixMicros,
    pub uptime: Duration,
    /// `sqlite` or `postgresql`.
    pub database: &'static str,
    /// Commands that wait for the database.
    pub store_queue: u64,
    pub desk: DeskHealth,
    pub backlog: BacklogView,
    /// When the owner of the accounts was last heard of, whichever server it is; `None` before there was one.
    pub desk_seen_at: Option<UnixMicros>,
    pub newest_event: i64,
    /// Events that were committed and have no number yet.
    pub unnumbered: i64,
    pub followers: Vec<Follower>,
    /// Of the caller's brand.
    pub mail: MailQueue,
}

impl App {
    /// # Errors
    /// The session's and the store's; a desk that is away is told, and no error.
    pub async fn house_health(&self, caller: StaffCaller) -> Result<HouseHealth, SessionError> {
        let now = self.now();
        let brand = caller.brand_id;
        let mut told = self
            .store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewFeeds, now)?;
                let newest = tx.newest_event()?;
                let read = [
                    ("letters", health::position(tx, letters::POSITION)?),
                    ("webhooks", webhooks::read_up_to(tx)?),
                ];
                let mut followers = Vec::new();
                for (name, position) in read {
                    if let Some(position) = position {
                        let behind = health::behind(tx, position, newest)?;
                        followers.push(Follower { name, behind });
                    }
                }
                Ok::<_, SessionError>(HouseHealth {
                    at: now,
                    uptime: uptime(),
                    database: "",
                    store_queue: 0,
                    desk: DeskHealth::Away,
                    backlog: BacklogView::default(),
                    desk_seen_at: desk::shard(tx, SHARD)?.map(|row| row.seen_at),
                    newest_event: newest,
                    unnumbered: health::unnumbered_events(tx)?,
                    followers,
                    mail: health::mail(tx, brand)?,
                })
            })
            .await?;
        told.database = match self.store.engine() {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgresql",
        };
        told.store_queue = self.store.stats().queue_depth;
        told.backlog = self.desk.backlog(now);
        told.desk = match self.ports.remote_trading {
            Some(_) => DeskHealth::Remote,
            None => match tokio::time::timeout(ANSWER_WITHIN, self.desk.feeds(brand)).await {
                Ok(Ok(view)) => DeskHealth::Runs(Box::new(view)),
                Ok(Err(DeskError::Overloaded)) | Err(_) => DeskHealth::Busy,
                Ok(Err(_)) => DeskHealth::Away,
            },
        };
        if let DeskHealth::Runs(view) = &told.desk {
            let (seen, newest) = (view.outbox_seen, told.newest_event);
            let read = move |tx: &mut touchstone_store::Tx<'_>| health::behind(tx, seen, newest);
            let behind = self.store.read(read).await?;
            told.followers.push(Follower {
                name: "desk",
                behind,
            });
        }
        Ok(told)
    }
}
