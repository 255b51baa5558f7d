//! The demo firm behind a server without a socket, on an engine of the test's choice.

use super::{Answer, START, send};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header::AUTHORIZATION, header::CONTENT_TYPE};
use secrecy::SecretBox;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use touchstone_api::rate_limit::LimiterClock;
use touchstone_api::{ApiOptions, ApiState, router};
use touchstone_app::App;
use touchstone_app::cashier::WebhookSecret;
use touchstone_app::desk::DeskThread;
use touchstone_app::desk::Tick;
use touchstone_app::identity::{
    self, AccountCaller, Caller, Credential, CustomerCaller, StaffCaller,
};
use touchstone_app::keys::Keys;
use touchstone_app::kyc::KycPage;
use touchstone_app::ports::{
    DemoCashier, ManualClock, Ports, ScriptedTradingServer, SeededRandom, TradingServer,
};
use touchstone_app::settings::Settings;
use touchstone_app::webhooks::Guard;
use touchstone_domain::access::{Role, ViewScope};
use touchstone_domain::{
    BrandId, CustomerId, EntityKind, Login, Price, SessionId, StaffId, TransactionId,
};
use touchstone_store::repo::sessions::SubjectKind;
use touchstone_store::repo::{self, counters, sessions};
use touchstone_store::testing::TestDatabase;
use tower::ServiceExt;

/// What the payment provider `bank` signs with, now and before.
pub const BANK_SECRETS: [&str; 2] = ["the bank's new long secret", "the bank's old long secret"];

/// Feeds of prices, and what they sign with.
pub const FEED_SECRETS: [(&str, &str); 2] = [
    ("lp-one", "the first feed's long secret"),
    ("lp-two", "the second feed's long secret"),
];

/// The staff of the first brand are numbered first, a person for each role.
const OWNER_OF_BRAND_B: i64 = 6;

pub struct DemoServer {
    pub app: Arc<App>,
    pub clock: Arc<ManualClock>,
    pub trading: Arc<ScriptedTradingServer>,
    pub shutdown: CancellationToken,
    router: Router,
    desk: Option<DeskThread>,
    ticks: AtomicI64,
    _database: TestDatabase,
}

impl DemoServer {
    pub async fn new() -> Self {
        Self::build(false, false, 0).await
    }

    /// With a desk that deals.
    pub async fn with_desk() -> Self {
        let mut server = Self::new().await;
        server.desk = server.app.start_desk().expect("a thread");
        server
    }

    /// The desk is gone, as after a crash of its thread.
    pub fn stop_desk(&mut self) {
        self.desk = None;
    }

    /// A price, in points. It is durable when this is done.
    pub async fn quote(&self, symbol: &str, bid: i64, ask: i64) {
        let number = self.ticks.fetch_add(1, Ordering::Relaxed);
        let tick = Tick {
            symbol: symbol.parse().expect("a symbol"),
            bid: Price(bid),
            ask: Price(ask),
            fed_at: self.app.now().plus_micros(number),
            sequence: None,
        };
        let report = self.app.desk.feed("test".into(), vec![tick]).await;
        assert_eq!(report.expect("a desk").accepted, 1);
    }

    /// The trader buys program 1; the login of its first account.
    pub async fn bought(&self) -> i64 {
        let token = self.trader().await;
        let body = serde_json::json!({"program_id": 1, "payer_login": 100_001});
        let answer = self.post(&token, "/prop/challenge/buy", &body).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
        answer.json()["purchase"]["account_login"]
            .as_i64()
            .expect("a login")
    }

    /// With a remote trading server that follows a script.
    pub async fn remote() -> Self {
        Self::build(true, false, 0).await
    }

    /// With a clock that can be moved over HTTP.
    pub async fn with_manual_clock() -> Self {
        Self::build(false, true, 0).await
    }

    /// That answers so many requests of one person, ever.
    pub async fn limited(per_minute: u32) -> Self {
        Self::build(false, false, per_minute).await
    }

