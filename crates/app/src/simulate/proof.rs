//! The simulation against what theory and the plain evaluator say.

use super::chance::Chance;
use super::offer::Course;
use super::sale::{PhaseEnd, cause_of};
use super::seat::Ended;
use super::trader::{Horizon, Trader};
use super::{Kind, Offer, Population, Report, RiskOf, Settings, Watch, run};
use crate::desk::Batch;
use crate::desk::Step as MarketStep;
use crate::firm::{self, Firm};
use touchstone_domain::{Login, UnixMicros};
use touchstone_rules::{Account as Judged, Finding, Input, Opening, Phase, Plain, Verdict};

/// What a server would have stored of one trader.
#[derive(Default)]
pub(super) struct History {
    pub begun: Vec<UnixMicros>,
    pub batches: Vec<Batch>,
    pub ended: Vec<Ended>,
}

const GROUPS: &str = r#"
demo = true
[[brands]]
name = "b"
[[brands.groups]]
name = "EVAL"
mode = "DEMO"
currency = "USD"
leverage = 100
default_deposit = "100000.00"
[brands.groups.trading.instruments.EURUSD]
commission_ppm = 0
[[brands.groups]]
name = "REAL"
mode = "REAL"
currency = "USD"
leverage = 100
default_deposit = "100000.00"
[[brands.programs]]
name = "tried"
price = "500.00"
currency = "USD"
"#;

fn offer(steps: &str) -> Offer {
    let firm = Firm::read(&format!("{GROUPS}{steps}")).unwrap();
    super::pick(firm.offers(), "tried", None).unwrap()
}

/// What a step of the tried program trades by.
pub(super) fn terms() -> Vec<touchstone_trading::GroupTerms> {
    let course = offer(STEP).course(&Settings::default()).unwrap();
    course
        .steps
        .iter()
        .map(|step| step.terms.as_ref().clone())
        .collect()
}

fn demo() -> Offer {
    super::pick(Firm::read(firm::demo::FILE).unwrap().offers(), "1", None).unwrap()
}

/// No edge, no costs, and steps that are small beside target and floor.
fn plain_kind() -> Kind {
    Kind {
        name: "plain".to_owned(),
        weight: 1,
        edge: 0,
        risk: 200,
        risk_of: RiskOf::Initial,
        trades: 800,
        reward: 100,
        stop: 1_000,
        stops_after_losses: 0,
        martingale: 10_000,
        keeps_room: 10_000,
        overnight: false,
        coasts: false,
    }
}

fn settings(traders: u32, kinds: Vec<Kind>) -> Settings {
    Settings {
        traders,
        population: Population::of(kinds).unwrap(),
        spread: Some(0),
        ..Settings::default()
    }
}

fn simulated(steps: &str, settings: &Settings) -> Report {
    run(&offer(steps), settings, &Watch::default()).unwrap()
}

const STEP: &str = "[[brands.programs.steps]]\nname = \"one\"\ngroup = \"EVAL\"\n";

#[test]
fn without_edge_and_costs_ruin_is_as_likely_as_theory_says() {
    // From 0 to +T before -L: L / (T + L).
    for (target, loss, theory_ppm) in [(10, 10, 500_000), (5, 10, 666_667), (10, 5, 333_333)] {
        let rules = format!("profit_target_pct = {target}\nmax_total_loss_pct = {loss}\n");
        let report = simulated(
            &format!("{STEP}{rules}"),
            &settings(400, vec![plain_kind()]),
        );
        let phase = &report.phases[0];
        assert_eq!(phase.open.count, 0, "{report}");
        let (low, high) = phase.passed.interval_ppm();
        assert!(
            (low..=high).contains(&theory_ppm),
            "T {target} L {loss}\n{report}"
        );
        // And a trade brings nothing.
        assert!(report.traders[0].mean_result_milli.abs() < 40, "{report}");
    }
}

#[test]
fn a_program_without_rules_loses_nobody() {
    let short = Settings {
        evaluation_days: 10,
        ..settings(40, vec![plain_kind()])
    };
    let report = simulated(STEP, &short);
    assert_eq!(report.phases[0].failed.count, 0, "{report}");
    assert_eq!(report.phases[0].open.count, 40);
    assert_eq!(report.money.paid.count, 0);
    assert_eq!(report.money.kept_per_sale.unwrap().mean.0.minor, 50_000);
}

