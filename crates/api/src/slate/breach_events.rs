//! `GET /prop/breach-events` and `GET /prop/breach-events/{breach_id}`.

use super::breach::{BreachEventDetail, PropBreachEvent};
use super::error::ApiError;
use super::extract::{SlatePath, SlateQuery};
use super::ids::key;
use crate::ApiState;
use crate::auth::{SignedIn, Staff};
use crate::input::Within;
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::breaches::BreachFilter;
use touchstone_app::identity::Caller;
use touchstone_domain::breach::{Review, Severity};
use touchstone_domain::{BreachId, EntityKind};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewWord {
    Pending,
    Confirmed,
    Reverted,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeverityWord {
    Terminal,
    Warning,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BreachEventsQuery {
    /// Of the review.
    #[param(inline)]
    status: Option<ReviewWord>,
    #[param(inline)]
    severity: Option<SeverityWord>,
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::BREACHES_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

impl From<&BreachEventsQuery> for BreachFilter {
    fn from(query: &BreachEventsQuery) -> Self {
        Self {
            review: query.status.map(|word| match word {
                ReviewWord::Pending => Review::Pending,
                ReviewWord::Confirmed => Review::Confirmed,
                ReviewWord::Reverted => Review::Reverted,
            }),
            severity: query.severity.map(|word| match word {
                SeverityWord::Terminal => Severity::Terminal,
                SeverityWord::Warning => Severity::Warning,
            }),
            owner: None,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BreachEventList {
    items: Vec<PropBreachEvent>,
    /// How many there are on all pages.
    total: i64,
}

/// List Breach Events
///
/// Rules that the brand's traders have not kept, newest first.
#[utoipa::path(
    get,
    path = "/prop/breach-events",
    operation_id = "list_breach_events",
    tag = "Prop trading",
    params(BreachEventsQuery),
    responses((status = 200, description = "Successful Response", body = BreachEventList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<BreachEventsQuery>,
) -> Result<Json<BreachEventList>, ApiError> {
    let app = &state.app;
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let page = app.breaches(caller, (&query).into(), limit, offset).await?;
    let items = page.items.iter();
    Ok(Json(BreachEventList {
        items: items.map(|view| PropBreachEvent::new(app, view)).collect(),
        total: page.total,
    }))
}

/// Breach Event Detail
///
/// One breach with its evidence, and its place in the chain of records. Whose account it is sees it too, without who
/// reviewed it.
#[utoipa::path(
    get,
    path = "/prop/breach-events/{breach_id}",
    operation_id = "breach_event_detail",
    tag = "Prop trading",
    params(("breach_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = BreachEventDetail)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<BreachEventDetail>, ApiError> {
    let app = &state.app;
    let id = BreachId(key(app, EntityKind::Breach, id)?);
    let view = app.breach(caller, id).await?;
    let detail = BreachEventDetail::new(app, &view);
    Ok(Json(match caller {
        Caller::Staff(_) => detail,
        Caller::Customer(_) | Caller::Account(_) => detail.without_the_reviewer(),
    }))
}
