//! Slate's errors: `{"detail": text, "error": code}`, and FastAPI's array in `detail` for every 422.

use std::{borrow::Cow, time::Duration};

use axum::{
    Json,
    http::header::RETRY_AFTER,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{error_codes::error_codes, input::Segment, retry::retry_after_value};

error_codes! {
    /// Every code of the Slate dialect.
    Code {
        ValidationError = "validation_error", UNPROCESSABLE_ENTITY, "The request does not fit the schema; `detail` lists what and where";
        Unauthorized = "unauthorized", UNAUTHORIZED, "No valid access token was sent";
        Forbidden = "forbidden", FORBIDDEN, "The token is of a kind, or of a person, that may not do this";
        PasswordChangeRequired = "password_change_required", FORBIDDEN, "The account's owner has to set his own password first";
        InvalidCredentials = "invalid_credentials", UNAUTHORIZED, "Unknown e-mail, or the password does not fit";
        SignInDisabled = "sign_in_disabled", FORBIDDEN, "The customer or staff member is disabled";
        BrandRequired = "brand_required", CONFLICT, "E-mail and password fit in several brands; name one";
        EmailTaken = "email_taken", CONFLICT, "There is a customer with this e-mail already";
        InvalidToken = "invalid_token", BAD_REQUEST, "The mailed token is unknown, used or too old";
        NotFound = "not_found", NOT_FOUND, "There is no such path or resource, or it is not yours";
        MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The path exists, the method does not";
        RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request body did not arrive in time";
        PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE, "The request body is larger than the server takes";
        UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "`Content-Type` is not `application/json`";
        TemplateNotFound = "template_not_found", NOT_FOUND, "There is no such template, or it is another brand's";
        CustomerNotFound = "customer_not_found", NOT_FOUND, "There is no such customer, or he is another brand's";
        CustomerDisabled = "customer_disabled", CONFLICT, "The customer is disabled";
        TemplateReadOnly = "template_read_only", CONFLICT, "The template is a seed: clone it and change the clone";
        TemplateInactive = "template_inactive", CONFLICT, "The template is not on sale";
        TemplateNotDeliverable = "template_not_deliverable", CONFLICT, "The template has no steps, or the group of its first step is missing or not DEMO";
        TooManyPendingJourneys = "too_many_pending_journeys", CONFLICT, "As many journeys of the customer wait for payment as may";
        IdempotencyKeyConflict = "idempotency_key_conflict", CONFLICT, "The key was used with another input; `detail` names what differs";
        NotPayable = "not_payable", CONFLICT, "The transaction is of a type, or in a status, that takes no payment";
        NoCashier = "no_cashier", CONFLICT, "No cashier is set up here; staff approve what came in another way";
        InvalidSignature = "invalid_signature", UNAUTHORIZED, "The message is not signed by a payment provider or feed that is set up here, or is too old";
        PaymentEventConflict = "payment_event_conflict", CONFLICT, "The event was sent before with another content";
        NoWallet = "no_wallet", CONFLICT, "The customer has no enabled account of real money";
        InsufficientFunds = "insufficient_funds", CONFLICT, "More was asked for than can be withdrawn; `detail` says how much can";
        TooManyPendingTransactions = "too_many_pending_transactions", CONFLICT, "As many deposits or withdrawals of the customer wait as may";
        StateConflict = "state_conflict", CONFLICT, "The thing cannot do that in its state";
        RateLimited = "rate_limited", TOO_MANY_REQUESTS, "Too many requests; `Retry-After` says when to go on";
        InternalError = "internal_error", INTERNAL_SERVER_ERROR, "The server made a mistake; nothing was changed that is not shown";
        Unavailable = "unavailable", SERVICE_UNAVAILABLE, "The store is overloaded or unreachable; `Retry-After` says when to go on";
    }
}

/// An answer that is not a success.
#[derive(Debug)]
pub struct ApiError {
    code: Code,
    detail: Detail,
    retry_after: Option<Duration>,
}

#[derive(Debug)]
enum Detail {
    Text(Cow<'static, str>),
    Validation(Vec<ValidationError>),
}

impl ApiError {
    /// A domain error. For a request that does not fit use [`ApiError::invalid`].
    #[must_use]
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            detail: Detail::Text(detail.into()),
            retry_after: None,
        }
    }

    /// A 422 with everything that is wrong.
    #[must_use]
    pub fn validation(errors: Vec<ValidationError>) -> Self {
        Self {
            code: Code::ValidationError,
            detail: Detail::Validation(errors),
            retry_after: None,
        }
    }

    /// A 422 for one value of the body: `path` leads to it from the root of the body.
    #[must_use]
    pub fn invalid_body(path: impl IntoIterator<Item = Segment>, sentence: &str) -> Self {
        let loc = std::iter::once(Location::Name("body".to_owned()))
            .chain(path.into_iter().map(Location::from))
            .collect();
        Self::validation(vec![ValidationError {
            loc,
            msg: format!("Value error, {sentence}"),
            r#type: "value_error".to_owned(),
        }])
    }

    /// Says when a repeat makes sense; rounded up to whole seconds.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }
}

impl From<Code> for ApiError {
    /// The code with its own meaning as the detail.
    fn from(code: Code) -> Self {
        Self::new(code, code.meaning())
    }
}

/// The body of every Slate error that is not a 422.
#[derive(Debug, Serialize)]
struct ErrorBody {
    detail: Cow<'static, str>,
    error: &'static str,
}

/// The body of every 422, as FastAPI words it; `error` stands beside it.
#[derive(Debug, Serialize)]
struct ValidationBody {
    detail: Vec<ValidationError>,
    error: &'static str,
}

/// One thing that is wrong with a request.
#[derive(Debug, Serialize)]
pub struct ValidationError {
    pub loc: Vec<Location>,
    pub msg: String,
    pub r#type: String,
}

/// A step on the way to a wrong value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Location {
    Name(String),
    Index(usize),
}

impl From<Segment> for Location {
    fn from(segment: Segment) -> Self {
        match segment {
            Segment::Key(key) => Self::Name(key),
            Segment::Index(index) => Self::Index(index),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.code.status();
        let error = self.code.as_str();
        let mut response = match self.detail {
            Detail::Text(detail) => (status, Json(ErrorBody { detail, error })).into_response(),
            Detail::Validation(detail) => {
                (status, Json(ValidationBody { detail, error })).into_response()
            }
        };
        if let Some(wait) = self.retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER, retry_after_value(wait));
        }
        response
    }
}
