//! Forgotten passwords: what is mailed, and what a token does.

use crate::support::{PASSWORD, START, TRADER, World, credentials, over, world};
use secrecy::SecretString;
use std::sync::Arc;
use touchstone_app::identity::{PasswordError, Registration, SignInError};
use touchstone_app::keys::token_hash;
use touchstone_app::mail::{MailError, Mailer};
use touchstone_store::Engine;
use touchstone_store::migrate::{self, MIGRATIONS};
use touchstone_store::repo::mail::Mail;
use touchstone_store::testing::databases;

const NEW: &str = "a new password";

impl World {
    async fn ask(&self, brand: Option<&str>, email: &str) -> usize {
        self.app
            .ask_password_reset(brand.map(Into::into), email)
            .await
            .expect("an answer");
        self.app.answer_password_resets().await.expect("mails")
    }

    /// The token of one more mail to customer 5.
    async fn token(&self) -> String {
        assert_eq!(self.ask(None, TRADER).await, 1);
        self.mailed().await.pop().expect("a mail").1
    }

    async fn reset(&self, token: &str, password: &str) -> Result<(), PasswordError> {
        let password = SecretString::from(password);
        self.app.reset_password(token, password).await
    }

    async fn assert_worthless(&self, token: &str) {
        let refused = self.reset(token, "another password").await;
        assert!(matches!(refused, Err(PasswordError::Token)), "{refused:?}");
    }

    /// Sessions of customer 5 that go on.
    async fn live_sessions(&self) -> i64 {
        self.count(
            "SELECT COUNT(*) FROM session
             WHERE subject_kind = 0 AND subject_id = 5 AND revoked_at IS NULL",
        )
        .await
    }
}

#[tokio::test]
async fn a_known_and_an_unknown_address_leave_the_same_behind() {
    for database in databases() {
        let w = world(&database).await;
        for email in [TRADER, "nobody@demo.test"] {
            w.app
                .ask_password_reset(None, email)
                .await
                .expect("an answer");
        }
        assert_eq!(
            w.count("SELECT COUNT(*) FROM password_reset_request").await,
            2
        );
        assert_eq!(w.count("SELECT COUNT(*) FROM mail").await, 0);
        assert_eq!(w.app.answer_password_resets().await.expect("mails"), 1);
        assert_eq!(
            w.count("SELECT COUNT(*) FROM password_reset_request").await,
            0
        );
        assert_eq!(w.mailed().await.len(), 1);
    }
}

#[tokio::test]
async fn a_token_is_good_once_and_ends_sessions_and_other_tokens() {
    for database in databases() {
        let w = world(&database).await;
        let session = w.sign_in().await;
        let (older, token, newer) = (w.token().await, w.token().await, w.token().await);
        let short = w.reset(&token, "short").await;
        assert!(matches!(short, Err(PasswordError::Length)));
        w.reset(&token, NEW).await.expect("a new password");
        assert!(w.is_revoked(session.session_id).await);
        for worthless in [&older, &token, &newer, &token[1..], ""] {
            w.assert_worthless(worthless).await;
        }
        let old = w.try_sign_in(PASSWORD).await;
        assert!(matches!(old, Err(SignInError::Wrong)));
        w.try_sign_in(NEW).await.expect("a session");
        let row = "customer 5 customer.password_reset customer 5".to_owned();
        assert_eq!(w.audit().await, [row]);
    }
}

#[tokio::test]
async fn a_token_ends_after_an_hour() {
    for database in databases() {
        let w = world(&database).await;
        let token = w.token().await;
        w.clock.advance_micros(3_600 * 1_000_000);
        w.assert_worthless(&token).await;
    }
}

#[tokio::test]
async fn a_mailbox_is_not_flooded() {
    for database in databases() {
        let w = world(&database).await;
        let mut mails = 0;
        for _ in 0..5 {
            mails += w.ask(None, TRADER).await;
        }
        assert_eq!(mails, 3);
        w.clock.advance_micros(3_600 * 1_000_000);
        assert_eq!(w.ask(None, TRADER).await, 1);
        // What is worth nothing any more is forgotten.
        assert_eq!(w.count("SELECT COUNT(*) FROM password_reset").await, 1);
    }
}

