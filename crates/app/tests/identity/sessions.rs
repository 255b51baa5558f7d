//! Whose session it is, and what ends it at once.

use crate::support::{PASSWORD, TRADER, World, credentials, world};
use touchstone_app::identity::{
    self, Caller, CustomerCaller, SessionError, SessionLife, SignInError, StaffCaller, Tokens,
};
use touchstone_app::purchase::QueryError;
use touchstone_domain::{CustomerId, StaffId};
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
            session_id: admin.session_id,
            customer_id: CustomerId(admin.staff_id.0),
            ..trader
        };
        let with_customers = StaffCaller {
            session_id: trader.session_id,
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
