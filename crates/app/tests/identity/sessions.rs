//! Whose session it is, and what ends it at once.

use crate::support::{PASSWORD, TRADER, World, credentials, world};
use touchstone_app::identity::{
    self, Caller, Credential, CustomerCaller, SessionError, SessionLife, SignInError, StaffCaller,
    Tokens,
};
use touchstone_app::purchase::QueryError;
use touchstone_domain::{CustomerId, SessionId, StaffId};
use touchstone_store::testing::databases;

const ADMIN: (&str, &str) = ("admin@demo.test", "demo-admin-1");

impl World {
    async fn sign_in_staff(&self) -> Result<Tokens, SignInError> {
        let (_, tokens) = self
            .app
            .sign_in_staff(credentials(ADMIN.0, ADMIN.1))
            .await?;
        Ok(tokens)
    }

    fn caller(&self, tokens: &Tokens) -> Caller {
        identity::verify(&self.app.keys, &tokens.access_token, self.app.now()).expect("a caller")
    }

    async fn is_let_in(&self, caller: Caller) -> bool {
        match self.app.programs_on_sale(caller).await {
            Ok(_) => true,
            Err(QueryError::Session(SessionError::Ended)) => false,
            Err(other) => panic!("{other}"),
        }
    }

    async fn can_refresh(&self, tokens: &Tokens) -> bool {
        let token = tokens.refresh_token.as_deref().expect("a refresh token");
        self.app.refresh(token).await.is_ok()
    }
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once() {
    for database in databases() {
        let w = world(&database).await;
        let (customer, staff) = (
            w.sign_in().await,
            w.sign_in_staff().await.expect("a session"),
        );
        w.sql("UPDATE customer SET enabled = 0 WHERE id = 5").await;
        w.sql("UPDATE staff SET enabled = 0 WHERE id = 1").await;
        for tokens in [&customer, &staff] {
            assert!(!w.is_let_in(w.caller(tokens)).await);
            assert!(!w.can_refresh(tokens).await);
        }
        // Only who knows the password is told why.
        for life in [SessionLife::Refreshing, SessionLife::Terminal] {
            let right = credentials(TRADER, PASSWORD);
            let refused = w.app.sign_in_customer(right, life).await;
            assert!(matches!(refused, Err(SignInError::Disabled)));
        }
        assert!(matches!(
            w.try_sign_in("wrong").await,
            Err(SignInError::Wrong)
        ));
        assert!(matches!(
            w.sign_in_staff().await,
            Err(SignInError::Disabled)
        ));
    }
}

#[tokio::test]
async fn a_session_is_of_one_kind_and_one_person() {
    for database in databases() {
        let w = world(&database).await;
        let customer = w.sign_in().await;
        let staff = w.sign_in_staff().await.expect("a session");
        let (Caller::Customer(trader), Caller::Staff(admin)) =
            (w.caller(&customer), w.caller(&staff))
        else {
            panic!("a customer and a staff member");
        };
        let as_rival = CustomerCaller {
            customer_id: CustomerId(6),
            ..trader
        };
        let with_staffs = CustomerCaller {
            session_id: Caller::Staff(admin).session_id().expect("a session"),
            customer_id: CustomerId(admin.staff_id.0),
            ..trader
        };
        let with_customers = StaffCaller {
            credential: Credential::Session(trader.session_id),
            staff_id: StaffId(trader.customer_id.0),
            ..admin
        };
        for other in [
            Caller::Customer(as_rival),
            Caller::Customer(with_staffs),
            Caller::Staff(with_customers),
        ] {
            assert!(!w.is_let_in(other).await, "{other:?}");
        }
        assert!(w.is_let_in(Caller::Customer(trader)).await);
        assert!(w.is_let_in(Caller::Staff(admin)).await);
    }
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    for database in databases() {
        let w = world(&database).await;
        let tokens = w.sign_in().await;
        let caller = w.caller(&tokens);
        let month_us = w.app.settings.refresh_token_seconds * 1_000_000;
        w.clock.advance_micros(month_us - 1);
        assert!(w.is_let_in(caller).await);
        w.clock.advance_micros(1);
        assert!(!w.is_let_in(caller).await);
        assert!(!w.can_refresh(&tokens).await);
    }
}

const DAY_US: i64 = 86_400 * 1_000_000;

impl World {
    /// One run over all sessions of a test; gives how many it has deleted.
    async fn forget(&self) -> u64 {
        let done = self.app.forget_ended_sessions(SessionId(0)).await;
        done.expect("a store").deleted
    }

    async fn sessions(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM session").await
    }
}

#[tokio::test]
async fn a_session_is_deleted_a_month_after_its_end() {
    for database in databases() {
        let w = world(&database).await;
        let month_us = 30 * DAY_US;
        let (expiring, ended) = (w.sign_in().await, w.sign_in().await);
        let caller = w.caller(&ended);
        let ending = w.app.end_session(caller, ended.session_id).await;
        ending.expect("an end");

        w.clock.advance_micros(month_us);
        assert_eq!(w.forget().await, 0);
        w.clock.advance_micros(1);
        assert_eq!(w.forget().await, 1, "the one that was ended");
        let living = w.sign_in().await;
        w.clock
            .advance_micros(w.app.settings.refresh_token_seconds * 1_000_000 - 1);
        assert_eq!(w.forget().await, 0);
        w.clock.advance_micros(1);
        assert_eq!(w.forget().await, 1, "the one that expired");
        assert!(!w.can_refresh(&expiring).await);
        assert_eq!(w.sessions().await, 1);

        // Whose session was ended is still known.
        let owner = "SELECT COUNT(*) FROM audit WHERE action = 'session.end'
            AND before LIKE '%\"owner_id\":5%' AND before LIKE '%\"owner_kind\":\"customer\"%'";
        assert_eq!(w.count(owner).await, 1);
        assert_ne!(living.session_id, ended.session_id);
    }
}

#[tokio::test]
async fn a_session_is_kept_while_the_audit_does_not_say_whose_it_was() {
    for database in databases() {
        let w = world(&database).await;
        let ended = w.sign_in().await;
        let ending = w.app.end_session(w.caller(&ended), ended.session_id).await;
        ending.expect("an end");
        // As rows of the audit were before they said it.
        w.sql("UPDATE audit SET before = NULL WHERE action = 'session.end'")
            .await;
        w.clock.advance_micros(400 * DAY_US);
        assert_eq!(w.forget().await, 0);
        assert_eq!(w.sessions().await, 1);
        w.sql("DELETE FROM audit WHERE action = 'session.end'")
            .await;
        assert_eq!(w.forget().await, 1);
    }
}

#[tokio::test]
async fn one_run_looks_at_a_thousand_sessions_and_the_next_goes_on() {
    for database in databases() {
        let w = world(&database).await;
        let first = w.sign_in().await.session_id;
        // Sessions that ended long ago, behind one that lives.
        w.sql(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
             INSERT INTO session (id, brand_id, subject_kind, subject_id, refresh_generation, expires_at, created_at)
             SELECT 100000 + i, 1, 0, 5, 0, 1, 0 FROM n",
        )
        .await;
        let mut after = SessionId(0);
        let mut deleted = Vec::new();
        for _ in 0..3 {
            let done = w.app.forget_ended_sessions(after).await.expect("a store");
            deleted.push(done.deleted);
            after = done.next;
        }
        assert_eq!(deleted, [999, 501, 0]);
        assert_eq!(after, SessionId(0), "it begins anew");
        assert_eq!(w.sessions().await, 1);
        assert!(w.count("SELECT MAX(id) FROM session").await == first.0);
    }
}
