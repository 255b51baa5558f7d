//! What thousands of lives come to.

use super::Settings;
use super::figures::{Histogram, Mean, Share, Spread};
use super::offer::Course;
use super::population::Kind;
use super::sale::{PhaseEnd, Point, Sale};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use touchstone_domain::program::PhaseType;
use touchstone_domain::{Currency, Money};

/// The answer of a run. Its JSON form tells amounts as texts in major units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub program: String,
    pub seed: u64,
    pub sales: u64,
    pub funded_days: u32,
    pub evaluation_days: u32,
    pub payout_every_days: u32,
    /// What the prices were.
    pub prices: String,
    /// Who traded.
    pub population: Vec<Kind>,
    pub phases: Vec<PhaseReport>,
    pub traders: Vec<KindReport>,
    pub money: MoneyReport,
    /// Orders that were not taken, by the code of the refusal.
    pub refused_orders: BTreeMap<String, u64>,
    /// The first phase of some traders, day by day.
    pub curves: Vec<Vec<Point>>,
    #[serde(skip)]
    pub(super) first_initial_minor: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PhaseReport {
    pub name: String,
    pub is_funded: bool,
    /// Of all sales.
    pub entered: Share,
    /// Of those who entered; so are the next two.
    pub passed: Share,
    pub failed: Share,
    /// Neither passed nor failed by the end of the simulation.
    pub open: Share,
    /// Of those who entered, the most frequent first.
    pub causes: Vec<Cause>,
    /// Calendar days of those who passed; of a funded phase, of everybody.
    pub days: Option<Spread>,
    pub trading_days: Option<Spread>,
    pub days_histogram: Histogram,
}

/// A rule, or a condition of payouts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    pub rule: &'static str,
    #[serde(flatten)]
    pub share: Share,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindReport {
    pub name: String,
    /// Of all sales.
    pub sales: Share,
    /// Of these: everything before the funded phase was passed, or the whole of a program without one.
    pub passed: Share,
    /// Of these: at least one payout.
    pub paid: Share,
    pub trades: u64,
    pub won: Share,
    /// What a trade has brought, in thousandths of what it risked, with its costs.
    pub mean_result_milli: i64,
    pub result_per_sale: Option<AmountMean>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MoneyReport {
    pub currency: Currency,
    /// Of the program's price; another currency than that of the accounts has no result.
    pub fee: Amount,
    pub fee_currency: Currency,
    /// Sales with at least one payout.
    pub paid: Share,
    pub payouts: u64,
    pub paid_out: Amount,
    pub paid_per_sale: AmountMean,
    /// Of those who were paid.
    pub paid_each: Option<AmountSpread>,
    /// Sales whose fee was given back with a payout.
    pub refunded: Share,
    /// Of funded accounts: what has kept a payout from being made at least once.
    pub blocked: Vec<Cause>,
    /// Fee less payouts, and less the fee where it was given back: what the firm keeps.
    pub kept_per_sale: Option<AmountMean>,
    pub kept_histogram: AmountHistogram,
}

/// Minor units that are told in major ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount(pub Money);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.fixed())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AmountMean {
    pub mean: Amount,
    pub low: Amount,
    pub high: Amount,
}

