//! Trading accounts as callers: temporary passwords, and whose sessions live how long.

use crate::support::{World, world};
use secrecy::SecretString;
use std::sync::Arc;
use touchstone_app::identity::{
    self, AccountCaller, Caller, CustomerCaller, SessionError, SignInError,
};
use touchstone_app::purchase::QueryError;
use touchstone_domain::Login;
use touchstone_store::testing::databases;

const LOGIN: Login = Login(100_001);
const OWN: &str = "my own password";

impl World {
    async fn owner(&self) -> CustomerCaller {
        let token = self.sign_in().await.access_token;
        match identity::verify(&self.app.keys, &token, self.app.now()) {
            Ok(Caller::Customer(caller)) => caller,
            other => panic!("{other:?}"),
        }
    }

    async fn temporary(&self) -> String {
        let owner = self.owner().await;
        let renewed = self.app.renew_temporary_password(owner, LOGIN).await;
        renewed.expect("a password")
    }

    async fn sign_in_account(&self, password: &str) -> Result<AccountCaller, SignInError> {
        let password = SecretString::from(password);
        let (.., tokens) = self.app.sign_in_account(LOGIN, password).await?;
        match identity::verify(&self.app.keys, &tokens.access_token, self.app.now()) {
            Ok(Caller::Account(caller)) => Ok(caller),
            other => panic!("{other:?}"),
        }
    }

    async fn set_own(&self, caller: AccountCaller, password: &str) -> bool {
        let password = SecretString::from(password);
        let set = self.app.set_account_password(caller, None, password).await;
        set.is_ok()
    }

    /// What this session may see: everything, its password change alone, or nothing.
    async fn reach(&self, caller: AccountCaller) -> &'static str {
        match self.app.programs_on_sale(Caller::Account(caller)).await {
            Ok(_) => "all",
            Err(QueryError::Session(SessionError::PasswordChangeWanted)) => "change",
            Err(QueryError::Session(SessionError::Ended)) => "nothing",
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn who_saw_the_temporary_password_before_its_owner_gains_nothing_by_it() {
    for database in databases() {
        let w = world(&database).await;
        let temporary = w.temporary().await;
        let thief = w.sign_in_account(&temporary).await.expect("a session");
        let owner = w.sign_in_account(&temporary).await.expect("a session");
        assert_eq!(w.reach(thief).await, "change");
        assert!(w.set_own(owner, OWN).await);
        assert_eq!(
            (w.reach(owner).await, w.reach(thief).await),
            ("all", "nothing")
        );
        assert!(!w.set_own(thief, "the thief's password").await);
        assert!(w.sign_in_account(&temporary).await.is_err());
        w.sign_in_account(OWN).await.expect("a session");
    }
}

#[tokio::test]
async fn a_new_temporary_password_ends_what_the_old_ones_opened() {
    for database in databases() {
        let w = world(&database).await;
        let temporary = w.temporary().await;
        let first = w.sign_in_account(&temporary).await.expect("a session");
        assert!(w.set_own(first, OWN).await);
        let next = w.temporary().await;
        assert_eq!(w.reach(first).await, "nothing");
        for worthless in [OWN, temporary.as_str()] {
            let refused = w.sign_in_account(worthless).await;
            assert!(matches!(refused, Err(SignInError::Wrong)));
        }
        let limited = w.sign_in_account(&next).await.expect("a session");
        assert_eq!(w.reach(limited).await, "change");
    }
}

#[tokio::test]
async fn an_account_is_worth_no_more_than_its_customer() {
    for database in databases() {
        let w = world(&database).await;
        let temporary = w.temporary().await;
        let session = w.sign_in_account(&temporary).await.expect("a session");
        assert!(w.set_own(session, OWN).await);
        w.sql("UPDATE customer SET enabled = 0 WHERE id = 5").await;
        assert_eq!(w.reach(session).await, "nothing");
        let refused = w.sign_in_account(OWN).await;
        assert!(matches!(refused, Err(SignInError::Disabled)));
        let wrong = w.sign_in_account("wrong").await;
        assert!(matches!(wrong, Err(SignInError::Wrong)));
    }
}

#[tokio::test]
async fn a_customer_who_sets_a_new_password_ends_his_accounts_sessions_too() {
    for database in databases() {
        let w = world(&database).await;
        let temporary = w.temporary().await;
        let session = w.sign_in_account(&temporary).await.expect("a session");
        w.app
            .ask_password_reset(None, crate::support::TRADER)
            .await
            .expect("an answer");
        w.app.answer_password_resets().await.expect("a mail");
        let (_, token) = w.mailed().await.pop().expect("a mail");
        let password = SecretString::from("a new password");
        w.app
            .reset_password(&token, password)
            .await
            .expect("a password");
        assert_eq!(w.reach(session).await, "nothing");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_slips_in_with_a_temporary_password_while_it_is_renewed() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let owner = w.owner().await;
        let mut temporary = w.temporary().await;
        for _ in 0..5 {
            let guests: Vec<_> = (0..6)
                .map(|_| {
                    let (w, password) = (w.clone(), temporary.clone());
                    tokio::spawn(async move { w.sign_in_account(&password).await.is_ok() })
                })
                .collect();
            // As long as a password takes to be looked at, so that some are before and some after.
            w.app
                .hash_password(SecretString::from(OWN))
                .await
                .expect("a hash");
            let renewed = w.app.renew_temporary_password(owner, LOGIN).await;
            temporary = renewed.expect("a password");
            for guest in guests {
                guest.await.expect("an answer");
            }
            let live = "SELECT COUNT(*) FROM session WHERE subject_kind = 2 AND revoked_at IS NULL";
            assert_eq!(w.count(live).await, 0);
        }
    }
}