#[test]
fn an_edge_is_what_a_trade_brings_and_more_of_it_passes_more() {
    let rules = "profit_target_pct = 10\nmax_total_loss_pct = 10\n";
    let with = |edge| {
        let kind = Kind {
            edge,
            ..plain_kind()
        };
        let report = simulated(&format!("{STEP}{rules}"), &settings(150, vec![kind]));
        (
            report.phases[0].passed.count,
            report.traders[0].mean_result_milli,
        )
    };
    let (none, some, much) = (with(0), with(1_000), with(3_000));
    assert!(
        none.0 < some.0 && some.0 < much.0,
        "{none:?} {some:?} {much:?}"
    );
    assert!((60..140).contains(&some.1), "{some:?}");
    assert!((200..320).contains(&much.1), "{much:?}");
}

#[test]
fn a_seed_has_one_answer_for_any_number_of_threads() {
    let with = |threads, seed| {
        let settings = Settings {
            traders: 60,
            threads,
            seed,
            ..Settings::default()
        };
        run(&demo(), &settings, &Watch::default()).unwrap()
    };
    let one = with(1, 1);
    assert_eq!(one, with(3, 1));
    assert_ne!(one, with(2, 2));
    // On every machine.
    let figures: Vec<(u64, u64)> = one
        .phases
        .iter()
        .map(|phase| (phase.entered.count, phase.passed.count))
        .collect();
    assert_eq!(figures, [(60, 16), (16, 11), (11, 0)]);
    assert_eq!(one.money.paid_out.0.fixed(), "25533.91");
}

#[test]
fn payouts_are_made_by_the_program_s_own_conditions() {
    let funded = "[[brands.programs.steps]]\ntype = \"funded\"\nname = \"two\"\ngroup = \"REAL\"\n\
                  max_total_loss_pct = 10\nprofit_split_pct = 80\n";
    let steps = format!("{STEP}profit_target_pct = 2\nmax_total_loss_pct = 10\n{funded}");
    let with = |conduct: &str| {
        let steps = format!("{steps}[brands.programs.conduct]\n{conduct}");
        let settings = Settings {
            funded_days: 40,
            ..settings(
                60,
                vec![Kind {
                    edge: 1_500,
                    ..plain_kind()
                }],
            )
        };
        simulated(&steps, &settings)
    };
    let weekly = with("payout_cadence = \"weekly\"\nfee_refund_policy = \"first_payout\"\n");
    let monthly = with("payout_cadence = \"monthly\"\n");
    let never = with("payout_min_amount = \"90000000.00\"\n");
    assert!(
        weekly.money.payouts > monthly.money.payouts,
        "{weekly}{monthly}"
    );
    assert_eq!(weekly.money.refunded, weekly.money.paid);
    assert_eq!(monthly.money.refunded.count, 0);
    assert_eq!(never.money.payouts, 0, "{never}");
    assert_eq!(never.money.blocked[0].rule, "minimum_amount");
    // Fee less payouts, less the fees that were given back.
    let money = &weekly.money;
    let kept =
        50_000 * (60 - i64::try_from(money.refunded.count).unwrap()) - money.paid_out.0.minor;
    let mean = money.kept_per_sale.unwrap().mean.0.minor;
    assert!((mean - kept / 60).abs() <= 1, "{mean} {kept}");
}

#[test]
fn positions_can_be_held_over_night_but_not_over_a_weekend() {
    let with = |overnight| {
        let kind = Kind {
            overnight,
            stop: 20_000,
            trades: 100,
            ..plain_kind()
        };
        let settings = Settings {
            evaluation_days: 28,
            ..settings(60, vec![kind])
        };
        simulated(STEP, &settings).traders[0].trades
    };
    let (day, night) = (with(false), with(true));
    // Whoever holds longer begins fewer: but at least one a week.
    assert!((60 * 4..day).contains(&night), "{day} {night}");
}

#[test]
fn a_run_beside_other_work_is_bounded() {
    let watch = Watch::bounded(std::time::Duration::ZERO, 100);
    let stopped = run(&demo(), &Settings::default(), &watch);
    assert!(matches!(stopped, Err(super::SimulateError::TooMuch(_))));
    assert!(watch.done() < 50, "{}", watch.done());
}

#[test]
fn a_run_can_be_stopped() {
    let watch = Watch::default();
    watch.stop();
    let stopped = run(&demo(), &Settings::default(), &watch);
    assert!(matches!(stopped, Err(super::SimulateError::Stopped)));
}

