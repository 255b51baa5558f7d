//! Instants as the store keeps them.

use serde::{Deserialize, Serialize};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMicros(pub i64);

impl UnixMicros {
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds * MICROS_PER_SECOND)
    }

    /// Whole seconds since the epoch, rounded down: what ScaleTrade's fields hold.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// Saturates at the ends of the range, which lie some 290,000 years away.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_micros(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339 ("2026-05-07T13:20:00Z") or a day ("2026-05-07": its first instant in UTC).
    /// `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Some(Self(instant.as_microsecond()));
        }
        Self::of_day(day(text)?)
    }

    /// As [`UnixMicros::parse`], but a day stands for its end: the first instant of the next one.
    pub fn parse_end(text: &str) -> Option<Self> {
        match day(text) {
            Some(day) => Self::of_day(day.tomorrow().ok()?),
            None => Self::parse(text),
        }
    }

    fn of_day(day: jiff::civil::Date) -> Option<Self> {
        let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(start.timestamp().as_microsecond()))
    }

    /// RFC 3339 in UTC with microseconds: what Slate's fields hold.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_microsecond(self.0)
            .map_or_else(|_| self.0.to_string(), |t| format!("{t:.6}"))
    }
}

/// A day and nothing beside it.
fn day(text: &str) -> Option<jiff::civil::Date> {
    (text.len() == "2026-05-07".len())
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2026-05-07", Some(1_778_112_000), Some(1_778_198_400))]
    #[case("2026-05-07T13:20:00Z", Some(1_778_160_000), Some(1_778_160_000))]
    #[case("2026-05-07T15:20:00+02:00", Some(1_778_160_000), Some(1_778_160_000))]
    #[case("2026-05-07T13:20:00", None, None)]
    #[case("2026-13-07", None, None)]
    #[case("yesterday", None, None)]
    #[case("", None, None)]
    fn reads_instants_and_days(
        #[case] text: &str,
        #[case] start: Option<i64>,
        #[case] end: Option<i64>,
    ) {
        let seconds = |at: Option<UnixMicros>| at.map(UnixMicros::seconds);
        assert_eq!(seconds(UnixMicros::parse(text)), start);
        assert_eq!(seconds(UnixMicros::parse_end(text)), end);
    }
}
