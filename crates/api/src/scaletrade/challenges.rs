//! `GET /prop/challenges`, `GET /prop/challenges/{id}`, and its metrics and breaches.

use super::error::ApiError;
use super::extract::{ScalePath, ScaleQuery};
use super::objects::{ChallengeObject, PhaseObject, ProgramObject, PurchaseObject};
use super::running::{BreachObject, MetricObject, ProgressObject};
use crate::ApiState;
use crate::auth::Customer;
use crate::input::{Id, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::standing::PhaseStanding;
use touchstone_domain::{BreachId, ChallengeId, PurchaseId, UnixMicros};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Purchases to answer with, newest first; 500 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::PURCHASES_PAGE_MAX }>>,
    /// Only purchases with a smaller id than this.
    #[param(inline)]
    before_id: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MyChallenges {
    purchases: Vec<PurchaseObject>,
    challenges: Vec<ChallengeObject>,
}

/// Get My Prop Challenges
///
/// The customer's purchases, newest first, and their challenges. A purchase may have none.
#[utoipa::path(
    get,
    path = "/prop/challenges",
    operation_id = "GetMyPropChallenges",
    tag = "ScaleTrade prop",
    params(PageQuery),
    responses((status = 200, description = "Purchases and challenges", body = MyChallenges)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScaleQuery(page): ScaleQuery<PageQuery>,
) -> Result<Json<MyChallenges>, ApiError> {
    let before = PurchaseId(page.before_id.map_or(i64::MAX, Id::get));
    let limit = page.limit.map_or(limits::PURCHASES_PAGE_MAX, Within::get);
    let found = state.app.purchases_of(caller, before, limit).await?;
    Ok(Json(MyChallenges {
        purchases: found.purchases.iter().map(PurchaseObject::from).collect(),
        challenges: found.challenges.iter().map(ChallengeObject::from).collect(),
    }))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeDetailAnswer {
    challenge: ChallengeObject,
    purchase: PurchaseObject,
    /// The program as it was bought.
    program: ProgramObject,
    phases: Vec<PhaseObject>,
    /// Null until the challenge is active.
    current_phase: Option<PhaseObject>,
    /// Of the current phase.
    latest_metric: Option<MetricObject>,
    latest_breach: Option<BreachObject>,
    /// Of the current phase.
    progress: Option<ProgressObject>,
}

/// Get Prop Challenge
///
/// The challenge with its phases. Where the desk runs, balance and equity are those of this moment.
#[utoipa::path(
    get,
    path = "/prop/challenges/{id}",
    operation_id = "GetPropChallenge",
    tag = "ScaleTrade prop",
    params(("id" = Id, Path, description = "Challenge id")),
    responses((status = 200, description = "The challenge with its phases", body = ChallengeDetailAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn detail(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScalePath(id): ScalePath<Id>,
) -> Result<Json<ChallengeDetailAnswer>, ApiError> {
    let found = state
        .app
        .challenge_detail(caller, ChallengeId(id.get()))
        .await?;
    let phase = |one| {
        let one: &PhaseStanding = one;
        let login = one.phase.account_login;
        let at = found.accounts.get(&login);
        PhaseObject::new(one, &found.challenge, &found.version, at)
    };
    let current = found.phases.last();
    let currency = current
        .and_then(|one| found.accounts.get(&one.phase.account_login))
        .map_or(found.version.terms.price.currency, |(account, _)| {
            account.currency
        });
    Ok(Json(ChallengeDetailAnswer {
        challenge: (&found.challenge).into(),
        purchase: (&found.purchase).into(),
        program: ProgramObject::new(&found.offer, &found.version),
        current_phase: current.map(phase),
        phases: found.phases.iter().map(phase).collect(),
        latest_metric: current.map(|one| MetricObject::of_standing(one, currency)),
        latest_breach: found
            .latest_breach
            .as_ref()
            .map(|view| BreachObject::new(&state.app, view)),
        progress: current.map(|one| ProgressObject::new(&one.standing, &one.wanted)),
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MetricsQuery {
    /// Unix seconds: taken then or later.
    #[param(inline)]
    from: Option<Within<0, { limits::UNIX_SECONDS_MAX }>>,
    /// Unix seconds: taken before.
    #[param(inline)]
    to: Option<Within<0, { limits::UNIX_SECONDS_MAX }>>,
    /// Rows to answer with, newest first; 500 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::METRICS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeMetrics {
    metrics: Vec<MetricObject>,
    /// How many there are on all pages.
    count: i64,
}

/// Get Prop Challenge Metrics
///
/// How the challenge's accounts stood, newest first: with each change of the account, and now and then.
#[utoipa::path(
    get,
    path = "/prop/challenges/{id}/metrics",
    operation_id = "GetPropChallengeMetrics",
    tag = "ScaleTrade prop",
    params(("id" = Id, Path, description = "Challenge id"), MetricsQuery),
    responses((status = 200, description = "A page of metrics", body = ChallengeMetrics)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn metrics(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScalePath(id): ScalePath<Id>,
    ScaleQuery(query): ScaleQuery<MetricsQuery>,
) -> Result<Json<ChallengeMetrics>, ApiError> {
    let from = UnixMicros::from_seconds(query.from.map_or(0, Within::get));
    let to = query.to.map_or(limits::UNIX_SECONDS_MAX, Within::get);
    let times = (from, UnixMicros::from_seconds(to));
    let limit = query.limit.map_or(limits::METRICS_PAGE_MAX, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let id = ChallengeId(id.get());
    let page = state
        .app
        .challenge_metrics(caller, id, times, limit, offset)
        .await?;
    Ok(Json(ChallengeMetrics {
        metrics: page
            .items
            .iter()
            .map(|metric| MetricObject::of_row(metric, &page))
            .collect(),
        count: page.total,
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BreachesQuery {
    /// Breaches to answer with, newest first; 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::BREACHES_PAGE_MAX }>>,
    /// Only breaches with a smaller id than this.
    #[param(inline)]
    before_id: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeBreaches {
    breaches: Vec<BreachObject>,
}

/// Get Prop Challenge Breaches
///
/// Rules that were not kept, newest first, each with what was measured and by which price.
#[utoipa::path(
    get,
    path = "/prop/challenges/{id}/breaches",
    operation_id = "GetPropChallengeBreaches",
    tag = "ScaleTrade prop",
    params(("id" = Id, Path, description = "Challenge id"), BreachesQuery),
    responses((status = 200, description = "Breaches", body = ChallengeBreaches)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn breaches(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScalePath(id): ScalePath<Id>,
    ScaleQuery(query): ScaleQuery<BreachesQuery>,
) -> Result<Json<ChallengeBreaches>, ApiError> {
    let before = BreachId(query.before_id.map_or(i64::MAX, Id::get));
    let limit = query.limit.map_or(100, Within::get);
    let id = ChallengeId(id.get());
    let found = state.app.own_breaches(caller, id, before, limit).await?;
    Ok(Json(ChallengeBreaches {
        breaches: found
            .iter()
            .map(|view| BreachObject::new(&state.app, view))
            .collect(),
    }))
}
