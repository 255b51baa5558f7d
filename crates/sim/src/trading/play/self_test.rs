//! Lies about payouts: the auditor has to name each.

use super::super::payouts::{Facts, Kept, Step, look};
use super::super::world::{SECOND, STAFF, TRADER, World};
use super::{DAY_MICROS, Play};
use crate::auditor::Findings;
use crate::draws::Draws;
use std::collections::BTreeMap;
use touchstone_domain::Login;
use touchstone_domain::kyc::Kyc;
use touchstone_domain::payout::Eligibility;
use touchstone_trading::Command;

pub(super) const FOLLOWS: i64 = 6;
pub(super) const ON_DEMAND: i64 = 4;
pub(super) const WEEKLY: i64 = 5;

pub(super) async fn begun() -> Play {
    let world = World::begin(1).await.expect("a world");
    Play::new(world, Draws::new(1))
}

pub(super) async fn sold(play: &mut Play, program: i64) -> Login {
    let before: Vec<Login> = play.models.keys().copied().collect();
    play.enroll(program).await.expect("an account");
    play.compare().await.expect("a look");
    let mut all = play.models.keys();
    *all.find(|login| !before.contains(login))
        .expect("another account")
}

/// A profit that is not open any more.
async fn won(play: &mut Play, login: Login) {
    play.earn(login, true).await.expect("a trade");
    let all = Command::CloseAll { symbol: None };
    play.trade(login, all).await.expect("a close");
}

async fn asked(play: &mut Play, login: Login) -> i64 {
    play.ask_once(login, None).await.expect("a payout");
    *play.payouts.all.keys().next_back().expect("a payout")
}

async fn steps(play: &mut Play, id: i64, steps: &[Step]) {
    for step in steps {
        play.one_step(id, *step, STAFF).await.expect("a step");
        if play.payouts.all[&id].state == "awaiting_second_approval" {
            play.one_step(id, *step, SECOND).await.expect("a step");
        }
    }
}

/// Payouts 1 and 2 are paid, the second with the fee, 3 was rejected after its approval, 4 waits; 5 of another account was
/// rejected by itself.
async fn good() -> (Play, Login) {
    use Step::{Approve, Disburse, Pay, Reject, Return};
    let mut play = begun().await;
    let login = sold(&mut play, FOLLOWS).await;
    let paid = [Approve, Disburse, Return, Disburse, Pay];
    for way in [&paid[..], &paid, &[Approve, Reject], &[]] {
        won(&mut play, login).await;
        let id = asked(&mut play, login).await;
        steps(&mut play, id, way).await;
        play.pass(DAY_MICROS).await.expect("a day");
    }
    let other = sold(&mut play, ON_DEMAND).await;
    asked(&mut play, other).await;
    play.compare().await.expect("a look");
    assert!(!play.is_broken(), "{:?}", play.trace.lines());
    (play, login)
}

pub(super) fn names(findings: Findings) -> Vec<&'static str> {
    let violations = findings.into_violations();
    violations.iter().map(|one| one.invariant).collect()
}

fn first(facts: &mut Facts, is: impl Fn(&Kept) -> bool) -> &mut Kept {
    let mut all = facts.payouts.values_mut();
    all.find(|kept| is(kept)).expect("such a payout")
}

type Lie = fn(&mut Facts);

const LIES: &[(&str, Lie)] = &[
    ("every answered payout is there", |facts| {
        facts.payouts.pop_last();
    }),
    ("every payout was asked for", |facts| {
        let more = first(facts, |kept| kept.state == "auto_rejected").clone();
        facts.payouts.insert(99, more);
    }),
    (
        "a payout stands where its answers have brought it",
        |facts| first(facts, |kept| kept.state == "pending").state = "approved".to_owned(),
    ),
    (
        "a payout stands where its answers have brought it",
        |facts| first(facts, |kept| kept.state == "paid").approved_by = Some(7),
    ),
    ("a payout comes to what its account says", |facts| {
        let kept = first(facts, |kept| kept.state == "paid");
        kept.trader_minor += 1;
        kept.firm_minor -= 1;
    }),
    ("a payout comes to what its account says", |facts| {
        first(facts, |kept| kept.fee_minor.is_some()).fee_minor = None;
    }),
    ("a payout comes to what its account says", |facts| {
        first(facts, |kept| kept.number == 2).number = 3;
    }),
    ("the entries of a payout are those of its way", |facts| {
        first(facts, |kept| kept.state == "rejected")
            .moves
            .swap(0, 1);
    }),
    ("what a payout moves is what its state says", |facts| {
        first(facts, |kept| kept.state == "rejected").moves.pop();
    }),
    ("what a payout moves is what its state says", |facts| {
        let kept = first(facts, |kept| kept.state == "paid");
        let again = kept.moves.last().cloned();
        kept.moves.extend(again);
    }),
    ("one payout of an account is in flight", |facts| {
        first(facts, |kept| kept.state == "rejected").state = "pending".to_owned();
    }),
    ("a payout is paid once", |facts| {
        let again = facts.paid.last().cloned();
        facts.paid.extend(again);
    }),
    ("a payout is paid once", |facts| {
        facts.paid.pop();
    }),
    ("an account holds what its deals come to", |facts| {
        for balance in facts.balances.values_mut() {
            *balance += 1;
        }
    }),
];

