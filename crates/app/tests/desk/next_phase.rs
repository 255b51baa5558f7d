//! The account of a further phase has no password until its owner asks for one.

use crate::trade::{buy, long, price};
use crate::world::World;
use secrecy::SecretString;
use touchstone_app::accounts::AccountPasswordError;
use touchstone_app::check::check;
use touchstone_app::identity::SignInError;
use touchstone_domain::{Login, PurchaseId, UnixMicros};
use touchstone_store::testing::databases;

/// A target of 1 %, and a funded account.
const STEPS: &str = r#"[{"name": "Evaluation", "group": "PROP-DEMO-100K", "initial_balance_minor": 10000000,
    "rules": {"version": 1, "trading_day": {"zone": "UTC", "reset": "00:00"},
    "max_loss": {"mode": "static", "amount": {"percent_of_initial": 1000}},
    "passing": {"profit_target": {"amount": {"percent_of_initial": 100}, "judged_on": "equity"}}}},
  {"name": "Funded", "group": "PROP-REAL-100K", "initial_balance_minor": 10000000, "phase_type": "funded",
    "rules": {"version": 1, "trading_day": {"zone": "UTC", "reset": "00:00"},
    "max_loss": {"mode": "static", "amount": {"percent_of_initial": 1000}}}}]"#;

/// Buys, passes the first phase, and answers its account and the next one's.
async fn passed(world: &mut World) -> (Login, Login) {
    let first = buy(world).await;
    price(world, "EURUSD", 110_000).await;
    long(world, first, "EURUSD", 10).await;
    price(world, "EURUSD", 110_300).await;
    let next = Login(first.0 + 1);
    let desk = world.app.desk.clone();
    let view = world.ask(async move { desk.view(next).await }).await;
    assert!(view.expect("a desk").is_some(), "the next phase runs");
    (first, next)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passed_phase_shows_by_what_it_passed_and_is_flat() {
    for database in databases() {
        let mut world = World::new(database.store(), serde_json::from_str(STEPS).unwrap()).await;
        let (first, _) = passed(&mut world).await;
        world.crash().await;
        let newest = PurchaseId(i64::MAX);
        let (app, customer) = (world.app.clone(), world.customer());
        let mine = world.ask(app.purchases_of(customer, newest, 10)).await;
        let id = mine.expect("a purchase").challenges[0].id;
        let detail = world.ask(app.challenge_detail(customer, id)).await;
        let standing = detail.expect("a challenge").phases[0].standing.clone();
        let progress = standing.progress.expect("its progress");
        assert_eq!(standing.open_positions, 0, "it was closed");
        assert_eq!(standing.balance_minor, standing.equity_minor);
        // Ten lots from 1.10010 to 1.10300 are 2,900; entering cost 39.
        assert_eq!(progress.target_minor, Some(100_000));
        assert_eq!(progress.profit_minor, 286_150);
        assert_eq!(standing.profit_minor(), progress.profit_minor);
        let times = (UnixMicros(0), UnixMicros(i64::MAX));
        let page = app.challenge_metrics(customer, id, times, 500, 0);
        let page = page.await.expect("metrics");
        let mut of_first = page.items.iter().filter(|point| point.login == first);
        let last = of_first.next().expect("a point");
        assert_eq!(last.equity_minor, 10_286_150);
        assert_eq!(last.max_floor_minor, Some(9_000_000));
        assert_eq!(last.open_positions, 1);
    }
}

async fn sign_in(world: &World, login: Login, password: &str) -> Result<bool, SignInError> {
    let password = SecretString::from(password.to_owned());
    let (account, _, _) = world.app.sign_in_account(login, password).await?;
    Ok(account.must_change_password)
}

#[tokio::test(flavor = "multi_thread")]
async fn its_owner_gets_a_password_that_is_shown_once_and_nobody_else_does() {
    for database in databases() {
        let mut world = World::new(database.store(), serde_json::from_str(STEPS).unwrap()).await;
        let (_, funded) = passed(&mut world).await;
        for guess in ["", "password"] {
            let none = sign_in(&world, funded, guess).await;
            assert!(none.is_err(), "{guess:?}");
        }
        let others = world
            .app
            .renew_temporary_password(world.rival(), funded)
            .await;
        assert!(
            matches!(others, Err(AccountPasswordError::NotFound)),
            "{others:?}"
        );
        let mine = world.customer();
        let first = world.app.renew_temporary_password(mine, funded).await;
        let first = first.expect("a password");
        assert!(matches!(sign_in(&world, funded, &first).await, Ok(true)));
        // It can be asked for again, and is another one then; the one before is worth nothing.
        let second = world.app.renew_temporary_password(mine, funded).await;
        let second = second.expect("a password");
        assert_ne!(first, second);
        assert!(sign_in(&world, funded, &first).await.is_err());
        assert!(matches!(sign_in(&world, funded, &second).await, Ok(true)));
        assert_is_stored_nowhere(&world, &second).await;
        let report = world.store.read(|tx| check(tx, 100)).await.expect("a look");
        assert!(report.is_clean(), "{:?}: {report}", database.engine());
    }
}

/// Neither the events nor the audit say it.
async fn assert_is_stored_nowhere(world: &World, password: &str) {
    let texts = world.store.read(|tx| {
        tx.query(
            "SELECT body FROM event UNION ALL SELECT COALESCE(after, '') || note FROM audit",
            &[],
            |row| row.string(0),
        )
    });
    let texts: Result<Vec<String>, touchstone_store::StoreError> = texts.await;
    let texts = texts.expect("texts");
    assert!(texts.iter().all(|text| !text.contains(password)));
}
