//! Who may come in: tokens, kinds, and how often.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::Request,
    middleware,
    routing::{get, post},
};
use rstest::rstest;
use serde_json::json;
use touchstone_api::{
    ApiOptions,
    auth::{Customer, SignedIn, Staff, Visitor},
    rate_limit::{LimiterClock, NameKind},
};
use touchstone_app::identity::{self, Caller, Credential, CustomerCaller, StaffCaller};
use touchstone_domain::{BrandId, CustomerId, SessionId, StaffId};

use crate::support::{Answer, START, TestServer, send};

fn customer(id: i64) -> Caller {
    Caller::Customer(CustomerCaller {
        session_id: SessionId(1),
        brand_id: BrandId(1),
        customer_id: CustomerId(id),
    })
}

fn staff() -> Caller {
    Caller::Staff(StaffCaller {
        credential: Credential::Session(SessionId(2)),
        brand_id: BrandId(1),
        staff_id: StaffId(1),
    })
}

fn token(server: &TestServer, caller: Caller) -> String {
    identity::issue(&server.state.app.keys, caller, None, START, 900)
}

fn routes(server: &TestServer) -> Router {
    Router::new()
        .route(
            "/customer/x",
            get(|Customer(c): Customer| async move { c.customer_id.to_string() }),
        )
        .route(
            "/customers/x",
            get(|Customer(c): Customer| async move { c.customer_id.to_string() }),
        )
        .route(
            "/users/x",
            get(|Staff(s): Staff| async move { s.staff_id.to_string() }),
        )
        .route(
            "/any/x",
            get(|SignedIn(caller): SignedIn| async move { format!("{caller:?}") }),
        )
        .route(
            "/customers/register",
            post(|visitor: Visitor| async move { visitor.address.to_string() }),
        )
        .layer(middleware::from_fn_with_state(
            server.state.clone(),
            touchstone_api::around,
        ))
        .with_state(server.state.clone())
}

