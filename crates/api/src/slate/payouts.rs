//! `/challenges/me/payouts`: a trader's own payouts.

use super::error::{ApiError, Code};
use super::extract::SlateQuery;
use super::ids::key;
use super::payout_object::{PayoutAmounts, PayoutCondition, PayoutObject, ScalingStanding};
use crate::ApiState;
use crate::auth::Customer;
use crate::input::Within;
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::payouts::{FundedStanding, PayoutError};
use touchstone_domain::{EntityKind, Login};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FundedQuery {
    /// Which funded account; needed only by who has several.
    account_id: Option<Uuid>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OwnPayoutsQuery {
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::PAYOUTS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PayoutEligibility {
    account_id: Uuid,
    account_login: String,
    journey_id: Uuid,
    currency: String,
    /// Every condition is met.
    eligible: bool,
    /// Everything that a request would be decided by, as it is now.
    conditions: Vec<PayoutCondition>,
    /// Names of the conditions that are not met.
    blockers: Vec<&'static str>,
    #[serde(flatten)]
    amounts: PayoutAmounts,
    /// Which payout of the journey it would be, from 1.
    number: i64,
    cycle_start: String,
    /// When the cycle ends; null where payouts are on demand.
    cycle_end: Option<String>,
    /// How the account grows with its payouts; null where its program has no scaling plan.
    scaling: Option<ScalingStanding>,
    as_of: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OwnPayoutList {
    items: Vec<PayoutObject>,
    /// How many there are on all pages.
    total: i64,
}

/// Payout Eligibility
///
/// What keeps a payout of your funded account now, each condition with what there is and what is wanted, and what the
/// payout would come to. The same conditions decide when you ask.
#[utoipa::path(
    get,
    path = "/challenges/me/payouts/eligibility",
    operation_id = "payout_eligibility",
    tag = "Prop trading",
    params(FundedQuery),
    responses((status = 200, description = "Successful Response", body = PayoutEligibility)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found", "no_funded_account", "several_funded_accounts"])))
)]
pub async fn eligibility(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlateQuery(query): SlateQuery<FundedQuery>,
) -> Result<Json<PayoutEligibility>, ApiError> {
    let wanted = login_of(&state, query.account_id)?;
    let standing = state.app.payout_eligibility(caller, wanted).await?;
    Ok(Json(PayoutEligibility::new(&state, &standing)))
}

/// Request On Demand Payout
///
/// Asks for a payout of everything that can be taken. It is answered also when a condition is not met: then it is
/// `auto_rejected`, with every condition, and nothing has left the account.
#[utoipa::path(
    post,
    path = "/challenges/me/payouts/request",
    operation_id = "request_on_demand_payout",
    tag = "Prop trading",
    params(FundedQuery),
    responses((status = 200, description = "Successful Response", body = PayoutObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "not_found", "no_funded_account", "several_funded_accounts", "payout_not_on_demand", "payout_in_flight"
    ])))
)]
pub async fn request(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlateQuery(query): SlateQuery<FundedQuery>,
) -> Result<Json<PayoutObject>, ApiError> {
    let wanted = login_of(&state, query.account_id)?;
    let payout = state.app.request_payout(caller, wanted).await?;
    Ok(Json(PayoutObject::new(&state.app, &payout)))
}

/// My Payouts
///
/// Newest first, also those that were rejected.
#[utoipa::path(
    get,
    path = "/challenges/me/payouts",
    operation_id = "my_payouts",
    tag = "Prop trading",
    params(OwnPayoutsQuery),
    responses((status = 200, description = "Successful Response", body = OwnPayoutList)),
    security(("bearerAuth" = [])),
)]
pub async fn mine(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlateQuery(query): SlateQuery<OwnPayoutsQuery>,
) -> Result<Json<OwnPayoutList>, ApiError> {
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let (items, total) = state.app.own_payouts(caller, limit, offset).await?;
    let items = items.iter();
    Ok(Json(OwnPayoutList {
        items: items
            .map(|one| PayoutObject::new(&state.app, one))
            .collect(),
        total,
    }))
}

fn login_of(state: &ApiState, id: Option<Uuid>) -> Result<Option<Login>, ApiError> {
    id.map(|id| key(&state.app, EntityKind::Account, id).map(Login))
        .transpose()
}

impl PayoutEligibility {
    fn new(state: &ApiState, standing: &FundedStanding) -> Self {
        let FundedStanding {
            account,
            look,
            growth,
        } = standing;
        let uuid = |kind, key| state.app.public_ids.uuid(kind, key);
        let told = &look.eligibility;
        let currency = account.currency;
        let conditions = told.conditions.iter();
        Self {
            account_id: uuid(EntityKind::Account, account.login.0),
            account_login: account.login.to_string(),
            journey_id: uuid(EntityKind::Challenge, account.challenge_id.0),
            currency: currency.to_string(),
            eligible: told.is_met(),
            conditions: conditions
                .map(|one| PayoutCondition::new(one, currency))
                .collect(),
            blockers: told.unmet().map(|one| one.name.name()).collect(),
            amounts: PayoutAmounts::new(&told.amounts, currency),
            number: look.number,
            cycle_start: look.cycle_from.rfc3339(),
            cycle_end: look.cycle_ends_at.map(|at| at.rfc3339()),
            scaling: growth
                .as_ref()
                .map(|growth| ScalingStanding::new(growth, currency)),
            as_of: look.at.rfc3339(),
        }
    }
}

impl From<PayoutError> for ApiError {
    fn from(error: PayoutError) -> Self {
        match error {
            PayoutError::Session(error) => error.into(),
            PayoutError::NotFound => Code::NotFound.into(),
            PayoutError::NoFundedAccount => Code::NoFundedAccount.into(),
            PayoutError::SeveralAccounts => Code::SeveralFundedAccounts.into(),
            refused @ PayoutError::Refused(_) => {
                Self::new(Code::StateConflict, refused.to_string())
            }
            PayoutError::SecondPersonWanted => Code::SecondApproverWanted.into(),
            disputed @ PayoutError::FeeDisputed => {
                Self::new(Code::StateConflict, disputed.to_string())
            }
            PayoutError::Desk(error) => error.into(),
            broken @ (PayoutError::Ledger(_) | PayoutError::Broken { .. }) => {
                tracing::error!(error = %broken, "a payout broke a rule of the house");
                Code::InternalError.into()
            }
            PayoutError::Store(error) => error.into(),
        }
    }
}
