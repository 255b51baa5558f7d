//! Accounts as they are stored, and what is made of them. Several threads read, as a start may have a million to read.

use super::instruments::Instruments;
use super::shard::{Body, Live, Owner, Seated, Shard, ShardError};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use touchstone_domain::{ChallengeId, Currency, GroupId, Login, ProgramVersionId, RuleSet};
use touchstone_rules::{Account as Judged, Opening, Phase};
use touchstone_store::repo::desk::accounts::{self, Running};
use touchstone_store::repo::{groups, programs};
use touchstone_store::{Store, StoreError, Tx};
use touchstone_trading::{Account, Booking, GroupTerms, TermsFault};

/// Accounts that are read in one go.
const SLICE: usize = 500;
/// Slices that are read before somebody asks for them.
const AHEAD: usize = 8;
/// Threads that read at once, at most: no more than the store has for it.
const READERS: usize = 4;

/// Why one account cannot be traded; the others can.
#[derive(Debug, thiserror::Error)]
pub enum AccountFault {
    #[error("its stored state cannot be read: {0}")]
    Body(String),
    #[error("its program version or step is not there")]
    NoStep,
    #[error("its group is not there")]
    NoGroup,
    #[error(transparent)]
    Rules(#[from] touchstone_rules::RulesError),
    #[error(transparent)]
    Terms(#[from] TermsFault),
    #[error("the trading of its group cannot be read: {0}")]
    Group(#[from] serde_json::Error),
    #[error("its stored balance {stored} is not the one that it traded to, {traded}")]
    Balance { stored: i64, traded: i64 },
}

/// An account as it is stored.
#[derive(Debug)]
pub struct Read {
    row: Running,
    /// What the desk has written of it, or why it cannot be read.
    body: Option<Result<Box<Body>, String>>,
}

impl Read {
    fn new(row: Running, body: Option<&str>) -> Self {
        let read = |text| serde_json::from_str(text).map_err(|error| error.to_string());
        let body = body.map(read);
        Self { row, body }
    }

    pub fn of(live: &accounts::Live) -> Self {
        let saved = live.saved.as_ref();
        Self::new(live.running(), saved.map(|saved| saved.body.as_str()))
    }

    /// Every tick after this one has still to be judged.
    fn as_of_seq(&self) -> i64 {
        match (&self.row.saved, &self.body) {
            (Some(saved), Some(Ok(body))) if !body.phase.status.is_over() => saved.as_of_seq,
            _ => i64::MAX,
        }
    }
}

/// An account that can be traded.
pub struct Found {
    pub loaded: Loaded,
    /// Every tick after this one has still to be judged.
    pub as_of_seq: i64,
}

/// The keys of running challenges: nearly all of the accounts that are traded.
///
/// # Errors
/// The store's.
pub fn running(store: &Store) -> Result<Vec<ChallengeId>, StoreError> {
    store.read_blocking(accounts::running_keys)
}

/// Shows every account that is traded, some at a time and always in the same order. While these are taken in, the next
/// ones are read.
///
/// # Errors
/// The store's, and what `take` says.
pub fn each<E: From<StoreError>>(
    store: &Store,
    instruments: &Instruments,
    shared: &mut Shared,
    keys: &[ChallengeId],
    mut take: impl FnMut(Vec<Found>) -> Result<(), E>,
) -> Result<(), E> {
    let left = store.read_blocking(accounts::winding_up)?;
    let mut left: BTreeMap<Login, Read> = left
        .iter()
        .map(|live| (live.login, Read::of(live)))
        .collect();
    let readers = Readers {
        store,
        instruments,
        shared: Mutex::new(std::mem::take(shared)),
        slices: keys.chunks(SLICE).collect(),
        next: AtomicUsize::new(0),
    };
    let shown = readers.show(|found| {
        if !left.is_empty() {
            for found in &found {
                left.remove(&found.loaded.live.account.login);
            }
        }
        take(found)
    });
    *shared = readers.into_shared();
    shown?;
    let mut last = Vec::with_capacity(left.len());
    for read in left.into_values() {
        last.extend(shared.find(store, instruments, read)?);
    }
    take(last)
}

/// Threads that read side by side.
struct Readers<'a> {
    store: &'a Store,
    instruments: &'a Instruments,
    shared: Mutex<Shared>,
    slices: Vec<&'a [ChallengeId]>,
    next: AtomicUsize,
}

type Slice = (usize, Result<Vec<Found>, StoreError>);

impl Readers<'_> {
    fn show<E: From<StoreError>>(
        &self,
        mut take: impl FnMut(Vec<Found>) -> Result<(), E>,
    ) -> Result<(), E> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let readers = READERS.min(cores).min(self.slices.len());
        std::thread::scope(|scope| {
            let (sender, slices) = sync_channel::<Slice>(AHEAD);
            for _ in 0..readers {
                let sender = sender.clone();
                scope.spawn(move || self.read(&sender));
            }
            drop(sender);
            let (mut early, mut wanted) = (BTreeMap::new(), 0);
            for (number, slice) in slices {
                early.insert(number, slice?);
                while let Some(found) = early.remove(&wanted) {
                    take(found)?;
                    wanted += 1;
                }
            }
            Ok(())
        })
    }