async fn ask(server: &TestServer, path: &str, authorization: Option<&str>) -> Answer {
    let mut request = Request::get(path);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    send(routes(server), request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_bearer_token_is_taken_everywhere_a_bare_one_by_scaletrade() {
    let server = TestServer::new().await;
    let token = token(&server, customer(5));
    for authorization in [format!("Bearer {token}"), format!("bearer  {token}")] {
        for path in ["/customer/x", "/customers/x"] {
            let answer = ask(&server, path, Some(&authorization)).await;
            assert_eq!(
                (answer.status.as_u16(), answer.body.as_str()),
                (200, "5"),
                "{path}"
            );
        }
    }
    assert_eq!(ask(&server, "/customer/x", Some(&token)).await.status, 200);
    assert_eq!(ask(&server, "/customers/x", Some(&token)).await.status, 401);
}

#[rstest]
#[case("/customer/x", json!({"error": "INVALID_CUSTOMER_SESSION", "message": "No valid session token was sent"}))]
#[case("/customers/x", json!({"detail": "No valid access token was sent", "error": "unauthorized"}))]
#[tokio::test]
async fn without_a_valid_token(#[case] path: &str, #[case] expected: serde_json::Value) {
    let server = TestServer::new().await;
    let old = identity::issue(
        &server.state.app.keys,
        customer(5),
        None,
        START.plus_seconds(-900),
        900,
    );
    for authorization in [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some("Basic x"),
        Some("nonsense"),
        Some(&old),
    ] {
        let answer = ask(&server, path, authorization).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (401, expected.clone()),
            "{authorization:?}"
        );
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn the_wrong_kind_is_forbidden() {
    let server = TestServer::new().await;
    let staff = format!("Bearer {}", token(&server, staff()));
    let trader = format!("Bearer {}", token(&server, customer(5)));
    for (path, authorization, code) in [
        ("/customer/x", &staff, "FORBIDDEN"),
        ("/customers/x", &staff, "forbidden"),
        ("/users/x", &trader, "forbidden"),
    ] {
        let answer = ask(&server, path, Some(authorization)).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (403, &json!(code))
        );
    }
    assert_eq!(ask(&server, "/users/x", Some(&staff)).await.body, "1");
    assert_eq!(ask(&server, "/any/x", Some(&staff)).await.status, 200);
    assert_eq!(ask(&server, "/any/x", Some(&trader)).await.status, 200);
}

/// A server with a limit, and the clock it runs on.
async fn limited(per_minute: u32) -> (TestServer, Arc<AtomicU64>) {
    let seconds = Arc::new(AtomicU64::new(0));
    let source = Arc::clone(&seconds);
    let server = TestServer::with(ApiOptions {
        rate_limit_per_minute: per_minute,
        limiter_clock: LimiterClock::new(move || {
            Duration::from_secs(source.load(Ordering::SeqCst))
        }),
        ..ApiOptions::default()
    })
    .await;
    (server, seconds)
}

#[tokio::test]
async fn a_person_is_limited_by_himself_and_sees_what_is_left() {
    let (server, seconds) = limited(2).await;
    let five = token(&server, customer(5));
    let first = ask(&server, "/customer/x", Some(&five)).await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("x-ratelimit-limit"), Some("2"));
    assert_eq!(first.header("x-ratelimit-remaining"), Some("1"));
    let reset = (START.seconds() + 30).to_string();
    assert_eq!(first.header("x-ratelimit-reset"), Some(reset.as_str()));

    assert_eq!(ask(&server, "/customer/x", Some(&five)).await.status, 200);
    let refused = ask(&server, "/customer/x", Some(&five)).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.json()["error"], "RATE_LIMITED");
    assert_eq!(refused.header("retry-after"), Some("30"));
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    let bearer = format!("Bearer {five}");
    let slate = ask(&server, "/customers/x", Some(&bearer)).await;
    assert_eq!(
        (slate.status.as_u16(), &slate.json()["error"]),
        (429, &json!("rate_limited"))
    );

    let six = token(&server, customer(6));
    assert_eq!(ask(&server, "/customer/x", Some(&six)).await.status, 200);

    seconds.store(30, Ordering::SeqCst);
    assert_eq!(ask(&server, "/customer/x", Some(&five)).await.status, 200);
}

#[tokio::test]
async fn an_address_may_ask_twice_as_often_as_a_person() {
    let (server, _) = limited(2).await;
    let register = || {
        Request::post("/customers/register")
            .body(Body::empty())
            .unwrap()
    };
    for remaining in ["3", "2", "1", "0"] {
        let answer = send(routes(&server), register()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-ratelimit-remaining"), Some(remaining));
    }
    assert_eq!(send(routes(&server), register()).await.status, 429);
}

#[tokio::test]
async fn a_forged_token_uses_up_nobodys_allowance() {
    let (server, _) = limited(1).await;
    for _ in 0..3 {
        let answer = ask(&server, "/customer/x", Some("nonsense")).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("x-ratelimit-limit"), None);
    }
}

