//! `GET /prop/board`: every account that runs, those first that are closest to a floor.

use super::error::ApiError;
use super::extract::SlateQuery;
use super::running::SUSPENDED_BECAUSE;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Text, Within};
use crate::limits;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::trading_desk::{BoardFilter, BoardLine};
use touchstone_domain::{EntityKind, Money, ProgramId};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BoardQuery {
    template_id: Option<Uuid>,
    /// Part of the customer's name or e-mail, in any case, or the login of the account.
    #[param(inline)]
    q: Option<Text<0, 120>>,
    has_open_positions: Option<bool>,
    /// Only accounts with at most so many percent left of what their nearest floor lets them lose.
    #[param(inline)]
    near: Option<Within<0, 100>>,
    /// 50 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::BOARD_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::BOARD_OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LiveBoard {
    items: Vec<BoardItem>,
    /// How many there are on all pages.
    total: usize,
    sums: BoardCounts,
    /// The instant of the figures.
    as_of: String,
}

/// Of all accounts that the filter lets through, however near they are.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardCounts {
    running: usize,
    /// At most 10 percent are left of what the nearest floor lets them lose, as with `near=10`.
    within_10_percent: usize,
    /// A price is too old to judge them by.
    suspended: usize,
}

/// An account that runs. Amounts are in its currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardItem {
    account_id: Uuid,
    account_login: String,
    journey_id: Uuid,
    customer_id: Uuid,
    customer_name: String,
    template_id: Uuid,
    /// As it was when the journey began.
    template_name: String,
    /// Counted from 1.
    phase_index: i64,
    /// Name of the phase.
    phase: String,
    currency: String,
    /// What the account began with, and what it has grown by.
    account_size: Number,
    balance: Number,
    equity: Number,
    /// Null where no floor holds.
    nearest_floor: Option<BoardFloor>,
    profit: Number,
    /// Null where the phase wants none.
    profit_target: Option<Number>,
    open_positions: u32,
    /// Closed today, and open now.
    day_profit: Number,
    /// The next reset of the trading day.
    day_ends_at: String,
    /// A price is too old: nothing is judged until there is a newer one.
    is_judgement_suspended: bool,
    /// `stale_price`; null while the phase is judged.
    suspended_because: Option<&'static str>,
    /// A bank has taken the fee back: it rests until the dispute is won.
    is_suspended: bool,
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BoardFloor {
    /// `daily_loss` or `max_loss`.
    rule_type: &'static str,
    level: Number,
    /// How much more may be lost; below 0 where it is crossed.
    distance: Number,
    /// The distance in percent of the account's size, with at most four decimals.
    distance_percent: Number,
    /// The distance in percent of what the rule lets the account lose.
    room_left_percent: Number,
    /// What it is counted from was taken while a price was too old.
    is_provisional: bool,
}

/// Live Board
///
/// The accounts of challenges that run, as they stand now; those first that are closest to a floor, in percent of their
/// size. One without a floor comes last.
#[utoipa::path(
    get,
    path = "/prop/board",
    operation_id = "live_board",
    tag = "Prop trading",
    params(BoardQuery),
    responses((status = 200, description = "Successful Response", body = LiveBoard)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"])))
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<BoardQuery>,
) -> Result<Json<LiveBoard>, ApiError> {
    /// A key that nothing has: what a foreign or invented id finds.
    const NOTHING: i64 = -1;
    let app = &state.app;
    let program = |id| app.public_ids.key(EntityKind::Program, id);
    let count = |count: i64| usize::try_from(count).unwrap_or(0);
    let filter = BoardFilter {
        template: query
            .template_id
            .map(|id| ProgramId(program(id).unwrap_or(NOTHING))),
        text: query.q.map(Text::into_string),
        has_open_positions: query.has_open_positions,
        near: query.near.map(|percent| percent.get() * 10_000),
    };
    let limit = count(query.limit.map_or(50, Within::get));
    let offset = count(query.offset.map_or(0, Within::get));
    let page = app.board(caller, filter, limit, offset).await?;
    let as_of = page.at.rfc3339();
    let lines = page.lines.iter();
    Ok(Json(LiveBoard {
        items: lines
            .map(|line| BoardItem::new(app, line, as_of.clone()))
            .collect(),
        total: page.total,
        sums: BoardCounts {
            running: page.sums.running,
            within_10_percent: page.sums.near,
            suspended: page.sums.suspended,
        },
        as_of,
    }))
}

impl BoardItem {
    fn new(app: &App, line: &BoardLine, updated_at: String) -> Self {
        let (row, told) = (&line.row, &line.told);
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let number = |minor| Number::money(Money::new(minor, told.currency));
        let percent = |parts: Option<i64>| Number::percent_parts(parts.unwrap_or(0));
        Self {
            account_id: uuid(EntityKind::Account, row.login.0),
            account_login: row.login.to_string(),
            journey_id: uuid(EntityKind::Challenge, row.owner.challenge_id.0),
            customer_id: uuid(EntityKind::Customer, row.owner.customer_id.0),
            customer_name: told.customer_name.clone(),
            template_id: uuid(EntityKind::Program, told.program_id.0),
            template_name: line.version.terms.name.clone(),
            phase_index: row.owner.phase_index,
            phase: line.phase().to_owned(),
            currency: told.currency.to_string(),
            account_size: number(row.size_minor),
            balance: number(row.balance_minor),
            equity: number(row.equity_minor),
            nearest_floor: row.floor.map(|floor| BoardFloor {
                rule_type: floor.limit.rule.name(),
                level: number(floor.limit.level_minor),
                distance: number(floor.room_minor),
                distance_percent: percent(row.distance()),
                room_left_percent: percent(row.room_left()),
                is_provisional: floor.limit.is_provisional,
            }),
            profit: number(row.profit_minor),
            profit_target: row.target_minor.map(number),
            open_positions: row.open_positions,
            day_profit: number(row.day_profit_minor),
            day_ends_at: row.day_ends_at.rfc3339(),
            is_judgement_suspended: row.is_suspended,
            suspended_because: row.is_suspended.then_some(SUSPENDED_BECAUSE),
            is_suspended: told.is_suspended,
            updated_at,
        }
    }
}
