//! Lines of scripts about add-ons that are bought later, and what becomes of two of them at once.

use crate::scenario::{Play, Script, usd};
use crate::world::{Sold, WALLET, World};
use std::time::Duration;
use touchstone_app::addons::{AddonBuy, AddonOrdered, LaterAddonError};
use touchstone_app::check::check;
use touchstone_app::desk::settings::TurnLimits;
use touchstone_app::purchase::{BuyRequest, Choice};
use touchstone_app::transactions::{Decision, DepositRequest};
use touchstone_domain::purchase::{Purchase, State};
use touchstone_domain::{ChallengeId, Login};
use touchstone_store::repo;
use touchstone_store::testing::databases;

impl Play {
    pub async fn addon_line(&mut self, words: &[&str]) -> Vec<String> {
        let (app, caller) = (self.world.app.clone(), self.world.customer());
        match words {
            ["deposit", amount] => {
                let request = DepositRequest {
                    login: None,
                    amount: (*amount).to_owned(),
                };
                let deposited = app.deposit(caller, request).await;
                let (transaction, _) = deposited.expect("a deposit");
                vec![format!("transaction {}", transaction.id)]
            }
            ["offers", challenge] => {
                let id = ChallengeId(challenge.parse().unwrap());
                let found = app.addon_offers(caller, id).await.expect("offers");
                let offers = found.offers.iter().map(|offer| {
                    let reason = offer.reason.as_ref();
                    let reason = reason.map_or("can be bought".to_owned(), |one| one.text());
                    format!("{} {}: {reason}", offer.addon.code, usd(offer.price.minor))
                });
                offers.collect()
            }
            ["addon", challenge, code] => {
                let id = ChallengeId(challenge.parse().unwrap());
                let code = (*code).to_owned();
                let ordered = async move { app.order_addon(caller, id, code).await };
                vec![match self.world.ask(ordered).await {
                    Ok(AddonOrdered {
                        purchase,
                        transaction,
                    }) => format!("{}, transaction {}", told(&purchase), transaction.id),
                    Err(error) => error.to_string(),
                }]
            }
            ["buy_addon", challenge, code, key] => {
                let request = AddonBuy {
                    challenge_id: ChallengeId(challenge.parse().unwrap()),
                    code: (*code).to_owned(),
                    payer_login: WALLET,
                    idempotency_key: Some((*key).to_owned()),
                };
                let bought = async move { app.buy_addon(caller, request).await };
                vec![match self.world.ask(bought).await {
                    Ok(bought) => {
                        let again = if bought.idempotent { " again" } else { "" };
                        format!("{}{again}", told(&bought.purchase))
                    }
                    Err(error) => error.to_string(),
                }]
            }
            ["wallet"] => {
                let read = move |tx: &mut touchstone_store::Tx<'_>| repo::accounts::get(tx, WALLET);
                let found = self.world.store.read(read).await.expect("a wallet");
                let (wallet, _) = found.expect("a wallet");
                let (balance, held) = (usd(wallet.balance_minor), usd(wallet.held_minor));
                vec![format!("wallet {balance}, held {held}")]
            }
            other => panic!("what is {other:?}?"),
        }
    }
}

fn told(purchase: &Purchase) -> String {
    let (codes, state) = (purchase.addon_codes.join(" "), purchase.state.name());
    format!("{codes} {state} at {}", usd(purchase.price.minor))
}

const TEXT: &str = include_str!("scenarios/late_addons.txt");

fn sold() -> Sold {
    Script::parse(TEXT).sold
}

async fn begun(store: touchstone_store::Store) -> (World, Login) {
    let world = World::made(store, sold(), TurnLimits::default()).await;
    let request = BuyRequest {
        program_id: crate::world::PROGRAM,
        payer_login: WALLET,
        idempotency_key: None,
        choice: Choice::default(),
    };
    let bought = world.app.buy(world.customer(), request).await;
    let (account, _) = bought.expect("a purchase").account.expect("an account");
    (world, account.login)
}

async fn deposit(world: &mut World, amount: &str) {
    let request = DepositRequest {
        login: None,
        amount: amount.to_owned(),
    };
    let deposited = world.app.deposit(world.customer(), request).await;
    let (transaction, _) = deposited.expect("a deposit");
    let (app, staff) = (world.app.clone(), world.staff());
    let approved = app.decide_transaction(staff, transaction.id, Decision::Approve, String::new());
    approved.await.expect("a deposit that is approved");
}

fn room(key: Option<&str>) -> AddonBuy {
    AddonBuy {
        challenge_id: ChallengeId(1),
        code: "room".to_owned(),
        payer_login: WALLET,
        idempotency_key: key.map(str::to_owned),
    }
}

