//! What is said on the socket, word for word.

use crate::slate::trading::account_object::{AccountState, PositionObject};
use crate::slate::trading::words::SideWord;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use touchstone_app::desk::QuoteView;
use touchstone_app::events::Told;
use touchstone_domain::UnixMicros;

/// What a client says. Which of them it is follows from its fields, as documented.
#[derive(Deserialize)]
pub struct Said {
    pub authorization: Option<String>,
    pub event: Option<String>,
    pub data: Option<Value>,
    pub active_login: Option<i64>,
    pub login: Option<i64>,
}

impl Said {
    /// The account that `account.switch` names: itself, by its other name, or inside `data`.
    pub fn account(&self) -> Option<i64> {
        let inside = |name: &str| self.data.as_ref()?.get(name)?.as_i64();
        self.active_login
            .or(self.login)
            .or_else(|| inside("active_login"))
            .or_else(|| inside("login"))
    }
}

/// Levels of notifications, as documented.
const INFO: u8 = 10;
const WARNING: u8 = 20;
const ERROR: u8 = 30;

pub fn done(event: &str) -> Value {
    json!({ "event": event, "success": true })
}

pub fn refused(event: &str, code: &str, message: &str) -> Value {
    json!({ "event": event, "success": false, "error": code, "message": message })
}

/// A decimal text as a number of JSON, digit for digit.
fn number(text: Option<&str>) -> Option<Box<RawValue>> {
    RawValue::from_string(text?.to_owned()).ok()
}

fn array(parts: impl serde::Serialize) -> String {
    serde_json::to_string(&parts).unwrap_or_default()
}

/// `["t", symbol, bid, ask, unix seconds]`.
pub fn quote(view: &QuoteView, bid: Option<&str>, ask: Option<&str>) -> String {
    let at = view.at.map(UnixMicros::seconds);
    array(("t", view.symbol.to_string(), number(bid), number(ask), at))
}

/// `["b", login, balance, equity, profit, margin, free margin]`.
pub fn balance(login: i64, now: &AccountState) -> String {
    array((
        "b",
        login,
        number(Some(&now.balance)),
        number(now.equity.as_deref()),
        number(now.profit.as_deref()),
        number(now.margin.as_deref()),
        number(now.free_margin.as_deref()),
    ))
}

/// `["o", what, login, position, symbol, cmd, volume, open price, stop loss, take profit, profit]`: `what` is `open`,
/// `update` or `close`, and `cmd` 0 for bought and 1 for sold.
pub fn trade(what: &str, login: i64, position: &PositionObject) -> String {
    let cmd = match position.side {
        SideWord::Buy => 0,
        SideWord::Sell => 1,
    };
    array((
        "o",
        what,
        login,
        position.position_id,
        &position.symbol,
        cmd,
        number(Some(&position.volume)),
        number(Some(&position.open_price)),
        number(position.stop_loss.as_deref()),
        number(position.take_profit.as_deref()),
        number(position.profit.as_deref()),
    ))
}

/// `["n", message, description, token, status, level, user id, time, data, code]`, as documented.
/// The account is the event's own, or the one that is watched where it names none.
pub fn notification(watched: Option<i64>, told: &Told) -> String {
    let login = told.event.data["account_login"].as_i64().or(watched);
    let at = UnixMicros::parse(&told.event.timestamp);
    let level = match told.kind.name {
        "breach.terminal" | "challenge.failed" | "purchase.failed" | "payout.rejected" => ERROR,
        "breach.warning" | "purchase.stuck" | "account.margin_call" | "transaction.underpaid" => {
            WARNING
        }
        _ => INFO,
    };
    array((
        "n",
        told.kind.about,
        "",
        told.event.id.to_string(),
        0,
        level,
        login,
        at.map(UnixMicros::seconds),
        &told.event,
        told.kind.name,
    ))
}
