//! One shard of live accounts, in memory: what comes in, in which order, and what follows from it. Deterministic: the
//! same inputs at the same instants make the same state, orders and verdicts.

mod add;
mod admit;
mod advance;
mod batch;
mod board;
mod command;
mod evidence;
mod follow;
mod growth;
mod live;
mod news;
mod nights;
mod payout;
mod replay;
mod staff;
mod tick;
mod turn;
mod view;
mod watch;

pub use batch::{
    AnchorSet, AtVerdict, Batch, Booked, Changes, End, Entered, Journal, OrderChange, OrderState,
    Placed, Revived, Told,
};
pub use board::BoardRow;
pub use command::{Answer, Asked};
pub use evidence::{Cause, ClosedThen, Evidence, NotClosed, PositionThen};
pub use growth::Grown;
pub use live::{Body, Live, Owner};
pub use news::Announced;
pub use payout::{AskedPayout, ReturnedPayout};
pub use view::{AccountView, PositionView, QuoteView, RulesView};

use super::instruments::Instruments;
use super::market::Known;
use super::settings::TurnLimits;
use live::Logins;
use news::Calendar;
use nights::Nights;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use touchstone_domain::{BrandId, CustomerId, Login, Symbol, TradingDayError, UnixMicros};
use touchstone_rules::{Account as Judged, Asleep, Fast, RulesError, Void};
use touchstone_trading::{Gate, GateRules, Prices};

