//! The loop: take in what waits, make it durable, tell.

use super::backlog;
use super::board::Boards;
use super::commit::{Commit, CommitError, Made};
use super::feeds::{FeedCounts, FeedsView};
use super::handle::{Desk, DeskError, FeedReport, Request, Waiting};
use super::instruments::Instruments;
use super::load::{self, LoadError};
use super::metrics::Snapshots;
use super::others::Others;
use super::pairs::pairs;
use super::read::{Found, Read, Shared};
use super::settings::{
    BATCH_LIMIT, DeskSettings, HEARTBEAT_SECONDS, LOOK_EVERY, RETRY_AFTER, SHARD,
    SILENT_AFTER_MICROS, STORE_PRICES_AFTER,
};
use super::shard::{AccountView, Answer, Asked, Shard, ShardError};
use crate::App;
use crate::ports::{Clock, uptime};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use touchstone_domain::{BrandId, Login, OrderId, UnixMicros};
use touchstone_store::repo::desk::{self, accounts, history};
use touchstone_store::{Store, StoreError};
use touchstone_trading::{ClientId, SEEN_KEPT, Seen, Tick, Verdict};

/// The loop without its thread: a test takes one turn after the other.
pub struct Runner {
    store: Store,
    clock: Arc<dyn Clock>,
    desk: Desk,
    instruments: Arc<Instruments>,
    settings: DeskSettings,
    shared: Shared,
    inbox: Receiver<Waiting>,
    pub(super) others: Others,
    memory: Option<Memory>,
    /// Up to which of its numbers prices were told as rates.
    told_seq: i64,
    stored_at: Duration,
    /// Somebody wants to be told that his prices are durable.
    is_waited_for: bool,
    snapshots: Snapshots,
    /// After a failure nothing is tried before this.
    rests_until: Duration,
    /// Another server has taken the shard over: this one waits until that one is silent.
    stands_by: bool,
    counts: FeedCounts,
    counted_since: UnixMicros,
}

/// What is built from the store, and dropped when the store cannot be trusted to agree with it.
struct Memory {
    shard: Shard,
    row: desk::Shard,
    boards: Boards,
}

impl Memory {
    fn has_more(&self) -> bool {
        self.shard.has_more() || self.boards.is_looked_for()
    }
}

/// An answer that waits for the commit.
pub(super) type Pending = Box<dyn FnOnce(Result<(), DeskError>) + Send>;

/// Why a turn could not be taken: the memory is dropped.
#[derive(Debug, thiserror::Error)]
pub(super) enum TurnError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Shard(#[from] ShardError),
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the store has failed a moment ago")]
    Resting,
}

impl App {
    /// A loop of this app's desk; `None` when there is one already, or the accounts are traded at a remote server.
    pub fn desk_runner(&self) -> Option<Runner> {
        if self.ports.remote_trading.is_some() {
            return None;
        }
        let inbox = self.desk.take_inbox()?;
        backlog::describe();
        self.desk.shared.is_running.store(true, Ordering::Release);
        Some(Runner {
            store: self.store.clone(),
            clock: Arc::clone(&self.ports.clock),
            desk: self.desk.clone(),
            instruments: Arc::clone(self.desk.instruments()),
            settings: self.settings.desk,
            shared: Shared::default(),
            inbox,
            others: Others::new(self.store.subscribe()),
            memory: None,
            told_seq: -1,
            stored_at: Duration::ZERO,
            is_waited_for: false,
            snapshots: Snapshots::default(),
            rests_until: Duration::ZERO,
            stands_by: false,
            counts: FeedCounts::default(),
            counted_since: self.now(),
        })
    }
}

impl Runner {
    /// How long nothing happens by itself.
    pub(super) fn wait(&self) -> Duration {
        let Some(memory) = &self.memory else {
            return self.rests_until.saturating_sub(uptime()).min(LOOK_EVERY);
        };
        if memory.has_more() {
            return Duration::ZERO;
        }
        let due = memory.shard.next_due().ok().flatten();
        let until = due.map_or(i64::MAX, |due| due.micros_since(self.clock.now()));
        let until = Duration::from_micros(u64::try_from(until).unwrap_or(0));
        until.min(LOOK_EVERY)
    }

