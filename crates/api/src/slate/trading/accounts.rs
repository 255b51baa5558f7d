//! `GET /accounts/{login}`.

use super::super::error::ApiError;
use super::super::extract::SlatePath;
use super::account_object::AccountState;
use crate::ApiState;
use crate::auth::SignedIn;
use crate::input::Id;
use axum::Json;
use axum::extract::State;
use touchstone_domain::Login;

/// Account
///
/// How an account stands: money, positions, waiting orders, and how far its phase has come. Customers see their own
/// accounts, staff those of their brand. An account whose phase is over is told as it was left.
#[utoipa::path(
    get,
    path = "/accounts/{login}",
    operation_id = "get_account",
    tag = "Accounts",
    params(("login" = Id, Path)),
    responses((status = 200, description = "Successful Response", body = AccountState)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlatePath(login): SlatePath<Id>,
) -> Result<Json<AccountState>, ApiError> {
    let app = &state.app;
    let standing = app.account_standing(caller, Login(login.get())).await?;
    Ok(Json(AccountState::new(app, &standing)))
}
