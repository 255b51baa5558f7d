//! `GET /prop/accounts/{account_id}`.

use super::error::{ApiError, Code};
use super::extract::SlatePath;
use super::ids::key_or;
use super::journey_detail::{phase_status, phase_type};
use super::running::RunningObject;
use crate::ApiState;
use crate::auth::Staff;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use touchstone_app::App;
use touchstone_app::journeys::PropAccount;
use touchstone_domain::{BasisPoints, EntityKind, Login, Money, UnixMicros};
use utoipa::ToSchema;
use uuid::Uuid;

/// One account of a journey, and the rules of the phase that it is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct PropAccountDetail {
    account_id: Uuid,
    login: String,
    journey_id: Uuid,
    customer_id: Uuid,
    customer_name: String,
    customer_email: String,
    template_id: Uuid,
    template_name: String,
    group_id: Uuid,
    /// `inactive` (not paid), `active`, `passed`, `breached` or `closed`.
    status: &'static str,
    /// Whether it can be traded on.
    enabled: bool,
    /// Name of the phase.
    phase: String,
    /// `evaluation` or `funded`.
    phase_type: Option<&'static str>,
    currency: String,
    leverage: i64,
    /// Null before the account was funded.
    initial_balance: Option<Number>,
    balance: Number,
    /// With floating profit; null before the account was funded.
    equity: Option<Number>,
    /// How the phase runs, with the fields of RunningObject; they are not there before the account was funded.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    running: Option<RunningObject>,
    profit_to_date: Number,
    profit_target: Number,
    daily_dd_pct: Number,
    max_loss_pct: Number,
    min_trading_days: i64,
    max_trading_days: i64,
    max_positions: i64,
    created_at: String,
    started_at: Option<String>,
    closed_at: Option<String>,
}

/// Prop Account Detail
///
/// Accounts that customers opened themselves are none.
#[utoipa::path(
    get,
    path = "/prop/accounts/{account_id}",
    operation_id = "prop_account_detail",
    tag = "Prop trading",
    params(("account_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = PropAccountDetail)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<PropAccountDetail>, ApiError> {
    let app = &state.app;
    let login = key_or(app, EntityKind::Account, id, Code::NotFound)?;
    let found = app.prop_account(caller, Login(login)).await?;
    Ok(Json(PropAccountDetail::new(app, &found)))
}

impl PropAccountDetail {
    pub(super) fn new(app: &App, found: &PropAccount) -> Self {
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let (account, view) = (&found.account, &found.journey);
        let listed = &view.listed;
        let standing = found.phase.as_ref();
        let phase = standing.map(|one| &one.phase);
        let index = phase.map_or(listed.challenge.current_phase_index, |phase| {
            phase.phase_index
        });
        let step = view.step_at(index);
        let challenge = &listed.challenge;
        let money = |minor| Number::money(Money::new(minor, account.currency));
        let share = |share: Option<BasisPoints>| Number::percent(share.unwrap_or_default());
        let initial = step.map_or(0, |step| step.initial_balance_minor);
        let initial = phase.map_or(initial, |phase| phase.size_minor());
        let profit = account.balance_minor.saturating_sub(initial);
        let target = step.and_then(|step| step.profit_target.of(step.initial_balance_minor));
        let target = standing.map_or(target.unwrap_or(0), |one| one.wanted.target_minor);
        Self {
            account_id: uuid(EntityKind::Account, account.login.0),
            login: account.login.to_string(),
            journey_id: uuid(EntityKind::Challenge, challenge.id.0),
            customer_id: uuid(EntityKind::Customer, account.customer_id.0),
            customer_name: listed.customer_name.clone(),
            customer_email: listed.customer_email.clone(),
            template_id: uuid(EntityKind::Program, challenge.program_id.0),
            template_name: view.version.terms.name.clone(),
            group_id: uuid(EntityKind::Group, found.group.id.0),
            status: phase_status(phase.map_or(challenge.state, |phase| phase.state)),
            enabled: account.enabled,
            phase: step.map(|step| step.name.clone()).unwrap_or_default(),
            phase_type: step.map(|step| phase_type(step.phase_type)),
            currency: account.currency.to_string(),
            leverage: account.leverage,
            initial_balance: phase.map(|phase| money(phase.size_minor())),
            balance: money(account.balance_minor),
            equity: standing.map(|one| money(one.standing.equity_minor)),
            running: standing
                .map(|one| RunningObject::new(app, one, found.breach.as_ref(), account.currency)),
            profit_to_date: money(phase.map_or(0, |_| profit)),
            profit_target: money(target),
            daily_dd_pct: share(step.map(|step| step.max_daily_loss)),
            max_loss_pct: share(step.map(|step| step.max_total_loss)),
            min_trading_days: step.map_or(0, |step| step.min_trading_days),
            max_trading_days: step.map_or(0, |step| step.max_trading_days),
            max_positions: step.map_or(0, |step| step.max_positions),
            created_at: account.created_at.rfc3339(),
            started_at: phase.map(|phase| phase.started_at.rfc3339()),
            closed_at: account.closed_at.map(UnixMicros::rfc3339),
        }
    }
}
