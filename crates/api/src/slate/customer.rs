//! `/customers/{customer_id}`: a customer as staff see him, and who looks after him.

use super::customer_object::CustomerResponse;
use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath};
use super::ids::key_or;
use super::users::user;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::Reason;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use touchstone_app::staff::CustomerCard;
use touchstone_domain::{CustomerId, EntityKind};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignCustomerRequest {
    /// A person of the firm; null for nobody.
    owner_id: Option<Uuid>,
    /// Why; kept in the audit.
    #[schema(inline)]
    reason: Reason<500>,
}

/// Customer Detail
#[utoipa::path(
    get,
    path = "/customers/{customer_id}",
    operation_id = "customer_detail",
    tag = "Customers",
    params(("customer_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = CustomerResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["customer_not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<CustomerResponse>, ApiError> {
    let id = customer(&state, id)?;
    let card = state.app.customer_card(caller, id).await?;
    Ok(Json(shown(&state, &card)))
}

/// Assign Customer
///
/// Says who of the firm looks after the customer. Whoever has the view scope `own` sees his own customers and nobody
/// else's.
#[utoipa::path(
    put,
    path = "/customers/{customer_id}/owner",
    operation_id = "assign_customer",
    tag = "Customers",
    params(("customer_id" = Uuid, Path)),
    request_body = AssignCustomerRequest,
    responses((status = 200, description = "Successful Response", body = CustomerResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["customer_not_found", "user_not_found"])))
)]
pub async fn assign(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<AssignCustomerRequest>,
) -> Result<Json<CustomerResponse>, ApiError> {
    let id = customer(&state, id)?;
    let owner = body.owner_id.map(|owner| user(&state.app, owner));
    let (owner, reason) = (owner.transpose()?, body.reason.into_string());
    let assigned = state.app.assign_customer(caller, id, owner, reason);
    Ok(Json(shown(&state, &assigned.await?)))
}

fn shown(state: &ApiState, card: &CustomerCard) -> CustomerResponse {
    CustomerResponse::new(&state.app, &card.customer, &card.accounts, card.deposits)
        .with_owner(&state.app, card.owner.as_ref())
}

fn customer(state: &ApiState, id: Uuid) -> Result<CustomerId, ApiError> {
    key_or(&state.app, EntityKind::Customer, id, Code::CustomerNotFound).map(CustomerId)
}