/// What no input of a trader can cause: the memory is dropped and built anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    #[error(transparent)]
    Rules(#[from] RulesError),
    #[error(transparent)]
    Day(#[from] TradingDayError),
}

/// An account that was taken in and is not awake yet.
#[must_use = "an account that is never woken is never judged"]
#[derive(Debug)]
pub struct Seated {
    login: Login,
    /// The last instant that it was judged at; `None` when it is judged no more.
    judged_at: Option<UnixMicros>,
    asleep: Option<Asleep>,
    has_edges: bool,
}

impl Seated {
    pub const fn login(&self) -> Login {
        self.login
    }
}

pub struct Shard {
    instruments: Arc<Instruments>,
    gate: Gate,
    prices: Prices,
    known: BTreeMap<Symbol, Known>,
    rules: Fast,
    accounts: BTreeMap<Login, Live>,
    /// Accounts by the symbols of what should be closed and could not be yet.
    by_symbol: BTreeMap<Symbol, Logins>,
    by_customer: BTreeMap<CustomerId, Logins>,
    /// How many accounts each brand has.
    by_brand: BTreeMap<BrandId, usize>,
    /// What has changed of these is not known to the rules' edges yet.
    unwatched: BTreeSet<Login>,
    expiries: BTreeSet<(UnixMicros, Login)>,
    /// When each price becomes too old, or the market closes on one that is.
    age_dues: BTreeSet<(UnixMicros, Symbol)>,
    next_rollover: UnixMicros,
    nights: Nights,
    calendar: Calendar,
    at: UnixMicros,
    seq: i64,
    next_trade_no: i64,
    cause: Cause,
    batch: Batch,
    /// Changes that follow again from what is durable: they wait for room in a commit.
    calm: BTreeMap<Login, Changes>,
    limits: TurnLimits,
}

impl Shard {
    /// A shard without accounts and prices, as of an instant.
    ///
    /// # Errors
    /// An instant outside of the calendar.
    pub fn new(
        instruments: Arc<Instruments>,
        gate: GateRules,
        at: UnixMicros,
        seq: i64,
        next_trade_no: i64,
    ) -> Result<Self, ShardError> {
        Ok(Self {
            rules: Fast::new(instruments.market()),
            instruments,
            gate: Gate::new(gate),
            prices: Prices::default(),
            known: BTreeMap::new(),
            accounts: BTreeMap::new(),
            by_symbol: BTreeMap::new(),
            by_customer: BTreeMap::new(),
            by_brand: BTreeMap::new(),
            unwatched: BTreeSet::new(),
            expiries: BTreeSet::new(),
            age_dues: BTreeSet::new(),
            next_rollover: nights::rollover_after(at)?,
            nights: Nights::default(),
            calendar: Calendar::default(),
            at,
            seq,
            next_trade_no,
            cause: Cause::Time,
            batch: Batch::default(),
            calm: BTreeMap::new(),
            limits: TurnLimits::default(),
        })
    }

    /// How much of what comes for very many accounts at once is done in one turn.
    pub const fn set_limits(&mut self, limits: TurnLimits) {
        self.limits = limits;
    }

    pub const fn limits(&self) -> TurnLimits {
        self.limits
    }

    /// Makes room for so many accounts more.
    pub fn reserve(&mut self, accounts: usize) {
        self.rules.reserve(accounts);
    }

    pub const fn at(&self) -> UnixMicros {
        self.at
    }

    /// The last step of the market.
    pub const fn seq(&self) -> i64 {
        self.seq
    }

    pub const fn next_trade_no(&self) -> i64 {
        self.next_trade_no
    }

    pub fn instruments(&self) -> &Instruments {
        &self.instruments
    }

    pub const fn gate(&self) -> &Gate {
        &self.gate
    }

    pub const fn batch(&self) -> &Batch {
        &self.batch
    }

    pub fn known(&self) -> &BTreeMap<Symbol, Known> {
        &self.known
    }

    /// Takes what has happened since the last time. Calm changes of many accounts are taken some at a time.
    pub fn take_batch(&mut self) -> Batch {
        let next = Batch {
            before: self.known.clone(),
            ..Batch::default()
        };
        let mut taken = std::mem::replace(&mut self.batch, next);
        for _ in 0..self.limits.calm_accounts {
            let Some((login, changes)) = self.calm.pop_first() else {
                break;
            };
            taken.accounts.insert(login, changes);
        }
        taken
    }

    /// Whether something is left for the next turn that would not wait for an input.
    pub fn has_more(&self) -> bool {
        !self.calm.is_empty() || self.nights.is_owed() || self.calendar.is_untold()
    }

    pub fn live(&self, login: Login) -> Option<&Live> {
        self.accounts.get(&login)
    }

    /// Accounts with open positions.
    pub fn holding(&self) -> impl Iterator<Item = Login> {
        let accounts = self.accounts.iter();
        let holding = accounts.filter(|(_, live)| !live.account.positions.is_empty());
        holding.map(|(login, _)| *login)
    }

    /// How many there are.
    pub fn accounts(&self) -> usize {
        self.accounts.len()
    }

    pub fn accounts_of(&self, brand: BrandId) -> usize {
        self.by_brand.get(&brand).copied().unwrap_or(0)
    }

    /// The phase of an account that runs.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn judged(&self, login: Login) -> Result<Option<Judged>, ShardError> {
        Ok(self.rules.account(login)?)
    }

    pub(super) fn is_judged(&self, login: Login) -> bool {
        let live = self.accounts.get(&login);
        live.is_some_and(|live| live.ended.is_none())
    }

    /// Takes an account in; one that is over is traded no more, only closed.
    ///
    /// # Errors
    /// When it is known already.
    pub fn open(&mut self, live: Live, judged: Option<Judged>) -> Result<(), ShardError> {
        let seated = self.seat(live, judged)?;
        self.wake(seated)
    }

    /// Takes an account in that no price and no time comes to until it is woken.
    ///
    /// # Errors
    /// When it is known already.
    pub fn seat(&mut self, mut live: Live, judged: Option<Judged>) -> Result<Seated, ShardError> {
        let login = live.account.login;
        let judged_at = judged.as_ref().map(|judged| judged.phase().state().now);
        let has_edges = live.ended.is_none() && watch::has_edges(&live);
        let floor = watch::floor_of(&live).filter(|_| live.ended.is_none());
        if let Some(judged) = &judged {
            self.calendar.opened(judged);
        }
        let asleep = judged.map(|judged| self.rules.seat(judged, floor));
        let asleep = asleep.transpose()?;
        self.by_customer
            .entry(live.owner.customer_id)
            .or_default()
            .insert(login);
        *self.by_brand.entry(live.owner.brand_id).or_default() += 1;
        live.forget_closed();
        live.indexed = live.index();
        self.index(login, &live.indexed);
        self.accounts.insert(login, live);
        Ok(Seated {
            login,
            judged_at,
            asleep,
            has_edges,
        })
    }

    /// From here on everything comes to the account, as if it had been taken in now.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn wake(&mut self, seated: Seated) -> Result<(), ShardError> {
        // Another server's clock may have been ahead of ours when the phase began.
        self.at = self.at.max(seated.judged_at.unwrap_or(self.at));
        if let Some(asleep) = seated.asleep {
            self.rules.wake(asleep);
        }
        match seated.has_edges {
            true => self.watch(seated.login),
            false => Ok(()),
        }
    }

    /// Forgets an account.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn forget(&mut self, login: Login) -> Result<(), ShardError> {
        self.rules.remove(login)?;
        self.nights.forget(login);
        self.calendar.forget(login);
        if let Some(live) = self.accounts.remove(&login) {
            self.unindex(login, &live.indexed);
            if let Some(count) = self.by_brand.get_mut(&live.owner.brand_id) {
                *count -= 1;
            }
            if let Some(own) = self.by_customer.get_mut(&live.owner.customer_id) {
                own.remove(&login);
            }
        }
        Ok(())
    }

    /// A commit has made this version of the account durable.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn saved(&mut self, login: Login, version: i64) -> Result<(), ShardError> {
        let Some(live) = self.accounts.get_mut(&login) else {
            return Ok(());
        };
        live.version = version;
        if live.ended.is_some() && !live.is_winding_up() {
            self.forget(login)?;
        }
        Ok(())
    }

    /// What is stored of the account.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn body(&self, login: Login) -> Result<Option<Body>, ShardError> {
        let Some(live) = self.accounts.get(&login) else {
            return Ok(None);
        };
        let judged = self.rules.account(login)?;
        let phase = judged.as_ref();
        let phase = phase.map(|judged| judged.phase().state().clone());
        let Some(phase) = phase.or_else(|| live.ended.as_deref().cloned()) else {
            return Ok(None);
        };
        let mut account = live.account.clone();
        account.seen.clear();
        Ok(Some(Body {
            account,
            phase,
            void: judged
                .as_ref()
                .map_or(Void::NONE, |judged| judged.void().clone()),
            news: judged.map_or_else(Vec::new, |judged| judged.news().to_vec()),
            closing: live.closing.clone(),
            void_orders: live.void_orders.clone(),
            verdict: live.verdict.as_deref().cloned(),
        }))
    }

    /// What is to be stored of an account with the next commit.
    fn changes(&mut self, login: Login) -> &mut Changes {
        let calm = &mut self.calm;
        let changes = self.batch.accounts.entry(login);
        changes.or_insert_with(|| calm.remove(&login).unwrap_or_default())
    }

    /// For what would follow again from the account as it is stored and the ticks since: the end of a day. It may be
    /// stored later, so that a commit stays small when a day ends for everybody.
    fn calm_changes(&mut self, login: Login) -> &mut Changes {
        match self.batch.accounts.entry(login) {
            Entry::Occupied(urgent) => urgent.into_mut(),
            Entry::Vacant(_) => self.calm.entry(login).or_default(),
        }
    }

    fn reindex(&mut self, login: Login) {
        let Some(live) = self.accounts.get_mut(&login) else {
            return;
        };
        live.forget_closed();
        let index = live.index();
        if index == live.indexed {
            return;
        }
        let before = std::mem::replace(&mut live.indexed, index.clone());
        self.unindex(login, &before);
        self.index(login, &index);
    }

    fn index(&mut self, login: Login, index: &live::Indexed) {
        for symbol in &index.symbols {
            self.by_symbol.entry(*symbol).or_default().insert(login);
        }
        if let Some(at) = index.expires_at {
            self.expiries.insert((at, login));
        }
    }

    fn unindex(&mut self, login: Login, index: &live::Indexed) {
        for symbol in &index.symbols {
            if let Some(holders) = self.by_symbol.get_mut(symbol) {
                holders.remove(&login);
            }
        }
        if let Some(at) = index.expires_at {
            self.expiries.remove(&(at, login));
        }
    }

    /// Accounts that hold something of the symbol that should have been closed.
    fn leftovers(&self, symbol: Symbol) -> Vec<Login> {
        let left = self.by_symbol.get(&symbol);
        left.map_or_else(Vec::new, |left| left.iter().copied().collect())
    }
}
