//! `GET` and `POST /cashier/{token}`: the page of the built-in cashier. It needs no script; the
//! token in its path is all that it trusts, so that no other site can press its buttons.

use super::error::ApiError;
use super::extract::SlatePath;
use super::page;
use crate::ApiState;
use crate::auth::Visitor;
use crate::input::{self, BodyError, Params};
use axum::extract::{Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use touchstone_app::cashier::{DemoChoice, DemoPage, PaymentOutcome, ReceiveError};
use touchstone_domain::transaction::TransactionKind;
use utoipa::ToSchema;

const TITLE: &str = "Cashier";

/// Show Cashier Page
///
/// The page of the built-in cashier, which `pay` sends to. No money is behind it.
#[utoipa::path(
    get,
    path = "/cashier/{token}",
    operation_id = "show_cashier_page",
    tag = "Payments",
    params(("token" = String, Path)),
    responses(
        (status = 200, description = "A page with Pay and Decline", body = String, content_type = "text/html"),
        (status = 404, description = "The page is not there, or not any more", body = String, content_type = "text/html"),
    ),
)]
pub async fn show(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlatePath(token): SlatePath<String>,
) -> Result<Response, ApiError> {
    Ok(match state.app.demo_cashier(&token).await? {
        Some(found) => page::html(StatusCode::OK, TITLE, &content(&found)),
        None => gone(),
    })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CashierChoice {
    Pay,
    Decline,
}

/// What the page's form sends.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CashierForm {
    choice: CashierChoice,
}

/// Decide Cashier Page
///
/// Pays or declines. One page takes one decision; a second one changes nothing.
#[utoipa::path(
    post,
    path = "/cashier/{token}",
    operation_id = "decide_cashier_page",
    tag = "Payments",
    params(("token" = String, Path)),
    request_body(content = CashierForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Decided: the page shows the outcome", headers(("Location" = String, description = "The page"))),
        (status = 404, description = "The page is not there, or not any more", body = String, content_type = "text/html"),
    ),
    extensions(("x-errors" = json!(["state_conflict", "payment_event_conflict"])))
)]
pub async fn decide(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlatePath(token): SlatePath<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let location = HeaderValue::from_str(request.uri().path()).ok();
    let body = input::read_bytes(request, &state).await?;
    let choice = choice(&body)?;
    match state.app.decide_at_demo_cashier(&token, choice).await {
        Ok(()) => {
            let mut response = StatusCode::SEE_OTHER.into_response();
            if let Some(location) = location {
                response.headers_mut().insert(LOCATION, location);
            }
            Ok(response)
        }
        Err(ReceiveError::NotFound) => Ok(gone()),
        Err(error) => Err(error.into()),
    }
}

fn choice(body: &[u8]) -> Result<DemoChoice, ApiError> {
    let fields = form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value));
    let form: CashierForm = Params::collect(fields).read().map_err(BodyError::Input)?;
    Ok(match form.choice {
        CashierChoice::Pay => DemoChoice::Pay,
        CashierChoice::Decline => DemoChoice::Decline,
    })
}

/// Nothing in it comes from a client: amounts, currency codes and our own words.
fn content(found: &DemoPage) -> String {
    let (what, back) = match found.kind {
        TransactionKind::Deposit => (
            "Deposit",
            "<a href=\"/console/account\">Back to your account</a>",
        ),
        _ => (
            "Challenge fee",
            "<a href=\"/console/challenges\">Back to your challenges</a>",
        ),
    };
    let amount = format!("{} {}", found.amount.fixed(), found.amount.currency);
    let rest = match (found.due, found.outcome) {
        (Some(due), _) => format!(
            "<form method=\"post\"><button name=\"choice\" value=\"pay\">Pay {} {}</button>\
             <button name=\"choice\" value=\"decline\">Decline</button></form>\
             <p><small>A demonstration: no money is taken.</small></p>",
            due.fixed(),
            due.currency
        ),
        (None, outcome) => format!("<p>{}</p>", told(outcome)),
    };
    format!("<h1>{what}</h1><p class=\"amount\">{amount}</p>{rest}<p>{back}</p>")
}

const fn told(outcome: Option<PaymentOutcome>) -> &'static str {
    match outcome {
        Some(PaymentOutcome::Approved | PaymentOutcome::Overpaid) => "Paid. Thank you.",
        Some(PaymentOutcome::Underpaid) => "A part is paid.",
        Some(PaymentOutcome::RefundDue) => "Paid, and it will be given back.",
        Some(PaymentOutcome::Declined) => "Declined. Nothing was taken.",
        Some(PaymentOutcome::Ignored) | None => "There is nothing to pay any more.",
    }
}

fn gone() -> Response {
    page::html(
        StatusCode::NOT_FOUND,
        TITLE,
        "<h1>This page is not here</h1><p>It may be too old: go back and pay again.</p>\
         <p><a href=\"/console/challenges\">Back to your challenges</a></p>",
    )
}