#[tokio::test]
async fn zero_means_no_limit() {
    let (server, _) = limited(0).await;
    let five = token(&server, customer(5));
    for _ in 0..10 {
        let answer = ask(&server, "/customer/x", Some(&five)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-ratelimit-limit"), None);
    }
}

const TRADER: &str = "trader@demo.test";

fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

/// One wrong guess, unless it has to wait.
fn guess(server: &TestServer, name: &str, from: u8) -> Result<(), Duration> {
    let limits = &server.state.rate_limits;
    limits.begin_login(NameKind::Customer, name, address(from))?;
    limits.login_failed();
    Ok(())
}

#[tokio::test]
async fn failed_logins_slow_down_a_name_at_an_address_and_then_the_address() {
    let (server, seconds) = limited(0).await;
    for _ in 0..5 {
        assert_eq!(guess(&server, "Trader@demo.test", 1), Ok(()));
    }
    let wait = Err(Duration::from_secs(30));
    assert_eq!(guess(&server, TRADER, 1), wait);
    assert_eq!(guess(&server, " TRADER@demo.test", 1), wait);
    let limits = &server.state.rate_limits;
    // Somebody of the firm has the same name.
    assert_eq!(
        limits.begin_login(NameKind::Staff, TRADER, address(1)),
        Ok(())
    );
    limits.login_was_no_guess(NameKind::Staff, TRADER, address(1));
    for other in 0..25 {
        assert_eq!(guess(&server, &format!("{other}@demo.test"), 1), Ok(()));
    }
    let wait = Err(Duration::from_secs(5));
    assert_eq!(guess(&server, "new@demo.test", 1), wait);
    assert_eq!(guess(&server, "new@demo.test", 2), Ok(()));
    seconds.store(30, Ordering::SeqCst);
    assert_eq!(guess(&server, TRADER, 1), Ok(()));
}

#[tokio::test]
async fn guesses_from_an_address_count_before_they_are_known_to_be_wrong() {
    let (server, _) = limited(0).await;
    let limits = &server.state.rate_limits;
    let begin =
        |name: usize| limits.begin_login(NameKind::Customer, &format!("{name}@x"), address(1));
    for name in 0..30 {
        assert_eq!(begin(name), Ok(()));
    }
    assert_eq!(begin(30), Err(Duration::from_secs(5)));
    limits.login_was_right(NameKind::Customer, "3@x", address(1));
    assert_eq!(begin(30), Ok(()));
}

#[tokio::test]
async fn a_stranger_does_not_keep_the_owner_out() {
    let (server, seconds) = limited(0).await;
    let limits = &server.state.rate_limits;
    while guess(&server, TRADER, 1).is_ok() {}
    assert_eq!(
        limits.begin_login(NameKind::Customer, TRADER, address(2)),
        Ok(())
    );
    limits.login_was_right(NameKind::Customer, TRADER, address(2));
    // Many strangers: whoever comes from a new address has to wait, the owner at home has not.
    for from in 10..=20 {
        while guess(&server, TRADER, from).is_ok() {}
    }
    for _ in 0..20 {
        assert_eq!(guess(&server, TRADER, 30), Err(Duration::from_secs(10)));
    }
    for _ in 0..20 {
        assert_eq!(
            limits.begin_login(NameKind::Customer, TRADER, address(2)),
            Ok(())
        );
        limits.login_was_right(NameKind::Customer, TRADER, address(2));
    }
    // A stranger's guess is answered now and then.
    seconds.store(10, Ordering::SeqCst);
    assert_eq!(guess(&server, TRADER, 30), Ok(()));
    assert_eq!(guess(&server, TRADER, 31), Err(Duration::from_secs(10)));
}

#[tokio::test]
async fn who_knows_his_password_never_waits() {
    let (server, _) = limited(0).await;
    let limits = &server.state.rate_limits;
    for _ in 0..100 {
        assert_eq!(
            limits.begin_login(NameKind::Customer, TRADER, address(1)),
            Ok(())
        );
        limits.login_was_right(NameKind::Customer, TRADER, address(1));
    }
}

#[tokio::test]
async fn nobody_has_many_mails_sent_or_keeps_others_from_asking() {
    let (server, _) = limited(0).await;
    let limits = &server.state.rate_limits;
    for _ in 0..5 {
        assert_eq!(limits.begin_mail(TRADER, address(1)), Ok(()));
    }
    let wait = Err(Duration::from_secs(30));
    assert_eq!(limits.begin_mail(" Trader@demo.test", address(1)), wait);
    assert_eq!(limits.begin_mail(TRADER, address(2)), Ok(()));
    for other in 0..25 {
        let email = format!("{other}@demo.test");
        assert_eq!(limits.begin_mail(&email, address(1)), Ok(()));
    }
    let wait = Err(Duration::from_secs(5));
    assert_eq!(limits.begin_mail("new@demo.test", address(1)), wait);
}
