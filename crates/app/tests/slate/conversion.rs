//! A price in euros that is paid from a wallet in dollars: at which rate, by which entries, and back again.

use crate::failing::fail;
use crate::support::{START, World, world, world_with};
use std::sync::Arc;
use std::time::Duration;
use touchstone_app::addons::AddonBuy;
use touchstone_app::claims::{ClaimOn, RefundAsk};
use touchstone_app::desk::{Runner, Tick};
use touchstone_app::ports::Behaviour;
use touchstone_app::purchase::{Bought, BuyError, BuyRequest, Choice, Preview, Stop};
use touchstone_domain::conversion::{Converted, Rate, RateSource};
use touchstone_domain::purchase::{Block, FailureReason, Purchase, State, Step};
use touchstone_domain::{ChallengeId, Currency, Login, Money, Price, ProgramId, PurchaseId};
use touchstone_store::testing::databases;
use touchstone_store::{StoreError, params, repo};

/// 459.00 EUR, with an add-on for 40.00 EUR.
const IN_EUROS: ProgramId = ProgramId(4);
const DOLLARS: Login = Login(100_001);
/// 459.00 EUR at 1.0852 are 498.1068 USD.
pub const FIXED: &str = r#"{"source":"fixed","rates":[{"base":"EUR","quote":"USD","rate":10852000000,"valid_from":0}],"max_age_days":null,"markup":0}"#;
const OTHER: &str = r#"{"source":"fixed","rates":[{"base":"USD","quote":"EUR","rate":5000000000,"valid_from":0}],"max_age_days":null,"markup":0}"#;
/// Nothing between euros and dollars.
const ELSEWHERE: &str = r#"{"source":"fixed","rates":[{"base":"GBP","quote":"JPY","rate":1,"valid_from":0}],"max_age_days":null,"markup":0}"#;
const DEAR: &str = r#"{"source":"fixed","rates":[{"base":"USD","quote":"EUR","rate":5000000000,"valid_from":0}],"max_age_days":null,"markup":2000}"#;
const QUOTES: &str = r#"{"source":"quotes","max_age_seconds":60,"markup":100}"#;

pub async fn converts(w: &World, how: &'static str) {
    let brand = w.trader.brand_id;
    let set = move |tx: &mut touchstone_store::Tx<'_>| {
        repo::brands::set_conversion(tx, brand, (!how.is_empty()).then_some(how))
    };
    w.app.store.write(set).await.unwrap();
}

fn request(key: Option<&str>) -> BuyRequest {
    BuyRequest {
        program_id: IN_EUROS,
        payer_login: DOLLARS,
        idempotency_key: key.map(Into::into),
        choice: Choice::default(),
    }
}

pub async fn buy(w: &World) -> Purchase {
    match w.app.buy(w.trader, request(None)).await {
        Ok(bought) => bought.purchase,
        Err(BuyError::Failed { bought, .. }) => bought.purchase,
        Err(other) => panic!("{other:?}"),
    }
}

async fn look(w: &World, choice: Choice) -> Preview {
    let looked = w.app.preview(w.trader, IN_EUROS, DOLLARS, choice);
    looked.await.expect("a preview")
}

/// Balance and held money of the wallet in dollars.
async fn wallet(w: &World) -> (i64, i64) {
    let read = w.app.store.read(|tx| repo::accounts::get(tx, DOLLARS));
    let (account, _) = read.await.unwrap().expect("the wallet");
    (account.balance_minor, account.held_minor)
}

async fn load(w: &World, id: PurchaseId) -> Purchase {
    let read = w.app.store.read(move |tx| repo::purchases::get(tx, id));
    read.await.unwrap().expect("the purchase")
}

fn paid(minor: i64, rate: &str, source: RateSource, seconds: i64) -> Option<Converted> {
    Some(Converted {
        amount: Money::new(minor, Currency::USD),
        rate: Rate::parse(rate).unwrap(),
        source,
        at: touchstone_domain::UnixMicros(0).plus_seconds(seconds),
    })
}

#[tokio::test]
async fn without_a_source_of_rates_the_currencies_must_match() {
    for database in databases() {
        let w = world(&database).await;
        for how in ["", ELSEWHERE] {
            converts(&w, how).await;
            let refused = w.app.buy(w.trader, request(None)).await;
            assert!(
                matches!(
                    refused,
                    Err(BuyError::Blocked(Block::CurrencyConversionRequired { .. }))
                ),
                "{refused:?}"
            );
        }
        assert_eq!(wallet(&w).await, (120_000, 0));
        w.assert_books().await;
    }
}

