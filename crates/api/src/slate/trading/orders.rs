//! Orders of an account: placed, changed, cancelled, listed.

use super::super::error::ApiError;
use super::super::extract::{SlateJson, SlateOptionalJson, SlatePath, SlateQuery};
use super::account_object::{AccountState, OrderObject, protection_texts};
use super::deals::HistoryQuery;
use super::decimals::{digits, lots, price};
use super::execution::{Execution, Sent, execute};
use super::words::{OriginWord, SideWord, TypeWord};
use crate::ApiState;
use crate::auth::{SignedIn, Trader};
use crate::input::{Decimal, Id, Segment, Text, given};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::trading_desk::{
    Command, OrderView, PatchWords, PlaceWords, ProtectWords, Protection, Wish,
};
use touchstone_domain::{Login, OrderId, UnixMicros};
use utoipa::ToSchema;

/// A new order. Prices in the quote currency, with at most the digits of the instrument.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrderBody {
    #[schema(inline)]
    symbol: Text<1, 32>,
    #[schema(inline)]
    side: SideWord,
    #[serde(default)]
    #[schema(inline, required = false)]
    r#type: TypeWord,
    /// In lots.
    volume: Decimal,
    /// Of an order that waits; of a stop limit the stop.
    price: Option<Decimal>,
    /// Of a stop limit: its limit, once the stop was reached.
    limit_price: Option<Decimal>,
    stop_loss: Option<Decimal>,
    take_profit: Option<Decimal>,
    /// How far behind the price the stop follows it. It begins at once and never moves back.
    trailing_distance: Option<Decimal>,
    /// RFC 3339. An order that waits is gone then; without it, when it is cancelled.
    expires_at: Option<String>,
    /// 1 to 64 visible ASCII characters: a repeat under it is the same order. `Idempotency-Key` says the same.
    #[schema(inline)]
    client_order_id: Option<Text<1, 64>>,
    #[serde(default)]
    #[schema(inline, required = false)]
    origin: OriginWord,
}

/// New terms of a waiting order, at least one; what is left out stays, null clears what an order can be without.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeOrderBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Decimal, required = false)]
    price: Option<Decimal>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Decimal, required = false)]
    limit_price: Option<Decimal>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Decimal>, required = false)]
    stop_loss: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Decimal>, required = false)]
    take_profit: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Decimal>, required = false)]
    trailing_distance: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, required = false)]
    expires_at: Option<Option<String>>,
    /// 1 to 64 visible ASCII characters: a repeat under it is the same command. `Idempotency-Key` says the same.
    #[schema(inline)]
    client_order_id: Option<Text<1, 64>>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelOrderBody {
    /// 1 to 64 visible ASCII characters: a repeat under it is the same command. `Idempotency-Key` says the same.
    #[schema(inline)]
    client_order_id: Option<Text<1, 64>>,
}

#[derive(Debug, Deserialize)]
pub struct OrderPath {
    login: Id,
    order_id: Id,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OrderList {
    items: Vec<OrderObject>,
    as_of: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OrderHistory {
    items: Vec<OrderRecord>,
    /// `before_id` of the next page; null on the last one.
    next_cursor: Option<i64>,
}

/// Something that was asked for, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderRecord {
    order_id: i64,
    client_order_id: Option<String>,
    /// `place`, `modify`, `cancel`, `protect`, `close`, `close_by` or `close_all`.
    action: &'static str,
    /// `waiting`, `filled`, `cancelled` or `expired`; `done` for what is no order to buy or sell.
    status: String,
    /// A stable code of why it was cancelled.
    reason: Option<String>,
    symbol: Option<String>,
    side: Option<SideWord>,
    r#type: Option<TypeWord>,
    volume: Option<String>,
    price: Option<String>,
    limit_price: Option<String>,
    stop_loss: Option<String>,
    take_profit: Option<String>,
    trailing_distance: Option<String>,
    expires_at: Option<String>,
    /// The order that was changed or cancelled.
    of_order_id: Option<i64>,
    /// The position that was protected or closed.
    position_id: Option<i64>,
    placed_at: String,
    updated_at: String,
}

/// List Open Orders
///
/// Orders that wait for their price.
#[utoipa::path(
    get,
    path = "/accounts/{login}/orders",
    operation_id = "list_orders",
    tag = "Orders",
    params(("login" = Id, Path)),
    responses((status = 200, description = "Successful Response", body = OrderList)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"])))
)]
pub async fn list(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlatePath(login): SlatePath<Id>,
) -> Result<Json<OrderList>, ApiError> {
    let app = &state.app;
    let standing = app.account_standing(caller, Login(login.get())).await?;
    let (items, as_of) = AccountState::new(app, &standing).into_orders();
    Ok(Json(OrderList { items, as_of }))
}

