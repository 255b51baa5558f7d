//! How accounts and prices stand, for people.

use super::{Shard, ShardError};
use std::sync::Arc;
use touchstone_domain::{Login, Quote, Symbol, UnixMicros};
use touchstone_rules::{Deadline, Limit, Phase, Progress, RuleName, RulesError, Status};
use touchstone_trading::{Account, Figures, Freshness, Order, Position, Scene};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    pub login: Login,
    pub at: UnixMicros,
    pub leverage: i64,
    pub figures: Figures,
    pub positions: Vec<PositionView>,
    pub orders: Vec<Order>,
    pub margin_called: bool,
    /// `None` when the phase is over.
    pub rules: Option<RulesView>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionView {
    pub position: Position,
    /// What it could be closed at now.
    pub quote: Option<Quote>,
    pub profit_minor: Option<i64>,
}

/// How a phase stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesView {
    pub status: Status,
    pub limits: Vec<Limit>,
    pub progress: Progress,
    pub day_ends_at: UnixMicros,
    /// A price is too old: nothing is judged.
    pub is_suspended: bool,
    /// The symbols whose prices it waits for.
    pub suspended_by: Vec<Symbol>,
    /// Limits that are left alone until the measure is on their good side again.
    pub resting: Vec<RuleName>,
    pub deadlines: Vec<Deadline>,
    /// Anchor of the day's loss, or the balance at its beginning.
    pub day_start_minor: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteView {
    pub symbol: Symbol,
    pub quote: Option<Quote>,
    /// Which feed said it.
    pub source: Option<Arc<str>>,
    pub at: Option<UnixMicros>,
    pub seq: Option<i64>,
    pub freshness: Freshness,
}

impl AccountView {
    /// Whether nothing but the time differs.
    pub fn stands_as(&self, before: &Self) -> bool {
        let Self {
            login,
            at: _,
            leverage,
            figures,
            positions,
            orders,
            margin_called,
            rules,
        } = self;
        (login, leverage, figures) == (&before.login, &before.leverage, &before.figures)
            && (positions, orders) == (&before.positions, &before.orders)
            && (margin_called, rules) == (&before.margin_called, &before.rules)
    }
}

impl RulesView {
    /// # Errors
    /// When a limit does not fit.
    pub fn of(phase: &Phase) -> Result<Self, RulesError> {
        Ok(Self {
            status: phase.state().status,
            limits: phase.limits()?,
            progress: phase.progress()?,
            day_ends_at: phase.day_ends_at(),
            is_suspended: !phase.state().reading.is_firm,
            suspended_by: Vec::new(),
            resting: phase.resting().collect(),
            deadlines: phase.deadlines()?,
            day_start_minor: phase.day_start_minor(),
        })
    }
}

impl Shard {
    /// # Errors
    /// See [`ShardError`].
    pub fn view(&self, login: Login) -> Result<Option<AccountView>, ShardError> {
        let (Some(live), Some(figures)) = (self.accounts.get(&login), self.figures(login)) else {
            return Ok(None);
        };
        Ok(Some(AccountView {
            login,
            at: self.at,
            leverage: live.account.leverage,
            figures,
            positions: self.positions(login, &live.account),
            orders: live.account.orders.clone(),
            margin_called: live.account.margin_called,
            rules: self.rules_view(login)?,
        }))
    }

    pub(in super::super) fn rules_view(
        &self,
        login: Login,
    ) -> Result<Option<RulesView>, ShardError> {
        let Some(judged) = self.rules.account(login)? else {
            return Ok(None);
        };
        let mut view = RulesView::of(judged.phase())?;
        if view.is_suspended {
            view.suspended_by = self.not_firm(login);
        }
        Ok(Some(view))
    }

    /// The symbols of the account's positions, and of their conversion, without a price that can be trusted.
    fn not_firm(&self, login: Login) -> Vec<Symbol> {
        let Some(live) = self.accounts.get(&login) else {
            return Vec::new();
        };
        let held = live.account.positions.iter().map(|held| held.symbol);
        let mut symbols: Vec<Symbol> = held
            .flat_map(|symbol| {
                let rate = live.terms.get(symbol).and_then(|terms| terms.rate_symbol);
                std::iter::once(symbol).chain(rate)
            })
            .filter(|symbol| self.known.get(symbol).is_none_or(|known| known.is_stale))
            .collect();
        symbols.sort_unstable();
        symbols.dedup();
        symbols
    }

    fn positions(&self, login: Login, account: &Account) -> Vec<PositionView> {
        let view = |position: &Position| PositionView {
            position: *position,
            quote: self.prices.quote(position.symbol),
            profit_minor: self.profit_of(login, position),
        };
        account.positions.iter().map(view).collect()
    }

    /// `None` without a price.
    pub(super) fn profit_of(&self, login: Login, position: &Position) -> Option<i64> {
        let live = self.accounts.get(&login)?;
        let mut alone = Account::new(login, live.account.leverage, live.account.booking, 0);
        alone.positions.push(*position);
        let scene = Scene {
            terms: &live.terms,
            prices: &self.prices,
            now: self.at,
        };
        Figures::of(&alone, &scene)
            .ok()
            .map(|figures| figures.profit_minor)
    }

    /// Every symbol, in the catalogue's order.
    pub fn quotes(&self) -> Vec<QuoteView> {
        let view = |symbol: &Symbol| {
            let known = self.known.get(symbol);
            QuoteView {
                symbol: *symbol,
                quote: known.and_then(|known| known.last.quote()),
                source: known.map(|known| Arc::clone(&known.last.source)),
                at: known.map(|known| known.last.at),
                seq: known.map(|known| known.last.seq),
                freshness: self.freshness(*symbol),
            }
        };
        self.instruments.symbols().iter().map(view).collect()
    }
}