#[tokio::test]
async fn the_rate_of_the_purchase_is_kept_whatever_becomes_of_it_later() {
    for database in databases() {
        let w = world(&database).await;
        converts(&w, FIXED).await;
        let seen = look(&w, Choice::default()).await;
        w.clock.advance_micros(1);
        let bought = w.app.buy(w.trader, request(Some("k"))).await.unwrap();
        let wanted = paid(49_811, "1.0852", RateSource::Fixed, 0);
        assert_eq!(
            (bought.purchase.conversion, seen.conversion),
            (wanted, wanted)
        );
        assert_eq!(bought.purchase.price, Money::new(45_900, Currency::EUR));
        assert_eq!(bought.purchase.state, State::Active);
        assert_eq!(
            w.postings().await,
            [
                "challenge_fee_converted 100001>-8 49811 USD -",
                "challenge_fee_exchanged -8>-1 45900 EUR -",
                "initial_balance -10>2000100 10000000 USD -",
            ]
        );
        assert_eq!(wallet(&w).await, (70_189, 0));
        converts(&w, OTHER).await;
        let Bought {
            purchase,
            idempotent,
            ..
        } = w.app.buy(w.trader, request(Some("k"))).await.unwrap();
        assert!(idempotent && purchase == bought.purchase);
        converts(&w, "").await;
        assert_eq!(load(&w, purchase.id).await, purchase);
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_sent_many_times_at_once_is_converted_once() {
    for database in databases() {
        let w = world(&database).await;
        converts(&w, FIXED).await;
        let requests = (0..20).map(|_| {
            let (app, trader) = (w.app.clone(), w.trader);
            tokio::spawn(async move { app.buy(trader, request(Some("k"))).await })
        });
        for task in requests.collect::<Vec<_>>() {
            task.await.unwrap().expect("an answer");
        }
        assert_eq!(wallet(&w).await, (70_189, 0));
        w.assert_books().await;
    }
}

#[tokio::test]
async fn too_little_is_told_in_the_wallets_own_currency() {
    for database in databases() {
        let w = world(&database).await;
        converts(&w, OTHER).await;
        let choice = Choice {
            addon_codes: vec!["most_room".into()],
            promo_code: None,
        };
        // 519.00 EUR at two dollars each are 1,038.00 USD; a markup makes them too much.
        assert_eq!(look(&w, choice.clone()).await.stop, None);
        converts(&w, DEAR).await;
        let block = Block::NotEnoughFunds {
            required: Money::new(124_560, Currency::USD),
            available: Money::new(120_000, Currency::USD),
        };
        assert_eq!(look(&w, choice).await.stop, Some(Stop::Block(block)));
    }
}

/// step and what it meets | end | what the wallet has afterwards, and holds | the purchase's entries
const REMOTE: &str = "\
-                               | active   | 70189 0      | converted exchanged initial_balance
withdraw Refuse                 | failed   | 120000 0     |
withdraw LoseCall               | withdraw | 120000 49811 |
open_account Refuse             | refunded | 120000 0     | converted exchanged converted_rollback exchanged_rollback
enable Refuse                   | refunded | 120000 0     | converted exchanged initial_balance initial_balance_rollback converted_rollback exchanged_rollback
enable Refuse, refund Refuse    | stuck:refund | 70189 0  | converted exchanged initial_balance initial_balance_rollback
";

#[tokio::test]
async fn what_a_remote_server_takes_and_gives_back_is_the_payers() {
    for line in REMOTE.lines() {
        for database in databases() {
            let columns: Vec<&str> = line.split('|').map(str::trim).collect();
            let w = world_with(&database, true, |_| {}).await;
            converts(&w, FIXED).await;
            for part in columns[0].split(", ").filter(|part| *part != "-") {
                let (step, behaviour) = part.split_once(' ').expect("step and behaviour");
                let mut steps = Step::ALL.into_iter();
                let step = steps.find(|one| one.name() == step).expect("a step");
                let mut all = Behaviour::ALL.into_iter();
                let behaviour = all.find(|one| format!("{one:?}") == behaviour);
                w.server.plan(step, &[behaviour.expect("a behaviour")]);
            }
            w.clock.advance_micros(1);
            let purchase = buy(&w).await;
            // Nothing of what comes later is asked for its rate.
            converts(&w, OTHER).await;
            assert_eq!(purchase.state.name(), columns[1], "{line}");
            let (balance, held) = wallet(&w).await;
            assert_eq!(format!("{balance} {held}"), columns[2], "{line}");
            let names = w.postings().await.into_iter().map(|posting| {
                let name = posting.split(' ').next().unwrap_or_default().to_owned();
                name.replace("challenge_fee_", "")
            });
            assert_eq!(names.collect::<Vec<_>>().join(" "), columns[3], "{line}");
            for call in w.server.books().done.into_values() {
                if matches!(call.step, Step::Withdraw | Step::Refund) {
                    assert_eq!(call.amount, Money::new(49_811, Currency::USD), "{line}");
                }
            }
            w.assert_books().await;
        }
    }
}

#[tokio::test]
async fn a_second_try_is_at_the_rate_of_the_first() {
    for database in databases() {
        let w = world_with(&database, true, |_| {}).await;
        converts(&w, FIXED).await;
        w.server.plan(Step::Withdraw, &[Behaviour::Refuse]);
        let failed = buy(&w).await;
        assert_eq!(failed.state, State::Failed);
        converts(&w, "").await;
        let again = w.app.retry_purchase(w.trader, failed.id).await;
        let again = again.expect("another try").purchase;
        assert_eq!(again.state, State::Active);
        assert_eq!(again.conversion, failed.conversion);
        assert_eq!(wallet(&w).await, (70_189, 0));
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_cancel_in_the_dark_gives_back_what_was_taken() {
    for database in databases() {
        let w = world_with(&database, true, |_| {}).await;
        converts(&w, FIXED).await;
        w.server.plan(Step::Withdraw, &[Behaviour::LoseAnswer]);
        let begun = buy(&w).await;
        assert_eq!(wallet(&w).await, (120_000, 49_811));
        converts(&w, OTHER).await;
        let cancelled = w.app.cancel_purchase(w.trader, begun.id).await;
        let ended = cancelled.expect("a cancel").purchase;
        assert_eq!(ended.state, State::Refunded);
        assert_eq!(wallet(&w).await, (120_000, 0));
        w.assert_books().await;
    }
}

/// Has failed, so that no desk is needed to give its fee back.
async fn give_back(w: &World, purchase: &Purchase, amount: Option<&str>) {
    let challenge: ChallengeId = purchase.challenge_id.expect("a challenge");
    let now = w.app.now();
    let failed = w.app.store.write(move |tx| fail(tx, challenge, now));
    failed.await.expect("a failure");
    let ask = RefundAsk {
        reason: "goodwill".into(),
        is_override: true,
        amount: amount.map(str::to_owned),
    };
    let on = ClaimOn::Purchase(purchase.id);
    let claimed = w.app.refund_fee(w.admin, on, ask).await.expect("a refund");
    assert_eq!(claimed.claim.amount.currency, Currency::EUR);
}

#[tokio::test]
async fn a_fee_goes_back_at_the_rate_that_it_was_paid_at() {
    for (amount, back, wallet_after) in [(None, 49_811, 120_000), (Some("100.01"), 10_854, 81_043)]
    {
        for database in databases() {
            let w = world(&database).await;
            converts(&w, FIXED).await;
            w.clock.advance_micros(1);
            let purchase = buy(&w).await;
            converts(&w, OTHER).await;
            give_back(&w, &purchase, amount).await;
            let minor = if amount.is_some() { 10_001 } else { 45_900 };
            assert_eq!(
                w.postings().await[3..],
                [
                    format!("challenge_fee_converted_refund -8>100001 {back} USD -"),
                    format!("challenge_fee_exchanged_refund -1>-8 {minor} EUR -"),
                ]
            );
            assert_eq!(wallet(&w).await, (wallet_after, 0));
            w.assert_books().await;
        }
    }
}

/// Rates and parts of all sizes: no cent is made or lost, which the books say.
#[tokio::test]
async fn the_books_agree_at_every_rate() {
    for database in databases() {
        let w = world(&database).await;
        let rich = |tx: &mut touchstone_store::Tx<'_>| -> Result<(), StoreError> {
            for sql in [
                "UPDATE entry SET amount_minor = amount_minor * 10000 WHERE login = 100001",
                "UPDATE account SET balance_minor = balance_minor * 10000 WHERE login = 100001",
            ] {
                tx.execute(sql, params![])?;
            }
            Ok(())
        };
        w.app.store.write(rich).await.unwrap();
        let mut seed: u64 = 0x9E37_79B9_7F4A_7C15;
        for round in 0..24 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let units = 1 + seed % [99, 9_999_999, 99_999_999_999][round % 3];
            let how = format!(
                r#"{{"source":"fixed","rates":[{{"base":"{}","quote":"{}","rate":{units},"valid_from":0}}],"max_age_days":null,"markup":{}}}"#,
                if seed & 1 == 0 { "EUR" } else { "USD" },
                if seed & 1 == 0 { "USD" } else { "EUR" },
                seed % 500,
            );
            converts(&w, how.leak()).await;
            let (before, _) = wallet(&w).await;
            let purchase = match w.app.buy(w.trader, request(None)).await {
                Ok(bought) => bought.purchase,
                // A dollar may be worth next to nothing.
                Err(BuyError::Blocked(_)) => continue,
                Err(other) => panic!("{other:?}"),
            };
            let (after, _) = wallet(&w).await;
            assert_eq!(before - after, purchase.paid().minor);
            let part = Money::new(1 + i64::try_from(seed % 45_900).unwrap(), Currency::EUR);
            let is_whole = round % 2 == 0;
            give_back(&w, &purchase, (!is_whole).then(|| part.fixed()).as_deref()).await;
            let (end, _) = wallet(&w).await;
            assert!(end > after && end <= before && (!is_whole || end == before));
        }
        w.assert_books().await;
    }
}

/// One turn of the desk with a price of EURUSD.
async fn price(w: &World, runner: &mut Runner, bid: i64, ask: i64) {
    let tick = Tick {
        symbol: "EURUSD".parse().expect("a symbol"),
        bid: Price(bid),
        ask: Price(ask),
        fed_at: w.app.now(),
        sequence: None,
    };
    let desk = w.app.desk.clone();
    let fed = tokio::spawn(async move { desk.feed(Arc::from("test"), vec![tick]).await });
    while !fed.is_finished() {
        tokio::task::block_in_place(|| runner.turn(Duration::from_millis(20)));
    }
    assert_eq!(fed.await.unwrap().expect("a report").accepted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_own_prices_are_rates_as_long_as_they_are_young() {
    for database in databases() {
        let w = world(&database).await;
        converts(&w, QUOTES).await;
        let stale = Block::ConversionRateStale {
            program: Currency::EUR,
            payer: Currency::USD,
        };
        let refused = w.app.buy(w.trader, request(None)).await;
        assert!(
            matches!(&refused, Err(BuyError::Blocked(block)) if *block == stale),
            "no desk is there yet: {refused:?}"
        );
        let mut runner = w.app.desk_runner().expect("a desk");
        tokio::task::block_in_place(|| runner.turn(Duration::ZERO));
        let refused = w.app.buy(w.trader, request(None)).await;
        assert!(
            matches!(&refused, Err(BuyError::Blocked(block)) if *block == stale),
            "no price is there yet: {refused:?}"
        );
        price(&w, &mut runner, 108_400, 108_500).await;
        w.clock.advance_micros(60_000_000);
        // At the ask, and one percent on top: 459.00 at 1.09585 are 502.995150.
        let bought = w
            .app
            .buy(w.trader, request(None))
            .await
            .expect("a purchase");
        let wanted = paid(50_300, "1.09585", RateSource::Quotes, START.seconds());
        assert_eq!(bought.purchase.conversion, wanted);
        w.clock.advance_micros(1);
        let refused = w.app.buy(w.trader, request(None)).await;
        assert!(
            matches!(&refused, Err(BuyError::Blocked(block)) if *block == stale),
            "{refused:?}"
        );
        let seen = look(&w, Choice::default()).await;
        assert_eq!(seen.stop, Some(Stop::Block(stale)));
        price(&w, &mut runner, 107_000, 107_010).await;
        let payers = w.app.payer_accounts(w.trader, IN_EUROS).await.unwrap();
        let blocks: Vec<_> = payers[..2].iter().map(|payer| payer.block).collect();
        assert_eq!(blocks, [None, None]);
        runner.close();
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_add_on_that_waits_holds_back_what_it_comes_to_and_frees_it_when_nothing_runs_any_more()
{
    for database in databases() {
        let w = world(&database).await;
        converts(&w, FIXED).await;
        let challenge = buy(&w).await.challenge_id.expect("a challenge");
        let order = AddonBuy {
            challenge_id: challenge,
            code: "more_room".into(),
            payer_login: DOLLARS,
            idempotency_key: None,
        };
        // No desk runs yet: nothing is taken. 40.00 EUR are 43.408 USD.
        let waiting = w.app.buy_addon(w.trader, order).await.expect("an order");
        assert_eq!(wallet(&w).await, (70_189, 4_341));
        w.assert_books().await;
        let now = w.app.now();
        let failed = w.app.store.write(move |tx| fail(tx, challenge, now));
        failed.await.expect("a failure");
        converts(&w, OTHER).await;
        let desk = w.app.start_desk().expect("a thread").expect("a desk");
        assert_eq!(w.app.drive_due().await.expect("a look"), 1);
        let ended = load(&w, waiting.purchase.id).await;
        assert_eq!(ended.failure_reason, Some(FailureReason::AddonNotApplied));
        assert_eq!(ended.conversion, waiting.purchase.conversion);
        assert_eq!(wallet(&w).await, (70_189, 0));
        desk.stop();
        w.assert_books().await;
    }
}