    /// Waits for a request, at most so long, and takes one turn.
    pub fn turn(&mut self, wait: Duration) {
        let first = self.inbox.recv_timeout(wait).ok();
        let mut requests: VecDeque<Waiting> = first.into_iter().collect();
        while requests.len() < BATCH_LIMIT
            && let Ok(request) = self.inbox.try_recv()
        {
            requests.push_back(request);
        }
        metrics::gauge!("touchstone_desk_batch_requests").set(requests.len() as f64);
        self.desk.shared.backlog().taken(requests.len());
        let mut pending = Vec::new();
        let outcome = self.work(&mut requests, &mut pending);
        let told = match &outcome {
            Ok(()) => Ok(()),
            Err(TurnError::Resting) => Err(DeskError::Unavailable),
            Err(error) => {
                self.memory = None;
                self.stands_by |= matches!(error, TurnError::Commit(CommitError::Fenced));
                self.rests_until = uptime() + RETRY_AFTER;
                metrics::counter!("touchstone_desk_rebuilds_total").increment(1);
                tracing::warn!(%error, "the desk drops its memory and builds it again");
                Err(DeskError::Unknown)
            }
        };
        if let Some(shard) = self.memory.as_ref().map(|memory| &memory.shard)
            && shard.seq() != self.told_seq
        {
            self.told_seq = shard.seq();
            *self.desk.shared.pairs() = pairs(&self.instruments, shard.known());
        }
        for answer in pending {
            answer(told.clone());
        }
        for waiting in requests {
            waiting.request.refuse();
        }
        self.desk.shared.backlog().answered();
    }

    /// Stores what waits, and stops.
    pub fn close(&mut self) {
        self.desk.shared.is_running.store(false, Ordering::Release);
        self.turn(Duration::ZERO);
        // Also when nothing but time has passed: whoever goes on must not begin before what was told.
        if let Some(memory) = &mut self.memory
            && (!memory.shard.batch().is_empty() || memory.shard.at() > memory.row.at)
            && let Err(error) = self.commit()
        {
            tracing::warn!(%error, "the last prices could not be stored");
        }
    }

    fn work(
        &mut self,
        requests: &mut VecDeque<Waiting>,
        pending: &mut Vec<Pending>,
    ) -> Result<(), TurnError> {
        self.ready()?;
        self.pick_up()?;
        let now = self.clock.now();
        if let Some(memory) = &mut self.memory {
            memory.shard.advance(now)?;
        }
        while let Some(Waiting { since, request }) = requests.pop_front() {
            if let Some(answer) = self.take(since, request)? {
                pending.push(answer);
            }
        }
        if let Some(Memory { shard, boards, .. }) = &mut self.memory {
            boards.look(shard, pending)?;
        }
        if self.wants_commit() {
            self.commit()?;
        }
        Ok(())
    }

    fn ready(&mut self) -> Result<(), TurnError> {
        if self.memory.is_some() {
            return Ok(());
        }
        let began = uptime();
        if began < self.rests_until {
            return Err(TurnError::Resting);
        }
        let now = self.clock.now();
        if self.stands_by {
            let owned = self.store.read_blocking(|tx| desk::shard(tx, SHARD))?;
            if owned.is_some_and(|row| now.micros_since(row.seen_at) < SILENT_AFTER_MICROS) {
                self.rests_until = began + LOOK_EVERY;
                return Err(TurnError::Resting);
            }
            self.stands_by = false;
        }
        self.others.begin();
        self.shared.read_groups(&self.store, &self.instruments)?;
        let (shard, row) = load::load(
            &self.store,
            &self.instruments,
            &self.settings,
            &mut self.shared,
            now,
        )?;
        let took_ms = u64::try_from((uptime() - began).as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            accounts = shard.accounts(),
            last_seq = row.last_seq,
            took_ms,
            "the desk is there"
        );
        metrics::gauge!("touchstone_desk_accounts").set(shard.accounts() as f64);
        let boards = Boards::default();
        self.memory = Some(Memory { shard, row, boards });
        self.read_news()
    }

