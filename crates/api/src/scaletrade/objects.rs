//! The objects of the prop endpoints, field by field as documented.

use super::running::{MetricObject, ProgressObject};
use crate::number::Number;
use crate::refund_policy::RefundPolicyObject;
use serde::Serialize;
use touchstone_app::purchase::Offer;
use touchstone_app::standing::PhaseStanding;
use touchstone_domain::challenge::Challenge;
use touchstone_domain::program::{PhaseType, ProgramVersion, StepTerms, Terms};
use touchstone_domain::purchase::{FailureReason, Funding, Purchase};
use touchstone_domain::{Account, Group, Money, RuleSet, Symbol};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseObject {
    pub id: i64,
    pub program_id: i64,
    pub customer_id: i64,
    /// 0 for an enrolment or a grant, which a cashier is paid for.
    pub payer_login: i64,
    /// 0 until the account exists.
    pub account_login: i64,
    /// 0 pending, 1 paid, 2 account_created, 3 active, 4 failed, 5 refunded.
    pub status: i64,
    pub status_name: &'static str,
    /// OPEN_CHALLENGE, PAY_FEE, WAIT, WAIT_FOR_REFUND, RETRY, BUY_AGAIN or CONTACT_SUPPORT.
    pub next_action: &'static str,
    pub can_retry: bool,
    pub can_cancel: bool,
    pub amount: Number,
    pub currency: String,
    /// So much of the payer's currency for one of `currency`: the rate of the purchase, whatever it is now.
    pub conversion_rate: Number,
    /// What the payer pays, in his account's currency.
    pub amount_account_currency: Number,
    /// Only where the price was converted, as are the two after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_currency: Option<String>,
    /// Where the rate came from: fixed or quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion_source: Option<&'static str>,
    /// Unix seconds: of when the rate is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion_time: Option<i64>,
    /// The promotion code that it was bought with; left out without one, as is `discount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promo_code: Option<String>,
    /// What the code took off; `amount` is what was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<Number>,
    pub comment: &'static str,
    /// Empty for a purchase without a key.
    pub idempotency_key: String,
    /// pending, paid, failed, refund_pending, refunded or charged_back.
    pub payment_status: &'static str,
    /// pending, account_created, active or failed.
    pub activation_status: &'static str,
    /// Empty, or a stable code.
    pub failure_reason: &'static str,
    /// Unix seconds.
    pub created_time: i64,
    /// Unix seconds.
    pub updated_time: i64,
}

