//! What a command came to, and the id that its sender gave it.

use super::super::enroll::{REPLAYED, idempotency_key};
use super::super::error::ApiError;
use super::deals::DealObject;
use super::failure::{bad_header, of_refusal};
use crate::ApiState;
use crate::input::{Segment, Text};
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use touchstone_app::App;
use touchstone_app::identity::Caller;
use touchstone_app::trading_desk::{ClientId, Executed, Origin, Wish};
use touchstone_domain::{Currency, Login};
use utoipa::ToSchema;

/// A command that was taken, and what it has come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Execution {
    /// The number of the command; of an order to buy or sell the order's, and that of the position which it opens.
    order_id: i64,
    client_order_id: Option<String>,
    /// `waiting`, `filled`, `cancelled` or `expired`; `done` for what is no order to buy or sell.
    status: String,
    /// A stable code of why an order was cancelled.
    reason: Option<String>,
    deals: Vec<DealObject>,
    /// Positions that were to be closed and could not be. Told with the first answer, not with a repeat.
    not_closed: Vec<NotClosedObject>,
    placed_at: String,
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct NotClosedObject {
    position_id: i64,
    /// The code that closing it alone is answered with.
    error: &'static str,
    detail: &'static str,
}

/// Asks for it, and words what it came to: `created` when something new is there, 200 for a repeat.
pub(super) async fn execute(
    state: &ApiState,
    caller: Caller,
    login: Login,
    sent: Sent,
    wish: Wish,
    created: StatusCode,
) -> Result<Response, ApiError> {
    let app = &state.app;
    let account = app.trading_account(caller, login).await?;
    let origin = sent.origin;
    let executed = app.trade(&account, sent.client_id, origin, wish).await?;
    let body = Execution::new(app, &executed, account.account.currency);
    let status = if executed.replayed {
        StatusCode::OK
    } else {
        created
    };
    let mut response = (status, Json(body)).into_response();
    if executed.replayed {
        let headers = response.headers_mut();
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// How a command is called, and where it comes from.
#[derive(Debug)]
pub(super) struct Sent {
    client_id: Option<ClientId>,
    origin: Origin,
}

impl Sent {
    /// The id of the header or of the body; of both when they agree.
    pub(super) fn named(
        headers: &HeaderMap,
        of_body: Option<Text<1, 64>>,
    ) -> Result<Self, ApiError> {
        Self::of_origin(headers, of_body, Origin::Manual)
    }

    pub(super) fn of_origin(
        headers: &HeaderMap,
        of_body: Option<Text<1, 64>>,
        origin: Origin,
    ) -> Result<Self, ApiError> {
        let wrong = |sentence: &str| {
            let field = Segment::Key("client_order_id".to_owned());
            ApiError::invalid_body([field], sentence)
        };
        let of_body = of_body.map(|text| ClientId::try_from(text.into_string()));
        let of_body = of_body.transpose().map_err(wrong)?;
        let of_header = of_header(headers)?;
        if let (Some(header), Some(body)) = (&of_header, &of_body)
            && header != body
        {
            return Err(wrong("the header Idempotency-Key names another one"));
        }
        Ok(Self {
            client_id: of_body.or(of_header),
            origin,
        })
    }
}

fn of_header(headers: &HeaderMap) -> Result<Option<ClientId>, ApiError> {
    let key = idempotency_key(headers)?;
    key.map(ClientId::try_from)
        .transpose()
        .map_err(|sentence| bad_header("idempotency-key", sentence))
}

impl Execution {
    fn new(app: &App, executed: &Executed, currency: Currency) -> Self {
        let row = &executed.order;
        Self {
            order_id: row.id,
            client_order_id: row.client_id.clone(),
            status: row.state.clone(),
            reason: Some(row.reason.clone()).filter(|reason| !reason.is_empty()),
            deals: executed
                .deals
                .iter()
                .map(|deal| DealObject::new(app, deal, currency))
                .collect(),
            not_closed: executed
                .not_closed
                .iter()
                .map(|(position, refusal)| NotClosedObject {
                    position_id: position.0,
                    error: of_refusal(*refusal).as_str(),
                    detail: refusal.reason(),
                })
                .collect(),
            placed_at: row.placed_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
        }
    }
}