    /// Until everything is read, or nobody asks for it any more.
    fn read(&self, sender: &SyncSender<Slice>) {
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(slice) = self.slices.get(number) else {
                return;
            };
            if sender.send((number, self.read_slice(slice))).is_err() {
                return;
            }
        }
    }

    fn read_slice(&self, slice: &[ChallengeId]) -> Result<Vec<Found>, StoreError> {
        let (Some(&first), Some(&last)) = (slice.first(), slice.last()) else {
            return Ok(Vec::new());
        };
        let store = self.store;
        // The texts are read on the store's own threads, where they lie.
        let reads = store.read_blocking(move |tx| accounts::running(tx, first, last, Read::new))?;
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let parts = reads.iter();
        let parts = parts.map(|read| shared.parts(store, self.instruments, &read.row));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        drop(shared);
        let both = reads.into_iter().zip(parts);
        let found = both.filter_map(|(read, parts)| find(self.instruments, read, parts));
        Ok(found.collect())
    }

    fn into_shared(self) -> Shared {
        let shared = self.shared.into_inner();
        shared.unwrap_or_else(PoisonError::into_inner)
    }
}

/// What many accounts share.
#[derive(Default)]
pub struct Shared {
    /// By version, step and add-ons.
    rules: HashMap<(ProgramVersionId, i64, Vec<String>), Arc<RuleSet>>,
    groups: HashMap<GroupId, TradedBy>,
}

/// What the accounts of a group trade by.
#[derive(Clone)]
struct TradedBy {
    currency: Currency,
    terms: Arc<GroupTerms>,
    /// Of accounts that have not traded yet.
    booking: Booking,
}

/// A group trades by something else from now on.
pub struct NewTerms {
    pub before: Arc<GroupTerms>,
    pub now: Arc<GroupTerms>,
}

/// One account with the rules that it is judged by.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub live: Live,
    pub judged: Judged,
}

impl Loaded {
    /// A phase that is over is judged no more.
    ///
    /// # Errors
    /// When the account is known already.
    pub fn open(self, shard: &mut Shard) -> Result<(), ShardError> {
        let seated = self.seat(shard)?;
        shard.wake(seated)
    }

    /// As [`Loaded::open`], but it is not awake yet.
    ///
    /// # Errors
    /// When the account is known already.
    pub fn seat(self, shard: &mut Shard) -> Result<Seated, ShardError> {
        let runs = self.live.ended.is_none();
        shard.seat(self.live, runs.then_some(self.judged))
    }
}

impl Shared {
    /// `None`, with a line in the log, when the account cannot be traded.
    ///
    /// # Errors
    /// The store's.
    pub fn find(
        &mut self,
        store: &Store,
        instruments: &Instruments,
        read: Read,
    ) -> Result<Option<Found>, StoreError> {
        let parts = self.parts(store, instruments, &read.row)?;
        Ok(find(instruments, read, parts))
    }

    fn parts(
        &mut self,
        store: &Store,
        instruments: &Instruments,
        row: &Running,
    ) -> Result<Parts, StoreError> {
        Ok(Parts {
            rules: self.rules(store, row)?,
            group: self.group(store, instruments, row.group_id)?,
        })
    }

    fn rules(&mut self, store: &Store, row: &Running) -> Result<Option<Arc<RuleSet>>, StoreError> {
        let key = (row.version_id, row.phase_index, row.addon_codes.clone());
        if let Some(rules) = self.rules.get(&key) {
            return Ok(Some(Arc::clone(rules)));
        }
        let (version, index, addons) = key.clone();
        let rules = store.read_blocking(move |tx| rules_of(tx, version, index, &addons))?;
        if let Some(rules) = &rules {
            self.rules.insert(key, Arc::clone(rules));
        }
        Ok(rules)
    }

    fn group(
        &mut self,
        store: &Store,
        instruments: &Instruments,
        id: GroupId,
    ) -> Result<Result<TradedBy, AccountFault>, StoreError> {
        if let Some(known) = self.groups.get(&id) {
            return Ok(Ok(known.clone()));
        }
        let read = read_group(store, instruments, id)?;
        if let Ok(group) = &read {
            self.groups.insert(id, group.clone());
        }
        Ok(read)
    }

