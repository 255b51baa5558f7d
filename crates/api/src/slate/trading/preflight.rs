//! `POST /orders/preflight`.

use super::super::error::ApiError;
use super::super::extract::SlateJson;
use super::decimals::money;
use super::failure::{bad_header, code_of};
use super::orders::{instant, text};
use super::words::{OriginWord, SideWord, TypeWord};
use crate::ApiState;
use crate::auth::SignedIn;
use crate::input::{Decimal, Segment, Text};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use serde::{Deserialize, Serialize};
use touchstone_app::trading_desk::{PlaceWords, PreflightAction, PreflightRequest};
use touchstone_domain::{Login, UnixMicros};
use utoipa::ToSchema;

pub(crate) const CUSTOMER_LOGIN: HeaderName = HeaderName::from_static("x-customer-login");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionWord {
    Open,
    Close,
    Trigger,
    Sl,
    Tp,
}

/// What is going to be done. With `side` and `volume` it is looked at as an order of its own.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PreflightBody {
    #[schema(inline)]
    symbol: Text<1, 32>,
    /// `open` and `trigger` begin something, `close`, `sl` and `tp` end what is held.
    #[schema(inline)]
    action: ActionWord,
    /// RFC 3339: when the client asked. The answer is as of the server's clock.
    requested_at: Option<String>,
    #[schema(inline)]
    side: Option<SideWord>,
    #[serde(default)]
    #[schema(inline, required = false)]
    r#type: TypeWord,
    /// In lots.
    volume: Option<Decimal>,
    price: Option<Decimal>,
    limit_price: Option<Decimal>,
    stop_loss: Option<Decimal>,
    take_profit: Option<Decimal>,
    #[serde(default)]
    #[schema(inline, required = false)]
    origin: OriginWord,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PreflightResponse {
    /// The code that it would be refused with; null when nothing stands against it.
    #[schema(required)]
    block: Option<&'static str>,
    /// When that is over, where it can be told.
    #[schema(required)]
    ends_at: Option<String>,
    #[schema(required)]
    message: Option<&'static str>,
    /// The account that it was looked at for.
    login: String,
    /// The further margin of the order, or, below 0, what it sets free; null without an order.
    margin: Option<String>,
    /// 0 or less.
    commission: Option<String>,
    free_margin_after: Option<String>,
    currency: String,
}

/// Preflight Order
///
/// Whether something stands against an order, and what it would take, without placing it. `X-Customer-Login` names
/// the account; who has one that is traded may leave it out.
#[utoipa::path(
    post,
    path = "/orders/preflight",
    operation_id = "preflight_order",
    tag = "Orders",
    params(("X-Customer-Login" = Option<i64>, Header, minimum = 1, description = "The account")),
    request_body = PreflightBody,
    responses((status = 200, description = "Successful Response", body = PreflightResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "not_found", "UNKNOWN_SYMBOL", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"
    ])))
)]
pub async fn preflight(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    SlateJson(body): SlateJson<PreflightBody>,
) -> Result<Json<PreflightResponse>, ApiError> {
    let login = login_of(&headers)?;
    if let Some(at) = &body.requested_at {
        instant("requested_at", at)?;
    }
    let request = PreflightRequest {
        login,
        symbol: body.symbol.as_str().to_owned(),
        action: match body.action {
            ActionWord::Open | ActionWord::Trigger => PreflightAction::Open,
            ActionWord::Close | ActionWord::Sl | ActionWord::Tp => PreflightAction::Close,
        },
        origin: body.origin.into(),
        order: body.order()?,
    };
    let answer = state.app.order_preflight(caller, request).await?;
    let code = answer.against.map(code_of);
    let text = |minor| money(minor, answer.currency);
    let figures = answer.figures.as_ref();
    Ok(Json(PreflightResponse {
        block: code.map(|code| code.as_str()),
        ends_at: answer.ends_at.map(UnixMicros::rfc3339),
        message: code.map(|code| code.meaning()),
        login: answer.login.to_string(),
        margin: figures.map(|figures| text(figures.margin_minor)),
        commission: figures.map(|figures| text(figures.commission_minor)),
        free_margin_after: figures.map(|figures| text(figures.free_margin_after_minor)),
        currency: answer.currency.to_string(),
    }))
}

fn login_of(headers: &HeaderMap) -> Result<Option<Login>, ApiError> {
    let mut values = headers.get_all(CUSTOMER_LOGIN).iter();
    let (Some(value), rest) = (values.next(), values.next()) else {
        return Ok(None);
    };
    let login = value.to_str().ok().and_then(|text| text.parse().ok());
    match login.filter(|login| *login > 0 && rest.is_none()) {
        Some(login) => Ok(Some(Login(login))),
        None => Err(bad_header(
            CUSTOMER_LOGIN.as_str(),
            "the number of one account is wanted",
        )),
    }
}

impl PreflightBody {
    /// The order that was named with side and volume.
    fn order(self) -> Result<Option<PlaceWords>, ApiError> {
        let named = [
            &self.price,
            &self.limit_price,
            &self.stop_loss,
            &self.take_profit,
        ];
        let is_named = named.iter().any(|price| price.is_some());
        match (self.side, self.volume) {
            (Some(side), Some(volume)) => Ok(Some(PlaceWords {
                symbol: self.symbol.into_string(),
                side: side.into(),
                kind: self.r#type.into(),
                volume: text(volume),
                price: self.price.map(text),
                limit_price: self.limit_price.map(text),
                stop_loss: self.stop_loss.map(text),
                take_profit: self.take_profit.map(text),
                trailing_distance: None,
                expires_at: None,
            })),
            (None, None) if !is_named && self.r#type == TypeWord::Market => Ok(None),
            (None, _) => Err(missing("side")),
            (_, None) => Err(missing("volume")),
        }
    }
}

fn missing(field: &str) -> ApiError {
    let sentence = "an order has a side and a volume";
    ApiError::invalid_body([Segment::Key(field.to_owned())], sentence)
}
