//! `POST`, `GET` and `DELETE /prop/templates/{template_id}/simulate`: a template tried out before it is sold.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath};
use super::ids::key_or;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Decimal, Segment, Text, Within};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use touchstone_app::App;
use touchstone_app::simulate::{
    JOB_DAYS_MAX, JOB_TRADERS_MAX, JobError, JobState, JobView, Kind, MOST_KINDS, Population,
    Prices, RiskOf, Settings, SimulateError,
};
use touchstone_domain::basis_points::parse_decimal;
use touchstone_domain::{EntityKind, ProgramId, Symbol};
use utoipa::ToSchema;
use uuid::Uuid;

const TRADERS_MAX: i64 = JOB_TRADERS_MAX as i64;
const DAYS_MAX: i64 = JOB_DAYS_MAX as i64;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulateTemplateRequest {
    /// How many buy it; 1000 when it is not given.
    #[schema(inline)]
    traders: Option<Within<1, { TRADERS_MAX }>>,
    /// Another seed is another world; 1 when it is not given.
    #[schema(inline)]
    seed: Option<Within<0, { i64::MAX }>>,
    /// How long a funded account is followed; 90 when it is not given.
    #[schema(inline)]
    days: Option<Within<1, { DAYS_MAX }>>,
    /// How long somebody tries to pass one phase; 120 when it is not given.
    #[schema(inline)]
    evaluation_days: Option<Within<1, { DAYS_MAX }>>,
    /// How much a price moves on a usual day, in percent; 0.6 when it is not given.
    #[schema(inline)]
    volatility_pct: Option<Decimal>,
    /// What is traded; EURUSD, or the first whose profit needs no conversion, when it is not given.
    #[schema(inline)]
    symbol: Option<Text<1, 16>>,
    /// Between bid and ask; what is typical of the symbol when it is not given.
    #[schema(inline)]
    spread_points: Option<Within<0, 100_000>>,
    /// What one unit of the fee's currency is worth in that of the accounts, where they differ.
    #[schema(inline)]
    rate: Option<Decimal>,
    /// Who trades, at most 20 kinds; the standard population when it is not given.
    population: Option<Vec<SimulatedTrader>>,
}

/// A kind of trader, as docs/simulate.md tells it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulatedTrader {
    #[schema(inline)]
    name: Text<1, 40>,
    /// How many there are, beside the weights of the others.
    #[schema(inline)]
    weight: Within<0, 1_000_000>,
    /// What a trade brings before costs, as a share of what it risks.
    #[schema(inline)]
    edge_pct: Decimal,
    #[schema(inline)]
    risk_pct: Decimal,
    /// `balance` when it is not given.
    risk_of: Option<RiskWord>,
    #[schema(inline)]
    trades_per_day: Decimal,
    /// Distance of the target beside that of the stop.
    #[schema(inline)]
    reward_risk: Decimal,
    /// Distance of the stop, as a share of a usual day's movement.
    #[schema(inline)]
    stop_pct_of_day: Decimal,
    #[schema(inline)]
    stops_after_losses: Option<Within<0, 1_000>>,
    #[schema(inline)]
    martingale_pct: Option<Decimal>,
    #[schema(inline)]
    keeps_room_pct: Option<Decimal>,
    overnight: Option<bool>,
    coasts: Option<bool>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskWord {
    Balance,
    Initial,
    Room,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SimulationStatus {
    Running,
    Done,
    Failed,
    Cancelled,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SimulationObject {
    template_id: Uuid,
    status: SimulationStatus,
    /// The version of the template that is tried.
    version: i64,
    seed: u64,
    traders: u32,
    /// Traders whose life is over.
    done: u32,
    started_at: String,
    /// Why it has failed.
    error: Option<String>,
    /// What it has come to, as docs/simulate.md tells it; null until it is done.
    #[schema(value_type = Option<Object>)]
    report: Option<Value>,
    /// Null until it is done.
    pictures: Option<Vec<SimulationPicture>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SimulationPicture {
    /// `funnel`, `days`, `causes`, `kept` or `curves`.
    name: String,
    svg: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SimulationDropped {
    ok: bool,
}

/// Simulate Template
///
/// Lets thousands of made-up traders live through the template as it stands, on sale or not, on the desk's own engine. It runs
/// on a thread beside the desk, one at a time on each server; ask with `GET` how far it is. The same seed gives the same
/// answer.
#[utoipa::path(
    post,
    path = "/prop/templates/{template_id}/simulate",
    operation_id = "simulate_template",
    tag = "Prop trading",
    params(("template_id" = Uuid, Path)),
    request_body = SimulateTemplateRequest,
    responses((status = 202, description = "It has begun", body = SimulationObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["template_not_found", "simulation_running"])))
)]
pub async fn start(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<SimulateTemplateRequest>,
) -> Result<(StatusCode, Json<SimulationObject>), ApiError> {
    let program = program(&state.app, id)?;
    let settings = body.into_settings()?;
    let view = state
        .app
        .start_simulation(caller, program, settings)
        .await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(SimulationObject::new(id, &view)?),
    ))
}