/// List Order History
///
/// Everything that was asked for, newest first, and what became of it.
#[utoipa::path(
    get,
    path = "/accounts/{login}/orders/history",
    operation_id = "list_order_history",
    tag = "Orders",
    params(("login" = Id, Path), HistoryQuery),
    responses((status = 200, description = "Successful Response", body = OrderHistory)),
    security(("bearerAuth" = [])),
)]
pub async fn history(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlatePath(login): SlatePath<Id>,
    SlateQuery(query): SlateQuery<HistoryQuery>,
) -> Result<Json<OrderHistory>, ApiError> {
    let app = &state.app;
    let (before, limit) = query.page();
    let login = Login(login.get());
    let page = app.order_history(caller, login, before, limit).await?;
    let items = page.items.iter();
    Ok(Json(OrderHistory {
        items: items.map(|view| OrderRecord::new(app, view)).collect(),
        next_cursor: page.next,
    }))
}

/// Place Order
///
/// Answered when it is durable: a market order with its deals, an order that waits with its number. A repeat with the
/// same client id is answered with the first one.
#[utoipa::path(
    post,
    path = "/accounts/{login}/orders",
    operation_id = "place_order",
    tag = "Orders",
    params(
        ("login" = Id, Path),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 64,
            description = "The same as `client_order_id`"),
    ),
    request_body = PlaceOrderBody,
    responses(
        (status = 201, description = "Successful Response", body = Execution),
        (status = 200, description = "It was placed before, under the same client id", body = Execution,
            headers(("Idempotent-Replayed" = String, description = "`true`"))),
    ),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "CLIENT_ID_REUSED", "ACCOUNT_DISABLED", "UNKNOWN_SYMBOL", "SYMBOL_DISABLED", "CLOSE_ONLY", "MARKET_CLOSED",
        "NO_PRICE", "STALE_PRICE", "BAD_VOLUME", "BAD_PRICE", "BAD_STOPS", "BAD_EXPIRY", "TOO_MANY_ORDERS",
        "TOO_MANY_POSITIONS", "NO_MONEY", "TOO_LARGE", "RULE_MAX_LOTS", "RULE_MAX_POSITIONS",
        "RULE_MAX_EXPOSURE_PER_SYMBOL", "RULE_MAX_LEVERAGE", "RULE_STOP_LOSS_REQUIRED", "RULE_NEWS_WINDOW",
        "RULE_FLAT_BEFORE_WEEKEND", "RULE_FLAT_OVERNIGHT", "RULE_NO_HEDGING_IN_ACCOUNT",
        "RULE_NO_HEDGING_ACROSS_ACCOUNTS", "RULE_NO_EXPERT_ADVISORS", "RULE_NO_COPY_TRADING", "DAY_PAUSED",
        "ACCOUNT_NOT_TRADED", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"
    ])))
)]
pub async fn place(
    State(state): State<ApiState>,
    Trader(caller): Trader,
    SlatePath(login): SlatePath<Id>,
    headers: HeaderMap,
    SlateJson(body): SlateJson<PlaceOrderBody>,
) -> Result<Response, ApiError> {
    let sent = Sent::of_origin(&headers, body.client_order_id.clone(), body.origin.into())?;
    let wish = Wish::Place(body.words()?);
    let login = Login(login.get());
    execute(&state, caller, login, sent, wish, StatusCode::CREATED).await
}

