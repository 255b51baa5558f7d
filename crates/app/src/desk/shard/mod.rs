//! One shard of live accounts, in memory: what comes in, in which order, and what follows from it. Deterministic: the
//! same inputs at the same instants make the same state, orders and verdicts.

mod advance;
mod batch;
mod command;
mod evidence;
mod follow;
mod live;
mod replay;
mod staff;
mod tick;
mod turn;
mod view;

pub use batch::{
    Batch, Booked, Changes, End, Journal, OrderChange, OrderState, Placed, Revived, Told,
};
pub use command::{Answer, Asked};
pub use evidence::{Cause, Evidence, NotClosed};
pub use live::{Body, Live, Owner};
pub use view::{AccountView, PositionView, QuoteView, RulesView};

use super::instruments::Instruments;
use super::market::Known;
use live::Logins;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use touchstone_domain::{CustomerId, Login, Symbol, TradingDayError, UnixMicros};
use touchstone_rules::{Account as Judged, Plain, RulesError};
use touchstone_trading::{Gate, GateRules, Prices};

/// What no input of a trader can cause: the memory is dropped and built anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    #[error(transparent)]
    Rules(#[from] RulesError),
    #[error(transparent)]
    Day(#[from] TradingDayError),
}

pub struct Shard {
    instruments: Arc<Instruments>,
    gate: Gate,
    prices: Prices,
    known: BTreeMap<Symbol, Known>,
    rules: Plain,
    accounts: BTreeMap<Login, Live>,
    /// Accounts by the symbols that their worth and their orders depend on.
    by_symbol: BTreeMap<Symbol, Logins>,
    by_customer: BTreeMap<CustomerId, Logins>,
    expiries: BTreeSet<(UnixMicros, Login)>,
    /// When each price becomes too old.
    stale_dues: BTreeSet<(UnixMicros, Symbol)>,
    next_rollover: UnixMicros,
    at: UnixMicros,
    seq: i64,
    next_trade_no: i64,
    cause: Cause,
    batch: Batch,
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
            rules: Plain::new(instruments.market()),
            instruments,
            gate: Gate::new(gate),
            prices: Prices::default(),
            known: BTreeMap::new(),
            accounts: BTreeMap::new(),
            by_symbol: BTreeMap::new(),
            by_customer: BTreeMap::new(),
            expiries: BTreeSet::new(),
            stale_dues: BTreeSet::new(),
            next_rollover: advance::rollover_after(at)?,
            at,
            seq,
            next_trade_no,
            cause: Cause::Time,
            batch: Batch::default(),
        })
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

    pub const fn gate(&self) -> &Gate {
        &self.gate
    }

    pub const fn batch(&self) -> &Batch {
        &self.batch
    }

    pub fn known(&self) -> &BTreeMap<Symbol, Known> {
        &self.known
    }

    /// Takes what has happened since the last time.
    pub fn take_batch(&mut self) -> Batch {
        let next = Batch {
            before: self.known.clone(),
            ..Batch::default()
        };
        std::mem::replace(&mut self.batch, next)
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

    /// The phase of an account that runs.
    pub fn judged(&self, login: Login) -> Option<&Judged> {
        self.rules.account(login)
    }

    /// Takes an account in; one that is over is traded no more, only closed.
    ///
    /// # Errors
    /// When it is known already.
    pub fn open(&mut self, live: Live, judged: Option<Judged>) -> Result<(), ShardError> {
        let login = live.account.login;
        if let Some(judged) = judged {
            // Another server's clock may have been ahead of ours when the phase began.
            self.at = self.at.max(judged.phase().state().now);
            self.rules.open(judged)?;
        }
        self.by_customer
            .entry(live.owner.customer_id)
            .or_default()
            .insert(login);
        self.accounts.insert(login, live);
        self.reindex(login);
        Ok(())
    }

    /// Forgets an account.
    pub fn forget(&mut self, login: Login) {
        self.rules.remove(login);
        if let Some(live) = self.accounts.remove(&login) {
            self.unindex(login, &live.indexed);
            if let Some(own) = self.by_customer.get_mut(&live.owner.customer_id) {
                own.remove(&login);
            }
        }
    }

    /// A commit has made this version of the account durable.
    pub fn saved(&mut self, login: Login, version: i64) {
        let Some(live) = self.accounts.get_mut(&login) else {
            return;
        };
        live.version = version;
        if live.ended.is_some() && !live.is_winding_up() {
            self.forget(login);
        }
    }

    /// What is stored of the account.
    pub fn body(&self, login: Login) -> Option<Body> {
        let live = self.accounts.get(&login)?;
        let judged = self.rules.account(login);
        let phase = judged.map(|judged| judged.phase().state().clone());
        let mut account = live.account.clone();
        account.seen.clear();
        Some(Body {
            account,
            phase: phase.or_else(|| live.ended.clone())?,
            news: judged.map_or_else(Vec::new, |judged| judged.news().to_vec()),
        })
    }

    fn changes(&mut self, login: Login) -> &mut Changes {
        self.batch.accounts.entry(login).or_default()
    }

    fn reindex(&mut self, login: Login) {
        let Some(live) = self.accounts.get_mut(&login) else {
            return;
        };
        let index = live.index();
        if index == live.indexed {
            return;
        }
        let before = std::mem::replace(&mut live.indexed, index.clone());
        self.unindex(login, &before);
        for symbol in index.symbols {
            self.by_symbol.entry(symbol).or_default().insert(login);
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

    fn holders(&self, symbol: Symbol) -> Vec<Login> {
        let holders = self.by_symbol.get(&symbol);
        holders.map_or_else(Vec::new, |holders| holders.iter().copied().collect())
    }
}
