//! `GET /prop/challenges/{id}/addons` and `POST /prop/challenge/addon/buy`: add-ons for a challenge that runs.

use super::buy::{block_code, failure_code};
use super::error::{ApiError, Code};
use super::extract::{ScaleJson, ScalePath};
use super::objects::PurchaseObject;
use crate::ApiState;
use crate::auth::Customer;
use crate::input::{Id, Text};
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use touchstone_app::addons::{AddonBought, AddonBuy, AddonOffer, LaterAddonError};
use touchstone_domain::purchase::{FailureReason, State as PurchaseState};
use touchstone_domain::{ChallengeId, Login};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeAddons {
    challenge_id: i64,
    /// What the challenge has, in the order in which it was bought.
    addon_codes: Vec<String>,
    /// Every add-on of the program as it was when the challenge was bought.
    addons: Vec<ChallengeAddon>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeAddon {
    code: String,
    name: String,
    effect: &'static str,
    price: Number,
    currency: String,
    can_buy: bool,
    /// Empty, or why not: BOUGHT, UNDER_WAY, CONFLICT, NO_EFFECT or NOT_RUNNING.
    reason: String,
    /// Empty, or the same as a sentence.
    message: String,
}

impl From<&AddonOffer> for ChallengeAddon {
    fn from(offer: &AddonOffer) -> Self {
        let reason = offer.reason.as_ref();
        Self {
            code: offer.addon.code.clone(),
            name: offer.addon.name.clone(),
            effect: offer.addon.effect.name(),
            price: Number::money(offer.price),
            currency: offer.price.currency.to_string(),
            can_buy: reason.is_none(),
            reason: reason.map_or_else(String::new, |one| one.name().to_ascii_uppercase()),
            message: reason.map_or_else(String::new, |one| one.text()),
        }
    }
}

/// Get Prop Challenge Addons
///
/// What can still be bought for a challenge of the customer's own, with its price; and why not the rest.
#[utoipa::path(
    get,
    path = "/prop/challenges/{id}/addons",
    operation_id = "GetPropChallengeAddons",
    tag = "ScaleTrade prop",
    params(("id" = Id, Path, description = "Challenge id")),
    responses((status = 200, description = "The add-ons of the challenge's program", body = ChallengeAddons)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["NOT_FOUND"])))
)]
pub async fn list(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScalePath(id): ScalePath<Id>,
) -> Result<Json<ChallengeAddons>, ApiError> {
    let found = state
        .app
        .addon_offers(caller, ChallengeId(id.get()))
        .await?;
    Ok(Json(ChallengeAddons {
        challenge_id: id.get(),
        addons: found.offers.iter().map(ChallengeAddon::from).collect(),
        addon_codes: found.bought,
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct BuyAddonBody {
    /// A challenge of the customer's own that runs.
    challenge_id: Id,
    /// Code of an add-on of its program.
    #[schema(inline)]
    addon_code: Text<1, 100>,
    /// Customer account used as payer.
    payer_login: Id,
    /// Retry key that prevents duplicate purchases; at most 128 characters.
    #[serde(default)]
    idempotency_key: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BuyAddonAnswer {
    accepted: bool,
    /// The key was sent before: this is the purchase as it is now.
    idempotent: bool,
    challenge_id: i64,
    addon_code: String,
    /// The challenge is judged with it.
    is_applied: bool,
    purchase: PurchaseObject,
    /// Omitted until it is paid, and where there is nothing to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_order: Option<i64>,
}

impl IntoResponse for BuyAddonAnswer {
    /// 202 while it waits for the desk.
    fn into_response(self) -> Response {
        let status = match self.is_applied {
            true => StatusCode::OK,
            false => StatusCode::ACCEPTED,
        };
        (status, Json(self)).into_response()
    }
}

/// Buy Prop Challenge Addon
///
/// Buys an add-on for a challenge that runs. The fee is taken from the payer in the very commit in which the challenge is
/// judged with it; what was before stays as it was judged.
#[utoipa::path(
    post,
    path = "/prop/challenge/addon/buy",
    operation_id = "BuyPropChallengeAddon",
    tag = "ScaleTrade prop",
    request_body = BuyAddonBody,
    responses(
        (status = 200, description = "Bought and applied, or the purchase that the key is bound to", body = BuyAddonAnswer),
        (status = 202, description = "Accepted; it waits for the desk, and nothing was taken yet", body = BuyAddonAnswer),
    ),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!([
        "NOT_FOUND", "CHALLENGE_NOT_RUNNING", "ADDON_WITHOUT_EFFECT", "ADDON_UNDER_WAY", "ADDON_NOT_APPLIED",
        "INVALID_PAYER_ACCOUNT", "PAYER_ACCOUNT_NOT_REAL", "CURRENCY_CONVERSION_REQUIRED", "CONVERSION_RATE_STALE", "NOT_ENOUGH_FUNDS",
        "IDEMPOTENCY_KEY_CONFLICT", "IDEMPOTENCY_KEY_TOO_LONG"
    ])))
)]
pub async fn buy(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScaleJson(body): ScaleJson<BuyAddonBody>,
) -> Result<BuyAddonAnswer, ApiError> {
    let request = AddonBuy {
        challenge_id: ChallengeId(body.challenge_id.get()),
        code: body.addon_code.into_string(),
        payer_login: Login(body.payer_login.get()),
        idempotency_key: body.idempotency_key.filter(|key| !key.is_empty()),
    };
    let AddonBought {
        purchase,
        idempotent,
    } = state.app.buy_addon(caller, request).await?;
    Ok(BuyAddonAnswer {
        accepted: true,
        idempotent,
        challenge_id: body.challenge_id.get(),
        addon_code: purchase.addon_codes.join(","),
        is_applied: purchase.state == PurchaseState::Active,
        payment_order: purchase.fee_order.map(|order| order.0),
        purchase: (&purchase).into(),
    })
}

impl From<LaterAddonError> for ApiError {
    fn from(error: LaterAddonError) -> Self {
        let text = error.to_string();
        match error {
            LaterAddonError::Session(error) => error.into(),
            LaterAddonError::NotFound => Code::NotFound.into(),
            LaterAddonError::NotRunning | LaterAddonError::NotHere => {
                Self::new(Code::ChallengeNotRunning, text)
            }
            LaterAddonError::Choice(_) => {
                Self::new(Code::InvalidData, format!("`addon_code`: {text}"))
                    .with("field", "addon_code")
            }
            LaterAddonError::Idle => Code::AddonWithoutEffect.into(),
            LaterAddonError::UnderWay => Code::AddonUnderWay.into(),
            // Only fees that a cashier is paid for wait.
            LaterAddonError::TooManyPending { .. } => Self::new(Code::PurchaseStateConflict, text),
            LaterAddonError::Blocked(block) => Self::new(block_code(block), block.message()),
            LaterAddonError::KeyConflict { field } => Self::new(
                Code::IdempotencyKeyConflict,
                format!("The idempotency key was used with another `{field}`. Send a new key."),
            )
            .with("field", field),
            LaterAddonError::KeyTooLong => {
                Self::from(Code::IdempotencyKeyTooLong).with("field", "idempotency_key")
            }
            LaterAddonError::NotApplied(purchase) => {
                let reason = FailureReason::AddonNotApplied;
                let shown = PurchaseObject::from(&*purchase);
                Self::from(failure_code(reason))
                    .with("purchase", serde_json::to_value(shown).unwrap_or_default())
            }
            LaterAddonError::Sale(error) => error.into(),
        }
    }
}
