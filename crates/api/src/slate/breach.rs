//! A breach event, in the list and with all its evidence.

use super::running::LimitObject;
use crate::number::Number;
use crate::scaletrade::running::figure;
use serde::Serialize;
use touchstone_app::App;
use touchstone_app::breaches::BreachView;
use touchstone_app::desk::{Cause, Evidence};
use touchstone_domain::{EntityKind, Money, Side, Symbol, UnixMicros};
use utoipa::ToSchema;
use uuid::Uuid;

/// A rule that was crossed. Values are null where a rule has none.
#[derive(Debug, Serialize, ToSchema)]
pub struct PropBreachEvent {
    id: Uuid,
    journey_id: Uuid,
    account_id: Uuid,
    account_login: String,
    customer_id: Uuid,
    customer_name: String,
    customer_email: String,
    /// `daily_loss`, `max_loss`, `time_limit` or another stable name.
    rule_type: String,
    /// `terminal` when the phase failed by it, else `warning`.
    severity: &'static str,
    /// `pending`, `confirmed` or `reverted`.
    review_status: &'static str,
    triggered_at: String,
    /// What was measured.
    triggered_value: Option<Number>,
    /// The floor or ceiling that was crossed.
    threshold_value: Option<Number>,
    /// What the floor was counted from: its anchor, or the peak that it follows.
    baseline_value: Option<Number>,
    tick_symbol: Option<String>,
    tick_bid: Option<Number>,
    tick_ask: Option<Number>,
    tick_source: Option<String>,
    /// `tick`, `time` or `event`: what made the desk look.
    detected_by: Option<&'static str>,
    positions_closed: Vec<PositionClosed>,
    positions_failed: Vec<PositionFailed>,
    /// Why, in words.
    message: String,
}

/// A position that was closed by the breach.
#[derive(Debug, Serialize, ToSchema)]
pub struct PositionClosed {
    position_id: String,
    symbol: String,
    price: Number,
    profit: Number,
    commission: Number,
    deal_id: String,
}

/// A position that could not be closed then; it is closed at the first price there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct PositionFailed {
    position_id: String,
    symbol: String,
    /// A stable code.
    code: String,
    /// When it was closed after all; this and what follows is null until then.
    closed_at: Option<String>,
    price: Option<Number>,
    profit: Option<Number>,
    commission: Option<Number>,
    deal_id: Option<String>,
}

impl PropBreachEvent {
    pub(super) fn new(app: &App, view: &BreachView) -> Self {
        let breach = &view.breach;
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let evidence = view.evidence.as_ref();
        let tick = evidence.and_then(|evidence| evidence.tick.as_ref());
        let price = |points, symbol| Number::decimal(points, view.digits_of(symbol));
        Self {
            id: uuid(EntityKind::Breach, breach.id.0),
            journey_id: uuid(EntityKind::Challenge, breach.challenge_id.0),
            account_id: uuid(EntityKind::Account, breach.login.0),
            account_login: breach.login.to_string(),
            customer_id: uuid(EntityKind::Customer, breach.customer_id.0),
            customer_name: view.customer_name.clone(),
            customer_email: view.customer_email.clone(),
            rule_type: breach.rule.clone(),
            severity: breach.severity.name(),
            review_status: breach.review.name(),
            triggered_at: breach.at.rfc3339(),
            triggered_value: view.triggered().map(figure),
            threshold_value: view.threshold().map(figure),
            baseline_value: view.baseline().map(figure),
            tick_symbol: tick.map(|tick| tick.symbol.to_string()),
            tick_bid: tick.map(|tick| price(tick.bid.0, tick.symbol)),
            tick_ask: tick.map(|tick| price(tick.ask.0, tick.symbol)),
            tick_source: tick.map(|tick| tick.source.to_string()),
            detected_by: evidence.map(|evidence| cause(evidence.cause)),
            positions_closed: evidence.map_or_else(Vec::new, |evidence| closed(view, evidence)),
            positions_failed: evidence.map_or_else(Vec::new, |evidence| failed(view, evidence)),
            message: view.text(),
        }
    }
}

const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Tick => "tick",
        Cause::Time => "time",
        Cause::Event => "event",
    }
}

/// The symbol of a position that was open at the breach.
fn symbol_of(evidence: &Evidence, position: i64) -> Option<Symbol> {
    let mut held = evidence.positions.iter();
    held.find(|held| held.id.0 == position)
        .map(|held| held.symbol)
}

fn closed(view: &BreachView, evidence: &Evidence) -> Vec<PositionClosed> {
    let money = |minor| Number::money(Money::new(minor, view.currency));
    let closed = evidence.closed.iter().map(|closed| {
        let symbol = symbol_of(evidence, closed.position.0);
        let digits = symbol.map_or(0, |symbol| view.digits_of(symbol));
        PositionClosed {
            position_id: closed.position.0.to_string(),
            symbol: symbol.map_or_else(String::new, |symbol| symbol.to_string()),
            price: Number::decimal(closed.price.0, digits),
            profit: money(closed.profit_minor),
            commission: money(closed.commission_minor),
            deal_id: closed.deal.to_string(),
        }
    });
    closed.collect()
}

fn failed(view: &BreachView, evidence: &Evidence) -> Vec<PositionFailed> {
    let money = |minor| Number::money(Money::new(minor, view.currency));
    let failed = evidence.not_closed.iter().map(|failed| {
        let symbol = symbol_of(evidence, failed.position.0);
        let digits = symbol.map_or(0, |symbol| view.digits_of(symbol));
        let mut later = view.closed_later.iter();
        let deal = later.find(|deal| deal.position_id == failed.position.0);
        PositionFailed {
            position_id: failed.position.0.to_string(),
            symbol: symbol.map_or_else(String::new, |symbol| symbol.to_string()),
            code: failed.code.clone(),
            closed_at: deal.map(|deal| deal.at.rfc3339()),
            price: deal.map(|deal| Number::decimal(deal.price, digits)),
            profit: deal.map(|deal| money(deal.profit_minor)),
            commission: deal.map(|deal| money(deal.commission_minor)),
            deal_id: deal.map(|deal| deal.id.to_string()),
        }
    });
    failed.collect()
}

