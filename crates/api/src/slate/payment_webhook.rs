//! `POST /payments/webhook/{provider}`: what a payment provider tells, signed.

use super::error::{ApiError, Code};
use super::extract::SlatePath;
use crate::ApiState;
use crate::auth::Visitor;
use crate::input::{self, BodyError, Decimal, InputError, Mismatch, Rule, Segment, Text};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use touchstone_app::cashier::{
    PaymentAnswer, PaymentNotice, PaymentWhat, ReceiveError, WebhookSignature,
};
use touchstone_domain::{Currency, EntityKind, Money, TransactionId};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub enum PaymentEventType {
    /// Money came in: `amount` and `currency` say how much.
    #[serde(rename = "payment.received")]
    Received,
    /// No money will come in.
    #[serde(rename = "payment.declined")]
    Declined,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct PaymentEventRequest {
    /// The provider's own id of this event. A repeat is answered as the first, and changes nothing.
    #[schema(inline)]
    event_id: Text<1, 128>,
    r#type: PaymentEventType,
    /// The transaction that was paid for: `pending_tx_id`, or the `transaction_id` of a deposit.
    transaction_id: Uuid,
    /// Major units, with at most as many decimals as the currency has; above 0.
    amount: Option<Decimal>,
    /// ISO 4217.
    currency: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentEventResponse {
    event_id: String,
    transaction_id: Uuid,
    /// `approved`, `underpaid`, `overpaid`, `refund_due`, `declined` or `ignored`.
    outcome: &'static str,
}

impl PaymentEventRequest {
    fn what(&self) -> Result<PaymentWhat, BodyError> {
        if self.r#type == PaymentEventType::Declined {
            return Ok(PaymentWhat::Declined);
        }
        let currency = self
            .currency
            .as_deref()
            .ok_or_else(|| wrong("currency", Mismatch::Missing))?;
        let currency: Currency = currency.parse().map_err(|_| {
            let text = "Value error, three capital letters are wanted";
            wrong("currency", Mismatch::Rule(Rule::Value, text.into()))
        })?;
        let amount = self
            .amount
            .as_ref()
            .ok_or_else(|| wrong("amount", Mismatch::Missing))?;
        match Money::from_major(amount.as_str(), currency) {
            Ok(amount) if amount.minor > 0 => Ok(PaymentWhat::Received(amount)),
            Ok(_) => {
                let text = "Input should be greater than 0";
                Err(wrong(
                    "amount",
                    Mismatch::Rule(Rule::GreaterThan, text.into()),
                ))
            }
            Err(_) => {
                let text = format!(
                    "Value error, {currency} has at most {} decimals",
                    currency.decimals()
                );
                Err(wrong("amount", Mismatch::Rule(Rule::Value, text)))
            }
        }
    }
}

fn wrong(field: &str, mismatch: Mismatch) -> BodyError {
    BodyError::Input(InputError::new(mismatch).within(Segment::Key(field.to_owned())))
}

/// Receive Payment Event
///
/// For payment providers. The body is signed: `X-Touchstone-Signature` is `v1=` and the
/// HMAC-SHA-256, in hexadecimal digits, of `X-Touchstone-Timestamp` (unix seconds, at most five
/// minutes from now), a dot and the body's bytes. While a secret is replaced several signatures may
/// stand there, with commas between them. Exactly the fee delivers what it pays for; less waits for
/// the rest; what is more, of another currency or too late is kept and has to be given back.
#[utoipa::path(
    post,
    path = "/payments/webhook/{provider}",
    operation_id = "receive_payment_event",
    tag = "Payments",
    params(
        ("provider" = String, Path),
        ("X-Touchstone-Timestamp" = String, Header, description = "Unix seconds"),
    ),
    request_body = PaymentEventRequest,
    responses((status = 200, description = "Successful Response", body = PaymentEventResponse)),
    security(("paymentSignature" = [])),
    extensions(("x-errors" = json!(["invalid_signature", "payment_event_conflict", "state_conflict"])))
)]
pub async fn receive(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlatePath(provider): SlatePath<String>,
    request: Request,
) -> Result<Json<PaymentEventResponse>, ApiError> {
    let headers = request.headers().clone();
    let body = input::read_bytes(request, &state).await?;
    state
        .app
        .verify_webhook(&provider, signature(&headers), &body)
        .map_err(|refused| {
            tracing::warn!(%refused, "a payment message was refused");
            ApiError::from(Code::InvalidSignature)
        })?;
    if !input::is_json(&headers) {
        return Err(BodyError::MediaType.into());
    }
    let event: PaymentEventRequest = input::parse_json(&body)?;
    let what = event.what()?;
    let key = super::ids::key(&state.app, EntityKind::Transaction, event.transaction_id)?;
    let notice = PaymentNotice {
        provider,
        event_id: event.event_id.into_string(),
        transaction_id: TransactionId(key),
        what,
        body_hash: Sha256::digest(&body).into(),
    };
    let answer = state.app.receive_payment(notice).await?;
    Ok(Json(response(event.transaction_id, answer)))
}

fn response(transaction_id: Uuid, answer: PaymentAnswer) -> PaymentEventResponse {
    PaymentEventResponse {
        event_id: answer.event_id,
        transaction_id,
        outcome: answer.outcome.name(),
    }
}

/// What a message is signed with, as it was sent.
pub(super) fn signature(headers: &HeaderMap) -> WebhookSignature<'_> {
    WebhookSignature {
        timestamp: header(headers, "x-touchstone-timestamp"),
        signatures: header(headers, "x-touchstone-signature"),
    }
}

/// Empty where it is missing or no text: no signature fits then.
fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

impl From<ReceiveError> for ApiError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::NotFound => Code::NotFound.into(),
            conflict @ ReceiveError::Conflict { .. } => {
                Self::new(Code::PaymentEventConflict, conflict.to_string())
            }
            ReceiveError::Transaction(error) => error.into(),
        }
    }
}
