//! The demo firm after a busy day: a purchase in every state that one can rest in.

use crate::failing::fail;
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_app::App;
use touchstone_app::check::{Report, check};
use touchstone_app::firm::demo;
use touchstone_app::identity::{Credential, CustomerCaller, StaffCaller};
use touchstone_app::keys::Keys;
use touchstone_app::ports::{
    Behaviour, ManualClock, Ports, ScriptedTradingServer, SeededRandom, TradingServer,
};
use touchstone_app::promotions::{NewPromotion, PromotionPatch};
use touchstone_app::purchase::{BuyError, BuyRequest, Choice, EnrollRequest};
use touchstone_app::settings::Settings;
use touchstone_app::transactions::Decision;
use touchstone_domain::promotion::Discount;
use touchstone_domain::purchase::{State, Step};
use touchstone_domain::{
    BasisPoints, BrandId, Currency, CustomerId, Login, Money, ProgramId, PurchaseId, SessionId,
    StaffId, UnixMicros,
};
use touchstone_store::repo::sessions::SubjectKind;
use touchstone_store::repo::{self, counters, sessions};
use touchstone_store::testing::TestDatabase;
use touchstone_store::{StoreError, Tx};

pub const NOW: UnixMicros = UnixMicros::from_seconds(1_778_160_000);
pub const PAID: ProgramId = ProgramId(1);
const FREE: ProgramId = ProgramId(2);
pub const WALLET: Login = Login(100_003);

pub struct World {
    pub app: App,
    pub server: Arc<ScriptedTradingServer>,
    pub rival: CustomerCaller,
    pub admin: StaffCaller,
    /// Keys of purchases by the state that they rest in, and of what else a case wants.
    pub names: BTreeMap<&'static str, i64>,
    /// Messages of cashiers so far.
    pub told: u64,
}

/// Everything that `touchstone check` has to understand.
pub async fn busy(database: &TestDatabase) -> World {
    let mut world = begin(database, true).await;
    world.buy("active", PAID, &[], Some("key-1")).await;
    world.buy("free", FREE, &[], None).await;
    world
        .buy("failed", PAID, &[(Step::Withdraw, Behaviour::Refuse)], None)
        .await;
    world
        .buy(
            "refunded",
            PAID,
            &[(Step::OpenAccount, Behaviour::Refuse)],
            None,
        )
        .await;
    world
        .buy(
            "rolled_back",
            PAID,
            &[(Step::Enable, Behaviour::Refuse)],
            None,
        )
        .await;
    world
        .buy(
            "free_failed",
            FREE,
            &[(Step::Enable, Behaviour::Refuse)],
            None,
        )
        .await;
    for (name, step) in [
        ("withdraw", Step::Withdraw),
        ("open_account", Step::OpenAccount),
        ("grant_balance", Step::GrantBalance),
        ("enable", Step::Enable),
    ] {
        world
            .buy(name, PAID, &[(step, Behaviour::LoseCall)], None)
            .await;
    }
    let refused = (Step::Enable, Behaviour::Refuse);
    for (name, step) in [
        ("stuck:take_back_balance", Step::TakeBackBalance),
        ("stuck:close_account", Step::CloseAccount),
        ("stuck:refund", Step::Refund),
    ] {
        world
            .buy(name, PAID, &[refused, (step, Behaviour::Refuse)], None)
            .await;
    }
    world.retried().await;
    world.have_payments().await;
    world.have_resets().await;
    world.have_codes().await;
    world.have_claims().await;
    world.have_conversions().await;
    world
}

/// The demo firm before anybody came, on its own trading server.
pub async fn quiet(database: &TestDatabase) -> World {
    begin(database, false).await
}

async fn begin(database: &TestDatabase, remote: bool) -> World {
    let store = database.store();
    let clock = Arc::new(ManualClock::new(NOW));
    let random = Arc::new(SeededRandom::new(1));
    demo::install(&store, random.clone(), NOW).await.unwrap();
    let server = Arc::new(ScriptedTradingServer::default());
    let ports = Ports {
        clock,
        random,
        remote_trading: remote.then(|| server.clone() as Arc<dyn TradingServer>),
        cashier: None,
    };
    let mut settings = Settings::default();
    settings.remote_trading.call_timeout_ms = 20;
    settings.pending_journeys_limit = 100;
    let keys = Keys::new(&secrecy::SecretBox::new(Box::new([7; 32])));
    let app = App::new(store, ports, settings, keys).await.unwrap();
    let (rival, admin) = app.store.write(sign_in).await.unwrap();
    World {
        app,
        server,
        rival,
        admin,
        names: BTreeMap::new(),
        told: 0,
    }
}

