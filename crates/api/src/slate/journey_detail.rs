//! `GET /prop/journeys/{journey_id}`.

use super::attention::HistoryLine;
use super::error::{ApiError, Code};
use super::extract::SlatePath;
use super::ids::key_or;
use super::journey::JourneyListItem;
use super::running::RunningObject;
use super::template::{RuleLine, TemplateTerms, told};
use crate::ApiState;
use crate::auth::Staff;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Map, Value};
use touchstone_app::App;
use touchstone_app::journeys::{JourneyDetail, PhaseView};
use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::program::PhaseType;
use touchstone_domain::purchase::{Funding, Purchase};
use touchstone_domain::transaction::Transaction;
use touchstone_domain::{ChallengeId, EntityKind, Money, UnixMicros};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyDetailResponse {
    #[serde(flatten)]
    item: JourneyListItem,
    /// `wallet` (bought in the other dialect), `customer` (enrolled) or `crm` (granted).
    source: &'static str,
    /// The staff member who granted it.
    granted_by: Option<Uuid>,
    /// The purchase and its number in the other dialect.
    purchase_id: Uuid,
    purchase_number: i64,
    /// Where the purchase is; see the page of states.
    purchase_state: String,
    /// A stable code of why it did not become active, or null.
    failure_reason: Option<&'static str>,
    /// What went wrong, in words, or null.
    note: Option<String>,
    current_account_id: Uuid,
    /// Whether the current account can be traded on.
    account_enabled: bool,
    fee_amount: String,
    fee_currency: String,
    /// What was bought later too.
    selected_addon_codes: Vec<String>,
    /// The version of the template that the journey began with, and what it promises, bought add-ons counted in.
    template_version: i64,
    template: TemplateTerms,
    phases: Vec<JourneyPhase>,
    resets: Vec<JourneyResetState>,
    /// Add-ons that were bought later, oldest first, whatever came of them.
    additions: Vec<JourneyAddition>,
    /// What is to be paid now, the fee or that of a reset; null when nothing is.
    pending_payment_tx_id: Option<Uuid>,
    transactions: Vec<JourneyTransaction>,
    history: Vec<HistoryLine>,
    started_at: Option<String>,
    ended_at: Option<String>,
    updated_at: String,
}

/// A reset that was asked for, whatever came of it.
/// Add-ons that were bought for the journey later.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyAddition {
    purchase_id: Uuid,
    purchase_number: i64,
    addon_codes: Vec<String>,
    /// Docs: `docs/purchase-states.md`.
    state: String,
    failure_reason: Option<&'static str>,
    fee_amount: String,
    fee_currency: String,
    /// The wallet that it was paid from; null where a fee is paid.
    payer_login: Option<String>,
    /// The fee; null where a wallet pays.
    transaction_id: Option<Uuid>,
    requested_at: String,
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyResetState {
    purchase_id: Uuid,
    purchase_number: i64,
    /// See the page of states.
    state: String,
    /// A stable code of why no attempt came of it, or null.
    failure_reason: Option<&'static str>,
    fee_amount: String,
    fee_currency: String,
    transaction_id: Option<Uuid>,
    /// Account of the attempt; null before it is opened.
    login: Option<String>,
    requested_by: Option<Uuid>,
    requested_at: String,
}

/// One attempt at a phase.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyPhase {
    /// Counted from 1.
    phase_index: i64,
    /// Counted from 1 for each phase; a reset begins another one.
    attempt: i64,
    name: String,
    /// `evaluation` or `funded`.
    phase_type: Option<&'static str>,
    account_id: Uuid,
    login: String,
    /// `active`, `passed`, `breached` or `closed` (called off).
    status: &'static str,
    initial_balance: Number,
    /// As the account has it now.
    balance: Number,
    /// As the account stands, or stood when the phase ended.
    equity: Number,
    /// What the account had when the phase ended.
    final_balance: Option<Number>,
    final_equity: Option<Number>,
    #[serde(flatten)]
    running: RunningObject,
    /// What the account is judged by, bought add-ons counted in: the rule set, as its schema describes it.
    rules: Option<Map<String, Value>>,
    /// The rules in the words that a trader reads.
    rule_text: Vec<RuleLine>,
    /// Money that was taken back or given beside deals, oldest first.
    adjustments: Vec<JourneyAdjustment>,
    started_at: String,
    ended_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyAdjustment {
    /// Of the line among the account's deals.
    deal_id: i64,
    /// `voided` is profit that does not count by a rule of conduct, `correction` what staff have given back or taken
    /// with a breach.
    kind: String,
    /// Below 0 when it was taken.
    amount: Number,
    /// After it.
    balance: Number,
    at: String,
}

