//! Builds a shard from what is stored: accounts as they were saved, and every tick since.

use super::block::{self, Damaged};
use super::instruments::Instruments;
use super::settings::{self, DeskSettings};
use super::shard::{Body, Live, Owner, Shard, ShardError};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use touchstone_domain::rule_set::of_step;
use touchstone_domain::{
    ChallengeId, Group, GroupId, Login, ProgramVersionId, RuleSet, TradingDay, UnixMicros,
};
use touchstone_rules::{Account as Judged, Opening, Phase};
use touchstone_store::repo::desk::{self, accounts, ticks};
use touchstone_store::repo::programs;
use touchstone_store::{Store, StoreError, Tx};
use touchstone_trading::{Account, Booking, GroupTerms, Position, TermsFault};

/// Accounts that are read in one go.
const PAGE: i64 = 1_000;
const BLOCKS: i64 = 64;

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Shard(#[from] ShardError),
    #[error("block {first_seq} of the stored ticks: {damaged}")]
    Block { first_seq: i64, damaged: Damaged },
    #[error("tick {0} is not stored")]
    Gap(i64),
}

/// Why one account cannot be traded; the others can.
#[derive(Debug, thiserror::Error)]
pub enum AccountFault {
    #[error("its stored state cannot be read: {0}")]
    Body(String),
    #[error("its program version or step is not there")]
    NoStep,
    #[error(transparent)]
    Rules(#[from] touchstone_rules::RulesError),
    #[error(transparent)]
    Terms(#[from] TermsFault),
    #[error("its stored balance {stored} is not the one that it traded to, {traded}")]
    Balance { stored: i64, traded: i64 },
}

/// What many accounts share.
#[derive(Default)]
pub struct Shared {
    rules: HashMap<(ProgramVersionId, i64), Arc<RuleSet>>,
    terms: HashMap<GroupId, Arc<GroupTerms>>,
}

/// One account with the rules that it is judged by.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub live: Live,
    pub judged: Judged,
    /// Every tick after this one has still to be judged.
    pub as_of_seq: i64,
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
    fn terms(
        &mut self,
        instruments: &Instruments,
        group: &Group,
    ) -> Result<Arc<GroupTerms>, TermsFault> {
        if let Some(terms) = self.terms.get(&group.id) {
            return Ok(Arc::clone(terms));
        }
        let terms = Arc::new(instruments.terms_of(group)?);
        self.terms.insert(group.id, Arc::clone(&terms));
        Ok(terms)
    }

    fn build(
        &mut self,
        instruments: &Instruments,
        row: &accounts::Live,
        rules: Option<Arc<RuleSet>>,
    ) -> Result<Loaded, AccountFault> {
        let terms = self.terms(instruments, &row.group)?;
        let rules = rules.ok_or(AccountFault::NoStep)?;
        let opening = Opening {
            initial_minor: row.phase.initial_balance_minor,
            purchased_at: row.purchased_at,
            activated_at: row.phase.started_at,
        };
        let owner = Owner {
            brand_id: row.challenge.brand_id,
            customer_id: row.challenge.customer_id,
            challenge_id: row.challenge.id,
            phase_id: row.phase.id,
            phase_index: row.phase.phase_index,
            version_id: row.challenge.version_id,
        };
        let currency = row.group.currency;
        let Some(saved) = &row.saved else {
            let phase = Phase::open(rules, opening)?;
            let account =
                Account::new(row.login, row.leverage, Booking::Hedging, row.balance_minor);
            return Ok(Loaded {
                live: Live::new(account, owner, terms),
                judged: Judged::new(row.login, currency, phase),
                as_of_seq: i64::MAX,
            });
        };
        let body: Body = serde_json::from_str(&saved.body)
            .map_err(|error| AccountFault::Body(error.to_string()))?;
        if body.account.balance_minor != row.balance_minor {
            return Err(AccountFault::Balance {
                stored: row.balance_minor,
                traded: body.account.balance_minor,
            });
        }
        let mut live = Live::new(body.account, owner, terms);
        live.version = saved.version;
        live.event_no = saved.last_event_no;
        let is_over = body.phase.status.is_over();
        let held = live.account.positions.iter();
        let positions = held.filter_map(|held| judged_position(instruments, held));
        let positions = positions.collect();
        live.ended = is_over.then(|| body.phase.clone());
        let phase = Phase::restore(rules, opening, body.phase);
        Ok(Loaded {
            judged: Judged::restore(row.login, currency, phase, positions, body.news),
            live,
            as_of_seq: if is_over { i64::MAX } else { saved.as_of_seq },
        })
    }
}

/// The rules of a step of a version; `None` when there is no such step.
///
/// # Errors
/// The store's.
pub fn rules_of(
    tx: &mut Tx<'_>,
    version: ProgramVersionId,
    phase_index: i64,
) -> Result<Option<Arc<RuleSet>>, StoreError> {
    let Some(found) = programs::version(tx, version)? else {
        return Ok(None);
    };
    let place = usize::try_from(phase_index - 1).ok();
    let step = place.and_then(|place| found.terms.steps.get(place));
    Ok(step.map(|step| {
        let rules = step.rules.clone();
        Arc::new(rules.unwrap_or_else(|| of_step(step, TradingDay::utc())))
    }))
}

/// A position in the words of the rules.
pub fn judged_position(
    instruments: &Instruments,
    held: &Position,
) -> Option<touchstone_rules::Position> {
    Some(touchstone_rules::Position {
        id: touchstone_rules::PositionId(held.id.0),
        symbol: instruments.place(held.symbol)?,
        side: held.side,
        volume: held.volume,
        cost: held.cost,
        opened_at: held.opened_at,
    })
}

/// Takes the shard over and builds it.
///
/// # Errors
/// See [`LoadError`]. Accounts that cannot be traded are left out, with a line in the log.
pub fn load(
    store: &Store,
    instruments: &Arc<Instruments>,
    settings: &DeskSettings,
    shared: &mut Shared,
    now: UnixMicros,
) -> Result<(Shard, desk::Shard), LoadError> {
    let row = store.write_blocking(move |tx| desk::take_shard(tx, settings::SHARD, now))?;
    let mut waiting = read_accounts(store, instruments, shared)?;
    waiting.sort_by_key(|loaded| (loaded.as_of_seq, loaded.live.account.login));
    let first = waiting.first().map_or(i64::MAX, |loaded| loaded.as_of_seq);
    let wanted = first.saturating_add(1).min(row.last_seq);
    let first_seq = store.read_blocking(move |tx| ticks::first_of(tx, wanted))?;
    let mut shard = Shard::new(
        Arc::clone(instruments),
        settings.gate,
        row.at,
        0,
        row.next_trade_no,
    )?;
    let mut waiting = waiting.into_iter().peekable();
    let mut next = first_seq;
    while let Some(from) = next {
        let blocks = store.read_blocking(move |tx| ticks::from(tx, from, BLOCKS))?;
        next = blocks.last().map(|block| block.last_seq + 1);
        if blocks.len() < usize::try_from(BLOCKS).unwrap_or(usize::MAX) {
            next = None;
        }
        for stored in blocks {
            let block = block::read(&stored.body).map_err(|damaged| LoadError::Block {
                first_seq: stored.first_seq,
                damaged,
            })?;
            if shard.seq() == 0 {
                shard.begin(block.before.values(), stored.first_seq - 1)?;
            } else if shard.seq() + 1 != stored.first_seq {
                return Err(LoadError::Gap(shard.seq() + 1));
            }
            for step in &block.steps {
                while let Some(loaded) = waiting.next_if(|l| l.as_of_seq < step.seq()) {
                    loaded.open(&mut shard)?;
                }
                shard.replay(step)?;
            }
        }
    }
    if shard.seq() != row.last_seq && first_seq.is_some() {
        return Err(LoadError::Gap(shard.seq() + 1));
    }
    for loaded in waiting {
        loaded.open(&mut shard)?;
    }
    shard.resume(row.at)?;
    Ok((shard, row))
}

fn read_accounts(
    store: &Store,
    instruments: &Arc<Instruments>,
    shared: &mut Shared,
) -> Result<Vec<Loaded>, LoadError> {
    let mut found = BTreeMap::new();
    let mut after = Some(ChallengeId(0));
    let mut rows = store.read_blocking(accounts::winding_up)?;
    while let Some(from) = after {
        let page = store.read_blocking(move |tx| accounts::live_after(tx, from, PAGE))?;
        let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        after = page.last().map(|row| row.challenge.id).filter(|_| !is_last);
        rows.extend(page);
    }
    for row in rows {
        if let Some(loaded) = read_one(store, instruments, shared, &row)? {
            found.insert(row.login, loaded);
        }
    }
    Ok(found.into_values().collect())
}

/// One account from its rows; `None`, with a line in the log, when it cannot be traded.
///
/// # Errors
/// The store's.
pub fn read_one(
    store: &Store,
    instruments: &Arc<Instruments>,
    shared: &mut Shared,
    row: &accounts::Live,
) -> Result<Option<Loaded>, StoreError> {
    let (version, index) = (row.challenge.version_id, row.phase.phase_index);
    let rules = match shared.rules.get(&(version, index)) {
        Some(rules) => Some(Arc::clone(rules)),
        None => store.read_blocking(move |tx| rules_of(tx, version, index))?,
    };
    if let Some(rules) = &rules {
        shared.rules.insert((version, index), Arc::clone(rules));
    }
    match shared.build(instruments, row, rules) {
        Ok(loaded) => Ok(Some(loaded)),
        Err(error) => {
            let Login(login) = row.login;
            tracing::error!(login, %error, "the account cannot be traded");
            Ok(None)
        }
    }
}