impl AmountMean {
    fn of(values: &[i64], currency: Currency) -> Self {
        let mean = Mean::of(values);
        let amount = |minor| Amount(Money::new(minor, currency));
        Self {
            mean: amount(mean.mean),
            low: amount(mean.low()),
            high: amount(mean.high()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AmountSpread {
    pub p10: Amount,
    pub median: Amount,
    pub p90: Amount,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AmountHistogram {
    pub from: Amount,
    pub width: Amount,
    pub counts: Vec<u64>,
}

const DAYS_PARTS: i64 = 30;
const MONEY_PARTS: i64 = 40;

impl Report {
    pub(super) fn of(course: &Course, program: &str, settings: &Settings, sales: &[Sale]) -> Self {
        let mut refused_orders = BTreeMap::new();
        for (code, count) in sales.iter().flat_map(|sale| &sale.refused) {
            *refused_orders.entry(code.clone()).or_default() += u64::from(*count);
        }
        let steps = 0..course.steps.len();
        let kinds = settings.population.kinds().iter().enumerate();
        Self {
            program: program.to_owned(),
            seed: settings.seed,
            sales: sales.len() as u64,
            funded_days: settings.funded_days,
            evaluation_days: settings.evaluation_days,
            payout_every_days: settings.payout_every_days,
            prices: course.board.told(),
            population: settings.population.kinds().to_vec(),
            phases: steps.map(|step| phase(course, step, sales)).collect(),
            traders: kinds
                .map(|(place, kind)| of_kind(course, &kind.name, place, sales))
                .collect(),
            money: money(course, sales),
            refused_orders,
            curves: sales
                .iter()
                .filter(|sale| !sale.curve.is_empty())
                .map(|sale| sale.curve.clone())
                .collect(),
            first_initial_minor: course.steps.first().map_or(0, |step| step.initial_minor),
        }
    }
}

fn phase(course: &Course, step: usize, sales: &[Sale]) -> PhaseReport {
    let lived: Vec<_> = sales
        .iter()
        .filter_map(|sale| sale.phases.get(step))
        .collect();
    let is_funded = course.steps[step].phase_type == PhaseType::Funded;
    let entered = lived.len() as u64;
    let mut causes: BTreeMap<&'static str, u64> = BTreeMap::new();
    let (mut passed, mut failed, mut open) = (0, 0, 0);
    for phase in &lived {
        match phase.end {
            PhaseEnd::Passed => passed += 1,
            PhaseEnd::Open => open += 1,
            PhaseEnd::Failed(rule) => {
                failed += 1;
                *causes.entry(rule).or_default() += 1;
            }
        }
    }
    let causes = most_first(causes, entered);
    let counted = lived
        .iter()
        .filter(|phase| is_funded || phase.end == PhaseEnd::Passed);
    let days: Vec<i64> = counted.clone().map(|phase| i64::from(phase.days)).collect();
    let trading_days: Vec<i64> = counted.map(|phase| i64::from(phase.trading_days)).collect();
    PhaseReport {
        name: course.steps[step].name.clone(),
        is_funded,
        entered: Share::new(entered, sales.len() as u64),
        passed: Share::new(passed, entered),
        failed: Share::new(failed, entered),
        open: Share::new(open, entered),
        causes,
        days: Spread::of(&days),
        trading_days: Spread::of(&trading_days),
        days_histogram: Histogram::of(&days, DAYS_PARTS),
    }
}

fn most_first(counts: BTreeMap<&'static str, u64>, of: u64) -> Vec<Cause> {
    let causes = counts.into_iter().map(|(rule, count)| Cause {
        rule,
        share: Share::new(count, of),
    });
    let mut causes: Vec<Cause> = causes.collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.share.count));
    causes
}

fn blocked(course: &Course, sales: &[Sale]) -> Vec<Cause> {
    let funded = course
        .steps
        .iter()
        .position(|step| step.phase_type == PhaseType::Funded);
    let entered = sales
        .iter()
        .filter(|sale| funded.is_some_and(|step| sale.phases.len() > step));
    let mut counts = BTreeMap::new();
    for name in sales.iter().flat_map(|sale| &sale.blocked) {
        *counts.entry(*name).or_default() += 1;
    }
    most_first(counts, entered.count() as u64)
}

/// Whether everything that is to be passed was.
fn has_passed(course: &Course, sale: &Sale) -> bool {
    let evaluations = course
        .steps
        .iter()
        .filter(|step| step.phase_type != PhaseType::Funded);
    let passed = sale
        .phases
        .iter()
        .filter(|phase| phase.end == PhaseEnd::Passed);
    passed.count() >= evaluations.count()
}

/// What the firm keeps of a sale; `None` where the fee is in another currency than the payouts.
fn kept(course: &Course, sales: &[&Sale]) -> Option<Vec<i64>> {
    let fee = course.fee_minor?;
    let kept = sales.iter().map(|sale| {
        let refund = if sale.fee_is_refunded { fee } else { 0 };
        fee.saturating_sub(sale.paid_minor).saturating_sub(refund)
    });
    Some(kept.collect())
}

fn of_kind(course: &Course, name: &str, place: usize, sales: &[Sale]) -> KindReport {
    let own: Vec<&Sale> = sales.iter().filter(|sale| sale.kind == place).collect();
    let count = own.len() as u64;
    let passed = own.iter().filter(|sale| has_passed(course, sale)).count() as u64;
    let paid = own.iter().filter(|sale| sale.payouts > 0).count() as u64;
    let trades: u64 = own.iter().map(|sale| u64::from(sale.trades.count)).sum();
    let won: u64 = own.iter().map(|sale| u64::from(sale.trades.won)).sum();
    let result: i128 = own
        .iter()
        .map(|sale| i128::from(sale.trades.result_milli))
        .sum();
    let mean = result / i128::from(trades.max(1));
    let kept = kept(course, &own).filter(|kept| !kept.is_empty());
    KindReport {
        name: name.to_owned(),
        sales: Share::new(count, sales.len() as u64),
        passed: Share::new(passed, count),
        paid: Share::new(paid, count),
        trades,
        won: Share::new(won, trades),
        mean_result_milli: i64::try_from(mean).unwrap_or(i64::MAX),
        result_per_sale: kept.map(|kept| AmountMean::of(&kept, course.currency)),
    }
}

fn money(course: &Course, sales: &[Sale]) -> MoneyReport {
    let currency = course.currency;
    let amount = |minor: i64| Amount(Money::new(minor, currency));
    let paid: Vec<i64> = sales.iter().map(|sale| sale.paid_minor).collect();
    let total: i128 = paid.iter().map(|minor| i128::from(*minor)).sum();
    let each: Vec<i64> = paid.iter().copied().filter(|minor| *minor > 0).collect();
    let refunded = sales.iter().filter(|sale| sale.fee_is_refunded);
    let kept = kept(course, &sales.iter().collect::<Vec<_>>());
    let histogram = Histogram::of(kept.as_deref().unwrap_or_default(), MONEY_PARTS);
    MoneyReport {
        currency,
        fee: Amount(course.fee),
        fee_currency: course.fee.currency,
        paid: Share::new(each.len() as u64, sales.len() as u64),
        payouts: sales.iter().map(|sale| u64::from(sale.payouts)).sum(),
        refunded: Share::new(refunded.count() as u64, sales.len() as u64),
        blocked: blocked(course, sales),
        paid_out: amount(i64::try_from(total).unwrap_or(i64::MAX)),
        paid_per_sale: AmountMean::of(&paid, currency),
        paid_each: Spread::of(&each).map(|spread| AmountSpread {
            p10: amount(spread.p10),
            median: amount(spread.median),
            p90: amount(spread.p90),
        }),
        kept_per_sale: kept.as_deref().map(|kept| AmountMean::of(kept, currency)),
        kept_histogram: AmountHistogram {
            from: amount(histogram.from),
            width: amount(histogram.width),
            counts: histogram.counts,
        },
    }
}
