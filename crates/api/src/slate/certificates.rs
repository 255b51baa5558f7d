//! `/challenges/me/certificates` and `/certificates/{code}`: what a trader can show, and anyone can check.

use super::error::{ApiError, Code};
use super::extract::{SlatePath, SlateQuery};
use super::page;
use crate::ApiState;
use crate::auth::{Customer, Visitor};
use crate::input::Within;
use crate::limits;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use touchstone_app::certificates::{Achievement, Certificate, CertificateError};
use touchstone_app::svg::escaped;
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OwnCertificatesQuery {
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::CERTIFICATES_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VerifyQuery {
    /// As it stands on the certificate; with or without hyphens, in any case.
    code: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateObject {
    code: String,
    /// `phase_passed` or `payout`.
    kind: &'static str,
    title: &'static str,
    /// Name of the firm's brand.
    brand: String,
    holder: String,
    program: String,
    /// Name of the phase that was passed; null for a payout.
    phase: Option<String>,
    /// Initial balance of the phase's account, or what was paid.
    amount: String,
    currency: String,
    /// When the phase was passed, or the payout paid.
    at: String,
    /// The public page.
    verify_url: String,
    /// Path of the picture in SVG.
    svg: String,
    /// Path of the picture in PNG.
    png: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateList {
    items: Vec<CertificateObject>,
    /// How many there are on all pages.
    total: i64,
}

/// My Certificates
///
/// One for each phase you have passed and each payout that was paid, newest first.
#[utoipa::path(
    get,
    path = "/challenges/me/certificates",
    operation_id = "my_certificates",
    tag = "Prop trading",
    params(OwnCertificatesQuery),
    responses((status = 200, description = "Successful Response", body = CertificateList)),
    security(("bearerAuth" = [])),
)]
pub async fn mine(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlateQuery(query): SlateQuery<OwnCertificatesQuery>,
) -> Result<Json<CertificateList>, ApiError> {
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let (found, total) = state.app.own_certificates(caller, limit, offset).await?;
    Ok(Json(CertificateList {
        items: found.iter().map(CertificateObject::from).collect(),
        total,
    }))
}

/// Certificate
///
/// What a certificate says, for anyone who has its code. One whose phase or payout does not stand any more is not found.
#[utoipa::path(
    get,
    path = "/certificates/{code}",
    operation_id = "certificate",
    tag = "Prop trading",
    params(("code" = String, Path)),
    responses((status = 200, description = "Successful Response", body = CertificateObject)),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlatePath(code): SlatePath<String>,
) -> Result<Json<CertificateObject>, ApiError> {
    let found = state.app.certificate(&code).await?;
    Ok(Json(CertificateObject::from(&found)))
}

/// Certificate As SVG
#[utoipa::path(
    get,
    path = "/certificates/{code}/picture.svg",
    operation_id = "certificate_svg",
    tag = "Prop trading",
    params(("code" = String, Path)),
    responses((status = 200, description = "The picture", body = String, content_type = "image/svg+xml")),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn svg(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlatePath(code): SlatePath<String>,
) -> Result<Response, ApiError> {
    let found = state.app.certificate(&code).await?;
    Ok(([(CONTENT_TYPE, "image/svg+xml")], found.svg()).into_response())
}

/// Certificate As PNG
///
/// 1200 by 850 pixels, as people share it.
#[utoipa::path(
    get,
    path = "/certificates/{code}/picture.png",
    operation_id = "certificate_png",
    tag = "Prop trading",
    params(("code" = String, Path)),
    responses((status = 200, description = "The picture", body = Vec<u8>, content_type = "image/png")),
    extensions(("x-errors" = json!(["not_found", "unavailable"])))
)]
pub async fn png(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlatePath(code): SlatePath<String>,
) -> Result<Response, ApiError> {
    let pixels = state.app.certificate_png(&code).await?;
    Ok(([(CONTENT_TYPE, "image/png")], pixels).into_response())
}