/// A breach event with everything that answers why.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreachEventDetail {
    #[serde(flatten)]
    event: PropBreachEvent,
    /// Number of the breach, for `touchstone replay --breach`.
    number: i64,
    /// Counted from 1.
    phase_index: Option<i64>,
    /// The version of the program whose rules were pinned.
    rule_set_version: Option<i64>,
    balance_before: Option<Number>,
    equity_before: Option<Number>,
    balance_after: Option<Number>,
    equity_after: Option<Number>,
    /// Every limit as it stood at that instant.
    limits: Vec<LimitObject>,
    /// The tick at which it was found, or the last one of the account's symbols before it.
    tick: Option<TickObject>,
    /// The one before it, of the same symbol.
    previous_tick: Option<TickObject>,
    /// The last tick of every symbol that the account's worth depended on.
    prices: Vec<TickObject>,
    /// Every open position at that instant.
    positions: Vec<PositionThenObject>,
    /// SHA-256 over this record and the one before it, in hexadecimal.
    hash: String,
    /// Empty for the first record of all.
    previous_hash: String,
    /// The record as it is stored and hashed.
    #[schema(value_type = Object)]
    evidence: serde_json::Value,
    reviewed_by: Option<Uuid>,
    reviewed_at: Option<String>,
    review_reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TickObject {
    /// The desk's own number.
    sequence: i64,
    symbol: String,
    bid: Number,
    ask: Number,
    source: String,
    received_at: String,
    /// The feed's own time and number.
    feed_time: String,
    feed_sequence: Option<u64>,
    /// It was taken in although something was odd about it.
    is_flagged: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PositionThenObject {
    position_id: String,
    symbol: String,
    /// `buy` or `sell`.
    side: &'static str,
    /// Lots.
    volume: Number,
    opened_at: String,
    /// The price that it would have been closed at.
    price: Option<Number>,
    profit: Option<Number>,
}

impl BreachEventDetail {
    /// What staff write about a review is their own.
    pub(super) fn without_the_reviewer(self) -> Self {
        Self {
            reviewed_by: None,
            review_reason: String::new(),
            ..self
        }
    }

    pub(super) fn new(app: &App, view: &BreachView) -> Self {
        let breach = &view.breach;
        let evidence = view.evidence.as_ref();
        let money = |minor| Number::money(Money::new(minor, view.currency));
        let stored = serde_json::from_str(&breach.evidence);
        Self {
            event: PropBreachEvent::new(app, view),
            number: breach.id.0,
            phase_index: evidence.map(|evidence| evidence.phase_index),
            rule_set_version: evidence.map(|evidence| evidence.program_version),
            balance_before: evidence.map(|evidence| money(evidence.balance_before_minor)),
            equity_before: evidence.map(|evidence| money(evidence.equity_before_minor)),
            balance_after: evidence.map(|evidence| money(evidence.balance_after_minor)),
            equity_after: evidence.map(|evidence| money(evidence.equity_after_minor)),
            limits: evidence.map_or_else(Vec::new, |evidence| {
                let limits = evidence.limits.iter();
                limits
                    .map(|limit| LimitObject::new(limit, false, view.currency))
                    .collect()
            }),
            tick: evidence.and_then(|e| Some(tick(view, e.tick.as_ref()?))),
            previous_tick: evidence.and_then(|e| Some(tick(view, e.previous_tick.as_ref()?))),
            prices: evidence.map_or_else(Vec::new, |evidence| {
                evidence.prices.iter().map(|one| tick(view, one)).collect()
            }),
            positions: evidence.map_or_else(Vec::new, |evidence| positions(view, evidence)),
            hash: hex(&breach.hash),
            previous_hash: hex(&breach.previous_hash),
            evidence: stored.unwrap_or(serde_json::Value::Null),
            reviewed_by: breach
                .reviewed_by
                .map(|staff| app.public_ids.uuid(EntityKind::Staff, staff.0)),
            reviewed_at: breach.reviewed_at.map(UnixMicros::rfc3339),
            review_reason: breach.review_reason.clone(),
        }
    }
}

fn tick(view: &BreachView, tick: &touchstone_app::desk::Taken) -> TickObject {
    let price = |points| Number::decimal(points, view.digits_of(tick.symbol));
    TickObject {
        sequence: tick.seq,
        symbol: tick.symbol.to_string(),
        bid: price(tick.bid.0),
        ask: price(tick.ask.0),
        source: tick.source.to_string(),
        received_at: tick.at.rfc3339(),
        feed_time: tick.fed_at.rfc3339(),
        feed_sequence: tick.fed_sequence,
        is_flagged: tick.is_flagged,
    }
}

fn positions(view: &BreachView, evidence: &Evidence) -> Vec<PositionThenObject> {
    let money = |minor| Number::money(Money::new(minor, view.currency));
    let positions = evidence.positions.iter().map(|held| PositionThenObject {
        position_id: held.id.0.to_string(),
        symbol: held.symbol.to_string(),
        side: match held.side {
            Side::Long => "buy",
            Side::Short => "sell",
        },
        volume: Number::decimal(held.volume.0, 4),
        opened_at: held.opened_at.rfc3339(),
        price: held
            .price
            .map(|price| Number::decimal(price.0, view.digits_of(held.symbol))),
        profit: held.profit_minor.map(money),
    });
    positions.collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
