//! `/customers/{customer_id}/kyc`: what is known of a customer's identity.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath};
use super::ids::key_or;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::Reason;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::kyc::{KycError, KycStanding};
use touchstone_domain::kyc::Kyc;
use touchstone_domain::{CustomerId, EntityKind};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KycWord {
    None,
    Pending,
    Approved,
    Rejected,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetKycRequest {
    status: KycWord,
    /// Why; kept in the audit.
    #[schema(inline)]
    reason: Reason<500>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct KycObject {
    customer_id: Uuid,
    /// `none`, `pending`, `approved` or `rejected`.
    status: &'static str,
    /// Since when; null while nobody has said anything.
    since: Option<String>,
}

/// Customer KYC
#[utoipa::path(
    get,
    path = "/customers/{customer_id}/kyc",
    operation_id = "customer_kyc",
    tag = "Compliance",
    params(("customer_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = KycObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["customer_not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<KycObject>, ApiError> {
    let id = customer(&state, id)?;
    let standing = state.app.kyc(caller, id).await?;
    Ok(Json(KycObject::new(&state, standing)))
}

/// Set Customer KYC
///
/// Says what is known of the customer's identity. A program can ask for `approved` before it pays out; it does unless
/// it says otherwise.
#[utoipa::path(
    put,
    path = "/customers/{customer_id}/kyc",
    operation_id = "set_customer_kyc",
    tag = "Compliance",
    params(("customer_id" = Uuid, Path)),
    request_body = SetKycRequest,
    responses((status = 200, description = "Successful Response", body = KycObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["customer_not_found", "customer_erased"])))
)]
pub async fn set(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<SetKycRequest>,
) -> Result<Json<KycObject>, ApiError> {
    let id = customer(&state, id)?;
    let reason = body.reason.into_string();
    let kyc = body.status.into();
    let standing = state.app.set_kyc(caller, id, kyc, reason).await?;
    Ok(Json(KycObject::new(&state, standing)))
}

fn customer(state: &ApiState, id: Uuid) -> Result<CustomerId, ApiError> {
    key_or(&state.app, EntityKind::Customer, id, Code::CustomerNotFound).map(CustomerId)
}

impl KycObject {
    fn new(state: &ApiState, standing: KycStanding) -> Self {
        let key = standing.customer_id.0;
        Self {
            customer_id: state.app.public_ids.uuid(EntityKind::Customer, key),
            status: standing.kyc.name(),
            since: standing.since.map(|at| at.rfc3339()),
        }
    }
}

impl From<KycError> for ApiError {
    fn from(error: KycError) -> Self {
        match error {
            KycError::Session(error) => error.into(),
            KycError::NotFound => Code::CustomerNotFound.into(),
            KycError::Erased => Code::CustomerErased.into(),
            conflict @ KycError::Conflict { .. } => {
                Self::new(Code::KycEventConflict, conflict.to_string())
            }
            KycError::Store(error) => error.into(),
        }
    }
}

impl From<KycWord> for Kyc {
    fn from(word: KycWord) -> Self {
        match word {
            KycWord::None => Self::None,
            KycWord::Pending => Self::Pending,
            KycWord::Approved => Self::Approved,
            KycWord::Rejected => Self::Rejected,
        }
    }
}
