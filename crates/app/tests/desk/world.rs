//! A firm with one customer and one free program, and a desk that is driven by hand.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use touchstone_app::App;
use touchstone_app::desk::Runner;
use touchstone_app::desk::settings::TurnLimits;
use touchstone_app::identity::{Credential, CustomerCaller, StaffCaller};
use touchstone_app::keys::Keys;
use touchstone_app::ports::{ManualClock, Ports, SeededRandom};
use touchstone_app::settings::Settings;
use touchstone_domain::access::{Role, ViewScope};
use touchstone_domain::program::{
    Addon, Conduct, Program, ProgramStatus, ProgramVersion, StepTerms, Terms,
};
use touchstone_domain::*;
use touchstone_store::repo::{self, brands::Brand, counters, customers::Customer, sessions};
use touchstone_store::{Store, StoreError, Tx};

/// A Thursday, 13:20 UTC.
pub const START: UnixMicros = UnixMicros::from_seconds(1_778_160_000);
pub const BRAND: BrandId = BrandId(1);
pub const WALLET: Login = Login(100_001);
pub const PROGRAM: ProgramId = ProgramId(1);
pub const STAFF: StaffId = StaffId(1);

/// What the free program says.
#[derive(Clone, Debug, Default)]
pub struct Sold {
    pub steps: Vec<StepTerms>,
    pub addons: Vec<Addon>,
    pub reset_fee_minor: Option<i64>,
}

impl Sold {
    pub fn of(steps: Vec<StepTerms>) -> Self {
        Self {
            steps,
            ..Self::default()
        }
    }
}

pub struct World {
    pub app: App,
    pub store: Store,
    pub clock: Arc<ManualClock>,
    runner: Option<Runner>,
    limits: TurnLimits,
}

impl World {
    pub async fn new(store: Store, steps: Vec<StepTerms>) -> Self {
        Self::made(store, Sold::of(steps), TurnLimits::default()).await
    }

    pub async fn with_reset_fee(
        store: Store,
        steps: Vec<StepTerms>,
        reset_fee_minor: Option<i64>,
    ) -> Self {
        let sold = Sold {
            reset_fee_minor,
            ..Sold::of(steps)
        };
        Self::made(store, sold, TurnLimits::default()).await
    }

    /// What comes for many accounts at once is done in so many turns.
    pub async fn made(store: Store, sold: Sold, limits: TurnLimits) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        store
            .write(move |tx| seed(tx, &sold))
            .await
            .expect("a seeded firm");
        let app = app(&store, &clock, limits).await;
        let runner = app.desk_runner();
        Self {
            app,
            store,
            clock,
            runner,
            limits,
        }
    }

    pub fn customer(&self) -> CustomerCaller {
        CustomerCaller {
            session_id: SessionId(1),
            brand_id: BRAND,
            customer_id: CustomerId(5),
        }
    }

    /// Somebody else, who has bought nothing.
    pub fn rival(&self) -> CustomerCaller {
        CustomerCaller {
            session_id: SessionId(3),
            customer_id: CustomerId(6),
            ..self.customer()
        }
    }

    pub fn staff(&self) -> StaffCaller {
        StaffCaller {
            credential: Credential::Session(SessionId(2)),
            brand_id: BRAND,
            staff_id: STAFF,
        }
    }

    /// The program ends without a warning, and another one starts.
    pub async fn crash(&mut self) {
        self.runner = None;
        self.app = app(&self.store, &self.clock, self.limits).await;
        self.runner = self.app.desk_runner();
    }

    /// Lets the desk take turns until it has done everything that it does by itself.
    pub async fn settle(&mut self) {
        loop {
            let mut runner = self.runner.take().expect("a runner");
            let taken = tokio::task::spawn_blocking(move || {
                runner.turn(Duration::ZERO);
                runner
            });
            let runner = self.runner.insert(taken.await.expect("a turn"));
            if !runner.has_more() {
                return;
            }
        }
    }

    /// Another server on the same database and clock.
    pub async fn another(&self) -> Self {
        let app = app(&self.store, &self.clock, self.limits).await;
        let runner = app.desk_runner();
        Self {
            app,
            store: self.store.clone(),
            clock: self.clock.clone(),
            runner,
            limits: self.limits,
        }
    }

    /// Waits until everything that was committed can be read from the outbox.
    pub async fn events_are_numbered(&self) {
        let mut events = self.store.subscribe();
        let unnumbered = |tx: &mut Tx<'_>| {
            let sql = "SELECT count(*) FROM event WHERE seq IS NULL";
            tx.query_one(sql, &[], |row| row.int(0))
        };
        while self.store.read(unnumbered).await.expect("a count") > 0 {
            events.changed().await.expect("a store");
        }
    }

    /// Asks the desk for something, and lets it take turns until it is answered.
    pub async fn ask<T>(&mut self, asked: impl Future<Output = T>) -> T {
        tokio::pin!(asked);
        loop {
            let mut runner = self.runner.take().expect("a runner");
            let turn = async {
                let taken = tokio::task::spawn_blocking(move || {
                    runner.turn(Duration::from_millis(50));
                    runner
                });
                taken.await.expect("a turn")
            };
            let mut answer = None;
            let both = async {
                tokio::pin!(turn);
                tokio::select! {
                    biased;
                    got = &mut asked => {
                        answer = Some(got);
                        turn.await
                    }
                    runner = &mut turn => runner,
                }
            };
            self.runner = Some(both.await);
            if let Some(answer) = answer {
                return answer;
            }
        }
    }
}