#[tokio::test]
async fn a_lie_about_payouts_is_named() {
    let (play, _) = good().await;
    let facts = play.world.store.read(Facts::load).await.expect("rows");
    let found = |facts: &Facts| {
        let ledgers = play.models.iter();
        let ledgers = ledgers.map(|(login, model)| (login.0, &model.ledger));
        let mut findings = Findings::default();
        look(&play.payouts, facts, ledgers, &mut findings);
        names(findings)
    };
    assert_eq!(found(&facts), [] as [&str; 0]);
    let fees = facts.payouts.values().filter(|one| one.fee_minor.is_some());
    assert_eq!((fees.count(), facts.paid.len()), (1, 3));
    for (invariant, lie) in LIES {
        let mut facts = facts.clone();
        lie(&mut facts);
        let found = found(&facts);
        assert!(found.contains(invariant), "{invariant}: {found:?}");
    }
}

#[tokio::test]
async fn a_part_that_is_in_no_deal_is_named() {
    let (mut play, login) = good().await;
    let model = play.models.get_mut(&login).expect("a model");
    model.ledger.parts.push_back(("payout", -1));
    play.compare().await.expect("a look");
    let name = "what a payout moves is moved with it";
    assert_eq!(names(play.findings), [name]);
}

#[tokio::test]
async fn what_is_shown_and_not_so_is_named() {
    let (mut play, login) = good().await;
    won(&mut play, login).await;
    let look = play.show(login).await.expect("a look").expect("a payout");
    assert!(!play.is_broken());
    let ours = play.reckoned(login).expect("a funded account");
    let lies: [fn(&mut Eligibility); 6] = [
        |shown| shown.conditions[0].is_met = false,
        |shown| drop(shown.conditions.pop()),
        |shown| shown.amounts.taken_minor += 1,
        |shown| shown.amounts.trader_minor += 1,
        |shown| shown.amounts.buffer_minor += 1,
        |shown| shown.amounts.share.0 += 1,
    ];
    for (number, lie) in lies.iter().enumerate() {
        let mut shown = look.eligibility.clone();
        lie(&mut shown);
        assert!(ours.differs(&shown).is_some(), "lie {number}");
    }
    assert_eq!(ours.differs(&look.eligibility), None);
    play.payouts.all.clear();
    play.show(login).await.expect("a look");
    assert_eq!(names(play.findings), ["what is shown of a payout is so"]);
}

#[tokio::test]
async fn what_was_shown_and_does_not_decide_is_named() {
    let (mut play, _) = good().await;
    let login = sold(&mut play, FOLLOWS).await;
    won(&mut play, login).await;
    let mut shown = play.show(login).await.expect("a look").expect("a payout");
    shown.eligibility.amounts.capped_minor += 1;
    play.ask_once(login, Some(shown)).await.expect("a payout");
    let name = "what was shown of a payout decides it";
    assert_eq!(names(play.findings), [name]);
}

#[tokio::test]
async fn a_refusal_without_its_reason_is_named() {
    let (mut play, _) = good().await;
    let login = sold(&mut play, ON_DEMAND).await;
    let kyc = Kyc::Approved;
    let (app, customer) = (play.world.app.clone(), TRADER.customer_id);
    let set = app.set_kyc(STAFF, customer, kyc, "sim".into()).await;
    set.expect("a status");
    play.pass(DAY_MICROS).await.expect("a day");
    won(&mut play, login).await;
    play.ask_once(login, None).await.expect("a payout");
    let found = names(play.findings);
    assert!(found.contains(&"a payout is refused for its reason and no other"));
}

#[tokio::test]
async fn a_floor_elsewhere_is_named() {
    let (mut play, login) = good().await;
    let now = play.world.now();
    let model = play.models.get_mut(&login).expect("a model");
    model.pay_out(100, now);
    play.floors_stand(login).await.expect("a look");
    let name = "the floors stand where the rules put them";
    assert_eq!(names(play.findings), [name]);
}

#[tokio::test]
async fn a_step_that_no_table_has_is_named() {
    let (mut play, _) = good().await;
    let kept = play.payouts.all.get_mut(&4).expect("a payout");
    kept.state = "disbursing".to_owned();
    play.one_step(4, Step::Return, STAFF).await.expect("a step");
    let name = "a payout goes the way of its table";
    assert_eq!(names(play.findings), [name]);
}

#[tokio::test]
async fn a_cycle_that_is_not_closed_is_named() {
    let (mut play, _) = good().await;
    let login = sold(&mut play, WEEKLY).await;
    let now = play.world.now();
    let ends: BTreeMap<_, _> = [(login, now)].into();
    play.cycles.extend(ends);
    play.close_cycles().await.expect("cycles");
    let name = "every cycle that has ended is closed once";
    assert!(names(play.findings).contains(&name));
}
