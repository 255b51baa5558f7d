//! `/agreements` and `/customers/me/agreements`: texts that customers agree to before they buy.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath, SlateQuery};
use super::ids::key;
use crate::ApiState;
use crate::auth::{Address, Customer, Staff};
use crate::input::{Segment, Text, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use touchstone_app::App;
use touchstone_app::agreements::{Agreement, AgreementError, Publish};
use touchstone_domain::{AgreementId, EntityKind, UnixMicros};
use url::Url;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgreementsQuery {
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::AGREEMENTS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishAgreementRequest {
    /// What it is, in small letters, digits and underscores: `terms`, `risk_disclosure`. At most one of a kind is asked for.
    #[schema(inline)]
    kind: Text<1, 40>,
    #[schema(inline)]
    title: Text<1, 200>,
    /// The text itself; it, or the address, is wanted.
    #[schema(inline)]
    text: Option<Text<1, 10_000>>,
    /// An https address where it can be read.
    #[schema(inline)]
    url: Option<Text<1, 500>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementObject {
    id: Uuid,
    kind: String,
    /// Of its kind, from 1.
    version: i64,
    title: String,
    text: Option<String>,
    url: Option<String>,
    /// SHA-256 of title, text and address, each ended by a zero byte: what was agreed to.
    sha256: String,
    published_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedAgreement {
    #[serde(flatten)]
    agreement: AgreementObject,
    /// Whether customers are asked for it.
    is_current: bool,
    published_by: Uuid,
    /// How many customers have agreed to it.
    accepted_count: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedAgreements {
    items: Vec<PublishedAgreement>,
    /// How many there are on all pages.
    total: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AskedAgreement {
    #[serde(flatten)]
    agreement: AgreementObject,
    /// When you agreed; null while you have not.
    accepted_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AskedAgreements {
    items: Vec<AskedAgreement>,
    /// You have agreed to all of them, so that you can buy.
    all_accepted: bool,
}

/// List Agreements
///
/// Every version of each text, newest first.
#[utoipa::path(
    get,
    path = "/agreements",
    operation_id = "list_agreements",
    tag = "Compliance",
    params(AgreementsQuery),
    responses((status = 200, description = "Successful Response", body = PublishedAgreements)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<AgreementsQuery>,
) -> Result<Json<PublishedAgreements>, ApiError> {
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let (page, total) = state.app.agreements(caller, limit, offset).await?;
    let items = page.iter();
    Ok(Json(PublishedAgreements {
        items: items
            .map(|(one, count)| PublishedAgreement::new(&state.app, one, *count))
            .collect(),
        total,
    }))
}

/// Publish Agreement
///
/// A version of a text, which customers have to agree to before they buy or enrol from now on. The one before is not
/// asked for any more; who agreed to it has to agree anew.
#[utoipa::path(
    post,
    path = "/agreements",
    operation_id = "publish_agreement",
    tag = "Compliance",
    request_body = PublishAgreementRequest,
    responses((status = 200, description = "Successful Response", body = PublishedAgreement)),
    security(("bearerAuth" = [])),
)]
pub async fn publish(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateJson(body): SlateJson<PublishAgreementRequest>,
) -> Result<Json<PublishedAgreement>, ApiError> {
    let wrong =
        |field: &str, said: &str| ApiError::invalid_body([Segment::Key(field.to_owned())], said);
    let kind = body.kind.into_string();
    let is_name =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if !kind.chars().all(is_name) {
        return Err(wrong(
            "kind",
            "small letters, digits and underscores are wanted",
        ));
    }
    let url = body.url.map(Text::into_string).unwrap_or_default();
    if !url.is_empty() && !Url::parse(&url).is_ok_and(|url| url.scheme() == "https") {
        return Err(wrong("url", "an https address is wanted"));
    }
    let text = body.text.map(Text::into_string).unwrap_or_default();
    if text.is_empty() && url.is_empty() {
        return Err(wrong("text", "a text or an address is wanted"));
    }
    let publish = Publish {
        kind,
        title: body.title.into_string(),
        body: text,
        url,
    };
    let (published, count) = state.app.publish_agreement(caller, publish).await?;
    Ok(Json(PublishedAgreement::new(&state.app, &published, count)))
}

/// Withdraw Agreement
///
/// Nobody is asked for this text any more. Who agreed to it has agreed to it.
#[utoipa::path(
    delete,
    path = "/agreements/{agreement_id}",
    operation_id = "withdraw_agreement",
    tag = "Compliance",
    params(("agreement_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = AgreementObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found", "state_conflict"])))
)]
pub async fn withdraw(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<AgreementObject>, ApiError> {
    let id = AgreementId(key(&state.app, EntityKind::Agreement, id)?);
    let withdrawn = state.app.withdraw_agreement(caller, id).await?;
    Ok(Json(AgreementObject::new(&state.app, &withdrawn)))
}

/// My Agreements
///
/// What you are asked to agree to before you buy.
#[utoipa::path(
    get,
    path = "/customers/me/agreements",
    operation_id = "my_agreements",
    tag = "Compliance",
    responses((status = 200, description = "Successful Response", body = AskedAgreements)),
    security(("bearerAuth" = [])),
)]
pub async fn mine(
    State(state): State<ApiState>,
    Customer(caller): Customer,
) -> Result<Json<AskedAgreements>, ApiError> {
    let asked = state.app.asked_agreements(caller).await?;
    Ok(Json(AskedAgreements {
        all_accepted: asked.iter().all(|(_, at)| at.is_some()),
        items: asked
            .iter()
            .map(|(one, at)| AskedAgreement::new(&state.app, one, *at))
            .collect(),
    }))
}

