//! Promotion codes on enrolments and purchases: what is reserved, used and freed, and who wins the last use.

use crate::support::{FREE, PAID, World, world, world_with};
use std::sync::Arc;
use touchstone_app::ports::Behaviour;
use touchstone_app::promotions::{
    FeeCodeError, NewPromotion, Promoted, PromotionError, PromotionPatch,
};
use touchstone_app::purchase::{Bought, BuyError, BuyRequest, Choice};
use touchstone_app::transactions::Decision;
use touchstone_domain::promotion::{Discount, Promotion, Refusal};
use touchstone_domain::purchase::{State, Step};
use touchstone_domain::transaction::TransactionState;
use touchstone_domain::*;
use touchstone_store::testing::databases;

const USD: Currency = Currency::USD;
const TEN: Discount = Discount::Percent(BasisPoints(1_000));
const ALL: Discount = Discount::Percent(BasisPoints::WHOLE);

impl World {
    async fn code(&self, code: &str, discount: Discount, patch: PromotionPatch) -> PromotionId {
        let code = code.to_owned();
        let new = NewPromotion {
            code,
            discount,
            patch,
        };
        let made = self.app.add_promotion(self.admin, new).await;
        made.expect("a code").id
    }

    async fn put(&self, fee: TransactionId, code: &str) -> Result<Promoted, FeeCodeError> {
        self.app.put_code(self.trader, fee, code.into()).await
    }

    /// What is reserved and used of a code.
    async fn counts(&self, id: PromotionId) -> (i64, i64) {
        let Promotion { reserved, used, .. } =
            self.app.promotion(self.admin, id).await.expect("a code");
        (reserved, used)
    }

    async fn buy_with(&self, code: &str, key: Option<&str>) -> Result<Bought, BuyError> {
        let request = BuyRequest {
            program_id: PAID,
            payer_login: Login(100_001),
            idempotency_key: key.map(Into::into),
            choice: Choice {
                promo_code: Some(code.into()),
                ..Choice::default()
            },
        };
        self.app.buy(self.trader, request).await
    }
}

fn limited(total: i64) -> PromotionPatch {
    PromotionPatch {
        total_limit: Some(Some(total)),
        ..PromotionPatch::default()
    }
}

#[tokio::test]
async fn a_fee_is_less_by_its_code_and_the_use_is_used_when_it_is_paid() {
    for database in databases() {
        let w = world(&database).await;
        let ten = w.code("spring10", TEN, PromotionPatch::default()).await;
        let journey = w.try_enroll(PAID, &["no_time_limit"]).await.unwrap();
        let fee = journey.transaction_id;
        let put = w.put(fee, " Spring10 ").await.unwrap();
        // 10 % of 499.00 and 50.00 for the add-on.
        assert_eq!(put.transaction.amount, Money::new(49_410, USD));
        assert_eq!(put.purchase.full_price(), Money::new(54_900, USD));
        assert_eq!(w.counts(ten).await, (1, 0));
        // The same once more changes nothing.
        let again = w.put(fee, "SPRING10").await.unwrap();
        assert_eq!(again.transaction, put.transaction);
        assert_eq!(w.counts(ten).await, (1, 0));
        w.assert_books().await;

        w.receive("1", fee, 49_410, USD).await;
        assert_eq!(
            w.transaction(fee).await.state,
            TransactionState::Approved,
            "{:?}",
            database.engine()
        );
        assert_eq!(w.counts(ten).await, (0, 1));
        let late = w.put(fee, "SPRING10").await;
        assert!(matches!(late, Err(FeeCodeError::NotNow { .. })), "{late:?}");
        let late = w.app.take_code_off(w.trader, fee).await;
        assert!(matches!(late, Err(FeeCodeError::NotNow { .. })), "{late:?}");
        w.assert_books().await;
    }
}

