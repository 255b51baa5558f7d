//! The demo after its scripted traders' challenges ended: one passed and two breached. Then staff took one breach back,
//! and its account goes on with a position and a waiting order.

use crate::world::NOW;
use secrecy::SecretBox;
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_app::App;
use touchstone_app::demo::{Demo, SCRIPTED, Show, cast, catalogue};
use touchstone_app::desk::{
    Answer, Asked, Command, Desk, DeskThread, Instruments, OrderKind, OrderRequest, Origin,
    Protection, Restore, ReviewOutcome,
};
use touchstone_app::firm::demo;
use touchstone_app::identity::{
    self, Caller, Credentials, CustomerCaller, SessionLife, StaffCaller,
};
use touchstone_app::keys::Keys;
use touchstone_app::payouts::Decision;
use touchstone_app::ports::{ManualClock, Ports, SeededRandom};
use touchstone_app::settings::Settings;
use touchstone_domain::kyc::Kyc;
use touchstone_domain::payout::PayoutState;
use touchstone_domain::{BrandId, BreachId, ChallengeId, Login, Price, Side, StaffId, Volume};
use touchstone_store::repo::desk::breaches;
use touchstone_store::testing::TestDatabase;
use touchstone_store::{Store, StoreError, Tx, repo};

pub struct Traded {
    pub store: Store,
    /// Of each trader the account `:x_login`, the phase `:x_phase`, the challenge `:x_challenge` and, of those who have
    /// one, the breach `:x_breach`.
    pub names: BTreeMap<&'static str, i64>,
}

const NAMES: [[&str; 4]; 3] = [
    ["climber_login", "climber_phase", "climber_challenge", ""],
    [
        "diver_login",
        "diver_phase",
        "diver_challenge",
        "diver_breach",
    ],
    [
        "surfer_login",
        "surfer_phase",
        "surfer_challenge",
        "surfer_breach",
    ],
];

impl Traded {
    pub async fn new(database: &TestDatabase) -> Self {
        let clock = Arc::new(ManualClock::new(NOW));
        let (app, _desk) = play(database, &clock).await;
        let names = app.store.read(names).await.expect("their rows");
        let login = Login(names["surfer_login"]);
        revert(&app, BreachId(names["surfer_breach"])).await;
        order(&app, login, "DEMOWAVE", OrderKind::Market).await;
        let far = OrderKind::Limit {
            price: Price(9_000),
        };
        order(&app, login, "DEMOWAVE", far).await;
        let paid = pay_out(&app).await;
        Self {
            store: app.store,
            names: names.into_iter().chain(paid).collect(),
        }
    }
}

/// The demo's two minutes.
async fn play(database: &TestDatabase, clock: &Arc<ManualClock>) -> (App, DeskThread) {
    let ports = Ports {
        clock: clock.clone(),
        random: Arc::new(SeededRandom::new(1)),
        remote_trading: None,
        cashier: None,
    };
    let (store, random) = (database.store(), ports.random.clone());
    let installed = demo::install_traders(&store, random.clone(), NOW).await;
    installed.expect("the demo firm");
    let keys = Keys::new(&SecretBox::new(Box::new([7; 32])));
    let app = App::new(store.clone(), ports, Settings::default(), keys);
    let mut app = app.await.expect("an app");
    app.desk = Desk::new(Instruments::parse(&catalogue()).expect("a catalogue"));
    let traders = cast(&app).await.expect("purchases");
    let installed = demo::install(&store, random, NOW).await;
    installed.expect("the demo firm");
    let desk = app.start_desk().expect("a thread").expect("a desk");
    let show = Show {
        seed: Some(1),
        has_traders: true,
    };
    let demo = Demo::begin(&app, show, traders).await.expect("a market");
    demo.advance(&app, clock, 5).await.expect("a desk");
    // The surfer holds his position, and one that costs something when it is closed.
    let surfer = login_of(&app, 2).await;
    order(&app, surfer, "EURUSD", OrderKind::Market).await;
    demo.advance(&app, clock, 105).await.expect("a desk");
    (app, desk)
}

async fn login_of(app: &App, place: usize) -> Login {
    let customer = SCRIPTED[place].customer;
    let own = app
        .store
        .read(move |tx| repo::challenges::of_customer(tx, customer, ChallengeId(i64::MAX), 1));
    let own: Result<_, StoreError> = own.await;
    own.expect("a store").remove(0).account_login
}

