//! `GET /prop/health`: how the house stands, for people.

use super::error::ApiError;
use crate::ApiState;
use crate::auth::Staff;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use touchstone_app::desk::FeedsView;
use touchstone_app::health::{DeskHealth, Follower, HouseHealth};
use touchstone_app::trading_desk::Freshness;
use touchstone_domain::UnixMicros;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct PropHealth {
    version: &'static str,
    uptime_seconds: u64,
    now: String,
    database: DatabaseHealth,
    desk: DeskStanding,
    /// By name; empty where the accounts are traded elsewhere.
    feeds: Vec<FeedHealth>,
    outbox: OutboxHealth,
    /// Of the brand.
    mail: MailHealth,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DatabaseHealth {
    /// `sqlite` or `postgresql`.
    engine: &'static str,
    /// Commands that wait for it.
    queue: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DeskStanding {
    /// `running`; `busy`: it has not answered in time; `away`: it begins, has failed, or another server trades; `remote`:
    /// a trading server outside does.
    state: &'static str,
    /// When whoever trades the accounts was last heard of, on whichever server; null before there was one.
    seen_at: Option<String>,
    /// Requests that wait for it.
    queue: usize,
    oldest_waiting_ms: u64,
    /// Accounts of the brand that run; null when it is not running here, as the next ones.
    accounts: Option<usize>,
    /// Everything up to then was judged.
    judged_until: Option<String>,
    /// How long this question has waited for it.
    lag_ms: Option<u64>,
    /// The server's number of the last price that was taken in.
    last_seq: Option<i64>,
    /// Since when prices are counted: the last start.
    counted_since: Option<String>,
    /// Their market is open and their price is too old to deal or judge by.
    stale_symbols: Vec<String>,
    /// They have had no price yet.
    missing_symbols: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FeedHealth {
    feed: String,
    /// How old its newest price is, by the feed's own time; null before the first.
    age_ms: Option<u64>,
    accepted: u64,
    /// Taken in although something was odd about them.
    flagged: u64,
    refused: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OutboxHealth {
    /// Number of the newest event.
    newest: i64,
    /// Events that were committed a moment ago and have no number yet.
    unnumbered: i64,
    followers: Vec<OutboxFollower>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OutboxFollower {
    /// `letters`, `webhooks` (while one is on) or `desk`.
    name: &'static str,
    /// Events that it has not read.
    behind: i64,
    /// When the first of these happened.
    behind_since: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MailHealth {
    waiting: i64,
    /// Of these, those that could not be sent at first.
    retrying: i64,
    /// When the oldest of them was written.
    oldest_at: Option<String>,
}

/// Health
///
/// Feeds, desk, outbox and mail in one look; `/metrics` tells more to machines.
#[utoipa::path(
    get,
    path = "/prop/health",
    operation_id = "prop_health",
    tag = "Prop trading",
    responses((status = 200, description = "Successful Response", body = PropHealth)),
    security(("bearerAuth" = [])),
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
) -> Result<Json<PropHealth>, ApiError> {
    let told = state.app.house_health(caller).await?;
    Ok(Json(PropHealth::new(&told)))
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl PropHealth {
    fn new(told: &HouseHealth) -> Self {
        let view = match &told.desk {
            DeskHealth::Runs(view) => Some(view.as_ref()),
            DeskHealth::Remote | DeskHealth::Away | DeskHealth::Busy => None,
        };
        let followers = told.followers.iter();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            uptime_seconds: told.uptime.as_secs(),
            now: told.at.rfc3339(),
            database: DatabaseHealth {
                engine: told.database,
                queue: told.store_queue,
            },
            desk: DeskStanding::new(told, view),
            feeds: feeds(told, view),
            outbox: OutboxHealth {
                newest: told.newest_event,
                unnumbered: told.unnumbered,
                followers: followers.map(OutboxFollower::new).collect(),
            },
            mail: MailHealth {
                waiting: told.mail.waiting,
                retrying: told.mail.retrying,
                oldest_at: told.mail.oldest.map(UnixMicros::rfc3339),
            },
        }
    }
}

impl OutboxFollower {
    fn new(follower: &Follower) -> Self {
        Self {
            name: follower.name,
            behind: follower.behind.events,
            behind_since: follower.behind.since.map(UnixMicros::rfc3339),
        }
    }
}

impl DeskStanding {
    fn new(told: &HouseHealth, view: Option<&FeedsView>) -> Self {
        Self {
            state: match told.desk {
                DeskHealth::Runs(_) => "running",
                DeskHealth::Busy => "busy",
                DeskHealth::Away => "away",
                DeskHealth::Remote => "remote",
            },
            seen_at: told.desk_seen_at.map(UnixMicros::rfc3339),
            queue: told.backlog.queue,
            oldest_waiting_ms: millis(told.backlog.oldest),
            accounts: view.map(|view| view.accounts),
            judged_until: view.map(|view| view.at.rfc3339()),
            lag_ms: view.map(|view| millis(view.lag)),
            last_seq: view.map(|view| view.last_seq),
            counted_since: view.map(|view| view.counted_since.rfc3339()),
            stale_symbols: symbols(view, Freshness::Stale),
            missing_symbols: symbols(view, Freshness::Missing),
        }
    }
}

fn symbols(view: Option<&FeedsView>, freshness: Freshness) -> Vec<String> {
    let quotes = view.into_iter().flat_map(|view| &view.quotes);
    let found = quotes.filter(|quote| quote.freshness == freshness);
    found.map(|quote| quote.symbol.to_string()).collect()
}

/// Every feed of which something is known.
fn feeds(told: &HouseHealth, view: Option<&FeedsView>) -> Vec<FeedHealth> {
    let mut all: BTreeMap<String, FeedHealth> = BTreeMap::new();
    let mut of = |feed: &str, change: &dyn Fn(&mut FeedHealth)| {
        change(all.entry(feed.to_owned()).or_insert_with(|| FeedHealth {
            feed: feed.to_owned(),
            age_ms: None,
            accepted: 0,
            flagged: 0,
            refused: 0,
        }));
    };
    for (feed, lag) in &told.backlog.feed_lags {
        of(feed, &|one| one.age_ms = Some(millis(*lag)));
    }
    for ((_, feed), counts) in view.iter().flat_map(|view| &view.counts.0) {
        of(feed, &|one| {
            one.accepted += counts.accepted;
            one.flagged += counts.flagged.values().sum::<u64>();
            one.refused += counts.refused.values().sum::<u64>();
        });
    }
    all.into_values().collect()
}
