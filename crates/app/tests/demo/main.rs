//! A demo's market and traders, with a clock that is set ahead.

use secrecy::SecretBox;
use std::sync::Arc;
use touchstone_app::App;
use touchstone_app::demo::{self, Demo, SCRIPTED, Show};
use touchstone_app::desk::{Desk, DeskThread, Instruments, QuoteView};
use touchstone_app::firm::demo as firm;
use touchstone_app::keys::Keys;
use touchstone_app::ports::{Clock, ManualClock, Ports, SeededRandom};
use touchstone_app::settings::Settings;
use touchstone_domain::challenge::{Challenge, ChallengeState};
use touchstone_domain::{AccountMode, BreachId, ChallengeId, UnixMicros};
use touchstone_store::repo::{counters, desk::breaches};
use touchstone_store::testing::TestDatabase;
use touchstone_store::{StoreError, repo};
use touchstone_trading::Freshness;

/// 2026-05-07T13:20:07Z, a Thursday.
const START: UnixMicros = UnixMicros(1_778_160_007_000_000);

struct World {
    app: App,
    clock: Arc<ManualClock>,
    demo: Demo,
    _desk: DeskThread,
}

/// As `touchstone demo` begins, on a database that may have been one before.
async fn world(database: &TestDatabase, start: UnixMicros, show: Show) -> World {
    let clock = Arc::new(ManualClock::new(start));
    let ports = Ports {
        clock: clock.clone(),
        random: Arc::new(SeededRandom::new(1)),
        remote_trading: None,
        cashier: None,
    };
    let (store, random) = (database.store(), ports.random.clone());
    let installed = match show.has_traders {
        true => firm::install_traders(&store, random.clone(), start).await,
        false => firm::install(&store, random.clone(), start).await.map(drop),
    };
    installed.expect("the demo firm");
    let keys = Keys::new(&SecretBox::new(Box::new([7; 32])));
    let app = App::new(store.clone(), ports, Settings::default(), keys);
    let mut app = app.await.expect("an app");
    let instruments = Instruments::demo();
    app.desk = Desk::new(instruments);
    let traders = match show.has_traders {
        true => demo::cast(&app).await.expect("purchases"),
        false => Vec::new(),
    };
    firm::install(&store, random, start)
        .await
        .expect("the demo firm");
    let desk = app.start_desk().expect("a thread").expect("a desk");
    let demo = Demo::begin(&app, show, traders).await.expect("a market");
    World {
        app,
        clock,
        demo,
        _desk: desk,
    }
}

impl World {
    async fn advance(&self, seconds: i64) {
        let before = self.clock.now();
        let advanced = self.demo.advance(&self.app, &self.clock, seconds).await;
        let now = advanced.expect("a desk").now;
        assert_eq!(now, before.plus_seconds(seconds));
    }

    async fn quote(&self, symbol: &str) -> QuoteView {
        let quotes = self.app.desk.quotes().await.expect("a desk");
        let mut found = quotes.into_iter().filter(|q| q.symbol.as_str() == symbol);
        found.next().expect("a symbol")
    }

    /// He has passed the evaluation and trades on an account of the REAL group, whose number is nobody else's.
    async fn is_funded(&self, challenge: &Challenge) {
        assert_eq!(challenge.id, ChallengeId(4));
        assert_eq!(challenge.current_phase_index, 2);
        assert!((1_000_001..2_000_001).contains(&challenge.account_login.0));
        let (id, login) = (challenge.id, challenge.account_login);
        let found = self.app.store.read(move |tx| {
            let phases = repo::challenges::phases(tx, id)?;
            Ok::<_, StoreError>((phases, repo::accounts::get(tx, login)?))
        });
        let (phases, account) = found.await.expect("a store");
        let states: Vec<_> = phases.iter().map(|phase| phase.state).collect();
        assert_eq!(states, [ChallengeState::Passed, ChallengeState::Active]);
        assert!((2_000_001..2_000_100).contains(&phases[0].account_login.0));
        let (account, group) = account.expect("an account");
        assert_eq!((account.enabled, group.mode), (true, AccountMode::Real));
        let view = self.app.desk.view(login).await.expect("a desk");
        let view = view.expect("it is traded");
        assert_eq!(view.positions.len(), 1, "he goes on with it");
    }

    /// The challenges of the scripted traders, in their order.
    async fn scripted(&self) -> Vec<Challenge> {
        let challenges = self.app.store.read(|tx| {
            let of = SCRIPTED.iter().map(|scripted| {
                let newest = ChallengeId(i64::MAX);
                let own = repo::challenges::of_customer(tx, scripted.customer, newest, 10)?;
                assert_eq!(own.len(), 1, "one challenge each");
                Ok::<_, StoreError>(own)
            });
            of.collect::<Result<Vec<_>, _>>()
        });
        challenges.await.expect("a store").concat()
    }
}

const ALL: Show = Show {
    seed: Some(1),
    has_traders: true,
};
const MARKET: Show = Show {
    seed: Some(1),
    has_traders: false,
};

