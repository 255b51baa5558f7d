//! The other half of the busy day: enrolments, grants, deposits and withdrawals in every state.

use crate::world::{NOW, World};
use touchstone_app::cashier::{PaymentNotice, PaymentWhat};
use touchstone_app::ports::Behaviour;
use touchstone_app::purchase::{EnrollRequest, GrantRequest};
use touchstone_app::transactions::Decision;
use touchstone_domain::purchase::{State, Step};
use touchstone_domain::transaction::{Transaction, TransactionKind, TransactionState};
use touchstone_domain::{
    BrandId, ChallengeId, Currency, CustomerId, Login, Money, ProgramId, PurchaseId, TransactionId,
};
use touchstone_store::repo::{self, counters};
use touchstone_store::{StoreError, Tx};

const FREE: ProgramId = ProgramId(2);
/// 499.00 USD.
const FEE: i64 = 49_900;

/// An enrolment with its payment.
#[derive(Clone, Copy)]
struct Journey {
    purchase: PurchaseId,
    challenge: ChallengeId,
    fee: TransactionId,
}

impl World {
    pub async fn have_payments(&mut self) {
        self.enrolments().await;
        self.journeys_that_end().await;
        self.undelivered().await;
        self.wallets().await;
    }

    async fn enrolments(&mut self) {
        let waiting = self
            .enrol("c_waiting", ProgramId(1), &["no_time_limit"])
            .await;
        self.rests(waiting, State::AwaitingPayment).await;
        let part = self.enrol("c_underpaid", ProgramId(1), &[]).await;
        self.pay(part.fee, 10_000).await;
        self.rests(part, State::AwaitingPayment).await;
        let paid = self
            .enrol(
                "c_active",
                ProgramId(1),
                &["no_time_limit", "profit_split_90"],
            )
            .await;
        self.pay(paid.fee, 10_000).await;
        self.pay(paid.fee, FEE + 5_000 + 4_990 - 10_000).await;
        self.rests(paid, State::Active).await;
        // Everything was settled; this is too late and too much.
        self.pay(paid.fee, 700).await;
        let over = self.enrol("c_overpaid", ProgramId(1), &[]).await;
        self.pay(over.fee, FEE + 123).await;
        self.rests(over, State::Active).await;
        let waived = self.enrol("c_waived", ProgramId(1), &[]).await;
        self.pay(waived.fee, 30_000).await;
        self.decide(waived.fee, Decision::Approve).await;
        self.rests(waived, State::Active).await;
        let vouched = self.enrol("c_vouched", ProgramId(4), &[]).await;
        self.decide(vouched.fee, Decision::Approve).await;
        self.pay(vouched.fee, 45_900).await;
        self.rests(vouched, State::Active).await;
        let free = self.enrol("c_free", FREE, &[]).await;
        self.rests(free, State::Active).await;
        let granted = self.grant("c_granted").await;
        self.pay(granted.fee, FEE).await;
        self.rests(granted, State::Active).await;
    }

    async fn journeys_that_end(&mut self) {
        let declined = self.enrol("c_abandoned", ProgramId(1), &[]).await;
        self.decide(declined.fee, Decision::Decline).await;
        self.rests(declined, State::Abandoned).await;
        let part = self.enrol("c_refund_due", ProgramId(1), &[]).await;
        self.pay(part.fee, 20_000).await;
        self.decide(part.fee, Decision::Decline).await;
        self.rests(part, State::RefundDue).await;
        let late = self.enrol("c_refunded", ProgramId(1), &[]).await;
        self.app
            .cancel_journey(self.admin, late.challenge, "a mistake".into())
            .await
            .unwrap();
        self.pay(late.fee, FEE).await;
        self.rests(late, State::RefundDue).await;
        self.pay_refunds_of(late).await;
        self.rests(late, State::Refunded).await;
        let foreign = self.enrol("c_foreign", ProgramId(1), &[]).await;
        self.pay_in(foreign.fee, Money::new(5_000, Currency::EUR))
            .await;
        self.rests(foreign, State::AwaitingPayment).await;
    }

    async fn undelivered(&mut self) {
        self.server.plan(Step::OpenAccount, &[Behaviour::Refuse]);
        let refused = self.enrol("c_undelivered", ProgramId(1), &[]).await;
        self.pay(refused.fee, FEE).await;
        self.rests(refused, State::RefundDue).await;
        self.server.plan(Step::Enable, &[Behaviour::Refuse]);
        let undone = self.enrol("c_undone", ProgramId(1), &[]).await;
        self.pay(undone.fee, FEE).await;
        self.rests(undone, State::RefundDue).await;
        self.pay_refunds_of(undone).await;
        self.rests(undone, State::Refunded).await;
        self.server.plan(Step::GrantBalance, &[Behaviour::LoseCall]);
        let midway = self.enrol("c_midway", ProgramId(1), &[]).await;
        self.pay(midway.fee, FEE).await;
        self.rests(midway, State::Doing(Step::GrantBalance)).await;
        self.server.plan(Step::Enable, &[Behaviour::Refuse]);
        let free = self.enrol("c_free_failed", FREE, &[]).await;
        self.rests(free, State::Failed).await;
    }