    /// Reads an account and takes it in, if it runs and is not there yet.
    pub(super) fn open(&mut self, login: Login) -> Result<(), StoreError> {
        let Some(memory) = &mut self.memory else {
            return Ok(());
        };
        if memory.shard.live(login).is_some() {
            return Ok(());
        }
        let row = self
            .store
            .read_blocking(move |tx| accounts::of_login(tx, login))?;
        let Some(row) = row.filter(is_live) else {
            return Ok(());
        };
        let found = self
            .shared
            .find(&self.store, &self.instruments, Read::of(&row))?;
        if let Some(Found { loaded, .. }) = found
            && let Err(error) = loaded.open(&mut memory.shard)
        {
            tracing::error!(login = login.0, %error, "the account cannot be traded");
        }
        metrics::gauge!("touchstone_desk_accounts").set(memory.shard.accounts() as f64);
        Ok(())
    }

    /// Does what is asked; what waits for the commit is answered by what is returned.
    fn take(&mut self, since: Duration, request: Request) -> Result<Option<Pending>, TurnError> {
        match request {
            Request::Command(asked, reply) => {
                self.open(asked.login)?;
                self.read_client_ids(&asked)?;
                let Some(memory) = &mut self.memory else {
                    return Ok(None);
                };
                let answer = match memory.shard.command(&asked)? {
                    // What it depends on is durable already: nothing was changed.
                    Answer::NotTraded if memory.shard.live(asked.login).is_none() => {
                        Err(DeskError::NotTraded)
                    }
                    answer => Ok(answer),
                };
                Ok(Some(Box::new(move |told| {
                    let _ = reply.send(told.and(answer));
                })))
            }
            Request::Preflight(asked, reply) => {
                self.open(asked.login)?;
                if let Some(memory) = &self.memory {
                    let answer = memory.shard.preflight(&asked)?;
                    let _ = reply.send(Ok(answer));
                }
                Ok(None)
            }
            Request::Feed(source, ticks, reply) => {
                let (report, applied) = self.feed(&source, &ticks)?;
                backlog::judged(uptime().saturating_sub(since), applied);
                self.is_waited_for = true;
                Ok(Some(Box::new(move |told| {
                    if told.is_ok() {
                        backlog::durable(uptime().saturating_sub(since), applied);
                    }
                    let _ = reply.send(told.map(|()| report));
                })))
            }
            Request::View(login, reply) => {
                let view = self.view(login)?;
                Ok(Some(Box::new(move |told| {
                    let _ = reply.send(told.map(|()| view));
                })))
            }
            Request::Views(logins, reply) => {
                let views: Result<Vec<_>, _> = logins.into_iter().map(|l| self.view(l)).collect();
                let views = views?;
                Ok(Some(Box::new(move |told| {
                    let _ = reply.send(told.map(|()| views));
                })))
            }
            Request::Quotes(reply) => {
                let quotes = self.memory.as_ref().map(|memory| memory.shard.quotes());
                Ok(Some(Box::new(move |told| {
                    let _ = reply.send(told.map(|()| quotes.unwrap_or_default()));
                })))
            }
            Request::Boundary(reply) => {
                if let Some(memory) = &self.memory {
                    let _ = reply.send(Ok(memory.shard.next_boundary()));
                }
                Ok(None)
            }
            Request::Feeds(brand, reply) => {
                if let Some(view) = self.feeds(brand, since) {
                    let _ = reply.send(Ok(view));
                }
                Ok(None)
            }
            Request::Board(ask, reply) => {
                if let Some(memory) = &mut self.memory {
                    memory.boards.add(ask, reply);
                }
                Ok(None)
            }
            Request::Revert(revert, reply) => {
                let answer = self.revert(&revert)?;
                Ok(Some(Box::new(move |told| {
                    let _ = reply.send(told.and(answer));
                })))
            }
            Request::Anchor(anchor, reply) => {
                let answer = self.set_anchor(&anchor)?;
                Ok(Some(Box::new(move |told| {
                    let _ = reply.send(told.and(answer));
                })))
            }
            Request::Payout(ask, reply) => {
                let answer = self.payout(ask)?;
                Ok(Some(Box::new(move |told| {
                    let _ = reply.send(told.and(answer));
                })))
            }
            Request::RejectPayout(reject, reply) => {
                let answer = self.reject_payout(&reject)?;
                Ok(Some(Box::new(move |told| {
                    let _ = reply.send(told.and(answer));
                })))
            }
            Request::Growth(ask, reply) => {
                let answer = self.growth(ask)?;
                Ok(Some(Box::new(move |told| {
                    let _ = reply.send(told.and(answer));
                })))
            }
            Request::Add(purchase, reply) => {
                let answer = self.add(purchase)?;
                Ok(Some(Box::new(move |told| {
                    let _ = reply.send(told.map(|()| answer));
                })))
            }
            Request::CallOff(off, reply) => {
                let answer = self.call_off(&off)?;
                Ok(Some(Box::new(move |told| {
                    let _ = reply.send(told.and(answer));
                })))
            }
            Request::Wake(reply) => Ok(Some(Box::new(move |told| {
                let _ = reply.send(told);
            }))),
        }
    }

