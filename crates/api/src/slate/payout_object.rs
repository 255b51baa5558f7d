//! A payout and its conditions on the wire.

use crate::number::Number;
use serde::Serialize;
use touchstone_app::App;
use touchstone_app::payouts::PayoutView;
use touchstone_domain::payout::{
    Amounts, Condition, ConditionName, Eligibility, Figure, GrowthLook, Payout, PayoutState,
};
use touchstone_domain::{Currency, EntityKind, Money};
use utoipa::ToSchema;
use uuid::Uuid;

/// An amount or a count, or else an instant of RFC 3339 or a word.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum FigureValue {
    Number(Number),
    Text(String),
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PayoutCondition {
    /// `account_active`, `fee_undisputed` (only while a bank has taken the fee back), `no_payout_in_flight`, `kyc`,
    /// `no_open_positions`, `fresh_prices`, `first_payout_delay`, `days_between`, `trading_days`, `winning_days`,
    /// `consistency`, `profit`, `minimum_amount`, `above_floor` or `free_margin`; of a growth also `paid_payouts`,
    /// `paid_profit` and `days_since_growth`.
    name: &'static str,
    met: bool,
    value: FigureValue,
    threshold: FigureValue,
    /// What is wanted, for people.
    message: &'static str,
}

const fn message(name: ConditionName) -> &'static str {
    match name {
        ConditionName::AccountActive => "The funded account must be active",
        ConditionName::FeeUndisputed => "The fee must not have been charged back",
        ConditionName::NoPayoutInFlight => "No other payout of the account may be in flight",
        ConditionName::Kyc => "Your identity must have been verified",
        ConditionName::NoOpenPositions => "No position may be open",
        ConditionName::FreshPrices => "Open positions must have a fresh price",
        ConditionName::FirstPayoutDelay => "The first payout can be made from then on",
        ConditionName::DaysBetween => "The next payout can be made from then on",
        ConditionName::TradingDays => "So many trading days are needed since the payout before",
        ConditionName::WinningDays => "So many winning days are needed since the payout before",
        ConditionName::Consistency => {
            "The profit must be at least so much for its best day or trade"
        }
        ConditionName::Profit => "There must be a profit above what has to stay in the account",
        ConditionName::MinimumAmount => "Your share must be at least so much",
        ConditionName::AboveFloor => "What is left must be on the good side of every limit",
        ConditionName::FreeMargin => "Open positions need the rest of the balance as margin",
        ConditionName::PaidPayouts => "So many payouts must have been paid since the last growth",
        ConditionName::PaidProfit => "Payouts since the last growth must have taken so much profit",
        ConditionName::DaysSinceGrowth => "The account can grow from then on",
    }
}

impl PayoutCondition {
    pub fn new(condition: &Condition, currency: Currency) -> Self {
        let figure = |figure: &Figure| match figure {
            Figure::Minor(minor) => {
                FigureValue::Number(Number::money(Money::new(*minor, currency)))
            }
            Figure::Count(count) => FigureValue::Number(Number::decimal(*count, 0)),
            Figure::At(at) => FigureValue::Text(at.rfc3339()),
            Figure::Word(word) => FigureValue::Text(word.clone()),
        };
        Self {
            name: condition.name.name(),
            met: condition.is_met,
            value: figure(&condition.value),
            threshold: figure(&condition.threshold),
            message: message(condition.name),
        }
    }
}

/// How an account stands for its next growth.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScalingStanding {
    /// Growths so far, and all that the plan has.
    growths: u32,
    growths_max: u32,
    /// By how much the account grows next; null when all of the plan was taken.
    next_increase: Option<Number>,
    /// What that asks for.
    conditions: Vec<PayoutCondition>,
}

impl ScalingStanding {
    pub fn new(look: &GrowthLook, currency: Currency) -> Self {
        let next = look.next.as_ref();
        let conditions = next.map_or(&[][..], |next| &next.conditions);
        Self {
            growths: look.taken,
            growths_max: look.of,
            next_increase: next.map(|next| Number::money(Money::new(next.by_minor, currency))),
            conditions: conditions
                .iter()
                .map(|one| PayoutCondition::new(one, currency))
                .collect(),
        }
    }
}

/// What a payout comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayoutAmounts {
    /// Above the initial balance, by the lower of balance and equity.
    profit_amount: Number,
    /// What of it stays as a buffer.
    buffer_amount: Number,
    /// What a cap leaves in the account for a later payout.
    capped_amount: Number,
    /// What leaves the account: the trader's part and the firm's.
    taken_amount: Number,
    profit_split_pct: Number,
    payout_amount: Number,
    firm_amount: Number,
}

