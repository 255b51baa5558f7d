//! `POST /prop/purchases/{id}/retry` and `/cancel`: what `can_retry` and `can_cancel` announce.

use super::buy::BuyAnswer;
use super::error::{ApiError, Code};
use super::extract::ScalePath;
use super::objects::PurchaseObject;
use crate::ApiState;
use crate::auth::Customer;
use crate::input::Id;
use crate::limits;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use touchstone_app::claims::{ClaimError, ClaimOn, ClaimRefusal};
use touchstone_app::purchase::ManageError;
use touchstone_app::transactions::TransactionError;
use touchstone_domain::PurchaseId;
use utoipa::ToSchema;

/// Retry Prop Purchase
///
/// Another try of a purchase that failed before anything was taken. The checks of a purchase are
/// made again, at the price of the first try.
#[utoipa::path(
    post,
    path = "/prop/purchases/{id}/retry",
    operation_id = "RetryPropPurchase",
    tag = "ScaleTrade prop",
    params(("id" = Id, Path, description = "Purchase id")),
    responses(
        (status = 200, description = "Bought and active", body = BuyAnswer),
        (status = 202, description = "Accepted; the trading server is still at work", body = BuyAnswer),
    ),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!([
        "PURCHASE_STATE_CONFLICT", "PROGRAM_NOT_FOUND", "PROGRAM_DISABLED", "PROGRAM_HAS_NO_STEPS",
        "INVALID_PAYER_ACCOUNT", "PAYER_ACCOUNT_NOT_REAL", "CURRENCY_CONVERSION_REQUIRED", "NOT_ENOUGH_FUNDS",
        "INVALID_DEMO_GROUP", "DEMO_GROUP_REQUIRED", "PROMO_CODE_UNKNOWN", "PROMO_CODE_DISABLED", "PROMO_CODE_NOT_YET_VALID", "PROMO_CODE_EXPIRED",
        "PROMO_CODE_NOT_FOR_PROGRAM", "PROMO_CODE_USED_BY_YOU", "PROMO_CODE_FIRST_PURCHASE_ONLY", "PROMO_CODE_USED_UP",
        "PROMO_CODE_WRONG_CURRENCY", "PROMO_CODE_NOTHING_OFF",
        "PAYMENT_FAILED", "ACCOUNT_CREATION_FAILED",
        "INITIAL_BALANCE_FAILED", "CHALLENGE_CREATION_FAILED", "CANCELLED"
    ])))
)]
pub async fn retry(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScalePath(id): ScalePath<Id>,
) -> Result<BuyAnswer, ApiError> {
    Ok(state
        .app
        .retry_purchase(caller, PurchaseId(id.get()))
        .await?
        .into())
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CancelAnswer {
    purchase: PurchaseObject,
}

/// Cancel Prop Purchase
///
/// Ends a purchase that is not delivered yet. What was taken goes back.
#[utoipa::path(
    post,
    path = "/prop/purchases/{id}/cancel",
    operation_id = "CancelPropPurchase",
    tag = "ScaleTrade prop",
    params(("id" = Id, Path, description = "Purchase id")),
    responses((status = 200, description = "The purchase as it is now", body = CancelAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["PURCHASE_STATE_CONFLICT"])))
)]
pub async fn cancel(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScalePath(id): ScalePath<Id>,
) -> Result<Json<CancelAnswer>, ApiError> {
    let bought = state
        .app
        .cancel_purchase(caller, PurchaseId(id.get()))
        .await?;
    Ok(Json(CancelAnswer {
        purchase: (&bought.purchase).into(),
    }))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RefundAnswer {
    purchase: PurchaseObject,
    /// What goes back, of `purchase.amount`.
    refunded: Number,
    currency: String,
    /// What of it reaches the payer's account, in its currency: by the rate that was paid at.
    refunded_account_currency: Number,
}

/// Refund Prop Purchase
///
/// Asks the price of an own purchase back that is active, as the program's refund policy promises it. The challenge ends
/// with that. What was paid from a wallet is back there at once.
#[utoipa::path(
    post,
    path = "/prop/purchases/{id}/refund",
    operation_id = "RefundPropPurchase",
    tag = "ScaleTrade prop",
    params(("id" = Id, Path, description = "Purchase id")),
    responses((status = 200, description = "The purchase as it is now", body = RefundAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["PURCHASE_STATE_CONFLICT", "REFUND_REFUSED"])))
)]
pub async fn refund(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScalePath(id): ScalePath<Id>,
) -> Result<Json<RefundAnswer>, ApiError> {
    let on = ClaimOn::Purchase(PurchaseId(id.get()));
    let claimed = state.app.refund_own_fee(caller, on).await?;
    Ok(Json(RefundAnswer {
        refunded: Number::money(claimed.claim.amount),
        currency: claimed.claim.amount.currency.to_string(),
        refunded_account_currency: Number::money(
            claimed.purchase.paid_part(claimed.claim.amount.minor),
        ),
        purchase: (&claimed.purchase).into(),
    }))
}

impl From<ClaimError> for ApiError {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Session(error) => error.into(),
            ClaimError::NotFound => Code::NotFound.into(),
            ClaimError::Refused(refusal @ ClaimRefusal::Policy(_)) => {
                Self::new(Code::RefundRefused, refusal.to_string())
            }
            ClaimError::Refused(refusal) => {
                Self::new(Code::PurchaseStateConflict, refusal.to_string())
            }
            ClaimError::Desk(error) => {
                tracing::warn!(%error, "a challenge could not be called off");
                Self::from(Code::Unavailable).retry_after(limits::UNAVAILABLE_RETRY_AFTER)
            }
            ClaimError::Transaction(TransactionError::Sale(error)) => error.into(),
            error @ (ClaimError::Transaction(_) | ClaimError::Broken { .. }) => {
                tracing::error!(%error, "a fee broke a rule of the house");
                Code::InternalError.into()
            }
        }
    }
}

impl From<ManageError> for ApiError {
    fn from(error: ManageError) -> Self {
        match error {
            ManageError::Session(error) => error.into(),
            ManageError::NotFound => Code::NotFound.into(),
            ManageError::NotNow { state } => Self::new(
                Code::PurchaseStateConflict,
                format!(
                    "The purchase is {state}; `can_retry` and `can_cancel` say what it can do."
                ),
            ),
            ManageError::Buy(error) => error.into(),
            ManageError::Sale(error) | ManageError::Transaction(TransactionError::Sale(error)) => {
                error.into()
            }
            ManageError::Transaction(error) => {
                tracing::error!(%error, "a payment could not be ended");
                Code::InternalError.into()
            }
        }
    }
}
