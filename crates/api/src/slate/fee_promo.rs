//! `POST` and `DELETE /customers/me/transactions/{tx_id}/promo`: a promotion code on a fee before it is paid.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath};
use super::ids::key;
use crate::ApiState;
use crate::auth::Customer;
use crate::input::Text;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::promotions::{FeeCodeError, Promoted};
use touchstone_domain::promotion::Refusal;
use touchstone_domain::purchase::State as PurchaseState;
use touchstone_domain::{EntityKind, TransactionId};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeePromoRequest {
    /// Capital or small letters, with or without blanks around it.
    #[schema(inline)]
    code: Text<1, 64>,
}

/// A fee with the code that it has.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromotedFee {
    transaction_id: Uuid,
    /// `APPROVED` where nothing is left to be paid.
    status: &'static str,
    /// What is to be paid.
    fee_amount: String,
    fee_currency: String,
    /// The fee without a code.
    full_amount: String,
    discount_amount: String,
    /// Null without one.
    promo_code: Option<String>,
    /// The challenge has begun.
    activated: bool,
}

/// Customer Apply Promo Code
///
/// Takes what the code gives off a challenge's fee of the customer's own that is PENDING, and holds one use of it until the
/// fee is paid or ends. Another code takes the place of the one before. A fee of which nothing is left is approved at once.
#[utoipa::path(
    post,
    path = "/customers/me/transactions/{tx_id}/promo",
    operation_id = "customer_apply_promo_code",
    tag = "Customers",
    params(("tx_id" = Uuid, Path)),
    request_body = FeePromoRequest,
    responses((status = 200, description = "Successful Response", body = PromotedFee)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "state_conflict", "promo_code_unknown", "promo_code_disabled", "promo_code_not_yet_valid", "promo_code_expired",
        "promo_code_not_for_program", "promo_code_used_by_you", "promo_code_first_purchase_only", "promo_code_used_up",
        "promo_code_wrong_currency", "promo_code_nothing_off"
    ])))
)]
pub async fn put(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<FeePromoRequest>,
) -> Result<Json<PromotedFee>, ApiError> {
    let id = TransactionId(key(&state.app, EntityKind::Transaction, id)?);
    let promoted = state.app.put_code(caller, id, body.code.into_string());
    Ok(Json(PromotedFee::new(&state.app, &promoted.await?)))
}

/// Customer Remove Promo Code
///
/// Takes the code off a fee that is PENDING, so that another may use it; the fee is the full one again. Without a code nothing
/// changes.
#[utoipa::path(
    delete,
    path = "/customers/me/transactions/{tx_id}/promo",
    operation_id = "customer_remove_promo_code",
    tag = "Customers",
    params(("tx_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = PromotedFee)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn remove(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<PromotedFee>, ApiError> {
    let id = TransactionId(key(&state.app, EntityKind::Transaction, id)?);
    let promoted = state.app.take_code_off(caller, id).await?;
    Ok(Json(PromotedFee::new(&state.app, &promoted)))
}

impl PromotedFee {
    fn new(app: &App, promoted: &Promoted) -> Self {
        let (t, purchase) = (&promoted.transaction, &promoted.purchase);
        let applied = purchase.promotion.as_ref();
        let mut off = t.amount;
        off.minor = applied.map_or(0, |applied| applied.off_minor);
        Self {
            transaction_id: app.public_ids.uuid(EntityKind::Transaction, t.id.0),
            status: t.state.name(),
            fee_amount: t.amount.fixed(),
            fee_currency: t.amount.currency.to_string(),
            full_amount: purchase.full_price().fixed(),
            discount_amount: off.fixed(),
            promo_code: applied.map(|applied| applied.code.clone()),
            activated: purchase.state == PurchaseState::Active,
        }
    }
}

impl From<FeeCodeError> for ApiError {
    fn from(error: FeeCodeError) -> Self {
        match error {
            FeeCodeError::Session(error) => error.into(),
            FeeCodeError::NotFound => Code::NotFound.into(),
            late @ FeeCodeError::NotNow { .. } => Self::new(Code::StateConflict, late.to_string()),
            FeeCodeError::Refused(refusal) => refusal.into(),
            FeeCodeError::Transaction(error) => error.into(),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown => Code::PromoCodeUnknown,
            Refusal::Disabled => Code::PromoCodeDisabled,
            Refusal::NotYetValid => Code::PromoCodeNotYetValid,
            Refusal::Expired => Code::PromoCodeExpired,
            Refusal::NotForProgram => Code::PromoCodeNotForProgram,
            Refusal::UsedByCustomer => Code::PromoCodeUsedByYou,
            Refusal::FirstPurchaseOnly => Code::PromoCodeFirstPurchaseOnly,
            Refusal::UsedUp => Code::PromoCodeUsedUp,
            Refusal::WrongCurrency => Code::PromoCodeWrongCurrency,
            Refusal::NothingOff => Code::PromoCodeNothingOff,
        }
        .into()
    }
}