/// Every verdict of a trader's life, as the plain evaluator reaches it from the ticks and what the rules were told.
fn plainly(course: &Course, history: &History, place: usize) -> Option<Verdict> {
    let login = Login(i64::try_from(place + 1).unwrap());
    let begun = history.begun[place];
    let step = &course.steps[place];
    let opening = Opening {
        initial_minor: step.initial_minor,
        purchased_at: history.begun[0],
        activated_at: begun,
    };
    let phase = Phase::open(std::sync::Arc::clone(&step.rules), opening).unwrap();
    let mut plain = Plain::new(course.board.instruments.market());
    let mut account = Some(Judged::new(login, step.terms.currency, phase));
    let mut verdicts = Vec::new();
    for batch in &history.batches {
        let own = batch.accounts.get(&login);
        let mut events = own.map_or(&[][..], |own| &own.events).iter().peekable();
        let steps = batch.steps.iter().map(Some).chain([None]);
        for market in steps {
            let seq = market.map_or(i64::MAX, MarketStep::seq);
            if market.is_some_and(|step| step.at() > begun)
                && let Some(account) = account.take()
            {
                plain.open(account).unwrap();
            }
            while let Some(told) = events.next_if(|told| told.after_seq < seq) {
                let event = told.event.clone();
                verdicts.extend(plain.apply(told.at, Input::Of { login, event }).unwrap());
            }
            let Some(MarketStep::Tick(taken)) = market else {
                if let Some(MarketStep::Stale { at, symbol, .. }) = market {
                    let symbol = course.board.instruments.place(*symbol).unwrap();
                    verdicts.extend(plain.apply(*at, Input::Stale(symbol)).unwrap());
                }
                continue;
            };
            let symbol = course.board.instruments.place(taken.symbol).unwrap();
            let mut fills = Vec::new();
            while let Some(told) = events.next_if(|told| told.in_tick && told.after_seq == seq) {
                fills.push((login, told.event.clone()));
            }
            let quote = taken.quote().unwrap();
            verdicts.extend(plain.tick(taken.at, symbol, quote, &fills).unwrap());
        }
        let at = history.ended.get(place).map(|ended| ended.at);
        if let Some(verdict) = verdicts
            .iter()
            .find(|verdict| verdict.finding.ends_the_phase())
        {
            return Some(verdict.clone());
        }
        if let Some(at) = at
            && batch
                .accounts
                .get(&login)
                .is_some_and(|own| own.end.is_some())
        {
            if let Some(account) = account.take() {
                plain.open(account).unwrap();
            }
            verdicts.extend(plain.apply(at, Input::Time).unwrap());
            return verdicts
                .into_iter()
                .find(|verdict| verdict.finding.ends_the_phase());
        }
    }
    None
}

#[test]
fn every_verdict_is_the_one_of_the_plain_evaluator() {
    let settings = Settings::default();
    let course = demo().course(&settings).unwrap();
    let horizon = Horizon {
        evaluation_days: 120,
        funded_days: 60,
        payout_every_days: 14,
    };
    let kinds = settings.population.kinds();
    let (mut passes, mut causes) = (0, std::collections::BTreeSet::new());
    for number in 0..40 {
        let chance = Chance::new(5, number);
        let place = usize::try_from(number).unwrap() % kinds.len();
        let mut trader = Trader::new(&course, kinds, place, horizon, chance, false).unwrap();
        trader.run().unwrap();
        trader.seat.keep();
        let history = &trader.seat.history;
        for (place, ended) in history.ended.iter().enumerate() {
            let plain = plainly(&course, history, place);
            let plain = plain.unwrap_or_else(|| panic!("trader {number}: {ended:?}"));
            assert_eq!(plain.at, ended.at, "trader {number}");
            match &ended.finding {
                Some(finding) => {
                    assert_eq!(plain.finding, *finding, "trader {number}");
                    causes.insert(cause_of(finding));
                }
                None => {
                    assert!(
                        matches!(plain.finding, Finding::Passed(_)),
                        "trader {number}"
                    );
                    passes += 1;
                }
            }
        }
        let sale = trader.sale();
        let told = sale
            .phases
            .iter()
            .filter(|phase| phase.end != PhaseEnd::Open);
        assert_eq!(told.count(), history.ended.len());
    }
    assert!(passes > 3, "{passes}");
    assert!(causes.len() >= 3, "{causes:?}");
}
