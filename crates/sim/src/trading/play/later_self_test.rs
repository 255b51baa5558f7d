//! Lies about add-ons that are bought later: the auditor has to name each.

use super::later::Paid;
use super::self_test::{FOLLOWS, ON_DEMAND, WEEKLY, begun, names, sold};
use super::{Owner, Play, SYMBOLS};
use crate::auditor::Findings;
use crate::trading::additions::{Facts, Kept, look};
use crate::trading::terms::{Addon, Adds, addons};
use touchstone_domain::{Login, Side, Volume};
use touchstone_trading::{Command, OrderKind, OrderRequest, Protection};

fn addon(play: &Play, login: Login, code: &str) -> (Owner, Addon) {
    let owner = play.owners[&login];
    let all = addons(owner.program);
    let addon = all.into_iter().find(|one| one.code == code);
    (owner, addon.expect("an add-on"))
}

async fn bought(play: &mut Play, login: Login, code: &str) {
    let (owner, addon) = addon(play, login, code);
    let asking = play.asking(owner, addon);
    let done = play.buy_once(owner, addon, asking).await;
    done.expect("an add-on");
}

async fn ordered(play: &mut Play, login: Login, code: &str) -> i64 {
    let (owner, addon) = addon(play, login, code);
    play.order_once(owner, addon).await.expect("an add-on");
    *play.additions.all.keys().next_back().expect("an add-on")
}

/// Buys and lets the price fall until the account is over.
async fn lost(play: &mut Play, login: Login) {
    let (name, mut bid, spread, _) = SYMBOLS[0];
    play.feed(name, bid, spread).await.expect("a price");
    let order = OrderRequest {
        symbol: name.parse().expect("a symbol"),
        side: Side::Long,
        volume: Volume(40_000),
        kind: OrderKind::Market,
        protection: Protection::default(),
        expires_at: None,
    };
    let placed = play.trade(login, Command::Place(order)).await;
    placed.expect("an order");
    while !play.models[&login].is_over() {
        bid -= bid / 200;
        play.feed(name, bid, spread).await.expect("a price");
        play.compare().await.expect("a look");
    }
}

/// Applied: one from the wallet and one from the cashier. Waiting: one for the desk, and one for money. One was declined, and
/// one has to go back since its challenge was over.
async fn good() -> (Play, Login) {
    let mut play = begun().await;
    let login = sold(&mut play, FOLLOWS).await;
    bought(&mut play, login, "room").await;
    let id = ordered(&mut play, login, "split").await;
    play.decide(id, Paid::Now).await.expect("a decision");
    let over = sold(&mut play, ON_DEMAND).await;
    let late = ordered(&mut play, over, "room").await;
    lost(&mut play, over).await;
    play.decide(late, Paid::Now).await.expect("a decision");
    let other = sold(&mut play, WEEKLY).await;
    let id = ordered(&mut play, other, "split").await;
    play.decide(id, Paid::Never).await.expect("a decision");
    ordered(&mut play, other, "split").await;
    let (owner, room) = addon(&play, other, "room");
    let asking = play.asking(owner, room);
    let done = play.buy_and_crash(owner, room, asking).await;
    done.expect("an add-on");
    play.compare().await.expect("a look");
    assert!(!play.is_broken(), "{:?}", play.trace.lines());
    (play, login)
}

fn first<'a>(facts: &'a mut Facts, state: &str) -> &'a mut Kept {
    let mut all = facts.additions.values_mut();
    all.find(|kept| kept.state == state)
        .expect("such an add-on")
}

type Lie = fn(&mut Facts);