async fn assert_clean(world: &World) {
    let report = world.store.read(|tx| check(tx, 100)).await.unwrap();
    assert!(report.is_clean(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_buy_the_same_at_once_one_pays() {
    for database in databases() {
        let (mut world, _) = begun(database.store()).await;
        deposit(&mut world, "500").await;
        let (app, caller) = (world.app.clone(), world.customer());
        let both = async move {
            let (one, other) = (app.clone(), app);
            tokio::join!(
                tokio::spawn(async move { one.buy_addon(caller, room(Some("one"))).await }),
                tokio::spawn(async move { other.buy_addon(caller, room(Some("other"))).await })
            )
        };
        let (one, other) = world.ask(both).await;
        let all = [one.unwrap(), other.unwrap()];
        let bought: Vec<_> = all.iter().filter_map(|one| one.as_ref().ok()).collect();
        assert_eq!(bought.len(), 1, "{all:?}");
        assert_eq!(bought[0].purchase.state, State::Active);
        let read = world.store.read(|tx| repo::accounts::get(tx, WALLET)).await;
        let (wallet, _) = read.unwrap().expect("a wallet");
        assert_eq!((wallet.balance_minor, wallet.held_minor), (40_100, 0));
        assert_clean(&world).await;
    }
}

/// The server dies between the payment and the desk's commit: the next one applies it, once.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_is_applied_after_a_crash() {
    for database in databases() {
        let (mut world, login) = begun(database.store()).await;
        deposit(&mut world, "500").await;
        let (app, caller) = (world.app.clone(), world.customer());
        // Nobody drives the desk: the money is held, and the request ends without an answer.
        let asked = app.buy_addon(caller, room(None));
        let waited = tokio::time::timeout(Duration::from_millis(300), asked).await;
        assert!(waited.is_err(), "{waited:?}");
        let read = world.store.read(|tx| repo::accounts::get(tx, WALLET)).await;
        let (wallet, _) = read.unwrap().expect("a wallet");
        assert_eq!((wallet.balance_minor, wallet.held_minor), (50_000, 9_900));
        assert_clean(&world).await;
        world.crash().await;
        world.settle().await;
        for driven in [1, 0] {
            let app = world.app.clone();
            let due = world.ask(async move { app.drive_due().await }).await;
            assert_eq!(due.unwrap(), driven);
        }
        let desk = world.app.desk.clone();
        let view = world.ask(async move { desk.view(login).await }).await;
        let rules = view.unwrap().expect("an account").rules.expect("rules");
        assert_eq!(rules.limits[0].amount_minor, 700_000);
        let read = world.store.read(|tx| repo::accounts::get(tx, WALLET)).await;
        let (wallet, _) = read.unwrap().expect("a wallet");
        assert_eq!((wallet.balance_minor, wallet.held_minor), (40_100, 0));
        assert_clean(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_buys_for_somebody_elses_challenge() {
    let database = &databases()[0];
    let (world, _) = begun(database.store()).await;
    let refused = world
        .app
        .order_addon(world.rival(), ChallengeId(1), "room".to_owned())
        .await;
    assert!(
        matches!(refused, Err(LaterAddonError::NotFound)),
        "{refused:?}"
    );
    let offers = world.app.addon_offers(world.rival(), ChallengeId(1)).await;
    assert!(matches!(offers, Err(LaterAddonError::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn leverage_that_is_bought_is_that_of_the_account() {
    let (mut world, login) = begun(databases()[0].store()).await;
    deposit(&mut world, "500").await;
    let request = BuyRequest {
        program_id: crate::world::PROGRAM,
        payer_login: WALLET,
        idempotency_key: None,
        choice: Choice {
            addon_codes: vec!["leverage".to_owned()],
            ..Choice::default()
        },
    };
    let bought = world.app.buy(world.customer(), request).await;
    let (account, _) = bought.expect("a purchase").account.expect("an account");
    assert_eq!(account.leverage, 200);
    let later = AddonBuy {
        code: "leverage".to_owned(),
        ..room(None)
    };
    let (app, caller) = (world.app.clone(), world.customer());
    let bought = world
        .ask(async move { app.buy_addon(caller, later).await })
        .await;
    assert_eq!(bought.expect("an add-on").purchase.state, State::Active);
    let read = world
        .store
        .read(move |tx| repo::accounts::get(tx, login))
        .await;
    let (account, _) = read.unwrap().expect("an account");
    assert_eq!(account.leverage, 200);
    assert_clean(&world).await;
}