/// Verify Certificate
///
/// A page on which anyone can check a certificate by its code.
#[utoipa::path(
    get,
    path = "/verify",
    operation_id = "verify_certificate",
    tag = "Prop trading",
    params(VerifyQuery),
    responses(
        (status = 200, description = "A page with a form, or with what the code says", body = String, content_type = "text/html"),
        (status = 404, description = "A page that says that there is no such certificate", body = String, content_type = "text/html"),
    ),
)]
pub async fn verify(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlateQuery(query): SlateQuery<VerifyQuery>,
) -> Result<Response, ApiError> {
    const TITLE: &str = "Verify a certificate";
    let Some(code) = query.code.filter(|code| !code.trim().is_empty()) else {
        let content = format!("<h1>{TITLE}</h1>{FORM}");
        return Ok(page::html(StatusCode::OK, TITLE, &content));
    };
    match state.app.certificate(&code).await {
        Ok(found) => Ok(page::html(StatusCode::OK, found.title(), &content(&found))),
        Err(CertificateError::NotFound) => {
            let content = format!(
                "<h1>There is no such certificate</h1><p>Look at the code once more: it has 26 letters and digits. \
                 A certificate is not valid any more when what it says was taken back.</p>{FORM}"
            );
            Ok(page::html(StatusCode::NOT_FOUND, TITLE, &content))
        }
        Err(error) => Err(error.into()),
    }
}

const FORM: &str = "<form method=\"get\" action=\"/verify\"><label>Code<input name=\"code\" required maxlength=\"60\" \
    autocomplete=\"off\" spellcheck=\"false\"></label><button class=\"main\">Verify</button></form>";

fn content(found: &Certificate) -> String {
    let row = |name: &str, value: &str| format!("<dt>{name}</dt><dd>{}</dd>", escaped(value));
    let (figure, _, _) = parts(&found.achievement);
    let at = found.at.rfc3339().replace('T', " ");
    let at = format!("{} UTC", at.get(..16).unwrap_or(&at));
    let rows = [
        row("Name", found.name()),
        row("What", &found.said()),
        row(figure, &found.figure()),
        row("When", &at),
        row("Issued by", &found.brand),
        row("Code", &found.code),
    ];
    format!(
        "<h1>This certificate is genuine</h1><dl>{}</dl>\
         <p><img src=\"/certificates/{code}/picture.svg\" width=\"1200\" height=\"850\" alt=\"{alt}\"></p>\
         <p><a href=\"/certificates/{code}/picture.png\">As a picture to share</a></p>",
        rows.concat(),
        code = found.code,
        alt = escaped(found.title()),
    )
}

/// What the figure is, the kind, and the phase.
fn parts(achievement: &Achievement) -> (&'static str, &'static str, Option<&str>) {
    match achievement {
        Achievement::PhasePassed { phase, .. } => ("Account size", "phase_passed", Some(phase)),
        Achievement::Payout { .. } => ("Paid", "payout", None),
    }
}

impl From<&Certificate> for CertificateObject {
    fn from(found: &Certificate) -> Self {
        let (_, kind, phase) = parts(&found.achievement);
        let money = match found.achievement {
            Achievement::PhasePassed { account, .. } => account,
            Achievement::Payout { amount } => amount,
        };
        let code = &found.code;
        Self {
            kind,
            title: found.title(),
            brand: found.brand.to_string(),
            holder: found.holder.clone(),
            program: found.program.clone(),
            phase: phase.map(ToOwned::to_owned),
            amount: money.fixed(),
            currency: money.currency.to_string(),
            at: found.at.rfc3339(),
            verify_url: found.url.clone(),
            svg: format!("/certificates/{code}/picture.svg"),
            png: format!("/certificates/{code}/picture.png"),
            code: code.clone(),
        }
    }
}

impl From<CertificateError> for ApiError {
    fn from(error: CertificateError) -> Self {
        match error {
            CertificateError::Session(error) => error.into(),
            CertificateError::NotFound => Code::NotFound.into(),
            CertificateError::Busy => {
                Self::from(Code::Unavailable).retry_after(limits::UNAVAILABLE_RETRY_AFTER)
            }
            broken @ CertificateError::Picture(_) => {
                tracing::error!(error = %broken, "a certificate");
                Code::InternalError.into()
            }
            CertificateError::Store(error) => error.into(),
        }
    }
}
