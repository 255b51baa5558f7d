//! `GET /challenges` and `GET /challenges/me`: what a customer can enrol in, and where he is.

use super::error::ApiError;
use super::extract::SlateQuery;
use super::journey::{OwnJourney, StatusWord};
use super::template::TemplateTerms;
use crate::ApiState;
use crate::auth::Customer;
use crate::input::Within;
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_domain::EntityKind;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeOffer {
    template_id: Uuid,
    #[serde(flatten)]
    terms: TemplateTerms,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeCatalogue {
    items: Vec<ChallengeOffer>,
    total: usize,
}

/// List Challenges
///
/// What is on sale, in the order in which the firm wants it shown. Enrol with
/// `POST /challenges/{template_id}/enroll`.
#[utoipa::path(
    get,
    path = "/challenges",
    operation_id = "list_challenges",
    tag = "Prop trading",
    responses((status = 200, description = "Successful Response", body = ChallengeCatalogue)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Customer(caller): Customer,
) -> Result<Json<ChallengeCatalogue>, ApiError> {
    let app = &state.app;
    let on_sale = app.templates_on_sale(caller).await?;
    let items: Vec<ChallengeOffer> = on_sale
        .iter()
        .map(|template| ChallengeOffer {
            template_id: app
                .public_ids
                .uuid(EntityKind::Program, template.program.id.0),
            terms: TemplateTerms::new(app, &template.program.current.terms, &template.groups),
        })
        .collect();
    let total = items.len();
    Ok(Json(ChallengeCatalogue { items, total }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OwnJourneysQuery {
    #[param(inline)]
    status: Option<StatusWord>,
    #[param(inline)]
    limit: Option<Within<1, { limits::JOURNEYS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OwnJourneyList {
    items: Vec<OwnJourney>,
    /// How many there are on all pages.
    total: i64,
}

/// My Challenges
///
/// The caller's journeys, newest first; those that he bought in the other dialect too.
#[utoipa::path(
    get,
    path = "/challenges/me",
    operation_id = "list_my_challenges",
    tag = "Prop trading",
    params(OwnJourneysQuery),
    responses((status = 200, description = "Successful Response", body = OwnJourneyList)),
    security(("bearerAuth" = [])),
)]
pub async fn mine(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlateQuery(query): SlateQuery<OwnJourneysQuery>,
) -> Result<Json<OwnJourneyList>, ApiError> {
    let app = &state.app;
    let status = query.status.map(Into::into);
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let page = app.own_journeys(caller, status, limit, offset).await?;
    Ok(Json(OwnJourneyList {
        items: page
            .items
            .iter()
            .map(|view| OwnJourney::new(app, view))
            .collect(),
        total: page.total,
    }))
}
