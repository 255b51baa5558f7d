//! When a market is open, by the clock on its wall.

use jiff::civil::Weekday;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::fmt;
use touchstone_domain::UnixMicros;

const MINUTES_OF_DAY: u32 = 24 * 60;
const MINUTES_OF_WEEK: u32 = 7 * MINUTES_OF_DAY;
const MICROS_PER_MINUTE: i64 = 60_000_000;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursFault {
    #[error("{0:?} is no zone of the IANA time zone database")]
    UnknownZone(String),
    #[error("{0:?} is no session: \"Sun 17:05-Mon 16:59\" or \"always\" is wanted")]
    BadSession(String),
}

/// The sessions of a week in an IANA zone. The wall's clock decides, so a session is an hour longer or shorter when the
/// clock is set inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    zone: TimeZone,
    sessions: Vec<Session>,
}

/// Minutes since Sunday 00:00: from `opens` until just before `closes`. One that opens on Saturday may close on Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Session {
    opens: u32,
    closes: u32,
}

impl Hours {
    /// `zone` is an IANA name, a session "Sun 17:05-Mon 16:59" or "always".
    ///
    /// # Errors
    /// With the text that cannot be read.
    pub fn parse(zone: &str, sessions: &[&str]) -> Result<Self, HoursFault> {
        // The zones that were built in, so that a machine with others deals at the same hours.
        let zone = TimeZoneDatabase::bundled()
            .get(zone)
            .map_err(|_| HoursFault::UnknownZone(zone.to_owned()))?;
        let sessions = sessions
            .iter()
            .map(|text| session(text).ok_or_else(|| HoursFault::BadSession((*text).to_owned())))
            .collect::<Result<_, _>>()?;
        Ok(Self { zone, sessions })
    }

    /// The zone's IANA name.
    pub fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    pub fn is_open(&self, now: UnixMicros) -> bool {
        let Ok(instant) = jiff::Timestamp::from_microsecond(now.0) else {
            return false;
        };
        let local = self.zone.to_datetime(instant);
        let minute =
            u32::from(local.hour().unsigned_abs()) * 60 + u32::from(local.minute().unsigned_abs());
        let minute = day_start(local.date().weekday()) + minute;
        self.sessions.iter().any(|session| session.holds(minute))
    }

    /// The sessions of a week as [`Hours::parse`] reads them.
    pub fn sessions(&self) -> Vec<String> {
        self.sessions.iter().map(ToString::to_string).collect()
    }

    /// The first minute from `now` on in which it is open; `None` when it stays closed for two weeks.
    pub fn next_open(&self, now: UnixMicros) -> Option<UnixMicros> {
        if self.is_open(now) {
            return Some(now);
        }
        let minute = now.0.div_euclid(MICROS_PER_MINUTE);
        (1..=2 * i64::from(MINUTES_OF_WEEK))
            .map(|later| UnixMicros((minute + later).saturating_mul(MICROS_PER_MINUTE)))
            .find(|at| self.is_open(*at))
    }

    /// The first minute after `now` in which it is not open any more, from the next opening on where it is closed now;
    /// `None` when it does not close within a week of being open.
    pub fn next_close(&self, now: UnixMicros) -> Option<UnixMicros> {
        if self.sessions.iter().any(|session| session.is_always()) {
            return None;
        }
        let open = self.next_open(now)?;
        let minute = open.0.div_euclid(MICROS_PER_MINUTE);
        (1..=i64::from(MINUTES_OF_WEEK) + 1)
            .map(|later| UnixMicros((minute + later).saturating_mul(MICROS_PER_MINUTE)))
            .find(|at| !self.is_open(*at))
    }

    /// The first three letters of a day's English name, as [`Hours::day`] reads them.
    pub(crate) const fn day_name(day: Weekday) -> &'static str {
        match day {
            Weekday::Sunday => "sun",
            Weekday::Monday => "mon",
            Weekday::Tuesday => "tue",
            Weekday::Wednesday => "wed",
            Weekday::Thursday => "thu",
            Weekday::Friday => "fri",
            Weekday::Saturday => "sat",
        }
    }

    /// A day of the week by the first three letters of its English name, in small letters or with a capital.
    pub fn day(text: &str) -> Option<Weekday> {
        match text.to_ascii_lowercase().as_str() {
            "sun" => Some(Weekday::Sunday),
            "mon" => Some(Weekday::Monday),
            "tue" => Some(Weekday::Tuesday),
            "wed" => Some(Weekday::Wednesday),
            "thu" => Some(Weekday::Thursday),
            "fri" => Some(Weekday::Friday),
            "sat" => Some(Weekday::Saturday),
            _ => None,
        }
    }
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_always() {
            return f.write_str("always");
        }
        let (opens, closes) = (self.opens, self.closes);
        write!(f, "{}-{}", minute_text(opens), minute_text(closes))
    }
}

fn minute_text(minute: u32) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    let (day, of_day) = (minute / MINUTES_OF_DAY, minute % MINUTES_OF_DAY);
    let name = DAYS[(day % 7) as usize];
    format!("{name} {:02}:{:02}", of_day / 60, of_day % 60)
}

impl Session {
    const fn is_always(self) -> bool {
        self.opens == 0 && self.closes == MINUTES_OF_WEEK
    }

    const fn holds(self, minute: u32) -> bool {
        if self.opens < self.closes {
            self.opens <= minute && minute < self.closes
        } else {
            self.opens <= minute || minute < self.closes
        }
    }
}

fn day_start(day: Weekday) -> u32 {
    u32::from(day.to_sunday_zero_offset().unsigned_abs()) * MINUTES_OF_DAY
}

