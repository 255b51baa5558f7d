//! The demo firm after a busy day: a purchase in every state that a wallet's purchase can rest in.

use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_app::App;
use touchstone_app::check::{Report, check};
use touchstone_app::firm::demo;
use touchstone_app::identity::CustomerCaller;
use touchstone_app::keys::Keys;
use touchstone_app::ports::{Behaviour, ManualClock, Ports, ScriptedTradingServer, SeededRandom};
use touchstone_app::purchase::BuyRequest;
use touchstone_app::settings::Settings;
use touchstone_domain::purchase::{State, Step};
use touchstone_domain::{BrandId, CustomerId, Login, ProgramId, PurchaseId, SessionId, UnixMicros};
use touchstone_store::repo::{self, counters, sessions};
use touchstone_store::testing::TestDatabase;
use touchstone_store::{StoreError, Tx};

const NOW: UnixMicros = UnixMicros::from_seconds(1_778_160_000);
const PAID: ProgramId = ProgramId(1);
const FREE: ProgramId = ProgramId(2);
const WALLET: Login = Login(100_003);

pub struct World {
    pub app: App,
    server: Arc<ScriptedTradingServer>,
    rival: CustomerCaller,
    /// Purchases by the name of the state that they rest in, the paid ones first.
    pub purchases: BTreeMap<&'static str, PurchaseId>,
}

/// Everything that `touchstone check` has to understand.
pub async fn busy(database: &TestDatabase) -> World {
    let mut world = begin(database).await;
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
    world
}

async fn begin(database: &TestDatabase) -> World {
    let store = database.store();
    let clock = Arc::new(ManualClock::new(NOW));
    let random = Arc::new(SeededRandom::new(1));
    demo::install(&store, random.clone(), NOW).await.unwrap();
    let server = Arc::new(ScriptedTradingServer::default());
    let ports = Ports {
        clock,
        random,
        remote_trading: Some(server.clone()),
        cashier: None,
    };
    let mut settings = Settings::default();
    settings.remote_trading.call_timeout_ms = 20;
    let keys = Keys::new(&secrecy::SecretBox::new(Box::new([7; 32])));
    let app = App::new(store, ports, settings, keys).await.unwrap();
    let rival = app.store.write(sign_in).await.unwrap();
    World {
        app,
        server,
        rival,
        purchases: BTreeMap::new(),
    }
}

fn sign_in(tx: &mut Tx<'_>) -> Result<CustomerCaller, StoreError> {
    // A wallet that can pay for all of it.
    tx.execute(
        "UPDATE entry SET amount_minor = amount_minor * 10 WHERE login = 100003",
        &[],
    )?;
    tx.execute(
        "UPDATE account SET balance_minor = balance_minor * 10 WHERE login = 100003",
        &[],
    )?;
    let caller = CustomerCaller {
        session_id: SessionId(tx.next_id(counters::SESSION)?),
        brand_id: BrandId(1),
        customer_id: CustomerId(6),
    };
    sessions::insert(
        tx,
        &sessions::Session {
            id: caller.session_id,
            brand_id: caller.brand_id,
            subject_kind: sessions::SubjectKind::Customer,
            subject_id: caller.customer_id.0,
            refresh_hash: None,
            refresh_generation: 0,
            expires_at: NOW.plus_seconds(86_400),
            revoked_at: None,
            created_at: NOW,
        },
    )?;
    Ok(caller)
}

impl World {
    async fn buy(
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
            name => name.to_owned(),
        };
        assert_eq!(newest.state.name(), rests);
        self.purchases.insert(name, newest.id);
    }

    /// A second attempt leaves the first one's account behind.
    async fn retried(&mut self) {
        let refused = (Step::OpenAccount, Behaviour::Refuse);
        self.buy("free_failed", FREE, &[refused], None).await;
        let id = self.purchases["free_failed"];
        let bought = self.app.retry_purchase(self.rival, id).await.unwrap();
        assert_eq!(bought.purchase.state, State::Active);
        self.purchases.insert("retried", id);
        self.buy(
            "free_failed",
            FREE,
            &[(Step::Enable, Behaviour::Refuse)],
            None,
        )
        .await;
    }

    /// `:name` as the id of the purchase that rests in that state.
    pub fn named(&self, sql: &str) -> String {
        // Longer names first: one may begin like another.
        let mut names: Vec<_> = self.purchases.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        names.into_iter().fold(sql.to_owned(), |sql, (name, id)| {
            sql.replace(&format!(":{name}"), &id.to_string())
        })
    }

    pub async fn check(&self) -> Report {
        self.app.store.read(|tx| check(tx, 100)).await.unwrap()
    }

    pub async fn close(self) {
        self.app.store.close().await;
    }
}
