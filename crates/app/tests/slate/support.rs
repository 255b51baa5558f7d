//! The demo firm in a database of its own, with everybody signed in.

use std::sync::Arc;
use touchstone_app::App;
use touchstone_app::cashier::{PaymentNotice, PaymentOutcome, PaymentWhat};
use touchstone_app::check::check;
use touchstone_app::firm::demo;
use touchstone_app::identity::{Credential, CustomerCaller, StaffCaller};
use touchstone_app::keys::Keys;
use touchstone_app::ports::{
    Cashier, DemoCashier, ManualClock, Ports, ScriptedTradingServer, SeededRandom, TradingServer,
};
use touchstone_app::purchase::{EnrollError, EnrollRequest, Enrolled};
use touchstone_app::settings::Settings;
use touchstone_app::transactions::{Decision, TransactionError};
use touchstone_domain::challenge::Challenge;
use touchstone_domain::purchase::Purchase;
use touchstone_domain::transaction::Transaction;
use touchstone_domain::*;
use touchstone_store::repo::transaction_list::Filter;
use touchstone_store::repo::{self, sessions};
use touchstone_store::testing::TestDatabase;
use touchstone_store::{StoreError, Tx, params};

pub const START: UnixMicros = UnixMicros::from_seconds(1_778_160_000);
/// 499.00 USD, with two add-ons.
pub const PAID: ProgramId = ProgramId(1);
pub const FREE: ProgramId = ProgramId(2);
pub const DISABLED: ProgramId = ProgramId(3);
/// Sold by the other brand.
pub const FOREIGN: ProgramId = ProgramId(21);

pub struct World {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub server: Arc<ScriptedTradingServer>,
    pub trader: CustomerCaller,
    pub rival: CustomerCaller,
    pub admin: StaffCaller,
    /// Of the other brand.
    pub stranger: StaffCaller,
}

pub async fn world(database: &TestDatabase) -> World {
    world_with(database, false, |_| {}).await
}

pub async fn world_with(
    database: &TestDatabase,
    remote: bool,
    edit: impl FnOnce(&mut Settings),
) -> World {
    let clock = Arc::new(ManualClock::new(START));
    let server = Arc::new(ScriptedTradingServer::default());
    let store = database.store();
    demo::install(&store, Arc::new(SeededRandom::new(1)), START)
        .await
        .expect("the demo firm");
    store.write(sign_in).await.expect("sessions");
    let url = "http://127.0.0.1:8080".parse().expect("a URL");
    let ports = Ports {
        clock: clock.clone(),
        random: Arc::new(SeededRandom::new(2)),
        remote_trading: remote.then(|| server.clone() as Arc<dyn TradingServer>),
        cashier: Some(Arc::new(DemoCashier::new(url)) as Arc<dyn Cashier>),
    };
    let mut settings = Settings::default();
    settings.remote_trading.call_timeout_ms = 20;
    settings.remote_trading.calls_limit = 3;
    edit(&mut settings);
    let keys = Keys::new(&secrecy::SecretBox::new(Box::new([7; 32])));
    let app = App::new(store, ports, settings, keys)
        .await
        .expect("an app");
    let customer = |session, customer| CustomerCaller {
        session_id: SessionId(session),
        brand_id: BrandId(1),
        customer_id: CustomerId(customer),
    };
    let staff = |session, brand, staff| StaffCaller {
        credential: Credential::Session(SessionId(session)),
        brand_id: BrandId(brand),
        staff_id: StaffId(staff),
    };
    World {
        app,
        clock,
        server,
        trader: customer(1, 5),
        rival: customer(2, 6),
        admin: staff(3, 1, 1),
        stranger: staff(4, 2, 6),
    }
}

fn sign_in(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    use sessions::SubjectKind::{Customer, Staff};
    for (id, brand, subject_kind, subject_id) in [
        (1, 1, Customer, 5),
        (2, 1, Customer, 6),
        (3, 1, Staff, 1),
        (4, 2, Staff, 6),
    ] {
        let session = sessions::Session {
            id: SessionId(id),
            brand_id: BrandId(brand),
            subject_kind,
            subject_id,
            refresh_hash: None,
            refresh_generation: 0,
            expires_at: START.plus_seconds(86_400 * 365),
            revoked_at: None,
            created_at: START,
        };
        sessions::insert(tx, &session)?;
        tx.raise_counter(repo::counters::SESSION, id + 1)?;
    }
    Ok(())
}

pub fn request(program_id: ProgramId, addons: &[&str], key: Option<&str>) -> EnrollRequest {
    EnrollRequest {
        program_id,
        addon_codes: addons.iter().map(|code| (*code).to_owned()).collect(),
        idempotency_key: key.map(Into::into),
    }
}

