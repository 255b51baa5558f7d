//! `/challenges/me/{journey_id}/addons`: what a customer can still buy for a journey of his that runs.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath};
use super::ids::key;
use super::template::TemplateAddon;
use crate::ApiState;
use crate::auth::Customer;
use crate::input::{Segment, Text};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use touchstone_app::addons::{AddonOffers, AddonOrdered, LaterAddonError};
use touchstone_domain::purchase::State as PurchaseState;
use touchstone_domain::{ChallengeId, EntityKind};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyAddons {
    journey_id: Uuid,
    /// What the journey has, in the order in which it was bought.
    selected_addon_codes: Vec<String>,
    currency: String,
    /// Every add-on of the template as it was when the journey was bought.
    items: Vec<JourneyAddon>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyAddon {
    #[serde(flatten)]
    addon: TemplateAddon,
    /// It can be bought for the journey now.
    available: bool,
    /// Why not: `bought`, `under_way`, `conflict`, `no_effect` or `not_running`.
    reason: Option<&'static str>,
    /// The same as a sentence.
    reason_text: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct OrderAddonRequest {
    /// Code of an add-on of the journey's template.
    #[schema(inline)]
    addon_code: Text<1, 100>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OrderAddonResponse {
    journey_id: Uuid,
    addon_code: String,
    amount: String,
    currency: String,
    /// The fee, of the type `CHALLENGE_ADDON_FEE`.
    transaction_id: Uuid,
    /// What has to be paid first; null when there is nothing to pay.
    #[schema(required)]
    pending_tx_id: Option<Uuid>,
    /// The journey is judged with it from now on.
    is_applied: bool,
}

/// My Journey Addons
///
/// What you can still buy for a journey of yours, with its price; and why not the rest.
#[utoipa::path(
    get,
    path = "/challenges/me/{journey_id}/addons",
    operation_id = "my_journey_addons",
    tag = "Prop trading",
    params(("journey_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = JourneyAddons)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn list(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlatePath(journey_id): SlatePath<Uuid>,
) -> Result<Json<JourneyAddons>, ApiError> {
    let id = ChallengeId(key(&state.app, EntityKind::Challenge, journey_id)?);
    let offers = state.app.addon_offers(caller, id).await?;
    Ok(Json(JourneyAddons::new(journey_id, offers)))
}

/// Buy Journey Addon
///
/// Asks for an add-on for a journey of yours that runs. Its fee is paid as that of an enrolment is, by
/// `POST /customers/me/transactions/{tx_id}/pay`; from then on the journey is judged with it, and what was before stays as
/// it was judged. A price of nothing is applied at once. Where the journey does not run any more when the fee comes in,
/// the money goes back.
#[utoipa::path(
    post,
    path = "/challenges/me/{journey_id}/addons",
    operation_id = "buy_journey_addon",
    tag = "Prop trading",
    params(("journey_id" = Uuid, Path)),
    request_body = OrderAddonRequest,
    responses((status = 201, description = "Successful Response", body = OrderAddonResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "not_found", "journey_not_running", "addon_without_effect", "addon_under_way", "addon_not_applied",
        "too_many_pending_journeys", "state_conflict"
    ])))
)]
pub async fn order(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlatePath(journey_id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<OrderAddonRequest>,
) -> Result<(StatusCode, Json<OrderAddonResponse>), ApiError> {
    let id = ChallengeId(key(&state.app, EntityKind::Challenge, journey_id)?);
    let code = body.addon_code.into_string();
    let ordered = state.app.order_addon(caller, id, code.clone()).await?;
    let AddonOrdered {
        purchase,
        transaction,
    } = &ordered;
    let transaction_id = state
        .app
        .public_ids
        .uuid(EntityKind::Transaction, transaction.id.0);
    let waits = purchase.state == PurchaseState::AwaitingPayment;
    Ok((
        StatusCode::CREATED,
        Json(OrderAddonResponse {
            journey_id,
            addon_code: code,
            amount: purchase.price.fixed(),
            currency: purchase.price.currency.to_string(),
            transaction_id,
            pending_tx_id: waits.then_some(transaction_id),
            is_applied: purchase.state == PurchaseState::Active,
        }),
    ))
}

impl JourneyAddons {
    fn new(journey_id: Uuid, found: AddonOffers) -> Self {
        let items = found.offers.iter().map(|offer| JourneyAddon {
            addon: TemplateAddon::new(&found.terms, &offer.addon),
            available: offer.reason.is_none(),
            reason: offer.reason.as_ref().map(|reason| reason.name()),
            reason_text: offer.reason.as_ref().map(|reason| reason.text()),
        });
        Self {
            journey_id,
            currency: found.terms.currency().to_string(),
            items: items.collect(),
            selected_addon_codes: found.bought,
        }
    }
}

impl From<LaterAddonError> for ApiError {
    fn from(error: LaterAddonError) -> Self {
        let text = error.to_string();
        match error {
            LaterAddonError::Session(error) => error.into(),
            LaterAddonError::NotFound => Code::NotFound.into(),
            LaterAddonError::NotRunning => Code::JourneyNotRunning.into(),
            LaterAddonError::Choice(_) => {
                Self::invalid_body([Segment::Key("addon_code".to_owned())], &text)
            }
            LaterAddonError::Idle => Code::AddonWithoutEffect.into(),
            LaterAddonError::UnderWay => Code::AddonUnderWay.into(),
            LaterAddonError::TooManyPending { .. } => Self::new(Code::TooManyPendingJourneys, text),
            LaterAddonError::NotApplied(_) => Code::AddonNotApplied.into(),
            LaterAddonError::NotHere
            | LaterAddonError::Blocked(_)
            | LaterAddonError::KeyConflict { .. }
            | LaterAddonError::KeyTooLong => Self::new(Code::StateConflict, text),
            LaterAddonError::Sale(error) => error.into(),
        }
    }
}
