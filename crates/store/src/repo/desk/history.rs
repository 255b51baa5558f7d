//! What an account has done: deals, orders, and the events that it was judged with.

use super::super::accounts::add_balance;
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::{BrandId, Login, UnixMicros};

/// An exchange, or a night's swap: a balanced entry between the house and the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    pub login: Login,
    pub id: i64,
    pub brand_id: BrandId,
    pub at: UnixMicros,
    /// "in", "out", "swap", [`VOIDED`], [`CORRECTION`], [`PAYOUT`], [`PAYOUT_RETURNED`] or
    /// [`GROWTH`].
    pub kind: String,
    pub reason: String,
    pub order_id: Option<i64>,
    pub position_id: i64,
    pub symbol: String,
    /// 0 bought, 1 sold.
    pub side: i64,
    /// Ten-thousandths of a lot.
    pub volume: i64,
    /// Points.
    pub price: i64,
    pub profit_minor: i64,
    pub commission_minor: i64,
    pub swap_minor: i64,
    /// After it.
    pub balance_minor: i64,
}

/// A profit that does not count: the line of an entry of the ledger, which has moved the balance.
pub const VOIDED: &str = "voided";
/// What staff have given back or taken with a breach: the line of an entry, too.
pub const CORRECTION: &str = "correction";
/// Profit that leaves the account with a payout: a line for the trader's part and one for the firm's.
pub const PAYOUT: &str = "payout";
/// It is back.
pub const PAYOUT_RETURNED: &str = "payout_returned";
/// What the account has grown by.
pub const GROWTH: &str = "growth";

impl Deal {
    /// Whether it is no deal, but the line of an entry.
    fn is_entered(&self) -> bool {
        [VOIDED, CORRECTION, PAYOUT, PAYOUT_RETURNED, GROWTH].contains(&self.kind.as_str())
    }

    pub const fn amount_minor(&self) -> i64 {
        self.profit_minor + self.commission_minor + self.swap_minor
    }
}

fn deal(row: &Row<'_>) -> Result<Deal, StoreError> {
    Ok(Deal {
        login: Login(row.int(0)?),
        id: row.int(1)?,
        brand_id: BrandId(row.int(2)?),
        at: UnixMicros(row.int(3)?),
        kind: row.string(4)?,
        reason: row.string(5)?,
        order_id: row.opt_int(6)?,
        position_id: row.int(7)?,
        symbol: row.string(8)?,
        side: row.int(9)?,
        volume: row.int(10)?,
        price: row.int(11)?,
        profit_minor: row.int(12)?,
        commission_minor: row.int(13)?,
        swap_minor: row.int(14)?,
        balance_minor: row.int(15)?,
    })
}

/// Writes a deal and moves the balance by it, unless an entry has done so.
pub fn book(tx: &mut Tx<'_>, d: &Deal) -> Result<(), StoreError> {
    if d.amount_minor() != 0 && !d.is_entered() {
        add_balance(tx, d.login, d.amount_minor())?;
    }
    tx.put(
        "INSERT INTO deal (login, id, brand_id, at, kind, reason, order_id, position_id, symbol, side, volume, price,
                profit_minor, commission_minor, swap_minor, balance_minor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        params![
            d.login.0,
            d.id,
            d.brand_id.0,
            d.at.0,
            &d.kind,
            &d.reason,
            d.order_id,
            d.position_id,
            &d.symbol,
            d.side,
            d.volume,
            d.price,
            d.profit_minor,
            d.commission_minor,
            d.swap_minor,
            d.balance_minor
        ],
    )
}

/// An account's deals, newest first, below number `before`.
pub fn deals(
    tx: &mut Tx<'_>,
    login: Login,
    before: i64,
    limit: i64,
) -> Result<Vec<Deal>, StoreError> {
    tx.query(
        "SELECT login, id, brand_id, at, kind, reason, order_id, position_id, symbol, side, volume, price,
                profit_minor, commission_minor, swap_minor, balance_minor
         FROM deal WHERE login = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        params![login.0, before, limit],
        deal,
    )
}

/// An account's deals from an instant on, in order.
pub fn deals_since(
    tx: &mut Tx<'_>,
    login: Login,
    from: UnixMicros,
) -> Result<Vec<Deal>, StoreError> {
    tx.query(
        "SELECT login, id, brand_id, at, kind, reason, order_id, position_id, symbol, side, volume, price,
                profit_minor, commission_minor, swap_minor, balance_minor
         FROM deal WHERE login = $1 AND at >= $2 ORDER BY id",
        params![login.0, from.0],
        deal,
    )
}

/// What entries have taken back from an account or given to it, in order.
pub fn entered(tx: &mut Tx<'_>, login: Login) -> Result<Vec<Deal>, StoreError> {
    tx.query(
        "SELECT login, id, brand_id, at, kind, reason, order_id, position_id, symbol, side, volume, price,
                profit_minor, commission_minor, swap_minor, balance_minor
         FROM deal WHERE login = $1 AND kind IN ('voided', 'correction') ORDER BY id",
        params![login.0],
        deal,
    )
}

