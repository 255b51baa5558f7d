//! `/users`: the people of the firm and what they may do.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath, SlateQuery};
use super::identity::is_email;
use super::ids::key_or;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Reason, Segment, Text, Within, given};
use crate::limits;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::staff::{self, NewStaff, OwnProfile, StaffError, StaffPatch};
use touchstone_domain::access::{Permission, Permissions, Role, ViewScope};
use touchstone_domain::{EntityKind, StaffId};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleWord {
    Owner,
    Risk,
    Finance,
    Support,
    ReadOnly,
}

/// `own`: only customers that were assigned to the person.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewScopeWord {
    All,
    Own,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUserRequest {
    #[schema(inline)]
    email: Text<3, 254>,
    #[schema(inline)]
    full_name: Text<1, 120>,
    role: RoleWord,
    /// `all` when it is not given.
    customer_view_scope: Option<ViewScopeWord>,
    /// Without one the person is mailed a token with which he sets it.
    #[schema(inline)]
    password: Option<Text<8, 72>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUserRequest {
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    full_name: Option<Text<1, 120>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    role: Option<RoleWord>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    customer_view_scope: Option<ViewScopeWord>,
    /// `false` ends every session of the person at once.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
    /// Why; kept in the audit.
    #[schema(inline)]
    reason: Reason<500>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateProfileRequest {
    #[schema(inline)]
    full_name: Text<1, 120>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UsersQuery {
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::USERS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct UserObject {
    id: Uuid,
    email: String,
    full_name: String,
    /// `owner`, `risk`, `finance`, `support` or `read_only`.
    role: &'static str,
    /// `all`, or `own` for customers that were assigned to the person.
    customer_view_scope: &'static str,
    is_active: bool,
    created_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct UserList {
    items: Vec<UserObject>,
    /// How many there are on all pages.
    total: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileObject {
    #[serde(flatten)]
    user: UserObject,
    /// What the caller may do now, by the names that refusals use.
    permissions: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RoleObject {
    name: &'static str,
    permissions: Vec<&'static str>,
}

/// List Users
///
/// The people of the firm, in the order in which they came.
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "list_users",
    tag = "Users",
    params(UsersQuery),
    responses((status = 200, description = "Successful Response", body = UserList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<UsersQuery>,
) -> Result<Json<UserList>, ApiError> {
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let page = state.app.staff_members(caller, limit, offset).await?;
    let items = page.items.iter();
    Ok(Json(UserList {
        items: items.map(|one| UserObject::new(&state.app, one)).collect(),
        total: page.total,
    }))
}

/// Create User
///
/// Hires somebody. Nobody makes a person who may do more than he may himself.
#[utoipa::path(
    post,
    path = "/users",
    operation_id = "create_user",
    tag = "Users",
    request_body = CreateUserRequest,
    responses((status = 201, description = "Successful Response", body = UserObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["user_exists", "role_above_yours"])))
)]
pub async fn create(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateJson(body): SlateJson<CreateUserRequest>,
) -> Result<(StatusCode, Json<UserObject>), ApiError> {
    if !is_email(body.email.as_str()) {
        return Err(ApiError::invalid_body(
            [Segment::Key("email".into())],
            "value is not a valid email address",
        ));
    }
    let password = body.password.map(Text::into_string);
    let new = NewStaff {
        email: body.email.into_string(),
        full_name: body.full_name.into_string(),
        role: body.role.into(),
        view_scope: body.customer_view_scope.map_or(ViewScope::All, Into::into),
        password: password.map(SecretString::from),
    };
    let hired = state.app.add_staff(caller, new).await?;
    Ok((
        StatusCode::CREATED,
        Json(UserObject::new(&state.app, &hired)),
    ))
}

/// Own Profile
#[utoipa::path(
    get,
    path = "/users/me",
    operation_id = "own_profile",
    tag = "Users",
    responses((status = 200, description = "Successful Response", body = ProfileObject)),
    security(("bearerAuth" = [])),
)]
pub async fn me(
    State(state): State<ApiState>,
    Staff(caller): Staff,
) -> Result<Json<ProfileObject>, ApiError> {
    let profile = state.app.own_profile(caller).await?;
    Ok(Json(ProfileObject::new(&state.app, &profile)))
}

/// Update Own Profile
///
/// One's own name. Role, view scope and access are changed by somebody else.
#[utoipa::path(
    patch,
    path = "/users/me",
    operation_id = "update_own_profile",
    tag = "Users",
    request_body = UpdateProfileRequest,
    responses((status = 200, description = "Successful Response", body = ProfileObject)),
    security(("bearerAuth" = [])),
)]
pub async fn update_me(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateJson(body): SlateJson<UpdateProfileRequest>,
) -> Result<Json<ProfileObject>, ApiError> {
    let name = body.full_name.into_string();
    let profile = state.app.rename_oneself(caller, name).await?;
    Ok(Json(ProfileObject::new(&state.app, &profile)))
}

/// User Detail
#[utoipa::path(
    get,
    path = "/users/{user_id}",
    operation_id = "user_detail",
    tag = "Users",
    params(("user_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = UserObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["user_not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<UserObject>, ApiError> {
    let id = user(&state.app, id)?;
    let found = state.app.staff_member(caller, id).await?;
    Ok(Json(UserObject::new(&state.app, &found)))
}

/// Update User
///
/// Only supplied fields are written. It holds from the next request of that person on. The last owner stays one.
#[utoipa::path(
    patch,
    path = "/users/{user_id}",
    operation_id = "update_user",
    tag = "Users",
    params(("user_id" = Uuid, Path)),
    request_body = UpdateUserRequest,
    responses((status = 200, description = "Successful Response", body = UserObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["user_not_found", "role_above_yours", "cannot_change_yourself", "last_owner"])))
)]
pub async fn update(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<UpdateUserRequest>,
) -> Result<Json<UserObject>, ApiError> {
    let id = user(&state.app, id)?;
    let patch = StaffPatch {
        full_name: body.full_name.map(Text::into_string),
        role: body.role.map(Into::into),
        view_scope: body.customer_view_scope.map(Into::into),
        enabled: body.is_active,
    };
    let reason = body.reason.into_string();
    let changed = state.app.change_staff(caller, id, patch, reason).await?;
    Ok(Json(UserObject::new(&state.app, &changed)))
}