/// A fee or a refund.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyTransaction {
    id: Uuid,
    r#type: &'static str,
    status: &'static str,
    amount: String,
    currency: String,
    /// What a cashier has taken in for it so far.
    received_amount: String,
    create_time: String,
    approve_time: Option<String>,
    decline_time: Option<String>,
}

/// Journey Detail
///
/// Everything about one journey: what was promised, paid and done.
#[utoipa::path(
    get,
    path = "/prop/journeys/{journey_id}",
    operation_id = "journey_detail",
    tag = "Prop trading",
    params(("journey_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = JourneyDetailResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<JourneyDetailResponse>, ApiError> {
    let app = &state.app;
    let id = key_or(app, EntityKind::Challenge, id, Code::NotFound)?;
    let detail = app.journey(caller, ChallengeId(id)).await?;
    Ok(Json(JourneyDetailResponse::new(app, detail)))
}

impl JourneyDetailResponse {
    fn new(app: &App, detail: JourneyDetail) -> Self {
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let (view, purchase) = (&detail.view, &detail.purchase);
        let challenge = &view.listed.challenge;
        let terms = view.version.terms.bought(&purchase.all_addon_codes());
        Self {
            item: JourneyListItem::new(app, view),
            source: match purchase.funding {
                Funding::Wallet => "wallet",
                Funding::Cashier => "customer",
                Funding::Grant | Funding::Reset => "crm",
            },
            granted_by: purchase
                .granted_by
                .map(|staff| uuid(EntityKind::Staff, staff.0)),
            purchase_id: uuid(EntityKind::Purchase, purchase.id.0),
            purchase_number: purchase.id.0,
            purchase_state: purchase.state.name(),
            failure_reason: purchase.failure_reason.map(|reason| reason.name()),
            note: Some(purchase.note.clone()).filter(|note| !note.is_empty()),
            current_account_id: uuid(EntityKind::Account, challenge.account_login.0),
            account_enabled: detail.account.0.enabled,
            fee_amount: purchase.price.fixed(),
            fee_currency: purchase.price.currency.to_string(),
            selected_addon_codes: purchase.all_addon_codes(),
            template_version: view.version.number,
            template: TemplateTerms::new(app, &terms, &detail.groups),
            phases: detail
                .phases
                .iter()
                .map(|phase| JourneyPhase::new(app, &detail, phase))
                .collect(),
            resets: detail
                .resets
                .iter()
                .map(|reset| JourneyResetState::new(app, reset))
                .collect(),
            additions: detail
                .additions
                .iter()
                .map(|addition| JourneyAddition::new(app, addition))
                .collect(),
            pending_payment_tx_id: view
                .to_be_paid()
                .map(|id| uuid(EntityKind::Transaction, id.0)),
            transactions: detail
                .transactions
                .iter()
                .map(|transaction| JourneyTransaction::new(app, transaction))
                .collect(),
            started_at: challenge.started_at.map(UnixMicros::rfc3339),
            ended_at: challenge.ended_at.map(UnixMicros::rfc3339),
            updated_at: challenge.updated_at.rfc3339(),
            history: detail.history.into_iter().map(HistoryLine::from).collect(),
        }
    }
}

impl JourneyAddition {
    fn new(app: &App, addition: &Purchase) -> Self {
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        Self {
            purchase_id: uuid(EntityKind::Purchase, addition.id.0),
            purchase_number: addition.id.0,
            addon_codes: addition.addon_codes.clone(),
            state: addition.state.name(),
            failure_reason: addition.failure_reason.map(|reason| reason.name()),
            fee_amount: addition.price.fixed(),
            fee_currency: addition.price.currency.to_string(),
            payer_login: addition.payer_login.map(|login| login.to_string()),
            transaction_id: addition
                .transaction_id
                .map(|id| uuid(EntityKind::Transaction, id.0)),
            requested_at: addition.created_at.rfc3339(),
            updated_at: addition.updated_at.rfc3339(),
        }
    }
}

impl JourneyResetState {
    fn new(app: &App, reset: &Purchase) -> Self {
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        Self {
            purchase_id: uuid(EntityKind::Purchase, reset.id.0),
            purchase_number: reset.id.0,
            state: reset.state.name(),
            failure_reason: reset.failure_reason.map(|reason| reason.name()),
            fee_amount: reset.price.fixed(),
            fee_currency: reset.price.currency.to_string(),
            transaction_id: reset
                .transaction_id
                .map(|id| uuid(EntityKind::Transaction, id.0)),
            login: reset.account_login.map(|login| login.to_string()),
            requested_by: reset
                .granted_by
                .map(|staff| uuid(EntityKind::Staff, staff.0)),
            requested_at: reset.created_at.rfc3339(),
        }
    }
}

impl JourneyPhase {
    fn new(app: &App, detail: &JourneyDetail, view: &PhaseView) -> Self {
        let (phase, account) = (&view.one.phase, &view.account);
        let money = |minor| Number::money(Money::new(minor, account.currency));
        let step = usize::try_from(phase.phase_index - 1)
            .ok()
            .and_then(|index| detail.view.version.terms.steps.get(index));
        let initial = Money::new(phase.size_minor(), account.currency);
        let (rules, rule_text) = match &view.one.rules {
            Some(rules) => {
                let (rules, text) = told(rules, initial);
                (Some(rules), text)
            }
            None => (None, Vec::new()),
        };
        Self {
            rules,
            rule_text,
            phase_index: phase.phase_index,
            attempt: view.attempt,
            name: step.map(|step| step.name.clone()).unwrap_or_default(),
            phase_type: step.map(|step| phase_type(step.phase_type)),
            account_id: app.public_ids.uuid(EntityKind::Account, account.login.0),
            login: account.login.to_string(),
            status: phase_status(phase.state),
            initial_balance: money(phase.size_minor()),
            balance: money(account.balance_minor),
            equity: money(view.one.standing.equity_minor),
            final_balance: phase.final_balance_minor.map(money),
            final_equity: phase.final_equity_minor.map(money),
            running: RunningObject::new(app, &view.one, view.breach.as_ref(), account.currency),
            adjustments: view
                .adjustments
                .iter()
                .map(|deal| JourneyAdjustment {
                    deal_id: deal.id,
                    kind: deal.kind.clone(),
                    amount: money(deal.profit_minor),
                    balance: money(deal.balance_minor),
                    at: deal.at.rfc3339(),
                })
                .collect(),
            started_at: phase.started_at.rfc3339(),
            ended_at: phase.ended_at.map(UnixMicros::rfc3339),
        }
    }
}

impl JourneyTransaction {
    pub(super) fn new(app: &App, t: &Transaction) -> Self {
        Self {
            id: app.public_ids.uuid(EntityKind::Transaction, t.id.0),
            r#type: t.kind.shown_name(),
            status: t.state.name(),
            amount: t.amount.fixed(),
            currency: t.amount.currency.to_string(),
            received_amount: Money::new(t.received_minor, t.amount.currency).fixed(),
            create_time: t.created_at.rfc3339(),
            approve_time: t.approved_at.map(UnixMicros::rfc3339),
            decline_time: t.declined_at.map(UnixMicros::rfc3339),
        }
    }
}

pub(super) const fn phase_type(of: PhaseType) -> &'static str {
    match of {
        PhaseType::Evaluation => "evaluation",
        PhaseType::Funded => "funded",
    }
}

/// Slate's words for the state of a phase's account.
pub(super) const fn phase_status(state: ChallengeState) -> &'static str {
    match state {
        ChallengeState::Pending => "inactive",
        ChallengeState::Active => "active",
        ChallengeState::Passed => "passed",
        ChallengeState::Failed | ChallengeState::AwaitingReset => "breached",
        ChallengeState::Cancelled => "closed",
    }
}