/// Change Order
///
/// New prices, stops or end of a waiting order.
#[utoipa::path(
    patch,
    path = "/accounts/{login}/orders/{order_id}",
    operation_id = "change_order",
    tag = "Orders",
    params(
        ("login" = Id, Path),
        ("order_id" = Id, Path),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 64,
            description = "A repeat under the same key is answered with the first change"),
    ),
    request_body = ChangeOrderBody,
    responses((status = 200, description = "Successful Response", body = Execution,
        headers(("Idempotent-Replayed" = String, description = "`true` when the key was sent before")))),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "CLIENT_ID_REUSED", "ACCOUNT_DISABLED", "UNKNOWN_ORDER", "NOTHING_TO_CHANGE", "SYMBOL_DISABLED", "CLOSE_ONLY",
        "MARKET_CLOSED",
        "NO_PRICE", "STALE_PRICE", "BAD_PRICE", "BAD_STOPS", "BAD_EXPIRY", "NO_MONEY", "TOO_LARGE",
        "RULE_STOP_LOSS_REQUIRED", "RULE_NEWS_WINDOW", "RULE_NO_EXPERT_ADVISORS", "RULE_NO_COPY_TRADING", "DAY_PAUSED",
        "ACCOUNT_NOT_TRADED", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"
    ])))
)]
pub async fn change(
    State(state): State<ApiState>,
    Trader(caller): Trader,
    SlatePath(path): SlatePath<OrderPath>,
    headers: HeaderMap,
    SlateJson(body): SlateJson<ChangeOrderBody>,
) -> Result<Response, ApiError> {
    let sent = Sent::named(&headers, body.client_order_id.clone())?;
    let wish = Wish::Modify(OrderId(path.order_id.get()), body.words()?);
    let login = Login(path.login.get());
    execute(&state, caller, login, sent, wish, StatusCode::OK).await
}

/// Cancel Order
#[utoipa::path(
    delete,
    path = "/accounts/{login}/orders/{order_id}",
    operation_id = "cancel_order",
    tag = "Orders",
    params(
        ("login" = Id, Path),
        ("order_id" = Id, Path),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 64,
            description = "A repeat under the same key is answered with the first cancellation"),
    ),
    request_body(content = Option<CancelOrderBody>),
    responses((status = 200, description = "Successful Response", body = Execution,
        headers(("Idempotent-Replayed" = String, description = "`true` when the key was sent before")))),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "CLIENT_ID_REUSED", "ACCOUNT_DISABLED", "UNKNOWN_ORDER", "ACCOUNT_NOT_TRADED", "DESK_UNAVAILABLE",
        "RULE_NEWS_WINDOW", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"
    ])))
)]
pub async fn cancel(
    State(state): State<ApiState>,
    Trader(caller): Trader,
    SlatePath(path): SlatePath<OrderPath>,
    headers: HeaderMap,
    SlateOptionalJson(body): SlateOptionalJson<CancelOrderBody>,
) -> Result<Response, ApiError> {
    let sent = Sent::named(&headers, body.unwrap_or_default().client_order_id)?;
    let wish = Wish::Cancel(OrderId(path.order_id.get()));
    let login = Login(path.login.get());
    execute(&state, caller, login, sent, wish, StatusCode::OK).await
}

pub(super) fn text(decimal: Decimal) -> String {
    decimal.as_str().to_owned()
}

pub(in crate::slate) fn instant(field: &str, text: &str) -> Result<UnixMicros, ApiError> {
    UnixMicros::parse(text).ok_or_else(|| {
        let sentence = "a day or an instant of RFC 3339 is wanted";
        ApiError::invalid_body([Segment::Key(field.to_owned())], sentence)
    })
}

/// A change that names nothing is a mistake: most likely of a field's name.
pub(super) fn something_is_named(named: bool) -> Result<(), ApiError> {
    if named {
        return Ok(());
    }
    Err(ApiError::invalid_body(
        [],
        "name at least one thing to change",
    ))
}