#[tokio::test]
async fn brands_are_apart() {
    for database in databases() {
        let w = world(&database).await;
        let registration = Registration {
            brand: Some("brand-b".into()),
            email: TRADER.into(),
            password: None,
            first_name: String::new(),
            last_name: String::new(),
            phone: "1".into(),
            country: String::new(),
            source: "organic".into(),
        };
        w.app.register(registration).await.expect("a customer");
        assert_eq!(w.ask(Some("brand-b"), TRADER).await, 1);
        assert_eq!(w.ask(Some("nothing"), TRADER).await, 0);
        assert_eq!(w.ask(Some("brand-b"), "rival@demo.test").await, 0);
        let (_, token) = w.mailed().await.pop().expect("a mail");
        w.reset(&token, NEW).await.expect("a new password");
        w.try_sign_in(PASSWORD).await.expect("brand-a is as it was");

        // Without a brand both are mailed, and neither token tells the other.
        assert_eq!(w.ask(None, TRADER).await, 2);
        let mails = w.mailed().await;
        let [.., (_, one), (_, two)] = mails.as_slice() else {
            panic!("two mails");
        };
        let alike = one.chars().zip(two.chars()).filter(|(a, b)| a == b).count();
        assert!(alike < 32, "{one} {two}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_tokens_at_once_one_sets_the_password() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let tokens = [w.token().await, w.token().await, w.token().await];
        let tasks = tokens.map(|token| {
            let w = w.clone();
            tokio::spawn(async move { w.reset(&token, NEW).await.is_ok() })
        });
        let mut set = 0;
        for task in tasks {
            set += usize::from(task.await.expect("an answer"));
        }
        assert_eq!(set, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_slips_in_with_the_old_password_while_it_is_changed() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let mut old = PASSWORD.to_owned();
        for round in 0..5 {
            let token = w.token().await;
            let next = format!("password number {round}");
            let guests: Vec<_> = (0..6)
                .map(|_| {
                    let (w, old) = (w.clone(), old.clone());
                    tokio::spawn(async move { w.try_sign_in(&old).await.is_ok() })
                })
                .collect();
            w.reset(&token, &next).await.expect("a new password");
            for guest in guests {
                guest.await.expect("an answer");
            }
            assert_eq!(w.live_sessions().await, 0);
            old = next;
        }
    }
}

#[tokio::test]
async fn staff_set_theirs_by_tokens_of_their_own() {
    for database in databases() {
        let w = world(&database).await;
        // A customer of the same address is somebody else.
        w.sql("UPDATE customer SET email = 'admin@demo.test' WHERE id = 5")
            .await;
        assert_eq!(w.ask(None, "Admin@demo.test").await, 2);
        let mails = w.mailed().await;
        let [(_, customers), (_, staffs)] = mails.as_slice() else {
            panic!("two mails");
        };
        let sign_in = async |password: &str| {
            let credentials = credentials("admin@demo.test", password);
            w.app.sign_in_staff(credentials).await
        };
        sign_in("demo-admin-1").await.expect("a session");
        w.reset(customers, "the customer's one")
            .await
            .expect("a password");
        sign_in("demo-admin-1").await.expect("a session");
        w.reset(staffs, NEW).await.expect("a password");
        for wrong in ["demo-admin-1", "the customer's one"] {
            let refused = sign_in(wrong).await;
            assert!(matches!(refused, Err(SignInError::Wrong)));
        }
        let live = "SELECT COUNT(*) FROM session WHERE subject_kind = 1 AND revoked_at IS NULL";
        assert_eq!(w.count(live).await, 0);
        sign_in(NEW).await.expect("a session");
        w.assert_worthless(staffs).await;
        let rows = w.audit().await;
        assert_eq!(
            rows.last().map(String::as_str),
            Some("staff 1 staff.password_reset staff 1")
        );
    }
}

#[tokio::test]
async fn a_token_that_was_mailed_before_an_update_is_good_after_it() {
    for database in databases() {
        migrate::run(database.url(), &MIGRATIONS[..4], 0)
            .expect("the schema before staff had tokens");
        let hash = hex::encode(token_hash("mailed"));
        let hash = match database.engine() {
            Engine::Sqlite => format!("X'{hash}'"),
            Engine::Postgres => format!("decode('{hash}', 'hex')"),
        };
        let later = START.plus_seconds(600).0;
        database.run(&format!(
            "INSERT INTO brand VALUES (1, 'brand-a', 1, 1, 0, 0);
             INSERT INTO customer VALUES (5, 1, '{TRADER}', NULL, '', '', '', '', 'organic', 1, 0, 0, NULL);
             INSERT INTO password_reset VALUES ({hash}, 5, {later}, NULL);"
        ));
        let w = over(database.store()).await;
        w.reset("mailed", NEW).await.expect("a password");
        w.try_sign_in(NEW).await.expect("a session");
    }
}

struct Broken;

impl Mailer for Broken {
    fn send<'a>(
        &'a self,
        _: &'a Mail,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + 'a>> {
        Box::pin(async { Err(MailError("no".into())) })
    }
}

#[tokio::test]
async fn a_mail_that_is_given_up_does_not_keep_its_token() {
    for database in databases() {
        let w = world(&database).await;
        w.token().await;
        for _ in 0..12 {
            w.app.send_due_mail(&Broken).await.expect("a store");
            let kept = w.count("SELECT COUNT(*) FROM mail WHERE body <> ''").await;
            let waits = w
                .count("SELECT COUNT(*) FROM mail WHERE due_at IS NOT NULL")
                .await;
            assert_eq!(kept, waits);
            w.clock.advance_micros(2 * 86_400 * 1_000_000);
        }
        assert_eq!(
            w.count("SELECT COUNT(*) FROM mail WHERE due_at IS NULL")
                .await,
            1
        );
        assert!(w.app.now() > START);
    }
}