impl World {
    pub async fn enroll(&self, program: ProgramId) -> Enrolled {
        self.try_enroll(program, &[]).await.expect("a journey")
    }

    pub async fn try_enroll(
        &self,
        program: ProgramId,
        addons: &[&str],
    ) -> Result<Enrolled, EnrollError> {
        self.app
            .enroll(self.trader, request(program, addons, None))
            .await
    }

    pub async fn decide(
        &self,
        id: TransactionId,
        decision: Decision,
    ) -> Result<Transaction, TransactionError> {
        let view = self
            .app
            .decide_transaction(self.admin, id, decision, String::new())
            .await?;
        Ok(view.transaction)
    }

    pub async fn approve(&self, id: TransactionId) -> Result<Transaction, TransactionError> {
        self.decide(id, Decision::Approve).await
    }

    /// A payment message with an id of its own.
    pub async fn receive(
        &self,
        event: &str,
        id: TransactionId,
        minor: i64,
        currency: Currency,
    ) -> PaymentOutcome {
        let what = PaymentWhat::Received(Money::new(minor, currency));
        self.app
            .receive_payment(notice(event, id, what))
            .await
            .expect("an answer")
            .outcome
    }

    pub async fn journey(&self, id: ChallengeId) -> (Purchase, Challenge, Account) {
        self.app
            .store
            .read(move |tx| {
                let challenge = repo::challenges::get(tx, id)?.expect("a challenge");
                let purchase =
                    repo::purchases::get(tx, challenge.purchase_id)?.expect("a purchase");
                let (account, _) =
                    repo::accounts::get(tx, challenge.account_login)?.expect("an account");
                Ok::<_, StoreError>((purchase, challenge, account))
            })
            .await
            .unwrap()
    }

    /// State of journey, purchase and account in one line.
    pub async fn stands(&self, id: ChallengeId) -> String {
        let (purchase, challenge, account) = self.journey(id).await;
        let account_state = match (account.enabled, account.closed_at) {
            (true, None) => "enabled",
            (false, None) => "inactive",
            (_, Some(_)) => "closed",
        };
        format!(
            "{} {} {account_state} {}",
            challenge.state.journey_status(),
            purchase.state.name(),
            account.balance_minor
        )
    }

    pub async fn transaction(&self, id: TransactionId) -> Transaction {
        self.app
            .store
            .read(move |tx| repo::transactions::get(tx, id))
            .await
            .unwrap()
            .expect("a transaction")
    }

    /// All transactions, oldest first, as `id type status amount came-in`.
    pub async fn transactions(&self) -> Vec<String> {
        let mut all = self
            .app
            .store
            .read(|tx| {
                let all = Filter::default();
                repo::transaction_list::page(tx, BrandId(1), &all, 1_000, 0)
            })
            .await
            .unwrap();
        all.reverse();
        all.iter()
            .map(|listed| {
                let t = &listed.transaction;
                format!(
                    "{} {} {} {} {} {}",
                    t.id,
                    t.kind.name(),
                    t.state.name(),
                    t.amount.fixed(),
                    t.amount.currency,
                    t.received_minor
                )
            })
            .collect()
    }

    /// What was posted since the firm was made, as `operation from>to amount currency transaction`.
    pub async fn postings(&self) -> Vec<String> {
        self.app
            .store
            .read(|tx| {
                tx.query(
                    "SELECT operation, from_account, to_account, amount_minor, currency, transaction_id
                     FROM entry WHERE at > $1 ORDER BY order_no",
                    params![START.0],
                    |row| {
                        Ok(format!(
                            "{} {}>{} {} {} {}",
                            row.text(0)?,
                            row.int(1)?,
                            row.int(2)?,
                            row.int(3)?,
                            row.text(4)?,
                            row.opt_int(5)?.map_or("-".into(), |id| id.to_string()),
                        ))
                    },
                )
            })
            .await
            .unwrap()
    }

    /// Every invariant holds.
    pub async fn assert_books(&self) {
        let report = self.app.store.read(|tx| check(tx, 100)).await.unwrap();
        assert!(report.is_clean(), "{report}");
    }
}

pub fn notice(event: &str, id: TransactionId, what: PaymentWhat) -> PaymentNotice {
    let mut body_hash = [0; 32];
    for (place, byte) in body_hash.iter_mut().zip(format!("{what:?}").bytes()) {
        *place = byte;
    }
    PaymentNotice {
        provider: "bank".into(),
        event_id: event.into(),
        transaction_id: id,
        what,
        body_hash,
    }
}
