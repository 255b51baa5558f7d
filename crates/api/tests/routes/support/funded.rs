//! A trader with a funded account that has made a profit.

use super::START;
use super::demo::DemoServer;
use super::desk::{CHALLENGE, LOGIN};
use serde_json::{Value, json};
use touchstone_app::StoreError;
use touchstone_app::desk::{Asked, Command, Origin};
use touchstone_domain::payout::{Payout, PayoutState, Trigger};
use touchstone_domain::*;
use touchstone_store::repo::{counters, payouts};

pub const FUNDED_LOGIN: i64 = 2_000_101;

impl DemoServer {
    /// The trader has paid 499 for a program that gives this back with the first payout, and holds an account whose
    /// balance is 100,994.22 where it began with 100,000.
    pub async fn funded(&self) {
        self.funded_with(json!({})).await;
    }

    /// As [`Self::funded`], where the program says this too.
    pub async fn funded_with(&self, more: Value) {
        let (staff, trader) = (self.staff(1).await, self.trader().await);
        let seed = self.uuid(EntityKind::Program, 1);
        let path = format!("/prop/templates/{seed}/clone");
        let clone = self.post(&staff, &path, &json!({"name": "Short"})).await;
        let id = clone.json()["id"].as_str().expect("an id").to_owned();
        let group = |place: usize| clone.json()["phases"][place]["group_id"].clone();
        let mut change = json!({
            "phases": [
                {"name": "Evaluation", "group_id": group(0), "profit_target_pct": 1, "max_loss_pct": 10},
                {"name": "Funded", "phase_type": "funded", "group_id": group(2), "max_loss_pct": 10,
                 "profit_split_pct": 80},
            ],
            "payout_min_trading_days": 1,
            "fee_refund_policy": "first_payout",
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            change[name] = value.clone();
        }
        let path = format!("/prop/templates/{id}");
        let changed = self.patch(&staff, &path, &change).await;
        assert_eq!(changed.status.as_u16(), 200, "{}", changed.body);
        let path = format!("/challenges/{id}/enroll");
        let enrolled = self.post(&trader, &path, &json!({})).await.json();
        let fee = enrolled["pending_tx_id"].as_str().expect("a fee");
        let path = format!("/transactions/{fee}/approve");
        self.patch(&staff, &path, &json!({})).await;
        self.price(110_000).await;
        self.ten_lots(2_000_100).await;
        self.price(110_200).await;
        self.ten_lots(FUNDED_LOGIN).await;
        self.price(110_317).await;
        let all = Asked {
            login: Login(FUNDED_LOGIN),
            client_id: None,
            command: Command::CloseAll { symbol: None },
            origin: Origin::Manual,
        };
        self.app.desk.command(all).await.expect("an answer");
    }

    /// Staff say that the trader is who he says.
    pub async fn verified(&self) {
        let staff = self.staff(1).await;
        let path = format!("/customers/{}/kyc", self.uuid(EntityKind::Customer, 5));
        let body = json!({"status": "approved", "reason": "papers"});
        let set = self
            .request(
                axum::http::Method::PUT,
                &staff,
                &path,
                Some(body.to_string()),
            )
            .await;
        assert_eq!(set.status.as_u16(), 200, "{}", set.body);
    }

    /// As [`Self::funded`] and [`Self::verified`], and he has asked for his payout.
    pub async fn asked_for_payout(&self) -> Value {
        self.funded().await;
        self.verified().await;
        let trader = self.trader().await;
        let asked = self
            .request(
                axum::http::Method::POST,
                &trader,
                "/challenges/me/payouts/request",
                None,
            )
            .await;
        assert_eq!(asked.status.as_u16(), 200, "{}", asked.body);
        asked.json()
    }
}

/// A payout of the account of challenge 12 that waits for staff, whatever its state is.
pub async fn waiting(server: &DemoServer) {
    let stored = server.app.store.write(|tx| {
        let payout = Payout {
            id: PayoutId(tx.next_id(counters::PAYOUT)?),
            brand_id: BrandId(1),
            customer_id: CustomerId(5),
            challenge_id: ChallengeId(CHALLENGE),
            phase_id: PhaseId(1),
            login: Login(LOGIN),
            state: PayoutState::Pending,
            trigger: Trigger::OnDemand,
            number: 1,
            cycle_from: START,
            cycle_to: START,
            currency: Currency::USD,
            profit_minor: 100,
            share: BasisPoints(8_000),
            trader_minor: 80,
            firm_minor: 20,
            fee_refund: None,
            conditions: "{}".into(),
            first_approved_by: None,
            approved_by: None,
            rejected_by: None,
            reason: String::new(),
            reference: String::new(),
            transaction_id: None,
            requested_at: START,
            approved_at: None,
            disbursing_at: None,
            ended_at: None,
            updated_at: START,
        };
        payouts::insert(tx, &payout)?;
        Ok::<_, StoreError>(())
    });
    stored.await.expect("a payout");
}
