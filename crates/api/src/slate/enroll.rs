//! `POST /challenges/{template_id}/enroll` and `POST /prop/journeys/grant`.

use super::error::{ApiError, Code, Location, ValidationError};
use super::extract::{SlateJson, SlatePath};
use super::ids::key_or;
use crate::ApiState;
use crate::auth::{Customer, Staff};
use crate::input::{Reason, Segment};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::purchase::{EnrollError, EnrollRequest, Enrolled, GrantRequest};
use touchstone_domain::program::AddonError;
use touchstone_domain::purchase::Block;
use touchstone_domain::{CustomerId, EntityKind, ProgramId};
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Stands on the answer to a key that was sent before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

// The schemas of these two are the document's, so they carry no descriptions.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CustomerEnrollRequest {
    #[serde(default)]
    #[schema(required = false)]
    selected_addon_codes: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerEnrollResponse {
    journey_id: Uuid,
    account_id: Uuid,
    login: String,
    pending_tx_id: Uuid,
    fee_amount: String,
    fee_currency: String,
}

impl CustomerEnrollResponse {
    fn new(app: &App, enrolled: &Enrolled) -> Self {
        let ids = &app.public_ids;
        Self {
            journey_id: ids.uuid(EntityKind::Challenge, enrolled.challenge_id.0),
            account_id: ids.uuid(EntityKind::Account, enrolled.login.0),
            login: enrolled.login.to_string(),
            pending_tx_id: ids.uuid(EntityKind::Transaction, enrolled.transaction_id.0),
            fee_amount: enrolled.fee.fixed(),
            fee_currency: enrolled.fee.currency.to_string(),
        }
    }
}

#[utoipa::path(
    post,
    path = "/challenges/{template_id}/enroll",
    operation_id = "customer_enroll_challenge",
    tag = "Prop trading",
    summary = "Customer Enroll Challenge",
    description = "Customer-initiated self-enroll \u{2014} payment-gated activation.\n\n\
        Mirrors the CRM `POST /prop/journeys/grant` flow but with\n\
        `source='customer'` and the caller's customer_id taken from JWT.\n\
        Creates a pending_payment journey + inactive trading_account + PENDING\n\
        CHALLENGE_FEE transaction prefilled with template fee. The webtrader\n\
        then redirects the customer to pay the returned `pending_tx_id` via\n\
        `POST /customers/me/transactions/{tx_id}/pay`.",
    params(
        ("template_id" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 128,
            description = "A request that is repeated with its key is answered with the journey of the first one"),
    ),
    request_body = CustomerEnrollRequest,
    responses((status = 201, description = "Successful Response", body = CustomerEnrollResponse,
        headers(("Idempotent-Replayed" = String, description = "`true` when the key was sent before")))),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "template_not_found", "template_inactive", "template_not_deliverable", "agreements_not_accepted",
        "too_many_pending_journeys",
        "idempotency_key_conflict"
    ])))
)]
pub async fn enroll(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlatePath(template_id): SlatePath<Uuid>,
    headers: HeaderMap,
    SlateJson(body): SlateJson<CustomerEnrollRequest>,
) -> Result<Response, ApiError> {
    let idempotency_key = idempotency_key(&headers)?;
    let program = key_or(
        &state.app,
        EntityKind::Program,
        template_id,
        Code::TemplateNotFound,
    )?;
    let request = EnrollRequest {
        program_id: ProgramId(program),
        addon_codes: body.selected_addon_codes,
        idempotency_key,
    };
    let enrolled = state.app.enroll(caller, request).await?;
    let answer = CustomerEnrollResponse::new(&state.app, &enrolled);
    let mut response = (StatusCode::CREATED, Json(answer)).into_response();
    if enrolled.replayed {
        let headers = response.headers_mut();
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (values.next().map(HeaderValue::to_str), values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(key)), None) => Ok(Some(key.to_owned())),
        _ => Err(bad_key("one value of visible ASCII characters is wanted")),
    }
}