#[tokio::test]
async fn within_two_minutes_each_challenge_ends_as_its_script_says_and_one_is_funded() {
    let database = TestDatabase::sqlite();
    let world = world(&database, START, ALL).await;
    let states = |challenges: &[Challenge]| -> Vec<ChallengeState> {
        challenges.iter().map(|challenge| challenge.state).collect()
    };
    assert_eq!(states(&world.scripted().await), [ChallengeState::Active; 4]);
    world.advance(110).await;
    let ended = world.scripted().await;
    assert_eq!(
        states(&ended),
        [
            ChallengeState::Passed,
            ChallengeState::Failed,
            ChallengeState::Failed,
            ChallengeState::Active
        ]
    );
    for challenge in &ended[..3] {
        assert!((1..12).contains(&challenge.id.0), "{:?}", challenge.id);
        assert!((2_000_001..2_000_100).contains(&challenge.account_login.0));
    }
    let failed = [ended[1].id, ended[2].id];
    let rules = world.app.store.read(move |tx| {
        let mut rules = Vec::new();
        for challenge in failed {
            let own = breaches::of_challenge(tx, challenge, BreachId(i64::MAX), 10)?;
            assert_eq!(own.len(), 1, "{own:?}");
            rules.extend(own.into_iter().map(|breach| breach.rule));
        }
        Ok::<_, StoreError>(rules)
    });
    assert_eq!(rules.await.expect("a store"), ["daily_loss", "max_loss"]);
    world.is_funded(&ended[3]).await;

    let next = world.app.store.write(|tx| {
        let all = [
            counters::PURCHASE,
            counters::CHALLENGE,
            counters::LOGIN,
            counters::ORDER,
        ];
        all.map(|counter| tx.next_id(counter)).into_iter().collect()
    });
    let next: Vec<i64> = next.await.expect("a store");
    assert_eq!(next, [10, 12, 2_000_100, 500_100], "the documents' numbers");
}

#[tokio::test]
async fn a_demo_that_was_stopped_goes_on_and_begins_nothing_anew() {
    let database = TestDatabase::sqlite();
    let first = world(&database, START, ALL).await;
    first.advance(12).await;
    let before = first.scripted().await;
    drop(first);
    let second = world(&database, START.plus_seconds(3_600), ALL).await;
    let logins = |challenges: &[Challenge]| -> Vec<i64> {
        challenges.iter().map(|c| c.account_login.0).collect()
    };
    assert_eq!(logins(&second.scripted().await), logins(&before));
    second.advance(110).await;
    let ended = second.scripted().await;
    assert_eq!(ended[0].state, ChallengeState::Passed);
    assert_eq!(ended[1].state, ChallengeState::Failed);
    assert_eq!(ended[2].state, ChallengeState::Failed);
    second.is_funded(&ended[3]).await;
    second.advance(110).await;
    assert_eq!(second.scripted().await, ended);
    let (now, login) = (second.clock.now(), ended[3].account_login);
    drop(second);
    let third = world(&database, now.plus_seconds(60), ALL).await;
    third.advance(110).await;
    assert_eq!(third.scripted().await, ended);
    let funded = third.app.desk.view(login).await.expect("a desk");
    assert_eq!(funded.expect("an account").positions.len(), 1);
}

#[tokio::test]
async fn prices_go_with_the_clock_for_a_minute_and_for_days() {
    let database = TestDatabase::sqlite();
    let world = world(&database, START, MARKET).await;
    let opening = world.quote("EURUSD").await;
    assert_eq!(opening.freshness, Freshness::Fresh);
    assert_eq!(opening.source.as_deref(), Some("demo"));
    world.advance(60).await;
    let minute = world.quote("EURUSD").await;
    assert_ne!(minute.quote, opening.quote);
    assert!(minute.seq > opening.seq);
    // Friday evening in New York: what trades on weekends has a price, and what does not is closed.
    world.advance(2 * 86_400).await;
    let now = world.clock.now();
    let coin = world.quote("BTCUSD").await;
    assert_eq!(coin.freshness, Freshness::Fresh);
    let age = coin.at.map(|at| now.micros_since(at));
    assert!(age <= Some(1_000_000), "{age:?}");
    assert_eq!(world.quote("EURUSD").await.freshness, Freshness::Closed);
    assert_eq!(
        world.quote("DEMOWAVE").await.freshness,
        Freshness::Missing,
        "nobody trades by script here"
    );
}

/// Wherever the script has come to meanwhile, orders in it are taken at once.
#[tokio::test]
async fn the_scripted_price_is_current_after_every_long_advance() {
    let database = TestDatabase::sqlite();
    let world = world(&database, START, ALL).await;
    world.advance(110).await;
    for seconds in [3_607, 7_211, 40_013, 1_801, 86_419, 3_593, 2_399, 200_017] {
        world.advance(seconds).await;
        let now = world.clock.now();
        let wave = world.quote("DEMOWAVE").await;
        assert_eq!(wave.freshness, Freshness::Fresh, "{seconds}");
        let age = wave.at.map(|at| now.micros_since(at));
        assert!(age <= Some(1_000_000), "{seconds}: {age:?}");
        let into = now.0.rem_euclid(40_000_000);
        let scripted = 10_000 + 1_000 * into.min(40_000_000 - into) / 20_000_000;
        let bid = wave.quote.map_or(0, |quote| quote.bid().0);
        assert!(
            (bid - scripted).abs() <= 60,
            "{seconds}: {bid} is not {scripted}"
        );
    }
}

#[tokio::test]
async fn the_market_goes_on_at_its_last_prices() {
    let database = TestDatabase::sqlite();
    let first = world(&database, START, MARKET).await;
    first.advance(5 * 86_400).await;
    let (before, now) = (first.quote("USDJPY").await, first.clock.now());
    drop(first);
    let other_seed = Show {
        seed: Some(99),
        ..MARKET
    };
    let second = world(&database, now.plus_seconds(1), other_seed).await;
    let after = second.quote("USDJPY").await;
    assert!(after.seq > before.seq);
    let bid = |view: &QuoteView| view.quote.map_or(0, |quote| quote.bid().0);
    let moved = (bid(&after) - bid(&before)).abs();
    assert!(moved * 1_000 < bid(&before), "{moved} points at once");
}
