//! `/api-tokens`: tokens with which programs act for a person of the firm.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath, SlateQuery};
use super::users::names;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Segment, Text, Within, given};
use crate::limits;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use touchstone_app::App;
use touchstone_app::api_tokens::{Expiry, NewToken, Secret, TokenError, TokenPatch, TokenView};
use touchstone_domain::access::{Permission, Permissions};
use touchstone_domain::{ApiTokenId, EntityKind};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How long a token is good from now on.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub enum ExpiryWord {
    #[serde(rename = "30d")]
    Days30,
    #[serde(rename = "90d")]
    Days90,
    #[serde(rename = "1y")]
    Year,
    #[serde(rename = "never")]
    Never,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTokenRequest {
    #[schema(inline)]
    name: Text<1, 100>,
    /// Names of permissions, each once; what the caller may do himself, and never more than he may at the time.
    #[schema(min_items = 1)]
    scopes: Vec<String>,
    /// `90d` when it is not given.
    expiry: Option<ExpiryWord>,
    /// Addresses and networks (`192.0.2.0/24`) from which it is taken; every one when it is not given.
    ip_allowlist: Option<Vec<String>>,
    /// Requests a minute; as many as a person may send when it is not given.
    #[schema(inline)]
    rate_limit: Option<Within<1, 100_000>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTokenRequest {
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    name: Option<Text<1, 100>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(min_items = 1, nullable = false)]
    scopes: Option<Vec<String>>,
    /// An empty list is every address.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    ip_allowlist: Option<Vec<String>>,
    /// Null takes the limit away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Within<1, 100_000>>, inline)]
    rate_limit: Option<Option<Within<1, 100_000>>>,
    /// From now on; an expired token is good again.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    extend_expiry: Option<ExpiryWord>,
    /// `false` switches it off until it is switched on again.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TokensQuery {
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::API_TOKENS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ApiTokenObject {
    id: i64,
    name: String,
    token_prefix: String,
    token_last4: String,
    scopes: Vec<&'static str>,
    ip_allowlist: Vec<String>,
    /// Requests a minute.
    rate_limit: Option<i64>,
    /// Null: it does not end by itself.
    expires_at: Option<String>,
    /// `active`, `disabled`, `revoked` or `expired`.
    status: &'static str,
    /// The person for whom it acts.
    created_by: Uuid,
    created_at: String,
    /// To the minute.
    last_used_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct NewApiTokenObject {
    #[serde(flatten)]
    object: ApiTokenObject,
    /// The secret, to be sent as `Authorization: Bearer`; it is shown this once.
    token: String,
}

/// List Tokens
///
/// The brand's tokens, newest first; revoked ones too.
#[utoipa::path(
    get,
    path = "/api-tokens",
    operation_id = "list_tokens",
    tag = "API Tokens",
    params(TokensQuery),
    responses((status = 200, description = "Successful Response", body = [ApiTokenObject])),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<TokensQuery>,
) -> Result<Json<Vec<ApiTokenObject>>, ApiError> {
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let found = state.app.api_tokens(caller, limit, offset).await?;
    let objects = found.iter().map(|one| ApiTokenObject::new(&state.app, one));
    Ok(Json(objects.collect()))
}

/// Create Token
///
/// A token that acts for the caller on operations of staff. It can do what its scopes name as long as he may do it
/// himself, and makes no tokens.
#[utoipa::path(
    post,
    path = "/api-tokens",
    operation_id = "create_token",
    tag = "API Tokens",
    request_body = CreateTokenRequest,
    responses((status = 201, description = "Successful Response", body = NewApiTokenObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["scope_above_yours", "too_many_tokens"])))
)]
pub async fn create(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateJson(body): SlateJson<CreateTokenRequest>,
) -> Result<(StatusCode, Json<NewApiTokenObject>), ApiError> {
    let new = NewToken {
        name: body.name.into_string(),
        scopes: scopes(&body.scopes)?,
        expiry: body.expiry.map(Into::into).unwrap_or_default(),
        ip_allowlist: networks(&body.ip_allowlist.unwrap_or_default())?,
        rate_limit: body.rate_limit.map(Within::get),
    };
    let (made, secret) = state.app.make_api_token(caller, new).await?;
    let shown = NewApiTokenObject::new(&state.app, &made, &secret);
    Ok((StatusCode::CREATED, Json(shown)))
}

/// Update Token
///
/// Only supplied fields are written.
#[utoipa::path(
    patch,
    path = "/api-tokens/{token_id}",
    operation_id = "update_token",
    tag = "API Tokens",
    params(("token_id" = i64, Path)),
    request_body = UpdateTokenRequest,
    responses((status = 200, description = "Successful Response", body = ApiTokenObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["scope_above_yours", "state_conflict"])))
)]
pub async fn update(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<i64>,
    SlateJson(body): SlateJson<UpdateTokenRequest>,
) -> Result<Json<ApiTokenObject>, ApiError> {
    let patch = TokenPatch {
        name: body.name.map(Text::into_string),
        scopes: body.scopes.as_deref().map(scopes).transpose()?,
        ip_allowlist: body.ip_allowlist.as_deref().map(networks).transpose()?,
        rate_limit: body.rate_limit.map(|limit| limit.map(Within::get)),
        extend: body.extend_expiry.map(Into::into),
        enabled: body.is_active,
    };
    let changed = state.app.change_api_token(caller, ApiTokenId(id), patch);
    Ok(Json(ApiTokenObject::new(&state.app, &changed.await?)))
}

