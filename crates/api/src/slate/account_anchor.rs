//! `POST /prop/accounts/{account_id}/anchor`.

use super::error::ApiError;
use super::extract::{SlateJson, SlatePath};
use super::ids::key;
use super::prop_account::PropAccountDetail;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Decimal, Reason, Segment};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use touchstone_domain::{EntityKind, Login, Money};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAnchorRequest {
    /// What the day's loss is counted from, in the account's currency; from a tenth of the initial balance to ten
    /// times as much.
    #[schema(inline)]
    anchor: Decimal,
    /// Why; kept in the audit.
    #[schema(inline)]
    reason: Reason<500>,
    /// Set it also when a limit of the day is crossed by it at once, with all that follows.
    #[serde(default)]
    #[schema(required = false)]
    may_breach: bool,
}

/// An anchor is no further from the initial balance than so many times.
const FURTHEST: i64 = 10;

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
    extensions(("x-errors" = json!(["state_conflict", "anchor_would_breach"])))
)]
pub async fn set(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<SetAnchorRequest>,
) -> Result<Json<PropAccountDetail>, ApiError> {
    let app = &state.app;
    let login = Login(key(app, EntityKind::Account, id)?);
    let found = app.prop_account(caller, login).await?;
    let account = found.account;
    let wrong =
        |sentence: &str| ApiError::invalid_body([Segment::Key("anchor".to_owned())], sentence);
    let anchor = Money::from_major(body.anchor.as_str(), account.currency)
        .ok()
        .filter(|anchor| anchor.minor > 0)
        .ok_or_else(|| wrong("an amount above 0 with the currency's decimals is wanted"))?;
    if let Some(one) = found.phase {
        let initial = one.phase.size_minor();
        if !(initial / FURTHEST..=initial.saturating_mul(FURTHEST)).contains(&anchor.minor) {
            return Err(wrong("it is too far from the account's initial balance"));
        }
    }
    let reason = body.reason.into_string();
    let may_breach = body.may_breach;
    app.set_anchor(caller, login, anchor.minor, reason, may_breach)
        .await?;
    let found = app.prop_account(caller, login).await?;
    Ok(Json(PropAccountDetail::new(app, &found)))
}