fn session(text: &str) -> Option<Session> {
    if text == "always" {
        return Some(Session {
            opens: 0,
            closes: MINUTES_OF_WEEK,
        });
    }
    let (opens, closes) = text.split_once('-')?;
    let (opens, closes) = (minute_of_week(opens)?, minute_of_week(closes)?);
    (opens != closes).then_some(Session { opens, closes })
}

/// "Fri 16:59"; 24:00 is the end of a day.
fn minute_of_week(text: &str) -> Option<u32> {
    let (day, time) = text.trim().split_once(' ')?;
    let (hour, minute) = time.split_once(':')?;
    if hour.len() != 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= MINUTES_OF_DAY).then_some(day_start(Hours::day(day)?) + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn at(text: &str) -> UnixMicros {
        UnixMicros::parse(text).unwrap()
    }

    /// New York is at UTC-4 in summer and at UTC-5 in winter.
    #[rstest]
    #[case::friday_before_the_close("2026-07-10T20:58:59Z", true)]
    #[case::friday_at_the_close("2026-07-10T20:59:00Z", false)]
    #[case::saturday("2026-07-11T12:00:00Z", false)]
    #[case::sunday_before_the_opening("2026-07-12T21:04:59Z", false)]
    #[case::sunday_at_the_opening("2026-07-12T21:05:00Z", true)]
    #[case::in_the_daily_break("2026-07-13T21:02:00Z", false)]
    #[case::winter_an_hour_later("2026-01-11T21:05:00Z", false)]
    #[case::winter_at_the_opening("2026-01-11T22:05:00Z", true)]
    #[case::the_week_in_which_only_the_us_has_summer_time("2026-03-15T21:05:00Z", true)]
    fn a_session_follows_the_clock_of_its_zone(#[case] now: &str, #[case] open: bool) {
        let sessions = [
            "Sun 17:05-Mon 16:59",
            "Mon 17:05-Tue 16:59",
            "Thu 17:05-Fri 16:59",
        ];
        let hours = Hours::parse("America/New_York", &sessions).unwrap();
        assert_eq!(hours.is_open(at(now)), open);
    }

    #[rstest]
    #[case("2026-07-11T23:30:00Z", true)]
    #[case("2026-07-12T00:30:00Z", true)]
    #[case("2026-07-12T01:00:00Z", false)]
    fn a_session_may_cross_the_end_of_the_week(#[case] now: &str, #[case] open: bool) {
        let hours = Hours::parse("UTC", &["Sat 23:00-Sun 01:00"]).unwrap();
        assert_eq!(hours.is_open(at(now)), open);
    }

    #[test]
    fn always_is_every_minute() {
        let hours = Hours::parse("UTC", &["always"]).unwrap();
        for minute in 0..i64::from(MINUTES_OF_WEEK) {
            assert!(hours.is_open(UnixMicros::from_seconds(minute * 60)));
        }
    }

    #[rstest]
    #[case("2026-07-10T20:30:00Z", "2026-07-10T20:30:00Z")]
    #[case("2026-07-10T20:59:30Z", "2026-07-12T21:05:00Z")]
    fn the_next_opening_is_now_or_a_whole_minute(#[case] now: &str, #[case] opens: &str) {
        let sessions = ["Sun 17:05-Mon 16:59", "Thu 17:05-Fri 16:59"];
        let hours = Hours::parse("America/New_York", &sessions).unwrap();
        assert_eq!(hours.next_open(at(now)), Some(at(opens)));
        let never = Hours::parse("UTC", &[]).unwrap();
        assert_eq!(never.next_open(at(now)), None);
    }

    #[rstest]
    #[case("2026-07-10T20:30:00Z", Some("2026-07-10T20:59:00Z"))]
    #[case("2026-07-10T20:58:59.5Z", Some("2026-07-10T20:59:00Z"))]
    #[case::closed_until_sunday("2026-07-11T12:00:00Z", Some("2026-07-13T20:59:00Z"))]
    fn the_next_close_is_of_this_opening_or_of_the_next(
        #[case] now: &str,
        #[case] closes: Option<&str>,
    ) {
        let sessions = ["Sun 17:05-Mon 16:59", "Thu 17:05-Fri 16:59"];
        let hours = Hours::parse("America/New_York", &sessions).unwrap();
        assert_eq!(hours.next_close(at(now)), closes.map(at));
        for never in [&["always"][..], &[]] {
            let never = Hours::parse("UTC", never).unwrap();
            assert_eq!(never.next_close(at(now)), None);
        }
    }

    #[test]
    fn sessions_are_told_as_they_are_read() {
        let sessions = ["Sun 17:05-Mon 16:59", "Sat 23:00-Sun 01:00", "always"];
        let hours = Hours::parse("UTC", &sessions).unwrap();
        assert_eq!(hours.sessions(), sessions);
    }

    #[rstest]
    #[case("Sun 17:05")]
    #[case("Sun 17:5-Mon 16:59")]
    #[case("Sun 24:01-Mon 16:59")]
    #[case("Sun 17:60-Mon 16:59")]
    #[case("Day 17:00-Mon 16:59")]
    #[case("Sun 17:00-Sun 17:00")]
    #[case("")]
    fn what_is_no_session_is_named(#[case] text: &str) {
        let fault = HoursFault::BadSession(text.to_owned());
        assert_eq!(Hours::parse("UTC", &[text]), Err(fault));
    }

    #[test]
    fn a_zone_is_one_of_the_database() {
        let fault = HoursFault::UnknownZone("Europe/Atlantis".into());
        assert_eq!(Hours::parse("Europe/Atlantis", &["always"]), Err(fault));
    }
}
