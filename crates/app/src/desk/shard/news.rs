//! The calendar of news. A piece can matter to whoever has a rule about news from a day before it on, as rules' windows
//! are no longer. Who holds something is told when it comes near, some accounts in each turn; everybody else is before
//! anything happens to his account. So quiet accounts cost nothing, and what an account knew stands in its history.

use super::{Cause, Shard, ShardError};
use std::collections::{BTreeMap, BTreeSet};
use touchstone_domain::rule_set::NewsWindow;
use touchstone_domain::{BrandId, Login, NewsId, UnixMicros};
use touchstone_rules::{Account as Judged, Event, News};

/// A day, which is the longest window, and an hour in which those who hold something are told.
const NEAR_SECONDS: i64 = 25 * 3_600;

/// A piece of news of a brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced {
    pub brand_id: BrandId,
    pub news: News,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Calendar {
    all: BTreeMap<NewsId, Announced>,
    /// When each comes near.
    near: BTreeSet<(UnixMicros, NewsId)>,
    /// Accounts with a rule about news.
    readers: BTreeSet<Login>,
    /// Those of them that hold something and may not know all that is near.
    untold: BTreeSet<Login>,
}

impl Calendar {
    /// Whether there are news, and somebody whom they can matter to.
    pub fn has_readers(&self) -> bool {
        !self.all.is_empty() && !self.readers.is_empty()
    }

    pub fn is_untold(&self) -> bool {
        !self.untold.is_empty()
    }

    pub fn next(&self) -> Option<UnixMicros> {
        self.near.first().map(|(at, _)| *at)
    }

    pub fn opened(&mut self, judged: &Judged) {
        if judged.phase().rules().conduct.news_window.is_some() {
            self.readers.insert(judged.login);
            if !judged.positions().is_empty() {
                self.untold.insert(judged.login);
            }
        }
    }

    pub fn forget(&mut self, login: Login) {
        self.readers.remove(&login);
        self.untold.remove(&login);
    }

    /// What has to be told for an account to know what is near at an instant.
    fn events(&self, brand: BrandId, judged: &Judged, now: UnixMicros) -> Vec<Event> {
        let Some(window) = &judged.phase().rules().conduct.news_window else {
            return Vec::new();
        };
        let known = judged.news();
        let gone = known
            .iter()
            .filter(|known| !is_over(known, window, now) && !self.all.contains_key(&known.id));
        let all = self.all.values();
        let news = all.filter(|one| one.brand_id == brand).map(|one| one.news);
        let new = news.filter(|news| {
            news.impact >= window.min_impact
                && near_at(news) <= now
                && !is_over(news, window, now)
                && !known.contains(news)
        });
        let gone = gone.map(|known| Event::NewsDropped(known.id));
        gone.chain(new.map(Event::News)).collect()
    }
}

fn near_at(news: &News) -> UnixMicros {
    news.at.plus_seconds(-NEAR_SECONDS)
}

fn is_over(news: &News, window: &NewsWindow, now: UnixMicros) -> bool {
    news.at.plus_seconds(i64::from(window.seconds_after)) < now
}

impl Shard {
    /// The calendar as it is now, of all brands, from a day before the shard's present on.
    pub fn set_calendar(&mut self, all: Vec<Announced>) {
        let near = all.iter().map(|one| (near_at(&one.news), one.news.id));
        self.calendar.near = near.filter(|(at, _)| *at > self.at).collect();
        self.calendar.all = all.into_iter().map(|one| (one.news.id, one)).collect();
        self.read_anew();
    }

    /// Something has come near.
    pub(super) fn news_come_near(&mut self) {
        let now = self.at;
        self.calendar.near.retain(|(at, _)| *at > now);
        self.read_anew();
    }

    fn read_anew(&mut self) {
        let holds = |login: &&Login| {
            let live = self.accounts.get(login);
            live.is_some_and(|live| !live.account.positions.is_empty())
        };
        let untold = self.calendar.readers.iter().filter(holds).copied();
        self.calendar.untold = untold.collect();
    }

    pub(super) fn tell_news(&mut self, most: usize) -> Result<(), ShardError> {
        for _ in 0..most {
            let Some(login) = self.calendar.untold.pop_first() else {
                break;
            };
            self.tell_news_of(login)?;
        }
        Ok(())
    }

    /// Something is about to happen to the account.
    pub(super) fn tell_news_of(&mut self, login: Login) -> Result<(), ShardError> {
        self.calendar.untold.remove(&login);
        let events = self.news_for(login)?;
        if events.is_empty() {
            return Ok(());
        }
        let cause = std::mem::replace(&mut self.cause, Cause::Event);
        let verdicts = self.tell(login, events)?;
        self.follow(verdicts)?;
        self.cause = cause;
        Ok(())
    }

    /// What the account should know of the calendar and does not.
    pub(super) fn news_for(&self, login: Login) -> Result<Vec<Event>, ShardError> {
        let live = self.accounts.get(&login);
        let is_reader = self.calendar.readers.contains(&login) && self.is_judged(login);
        let Some(live) = live.filter(|_| is_reader) else {
            return Ok(Vec::new());
        };
        let judged = self.rules.account(login)?;
        Ok(judged.map_or_else(Vec::new, |judged| {
            self.calendar.events(live.owner.brand_id, &judged, self.at)
        }))
    }
}
