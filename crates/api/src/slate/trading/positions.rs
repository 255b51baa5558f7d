//! Positions of an account: listed, protected, closed.

use super::super::error::ApiError;
use super::super::extract::{SlateJson, SlateOptionalJson, SlatePath};
use super::account_object::{AccountState, PositionObject};
use super::execution::{Execution, Sent, execute};
use super::orders::{something_is_named, text};
use crate::ApiState;
use crate::auth::{SignedIn, Trader};
use crate::input::{Decimal, Id, Text, given};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use touchstone_app::trading_desk::{ProtectWords, Wish};
use touchstone_domain::{Login, PositionId};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct PositionList {
    items: Vec<PositionObject>,
    as_of: String,
}

/// New stops of a position, at least one; what is left out stays, null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProtectPositionBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Decimal>, required = false)]
    stop_loss: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Decimal>, required = false)]
    take_profit: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Decimal>, required = false)]
    trailing_distance: Option<Option<Decimal>>,
    /// 1 to 64 visible ASCII characters: a repeat under it is the same command. `Idempotency-Key` says the same.
    #[schema(inline)]
    client_order_id: Option<Text<1, 64>>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosePositionBody {
    /// Lots of it; the whole position when it is left out.
    volume: Option<Decimal>,
    /// 1 to 64 visible ASCII characters: a repeat under it is the same command. `Idempotency-Key` says the same.
    #[schema(inline)]
    client_order_id: Option<Text<1, 64>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseByBody {
    #[schema(inline)]
    position_id: Id,
    /// Of the same symbol and the other side.
    #[schema(inline)]
    opposite_position_id: Id,
    /// 1 to 64 visible ASCII characters: a repeat under it is the same command. `Idempotency-Key` says the same.
    #[schema(inline)]
    client_order_id: Option<Text<1, 64>>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseAllBody {
    /// Positions of this symbol alone.
    #[schema(inline)]
    symbol: Option<Text<1, 32>>,
    /// 1 to 64 visible ASCII characters: a repeat under it is the same command. `Idempotency-Key` says the same.
    #[schema(inline)]
    client_order_id: Option<Text<1, 64>>,
}

#[derive(Debug, Deserialize)]
pub struct PositionPath {
    login: Id,
    position_id: Id,
}

/// List Positions
#[utoipa::path(
    get,
    path = "/accounts/{login}/positions",
    operation_id = "list_positions",
    tag = "Accounts",
    params(("login" = Id, Path)),
    responses((status = 200, description = "Successful Response", body = PositionList)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"])))
)]
pub async fn list(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlatePath(login): SlatePath<Id>,
) -> Result<Json<PositionList>, ApiError> {
    let app = &state.app;
    let standing = app.account_standing(caller, Login(login.get())).await?;
    let (items, as_of) = AccountState::new(app, &standing).into_positions();
    Ok(Json(PositionList { items, as_of }))
}

/// Protect Position
///
/// New stop loss, take profit or trailing stop of a position.
#[utoipa::path(
    patch,
    path = "/accounts/{login}/positions/{position_id}",
    operation_id = "protect_position",
    tag = "Accounts",
    params(
        ("login" = Id, Path),
        ("position_id" = Id, Path),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 64,
            description = "A repeat under the same key is answered with the first change"),
    ),
    request_body = ProtectPositionBody,
    responses((status = 200, description = "Successful Response", body = Execution,
        headers(("Idempotent-Replayed" = String, description = "`true` when the key was sent before")))),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "CLIENT_ID_REUSED", "ACCOUNT_DISABLED", "UNKNOWN_POSITION", "NOTHING_TO_CHANGE", "SYMBOL_DISABLED",
        "MARKET_CLOSED", "NO_PRICE", "STALE_PRICE", "BAD_STOPS", "TOO_LARGE", "RULE_STOP_LOSS_REQUIRED", "RULE_NEWS_WINDOW", "ACCOUNT_NOT_TRADED",
        "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"
    ])))
)]
pub async fn protect(
    State(state): State<ApiState>,
    Trader(caller): Trader,
    SlatePath(path): SlatePath<PositionPath>,
    headers: HeaderMap,
    SlateJson(body): SlateJson<ProtectPositionBody>,
) -> Result<Response, ApiError> {
    let stops = [&body.stop_loss, &body.take_profit, &body.trailing_distance];
    something_is_named(stops.iter().any(|stop| stop.is_some()))?;
    let sent = Sent::named(&headers, body.client_order_id)?;
    let words = ProtectWords {
        stop_loss: body.stop_loss.map(|change| change.map(text)),
        take_profit: body.take_profit.map(|change| change.map(text)),
        trailing_distance: body.trailing_distance.map(|change| change.map(text)),
    };
    let wish = Wish::Protect(PositionId(path.position_id.get()), words);
    let login = Login(path.login.get());
    execute(&state, caller, login, sent, wish, StatusCode::OK).await
}