fn sign_in(tx: &mut Tx<'_>) -> Result<(CustomerCaller, StaffCaller), StoreError> {
    // A wallet that can pay for all of it.
    tx.execute(
        "UPDATE entry SET amount_minor = amount_minor * 10 WHERE login = 100003",
        &[],
    )?;
    tx.execute(
        "UPDATE account SET balance_minor = balance_minor * 10 WHERE login = 100003",
        &[],
    )?;
    let brand_id = BrandId(1);
    let rival = CustomerCaller {
        session_id: session(tx, SubjectKind::Customer, 6)?,
        brand_id,
        customer_id: CustomerId(6),
    };
    let admin = StaffCaller {
        credential: Credential::Session(session(tx, SubjectKind::Staff, 1)?),
        brand_id,
        staff_id: StaffId(1),
    };
    Ok((rival, admin))
}

fn session(
    tx: &mut Tx<'_>,
    subject_kind: SubjectKind,
    subject_id: i64,
) -> Result<SessionId, StoreError> {
    let id = SessionId(tx.next_id(counters::SESSION)?);
    let session = sessions::Session {
        id,
        brand_id: BrandId(1),
        subject_kind,
        subject_id,
        refresh_hash: None,
        refresh_generation: 0,
        expires_at: NOW.plus_seconds(86_400),
        revoked_at: None,
        created_at: NOW,
    };
    sessions::insert(tx, &session)?;
    Ok(id)
}

impl World {
    pub async fn buy(
        &mut self,
        name: &'static str,
        program_id: ProgramId,
        plan: &[(Step, Behaviour)],
        key: Option<&str>,
    ) {
        for (step, behaviour) in plan {
            self.server.plan(*step, &[*behaviour]);
        }
        let request = BuyRequest {
            program_id,
            payer_login: WALLET,
            idempotency_key: key.map(str::to_owned),
            choice: Choice::default(),
        };
        // The answer of a purchase that failed is an error; its row tells.
        let _ = self.app.buy(self.rival, request).await;
        let newest = self
            .app
            .store
            .read(|tx| repo::purchases::of_customer(tx, CustomerId(6), PurchaseId(i64::MAX), 1))
            .await
            .unwrap()
            .remove(0);
        let rests = match name {
            "free" => State::Active.name(),
            "rolled_back" => State::Refunded.name(),
            "free_failed" => State::Failed.name(),
            "lost" | "parked" | "fee_back" | "fx_back" => State::Active.name(),
            name => name.trim_start_matches("fx_").to_owned(),
        };
        assert_eq!(newest.state.name(), rests);
        self.names.insert(name, newest.id.0);
    }

    /// One attempt that was reset, and one whose reset waits for its fee.
    async fn have_resets(&mut self) {
        for (bought, reset, is_paid) in [("lost", "reset", true), ("parked", "waiting", false)] {
            self.buy(bought, PAID, &[], None).await;
            let id = self.names[bought];
            let read = self.app.store.read(move |tx| {
                let bought = repo::purchases::get(tx, PurchaseId(id))?.expect("a purchase");
                Ok::<_, StoreError>(bought.challenge_id.expect("a challenge"))
            });
            let challenge = read.await.unwrap();
            let failed = self.app.store.write(move |tx| fail(tx, challenge, NOW));
            failed.await.unwrap();
            let begun = self
                .app
                .reset_journey(self.admin, challenge, "a chance".into());
            let fee = begun.await.unwrap().pending.expect("a fee");
            if is_paid {
                let paid =
                    self.app
                        .decide_transaction(self.admin, fee, Decision::Approve, String::new());
                paid.await.unwrap();
            }
            let read = self
                .app
                .store
                .read(move |tx| repo::purchases::resets_of(tx, challenge));
            let made = read.await.unwrap().pop().expect("a reset");
            let rests = if is_paid {
                State::Active
            } else {
                State::AwaitingPayment
            };
            assert_eq!(made.state, rests);
            self.names.insert(reset, made.id.0);
        }
    }