/// List Roles
///
/// Every role with its permissions. What an operation needs is its `x-permission`.
#[utoipa::path(
    get,
    path = "/roles",
    operation_id = "list_roles",
    tag = "Roles & Teams",
    responses((status = 200, description = "Successful Response", body = [RoleObject])),
    security(("bearerAuth" = [])),
)]
pub async fn roles(
    State(state): State<ApiState>,
    Staff(caller): Staff,
) -> Result<Json<Vec<RoleObject>>, ApiError> {
    state.app.own_profile(caller).await?;
    let role = |role: Role| RoleObject {
        name: role.name(),
        permissions: names(role.permissions()),
    };
    Ok(Json(Role::ALL.map(role).into()))
}

pub(super) fn names(permissions: Permissions) -> Vec<&'static str> {
    permissions.iter().map(Permission::name).collect()
}

pub(super) fn user(app: &App, id: Uuid) -> Result<StaffId, ApiError> {
    key_or(app, EntityKind::Staff, id, Code::UserNotFound).map(StaffId)
}

impl UserObject {
    fn new(app: &App, staff: &staff::Staff) -> Self {
        Self {
            id: app.public_ids.uuid(EntityKind::Staff, staff.id.0),
            email: staff.email.clone(),
            full_name: staff.full_name.clone(),
            role: staff.role.name(),
            customer_view_scope: staff.view_scope.name(),
            is_active: staff.enabled,
            created_at: staff.created_at.rfc3339(),
        }
    }
}

impl ProfileObject {
    fn new(app: &App, profile: &OwnProfile) -> Self {
        Self {
            user: UserObject::new(app, &profile.staff),
            permissions: names(profile.pass.permissions),
        }
    }
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Owner => Self::Owner,
            RoleWord::Risk => Self::Risk,
            RoleWord::Finance => Self::Finance,
            RoleWord::Support => Self::Support,
            RoleWord::ReadOnly => Self::ReadOnly,
        }
    }
}

impl From<ViewScopeWord> for ViewScope {
    fn from(word: ViewScopeWord) -> Self {
        match word {
            ViewScopeWord::All => Self::All,
            ViewScopeWord::Own => Self::Own,
        }
    }
}

impl From<StaffError> for ApiError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Session(error) => error.into(),
            StaffError::NotFound => Code::UserNotFound.into(),
            StaffError::NoCustomer => Code::CustomerNotFound.into(),
            StaffError::EmailTaken => Code::UserExists.into(),
            StaffError::Oneself => Code::CannotChangeYourself.into(),
            StaffError::LastOwner => Code::LastOwner.into(),
            StaffError::AboveYou => Code::RoleAboveYours.into(),
            StaffError::OwnerSeesAll => Self::invalid_body(
                [Segment::Key("customer_view_scope".into())],
                &error.to_string(),
            ),
            StaffError::Disabled => {
                Self::invalid_body([Segment::Key("owner_id".into())], &error.to_string())
            }
            StaffError::Password(error) => error.into(),
            StaffError::Store(error) => error.into(),
        }
    }
}
