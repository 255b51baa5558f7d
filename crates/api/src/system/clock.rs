//! A demo's clock: days pass when somebody says so.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
/// Only for `touchstone demo --clock manual`; every other server answers 404. What nobody paid in that time has ended
/// when it is answered.
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
    let now = clock.advance_micros(body.seconds.get() * MICROS_PER_SECOND);
    state.app.sweep_unpaid().await?;
    Ok(Json(ClockNow { now: now.rfc3339() }))
}