const LIES: &[(&str, Lie)] = &[
    ("every answered add-on is there", |facts| {
        facts.additions.pop_last();
    }),
    ("every add-on was asked for", |facts| {
        let more = first(facts, "abandoned").clone();
        facts.additions.insert(999, more);
    }),
    (
        "an add-on stands where its answers have brought it",
        |facts| first(facts, "awaiting_payment").state = "active".to_owned(),
    ),
    (
        "an add-on stands where its answers have brought it",
        |facts| first(facts, "active").price_minor += 1,
    ),
    (
        "an add-on costs its price once, and what is not applied goes back",
        |facts| {
            let kept = first(facts, "active");
            let again = kept.moves.last().cloned();
            kept.moves.extend(again);
        },
    ),
    (
        "an add-on costs its price once, and what is not applied goes back",
        |facts| {
            first(facts, "refund_due").moves.pop();
        },
    ),
    ("an add-on is applied once", |facts| {
        let again = facts.told.last().copied();
        facts.told.extend(again);
    }),
    ("an add-on is applied once", |facts| {
        facts.told.pop();
    }),
    ("a challenge has what was bought for it", |facts| {
        for codes in facts.applied.values_mut() {
            codes.reverse();
        }
    }),
    (
        "a wallet pays what is applied, and holds back what waits",
        |facts| facts.wallet.0 -= 1,
    ),
    (
        "a wallet pays what is applied, and holds back what waits",
        |facts| facts.wallet.1 = 0,
    ),
];

#[tokio::test]
async fn a_lie_about_add_ons_is_named() {
    let (play, _) = good().await;
    let facts = play.world.store.read(Facts::load).await.expect("rows");
    let found = |facts: &Facts| {
        let mut findings = Findings::default();
        look(&play.additions, facts, &mut findings);
        names(findings)
    };
    assert_eq!(found(&facts), [] as [&str; 0]);
    let states = facts.additions.values().map(|kept| kept.state.as_str());
    let wanted = [
        "active",
        "active",
        "refund_due",
        "abandoned",
        "awaiting_payment",
        "withdraw",
    ];
    assert_eq!(states.collect::<Vec<_>>(), wanted);
    for (invariant, lie) in LIES {
        let mut facts = facts.clone();
        lie(&mut facts);
        let found = found(&facts);
        assert!(found.contains(invariant), "{invariant}: {found:?}");
    }
}

#[tokio::test]
async fn rules_that_have_not_changed_are_named() {
    let (mut play, login) = good().await;
    let model = play.models.get_mut(&login).expect("a model");
    model.add(Adds::Room {
        daily_minor: 0,
        max_minor: 1,
    });
    play.floors_stand(login).await.expect("a look");
    let name = "the floors stand where the rules put them";
    assert_eq!(names(play.findings), [name]);
}

#[tokio::test]
async fn what_is_sold_or_offered_against_its_rules_is_named() {
    let (mut play, _) = good().await;
    let login = sold(&mut play, FOLLOWS).await;
    let challenge = play.owners[&login].challenge;
    let had = vec!["room".to_owned()];
    play.additions.applied.insert(challenge, had);
    bought(&mut play, login, "room").await;
    let name = "an add-on is sold, or refused for its reason";
    assert_eq!(names(std::mem::take(&mut play.findings)), [name]);
    let mut all = play
        .owners
        .values()
        .filter(|one| one.challenge == challenge);
    let owner = *all.next_back().expect("an owner");
    play.additions.applied.insert(challenge, Vec::new());
    play.offered(owner).await.expect("offers");
    assert_eq!(names(play.findings), ["what is offered can be bought"]);
}

#[tokio::test]
async fn what_is_not_driven_is_named() {
    let (mut play, _) = good().await;
    let kept = play.additions.all.values_mut();
    let declined = kept.filter(|kept| kept.state == "abandoned");
    declined.for_each(|kept| kept.state = "apply".to_owned());
    play.drive().await.expect("a drive");
    let found = names(play.findings);
    assert!(found.contains(&"what waits for the desk is driven"));
}

#[tokio::test]
async fn what_has_no_transaction_is_named() {
    let (mut play, _) = good().await;
    let mut all = play.additions.all.iter();
    let found = all.find(|(_, kept)| kept.state == "abandoned");
    let id = *found.expect("an add-on").0;
    play.decide(id, Paid::Now).await.expect("a decision");
    let name = "what waits for money has a transaction";
    assert_eq!(names(play.findings), [name]);
}
