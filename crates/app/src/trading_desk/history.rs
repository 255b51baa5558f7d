//! What an account has done, newest first.

use super::trade::{command_of, symbol_of};
use super::{TradeError, account};
use crate::App;
use crate::identity::Caller;
use std::collections::BTreeMap;
use touchstone_domain::{Currency, Login, Symbol};
use touchstone_store::Tx;
use touchstone_store::repo::desk::history::{self, Deal, OrderRow};
use touchstone_trading::Command;

/// Something that a trader asked for, with its symbol where it is about one.
#[derive(Clone, Debug)]
pub struct OrderView {
    pub row: OrderRow,
    pub command: Command,
    pub symbol: Option<Symbol>,
}

#[derive(Clone, Debug)]
pub struct OrderPage {
    pub items: Vec<OrderView>,
    /// Where the next page goes on.
    pub next: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct DealPage {
    pub currency: Currency,
    pub items: Vec<Deal>,
    /// Where the next page goes on.
    pub next: Option<i64>,
}

/// The number that ends a page that is full.
fn next(last: Option<i64>, found: usize, limit: i64) -> Option<i64> {
    last.filter(|_| i64::try_from(found).is_ok_and(|found| found >= limit))
}

/// The number of the order that tells the symbol.
const fn about(command: &Command) -> Option<i64> {
    match command {
        Command::Modify { order, .. } | Command::Cancel { order } => Some(order.0),
        Command::Protect { position, .. }
        | Command::Close { position, .. }
        | Command::CloseBy { position, .. } => Some(position.0),
        Command::Place(_) | Command::CloseAll { .. } => None,
    }
}

/// With the symbol of each that is about one.
pub(crate) fn order_views(
    tx: &mut Tx<'_>,
    login: Login,
    rows: Vec<OrderRow>,
) -> Result<Vec<OrderView>, TradeError> {
    let mut items = Vec::with_capacity(rows.len());
    let mut symbols: BTreeMap<i64, Option<Symbol>> = BTreeMap::new();
    for row in rows {
        let command = command_of(&row)?;
        let symbol = match (&command, about(&command)) {
            (Command::Place(order), _) => Some(order.symbol),
            (Command::CloseAll { symbol }, _) => *symbol,
            (_, Some(order)) => match symbols.get(&order) {
                Some(symbol) => *symbol,
                None => symbol_of(tx, login, order)?,
            },
            _ => None,
        };
        symbols.insert(about(&command).unwrap_or(row.id), symbol);
        items.push(OrderView {
            row,
            command,
            symbol,
        });
    }
    Ok(items)
}

impl App {
    /// Everything that was asked for under a number below `before`, whatever became of it.
    ///
    /// # Errors
    /// As [`App::trading_account`].
    pub async fn order_history(
        &self,
        caller: Caller,
        login: Login,
        before: Option<i64>,
        limit: i64,
    ) -> Result<OrderPage, TradeError> {
        let (now, before) = (self.now(), before.unwrap_or(i64::MAX));
        self.store
            .read(move |tx| {
                account::find(tx, &caller, login, now)?;
                let rows = history::orders(tx, login, before, limit)?;
                let next = next(rows.last().map(|row| row.id), rows.len(), limit);
                let items = order_views(tx, login, rows)?;
                Ok(OrderPage { items, next })
            })
            .await
    }

    /// Deals and swaps with a number below `before`.
    ///
    /// # Errors
    /// As [`App::trading_account`].
    pub async fn deals(
        &self,
        caller: Caller,
        login: Login,
        before: Option<i64>,
        limit: i64,
    ) -> Result<DealPage, TradeError> {
        let (now, before) = (self.now(), before.unwrap_or(i64::MAX));
        self.store
            .read(move |tx| {
                let found = account::find(tx, &caller, login, now)?;
                let items = history::deals(tx, login, before, limit)?;
                Ok(DealPage {
                    currency: found.account.currency,
                    next: next(items.last().map(|deal| deal.id), items.len(), limit),
                    items,
                })
            })
            .await
    }
}