/// Accept Agreement
///
/// Kept with the time and your address. A repeat changes nothing.
#[utoipa::path(
    post,
    path = "/customers/me/agreements/{agreement_id}/accept",
    operation_id = "accept_agreement",
    tag = "Compliance",
    params(("agreement_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = AskedAgreement)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found", "state_conflict"])))
)]
pub async fn accept(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    Address(address): Address,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<AskedAgreement>, ApiError> {
    let id = AgreementId(key(&state.app, EntityKind::Agreement, id)?);
    let (accepted, at) = state.app.accept_agreement(caller, id, address).await?;
    Ok(Json(AskedAgreement::new(&state.app, &accepted, at)))
}

impl AgreementObject {
    fn new(app: &App, agreement: &Agreement) -> Self {
        let mut hasher = Sha256::new();
        for part in [&agreement.title, &agreement.body, &agreement.url] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Self {
            id: app.public_ids.uuid(EntityKind::Agreement, agreement.id.0),
            kind: agreement.kind.clone(),
            version: agreement.number,
            title: agreement.title.clone(),
            text: given(&agreement.body),
            url: given(&agreement.url),
            sha256: hex::encode(hasher.finalize()),
            published_at: agreement.published_at.rfc3339(),
        }
    }
}

impl PublishedAgreement {
    fn new(app: &App, agreement: &Agreement, accepted_count: i64) -> Self {
        let staff = agreement.published_by.0;
        Self {
            agreement: AgreementObject::new(app, agreement),
            is_current: agreement.is_current,
            published_by: app.public_ids.uuid(EntityKind::Staff, staff),
            accepted_count,
        }
    }
}

impl AskedAgreement {
    fn new(app: &App, agreement: &Agreement, accepted_at: Option<UnixMicros>) -> Self {
        Self {
            agreement: AgreementObject::new(app, agreement),
            accepted_at: accepted_at.map(UnixMicros::rfc3339),
        }
    }
}

impl From<AgreementError> for ApiError {
    fn from(error: AgreementError) -> Self {
        match error {
            AgreementError::Session(error) => error.into(),
            AgreementError::NotFound => Code::NotFound.into(),
            refused @ AgreementError::NotCurrent => {
                Self::new(Code::StateConflict, refused.to_string())
            }
            AgreementError::Store(error) => error.into(),
        }
    }
}
