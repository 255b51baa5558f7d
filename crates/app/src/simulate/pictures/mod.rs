//! The report as pictures.

mod canvas;
mod curves;

use super::figures::{Histogram, Share, percent};
use super::report::Report;
use canvas::{Anchor, BAD, CALM, Canvas, GOOD, INK, QUIET, RULE, TITLE_HEIGHT, part};
use touchstone_domain::Money;

const WIDTH: i64 = 760;
const ROW: i64 = 26;
/// Where bars begin and how long they may be.
const LEFT: i64 = 210;
const LONGEST: i64 = 360;
const PLOT: i64 = 150;

/// A picture with the name of its file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Picture {
    pub name: &'static str,
    pub svg: String,
}

impl Report {
    /// How many come through, how long they take, why they fail, what the firm keeps, and how some accounts fared.
    pub fn pictures(&self) -> Vec<Picture> {
        let picture = |name, svg| Picture { name, svg };
        vec![
            picture("funnel", funnel(self)),
            picture("days", days(self)),
            picture("causes", causes(self)),
            picture("kept", kept(self)),
            picture("curves", curves::curves(self)),
        ]
    }
}

fn told(share: Share) -> String {
    let (low, high) = share.interval_ppm();
    format!(
        "{}: {} % ({}-{})",
        share.count,
        percent(share.ppm()),
        percent(low),
        percent(high)
    )
}

fn row(canvas: &mut Canvas, y: i64, name: &str, share: Share, most: u64, fill: &str) {
    let length = part(LONGEST, share.count, most);
    canvas.text((LEFT - 10, y + 15), Anchor::End, INK, name);
    canvas.bar((LEFT, y), (length.max(1), ROW - 8), fill);
    canvas.text(
        (LEFT + length + 8, y + 15),
        Anchor::Start,
        QUIET,
        &told(share),
    );
}

fn funnel(report: &Report) -> String {
    let mut rows: Vec<(String, Share, &str)> = Vec::new();
    for phase in &report.phases {
        rows.push((format!("{}: entered", phase.name), phase.entered, CALM));
        if !phase.is_funded {
            let passed = Share::new(phase.passed.count, report.sales);
            rows.push((format!("{}: passed", phase.name), passed, GOOD));
        }
    }
    rows.push(("paid at least once".to_owned(), report.money.paid, GOOD));
    let height = TITLE_HEIGHT + ROW * rows.len() as i64 + 16;
    let title = format!("{}: of {} sales", report.program, report.sales);
    let mut canvas = Canvas::new(&title, WIDTH, height);
    for (place, (name, share, fill)) in rows.iter().enumerate() {
        let y = TITLE_HEIGHT + ROW * place as i64;
        row(&mut canvas, y, name, *share, report.sales, fill);
    }
    canvas.finish()
}

fn causes(report: &Report) -> String {
    let rows: usize = report
        .phases
        .iter()
        .map(|phase| phase.causes.len().max(1) + 1)
        .sum();
    let height = TITLE_HEIGHT + ROW * rows as i64 + 16;
    let title = format!(
        "{}: why they fail, of those who entered a phase",
        report.program
    );
    let mut canvas = Canvas::new(&title, WIDTH, height);
    let mut y = TITLE_HEIGHT;
    for phase in &report.phases {
        canvas.text((20, y + 15), Anchor::Start, INK, &phase.name);
        y += ROW;
        for cause in &phase.causes {
            row(
                &mut canvas,
                y,
                cause.rule,
                cause.share,
                phase.entered.count,
                BAD,
            );
            y += ROW;
        }
        if phase.causes.is_empty() {
            canvas.text((LEFT, y + 15), Anchor::Start, QUIET, "nobody failed");
            y += ROW;
        }
    }
    canvas.finish()
}

/// Bars over an axis that is marked at its ends and where the largest one stands.
fn plot(
    canvas: &mut Canvas,
    top: i64,
    histogram: &Histogram,
    fill: &str,
    height_of: impl Fn(u64) -> u64,
    mark: impl Fn(i64) -> String,
) {
    let (left, wide) = (60, WIDTH - 120);
    let bottom = top + PLOT;
    canvas.line((left, bottom), (left + wide, bottom), RULE);
    let most = histogram.counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        canvas.text((left + 8, bottom - 20), Anchor::Start, QUIET, "nobody");
        return;
    }
    let count = histogram.counts.len() as i64;
    // The ends of the parts, so that no gap is left between them.
    let at = |place: i64| left + wide * place / count;
    for (place, value) in histogram
        .counts
        .iter()
        .enumerate()
        .filter(|(_, value)| **value > 0)
    {
        let place = place as i64;
        let height = part(PLOT - 16, height_of(*value), height_of(most)).max(1);
        let width = (at(place + 1) - at(place) - 1).max(1);
        canvas.bar((at(place), bottom - height), (width, height), fill);
        if *value == most {
            let middle = at(place) + width / 2;
            canvas.text(
                (middle, bottom - height - 4),
                Anchor::Middle,
                QUIET,
                &value.to_string(),
            );
        }
    }
    for place in [0, count / 2, count] {
        let value = histogram
            .from
            .saturating_add(histogram.width.saturating_mul(place));
        canvas.text(
            (at(place), bottom + 16),
            Anchor::Middle,
            QUIET,
            &mark(value),
        );
    }
}

fn days(report: &Report) -> String {
    const PANEL: i64 = PLOT + 60;
    let height = TITLE_HEIGHT + PANEL * report.phases.len() as i64;
    let mut canvas = Canvas::new(&format!("{}: days", report.program), WIDTH, height);
    for (place, phase) in report.phases.iter().enumerate() {
        let top = TITLE_HEIGHT + PANEL * place as i64;
        let what = match phase.is_funded {
            true => "days that accounts lasted",
            false => "days until the pass",
        };
        canvas.text(
            (20, top + 12),
            Anchor::Start,
            INK,
            &format!("{}: {what}", phase.name),
        );
        let fill = if phase.is_funded { CALM } else { GOOD };
        let mark = |days: i64| days.to_string();
        plot(
            &mut canvas,
            top + 24,
            &phase.days_histogram,
            fill,
            |count| count,
            mark,
        );
    }
    canvas.finish()
}

/// Nearly all sales bring the fee and nothing else: heights are square roots, so that the others can be seen.
fn kept(report: &Report) -> String {
    let money = &report.money;
    let told = match &money.kept_per_sale {
        Some(kept) => format!(
            "{} {} on average ({} to {}); heights are square roots of the numbers of sales",
            kept.mean.0.fixed(),
            money.currency,
            kept.low.0.fixed(),
            kept.high.0.fixed()
        ),
        None => "not known: fee and payouts are in different currencies".to_owned(),
    };
    let title = format!("{}: what the firm keeps of a sale", report.program);
    let mut canvas = Canvas::new(&title, WIDTH, TITLE_HEIGHT + PLOT + 60);
    let histogram = Histogram {
        from: money.kept_histogram.from.0.minor,
        width: money.kept_histogram.width.0.minor,
        counts: money.kept_histogram.counts.clone(),
    };
    let mark = |minor: i64| Money::new(minor, money.currency).fixed();
    plot(
        &mut canvas,
        TITLE_HEIGHT + 6,
        &histogram,
        CALM,
        |count| (count * 10_000).isqrt(),
        mark,
    );
    canvas.text((60, TITLE_HEIGHT + PLOT + 46), Anchor::Start, QUIET, &told);
    canvas.finish()
}
