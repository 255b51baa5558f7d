//! What others have changed in the store: accounts to trade, what groups trade by, the calendar of news.

use super::run::{Runner, TurnError};
use super::shard::Announced;
use crate::firm::GROUP_CHANGED;
use crate::news::NEWS_CHANGED;
use crate::ports::uptime;
use std::time::Duration;
use tokio::sync::watch;
use touchstone_domain::Login;
use touchstone_rules::News;
use touchstone_store::repo;

/// Events of this process are told at once; how often those of other programs on the database are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// As long as rules about news can look back.
const LONGEST_AFTER_SECONDS: i64 = 86_400;

/// How far the outbox was read.
pub(super) struct Others {
    events: watch::Receiver<i64>,
    seen: i64,
    looked_at: Duration,
}

impl Others {
    pub const fn new(events: watch::Receiver<i64>) -> Self {
        Self {
            events,
            seen: 0,
            looked_at: Duration::ZERO,
        }
    }

    /// What is there now is read otherwise.
    pub fn begin(&mut self) {
        self.seen = *self.events.borrow();
    }

    pub const fn seen(&self) -> i64 {
        self.seen
    }

    fn may_have_more(&mut self) -> bool {
        let now = uptime();
        let is_told = self.seen < *self.events.borrow();
        let looks = is_told || now >= self.looked_at + LOOK_EVERY;
        if looks {
            self.looked_at = now;
        }
        looks
    }
}

impl Runner {
    /// Takes in what others have changed since the last time.
    pub(super) fn pick_up(&mut self) -> Result<(), TurnError> {
        const PAGE: u32 = 500;
        if !self.others.may_have_more() {
            return Ok(());
        }
        loop {
            let from = self.others.seen;
            let events = self
                .store()
                .read_blocking(move |tx| tx.events_after(from, PAGE))?;
            let Some(last) = events.last() else {
                return Ok(());
            };
            self.others.seen = last.seq;
            for event in &events {
                match event.kind.as_str() {
                    "challenge.activated" | "challenge.reset" => {
                        let body: serde_json::Value =
                            serde_json::from_str(&event.body).unwrap_or_default();
                        if let Some(login) = body["account_login"].as_i64() {
                            self.open(Login(login))?;
                        }
                    }
                    GROUP_CHANGED => self.read_groups()?,
                    NEWS_CHANGED => self.read_news()?,
                    _ => {}
                }
            }
        }
    }

    fn read_groups(&mut self) -> Result<(), TurnError> {
        let (store, instruments, shared) = self.parts();
        let changed = shared.read_groups(store, instruments)?;
        if let Some(shard) = self.shard() {
            for terms in changed {
                shard.change_terms(&terms.before, &terms.now)?;
            }
        }
        Ok(())
    }

    /// Takes in the calendar as it is now.
    pub(super) fn read_news(&mut self) -> Result<(), TurnError> {
        let Some(at) = self.at() else {
            return Ok(());
        };
        let since = at.plus_seconds(-LONGEST_AFTER_SECONDS);
        let rows = self
            .store()
            .read_blocking(move |tx| repo::news::since(tx, since))?;
        let all = rows.into_iter().map(|row| Announced {
            brand_id: row.brand_id,
            news: News {
                id: row.id,
                at: row.at,
                impact: row.impact,
                currency: row.currency,
            },
        });
        if let Some(shard) = self.shard() {
            shard.set_calendar(all.collect());
        }
        Ok(())
    }
}