pub(super) fn bad_key(sentence: &str) -> ApiError {
    ApiError::validation(vec![ValidationError {
        loc: ["header", "idempotency-key"]
            .map(|name| Location::Name(name.to_owned()))
            .into(),
        msg: format!("Value error, {sentence}"),
        r#type: "value_error".to_owned(),
        ctx: None,
    }])
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct GrantJourneyRequest {
    customer_id: Uuid,
    template_id: Uuid,
    /// Why; kept with the transaction and in the audit.
    #[schema(inline)]
    reason: Reason<500>,
    selected_addon_codes: Option<Vec<String>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GrantJourneyResponse {
    journey_id: Uuid,
    account_id: Uuid,
    login: String,
    /// Name of the first step.
    phase: String,
    /// Null when there is nothing to pay.
    #[schema(required)]
    pending_payment_tx_id: Option<Uuid>,
}

/// Grant Journey
///
/// Begins a journey for a customer, who pays its fee as if he had enrolled himself. Moves no money:
/// staff or the payment webhook approve the fee, which funds the account and makes the journey
/// active. A fee of nothing is approved at once.
#[utoipa::path(
    post,
    path = "/prop/journeys/grant",
    operation_id = "grant_journey",
    tag = "Prop trading",
    request_body = GrantJourneyRequest,
    responses((status = 201, description = "Successful Response", body = GrantJourneyResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "template_not_found", "customer_not_found", "customer_disabled", "template_inactive",
        "template_not_deliverable", "too_many_pending_journeys"
    ])))
)]
pub async fn grant(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateJson(body): SlateJson<GrantJourneyRequest>,
) -> Result<(StatusCode, Json<GrantJourneyResponse>), ApiError> {
    let app = &state.app;
    let customer = key_or(
        app,
        EntityKind::Customer,
        body.customer_id,
        Code::CustomerNotFound,
    )?;
    let program = key_or(
        app,
        EntityKind::Program,
        body.template_id,
        Code::TemplateNotFound,
    )?;
    let request = GrantRequest {
        customer_id: CustomerId(customer),
        program_id: ProgramId(program),
        addon_codes: body.selected_addon_codes.unwrap_or_default(),
        reason: body.reason.into_string(),
    };
    let granted = app.grant(caller, request).await?;
    let ids = &app.public_ids;
    let answer = GrantJourneyResponse {
        journey_id: ids.uuid(EntityKind::Challenge, granted.challenge_id.0),
        account_id: ids.uuid(EntityKind::Account, granted.login.0),
        login: granted.login.to_string(),
        phase: granted.phase,
        pending_payment_tx_id: (!granted.fee.is_zero())
            .then(|| ids.uuid(EntityKind::Transaction, granted.transaction_id.0)),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

impl From<EnrollError> for ApiError {
    fn from(error: EnrollError) -> Self {
        let text = error.to_string();
        match error {
            EnrollError::Session(error) => error.into(),
            EnrollError::ProgramNotFound => Code::TemplateNotFound.into(),
            EnrollError::CustomerNotFound => Code::CustomerNotFound.into(),
            EnrollError::CustomerDisabled => Code::CustomerDisabled.into(),
            EnrollError::Blocked(Block::ProgramDisabled) => Code::TemplateInactive.into(),
            EnrollError::Blocked(Block::AgreementsNotAccepted) => {
                Code::AgreementsNotAccepted.into()
            }
            EnrollError::Blocked(block) => Self::new(Code::TemplateNotDeliverable, block.message()),
            EnrollError::Addons(error) => addon_error(&error),
            EnrollError::KeyConflict { field } => Self::new(
                Code::IdempotencyKeyConflict,
                format!("The Idempotency-Key was used with another {field}"),
            ),
            EnrollError::KeyLength => bad_key(&text),
            EnrollError::TooManyPending { limit } => Self::new(
                Code::TooManyPendingJourneys,
                format!("{limit} journeys wait for payment; pay or cancel one of them first"),
            ),
            EnrollError::Sale(error) => error.into(),
        }
    }
}

fn addon_error(error: &AddonError) -> ApiError {
    let field = Segment::Key("selected_addon_codes".to_owned());
    match error.index() {
        Some(index) => ApiError::invalid_body([field, Segment::Index(index)], &error.to_string()),
        None => ApiError::invalid_body([field], &error.to_string()),
    }
}
