//! `GET /prop/challenges` and `GET /prop/challenges/{id}`.

use super::error::ApiError;
use super::extract::{ScalePath, ScaleQuery};
use super::objects::{ChallengeObject, PhaseObject, ProgramObject, PurchaseObject};
use crate::ApiState;
use crate::auth::Customer;
use crate::input::{Id, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_domain::{ChallengeId, PurchaseId};
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
}

/// Get Prop Challenge
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
    let phase = |phase| {
        let phase: &touchstone_domain::challenge::Phase = phase;
        PhaseObject::new(
            phase,
            &found.challenge,
            &found.version,
            found.accounts.get(&phase.account_login),
        )
    };
    Ok(Json(ChallengeDetailAnswer {
        challenge: (&found.challenge).into(),
        purchase: (&found.purchase).into(),
        program: ProgramObject::new(&found.offer, &found.version),
        current_phase: found.phases.last().map(phase),
        phases: found.phases.iter().map(phase).collect(),
    }))
}
