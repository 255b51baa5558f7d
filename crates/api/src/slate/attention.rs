//! What needs a person: stuck purchases, and refunds that are due.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath, SlateQuery};
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Reason, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::purchase::{BuyError, ManageError, Resolution, StepRow, WantsStaff};
use touchstone_domain::purchase::State as PurchaseState;
use touchstone_domain::transaction::Transaction;
use touchstone_domain::{EntityKind, PurchaseId};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AttentionQuery {
    /// Purchases to answer with, oldest first; 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::ATTENTION_PAGE_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AttentionList {
    items: Vec<AttentionItem>,
}

/// A purchase that cannot go on by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttentionItem {
    purchase_id: Uuid,
    /// The purchase's number in the ScaleTrade dialect.
    number: i64,
    customer_id: Uuid,
    customer_name: String,
    /// `stuck:` and the step, or `refund_due`.
    state: String,
    /// What went wrong, in words.
    note: String,
    /// A stable code, or empty.
    failure_reason: &'static str,
    /// The price of the purchase.
    amount: String,
    currency: String,
    /// What is taken from the payer and given back to him, in his account's currency.
    paid_amount: String,
    paid_currency: String,
    payer_login: Option<String>,
    account_login: Option<String>,
    /// What `resolve` takes for it; empty for a refund that is due, which ends when `refunds` are approved.
    actions: Vec<&'static str>,
    /// What has to be given back.
    refunds: Vec<RefundDue>,
    created_at: String,
    updated_at: String,
    history: Vec<HistoryLine>,
}

/// A refund that waits: staff pay it out, and say so with `PATCH /transactions/{transaction_id}/approve`.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundDue {
    transaction_id: Uuid,
    amount: String,
    currency: String,
    /// Why it is owed.
    comment: String,
}

/// One thing that happened to the purchase between commits.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryLine {
    at: String,
    attempt: i64,
    event: String,
    from_state: String,
    to_state: String,
    detail: String,
}

impl From<StepRow> for HistoryLine {
    fn from(row: StepRow) -> Self {
        Self {
            at: row.at.rfc3339(),
            attempt: row.attempt,
            event: row.event,
            from_state: row.from_state,
            to_state: row.to_state,
            detail: row.detail,
        }
    }
}

impl AttentionItem {
    fn new(app: &App, wanting: WantsStaff) -> Self {
        let WantsStaff {
            purchase,
            customer_name,
            history,
            refunds,
        } = wanting;
        let refund = |t: Transaction| RefundDue {
            transaction_id: app.public_ids.uuid(EntityKind::Transaction, t.id.0),
            amount: t.amount.fixed(),
            currency: t.amount.currency.to_string(),
            comment: t.comment,
        };
        let paid = purchase.paid();
        Self {
            purchase_id: app.public_ids.uuid(EntityKind::Purchase, purchase.id.0),
            number: purchase.id.0,
            customer_id: app
                .public_ids
                .uuid(EntityKind::Customer, purchase.customer_id.0),
            customer_name,
            state: purchase.state.name(),
            note: purchase.note,
            failure_reason: purchase.failure_reason.map_or("", |reason| reason.name()),
            amount: purchase.price.fixed(),
            currency: purchase.price.currency.to_string(),
            paid_amount: paid.fixed(),
            paid_currency: paid.currency.to_string(),
            payer_login: purchase.payer_login.map(|login| login.to_string()),
            account_login: purchase.account_login.map(|login| login.to_string()),
            actions: actions(purchase.state),
            refunds: refunds.into_iter().map(refund).collect(),
            created_at: purchase.created_at.rfc3339(),
            updated_at: purchase.updated_at.rfc3339(),
            history: history.into_iter().map(HistoryLine::from).collect(),
        }
    }
}

/// A step that undoes something can be settled outside; one that does something can be given up.
pub(super) fn actions(state: PurchaseState) -> Vec<&'static str> {
    match state {
        PurchaseState::Stuck(step) if step.compensates() => vec!["retry", "settled"],
        PurchaseState::Stuck(_) => vec!["retry", "cancel"],
        _ => Vec::new(),
    }
}

/// List Attention
///
/// Purchases that need a person, oldest first: stuck steps and refunds that are due.
#[utoipa::path(
    get,
    path = "/prop/attention",
    operation_id = "list_attention",
    tag = "Prop trading",
    params(AttentionQuery),
    responses((status = 200, description = "Successful Response", body = AttentionList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<AttentionQuery>,
) -> Result<Json<AttentionList>, ApiError> {
    let limit = query.limit.map_or(100, Within::get);
    let found = state.app.purchases_wanting_staff(caller, limit).await?;
    let items = found
        .into_iter()
        .map(|wanting| AttentionItem::new(&state.app, wanting))
        .collect();
    Ok(Json(AttentionList { items }))
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Try the stuck step again.
    Retry,
    /// The stuck undo was done outside.
    Settled,
    /// Give up, and undo what was done.
    Cancel,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ResolveBody {
    action: Action,
    /// Why; kept in the audit.
    #[schema(inline)]
    reason: Reason<500>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ResolveAnswer {
    purchase_id: Uuid,
    state: String,
}

/// Resolve Attention
///
/// Staff decide about a purchase that is stuck.
#[utoipa::path(
    post,
    path = "/prop/attention/{purchase_id}/resolve",
    operation_id = "resolve_attention",
    tag = "Prop trading",
    params(("purchase_id" = Uuid, Path)),
    request_body = ResolveBody,
    responses((status = 200, description = "Successful Response", body = ResolveAnswer)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn resolve(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(purchase_id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<ResolveBody>,
) -> Result<Json<ResolveAnswer>, ApiError> {
    let key = state
        .app
        .public_ids
        .key(EntityKind::Purchase, purchase_id)
        .ok_or(Code::NotFound)?;
    let resolution = match body.action {
        Action::Retry => Resolution::Retry,
        Action::Settled => Resolution::Settled,
        Action::Cancel => Resolution::Cancel,
    };
    let purchase = state
        .app
        .resolve_purchase(
            caller,
            PurchaseId(key),
            resolution,
            body.reason.into_string(),
        )
        .await?;
    Ok(Json(ResolveAnswer {
        purchase_id,
        state: purchase.state.name(),
    }))
}

impl From<ManageError> for ApiError {
    fn from(error: ManageError) -> Self {
        match error {
            ManageError::Session(error) => error.into(),
            ManageError::NotFound => Code::NotFound.into(),
            ManageError::NotNow { state } => Self::new(
                Code::StateConflict,
                format!("The purchase is {state}; `actions` says what it takes."),
            ),
            ManageError::Sale(error) | ManageError::Buy(BuyError::Sale(error)) => error.into(),
            ManageError::Transaction(error) => error.into(),
            ManageError::Buy(refused) => Self::new(Code::StateConflict, refused.to_string()),
        }
    }
}