    fn view(&mut self, login: Login) -> Result<Option<AccountView>, TurnError> {
        self.open(login)?;
        match &self.memory {
            Some(memory) => Ok(memory.shard.view(login)?),
            None => Ok(None),
        }
    }

    /// What the memory has forgotten with the one before it: a repeat is the same order all the same.
    fn read_client_ids(&mut self, asked: &Asked) -> Result<(), TurnError> {
        let login = asked.login;
        let memory = self.memory.as_mut();
        let Some(memory) = memory.filter(|memory| memory.shard.wants_client_ids(asked)) else {
            return Ok(());
        };
        let limit = i64::try_from(SEEN_KEPT).unwrap_or(i64::MAX);
        let rows = self
            .store
            .read_blocking(move |tx| history::named_orders(tx, login, limit))?;
        let seen = rows.into_iter().rev().filter_map(|row| {
            Some(Seen {
                client_id: ClientId::try_from(row.client_id?).ok()?,
                command: serde_json::from_str(&row.command).ok()?,
                order: OrderId(row.id),
            })
        });
        memory.shard.know_client_ids(login, seen.collect());
        Ok(())
    }

    /// Answers also how many of the ticks have become prices.
    fn feed(
        &mut self,
        source: &Arc<str>,
        ticks: &[Tick],
    ) -> Result<(FeedReport, usize), ShardError> {
        let (mut report, mut applied) = (FeedReport::default(), 0);
        let Some(memory) = &mut self.memory else {
            return Ok((report, applied));
        };
        let mut newest = None;
        for tick in ticks {
            if self.instruments.place(tick.symbol).is_none() {
                report.unknown += 1;
                continue;
            }
            let verdict = memory.shard.tick(source, tick)?;
            if !matches!(verdict, Verdict::Refused(_)) {
                applied += 1;
                newest = newest.max(Some(tick.fed_at));
            }
            match verdict {
                Verdict::Accepted(_) => {}
                Verdict::Flagged(_, fault) => {
                    let code = fault.code();
                    metrics::counter!("touchstone_desk_ticks_flagged_total", "code" => code)
                        .increment(1);
                }
                Verdict::Refused(fault) => {
                    let code = fault.code();
                    metrics::counter!("touchstone_desk_ticks_refused_total", "code" => code)
                        .increment(1);
                }
            }
            self.counts
                .verdict(source, tick.symbol, verdict, &mut report);
        }
        metrics::counter!("touchstone_desk_ticks_total").increment(report.accepted);
        report.last_seq = memory.shard.seq();
        if let Some(newest) = newest {
            self.desk.shared.backlog().fed(source, newest);
        }
        Ok((report, applied))
    }