async fn app(store: &Store, clock: &Arc<ManualClock>, limits: TurnLimits) -> App {
    let mut settings = Settings::default();
    settings.desk.turn = limits;
    let ports = Ports {
        clock: clock.clone(),
        random: Arc::new(SeededRandom::new(1)),
        remote_trading: None,
        cashier: None,
    };
    let keys = Keys::new(&secrecy::SecretBox::new(Box::new([7; 32])));
    App::new(store.clone(), ports, settings, keys)
        .await
        .expect("an app")
}

fn seed(tx: &mut Tx<'_>, sold: &Sold) -> Result<(), StoreError> {
    for (counter, next) in [
        (counters::BRAND, 2),
        (counters::STAFF, 2),
        (counters::CUSTOMER, 7),
        (counters::SESSION, 4),
        (counters::GROUP, 4),
        (counters::PROGRAM, 2),
        (counters::PROGRAM_VERSION, 2),
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
    repo::customers::insert(tx, &customer(5))?;
    repo::customers::insert(tx, &customer(6))?;
    repo::staff::insert(tx, &staff())?;
    session(tx, 1, sessions::SubjectKind::Customer, 5)?;
    session(tx, 2, sessions::SubjectKind::Staff, STAFF.0)?;
    session(tx, 3, sessions::SubjectKind::Customer, 6)?;
    let groups = [
        ("REAL-USD", AccountMode::Real, 0),
        ("PROP-DEMO-100K", AccountMode::Demo, 10_000_000),
        ("PROP-REAL-100K", AccountMode::Real, 10_000_000),
    ];
    for ((name, mode, default_deposit_minor), id) in groups.into_iter().zip(1..) {
        repo::groups::insert(
            tx,
            &Group {
                id: GroupId(id),
                brand_id: BRAND,
                name: name.into(),
                mode,
                currency: Currency::USD,
                leverage: 100,
                default_deposit_minor,
                enabled: true,
                public_opening: false,
                max_positions: 0,
            },
        )?;
    }
    repo::accounts::insert(tx, &wallet(), None)?;
    repo::programs::insert(tx, &program(sold))
}

fn session(
    tx: &mut Tx<'_>,
    id: i64,
    subject_kind: sessions::SubjectKind,
    subject_id: i64,
) -> Result<(), StoreError> {
    sessions::insert(
        tx,
        &sessions::Session {
            id: SessionId(id),
            brand_id: BRAND,
            subject_kind,
            subject_id,
            refresh_hash: None,
            refresh_generation: 0,
            expires_at: START.plus_seconds(86_400 * 3_650),
            revoked_at: None,
            created_at: START,
        },
    )
}

fn staff() -> repo::staff::Staff {
    repo::staff::Staff {
        id: STAFF,
        brand_id: BRAND,
        email: "admin@demo.test".into(),
        full_name: "Ada Admin".into(),
        password_hash: String::new(),
        enabled: true,
        role: Role::Owner,
        view_scope: ViewScope::All,
        created_at: START,
    }
}

fn customer(number: i64) -> Customer {
    Customer {
        id: CustomerId(number),
        brand_id: BRAND,
        email: format!("trader{number}@demo.test"),
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
    }
}

fn wallet() -> Account {
    Account {
        login: WALLET,
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
    }
}

fn program(sold: &Sold) -> Program {
    let terms = Terms {
        name: "Challenge".into(),
        display_name: String::new(),
        description: String::new(),
        short_description: String::new(),
        price: Money::new(0, Currency::USD),
        steps: sold.steps.clone(),
        addons: sold.addons.clone(),
        conduct: Conduct {
            reset_fee_minor: sold.reset_fee_minor,
            ..Conduct::default()
        },
        refund: None,
    };
    Program {
        id: PROGRAM,
        brand_id: BRAND,
        status: ProgramStatus::Active,
        sort_index: 1,
        is_seed: false,
        current: ProgramVersion {
            id: ProgramVersionId(1),
            program_id: PROGRAM,
            number: 1,
            terms,
        },
        created_by: "test".into(),
        created_at: START,
        updated_at: START,
    }
}
