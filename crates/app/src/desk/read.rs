//! Accounts as they are stored, and what is made of them. Several threads read, as a start may have a million to read.

use super::instruments::Instruments;
use super::shard::{Body, Live, Owner, Shard, ShardError};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use touchstone_domain::{ChallengeId, Currency, GroupId, Login, ProgramVersionId, RuleSet};
use touchstone_rules::{Account as Judged, Opening, Phase};
use touchstone_store::repo::desk::accounts::{self, Running};
use touchstone_store::repo::{groups, programs};
use touchstone_store::{Store, StoreError, Tx};
use touchstone_trading::{Account, Booking, GroupTerms, TermsFault};

/// Accounts that are read in one go.
const SLICE: usize = 2_000;
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

    pub const fn login(&self) -> Login {
        self.row.login
    }

    /// Every tick after this one has still to be judged.
    pub fn as_of_seq(&self) -> i64 {
        match (&self.row.saved, &self.body) {
            (Some(saved), Some(Ok(body))) if !body.phase.status.is_over() => saved.as_of_seq,
            _ => i64::MAX,
        }
    }
}

/// Every account that is traded, in no order.
///
/// # Errors
/// The store's.
pub fn all(store: &Store) -> Result<Vec<Read>, StoreError> {
    let left = store.read_blocking(accounts::winding_up)?;
    let mut left: BTreeMap<Login, Read> = left
        .iter()
        .map(|live| (live.login, Read::of(live)))
        .collect();
    let keys = store.read_blocking(accounts::running_keys)?;
    let slices: Vec<&[ChallengeId]> = keys.chunks(SLICE).collect();
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut found = Vec::with_capacity(keys.len() + left.len());
    std::thread::scope(|scope| {
        let readers = 0..READERS.min(cores).min(slices.len());
        let readers = readers.map(|_| scope.spawn(|| read_slices(store, &slices, &next)));
        for reader in readers.collect::<Vec<_>>() {
            match reader.join() {
                Ok(read) => found.extend(read?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, StoreError>(())
    })?;
    if !left.is_empty() {
        for read in &found {
            left.remove(&read.login());
        }
        found.extend(left.into_values());
    }
    Ok(found)
}

fn read_slices(
    store: &Store,
    slices: &[&[ChallengeId]],
    next: &AtomicUsize,
) -> Result<Vec<Read>, StoreError> {
    let mut found = Vec::new();
    while let Some(slice) = slices.get(next.fetch_add(1, Ordering::Relaxed)) {
        let (Some(&first), Some(&last)) = (slice.first(), slice.last()) else {
            continue;
        };
        // The texts are read on the store's own threads, where they lie.
        let read = store.read_blocking(move |tx| accounts::running(tx, first, last, Read::new))?;
        found.extend(read);
    }
    Ok(found)
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
        let runs = self.live.ended.is_none();
        shard.open(self.live, runs.then_some(self.judged))
    }
}

impl Shared {
    /// `None`, with a line in the log, when the account cannot be traded.
    ///
    /// # Errors
    /// The store's.
    pub fn build(
        &mut self,
        store: &Store,
        instruments: &Instruments,
        read: Read,
    ) -> Result<Option<Loaded>, StoreError> {
        let login = read.login();
        let rules = self.rules(store, &read.row)?;
        let group = self.group(store, instruments, read.row.group_id)?;
        let built = group.and_then(|group| build(instruments, read, rules, group));
        Ok(built
            .inspect_err(|error| {
                tracing::error!(login = login.0, %error, "the account cannot be traded");
            })
            .ok())
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

fn build(
    instruments: &Instruments,
    read: Read,
    rules: Option<Arc<RuleSet>>,
    group: TradedBy,
) -> Result<Loaded, AccountFault> {
    let Read { row, body } = read;
    let rules = rules.ok_or(AccountFault::NoStep)?;
    let TradedBy {
        currency,
        terms,
        booking,
    } = group;
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
        judged: Judged::restore(row.login, currency, phase, positions, body.news),
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
