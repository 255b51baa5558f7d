//! The demo firm in a database of its own, and what it takes to look at sessions from outside.

use secrecy::{SecretBox, SecretString};
use std::sync::Arc;
use touchstone_app::App;
use touchstone_app::firm::demo;
use touchstone_app::identity::{Credentials, CustomerSignedIn, SessionLife, SignInError, Tokens};
use touchstone_app::keys::Keys;
use touchstone_app::ports::{ManualClock, Ports, SeededRandom};
use touchstone_app::settings::Settings;
use touchstone_domain::{SessionId, UnixMicros};
use touchstone_store::testing::TestDatabase;
use touchstone_store::{Store, StoreError, params, repo};

pub const START: UnixMicros = UnixMicros::from_seconds(1_778_160_000);
pub const TRADER: &str = "trader@demo.test";
pub const PASSWORD: &str = "demo-trader-1";

pub struct World {
    pub app: App,
    pub clock: Arc<ManualClock>,
}

/// At a second after the firm was made.
pub async fn world(database: &TestDatabase) -> World {
    let store = database.store();
    demo::install(&store, Arc::new(SeededRandom::new(1)), START)
        .await
        .expect("the demo firm");
    over(store).await
}

/// An app over whatever is there, at the same second.
pub async fn over(store: Store) -> World {
    let clock = Arc::new(ManualClock::new(START.plus_seconds(1)));
    let ports = Ports {
        clock: clock.clone(),
        random: Arc::new(SeededRandom::new(2)),
        remote_trading: None,
        cashier: None,
    };
    let keys = Keys::new(&SecretBox::new(Box::new([7; 32])));
    let app = App::new(store, ports, Settings::default(), keys)
        .await
        .expect("an app");
    World { app, clock }
}

pub fn credentials(email: &str, password: &str) -> Credentials {
    Credentials {
        brand: None,
        email: email.into(),
        password: SecretString::from(password),
        code: None,
    }
}

impl World {
    pub async fn try_sign_in(&self, password: &str) -> Result<CustomerSignedIn, SignInError> {
        self.app
            .sign_in_customer(credentials(TRADER, password), SessionLife::Refreshing)
            .await
    }

    /// Customer 5, with a session that can be refreshed.
    pub async fn sign_in(&self) -> Tokens {
        self.try_sign_in(PASSWORD).await.expect("a session").tokens
    }

    /// A change that no use case makes.
    pub async fn sql(&self, sql: &'static str) -> u64 {
        self.app
            .store
            .write(move |tx| tx.execute(sql, params![]))
            .await
            .expect("a statement of a test")
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        self.app
            .store
            .read(move |tx| tx.query_one(sql, params![], |row| row.int(0)))
            .await
            .expect("a statement of a test")
    }

    /// Tokens of the mails that were queued, oldest first, with who gets them.
    pub async fn mailed(&self) -> Vec<(String, String)> {
        let bodies: Vec<(String, String)> = self
            .app
            .store
            .read(|tx| {
                tx.query(
                    "SELECT recipient, body FROM mail ORDER BY id",
                    params![],
                    |row| Ok::<_, StoreError>((row.string(0)?, row.string(1)?)),
                )
            })
            .await
            .expect("a store");
        let token = |body: &str| {
            let line = body.lines().find_map(|line| line.strip_prefix("Token: "));
            line.expect("a token").to_owned()
        };
        bodies
            .into_iter()
            .map(|(recipient, body)| (recipient, token(&body)))
            .collect()
    }

    pub async fn is_revoked(&self, id: SessionId) -> bool {
        let session = self
            .app
            .store
            .read(move |tx| repo::sessions::get(tx, id))
            .await
            .expect("a store");
        session.expect("a session").revoked_at.is_some()
    }

    /// Rows of the audit since the firm was made, as `actor action subject`.
    pub async fn audit(&self) -> Vec<String> {
        self.app
            .store
            .read(|tx| {
                tx.query(
                    "SELECT actor_kind, actor_id, action, subject_kind, subject_id FROM audit
                     WHERE at > $1 ORDER BY id",
                    params![START.0],
                    |row| {
                        Ok::<_, StoreError>(format!(
                            "{} {} {} {} {}",
                            row.text(0)?,
                            row.int(1)?,
                            row.text(2)?,
                            row.text(3)?,
                            row.int(4)?
                        ))
                    },
                )
            })
            .await
            .expect("a store")
    }
}