fn names(tx: &mut Tx<'_>) -> Result<BTreeMap<&'static str, i64>, StoreError> {
    let mut found = BTreeMap::new();
    for (scripted, [login, phase, challenge, breach]) in SCRIPTED.iter().zip(NAMES) {
        let newest = ChallengeId(i64::MAX);
        let own = repo::challenges::of_customer(tx, scripted.customer, newest, 1)?.remove(0);
        found.insert(login, own.account_login.0);
        found.insert(challenge, own.id.0);
        found.insert(phase, repo::challenges::phases(tx, own.id)?.remove(0).id.0);
        let last = breaches::of_challenge(tx, own.id, BreachId(i64::MAX), 1)?;
        assert_eq!(last.is_empty(), breach.is_empty(), "{last:?}");
        found.extend(last.first().map(|last| (breach, last.id.0)));
    }
    Ok(found)
}

/// The graduate closes what he holds, and is paid out.
async fn pay_out(app: &App) -> [(&'static str, i64); 2] {
    let (staff, customer) = sign_in(app).await;
    let graduate = SCRIPTED[3].customer;
    let known = app.set_kyc(staff, graduate, Kyc::Approved, "papers".into());
    known.await.expect("a status");
    let login = login_of(app, 3).await;
    let asked = Asked {
        login,
        client_id: None,
        command: Command::CloseAll { symbol: None },
        origin: Origin::Manual,
    };
    let answer = app.desk.command(asked).await.expect("a desk");
    assert!(matches!(answer, Answer::Done { .. }), "{answer:?}");
    let payout = app.request_payout(customer, None).await.expect("a payout");
    assert_eq!(payout.state, PayoutState::Pending, "{payout:?}");
    for step in [
        Decision::Approve { note: "ok".into() },
        Decision::MarkDisbursing,
        Decision::MarkPaid {
            reference: "wire 7".into(),
        },
    ] {
        let decided = app.decide_payout(staff, payout.id, step);
        decided.await.expect("a step");
    }
    assert_eq!(app.grow_accounts().await.expect("a growth"), 1);
    [("graduate_login", login.0), ("payout", payout.id.0)]
}

async fn sign_in(app: &App) -> (StaffCaller, CustomerCaller) {
    let credentials = |email: &str, password: &str| Credentials {
        brand: Some("brand-a".to_owned()),
        email: email.to_owned(),
        password: password.to_owned().into(),
        code: None,
    };
    let admin = credentials("admin@demo.test", "demo-admin-1");
    let (_, admin) = app.sign_in_staff(admin).await.expect("a session");
    let trader = credentials(SCRIPTED[3].email, SCRIPTED[3].password);
    let trader = app.sign_in_customer(trader, SessionLife::Terminal).await;
    let trader = trader.expect("a session").tokens;
    let caller = |token: &str| identity::verify(&app.keys, token, app.now());
    match (caller(&admin.access_token), caller(&trader.access_token)) {
        (Ok(Caller::Staff(staff)), Ok(Caller::Customer(customer))) => (staff, customer),
        other => panic!("{other:?}"),
    }
}

async fn revert(app: &App, breach: BreachId) {
    let (brand, staff) = (BrandId(1), StaffId(1));
    let restore = Restore::EquityBefore;
    let reverted = app
        .desk
        .revert(brand, breach, staff, "a wrong price".into(), restore)
        .await;
    let Ok(ReviewOutcome::Reverted { correction_minor }) = reverted else {
        panic!("{reverted:?}");
    };
    assert_ne!(correction_minor, 0, "an entry between two deals");
}

async fn order(app: &App, login: Login, symbol: &str, kind: OrderKind) {
    let order = OrderRequest {
        symbol: symbol.parse().expect("a symbol"),
        side: Side::Long,
        volume: Volume(Volume::ONE_LOT.0),
        kind,
        protection: Protection::default(),
        expires_at: None,
    };
    let asked = Asked {
        login,
        client_id: None,
        command: Command::Place(order),
        origin: Origin::Manual,
    };
    let answer = app.desk.command(asked).await.expect("a desk");
    assert!(matches!(answer, Answer::Done { .. }), "{answer:?}");
}