/// Close Position
///
/// The whole position, or a part of it, at the price that stands now.
#[utoipa::path(
    post,
    path = "/accounts/{login}/positions/{position_id}/close",
    operation_id = "close_position",
    tag = "Accounts",
    params(
        ("login" = Id, Path),
        ("position_id" = Id, Path),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 64,
            description = "A repeat under the same key is answered with the first close"),
    ),
    request_body(content = Option<ClosePositionBody>),
    responses((status = 200, description = "Successful Response", body = Execution,
        headers(("Idempotent-Replayed" = String, description = "`true` when the key was sent before")))),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "CLIENT_ID_REUSED", "ACCOUNT_DISABLED", "UNKNOWN_POSITION", "SYMBOL_DISABLED", "MARKET_CLOSED", "NO_PRICE",
        "STALE_PRICE", "BAD_VOLUME", "TOO_LARGE", "RULE_NEWS_WINDOW", "RULE_MIN_SECONDS_IN_TRADE",
        "ACCOUNT_NOT_TRADED", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"
    ])))
)]
pub async fn close(
    State(state): State<ApiState>,
    Trader(caller): Trader,
    SlatePath(path): SlatePath<PositionPath>,
    headers: HeaderMap,
    SlateOptionalJson(body): SlateOptionalJson<ClosePositionBody>,
) -> Result<Response, ApiError> {
    let body = body.unwrap_or_default();
    let sent = Sent::named(&headers, body.client_order_id)?;
    let volume = body.volume.map(text);
    let wish = Wish::Close(PositionId(path.position_id.get()), volume);
    let login = Login(path.login.get());
    execute(&state, caller, login, sent, wish, StatusCode::OK).await
}

/// Close By
///
/// Ends as much of two opposite positions as the smaller one has, each at the opening price of the other.
#[utoipa::path(
    post,
    path = "/accounts/{login}/positions/close-by",
    operation_id = "close_positions_by",
    tag = "Accounts",
    params(
        ("login" = Id, Path),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 64,
            description = "A repeat under the same key is answered with the first close"),
    ),
    request_body = CloseByBody,
    responses((status = 200, description = "Successful Response", body = Execution,
        headers(("Idempotent-Replayed" = String, description = "`true` when the key was sent before")))),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "CLIENT_ID_REUSED", "ACCOUNT_DISABLED", "UNKNOWN_POSITION", "SYMBOL_DISABLED", "MARKET_CLOSED", "NO_PRICE",
        "STALE_PRICE", "NOT_OPPOSITE", "TOO_LARGE", "RULE_NEWS_WINDOW", "RULE_MIN_SECONDS_IN_TRADE",
        "ACCOUNT_NOT_TRADED", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"
    ])))
)]
pub async fn close_by(
    State(state): State<ApiState>,
    Trader(caller): Trader,
    SlatePath(login): SlatePath<Id>,
    headers: HeaderMap,
    SlateJson(body): SlateJson<CloseByBody>,
) -> Result<Response, ApiError> {
    let sent = Sent::named(&headers, body.client_order_id.clone())?;
    let [one, other] = [body.position_id, body.opposite_position_id].map(|id| PositionId(id.get()));
    let wish = Wish::CloseBy(one, other);
    execute(
        &state,
        caller,
        Login(login.get()),
        sent,
        wish,
        StatusCode::OK,
    )
    .await
}

/// Close All
///
/// Every position, or those of one symbol. What cannot be closed is listed.
#[utoipa::path(
    post,
    path = "/accounts/{login}/positions/close-all",
    operation_id = "close_all_positions",
    tag = "Accounts",
    params(
        ("login" = Id, Path),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 64,
            description = "A repeat under the same key is answered with the first close"),
    ),
    request_body(content = Option<CloseAllBody>),
    responses((status = 200, description = "Successful Response", body = Execution,
        headers(("Idempotent-Replayed" = String, description = "`true` when the key was sent before")))),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "CLIENT_ID_REUSED", "ACCOUNT_DISABLED", "UNKNOWN_SYMBOL", "SYMBOL_DISABLED", "MARKET_CLOSED", "NO_PRICE",
        "STALE_PRICE", "NOTHING_TO_CLOSE", "TOO_LARGE", "RULE_NEWS_WINDOW", "RULE_MIN_SECONDS_IN_TRADE",
        "ACCOUNT_NOT_TRADED", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"
    ])))
)]
pub async fn close_all(
    State(state): State<ApiState>,
    Trader(caller): Trader,
    SlatePath(login): SlatePath<Id>,
    headers: HeaderMap,
    SlateOptionalJson(body): SlateOptionalJson<CloseAllBody>,
) -> Result<Response, ApiError> {
    let body = body.unwrap_or_default();
    let sent = Sent::named(&headers, body.client_order_id)?;
    let symbol = body.symbol.map(Text::into_string);
    let wish = Wish::CloseAll(symbol);
    execute(
        &state,
        caller,
        Login(login.get()),
        sent,
        wish,
        StatusCode::OK,
    )
    .await
}
