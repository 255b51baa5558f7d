//! Journeys as they stand in lists. Amounts are numbers in them.

use crate::number::Number;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::journeys::{JourneyStatus, JourneyView};
use touchstone_domain::{EntityKind, UnixMicros};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    PendingPayment,
    Active,
    Completed,
    Abandoned,
}

impl From<StatusWord> for JourneyStatus {
    fn from(word: StatusWord) -> Self {
        match word {
            StatusWord::PendingPayment => Self::PendingPayment,
            StatusWord::Active => Self::Active,
            StatusWord::Completed => Self::Completed,
            StatusWord::Abandoned => Self::Abandoned,
        }
    }
}

/// A journey as staff see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyListItem {
    pub(super) journey_id: Uuid,
    customer_id: Uuid,
    customer_name: String,
    customer_email: String,
    template_id: Uuid,
    /// As it was when the journey began.
    template_name: String,
    account_currency: String,
    /// `pending_payment`, `active`, `completed` or `abandoned`.
    status: &'static str,
    /// Name of the phase.
    current_phase: String,
    current_account_login: String,
    /// What the account has above its initial balance, in the account's currency.
    profit_to_date: Number,
    /// What the current phase wants, in the account's currency; 0 where it wants nothing.
    profit_target: Number,
    /// What the customer has paid for the journey and its resets, and not got back.
    total_paid: Number,
    total_paid_currency: String,
    /// A bank has taken the fee back: it rests until the dispute is won.
    is_suspended: bool,
    created_at: String,
}

impl JourneyListItem {
    pub(super) fn new(app: &App, view: &JourneyView) -> Self {
        let challenge = &view.listed.challenge;
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let paid = view.paid();
        Self {
            journey_id: uuid(EntityKind::Challenge, challenge.id.0),
            customer_id: uuid(EntityKind::Customer, challenge.customer_id.0),
            customer_name: view.listed.customer_name.clone(),
            customer_email: view.listed.customer_email.clone(),
            template_id: uuid(EntityKind::Program, challenge.program_id.0),
            template_name: view.version.terms.name.clone(),
            account_currency: view.listed.account_currency.to_string(),
            status: challenge.state.journey_status(),
            current_phase: phase_name(view),
            current_account_login: challenge.account_login.to_string(),
            profit_to_date: Number::money(view.profit()),
            profit_target: Number::money(view.profit_target()),
            total_paid: Number::money(paid),
            total_paid_currency: paid.currency.to_string(),
            is_suspended: view.listed.is_suspended,
            created_at: challenge.created_at.rfc3339(),
        }
    }
}

/// A journey as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnJourney {
    journey_id: Uuid,
    template_id: Uuid,
    /// As it was when the journey began.
    template_name: String,
    /// `pending_payment`, `active`, `completed` or `abandoned`.
    status: &'static str,
    /// Of a completed journey: whether it was passed.
    passed: Option<bool>,
    /// Name of the phase.
    current_phase: String,
    account_id: Uuid,
    login: String,
    account_currency: String,
    /// Null before the account is funded.
    account_size: Option<Number>,
    profit_to_date: Number,
    profit_target: Number,
    fee_amount: String,
    fee_currency: String,
    /// What is to be paid with `POST /customers/me/transactions/{tx_id}/pay`; null when nothing is.
    pending_tx_id: Option<Uuid>,
    /// A bank has taken the fee back: nothing can be done until that is settled.
    is_suspended: bool,
    created_at: String,
    started_at: Option<String>,
    ended_at: Option<String>,
}

impl OwnJourney {
    pub(super) fn new(app: &App, view: &JourneyView) -> Self {
        use touchstone_domain::challenge::ChallengeState as State;
        let (listed, challenge) = (&view.listed, &view.listed.challenge);
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        Self {
            journey_id: uuid(EntityKind::Challenge, challenge.id.0),
            template_id: uuid(EntityKind::Program, challenge.program_id.0),
            template_name: view.version.terms.name.clone(),
            status: challenge.state.journey_status(),
            passed: match challenge.state {
                State::Passed => Some(true),
                State::Failed => Some(false),
                State::Pending | State::Active | State::Cancelled | State::AwaitingReset => None,
            },
            current_phase: phase_name(view),
            account_id: uuid(EntityKind::Account, challenge.account_login.0),
            login: challenge.account_login.to_string(),
            account_currency: listed.account_currency.to_string(),
            account_size: view
                .initial_balance()
                .filter(|_| challenge.started_at.is_some())
                .map(Number::money),
            profit_to_date: Number::money(view.profit()),
            profit_target: Number::money(view.profit_target()),
            fee_amount: listed.price.fixed(),
            fee_currency: listed.price.currency.to_string(),
            pending_tx_id: view
                .to_be_paid()
                .map(|id| uuid(EntityKind::Transaction, id.0)),
            is_suspended: listed.is_suspended,
            created_at: challenge.created_at.rfc3339(),
            started_at: challenge.started_at.map(UnixMicros::rfc3339),
            ended_at: challenge.ended_at.map(UnixMicros::rfc3339),
        }
    }
}

pub(super) fn phase_name(view: &JourneyView) -> String {
    view.step()
        .map(|step| step.name.clone())
        .unwrap_or_default()
}
