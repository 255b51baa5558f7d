use super::*;
use proptest::prelude::*;

fn day(text: &str) -> TradingDay {
    let (reset, zone) = text.split_once(' ').unwrap();
    TradingDay::new(zone, reset.parse().unwrap()).unwrap()
}

fn at(text: &str) -> UnixMicros {
    UnixMicros::parse(text).unwrap()
}

fn number(date: &str) -> DayNumber {
    DayNumber::of(date.parse().unwrap())
}

/// The clock, a local date, the instant at which its trading day begins, and how many minutes it lasts.
const BOUNDARIES: &str = "
    # Europe begins summer on 29 March, three weeks after America: the distance is five hours in between.
    00:00 Europe/Prague        | 2026-03-07 | 2026-03-06T23:00:00Z | 1440
    00:00 Europe/Prague        | 2026-03-29 | 2026-03-28T23:00:00Z | 1380
    00:00 Europe/Prague        | 2026-03-30 | 2026-03-29T22:00:00Z | 1440
    17:00 America/New_York     | 2026-03-06 | 2026-03-06T22:00:00Z | 1440
    17:00 America/New_York     | 2026-03-07 | 2026-03-07T22:00:00Z | 1380
    17:00 America/New_York     | 2026-03-08 | 2026-03-08T21:00:00Z | 1440
    17:00 America/New_York     | 2026-03-28 | 2026-03-28T21:00:00Z | 1440
    18:00 America/New_York     | 2026-03-08 | 2026-03-08T22:00:00Z | 1440
    # And ends it on 25 October, a week before.
    00:00 Europe/Prague        | 2026-10-25 | 2026-10-24T22:00:00Z | 1500
    00:00 Europe/Prague        | 2026-10-26 | 2026-10-25T23:00:00Z | 1440
    17:00 America/New_York     | 2026-10-25 | 2026-10-25T21:00:00Z | 1440
    17:00 America/New_York     | 2026-10-31 | 2026-10-31T21:00:00Z | 1500
    17:00 America/New_York     | 2026-11-01 | 2026-11-01T22:00:00Z | 1440
    # No clock is changed here.
    00:30 UTC                  | 2026-03-29 | 2026-03-29T00:30:00Z | 1440
    00:00 Asia/Singapore       | 2026-03-29 | 2026-03-28T16:00:00Z | 1440
    # Midnight does not exist: the day begins when the clock jumps from 00:00 to 01:00.
    00:00 Africa/Cairo         | 2026-04-24 | 2026-04-23T22:00:00Z | 1380
    00:30 Africa/Cairo         | 2026-04-24 | 2026-04-23T22:00:00Z | 1410
    00:00 Asia/Beirut          | 2026-03-29 | 2026-03-28T22:00:00Z | 1380
    # The hour before midnight comes twice there: a reset within it is the first of the two.
    00:00 Africa/Cairo         | 2026-10-29 | 2026-10-28T21:00:00Z | 1500
    00:00 Africa/Cairo         | 2026-10-30 | 2026-10-29T22:00:00Z | 1440
    23:30 Asia/Beirut          | 2026-10-24 | 2026-10-24T20:30:00Z | 1500
    23:30 Asia/Beirut          | 2026-10-25 | 2026-10-25T21:30:00Z | 1440
    # Half past two is jumped over in Prague, and comes twice in autumn.
    02:30 Europe/Prague        | 2026-03-29 | 2026-03-29T01:00:00Z | 1410
    02:30 Europe/Prague        | 2026-10-25 | 2026-10-25T00:30:00Z | 1500
    # Half an hour of summer time.
    02:00 Australia/Lord_Howe  | 2026-10-04 | 2026-10-03T15:30:00Z | 1410
    # Samoa left 30 December 2011 out: a day without length.
    00:00 Pacific/Apia         | 2011-12-29 | 2011-12-29T10:00:00Z | 1440
    00:00 Pacific/Apia         | 2011-12-30 | 2011-12-30T10:00:00Z | 0
    00:00 Pacific/Apia         | 2011-12-31 | 2011-12-30T10:00:00Z | 1440
";

