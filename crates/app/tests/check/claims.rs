//! Fees that went away again in every way, and what staff did to a wallet by hand.

use crate::failing::fail;
use crate::world::{NOW, PAID, WALLET, World};
use touchstone_app::claims::{ClaimOn, RefundAsk};
use touchstone_app::purchase::EnrollRequest;
use touchstone_app::transactions::{Decision, ManualRequest};
use touchstone_domain::PurchaseId;
use touchstone_domain::claim::{ClaimEffect, FeeState};
use touchstone_domain::transaction::TransactionKind;
use touchstone_store::repo;

impl World {
    pub async fn have_claims(&mut self) {
        self.buy("fee_back", PAID, &[], None).await;
        self.give_back("fee_back").await;
        for name in ["fee_owed", "fee_returned"] {
            self.enrolled(name).await;
            let refund = self.give_back(name).await;
            if name == "fee_returned" {
                let refund = refund.expect("a record");
                let approve = Decision::Approve;
                let paid = self
                    .app
                    .decide_transaction(self.admin, refund, approve, "x".into());
                paid.await.unwrap();
            }
        }
        for name in ["disputed", "won", "lost_for_good"] {
            let fee = self.enrolled(name).await;
            if name == "lost_for_good" {
                self.fail(PurchaseId(self.names[name])).await;
            }
            let effect = match name {
                "lost_for_good" => ClaimEffect::End,
                _ => ClaimEffect::Suspend,
            };
            let taken = self
                .app
                .charge_back(self.admin, fee, effect, "fraud".into());
            taken.await.unwrap();
            if name == "won" {
                let won = self.app.reverse_chargeback(self.admin, fee, "won".into());
                won.await.unwrap();
            }
        }
        for (name, state) in [
            ("fee_back", FeeState::Refunded),
            ("fee_owed", FeeState::RefundDue),
            ("fee_returned", FeeState::Refunded),
            ("disputed", FeeState::ChargedBack),
            ("won", FeeState::Earned),
            ("lost_for_good", FeeState::ChargedBack),
        ] {
            let id = PurchaseId(self.names[name]);
            let read = self.app.store.read(move |tx| repo::purchases::get(tx, id));
            assert_eq!(read.await.unwrap().unwrap().fee_state, state, "{name}");
        }
        let credit = self.by_hand(TransactionKind::CorrectionIn, true).await;
        let undone = self
            .app
            .reverse_manual_transaction(self.admin, credit, "x".into());
        undone.await.unwrap();
        self.names.insert("credit", credit.0);
        self.by_hand(TransactionKind::CorrectionOut, false).await;
    }

    async fn fail(&self, id: PurchaseId) {
        let failed = self.app.store.write(move |tx| {
            let bought = repo::purchases::get(tx, id)?.expect("a purchase");
            fail(tx, bought.challenge_id.expect("a challenge"), NOW)
        });
        failed.await.unwrap();
    }

    /// Its fee, which is approved.
    async fn enrolled(&mut self, name: &'static str) -> touchstone_domain::TransactionId {
        let request = EnrollRequest {
            program_id: PAID,
            addon_codes: Vec::new(),
            idempotency_key: None,
        };
        let enrolled = self.app.enroll(self.rival, request).await.unwrap();
        let fee = enrolled.transaction_id;
        let approve = Decision::Approve;
        let paid = self
            .app
            .decide_transaction(self.admin, fee, approve, String::new());
        let purchase = paid.await.unwrap().transaction.purchase_id;
        self.names.insert(name, purchase.expect("a purchase").0);
        fee
    }

    /// A challenge that runs is called off by the desk alone: this one has failed.
    pub async fn give_back(&self, name: &str) -> Option<touchstone_domain::TransactionId> {
        let id = PurchaseId(self.names[name]);
        self.fail(id).await;
        let on = ClaimOn::Purchase(id);
        let ask = RefundAsk {
            reason: "goodwill".into(),
            is_override: true,
            amount: Some("400".into()),
        };
        let refunded = self.app.refund_fee(self.admin, on, ask).await.unwrap();
        refunded.claim.transaction_id
    }

    async fn by_hand(
        &self,
        kind: TransactionKind,
        is_approved: bool,
    ) -> touchstone_domain::TransactionId {
        let request = ManualRequest {
            login: WALLET,
            kind,
            amount: "12.34".into(),
            currency: None,
            comment: "a reason".into(),
            payment_data: None,
            is_approved,
        };
        let made = self.app.make_manual_transaction(self.admin, request).await;
        made.unwrap().transaction.id
    }
}
