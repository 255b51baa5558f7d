//! Between which prices an account needs no look: stops, targets, waiting orders, margin call and stop-out.

use super::{Live, Shard, ShardError};
use touchstone_domain::{Login, Price, Symbol};
use touchstone_rules::WatchEdges;
use touchstone_trading::{Band, equity_floor};

impl Shard {
    /// Tells the rules what else has to be looked at, for every account that has changed.
    pub(super) fn watch_changed(&mut self) -> Result<(), ShardError> {
        while let Some(login) = self.unwatched.pop_first() {
            self.watch(login)?;
        }
        Ok(())
    }

    pub(super) fn watch(&mut self, login: Login) -> Result<(), ShardError> {
        let Some(live) = self.accounts.get(&login) else {
            return Ok(());
        };
        if live.ended.is_some() {
            return Ok(());
        }
        let edges: Vec<WatchEdges> = match has_edges(live) {
            false => Vec::new(),
            true => {
                let symbols = live.symbols();
                let edges = symbols.iter();
                edges
                    .filter_map(|symbol| self.edges_of(live, *symbol))
                    .collect()
            }
        };
        let floor = floor_of(live);
        Ok(self.rules.watch(login, &edges, floor)?)
    }

    /// `None` when no price of the symbol does anything to the account.
    fn edges_of(&self, live: &Live, symbol: Symbol) -> Option<WatchEdges> {
        let place = self.instruments.place(symbol)?;
        let quote = self.prices.quote(symbol);
        let band = quote.and_then(|quote| Band::of(&live.account, symbol, quote));
        let account = &live.account;
        let is_named = account.orders.iter().any(|order| order.symbol == symbol)
            || account
                .positions
                .iter()
                .any(|held| held.symbol == symbol && !held.protection.is_none());
        // While the owner is warned, the end of it is an equity above, which no floor tells.
        let always = account.margin_called || (is_named && band.is_none());
        if always {
            return Some(WatchEdges {
                symbol: place,
                bid_low: Some(Price(i64::MAX)),
                bid_high: None,
                ask_low: None,
                ask_high: None,
            });
        }
        let band = band.filter(|_| is_named)?;
        Some(WatchEdges {
            symbol: place,
            bid_low: Some(band.bid_low),
            bid_high: Some(band.bid_high),
            ask_low: Some(band.ask_low),
            ask_high: Some(band.ask_high),
        })
    }
}

/// Whether any price does something to the account beside moving its equity.
pub(super) fn has_edges(live: &Live) -> bool {
    let account = &live.account;
    let mut held = account.positions.iter();
    account.margin_called
        || !account.orders.is_empty()
        || held.any(|held| !held.protection.is_none())
}

/// The highest equity at which the margin has to be looked at.
pub(super) fn floor_of(live: &Live) -> Option<i64> {
    let account = &live.account;
    if account.positions.is_empty() {
        return None;
    }
    let held = account.positions.iter();
    // With both sides of a symbol less may be held: then it is looked at earlier than it must be.
    let margin_minor = held.fold(0_i64, |sum, held| sum.saturating_add(held.margin_minor));
    let conditions = live.terms.conditions;
    let level = conditions.margin_call.max(conditions.stop_out);
    Some(equity_floor(margin_minor, level))
}
