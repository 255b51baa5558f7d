//! When a trading day begins, in any zone and on any day.
//!
//! A day begins at the first instant at which the local clock shows its date and the reset time, or something later.
//! That one sentence decides the odd days: a reset time that the clock jumps over is the instant of the jump, one that
//! comes twice is the first of the two, and a date that a zone left out altogether is a day without length that no
//! instant belongs to. The zones are those that were built into the program, never those of the machine it runs on, so
//! that a verdict is the same wherever it is worked out again.

use crate::UnixMicros;
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time, Weekday, date},
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

#[cfg(test)]
mod tests;

/// Days from 1970-01-01 to the local date at which a trading day begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DayNumber(pub i64);

impl DayNumber {
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    fn of(date: Date) -> Self {
        Self(
            EPOCH
                .until(date)
                .map_or(0, |span| i64::from(span.get_days())),
        )
    }

    fn date(self) -> Result<Date, TradingDayError> {
        let days = i32::try_from(self.0).map_err(|_| TradingDayError::OutOfRange)?;
        let span = jiff::Span::new().try_days(days);
        span.and_then(|span| EPOCH.checked_add(span))
            .map_err(|_| TradingDayError::OutOfRange)
    }
}

impl fmt::Display for DayNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date() {
            Ok(date) => write!(f, "{date}"),
            Err(_) => write!(f, "day {}", self.0),
        }
    }
}

const EPOCH: Date = date(1970, 1, 1);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TradingDayError {
    #[error("{0:?} is no time zone: a name like \"Europe/Prague\" or \"UTC\" is wanted")]
    UnknownZone(String),
    #[error("{0:?} is no time of day: one like \"17:00\" is wanted")]
    BadTime(String),
    #[error("the instant lies outside of the calendar")]
    OutOfRange,
}

/// A time zone and the local time at which a new trading day begins in it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct TradingDay {
    zone: TimeZone,
    reset: LocalTime,
}

#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wire {
    /// A name of the IANA time zone database, like "Europe/Prague".
    zone: String,
    reset: LocalTime,
}

impl TradingDay {
    /// `zone` is a name of the IANA database.
    ///
    /// # Errors
    /// [`TradingDayError::UnknownZone`].
    pub fn new(zone: &str, reset: LocalTime) -> Result<Self, TradingDayError> {
        let unknown = || TradingDayError::UnknownZone(zone.chars().take(64).collect());
        // "Etc/Unknown" is a name of the database, but no place where it could be midnight.
        let found = TimeZoneDatabase::bundled()
            .get(zone)
            .ok()
            .filter(|found| !found.is_unknown())
            .ok_or_else(unknown)?;
        Ok(Self { zone: found, reset })
    }

    /// Midnight in UTC.
    pub fn utc() -> Self {
        Self {
            zone: TimeZone::UTC,
            reset: LocalTime::MIDNIGHT,
        }
    }

    pub fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    pub const fn reset(&self) -> LocalTime {
        self.reset
    }

    /// The exact instant at which a day begins.
    ///
    /// # Errors
    /// [`TradingDayError::OutOfRange`] beyond the year 9999.
    pub fn begin_of(&self, day: DayNumber) -> Result<UnixMicros, TradingDayError> {
        self.first_instant(day.date()?, self.reset)
    }

    /// The day that an instant belongs to: the last one that has begun by then.
    ///
    /// # Errors
    /// [`TradingDayError::OutOfRange`] beyond the year 9999.
    pub fn day_of(&self, at: UnixMicros) -> Result<DayNumber, TradingDayError> {
        let local = timestamp(at)?.to_zoned(self.zone.clone()).date();
        // The local clock can be a day ahead of the boundaries (before the reset time, or in an hour that comes
        // again), and behind them by what a jump leaves out.
        let mut day = DayNumber::of(local).plus(1);
        while self.begin_of(day)? > at {
            day = day.plus(-1);
        }
        Ok(day)
    }

    /// The first boundary after an instant.
    ///
    /// # Errors
    /// [`TradingDayError::OutOfRange`] beyond the year 9999.
    pub fn next_boundary(&self, after: UnixMicros) -> Result<UnixMicros, TradingDayError> {
        self.begin_of(self.day_of(after)?.plus(1))
    }

    /// The last boundary at or before an instant.
    ///
    /// # Errors
    /// [`TradingDayError::OutOfRange`] beyond the year 9999.
    pub fn last_boundary(&self, at: UnixMicros) -> Result<UnixMicros, TradingDayError> {
        self.begin_of(self.day_of(at)?)
    }

