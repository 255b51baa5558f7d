//! A demo's clock: days pass when somebody says so.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use touchstone_app::{desk::DeskError, ports::ManualClock};
use touchstone_domain::UnixMicros;
use utoipa::ToSchema;

use super::feed::desk_away;
use crate::{
    ApiState,
    auth::Visitor,
    input::Within,
    limits::CLOCK_ADVANCE_SECONDS_MAX,
    slate::{
        error::{ApiError, Code},
        extract::SlateJson,
    },
};

const MICROS_PER_SECOND: i64 = 1_000_000;

#[derive(Debug, Deserialize, ToSchema)]
pub struct Advance {
    /// At most a year at once.
    #[schema(value_type = i64, minimum = 1, maximum = 31_622_400)]
    seconds: Within<1, { CLOCK_ADVANCE_SECONDS_MAX }>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ClockNow {
    /// RFC 3339.
    now: String,
}

/// Move the clock of a demo
///
/// Only for `touchstone demo --clock manual`; every other server answers 404. The demo's prices go with the clock, in
/// small steps up to ten minutes, in larger ones for days, with a price of everything that is open just before each
/// instant at which rules fall due. When it is answered everything up to the new time was judged, what nobody paid
/// in that time has ended, and cycles of payouts that ended in it are closed.
#[utoipa::path(post, path = "/demo/clock/advance", tag = "Simulator",
    operation_id = "advance_clock",
    request_body = Advance,
    responses((status = 200, description = "The new time", body = ClockNow)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub async fn advance(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlateJson(body): SlateJson<Advance>,
) -> Result<Json<ClockNow>, ApiError> {
    let clock = state.manual_clock.as_ref().ok_or(Code::NotFound)?;
    let now = advanced(&state, clock, body.seconds.get()).await;
    state.app.sweep_unpaid().await?;
    state.app.close_payout_cycles().await?;
    let now = now.map_err(|error| desk_away(&error))?;
    Ok(Json(ClockNow { now: now.rfc3339() }))
}

async fn advanced(
    state: &ApiState,
    clock: &ManualClock,
    seconds: i64,
) -> Result<UnixMicros, DeskError> {
    if let Some(demo) = &state.demo {
        return Ok(demo.advance(&state.app, clock, seconds).await?.now);
    }
    let now = clock.advance_micros(seconds * MICROS_PER_SECOND);
    if state.app.desk.is_running() {
        state.app.desk.wake().await?;
    }
    Ok(now)
}