impl PlaceOrderBody {
    fn words(self) -> Result<PlaceWords, ApiError> {
        let expires_at = self.expires_at.as_deref();
        Ok(PlaceWords {
            symbol: self.symbol.into_string(),
            side: self.side.into(),
            kind: self.r#type.into(),
            volume: text(self.volume),
            price: self.price.map(text),
            limit_price: self.limit_price.map(text),
            stop_loss: self.stop_loss.map(text),
            take_profit: self.take_profit.map(text),
            trailing_distance: self.trailing_distance.map(text),
            expires_at: expires_at
                .map(|text| instant("expires_at", text))
                .transpose()?,
        })
    }
}

impl ChangeOrderBody {
    fn words(self) -> Result<PatchWords, ApiError> {
        let stops = [&self.stop_loss, &self.take_profit, &self.trailing_distance];
        let prices = [&self.price, &self.limit_price];
        something_is_named(
            prices.iter().any(|price| price.is_some())
                || stops.iter().any(|stop| stop.is_some())
                || self.expires_at.is_some(),
        )?;
        let expires_at = match self.expires_at {
            Some(Some(text)) => Some(Some(instant("expires_at", &text)?)),
            Some(None) => Some(None),
            None => None,
        };
        Ok(PatchWords {
            price: self.price.map(text),
            limit_price: self.limit_price.map(text),
            protection: ProtectWords {
                stop_loss: self.stop_loss.map(|change| change.map(text)),
                take_profit: self.take_profit.map(|change| change.map(text)),
                trailing_distance: self.trailing_distance.map(|change| change.map(text)),
            },
            expires_at,
        })
    }
}

impl OrderRecord {
    pub(in crate::slate) fn new(app: &App, view: &OrderView) -> Self {
        let row = &view.row;
        let mut record = Self {
            order_id: row.id,
            client_order_id: row.client_id.clone(),
            action: "place",
            status: row.state.clone(),
            reason: Some(row.reason.clone()).filter(|reason| !reason.is_empty()),
            symbol: view.symbol.map(|symbol| symbol.to_string()),
            side: None,
            r#type: None,
            volume: None,
            price: None,
            limit_price: None,
            stop_loss: None,
            take_profit: None,
            trailing_distance: None,
            expires_at: None,
            of_order_id: None,
            position_id: None,
            placed_at: row.placed_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
        };
        let digits = view.symbol.map_or(0, |symbol| digits(app, symbol));
        record.say(&view.command, digits);
        record
    }

    fn say(&mut self, command: &Command, digits: u32) {
        match command {
            Command::Place(order) => {
                self.side = Some(order.side.into());
                self.volume = Some(lots(order.volume));
                self.expires_at = order.expires_at.map(UnixMicros::rfc3339);
                self.say_prices(order.kind, digits);
                self.say_protection(order.protection, digits);
            }
            Command::Modify {
                order,
                kind,
                protection,
                expires_at,
            } => {
                self.action = "modify";
                self.of_order_id = Some(order.0);
                self.expires_at = expires_at.map(UnixMicros::rfc3339);
                self.say_prices(*kind, digits);
                self.say_protection(*protection, digits);
            }
            Command::Cancel { order } => {
                self.action = "cancel";
                self.of_order_id = Some(order.0);
            }
            Command::Protect {
                position,
                protection,
            } => {
                self.action = "protect";
                self.position_id = Some(position.0);
                self.say_protection(*protection, digits);
            }
            Command::Close { position, volume } => {
                self.action = "close";
                self.position_id = Some(position.0);
                self.volume = volume.map(lots);
            }
            Command::CloseBy { position, .. } => {
                self.action = "close_by";
                self.position_id = Some(position.0);
            }
            Command::CloseAll { .. } => self.action = "close_all",
        }
    }

    fn say_prices(&mut self, kind: touchstone_app::trading_desk::OrderKind, digits: u32) {
        let (kind, at, limit) = TypeWord::of(kind);
        self.r#type = Some(kind);
        self.price = at.map(|at| price(at, digits));
        self.limit_price = limit.map(|limit| price(limit, digits));
    }

    fn say_protection(&mut self, protection: Protection, digits: u32) {
        [self.stop_loss, self.take_profit, self.trailing_distance] =
            protection_texts(protection, digits);
    }
}
