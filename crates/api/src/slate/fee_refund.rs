//! A fee is given back after its challenge was delivered: by staff, or because its payer asks.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath};
use super::ids::key;
use crate::ApiState;
use crate::auth::{Customer, Staff};
use crate::input::{Decimal, Reason, Segment};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::claims::{ClaimError, ClaimOn, ClaimRefusal, Claimed, RefundAsk};
use touchstone_app::identity::StaffCaller;
use touchstone_domain::{ChallengeId, EntityKind, TransactionId};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundFeeRequest {
    /// Why; kept with the refund and in the audit.
    #[schema(inline)]
    reason: Reason<500>,
    /// Give it back whatever the template's refund policy says.
    #[serde(default)]
    r#override: bool,
    /// Only with `override`, in major units: less than all of the fee.
    #[schema(inline)]
    amount: Option<Decimal>,
}

/// A fee that was given back. Its journey is over.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeRefundResponse {
    journey_id: Uuid,
    /// `abandoned`.
    journey_status: &'static str,
    amount: String,
    currency: String,
    /// What of it reaches the payer, in his account's currency: by the rate that was paid at.
    paid_amount: String,
    paid_currency: String,
    /// `wallet`: it is there again. `outside`: it is owed until staff have paid it and approve the refund's transaction.
    paid_to: &'static str,
    /// Of a refund that is paid outside.
    refund_transaction_id: Option<Uuid>,
    /// Whether staff have given it back against the policy.
    r#override: bool,
}

impl FeeRefundResponse {
    fn new(app: &App, claimed: &Claimed) -> Self {
        let claim = &claimed.claim;
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let transaction = claim.transaction_id;
        let paid = claimed.purchase.paid_part(claim.amount.minor);
        Self {
            journey_id: uuid(EntityKind::Challenge, claim.challenge_id.0),
            journey_status: claimed.challenge.state.journey_status(),
            amount: claim.amount.fixed(),
            currency: claim.amount.currency.to_string(),
            paid_amount: paid.fixed(),
            paid_currency: paid.currency.to_string(),
            paid_to: match transaction {
                Some(_) => "outside",
                None => "wallet",
            },
            refund_transaction_id: transaction.map(|id| uuid(EntityKind::Transaction, id.0)),
            r#override: claim.is_override,
        }
    }
}

/// Refund Transaction
///
/// Gives back the fee of a challenge or a reset that was paid through this transaction, as the refund policy of its
/// template says, or against it with `override`. The challenge ends: everything is closed, and no reset or reverted breach
/// brings it back. The money is owed as a `CHALLENGE_FEE_REFUND` until it is paid.
#[utoipa::path(
    post,
    path = "/transactions/{tx_id}/refund",
    operation_id = "refund_transaction",
    tag = "Transactions",
    params(("tx_id" = Uuid, Path)),
    request_body = RefundFeeRequest,
    responses((status = 200, description = "Successful Response", body = FeeRefundResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict", "refund_refused", "payout_in_flight", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"])))
)]
pub async fn of_transaction(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<RefundFeeRequest>,
) -> Result<Json<FeeRefundResponse>, ApiError> {
    let id = TransactionId(key(&state.app, EntityKind::Transaction, id)?);
    refund(&state, caller, ClaimOn::Transaction(id), body).await
}

/// Refund Journey
///
/// As `POST /transactions/{tx_id}/refund`, of the fee that the journey was sold for, also when it was paid from a wallet:
/// then the money is back there at once.
#[utoipa::path(
    post,
    path = "/prop/journeys/{journey_id}/refund",
    operation_id = "refund_journey",
    tag = "Prop trading",
    params(("journey_id" = Uuid, Path)),
    request_body = RefundFeeRequest,
    responses((status = 200, description = "Successful Response", body = FeeRefundResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict", "refund_refused", "payout_in_flight", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"])))
)]
pub async fn of_journey(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<RefundFeeRequest>,
) -> Result<Json<FeeRefundResponse>, ApiError> {
    let id = ChallengeId(key(&state.app, EntityKind::Challenge, id)?);
    refund(&state, caller, ClaimOn::Journey(id), body).await
}

/// Customer Refund Transaction
///
/// Asks a fee of the customer's own back, as the refund policy of its template promises it. The challenge ends with that.
#[utoipa::path(
    post,
    path = "/customers/me/transactions/{tx_id}/refund",
    operation_id = "customer_refund_transaction",
    tag = "Customers",
    params(("tx_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = FeeRefundResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict", "refund_refused", "payout_in_flight", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"])))
)]
pub async fn own(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<FeeRefundResponse>, ApiError> {
    let id = TransactionId(key(&state.app, EntityKind::Transaction, id)?);
    let on = ClaimOn::Transaction(id);
    let claimed = state.app.refund_own_fee(caller, on).await?;
    Ok(Json(FeeRefundResponse::new(&state.app, &claimed)))
}

async fn refund(
    state: &ApiState,
    caller: StaffCaller,
    on: ClaimOn,
    body: RefundFeeRequest,
) -> Result<Json<FeeRefundResponse>, ApiError> {
    if body.amount.is_some() && !body.r#override {
        return Err(amount(
            "the policy says how much; another amount needs `override`",
        ));
    }
    let ask = RefundAsk {
        reason: body.reason.into_string(),
        is_override: body.r#override,
        amount: body.amount.map(|amount| amount.as_str().to_owned()),
    };
    let claimed = state.app.refund_fee(caller, on, ask).await?;
    Ok(Json(FeeRefundResponse::new(&state.app, &claimed)))
}

fn amount(sentence: &str) -> ApiError {
    ApiError::invalid_body([Segment::Key("amount".to_owned())], sentence)
}

impl From<ClaimError> for ApiError {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Session(error) => error.into(),
            ClaimError::NotFound => Code::NotFound.into(),
            ClaimError::Refused(refusal) => refused(&refusal),
            ClaimError::Desk(error) => error.into(),
            ClaimError::Transaction(error) => error.into(),
            broken @ ClaimError::Broken { .. } => {
                tracing::error!(error = %broken, "a fee broke a rule of the house");
                Code::InternalError.into()
            }
        }
    }
}

pub(super) fn refused(refusal: &ClaimRefusal) -> ApiError {
    let text = refusal.to_string();
    match refusal {
        ClaimRefusal::Policy(_) => ApiError::new(Code::RefundRefused, text),
        ClaimRefusal::PayoutInFlight => Code::PayoutInFlight.into(),
        ClaimRefusal::TooMuch { .. } | ClaimRefusal::Unreadable { .. } => amount(&text),
        _ => ApiError::new(Code::StateConflict, text),
    }
}