#[test]
fn every_day_has_its_exact_beginning() {
    for row in BOUNDARIES.lines().map(str::trim) {
        if row.is_empty() || row.starts_with('#') {
            continue;
        }
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (clock, date) = (day(cells[0]), number(cells[1]));
        let begin = clock.begin_of(date).unwrap();
        assert_eq!(begin, at(cells[2]), "{row}");
        let end = clock.begin_of(date.plus(1)).unwrap();
        let minutes = end.micros_since(begin) / 60_000_000;
        assert_eq!(minutes.to_string(), cells[3], "{row}");
        if minutes > 0 {
            assert_eq!(clock.day_of(begin).unwrap(), date, "{row}");
            assert_eq!(clock.day_of(end.plus_micros(-1)).unwrap(), date, "{row}");
            assert_eq!(clock.next_boundary(begin).unwrap(), end, "{row}");
            assert_eq!(clock.next_boundary(end.plus_micros(-1)).unwrap(), end);
            assert_eq!(clock.last_boundary(end.plus_micros(-1)).unwrap(), begin);
        }
    }
}

#[test]
fn an_hour_that_comes_twice_stays_in_the_day_that_it_began() {
    let havana = day("00:00 America/Havana");
    let midnight = havana.begin_of(number("2026-11-01")).unwrap();
    assert_eq!(midnight, at("2026-11-01T04:00:00Z"));
    let second_midnight = at("2026-11-01T05:00:00Z");
    assert_eq!(havana.day_of(second_midnight), Ok(number("2026-11-01")));
    assert_eq!(
        havana.next_boundary(midnight),
        Ok(at("2026-11-02T05:00:00Z"))
    );
}

#[test]
fn calendar_days_keep_the_local_time() {
    let prague = day("00:00 Europe/Prague");
    let check = |from: &str, days, expect: &str| {
        assert_eq!(prague.plus_calendar_days(at(from), days), Ok(at(expect)));
    };
    check("2026-03-20T12:00:00Z", 30, "2026-04-19T11:00:00Z");
    check("2026-03-28T01:30:00Z", 1, "2026-03-29T01:00:00Z");
    check("2026-05-07T08:15:30Z", 0, "2026-05-07T08:15:30Z");
}

#[test]
fn the_week_has_one_close() {
    let york = day("17:00 America/New_York");
    let close = "16:45".parse().unwrap();
    let next = |from: &str| york.next_weekly(at(from), Weekday::Friday, close).unwrap();
    assert_eq!(next("2026-03-05T00:00:00Z"), at("2026-03-06T21:45:00Z"));
    assert_eq!(next("2026-03-06T21:45:00Z"), at("2026-03-13T20:45:00Z"));
}

#[test]
fn what_is_no_zone_or_time_is_refused() {
    let midnight = LocalTime::MIDNIGHT;
    for zone in ["", "GMT+2/+3", "Europe/Atlantis", "Etc/Unknown"] {
        let refused = TradingDay::new(zone, midnight);
        assert!(
            matches!(refused, Err(TradingDayError::UnknownZone(_))),
            "{zone}"
        );
    }
    for time in ["", "24:00", "7:00", "07:60", "07:00:00", "+1:00"] {
        assert!(time.parse::<LocalTime>().is_err(), "{time}");
    }
    let far = UnixMicros(i64::MAX);
    assert_eq!(
        TradingDay::utc().day_of(far),
        Err(TradingDayError::OutOfRange)
    );
    let wire = r#"{"zone":"Europe/Prague","reset":"00:00"}"#;
    let read: TradingDay = serde_json::from_str(wire).unwrap();
    assert_eq!(read, day("00:00 Europe/Prague"));
    assert_eq!(serde_json::to_string(&read).unwrap(), wire);
}

const ZONES: [&str; 8] = [
    "00:00 Europe/Prague",
    "17:00 America/New_York",
    "00:00 Africa/Cairo",
    "23:30 Asia/Beirut",
    "00:00 America/Havana",
    "02:15 Australia/Lord_Howe",
    "00:00 Pacific/Apia",
    "00:30 UTC",
];

proptest! {
    #[test]
    fn an_instant_lies_in_exactly_one_day(
        zone in 0..ZONES.len(),
        seconds in 1_200_000_000_i64..2_500_000_000,
    ) {
        let clock = day(ZONES[zone]);
        let instant = UnixMicros::from_seconds(seconds);
        let number = clock.day_of(instant).unwrap();
        let (begin, next) = (clock.last_boundary(instant).unwrap(), clock.next_boundary(instant).unwrap());
        prop_assert!(begin <= instant && instant < next);
        prop_assert_eq!(clock.begin_of(number).unwrap(), begin);
        prop_assert_eq!(clock.last_boundary(next).unwrap(), next);
        prop_assert!(clock.day_of(next).unwrap() > number);
    }
}