    async fn build(remote: bool, moving: bool, per_minute: u32) -> Self {
        let database = TestDatabase::sqlite();
        let clock = Arc::new(ManualClock::new(START));
        let trading = Arc::new(ScriptedTradingServer::default());
        let ports = Ports {
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(1)),
            remote_trading: remote.then(|| trading.clone() as Arc<dyn TradingServer>),
            cashier: Some(Arc::new(DemoCashier::new(
                "http://127.0.0.1:8080".parse().expect("a URL"),
            ))),
        };
        let mut settings = Settings::default();
        let secrets = BANK_SECRETS.map(|secret| WebhookSecret::new(secret.to_owned()));
        let secrets: Vec<_> = secrets.into_iter().flatten().collect();
        settings
            .kyc_webhooks
            .insert("papers".to_owned(), secrets.clone());
        settings.payment_webhooks.insert("bank".to_owned(), secrets);
        let page = "https://id.example.com/start?firm=7".parse();
        settings.kyc_page = page.ok().map(KycPage);
        for (feed, secret) in FEED_SECRETS {
            let secret = WebhookSecret::new(secret.to_owned()).expect("a long secret");
            settings.feeds.insert(feed.into(), vec![secret]);
        }
        let own_machine = "127.0.0.0/8".parse().expect("a network");
        settings.webhook_guard = Guard::new(vec![own_machine]);
        settings.second_approval_above = Some(5_000);
        settings.remote_trading.call_timeout_ms = 250;
        settings.remote_trading.answer_within_ms = 10_000;
        let store = database.store();
        touchstone_app::firm::demo::install(&store, ports.random.clone(), START)
            .await
            .expect("the demo firm");
        let keys = Keys::new(&SecretBox::new(Box::new([7; 32])));
        let app = App::new(store, ports, settings, keys)
            .await
            .expect("an app over the demo firm");
        let app = Arc::new(app);
        let options = ApiOptions {
            rate_limit_per_minute: per_minute,
            limiter_clock: LimiterClock::new(|| Duration::ZERO),
            manual_clock: moving.then(|| clock.clone()),
            ..ApiOptions::default()
        };
        let shutdown = CancellationToken::new();
        let state = ApiState::new(app.clone(), options, shutdown.clone());
        Self {
            app,
            clock,
            trading,
            shutdown,
            router: router(state),
            desk: None,
            ticks: AtomicI64::new(0),
            _database: database,
        }
    }

    /// A new session of a customer, and its token.
    pub async fn customer(&self, brand: i64, customer: i64) -> String {
        let session_id = self.session(brand, SubjectKind::Customer, customer).await;
        self.token(Caller::Customer(CustomerCaller {
            session_id,
            brand_id: BrandId(brand),
            customer_id: CustomerId(customer),
        }))
    }

    /// A new session of the brand's first staff member, and its token.
    pub async fn staff(&self, brand: i64) -> String {
        let owner = if brand == 1 { 1 } else { OWNER_OF_BRAND_B };
        self.staff_member(brand, owner).await
    }

    /// A new session of a person of the first brand, who has this role in the demo firm.
    pub async fn with_role(&self, role: Role) -> String {
        self.staff_member(1, 1 + role.code()).await
    }

    async fn staff_member(&self, brand: i64, staff: i64) -> String {
        let session_id = self.session(brand, SubjectKind::Staff, staff).await;
        self.token(Caller::Staff(StaffCaller {
            credential: Credential::Session(session_id),
            brand_id: BrandId(brand),
            staff_id: StaffId(staff),
        }))
    }

    /// A session of another person of the first brand's staff.
    pub async fn colleague(&self) -> String {
        let now = self.app.now();
        let hired = self.app.store.write(move |tx| {
            let staff = repo::staff::Staff {
                id: StaffId(tx.next_id(counters::STAFF)?),
                brand_id: BrandId(1),
                email: "second@demo.test".to_owned(),
                full_name: "Sue Second".to_owned(),
                password_hash: String::new(),
                enabled: true,
                role: Role::Owner,
                view_scope: ViewScope::All,
                created_at: now,
            };
            repo::staff::insert(tx, &staff)?;
            Ok::<_, touchstone_app::StoreError>(staff.id)
        });
        let staff_id = hired.await.expect("a colleague");
        let session_id = self.session(1, SubjectKind::Staff, staff_id.0).await;
        self.token(Caller::Staff(StaffCaller {
            credential: Credential::Session(session_id),
            brand_id: BrandId(1),
            staff_id,
        }))
    }

    /// A new session of a trading account, and its token.
    pub async fn account(&self, brand: i64, login: i64) -> String {
        let session_id = self.session(brand, SubjectKind::Account, login).await;
        self.token(Caller::Account(AccountCaller {
            session_id,
            brand_id: BrandId(brand),
            login: Login(login),
        }))
    }

    /// How many rows the audit has, with what was asked of the desk, which keeps its own list.
    pub async fn audit_rows(&self) -> i64 {
        let count = self.app.store.read(|tx| {
            let sql = "SELECT (SELECT COUNT(*) FROM audit) + (SELECT COUNT(*) FROM trade_order)";
            tx.query_one(sql, &[], |row| row.int(0))
        });
        count.await.expect("a store")
    }

    fn token(&self, caller: Caller) -> String {
        identity::issue(&self.app.keys, caller, None, self.app.now(), 86_400)
    }

    async fn session(&self, brand: i64, subject_kind: SubjectKind, subject_id: i64) -> SessionId {
        let now = self.app.now();
        let session = self.app.store.write(move |tx| {
            let id = SessionId(tx.next_id(counters::SESSION)?);
            sessions::insert(
                tx,
                &sessions::Session {
                    id,
                    brand_id: BrandId(brand),
                    subject_kind,
                    subject_id,
                    refresh_hash: None,
                    refresh_generation: 0,
                    expires_at: now.plus_seconds(86_400),
                    revoked_at: None,
                    created_at: now,
                },
            )?;
            Ok::<_, touchstone_app::StoreError>(id)
        });
        session.await.expect("a session")
    }

    /// The trader of the documents: customer 5 of brand-a.
    pub async fn trader(&self) -> String {
        self.customer(1, 5).await
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.request(Method::GET, token, path, None).await
    }

    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.request(Method::POST, token, path, Some(body.to_string()))
            .await
    }

    pub async fn post_text(&self, token: &str, path: &str, body: &str) -> Answer {
        self.request(Method::POST, token, path, Some(body.to_owned()))
            .await
    }

    pub async fn send(&self, method: Method, token: &str, path: &str) -> Answer {
        self.request(method, token, path, None).await
    }

    /// As a terminal does: the token alone, without `Bearer`.
    pub async fn get_raw(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path)
            .header(AUTHORIZATION, token)
            .body(Body::empty());
        send(self.router.clone(), request.expect("a request")).await
    }

    pub async fn post_with_headers(
        &self,
        token: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::post(path).header(CONTENT_TYPE, "application/json");
        if !token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned()));
        send(self.router.clone(), request.expect("a request")).await
    }

    pub async fn patch(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.request(Method::PATCH, token, path, Some(body.to_string()))
            .await
    }

    pub async fn put(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.request(Method::PUT, token, path, Some(body.to_string()))
            .await
    }

    pub async fn patch_text(&self, token: &str, path: &str, body: &str) -> Answer {
        self.request(Method::PATCH, token, path, Some(body.to_owned()))
            .await
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        send(self.router.clone(), request).await
    }

    /// A real socket in front of it, until the server stops.
    pub async fn listen(&self) -> std::net::SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let options = touchstone_api::ServeOptions::default();
        let (router, shutdown) = (self.router.clone(), self.shutdown.clone());
        tokio::spawn(touchstone_api::serve_router(
            listener, router, shutdown, options,
        ));
        address
    }

    /// The answer as it comes, for streams.
    pub async fn open(&self, token: &str, path: &str) -> axum::response::Response {
        let request = Request::get(path)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty());
        let router = self.router.clone();
        router
            .oneshot(request.expect("a request"))
            .await
            .expect("an answer")
    }

    /// As a browser sends a form.
    pub async fn post_form(&self, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        send(self.router.clone(), request.expect("a request")).await
    }

    /// The status of a transaction.
    pub async fn status_of(&self, transaction: i64) -> &'static str {
        let id = TransactionId(transaction);
        let found = self
            .app
            .store
            .read(move |tx| touchstone_store::repo::transactions::get(tx, id))
            .await
            .expect("a store");
        found.expect("a transaction").state.name()
    }

    /// The UUID of a key, as text.
    pub fn uuid(&self, kind: EntityKind, key: i64) -> String {
        self.app.public_ids.uuid(kind, key).to_string()
    }

    pub async fn request(
        &self,
        method: Method,
        token: &str,
        path: &str,
        body: Option<String>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request
            .body(body.map_or_else(Body::empty, Body::from))
            .expect("a request");
        send(self.router.clone(), request).await
    }
}