impl From<&Purchase> for PurchaseObject {
    fn from(purchase: &Purchase) -> Self {
        let lifecycle = purchase.lifecycle();
        let account_exists = purchase.funding != Funding::Wallet || lifecycle.status >= 2;
        let converted = purchase.conversion;
        let applied = purchase.promotion.as_ref();
        Self {
            id: purchase.id.0,
            program_id: purchase.program_id.0,
            customer_id: purchase.customer_id.0,
            payer_login: purchase.payer_login.map_or(0, |login| login.0),
            account_login: purchase
                .account_login
                .filter(|_| account_exists)
                .map_or(0, |login| login.0),
            status: lifecycle.status,
            status_name: lifecycle.status_name,
            next_action: lifecycle.next_action.name(),
            can_retry: lifecycle.can_retry,
            can_cancel: lifecycle.can_cancel,
            amount: Number::money(purchase.price),
            currency: purchase.price.currency.to_string(),
            conversion_rate: converted.map_or_else(Number::one, |paid| Number::rate(paid.rate)),
            amount_account_currency: Number::money(purchase.paid()),
            account_currency: converted.map(|paid| paid.amount.currency.to_string()),
            conversion_source: converted.map(|paid| paid.source.name()),
            conversion_time: converted.map(|paid| paid.at.seconds()),
            promo_code: applied.map(|applied| applied.code.clone()),
            discount: applied.map(|applied| {
                Number::money(Money::new(applied.off_minor, purchase.price.currency))
            }),
            comment: lifecycle.comment,
            idempotency_key: purchase.idempotency_key.clone().unwrap_or_default(),
            payment_status: lifecycle.payment_status.name(),
            activation_status: lifecycle.activation_status,
            failure_reason: purchase.failure_reason.map_or("", FailureReason::name),
            created_time: purchase.created_at.seconds(),
            updated_time: purchase.updated_at.seconds(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeObject {
    pub id: i64,
    pub purchase_id: i64,
    pub program_id: i64,
    pub customer_id: i64,
    pub account_login: i64,
    /// From 1.
    pub current_phase_index: i64,
    /// 0 pending, 1 active, 2 passed, 3 failed, 4 cancelled.
    pub status: i64,
    /// Unix seconds; 0 until it starts.
    pub start_time: i64,
    /// Unix seconds of the real end; 0 until then.
    pub end_time: i64,
    pub created_time: i64,
    pub updated_time: i64,
}

impl From<&Challenge> for ChallengeObject {
    fn from(challenge: &Challenge) -> Self {
        Self {
            id: challenge.id.0,
            purchase_id: challenge.purchase_id.0,
            program_id: challenge.program_id.0,
            customer_id: challenge.customer_id.0,
            account_login: challenge.account_login.0,
            current_phase_index: challenge.current_phase_index,
            status: challenge.state.number(),
            start_time: challenge.started_at.map_or(0, |at| at.seconds()),
            end_time: challenge.ended_at.map_or(0, |at| at.seconds()),
            created_time: challenge.created_at.seconds(),
            updated_time: challenge.updated_at.seconds(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeAccount {
    pub login: i64,
    pub group: String,
    pub brand: String,
    pub currency: String,
    pub leverage: i64,
    /// 1 when it may trade.
    pub enable: i64,
    pub customer_id: i64,
}

impl ChallengeAccount {
    pub fn new(account: &Account, group: &Group, brand: &str) -> Self {
        Self {
            login: account.login.0,
            group: group.name.clone(),
            brand: brand.to_owned(),
            currency: account.currency.to_string(),
            leverage: account.leverage,
            enable: i64::from(account.enabled),
            customer_id: account.customer_id.0,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramObject {
    pub id: i64,
    pub brand: String,
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub short_description: String,
    pub price: Number,
    pub price_currency: String,
    /// Currency and price with six decimals.
    pub price_label: String,
    /// The trader's share of the funded phase as a ratio: 0.8 is 80 %.
    pub profit_split: Number,
    /// 0 active, 1 disabled, 2 archived.
    pub status: i64,
    pub sort_index: i64,
    pub steps: Vec<StepObject>,
    /// When the price is given back to whoever asks; left out where it never is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_policy: Option<RefundPolicyObject>,
}

/// 0 in a rule means that the rule is off.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepObject {
    /// From 1.
    pub phase_index: i64,
    /// 0 evaluation, 1 funded.
    pub phase_type: i64,
    pub name: String,
    pub account_group: String,
    pub initial_balance: Number,
    pub duration_days: i64,
    pub max_daily_loss_pct: Number,
    pub max_total_loss_pct: Number,
    pub max_daily_profit_pct: Number,
    pub profit_target_pct: Number,
    pub profit_split: Number,
    pub min_trading_days: i64,
    pub max_trading_days: i64,
    pub max_positions: i64,
    /// The rules in the words that a trader reads.
    pub rule_text: Vec<String>,
}

/// The rules in words, for an account opened with so much.
fn rule_text(rules: Option<&RuleSet>, initial: Money) -> Vec<String> {
    let lines = rules.map(|rules| rules.text(initial));
    lines.into_iter().flatten().map(|line| line.text).collect()
}

impl ProgramObject {
    /// The program as `version` has it.
    pub fn new(offer: &Offer, version: &ProgramVersion) -> Self {
        let terms = &version.terms;
        let or = |text: &str, other: &str| {
            if text.is_empty() {
                other.to_owned()
            } else {
                text.to_owned()
            }
        };
        Self {
            id: offer.program.id.0,
            brand: offer.brand.to_string(),
            name: terms.name.clone(),
            display_name: or(&terms.display_name, &terms.name),
            description: terms.description.clone(),
            short_description: or(&terms.short_description, &terms.description),
            price: Number::money(terms.price),
            price_currency: terms.price.currency.to_string(),
            price_label: price_label(terms.price),
            profit_split: Number::ratio(terms.profit_split()),
            status: offer.program.status.code(),
            sort_index: offer.program.sort_index,
            refund_policy: terms.refund.as_ref().map(Into::into),
            steps: terms
                .steps
                .iter()
                .zip(1..)
                .map(|(step, index)| StepObject::new(offer, terms, step, index))
                .collect(),
        }
    }

    pub fn current(offer: &Offer) -> Self {
        Self::new(offer, &offer.program.current)
    }
}

/// `USD 499.000000`, as the document prints it.
fn price_label(price: Money) -> String {
    let fixed = price.fixed();
    let (whole, fraction) = fixed.split_once('.').unwrap_or((&fixed, ""));
    format!("{} {whole}.{fraction:0<6}", price.currency)
}

impl StepObject {
    fn new(offer: &Offer, terms: &Terms, step: &StepTerms, phase_index: i64) -> Self {
        let place = usize::try_from(phase_index - 1).ok();
        let rules = place.and_then(|place| terms.rules_of(place));
        let currency = offer
            .currencies
            .get(&step.group)
            .copied()
            .unwrap_or(offer.program.current.terms.price.currency);
        let initial = Money::new(step.initial_balance_minor, currency);
        Self {
            rule_text: rule_text(rules.as_ref(), initial),
            phase_index,
            phase_type: step.phase_type.code(),
            name: step.name.clone(),
            account_group: step.group.clone(),
            initial_balance: Number::money(initial),
            duration_days: step.duration_days,
            max_daily_loss_pct: Number::percent(step.max_daily_loss),
            max_total_loss_pct: Number::percent(step.max_total_loss),
            max_daily_profit_pct: Number::percent(step.max_daily_profit),
            profit_target_pct: Number::percent(step.profit_target),
            profit_split: Number::ratio(match step.phase_type {
                PhaseType::Funded => step.profit_split,
                PhaseType::Evaluation => Default::default(),
            }),
            min_trading_days: step.min_trading_days,
            max_trading_days: step.max_trading_days,
            max_positions: step.max_positions,
        }
    }
}

/// A runtime phase: one attempt at one step, on one account.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhaseObject {
    pub id: i64,
    pub challenge_id: i64,
    pub program_id: i64,
    pub phase_index: i64,
    pub phase_type: i64,
    pub account_group: String,
    pub account_login: i64,
    pub initial_balance: Number,
    pub initial_equity: Number,
    /// 0 while it runs, and of a phase that ended before it was traded.
    pub final_balance: Number,
    /// 0 while it runs.
    pub final_equity: Number,
    /// As of a challenge.
    pub status: i64,
    pub status_name: &'static str,
    pub start_time: i64,
    pub end_time: i64,
    pub created_time: i64,
    pub updated_time: i64,
    /// How the account stands; of a phase that ended, how it stood then.
    pub latest_metric: MetricObject,
    pub progress: ProgressObject,
    /// What the account is judged by, in the words that a trader reads; bought add-ons counted in.
    pub rule_text: Vec<String>,
    /// A price is too old: nothing is judged until there is a newer one.
    pub is_judgement_suspended: bool,
    /// The symbols whose prices it waits for; known while the desk runs.
    pub suspended_symbols: Vec<String>,
}

impl PhaseObject {
    pub fn new(
        one: &PhaseStanding,
        challenge: &Challenge,
        version: &ProgramVersion,
        at: Option<&(Account, Group)>,
    ) -> Self {
        let phase = &one.phase;
        let step = usize::try_from(phase.phase_index - 1)
            .ok()
            .and_then(|index| version.terms.steps.get(index));
        let currency = at.map_or(version.terms.price.currency, |(account, _)| {
            account.currency
        });
        let initial = Number::money(Money::new(phase.size_minor(), currency));
        let last = |minor: Option<i64>| Number::money(Money::new(minor.unwrap_or(0), currency));
        Self {
            id: phase.id.0,
            challenge_id: phase.challenge_id.0,
            program_id: challenge.program_id.0,
            phase_index: phase.phase_index,
            phase_type: step.map_or(0, |step| step.phase_type.code()),
            account_group: at.map(|(_, group)| group.name.clone()).unwrap_or_default(),
            account_login: phase.account_login.0,
            initial_balance: initial.clone(),
            initial_equity: initial,
            final_balance: last(phase.final_balance_minor),
            final_equity: last(phase.final_equity_minor),
            status: phase.state.number(),
            status_name: phase.state.name(),
            start_time: phase.started_at.seconds(),
            end_time: phase.ended_at.map_or(0, |at| at.seconds()),
            created_time: phase.created_at.seconds(),
            updated_time: phase.updated_at.seconds(),
            latest_metric: MetricObject::of_standing(one, currency),
            progress: ProgressObject::new(&one.standing, &one.wanted),
            rule_text: rule_text(
                one.rules.as_deref(),
                Money::new(phase.size_minor(), currency),
            ),
            is_judgement_suspended: one.standing.is_suspended,
            suspended_symbols: one
                .standing
                .suspended_by
                .iter()
                .map(Symbol::to_string)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(49_900, "USD", "USD 499.000000")]
    #[case(49_905, "EUR", "EUR 499.050000")]
    #[case(500, "JPY", "JPY 500.000000")]
    fn labels_a_price(#[case] minor: i64, #[case] code: &str, #[case] label: &str) {
        assert_eq!(price_label(Money::new(minor, code.parse().unwrap())), label);
    }
}
