//! `POST /prop/accounts/{account_id}/anchor`.

use super::error::ApiError;
use super::extract::{SlateJson, SlatePath};
use super::ids::key;
use super::prop_account::PropAccountDetail;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Decimal, Text};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use touchstone_domain::{EntityKind, Login, Money};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
pub struct SetAnchorRequest {
    /// What the day's loss is counted from, in the account's currency; above 0.
    #[schema(inline)]
    anchor: Decimal,
    /// Why; kept in the audit.
    #[schema(inline)]
    reason: Text<1, 500>,
}

/// Set Anchor
///
/// Sets what the day's loss of a running account is counted from, in place of an anchor that was taken from prices
/// that could not be trusted. The rules judge with it at once.
#[utoipa::path(
    post,
    path = "/prop/accounts/{account_id}/anchor",
    operation_id = "set_prop_account_anchor",
    tag = "Prop trading",
    params(("account_id" = Uuid, Path)),
    request_body = SetAnchorRequest,
    responses((status = 200, description = "Successful Response", body = PropAccountDetail)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn set(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<SetAnchorRequest>,
) -> Result<Json<PropAccountDetail>, ApiError> {
    let app = &state.app;
    let login = Login(key(app, EntityKind::Account, id)?);
    let account = app.prop_account(caller, login).await?.account;
    let anchor = Money::from_major(body.anchor.as_str(), account.currency)
        .ok()
        .filter(|anchor| anchor.minor > 0);
    let Some(anchor) = anchor else {
        return Err(ApiError::invalid_body(
            [crate::input::Segment::Key("anchor".to_owned())],
            "an amount above 0 with the currency's decimals is wanted",
        ));
    };
    let reason = body.reason.into_string();
    app.set_anchor(caller, login, anchor.minor, reason).await?;
    let found = app.prop_account(caller, login).await?;
    Ok(Json(PropAccountDetail::new(app, &found)))
}