/// Rotate Token
///
/// Another secret for the same token; the one before is worth nothing from now on.
#[utoipa::path(
    post,
    path = "/api-tokens/{token_id}/rotate",
    operation_id = "rotate_token",
    tag = "API Tokens",
    params(("token_id" = i64, Path)),
    responses((status = 200, description = "Successful Response", body = NewApiTokenObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["scope_above_yours", "state_conflict"])))
)]
pub async fn rotate(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<i64>,
) -> Result<Json<NewApiTokenObject>, ApiError> {
    let rotated = state.app.rotate_api_token(caller, ApiTokenId(id));
    let (rotated, secret) = rotated.await?;
    let shown = NewApiTokenObject::new(&state.app, &rotated, &secret);
    Ok(Json(shown))
}

/// Revoke Token
///
/// Ends it for good, at once.
#[utoipa::path(
    post,
    path = "/api-tokens/{token_id}/revoke",
    operation_id = "revoke_token",
    tag = "API Tokens",
    params(("token_id" = i64, Path)),
    responses((status = 200, description = "Successful Response", body = ApiTokenObject)),
    security(("bearerAuth" = [])),
)]
pub async fn revoke(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<i64>,
) -> Result<Json<ApiTokenObject>, ApiError> {
    let revoked = state.app.revoke_api_token(caller, ApiTokenId(id)).await?;
    Ok(Json(ApiTokenObject::new(&state.app, &revoked)))
}

fn wrong(field: &str, index: Option<usize>, sentence: &str) -> ApiError {
    let place = index.map(Segment::Index);
    let path = std::iter::once(Segment::Key(field.to_owned())).chain(place);
    ApiError::invalid_body(path, sentence)
}

fn scopes(asked: &[String]) -> Result<Permissions, ApiError> {
    let mut scopes = Permissions::NONE;
    for (index, name) in asked.iter().enumerate() {
        let known = Permission::from_name(name);
        let scope = known.ok_or_else(|| wrong("scopes", Some(index), "there is no such scope"))?;
        if scopes.has(scope) {
            return Err(wrong("scopes", Some(index), "the scope is named twice"));
        }
        scopes = scopes.with(scope);
    }
    if scopes == Permissions::NONE {
        return Err(wrong("scopes", None, "a token is for something"));
    }
    Ok(scopes)
}

/// An address alone is a network of one.
fn networks(asked: &[String]) -> Result<Vec<IpNet>, ApiError> {
    if asked.len() > limits::TOKEN_NETWORKS_MAX {
        let most = limits::TOKEN_NETWORKS_MAX;
        return Err(wrong(
            "ip_allowlist",
            None,
            &format!("at most {most} networks"),
        ));
    }
    let network = |(index, text): (usize, &String)| {
        let alone = || text.parse::<IpAddr>().map(IpNet::from);
        let read = text.parse::<IpNet>().or_else(|_| alone());
        read.map(|network| network.trunc())
            .map_err(|_| wrong("ip_allowlist", Some(index), "this is no address or network"))
    };
    asked.iter().enumerate().map(network).collect()
}

impl ApiTokenObject {
    fn new(app: &App, view: &TokenView) -> Self {
        let maker = view.created_by.0;
        Self {
            id: view.id.0,
            name: view.name.clone(),
            token_prefix: view.prefix.clone(),
            token_last4: view.last4.clone(),
            scopes: names(view.scopes),
            ip_allowlist: view.ip_allowlist.clone(),
            rate_limit: view.rate_limit,
            expires_at: view.expires_at.map(|at| at.rfc3339()),
            status: view.status.name(),
            created_by: app.public_ids.uuid(EntityKind::Staff, maker),
            created_at: view.created_at.rfc3339(),
            last_used_at: view.last_used_at.map(|at| at.rfc3339()),
        }
    }
}

impl NewApiTokenObject {
    fn new(app: &App, view: &TokenView, secret: &Secret) -> Self {
        Self {
            object: ApiTokenObject::new(app, view),
            token: secret.as_str().to_owned(),
        }
    }
}

impl From<ExpiryWord> for Expiry {
    fn from(word: ExpiryWord) -> Self {
        match word {
            ExpiryWord::Days30 => Self::Days30,
            ExpiryWord::Days90 => Self::Days90,
            ExpiryWord::Year => Self::Year,
            ExpiryWord::Never => Self::Never,
        }
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        let text = error.to_string();
        match error {
            TokenError::Session(error) => error.into(),
            TokenError::NotFound => Code::NotFound.into(),
            TokenError::AboveYou(_) => Self::new(Code::ScopeAboveYours, text),
            TokenError::NotForTokens(_) => wrong("scopes", None, &text),
            TokenError::NotYours => Self::new(Code::Forbidden, text),
            TokenError::Revoked => Self::new(Code::StateConflict, text),
            TokenError::TooMany { .. } => Self::new(Code::TooManyTokens, text),
            TokenError::Store(error) => error.into(),
        }
    }
}