#[tokio::test]
async fn whoever_pays_what_a_page_showed_before_gets_the_rest_back() {
    for database in databases() {
        let w = world(&database).await;
        let ten = w.code("TEN", TEN, PromotionPatch::default()).await;
        let fee = w.enroll(PAID).await.transaction_id;
        w.put(fee, "TEN").await.unwrap();
        w.receive("1", fee, 49_900, USD).await;
        assert_eq!(
            w.transactions().await,
            [
                "1 CHALLENGE_FEE OVERPAID 449.10 USD 49900",
                "2 CHALLENGE_FEE_REFUND PENDING 49.90 USD 0"
            ]
        );
        assert_eq!(w.counts(ten).await, (0, 1));
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_code_is_free_again_when_it_is_taken_off_replaced_or_its_fee_ends() {
    for database in databases() {
        let w = world(&database).await;
        let ten = w.code("TEN", TEN, limited(1)).await;
        let five = Discount::Fixed(Money::new(500, USD));
        let five = w.code("FIVE", five, PromotionPatch::default()).await;
        let journey = w.enroll(PAID).await;
        let fee = journey.transaction_id;
        w.put(fee, "TEN").await.unwrap();
        let off = w.app.take_code_off(w.trader, fee).await.unwrap();
        assert_eq!(off.transaction.amount, Money::new(49_900, USD));
        assert_eq!(w.counts(ten).await, (0, 0));
        w.assert_books().await;

        w.put(fee, "TEN").await.unwrap();
        let other = w.put(fee, "FIVE").await.unwrap();
        assert_eq!(other.transaction.amount, Money::new(49_400, USD));
        assert_eq!(w.counts(ten).await, (0, 0));
        assert_eq!(w.counts(five).await, (1, 0));
        // One that is refused leaves the one that is there.
        let refused = w.put(fee, "NOBODY").await;
        assert!(matches!(
            refused,
            Err(FeeCodeError::Refused(Refusal::Unknown))
        ));
        assert_eq!(w.counts(five).await, (1, 0));
        w.assert_books().await;

        w.decide(fee, Decision::Decline).await.unwrap();
        assert_eq!(w.counts(five).await, (0, 0));
        w.assert_books().await;

        let fee = w.enroll(PAID).await.transaction_id;
        w.put(fee, "TEN").await.unwrap();
        w.clock.advance_micros(30 * 86_400 * 1_000_000);
        w.app.sweep_unpaid().await.unwrap();
        assert_eq!(w.counts(ten).await, (0, 0));
        // What comes in after the end goes back as it came.
        w.receive("1", fee, 44_910, USD).await;
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_code_that_leaves_nothing_makes_the_challenge_begin_at_once() {
    for database in databases() {
        let w = world(&database).await;
        let gift = w.code("GIFT", ALL, PromotionPatch::default()).await;
        let journey = w.enroll(PAID).await;
        w.clock.advance_micros(1);
        let put = w.put(journey.transaction_id, "gift").await.unwrap();
        assert_eq!(put.transaction.state, TransactionState::Approved);
        assert_eq!(put.purchase.state, State::Active);
        assert_eq!(put.purchase.fee_order, None);
        let postings = w.postings().await;
        assert_eq!(postings.len(), 1, "{postings:?}");
        assert!(postings[0].starts_with("initial_balance"), "{postings:?}");
        assert_eq!(w.counts(gift).await, (0, 1));
        w.assert_books().await;

        let bought = w.buy_with("GIFT", None).await.unwrap();
        assert_eq!(bought.purchase.fee_order, None);
        assert_eq!(bought.purchase.price, Money::zero(USD));
        assert_eq!(w.counts(gift).await, (0, 2));
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_fee_that_a_cashier_took_money_for_and_the_fee_of_another_take_no_code() {
    for database in databases() {
        let w = world(&database).await;
        let ten = w.code("TEN", TEN, PromotionPatch::default()).await;
        let fee = w.enroll(PAID).await.transaction_id;
        let foreign = w.app.put_code(w.rival, fee, "TEN".into()).await;
        assert!(matches!(foreign, Err(FeeCodeError::NotFound)));
        let foreign = w.app.take_code_off(w.rival, fee).await;
        assert!(matches!(foreign, Err(FeeCodeError::NotFound)));
        w.receive("1", fee, 100, USD).await;
        let late = w.put(fee, "TEN").await;
        assert!(matches!(late, Err(FeeCodeError::NotNow { .. })), "{late:?}");
        assert_eq!(w.counts(ten).await, (0, 0));
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_purchase_that_comes_to_nothing_frees_its_code_and_a_retry_needs_it_again() {
    for database in databases() {
        let w = world_with(&database, true, |_| {}).await;
        let ten = w.code("TEN", TEN, limited(1)).await;
        w.server.plan(Step::Withdraw, &[Behaviour::Refuse]);
        let failed = match w.buy_with("TEN", Some("k")).await {
            Err(BuyError::Failed { bought, .. }) => bought.purchase,
            other => panic!("{other:?}"),
        };
        assert_eq!(failed.state, State::Failed);
        assert_eq!(failed.price, Money::new(44_910, USD));
        assert_eq!(w.counts(ten).await, (0, 0));
        w.assert_books().await;
        // Somebody else has it now.
        let fee = w.enroll(PAID).await.transaction_id;
        w.put(fee, "TEN").await.unwrap();
        let used_up = w.app.retry_purchase(w.trader, failed.id).await;
        assert!(used_up.is_err(), "{used_up:?}");
        w.app.take_code_off(w.trader, fee).await.unwrap();
        let bought = w.app.retry_purchase(w.trader, failed.id).await.unwrap();
        assert_eq!(bought.purchase.state, State::Active);
        assert_eq!(w.counts(ten).await, (0, 1));
        w.assert_books().await;
        // The key is that of this choice.
        let same = w.buy_with("ten", Some("k")).await.unwrap();
        assert!(same.idempotent);
        let other = w.buy_with("TWENTY", Some("k")).await;
        assert!(
            matches!(
                other,
                Err(BuyError::KeyConflict {
                    field: "promo_code"
                })
            ),
            "{other:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_use_has_one_winner() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let last = w.code("LAST", TEN, limited(1)).await;
        let mut fees = Vec::new();
        for _ in 0..4 {
            fees.push(w.enroll(PAID).await.transaction_id);
        }
        let mut asked = Vec::new();
        for fee in fees {
            let w = w.clone();
            asked.push(tokio::spawn(async move {
                match w.put(fee, "LAST").await {
                    Ok(_) => true,
                    Err(FeeCodeError::Refused(Refusal::UsedUp)) => false,
                    Err(error) => panic!("{error}"),
                }
            }));
        }
        for _ in 0..4 {
            let w = w.clone();
            asked.push(tokio::spawn(async move {
                match w.buy_with("LAST", None).await {
                    Ok(_) => true,
                    Err(BuyError::Promotion(Refusal::UsedUp)) => false,
                    Err(error) => panic!("{error}"),
                }
            }));
        }
        let mut winners = 0;
        for answer in asked {
            winners += i64::from(answer.await.unwrap());
        }
        assert_eq!(winners, 1, "{:?}", database.engine());
        let (reserved, used) = w.counts(last).await;
        assert_eq!(reserved + used, 1);
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_first_purchase_is_one_whatever_codes_are_used_for_it_at_once() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let first = || PromotionPatch {
            first_purchase_only: Some(true),
            ..PromotionPatch::default()
        };
        let names = ["FIRST-A", "FIRST-B", "FIRST-C"];
        for name in names {
            w.code(name, ALL, first()).await;
        }
        let asked = names.map(|name| {
            let w = w.clone();
            tokio::spawn(async move { w.buy_with(name, None).await })
        });
        let mut winners = 0;
        for answer in asked {
            match answer.await.unwrap() {
                Ok(_) => winners += 1,
                Err(BuyError::Promotion(Refusal::FirstPurchaseOnly)) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(winners, 1, "{:?}", database.engine());
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_free_program_is_no_first_purchase_and_takes_no_code() {
    for database in databases() {
        let w = world(&database).await;
        let patch = PromotionPatch {
            first_purchase_only: Some(true),
            customer_limit: Some(Some(1)),
            ..PromotionPatch::default()
        };
        w.code("FIRST", TEN, patch).await;
        w.enroll(FREE).await;
        let fee = w.enroll(PAID).await.transaction_id;
        w.put(fee, "FIRST").await.unwrap();
        let other = w.enroll(PAID).await.transaction_id;
        let again = w.put(other, "FIRST").await;
        assert!(
            matches!(again, Err(FeeCodeError::Refused(Refusal::UsedByCustomer))),
            "{again:?}"
        );
        let request = BuyRequest {
            program_id: FREE,
            payer_login: Login(100_001),
            idempotency_key: None,
            choice: Choice {
                promo_code: Some("FIRST".into()),
                ..Choice::default()
            },
        };
        let free = w.app.buy(w.trader, request).await;
        assert!(matches!(free, Err(BuyError::Promotion(_))), "{free:?}");
    }
}

#[tokio::test]
async fn staff_change_conditions_but_no_limit_below_what_is_used() {
    for database in databases() {
        let w = world(&database).await;
        let ten = w.code("TEN", TEN, limited(5)).await;
        for _ in 0..2 {
            let fee = w.enroll(PAID).await.transaction_id;
            w.put(fee, "TEN").await.unwrap();
        }
        let change = async |patch| w.app.change_promotion(w.admin, ten, patch).await;
        let low = change(limited(1)).await;
        assert!(matches!(low, Err(PromotionError::Fault(_))), "{low:?}");
        let low = PromotionPatch {
            customer_limit: Some(Some(1)),
            ..PromotionPatch::default()
        };
        let low = change(low).await;
        assert!(matches!(low, Err(PromotionError::Fault(_))), "{low:?}");
        assert_eq!(change(limited(2)).await.unwrap().total_limit, Some(2));
        let again = NewPromotion {
            code: "ten".into(),
            discount: TEN,
            patch: PromotionPatch::default(),
        };
        let again = w.app.add_promotion(w.admin, again).await;
        assert!(matches!(again, Err(PromotionError::Taken)), "{again:?}");
        let foreign = w.app.promotion(w.stranger, ten).await;
        assert!(matches!(foreign, Err(PromotionError::NotFound)));
        let programs = PromotionPatch {
            programs: Some(vec![PAID, crate::support::FOREIGN]),
            ..PromotionPatch::default()
        };
        let foreign = change(programs).await;
        assert!(
            matches!(foreign, Err(PromotionError::NoSuchProgram { index: 1 })),
            "{foreign:?}"
        );
        w.assert_books().await;
    }
}