impl PayoutAmounts {
    pub fn new(amounts: &Amounts, currency: Currency) -> Self {
        let money = |minor| Number::money(Money::new(minor, currency));
        Self {
            profit_amount: money(amounts.profit_minor),
            buffer_amount: money(amounts.buffer_minor),
            capped_amount: money(amounts.capped_minor),
            taken_amount: money(amounts.taken_minor),
            profit_split_pct: Number::percent(amounts.share),
            payout_amount: money(amounts.trader_minor),
            firm_amount: money(amounts.firm_minor),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PayoutObject {
    id: Uuid,
    journey_id: Uuid,
    account_id: Uuid,
    account_login: String,
    customer_id: Uuid,
    /// `pending`, `awaiting_second_approval`, `approved`, `disbursing`, `paid`, `rejected` or `auto_rejected`.
    status: &'static str,
    /// `on_demand` or `scheduled`.
    trigger: &'static str,
    /// Which payout of the journey it is, from 1; those that were rejected are not counted.
    number: i64,
    cycle_start: String,
    cycle_end: String,
    currency: String,
    /// What has left the account; 0 of one that was rejected by itself.
    taken_amount: Number,
    profit_split_pct: Number,
    payout_amount: Number,
    firm_amount: Number,
    /// The fee of the journey, where it is given back with this payout.
    fee_refund_amount: Option<Number>,
    fee_refund_currency: Option<String>,
    /// As they were decided when it was asked for.
    conditions: Vec<PayoutCondition>,
    /// Why it was rejected: the conditions that were not met, or what staff have said.
    reason: Option<String>,
    /// What names the payment outside.
    reference: Option<String>,
    transaction_id: Option<Uuid>,
    requested_at: String,
    approved_at: Option<String>,
    disbursing_at: Option<String>,
    paid_at: Option<String>,
    rejected_at: Option<String>,
}

impl PayoutObject {
    pub fn new(app: &App, p: &Payout) -> Self {
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let money = |minor| Number::money(Money::new(minor, p.currency));
        let decided: Option<Eligibility> = serde_json::from_str(&p.conditions).ok();
        let conditions = decided.iter().flat_map(|decided| &decided.conditions);
        let at = |at: touchstone_domain::UnixMicros| at.rfc3339();
        let ended = |wanted: bool| p.ended_at.filter(|_| wanted).map(at);
        let is_paid = p.state == PayoutState::Paid;
        Self {
            id: uuid(EntityKind::Payout, p.id.0),
            journey_id: uuid(EntityKind::Challenge, p.challenge_id.0),
            account_id: uuid(EntityKind::Account, p.login.0),
            account_login: p.login.to_string(),
            customer_id: uuid(EntityKind::Customer, p.customer_id.0),
            status: p.state.name(),
            trigger: p.trigger.name(),
            number: p.number,
            cycle_start: at(p.cycle_from),
            cycle_end: at(p.cycle_to),
            currency: p.currency.to_string(),
            taken_amount: money(p.profit_minor),
            profit_split_pct: Number::percent(p.share),
            payout_amount: money(p.trader_minor),
            firm_amount: money(p.firm_minor),
            fee_refund_amount: p.fee_refund.map(Number::money),
            fee_refund_currency: p.fee_refund.map(|fee| fee.currency.to_string()),
            conditions: conditions
                .map(|condition| PayoutCondition::new(condition, p.currency))
                .collect(),
            reason: Some(p.reason.clone()).filter(|reason| !reason.is_empty()),
            reference: Some(p.reference.clone()).filter(|name| !name.is_empty()),
            transaction_id: p
                .transaction_id
                .map(|id| uuid(EntityKind::Transaction, id.0)),
            requested_at: at(p.requested_at),
            approved_at: p.approved_at.map(at),
            disbursing_at: p.disbursing_at.map(at),
            paid_at: ended(is_paid),
            rejected_at: ended(!is_paid),
        }
    }
}

/// A payout with its owner and who has decided it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffPayoutObject {
    #[serde(flatten)]
    payout: PayoutObject,
    customer_name: String,
    customer_email: String,
    first_approved_by: Option<Uuid>,
    approved_by: Option<Uuid>,
    rejected_by: Option<Uuid>,
}

impl StaffPayoutObject {
    pub fn new(app: &App, view: &PayoutView) -> Self {
        let p = &view.payout;
        let staff = |id: Option<touchstone_domain::StaffId>| {
            id.map(|id| app.public_ids.uuid(EntityKind::Staff, id.0))
        };
        Self {
            payout: PayoutObject::new(app, p),
            customer_name: view.customer_name.clone(),
            customer_email: view.customer_email.clone(),
            first_approved_by: staff(p.first_approved_by),
            approved_by: staff(p.approved_by),
            rejected_by: staff(p.rejected_by),
        }
    }
}