    /// A code of which one use is used, one held and one free again, and another one that nothing is left of a price with.
    async fn have_codes(&mut self) {
        for (code, discount) in [
            ("TEN", Discount::Percent(BasisPoints(1_000))),
            ("GIFT", Discount::Fixed(Money::new(100_000, Currency::USD))),
        ] {
            let new = NewPromotion {
                code: code.into(),
                discount,
                patch: PromotionPatch {
                    total_limit: Some(Some(2)),
                    customer_limit: Some(Some(2)),
                    ..PromotionPatch::default()
                },
            };
            let made = self.app.add_promotion(self.admin, new).await.unwrap();
            self.names
                .insert(if code == "TEN" { "ten" } else { "gift" }, made.id.0);
        }
        for (name, code, step) in [
            ("ten_freed", "TEN", Some(Step::OpenAccount)),
            ("ten_used", "ten ", None),
            ("gift_used", "GIFT", None),
        ] {
            if let Some(step) = step {
                self.server.plan(step, &[Behaviour::Refuse]);
            }
            let request = BuyRequest {
                program_id: PAID,
                payer_login: WALLET,
                idempotency_key: None,
                choice: Choice {
                    promo_code: Some(code.into()),
                    ..Choice::default()
                },
            };
            let bought = self.app.buy(self.rival, request).await;
            let purchase = match bought {
                Ok(bought) => bought.purchase,
                Err(BuyError::Failed { bought, .. }) => bought.purchase,
                Err(error) => panic!("{error}"),
            };
            let wanted = match step {
                Some(_) => State::Refunded,
                None => State::Active,
            };
            assert_eq!(purchase.state, wanted);
            self.names.insert(name, purchase.id.0);
        }
        let request = EnrollRequest {
            program_id: PAID,
            addon_codes: vec!["profit_split_90".into()],
            idempotency_key: None,
        };
        let fee = self
            .app
            .enroll(self.rival, request)
            .await
            .unwrap()
            .transaction_id;
        let first = self.app.put_code(self.rival, fee, "gift".into()).await;
        assert_eq!(first.unwrap().purchase.state, State::Active);
        let request = EnrollRequest {
            program_id: PAID,
            addon_codes: Vec::new(),
            idempotency_key: None,
        };
        let fee = self
            .app
            .enroll(self.rival, request)
            .await
            .unwrap()
            .transaction_id;
        let held = self
            .app
            .put_code(self.rival, fee, "Ten".into())
            .await
            .unwrap();
        self.names.insert("ten_held", held.purchase.id.0);
    }

    /// One customer's errands, again and again.
    pub async fn shop(self: Arc<Self>, times: usize) {
        let buy = |program_id| BuyRequest {
            program_id,
            payer_login: WALLET,
            idempotency_key: None,
            choice: Choice::default(),
        };
        for _ in 0..times {
            self.app.buy(self.rival, buy(FREE)).await.unwrap();
            // The wallet is empty at some time.
            let _ = self.app.buy(self.rival, buy(PAID)).await;
            let request = EnrollRequest {
                program_id: PAID,
                addon_codes: Vec::new(),
                idempotency_key: None,
            };
            let enrolled = self.app.enroll(self.rival, request).await.unwrap();
            let decision = match enrolled.transaction_id.0 % 3 {
                0 => Decision::Decline,
                _ => Decision::Approve,
            };
            self.app
                .decide_transaction(self.admin, enrolled.transaction_id, decision, String::new())
                .await
                .unwrap();
        }
    }

    pub async fn run(&self, sql: &'static str) {
        self.app
            .store
            .write(move |tx| -> Result<u64, StoreError> { tx.execute(sql, &[]) })
            .await
            .unwrap();
    }

    /// A second attempt leaves the first one's account behind.
    async fn retried(&mut self) {
        let refused = (Step::OpenAccount, Behaviour::Refuse);
        self.buy("free_failed", FREE, &[refused], None).await;
        let id = PurchaseId(self.names["free_failed"]);
        let bought = self.app.retry_purchase(self.rival, id).await.unwrap();
        assert_eq!(bought.purchase.state, State::Active);
        self.names.insert("retried", id.0);
        self.buy(
            "free_failed",
            FREE,
            &[(Step::Enable, Behaviour::Refuse)],
            None,
        )
        .await;
    }

    pub async fn check(&self) -> Report {
        self.app.store.read(|tx| check(tx, 100)).await.unwrap()
    }

    pub async fn close(self) {
        self.app.store.close().await;
    }
}
