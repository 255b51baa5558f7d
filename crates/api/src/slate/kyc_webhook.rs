//! `POST /kyc/webhook/{provider}`: what a provider of identity checks tells, signed; and where a customer has his own
//! checked.

use super::error::{ApiError, Code};
use super::extract::SlatePath;
use super::ids::key_or;
use super::kyc::KycWord;
use super::payment_webhook::signature;
use crate::ApiState;
use crate::auth::{Customer, Visitor};
use crate::input::{self, BodyError, Text};
use axum::Json;
use axum::extract::{Request, State};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use touchstone_app::kyc::KycNotice;
use touchstone_domain::{CustomerId, EntityKind};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
pub struct KycEventRequest {
    /// The provider's own id of this event. A repeat changes nothing.
    #[schema(inline)]
    event_id: Text<1, 128>,
    customer_id: Uuid,
    status: KycWord,
    /// Why; kept in the audit.
    #[schema(inline)]
    reason: Option<Text<0, 500>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct KycEventResponse {
    event_id: String,
    customer_id: Uuid,
    /// The customer's status now.
    status: &'static str,
    /// The event was told before.
    is_repeat: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OwnKyc {
    /// `none`, `pending`, `approved` or `rejected`.
    status: &'static str,
    /// Since when; null while nobody has said anything.
    since: Option<String>,
    /// Where you have your identity checked; null where the firm does it by itself.
    page: Option<String>,
}

/// Receive KYC Event
///
/// For providers of identity checks. The body is signed as those of payment providers are: `X-Touchstone-Signature` is
/// `v1=` and the HMAC-SHA-256, in hexadecimal digits, of `X-Touchstone-Timestamp` (unix seconds, at most five minutes
/// from now), a dot and the body's bytes.
#[utoipa::path(
    post,
    path = "/kyc/webhook/{provider}",
    operation_id = "receive_kyc_event",
    tag = "Compliance",
    params(
        ("provider" = String, Path),
        ("X-Touchstone-Timestamp" = String, Header, description = "Unix seconds"),
    ),
    request_body = KycEventRequest,
    responses((status = 200, description = "Successful Response", body = KycEventResponse)),
    security(("paymentSignature" = [])),
    extensions(("x-errors" = json!(["invalid_signature", "kyc_event_conflict", "customer_not_found"])))
)]
pub async fn receive(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlatePath(provider): SlatePath<String>,
    request: Request,
) -> Result<Json<KycEventResponse>, ApiError> {
    let headers = request.headers().clone();
    let body = input::read_bytes(request, &state).await?;
    state
        .app
        .verify_kyc_webhook(&provider, signature(&headers), &body)
        .map_err(|refused| {
            tracing::warn!(%refused, "a message about an identity was refused");
            ApiError::from(Code::InvalidSignature)
        })?;
    if !input::is_json(&headers) {
        return Err(BodyError::MediaType.into());
    }
    let event: KycEventRequest = input::parse_json(&body)?;
    let id = event.customer_id;
    let key = key_or(&state.app, EntityKind::Customer, id, Code::CustomerNotFound)?;
    let event_id = event.event_id.into_string();
    let notice = KycNotice {
        provider,
        event_id: event_id.clone(),
        customer_id: CustomerId(key),
        status: event.status.into(),
        reason: event.reason.map(Text::into_string).unwrap_or_default(),
        body_hash: Sha256::digest(&body).into(),
    };
    let told = state.app.receive_kyc(notice).await?;
    Ok(Json(KycEventResponse {
        event_id,
        customer_id: id,
        status: told.standing.kyc.name(),
        is_repeat: told.is_repeat,
    }))
}

/// My KYC
///
/// What is known of your identity, and where you have it checked.
#[utoipa::path(
    get,
    path = "/customers/me/kyc",
    operation_id = "my_kyc",
    tag = "Compliance",
    responses((status = 200, description = "Successful Response", body = OwnKyc)),
    security(("bearerAuth" = [])),
)]
pub async fn mine(
    State(state): State<ApiState>,
    Customer(caller): Customer,
) -> Result<Json<OwnKyc>, ApiError> {
    let page = state.app.kyc_page(caller.customer_id);
    let standing = state.app.own_kyc(caller).await?;
    Ok(Json(OwnKyc {
        status: standing.kyc.name(),
        since: standing.since.map(|at| at.rfc3339()),
        page: page.map(String::from),
    }))
}