/// Get Simulation
///
/// How the last simulation of the template stands, and what it has come to. It is kept in the server's memory.
#[utoipa::path(
    get,
    path = "/prop/templates/{template_id}/simulate",
    operation_id = "get_template_simulation",
    tag = "Prop trading",
    params(("template_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = SimulationObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["template_not_found", "simulation_not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<SimulationObject>, ApiError> {
    let view = state
        .app
        .simulation(caller, program(&state.app, id)?)
        .await?;
    Ok(Json(SimulationObject::new(id, &view)?))
}

/// Drop Simulation
///
/// Stops the simulation of the template if it runs, and forgets what came of it.
#[utoipa::path(
    delete,
    path = "/prop/templates/{template_id}/simulate",
    operation_id = "drop_template_simulation",
    tag = "Prop trading",
    params(("template_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = SimulationDropped)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["template_not_found", "simulation_not_found"])))
)]
pub async fn remove(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<SimulationDropped>, ApiError> {
    state
        .app
        .drop_simulation(caller, program(&state.app, id)?)
        .await?;
    Ok(Json(SimulationDropped { ok: true }))
}

fn program(app: &App, id: Uuid) -> Result<ProgramId, ApiError> {
    key_or(app, EntityKind::Program, id, Code::TemplateNotFound).map(ProgramId)
}

fn wrong(field: &'static str, wanted: &str) -> ApiError {
    ApiError::invalid_body([Segment::Key(field.to_owned())], wanted)
}

fn small<const MIN: i64, const MAX: i64>(value: Option<Within<MIN, MAX>>, otherwise: u32) -> u32 {
    value.map_or(otherwise, |value| {
        u32::try_from(value.get()).unwrap_or(u32::MAX)
    })
}

impl SimulateTemplateRequest {
    fn into_settings(self) -> Result<Settings, ApiError> {
        let standard = Settings::default();
        let prices = match &self.volatility_pct {
            None => standard.prices.clone(),
            Some(percent) => Prices::Generated {
                day_bp: parse_decimal(percent.as_str(), 2)
                    .filter(|day| (1..=2_000).contains(day))
                    .ok_or_else(|| {
                        wrong("volatility_pct", "0.01 to 20, with at most two decimals")
                    })?,
            },
        };
        let rate = self.rate.map(|rate| {
            let read = parse_decimal(rate.as_str(), 6).filter(|rate| *rate > 0);
            read.ok_or_else(|| wrong("rate", "above 0, with at most six decimals"))
        });
        let symbol = self.symbol.map(|symbol| {
            let symbol = symbol.into_string().parse::<Symbol>();
            symbol.map_err(|error| wrong("symbol", &error.to_string()))
        });
        let population = match self.population {
            None => standard.population.clone(),
            Some(traders) if traders.len() > MOST_KINDS => {
                return Err(wrong(
                    "population",
                    "at most 20 kinds of traders are wanted",
                ));
            }
            Some(traders) => {
                let kinds = traders
                    .into_iter()
                    .enumerate()
                    .map(|(place, one)| one.into_kind(place));
                let kinds = kinds.collect::<Result<Vec<_>, _>>()?;
                Population::of(kinds).map_err(|fault| wrong("population", &fault.to_string()))?
            }
        };
        Ok(Settings {
            traders: small(self.traders, 1_000),
            seed: self
                .seed
                .map_or(standard.seed, |seed| seed.get().unsigned_abs()),
            funded_days: small(self.days, standard.funded_days),
            evaluation_days: small(self.evaluation_days, standard.evaluation_days),
            population,
            prices,
            symbol: symbol.transpose()?,
            spread: self.spread_points.map(Within::get),
            rate: rate.transpose()?,
            threads: 1,
            ..standard
        })
    }
}

impl SimulatedTrader {
    fn into_kind(self, place: usize) -> Result<Kind, ApiError> {
        let read = |field: &str, value: &Decimal| {
            let path = [
                Segment::Key("population".to_owned()),
                Segment::Index(place),
                Segment::Key(field.to_owned()),
            ];
            let told = "a number with at most two decimals is wanted";
            parse_decimal(value.as_str(), 2).ok_or_else(|| ApiError::invalid_body(path, told))
        };
        let or_whole = |field: &str, value: &Option<Decimal>| {
            value
                .as_ref()
                .map_or(Ok(10_000), |value| read(field, value))
        };
        Ok(Kind {
            weight: u32::try_from(self.weight.get()).unwrap_or(0),
            edge: read("edge_pct", &self.edge_pct)?,
            risk: read("risk_pct", &self.risk_pct)?,
            risk_of: match self.risk_of {
                None | Some(RiskWord::Balance) => RiskOf::Balance,
                Some(RiskWord::Initial) => RiskOf::Initial,
                Some(RiskWord::Room) => RiskOf::Room,
            },
            trades: read("trades_per_day", &self.trades_per_day)?,
            reward: read("reward_risk", &self.reward_risk)?,
            stop: read("stop_pct_of_day", &self.stop_pct_of_day)?,
            stops_after_losses: small(self.stops_after_losses, 0),
            martingale: or_whole("martingale_pct", &self.martingale_pct)?,
            keeps_room: or_whole("keeps_room_pct", &self.keeps_room_pct)?,
            overnight: self.overnight.unwrap_or(false),
            coasts: self.coasts.unwrap_or(true),
            name: self.name.into_string(),
        })
    }
}

impl SimulationObject {
    fn new(template_id: Uuid, view: &JobView) -> Result<Self, ApiError> {
        let (status, error, done) = match &view.state {
            JobState::Running => (SimulationStatus::Running, None, None),
            JobState::Done(report) => (SimulationStatus::Done, None, Some(report)),
            JobState::Failed(why) => (SimulationStatus::Failed, Some(why.clone()), None),
            JobState::Cancelled => (SimulationStatus::Cancelled, None, None),
        };
        let pictures = done.map(|report| {
            let pictures = report.pictures().into_iter();
            let pictures = pictures.map(|picture| SimulationPicture {
                name: picture.name.to_owned(),
                svg: picture.svg,
            });
            pictures.collect()
        });
        let report = done.map(serde_json::to_value).transpose();
        Ok(Self {
            template_id,
            status,
            version: view.version,
            seed: view.seed,
            traders: view.traders,
            done: view.done,
            started_at: view.started_at.rfc3339(),
            error,
            report: report.map_err(|_| ApiError::from(Code::InternalError))?,
            pictures,
        })
    }
}

impl From<JobError> for ApiError {
    fn from(error: JobError) -> Self {
        match error {
            JobError::Session(error) => error.into(),
            JobError::NoTemplate => Code::TemplateNotFound.into(),
            JobError::NotFound => Code::SimulationNotFound.into(),
            JobError::Busy => {
                Self::from(Code::SimulationRunning).retry_after(Duration::from_secs(1))
            }
            JobError::Refused(SimulateError::UnknownSymbol(_) | SimulateError::NotTraded(..)) => {
                wrong("symbol", "accounts of the template cannot trade it")
            }
            JobError::Refused(refused) => Self::invalid_body([], &refused.to_string()),
            JobError::Store(error) => error.into(),
        }
    }
}