    async fn wallets(&mut self) {
        let open = self.wish(TransactionKind::Deposit, 5_000).await;
        self.pay(open, 1_000).await;
        let deposit = self.wish(TransactionKind::Deposit, 5_000).await;
        self.pay(deposit, 5_100).await;
        let waived = self.wish(TransactionKind::Deposit, 5_000).await;
        self.pay(waived, 4_000).await;
        self.decide(waived, Decision::Approve).await;
        let declined = self.wish(TransactionKind::Deposit, 5_000).await;
        self.pay(declined, 4_000).await;
        self.decide(declined, Decision::Decline).await;
        self.wish(TransactionKind::Withdrawal, 3_000).await;
        let paid_out = self.wish(TransactionKind::Withdrawal, 2_000).await;
        self.decide(paid_out, Decision::Approve).await;
        let refused = self.wish(TransactionKind::Withdrawal, 1_000).await;
        self.decide(refused, Decision::Decline).await;
        for (name, id) in [
            ("t_open", open),
            ("t_deposit", deposit),
            ("t_waived", waived),
            ("t_paid_out", paid_out),
            ("t_refused", refused),
        ] {
            self.names.insert(name, id.0);
        }
    }

    async fn enrol(&mut self, name: &'static str, program: ProgramId, addons: &[&str]) -> Journey {
        let request = EnrollRequest {
            program_id: program,
            addon_codes: addons.iter().map(|code| (*code).to_owned()).collect(),
            idempotency_key: None,
        };
        let enrolled = self.app.enroll(self.rival, request).await.unwrap();
        self.began(name, enrolled.challenge_id, enrolled.transaction_id)
            .await
    }

    async fn grant(&mut self, name: &'static str) -> Journey {
        let request = GrantRequest {
            customer_id: CustomerId(6),
            program_id: ProgramId(1),
            addon_codes: Vec::new(),
            reason: "a gift".into(),
        };
        let granted = self.app.grant(self.admin, request).await.unwrap();
        self.began(name, granted.challenge_id, granted.transaction_id)
            .await
    }

    async fn began(
        &mut self,
        name: &'static str,
        challenge: ChallengeId,
        fee: TransactionId,
    ) -> Journey {
        let purchase = self
            .app
            .store
            .read(move |tx| repo::challenges::get(tx, challenge))
            .await
            .unwrap()
            .unwrap()
            .purchase_id;
        self.names.insert(name, purchase.0);
        Journey {
            purchase,
            challenge,
            fee,
        }
    }

    async fn pay(&mut self, id: TransactionId, minor: i64) {
        let currency = self.transaction(id).await.amount.currency;
        self.pay_in(id, Money::new(minor, currency)).await;
    }

    async fn pay_in(&mut self, id: TransactionId, amount: Money) {
        self.told += 1;
        let notice = PaymentNotice {
            provider: "bank".into(),
            event_id: format!("event-{}", self.told),
            transaction_id: id,
            what: PaymentWhat::Received(amount),
            body_hash: [0; 32],
        };
        self.app.receive_payment(notice).await.unwrap();
    }

    async fn decide(&self, id: TransactionId, decision: Decision) {
        self.app
            .decide_transaction(self.admin, id, decision, String::new())
            .await
            .unwrap();
    }

    async fn pay_refunds_of(&self, journey: Journey) {
        let all = self
            .app
            .store
            .read(move |tx| repo::transactions::of_purchase(tx, CustomerId(6), journey.purchase))
            .await
            .unwrap();
        for refund in all.iter().filter(|t| t.kind.is_refund()) {
            self.decide(refund.id, Decision::Approve).await;
        }
    }

    async fn transaction(&self, id: TransactionId) -> Transaction {
        self.app
            .store
            .read(move |tx| repo::transactions::get(tx, id))
            .await
            .unwrap()
            .unwrap()
    }

    /// Waits until the purchase rests there: a driver may still be at work on it.
    async fn rests(&self, journey: Journey, state: State) {
        let mut events = self.app.store.subscribe();
        let rest = async {
            loop {
                events.borrow_and_update();
                let purchase = self
                    .app
                    .store
                    .read(move |tx| repo::purchases::get(tx, journey.purchase))
                    .await
                    .unwrap()
                    .unwrap();
                if purchase.state == state {
                    return;
                }
                events.changed().await.unwrap();
            }
        };
        let limit = std::time::Duration::from_secs(20);
        assert!(
            tokio::time::timeout(limit, rest).await.is_ok(),
            "purchase {} never came to {state:?}",
            journey.purchase
        );
    }

    /// A deposit or withdrawal on the wallet that waits.
    async fn wish(&self, kind: TransactionKind, minor: i64) -> TransactionId {
        self.app
            .store
            .write(move |tx| wish_in(tx, kind, minor))
            .await
            .unwrap()
    }
}

fn wish_in(
    tx: &mut Tx<'_>,
    kind: TransactionKind,
    minor: i64,
) -> Result<TransactionId, StoreError> {
    let wallet = Login(100_003);
    let id = TransactionId(tx.next_id(counters::TRANSACTION)?);
    let wanted = Transaction {
        id,
        brand_id: BrandId(1),
        customer_id: CustomerId(6),
        kind,
        state: TransactionState::Pending,
        amount: Money::new(minor, Currency::USD),
        received_minor: 0,
        login: Some(wallet),
        purchase_id: None,
        related_id: None,
        source: "customer".into(),
        comment: String::new(),
        cashier_id: None,
        approved_by: None,
        order: None,
        created_at: NOW,
        updated_at: NOW,
        approved_at: None,
        declined_at: None,
    };
    repo::transactions::insert(tx, &wanted)?;
    if kind == TransactionKind::Withdrawal {
        repo::accounts::add_hold(tx, wallet, minor)?;
    }
    Ok(id)
}