    fn feeds(&self, brand: BrandId, since: Duration) -> Option<FeedsView> {
        let shard = &self.memory.as_ref()?.shard;
        Some(FeedsView {
            at: shard.at(),
            counted_since: self.counted_since,
            counts: self.counts.clone(),
            quotes: shard.quotes(),
            lag: uptime().saturating_sub(since),
            queue: self.desk.shared.backlog().queue(),
            accounts: shard.accounts_of(brand),
            last_seq: shard.seq(),
            outbox_seen: self.others.seen(),
        })
    }

    fn wants_commit(&mut self) -> bool {
        let is_waited_for = std::mem::take(&mut self.is_waited_for);
        let Some(memory) = &self.memory else {
            return false;
        };
        let batch = memory.shard.batch();
        let since = uptime().saturating_sub(self.stored_at);
        let quiet_seconds = memory
            .shard
            .at()
            .micros_since(memory.row.seen_at)
            .div_euclid(1_000_000);
        batch.is_urgent()
            || memory.shard.has_more()
            || (!batch.steps.is_empty() && (is_waited_for || since >= STORE_PRICES_AFTER))
            || quiet_seconds >= HEARTBEAT_SECONDS
    }

    /// Stores at once what waits, if something of the account does; `false` when there is nothing.
    pub(super) fn store_changes_of(&mut self, login: Login) -> Result<bool, TurnError> {
        let memory = self.memory.as_ref();
        let waits = memory.is_some_and(|m| m.shard.batch().accounts.contains_key(&login));
        if waits {
            self.commit()?;
        }
        Ok(waits)
    }

    fn commit(&mut self) -> Result<(), TurnError> {
        let Some(memory) = &mut self.memory else {
            return Ok(());
        };
        let began = uptime();
        let batch = memory.shard.take_batch();
        let metrics = self.snapshots.take(&memory.shard);
        let now = self.clock.now();
        let commit = Commit::of(&memory.shard, batch, &memory.row, metrics, now)?;
        let versions = commit.versions();
        let row = commit.shard.clone();
        let made: Made = self.store.write_blocking(move |tx| commit.write(tx))?;
        for (login, version) in versions {
            memory.shard.saved(login, version)?;
        }
        metrics::gauge!("touchstone_desk_accounts").set(memory.shard.accounts() as f64);
        memory.row = row;
        self.stored_at = uptime();
        metrics::histogram!("touchstone_desk_commit_seconds")
            .record((self.stored_at - began).as_secs_f64());
        for login in made.opened {
            self.open(login)?;
        }
        Ok(())
    }

    pub(super) fn now(&self) -> UnixMicros {
        self.clock.now()
    }

    pub(super) const fn store(&self) -> &Store {
        &self.store
    }

    pub(super) const fn parts(&mut self) -> (&Store, &Arc<Instruments>, &mut Shared) {
        (&self.store, &self.instruments, &mut self.shared)
    }

    pub(super) fn shard(&mut self) -> Option<&mut Shard> {
        self.memory.as_mut().map(|memory| &mut memory.shard)
    }

    /// Whether something is left for the next turn that would not wait for an input.
    pub fn has_more(&self) -> bool {
        let memory = self.memory.as_ref();
        memory.is_some_and(Memory::has_more)
    }

    /// The instant up to which everything was judged.
    pub fn at(&self) -> Option<UnixMicros> {
        self.memory.as_ref().map(|memory| memory.shard.at())
    }
}

fn is_live(row: &accounts::Live) -> bool {
    use touchstone_domain::challenge::ChallengeState::Active;
    row.challenge.state == Active && row.phase.state == Active
}