/// The deals that an order asked for, in order; their numbers come after its own.
pub fn deals_of_order(tx: &mut Tx<'_>, login: Login, order: i64) -> Result<Vec<Deal>, StoreError> {
    tx.query(
        "SELECT login, id, brand_id, at, kind, reason, order_id, position_id, symbol, side, volume, price,
                profit_minor, commission_minor, swap_minor, balance_minor
         FROM deal WHERE login = $1 AND id > $2 AND order_id = $2 ORDER BY id",
        params![login.0, order],
        deal,
    )
}

/// What a trader asked for, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    pub login: Login,
    pub id: i64,
    pub client_id: Option<String>,
    /// "waiting", "filled", "cancelled", "expired", or "done" for what is no order to buy or sell.
    pub state: String,
    /// A stable code of why it was cancelled.
    pub reason: String,
    /// JSON of the command.
    pub command: String,
    pub placed_at: UnixMicros,
    pub updated_at: UnixMicros,
}

fn order(row: &Row<'_>) -> Result<OrderRow, StoreError> {
    Ok(OrderRow {
        login: Login(row.int(0)?),
        id: row.int(1)?,
        client_id: row.opt_string(2)?,
        state: row.string(3)?,
        reason: row.string(4)?,
        command: row.string(5)?,
        placed_at: UnixMicros(row.int(6)?),
        updated_at: UnixMicros(row.int(7)?),
    })
}

pub fn insert_order(tx: &mut Tx<'_>, o: &OrderRow) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO trade_order (login, id, client_id, state, reason, command, placed_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            o.login.0,
            o.id,
            o.client_id.as_deref(),
            &o.state,
            &o.reason,
            &o.command,
            o.placed_at.0,
            o.updated_at.0
        ],
    )
}

pub fn set_order_state(
    tx: &mut Tx<'_>,
    login: Login,
    id: i64,
    state: &str,
    reason: &str,
    at: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE trade_order SET state = $3, reason = $4, updated_at = $5 WHERE login = $1 AND id = $2",
        params![login.0, id, state, reason, at.0],
    )
}

/// The command that an account's owner sent under a number of his own.
pub fn order_of_client(
    tx: &mut Tx<'_>,
    login: Login,
    client_id: &str,
) -> Result<Option<OrderRow>, StoreError> {
    tx.query_opt(
        "SELECT login, id, client_id, state, reason, command, placed_at, updated_at FROM trade_order
         WHERE login = $1 AND client_id = $2",
        params![login.0, client_id],
        order,
    )
}

pub fn order_by_id(tx: &mut Tx<'_>, login: Login, id: i64) -> Result<Option<OrderRow>, StoreError> {
    tx.query_opt(
        "SELECT login, id, client_id, state, reason, command, placed_at, updated_at FROM trade_order
         WHERE login = $1 AND id = $2",
        params![login.0, id],
        order,
    )
}

/// An account's newest commands that were given a number of the client's own, the newest first.
pub fn named_orders(
    tx: &mut Tx<'_>,
    login: Login,
    limit: i64,
) -> Result<Vec<OrderRow>, StoreError> {
    tx.query(
        "SELECT login, id, client_id, state, reason, command, placed_at, updated_at FROM trade_order
         WHERE login = $1 AND client_id IS NOT NULL ORDER BY id DESC LIMIT $2",
        params![login.0, limit],
        order,
    )
}

/// An account's orders, newest first, below number `before`.
pub fn orders(
    tx: &mut Tx<'_>,
    login: Login,
    before: i64,
    limit: i64,
) -> Result<Vec<OrderRow>, StoreError> {
    tx.query(
        "SELECT login, id, client_id, state, reason, command, placed_at, updated_at FROM trade_order
         WHERE login = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        params![login.0, before, limit],
        order,
    )
}

/// An event that an account was judged with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    pub login: Login,
    pub no: i64,
    /// It came after this tick or, `in_tick`, together with it.
    pub after_seq: i64,
    pub in_tick: bool,
    pub at: UnixMicros,
    /// JSON.
    pub body: String,
}

pub fn insert_event(tx: &mut Tx<'_>, e: &EventRow) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO account_event (login, no, after_seq, in_tick, at, body) VALUES ($1, $2, $3, $4, $5, $6)",
        params![e.login.0, e.no, e.after_seq, e.in_tick, e.at.0, &e.body],
    )
}

/// An account's events up to number `last`, in order.
pub fn events(tx: &mut Tx<'_>, login: Login, last: i64) -> Result<Vec<EventRow>, StoreError> {
    tx.query(
        "SELECT login, no, after_seq, in_tick, at, body FROM account_event
         WHERE login = $1 AND no <= $2 ORDER BY no",
        params![login.0, last],
        |row| {
            Ok(EventRow {
                login: Login(row.int(0)?),
                no: row.int(1)?,
                after_seq: row.int(2)?,
                in_tick: row.bool(3)?,
                at: UnixMicros(row.int(4)?),
                body: row.string(5)?,
            })
        },
    )
}

/// When something has happened to an account for the first time.
pub fn first_event_at(tx: &mut Tx<'_>, login: Login) -> Result<Option<UnixMicros>, StoreError> {
    tx.query_opt(
        "SELECT at FROM account_event WHERE login = $1 ORDER BY no LIMIT 1",
        params![login.0],
        |row| Ok(UnixMicros(row.int(0)?)),
    )
}
