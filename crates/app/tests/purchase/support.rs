//! A small firm in a database of its own.

use std::sync::Arc;
use touchstone_app::App;
use touchstone_app::check::check;
use touchstone_app::identity::CustomerCaller;
use touchstone_app::keys::Keys;
use touchstone_app::ports::{
    ManualClock, Ports, ScriptedTradingServer, SeededRandom, TradingServer,
};
use touchstone_app::settings::Settings;
use touchstone_domain::ledger::{ApiData, Entry, EntryHead, Operation};
use touchstone_domain::program::{
    PhaseType, Program, ProgramStatus, ProgramVersion, StepTerms, Terms,
};
use touchstone_domain::*;
use touchstone_store::repo::{self, brands::Brand, counters, customers::Customer, sessions};
use touchstone_store::testing::TestDatabase;
use touchstone_store::{StoreError, Tx};

pub const START: UnixMicros = UnixMicros::from_seconds(1_778_160_000);
pub const BRAND: BrandId = BrandId(1);
pub const PAYER: Login = Login(100_001);
pub const PAID: ProgramId = ProgramId(1);
pub const FREE: ProgramId = ProgramId(2);

pub struct World {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub server: Arc<ScriptedTradingServer>,
    pub customer: CustomerCaller,
}

/// A firm with one customer, 1,200.00 USD in his wallet, and two programs.
pub async fn world(database: &TestDatabase, remote: bool) -> World {
    let clock = Arc::new(ManualClock::new(START));
    let server = Arc::new(ScriptedTradingServer::default());
    let app = app(
        database,
        &clock,
        remote.then(|| server.clone() as Arc<dyn TradingServer>),
    )
    .await;
    app.store.write(seed).await.expect("a seeded firm");
    let customer = CustomerCaller {
        session_id: SessionId(1),
        brand_id: BRAND,
        customer_id: CustomerId(5),
    };
    World {
        app,
        clock,
        server,
        customer,
    }
}

pub async fn app(
    database: &TestDatabase,
    clock: &Arc<ManualClock>,
    remote_trading: Option<Arc<dyn TradingServer>>,
) -> App {
    let ports = Ports {
        clock: clock.clone(),
        random: Arc::new(SeededRandom::new(1)),
        remote_trading,
        cashier: None,
    };
    let mut settings = Settings::default();
    settings.remote_trading.call_timeout_ms = 20;
    settings.remote_trading.calls_limit = 3;
    let keys = Keys::new(&secrecy::SecretBox::new(Box::new([7; 32])));
    App::new(database.store(), ports, settings, keys)
        .await
        .expect("an app")
}

fn seed(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for (counter, next) in [
        (counters::BRAND, 2),
        (counters::CUSTOMER, 6),
        (counters::SESSION, 2),
        (counters::GROUP, 3),
        (counters::PROGRAM, 3),
        (counters::PROGRAM_VERSION, 3),
        (counters::PURCHASE, 10),
        (counters::CHALLENGE, 12),
        (counters::LOGIN, 2_000_100),
        (counters::ORDER, 500_100),
    ] {
        tx.raise_counter(counter, next)?;
    }
    repo::brands::insert(
        tx,
        &Brand {
            id: BRAND,
            name: "brand-a".into(),
            can_open_demo: true,
            can_open_real: true,
            kyc_required_for_real: false,
            staff_totp_required: false,
            created_at: START,
        },
    )?;
    repo::customers::insert(
        tx,
        &Customer {
            id: CustomerId(5),
            brand_id: BRAND,
            email: "trader@demo.test".into(),
            password_hash: None,
            first_name: "Tess".into(),
            last_name: "Trader".into(),
            phone: String::new(),
            country: String::new(),
            registration_source: "organic".into(),
            enabled: true,
            created_at: START,
            updated_at: START,
            last_login_at: None,
            owner_id: None,
            erased_at: None,
        },
    )?;
    sessions::insert(
        tx,
        &sessions::Session {
            id: SessionId(1),
            brand_id: BRAND,
            subject_kind: sessions::SubjectKind::Customer,
            subject_id: 5,
            refresh_hash: None,
            refresh_generation: 0,
            expires_at: START.plus_seconds(86_400 * 365),
            revoked_at: None,
            created_at: START,
        },
    )?;
    seed_group(tx, 1, "REAL-USD", AccountMode::Real, 0)?;
    seed_group(tx, 2, "PROP-DEMO-100K", AccountMode::Demo, 10_000_000)?;
    seed_wallet(tx)?;
    seed_program(tx, PAID, 49_900)?;
    seed_program(tx, FREE, 0)
}

impl World {
    /// Every invariant holds.
    pub async fn assert_whole(&self) {
        let report = self.app.store.read(|tx| check(tx, 100)).await.unwrap();
        assert!(report.is_clean(), "{report}");
    }
}

fn seed_group(
    tx: &mut Tx<'_>,
    id: i64,
    name: &str,
    mode: AccountMode,
    deposit: i64,
) -> Result<(), StoreError> {
    repo::groups::insert(
        tx,
        &Group {
            id: GroupId(id),
            brand_id: BRAND,
            name: name.into(),
            mode,
            currency: Currency::USD,
            leverage: 100,
            default_deposit_minor: deposit,
            enabled: true,
            public_opening: false,
            max_positions: 0,
        },
    )
}

fn seed_wallet(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    repo::accounts::insert(
        tx,
        &Account {
            login: PAYER,
            brand_id: BRAND,
            customer_id: CustomerId(5),
            group_id: GroupId(1),
            kind: AccountKind::Personal,
            currency: Currency::USD,
            leverage: 100,
            enabled: true,
            balance_minor: 0,
            held_minor: 0,
            created_at: START,
            closed_at: None,
            must_change_password: true,
        },
        None,
    )?;
    let head = EntryHead {
        order: OrderNo(1),
        brand_id: BRAND,
        at: START,
    };
    let amount = Money::new(120_000, Currency::USD);
    let entry = Entry::new(
        head,
        Operation::OpeningBalance,
        Some(PAYER),
        amount,
        &ApiData::default(),
    )
    .expect("a good entry");
    repo::ledger::post(tx, &entry)
}

fn seed_program(tx: &mut Tx<'_>, id: ProgramId, price_minor: i64) -> Result<(), StoreError> {
    let step = StepTerms {
        phase_type: PhaseType::Evaluation,
        name: "Evaluation".into(),
        group: "PROP-DEMO-100K".into(),
        initial_balance_minor: 10_000_000,
        duration_days: 30,
        max_daily_loss: BasisPoints(500),
        max_total_loss: BasisPoints(1_000),
        max_daily_profit: BasisPoints::ZERO,
        profit_target: BasisPoints(800),
        profit_split: BasisPoints::ZERO,
        min_trading_days: 5,
        max_trading_days: 30,
        max_positions: 10,
        rules: None,
    };
    let terms = Terms {
        name: "Challenge".into(),
        display_name: String::new(),
        description: String::new(),
        short_description: String::new(),
        price: Money::new(price_minor, Currency::USD),
        steps: vec![step],
        addons: Vec::new(),
        conduct: Default::default(),
        refund: None,
    };
    repo::programs::insert(
        tx,
        &Program {
            id,
            brand_id: BRAND,
            status: ProgramStatus::Active,
            sort_index: id.0,
            is_seed: false,
            current: ProgramVersion {
                id: ProgramVersionId(id.0),
                program_id: id,
                number: 1,
                terms,
            },
            created_by: "test".into(),
            created_at: START,
            updated_at: START,
        },
    )
}