    /// Reads again what the known groups trade by; answers what has changed.
    ///
    /// # Errors
    /// The store's.
    pub fn read_groups(
        &mut self,
        store: &Store,
        instruments: &Instruments,
    ) -> Result<Vec<NewTerms>, StoreError> {
        let mut changed = Vec::new();
        for (id, known) in &mut self.groups {
            let now = match read_group(store, instruments, *id)? {
                Ok(now) => now,
                Err(error) => {
                    tracing::error!(group = id.0, %error, "it goes on by what it traded by");
                    continue;
                }
            };
            known.booking = now.booking;
            if now.terms != known.terms {
                let before = std::mem::replace(&mut known.terms, Arc::clone(&now.terms));
                let now = now.terms;
                changed.push(NewTerms { before, now });
            }
        }
        Ok(changed)
    }
}

fn read_group(
    store: &Store,
    instruments: &Instruments,
    id: GroupId,
) -> Result<Result<TradedBy, AccountFault>, StoreError> {
    let (group, trading) = store.read_blocking(move |tx| {
        Ok::<_, StoreError>((groups::get(tx, id)?, groups::trading(tx, id)?))
    })?;
    let Some(group) = group else {
        return Ok(Err(AccountFault::NoGroup));
    };
    let traded_by = || {
        let trading = super::group::read(trading.as_deref())?;
        Ok(TradedBy {
            currency: group.currency,
            terms: Arc::new(instruments.terms_of(&group, &trading)?),
            booking: trading.booking,
        })
    };
    Ok(traded_by())
}

/// What an account shares with others.
struct Parts {
    rules: Option<Arc<RuleSet>>,
    group: Result<TradedBy, AccountFault>,
}

fn find(instruments: &Instruments, read: Read, parts: Parts) -> Option<Found> {
    let (login, as_of_seq) = (read.row.login, read.as_of_seq());
    match build(instruments, read, parts) {
        Ok(loaded) => Some(Found { loaded, as_of_seq }),
        Err(error) => {
            tracing::error!(login = login.0, %error, "the account cannot be traded");
            None
        }
    }
}

fn build(instruments: &Instruments, read: Read, parts: Parts) -> Result<Loaded, AccountFault> {
    let Read { row, body } = read;
    let TradedBy {
        currency,
        terms,
        booking,
    } = parts.group?;
    let rules = parts.rules.ok_or(AccountFault::NoStep)?;
    let opening = Opening {
        initial_minor: row.initial_balance_minor,
        purchased_at: row.purchased_at,
        activated_at: row.started_at,
    };
    let owner = Owner {
        brand_id: row.brand_id,
        customer_id: row.customer_id,
        challenge_id: row.challenge_id,
        phase_id: row.phase_id,
        phase_index: row.phase_index,
        version_id: row.version_id,
    };
    let (Some(saved), Some(body)) = (row.saved, body) else {
        let phase = Phase::open(rules, opening)?;
        let account = Account::new(row.login, row.leverage, booking, row.balance_minor);
        return Ok(Loaded {
            live: Live::new(account, owner, terms),
            judged: Judged::new(row.login, currency, phase),
        });
    };
    let body = *body.map_err(AccountFault::Body)?;
    if body.account.balance_minor != row.balance_minor {
        return Err(AccountFault::Balance {
            stored: row.balance_minor,
            traded: body.account.balance_minor,
        });
    }
    let mut live = Live::new(body.account, owner, terms);
    live.version = saved.version;
    live.event_no = saved.last_event_no;
    live.closing = body.closing;
    live.void_orders = body.void_orders;
    let held = live.account.positions.iter();
    let positions = held.filter_map(|held| instruments.judged(held));
    let positions = positions.collect();
    live.ended = body
        .phase
        .status
        .is_over()
        .then(|| Box::new(body.phase.clone()));
    live.verdict = body.verdict.map(Box::new);
    let phase = Phase::restore(rules, opening, body.phase);
    Ok(Loaded {
        judged: Judged::restore(row.login, currency, phase, positions, body.news)
            .with_void(body.void),
        live,
    })
}

/// The rules of a step of a version for whoever bought these add-ons; `None` when there is no such step.
///
/// # Errors
/// The store's.
pub fn rules_of(
    tx: &mut Tx<'_>,
    version: ProgramVersionId,
    phase_index: i64,
    addons: &[String],
) -> Result<Option<Arc<RuleSet>>, StoreError> {
    let Some(found) = programs::version(tx, version)? else {
        return Ok(None);
    };
    let place = usize::try_from(phase_index - 1).ok();
    let terms = found.terms.bought(addons);
    Ok(place.and_then(|place| terms.rules_of(place)).map(Arc::new))
}
