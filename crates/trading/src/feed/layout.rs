//! The two layouts that tick files have.

use super::FileTick;
use super::decimal::{DecimalFault, price, written};
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use touchstone_domain::{Price, UnixMicros};

/// Five hours behind UTC, in summer too.
const EASTERN: Offset = Offset::constant(-5);
const TRUEFX_HEADER: &str = "timestamp,bid,ask";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A header, then `2013-01-01 22:00:00.295000+00:00,86.655,86.728`.
    TrueFx,
    /// `20200101 170000065,1.121200,1.121720,0` in Eastern Standard Time, in summer too.
    HistData,
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub fed_at: UnixMicros,
    pub bid: Price,
    pub ask: Price,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineFault {
    Columns {
        wanted: usize,
        found: usize,
    },
    Time,
    Price {
        name: &'static str,
        fault: DecimalFault,
    },
}

impl Layout {
    /// By a file's first line.
    pub fn of(first_line: &str) -> Option<Self> {
        if first_line == TRUEFX_HEADER {
            return Some(Self::TrueFx);
        }
        let time = first_line.split(',').next()?;
        eastern(time).map(|_| Self::HistData)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::TrueFx => "TrueFX",
            Self::HistData => "HistData",
        }
    }

    /// The line of a tick, without its end: what [`crate::TickFile`] reads again.
    pub fn line(self, tick: &FileTick, digits: u32) -> String {
        let price = |price: Price| written(price, digits);
        let (bid, ask) = (price(tick.bid), price(tick.ask));
        let instant = jiff::Timestamp::from_microsecond(tick.fed_at.0).unwrap_or_default();
        match self {
            Self::TrueFx => {
                let time = instant.to_zoned(TimeZone::UTC);
                format!(
                    "{},{bid},{ask}",
                    time.strftime("%Y-%m-%d %H:%M:%S.%6f+00:00")
                )
            }
            Self::HistData => {
                let time = EASTERN.to_datetime(instant);
                format!("{},{bid},{ask},0", time.strftime("%Y%m%d %H%M%S%3f"))
            }
        }
    }

    /// What stands above the ticks, without its end.
    pub const fn header(self) -> Option<&'static str> {
        match self {
            Self::TrueFx => Some(TRUEFX_HEADER),
            Self::HistData => None,
        }
    }

    /// Whether the first line is no tick.
    pub(super) const fn has_header(self) -> bool {
        self.header().is_some()
    }

    pub(super) fn read(self, line: &str, digits: u32) -> Result<Line, LineFault> {
        let wanted = match self {
            Self::TrueFx => 3,
            Self::HistData => 4,
        };
        let found = line.split(',').count();
        if found != wanted {
            return Err(LineFault::Columns { wanted, found });
        }
        let mut columns = line.split(',');
        let mut next = || columns.next().unwrap_or_default();
        let time = next();
        let fed_at = match self {
            Self::TrueFx => instant(time),
            Self::HistData => eastern(time),
        };
        let mut read =
            |name| price(next(), digits).map_err(|fault| LineFault::Price { name, fault });
        Ok(Line {
            fed_at: fed_at.ok_or(LineFault::Time)?,
            bid: read("bid")?,
            ask: read("ask")?,
        })
    }
}

/// "2013-01-01 22:00:00.295000+00:00"; a day alone is no instant of a tick.
fn instant(text: &str) -> Option<UnixMicros> {
    UnixMicros::parse(text).filter(|_| text.contains(':'))
}

/// "20200101 170000065": date, time and milliseconds, five hours behind UTC all year.
fn eastern(text: &str) -> Option<UnixMicros> {
    let (date, time) = text.split_once(' ')?;
    let is_plain = |text: &str, length| {
        text.len() == length && text.bytes().all(|digit| digit.is_ascii_digit())
    };
    if !is_plain(date, 8) || !is_plain(time, 9) {
        return None;
    }
    let small = |text: &str| text.parse::<i8>().ok();
    let date = Date::new(
        date[..4].parse().ok()?,
        small(&date[4..6])?,
        small(&date[6..])?,
    )
    .ok()?;
    let nanoseconds = time[6..].parse::<i32>().ok()? * 1_000_000;
    let (hour, minute, second) = (small(&time[..2])?, small(&time[2..4])?, small(&time[4..6])?);
    let time = Time::new(hour, minute, second, nanoseconds).ok()?;
    let instant = EASTERN.to_timestamp(date.to_datetime(time)).ok()?;
    Some(UnixMicros(instant.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::winter("20200101 170000065", Some("2020-01-01T22:00:00.065000Z"))]
    #[case::summer_is_no_different("20200701 170000065", Some("2020-07-01T22:00:00.065000Z"))]
    #[case::over_midnight("20191231 235959999", Some("2020-01-01T04:59:59.999000Z"))]
    #[case::an_hour_that_new_york_left_out(
        "20200308 023000000",
        Some("2020-03-08T07:30:00.000000Z")
    )]
    #[case("20200230 170000065", None)]
    #[case("20200101 240000065", None)]
    #[case("20200101 17000065", None)]
    #[case("2020010a 170000065", None)]
    #[case("20200101", None)]
    fn eastern_time_has_no_summer(#[case] text: &str, #[case] utc: Option<&str>) {
        assert_eq!(eastern(text).map(UnixMicros::rfc3339).as_deref(), utc);
    }

    #[rstest]
    #[case(
        "2013-01-01 22:00:00.295000+00:00",
        Some("2013-01-01T22:00:00.295000Z")
    )]
    #[case("2013-01-01 23:00:00.295+01:00", Some("2013-01-01T22:00:00.295000Z"))]
    #[case("2013-01-01 22:00:00.295000", None)]
    #[case("2013-01-01", None)]
    #[case("2013-13-01 22:00:00+00:00", None)]
    fn an_instant_has_an_offset(#[case] text: &str, #[case] utc: Option<&str>) {
        assert_eq!(instant(text).map(UnixMicros::rfc3339).as_deref(), utc);
    }

    #[rstest]
    #[case("timestamp,bid,ask", Some(Layout::TrueFx))]
    #[case("20200101 170000065,1.121200,1.121720,0", Some(Layout::HistData))]
    #[case("Date,Open,High,Low,Close", None)]
    #[case("", None)]
    fn the_first_line_tells_the_layout(#[case] line: &str, #[case] layout: Option<Layout>) {
        assert_eq!(Layout::of(line), layout);
    }
}
