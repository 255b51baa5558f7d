//! `GET /prop/journeys`.

use super::error::ApiError;
use super::extract::SlateQuery;
use super::journey::{JourneyListItem, StatusWord};
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Text, Within};
use crate::limits;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::journeys::JourneyFilter;
use touchstone_domain::access::Permission;
use touchstone_domain::{Currency, CustomerId, EntityKind, Money, ProgramId};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JourneysQuery {
    #[param(inline)]
    status: Option<StatusWord>,
    template_id: Option<Uuid>,
    customer_id: Option<Uuid>,
    /// Part of the customer's name or e-mail, in any case, or the login of the account.
    #[param(inline)]
    q: Option<Text<0, 120>>,
    #[param(inline)]
    limit: Option<Within<1, { limits::JOURNEYS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyList {
    items: Vec<JourneyListItem>,
    /// How many there are on all pages.
    total: i64,
    aggregates: JourneyAggregates,
    _meta: JourneyListMeta,
}

/// Of all journeys that the filter lets through, whatever their status.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyAggregates {
    active_count: i64,
    completed_count: i64,
    /// Of the completed ones, those that failed.
    breached_count: i64,
    /// Fees in USD of journeys that became active, and of their resets; no rates are kept for other currencies.
    total_revenue_usd: Number,
    /// Of payouts in USD that were paid, and of those that wait or are on their way; `q` does not narrow these two.
    total_paid_out_usd: Number,
    pending_payout_usd: Number,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyListMeta {
    permissions: JourneyPermissions,
}

/// What the caller may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyPermissions {
    can_grant_journey: bool,
    can_reset_journey: bool,
    can_cancel_journey: bool,
}

/// List Journeys
///
/// The brand's journeys, newest first; those that were bought in the other dialect too.
#[utoipa::path(
    get,
    path = "/prop/journeys",
    operation_id = "list_journeys",
    tag = "Prop trading",
    params(JourneysQuery),
    responses((status = 200, description = "Successful Response", body = JourneyList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<JourneysQuery>,
) -> Result<Json<JourneyList>, ApiError> {
    let app = &state.app;
    let key = |kind, id: Option<Uuid>| id.map(|id| app.public_ids.key(kind, id).unwrap_or(NOTHING));
    let filter = JourneyFilter {
        status: query.status.map(Into::into),
        template: key(EntityKind::Program, query.template_id).map(ProgramId),
        customer: key(EntityKind::Customer, query.customer_id).map(CustomerId),
        text: query.q.map(Text::into_string),
    };
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let page = app.journeys(caller, filter, limit, offset).await?;
    let (all, allowed) = (page.aggregates, page.allowed);
    let usd = |minor| Number::money(Money::new(minor, Currency::USD));
    Ok(Json(JourneyList {
        items: page
            .items
            .iter()
            .map(|view| JourneyListItem::new(app, view))
            .collect(),
        total: page.total,
        aggregates: JourneyAggregates {
            active_count: all.active,
            completed_count: all.completed,
            breached_count: all.breached,
            total_revenue_usd: usd(all.revenue_usd_minor),
            total_paid_out_usd: usd(all.paid_out_usd_minor),
            pending_payout_usd: usd(all.pending_payout_usd_minor),
        },
        _meta: JourneyListMeta {
            permissions: JourneyPermissions {
                can_grant_journey: allowed.has(Permission::GrantJourney),
                can_reset_journey: allowed.has(Permission::ResetJourney),
                can_cancel_journey: allowed.has(Permission::CancelJourney),
            },
        },
    }))
}

/// A key that nothing has: what a foreign or invented id finds.
const NOTHING: i64 = -1;
