//! Equity curves of the first phase beside their floors.

use super::canvas::{Anchor, Canvas, QUIET, RULE, TITLE_HEIGHT};
use super::{Report, WIDTH};
use crate::simulate::Point;
use touchstone_domain::Money;

const HEIGHT: i64 = 420;
const LEFT: i64 = 100;
const WIDE: i64 = WIDTH - LEFT - 30;
const TALL: i64 = HEIGHT - TITLE_HEIGHT - 50;
const COLOURS: [&str; 12] = [
    "#3b6ea8", "#b4483c", "#2f7d5b", "#8a5fb0", "#c48a1f", "#2b8a96", "#a8477e", "#5c7a29",
    "#7a5a3c", "#4a5bd0", "#d0703a", "#54606e",
];

pub fn curves(report: &Report) -> String {
    let title = format!(
        "{}: equity of {} traders in the first phase, floors dashed",
        report.program,
        report.curves.len()
    );
    let mut canvas = Canvas::new(&title, WIDTH, HEIGHT);
    let points = || report.curves.iter().flatten();
    let days = points()
        .map(|point| i64::from(point.day) + 1)
        .max()
        .unwrap_or(0)
        .max(1);
    let initial = report.first_initial_minor;
    let all = points().flat_map(|point| [Some(point.equity_minor), point.floor_minor]);
    let all = all.flatten().chain([initial]);
    let (low, high) = all.fold((i64::MAX, i64::MIN), |(low, high), minor| {
        (low.min(minor), high.max(minor))
    });
    let span = (i128::from(high) - i128::from(low)).max(1);
    // A point is the end of its day.
    let x = |day: u32| LEFT + WIDE * (i64::from(day) + 1) / days;
    let y = |minor: i64| {
        let up = (i128::from(minor) - i128::from(low)) * i128::from(TALL) / span;
        TITLE_HEIGHT + TALL - i64::try_from(up).unwrap_or(0)
    };
    for minor in [low, initial, high] {
        canvas.line((LEFT, y(minor)), (LEFT + WIDE, y(minor)), RULE);
        let told = Money::new(minor, report.money.currency).fixed();
        canvas.text((LEFT - 8, y(minor) + 4), Anchor::End, QUIET, &told);
    }
    for (curve, colour) in report.curves.iter().zip(COLOURS.iter().cycle()) {
        let begins = (LEFT, y(initial));
        let equity = curve
            .iter()
            .map(|point| (x(point.day), y(point.equity_minor)));
        let equity: Vec<_> = std::iter::once(begins).chain(equity).collect();
        let floor = |point: &Point| point.floor_minor.map(|floor| (x(point.day), y(floor)));
        let floors: Vec<_> = curve.iter().filter_map(floor).collect();
        canvas.path(&floors, colour, true);
        canvas.path(&equity, colour, false);
    }
    let below = TITLE_HEIGHT + TALL + 18;
    canvas.text((LEFT, below), Anchor::Middle, QUIET, "0");
    canvas.text(
        (LEFT + WIDE, below),
        Anchor::Middle,
        QUIET,
        &format!("{days} days"),
    );
    canvas.finish()
}