    /// The same local time so many dates later; where it does not exist or comes twice, as for a boundary.
    ///
    /// # Errors
    /// [`TradingDayError::OutOfRange`] beyond the year 9999.
    pub fn plus_calendar_days(
        &self,
        from: UnixMicros,
        days: i64,
    ) -> Result<UnixMicros, TradingDayError> {
        let local = timestamp(from)?.to_zoned(self.zone.clone());
        let date = DayNumber::of(local.date()).plus(days).date()?;
        self.first_instant_at(date, local.time())
    }

    /// The next instant after `after` at which it is this local time on this day of the week.
    ///
    /// # Errors
    /// [`TradingDayError::OutOfRange`] beyond the year 9999.
    pub fn next_weekly(
        &self,
        after: UnixMicros,
        weekday: Weekday,
        time: LocalTime,
    ) -> Result<UnixMicros, TradingDayError> {
        let today = DayNumber::of(timestamp(after)?.to_zoned(self.zone.clone()).date());
        for ahead in -1..=8 {
            let date = today.plus(ahead).date()?;
            if date.weekday() == weekday {
                let at = self.first_instant(date, time)?;
                if at > after {
                    return Ok(at);
                }
            }
        }
        Err(TradingDayError::OutOfRange)
    }

    /// "2026-03-29 17:00 America/New_York", for people.
    pub fn local_text(&self, at: UnixMicros) -> String {
        match timestamp(at) {
            Ok(at) => {
                let local = at.to_zoned(self.zone.clone());
                format!("{} {}", local.strftime("%Y-%m-%d %H:%M"), self.zone())
            }
            Err(_) => at.rfc3339(),
        }
    }

    fn first_instant(&self, date: Date, time: LocalTime) -> Result<UnixMicros, TradingDayError> {
        self.first_instant_at(date, time.0)
    }

    /// The first instant at which the local clock shows this, or something later.
    fn first_instant_at(&self, date: Date, time: Time) -> Result<UnixMicros, TradingDayError> {
        let out_of_range = |_| TradingDayError::OutOfRange;
        let local = self.zone.to_ambiguous_timestamp(date.to_datetime(time));
        let at = match local.offset() {
            AmbiguousOffset::Gap { before, .. } => {
                let past_jump = before
                    .to_timestamp(date.to_datetime(time))
                    .and_then(|at| at.checked_add(SignedDuration::from_nanos(1)))
                    .map_err(out_of_range)?;
                let jump = self.zone.preceding(past_jump).next();
                jump.ok_or(TradingDayError::OutOfRange)?.timestamp()
            }
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => {
                local.earlier().map_err(out_of_range)?
            }
        };
        Ok(UnixMicros(at.as_microsecond()))
    }
}

fn timestamp(at: UnixMicros) -> Result<Timestamp, TradingDayError> {
    let at = Timestamp::from_microsecond(at.0).map_err(|_| TradingDayError::OutOfRange)?;
    // A day of room on both sides, so that the dates around it exist too.
    let room = |at: Timestamp| at.checked_add(72.hours()).and(at.checked_sub(72.hours()));
    room(at)
        .map(|_| at)
        .map_err(|_| TradingDayError::OutOfRange)
}

impl TryFrom<Wire> for TradingDay {
    type Error = TradingDayError;

    fn try_from(wire: Wire) -> Result<Self, TradingDayError> {
        Self::new(&wire.zone, wire.reset)
    }
}

impl From<TradingDay> for Wire {
    fn from(day: TradingDay) -> Self {
        Self {
            zone: day.zone().to_owned(),
            reset: day.reset,
        }
    }
}

impl schemars::JsonSchema for TradingDay {
    fn schema_name() -> Cow<'static, str> {
        "TradingDay".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Wire::json_schema(generator)
    }
}

impl fmt::Display for TradingDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.reset, self.zone())
    }
}

impl fmt::Debug for TradingDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A time of the local clock, to the minute: "17:00".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalTime(Time);

impl LocalTime {
    pub const MIDNIGHT: Self = Self(Time::midnight());
}

impl std::str::FromStr for LocalTime {
    type Err = TradingDayError;

    fn from_str(text: &str) -> Result<Self, TradingDayError> {
        let part = |part: &str| {
            let is_number = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| part.parse::<i8>().ok()).flatten()
        };
        text.split_once(':')
            .and_then(|(hours, minutes)| Time::new(part(hours)?, part(minutes)?, 0, 0).ok())
            .map(Self)
            .ok_or_else(|| TradingDayError::BadTime(text.chars().take(16).collect()))
    }
}

impl TryFrom<String> for LocalTime {
    type Error = TradingDayError;

    fn try_from(text: String) -> Result<Self, TradingDayError> {
        text.parse()
    }
}

impl From<LocalTime> for String {
    fn from(time: LocalTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl fmt::Debug for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl schemars::JsonSchema for LocalTime {
    fn schema_name() -> Cow<'static, str> {
        "LocalTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A time of the local clock, like \"17:00\".",
            "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        })
    }
}
