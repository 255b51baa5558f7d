//! Every operation that wants a session: who may use it, what strangers learn, and that a change
//! leaves a row in the audit.

mod door;
mod traded;

use crate::support::Answer;
use crate::support::demo::DemoServer;
use axum::http::Method;
use door::Door;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use touchstone_domain::EntityKind::{
    Account, Breach, Challenge, Customer, News, Payout, Program, Promotion, Session, Transaction,
};
use traded::Traded;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Customer,
    Staff,
    Account,
    /// A customer, or a trading account.
    Trading,
    Anyone,
}

/// The demo firm with a piece of news, a promotion code, an enrolment that waits, a breach and a payout of its account,
/// the trader's other session, a template of the firm's own, one that was simulated, and an account that holds two
/// positions against each other and has an order that waits.
struct House {
    server: DemoServer,
    doors: Vec<Door>,
}

impl House {
    async fn new() -> Self {
        let server = DemoServer::with_desk().await;
        crate::support::enrolled(&server).await;
        crate::support::desk::warned(&server).await;
        crate::support::funded::waiting(&server).await;
        let body = json!({"email": "trader@demo.test", "password": "demo-trader-1"});
        let session = server.post("", "/customers/login", &body).await.json();
        let staff = server.staff(1).await;
        let seed = server.uuid(Program, 1);
        let path = format!("/prop/templates/{seed}/clone");
        let clone = server.post(&staff, &path, &json!({"name": "Ours"})).await;
        let id = |value: &Value| value.as_str().expect("an id").to_owned();
        let (session, clone) = (id(&session["session_id"]), id(&clone.json()["id"]));
        server.post(&staff, "/prop/news", &payrolls("Before")).await;
        crate::prop::simulate::simulated(&server, &staff, 1).await;
        let code = json!({"code": "HOUSE", "discount_percent": "10"});
        server.post(&staff, "/promo-codes", &code).await;
        let traded = Traded::new(&server).await;
        let doors = doors(&server, session, clone, traded);
        Self { server, doors }
    }

    async fn token(&self, who: Who) -> String {
        match who {
            Who::Customer | Who::Trading | Who::Anyone => self.server.trader().await,
            Who::Staff => self.server.staff(1).await,
            Who::Account => self.server.account(1, 100_001).await,
        }
    }

    async fn knock(&self, door: &Door, path: &str, token: &str) -> Answer {
        let body = door.body.as_ref().map(Value::to_string);
        let method = door.method.clone();
        self.server.request(method, token, path, body).await
    }

    async fn status(&self, door: &Door, token: &str) -> u16 {
        let answer = self.knock(door, &door.own_path(), token).await;
        answer.status.as_u16()
    }
}

fn payrolls(title: &str) -> Value {
    json!({"at": "2026-05-08T12:30:00Z", "impact": "high", "currency": "USD", "title": title})
}

fn doors(server: &DemoServer, session: String, clone: String, traded: Traded) -> Vec<Door> {
    use Who::{Account as Login, Anyone, Customer as Trader, Staff, Trading};
    let numbers = |own: i64| Some((own.to_string(), "999999".to_owned()));
    let uuids = |kind, own: i64| Some((server.uuid(kind, own), server.uuid(kind, 999_999)));
    let clone = Some((clone, server.uuid(Program, 999_999)));
    let session = Some((session, server.uuid(Session, 999_999)));
    let reason = || Some(json!({"reason": "a test"}));
    let buy = || Some(json!({"program_id": 1, "payer_login": 100_001}));
    let money = || Some(json!({"amount": "10.00", "account_id": server.uuid(Account, 100_001)}));
    let grant = json!({
        "customer_id": server.uuid(Customer, 5),
        "template_id": server.uuid(Program, 1),
        "reason": "a test",
    });
    let (made, aggregate) = (door::made(), door::aggregate());
    let template = uuids(Program, 1);
    let transaction = uuids(Transaction, 1);
    let journey = uuids(Challenge, 12);
    let breach = uuids(Breach, 1);
    let payout = uuids(Payout, 1);
    let account = numbers(traded.login);
    let order = json!({"symbol": "EURUSD", "side": "buy", "volume": "0.01"});
    let by = json!({"position_id": traded.long, "opposite_position_id": traded.short});
    let get = |pattern, ids, who| (Method::GET, pattern, ids, None, who, false);
    let post = |pattern, ids, body, who| (Method::POST, pattern, ids, body, who, true);
    let patch = |pattern, ids, body, who| (Method::PATCH, pattern, ids, body, who, true);
    let still = |pattern, ids, body, who| (Method::POST, pattern, ids, body, who, false);
    let all = vec![
        get("/accounts", None, Anyone),
        get("/accounts/{login}", account.clone(), Anyone),
        get("/accounts/{login}/deals", account.clone(), Anyone),
        get("/accounts/{login}/orders", account.clone(), Anyone),
        post(
            "/accounts/{login}/orders",
            account.clone(),
            Some(order),
            Trading,
        ),
        get("/accounts/{login}/orders/history", account.clone(), Anyone),
        patch(
            "/accounts/{login}/orders/{order_id}",
            account.clone(),
            Some(json!({"price": "1.08"})),
            Trading,
        ),
        (
            Method::DELETE,
            "/accounts/{login}/orders/{order_id}",
            account.clone(),
            None,
            Trading,
            true,
        ),
        get("/accounts/{login}/positions", account.clone(), Anyone),
        patch(
            "/accounts/{login}/positions/{position_id}",
            account.clone(),
            Some(json!({"stop_loss": "1.05"})),
            Trading,
        ),
        post(
            "/accounts/{login}/positions/close-by",
            account.clone(),
            Some(by),
            Trading,
        ),
        post(
            "/accounts/{login}/positions/{position_id}/close",
            account.clone(),
            None,
            Trading,
        ),
        post(
            "/accounts/{login}/positions/close-all",
            account.clone(),
            None,
            Trading,
        ),
        get("/accounts/{login}/stream", account, Anyone),
        (
            Method::DELETE,
            "/auth/sessions/{session_id}",
            session,
            None,
            Anyone,
            true,
        ),
        get("/challenges", None, Trader),
        get("/challenges/me", None, Trader),
        post(
            "/challenges/{template_id}/enroll",
            template.clone(),
            Some(json!({})),
            Trader,
        ),
        get("/challenges/me/payouts", None, Trader),
        get("/challenges/me/payouts/eligibility", None, Trader),
        still("/challenges/me/payouts/request", None, None, Trader),
        get("/customers/{customer_id}/kyc", uuids(Customer, 5), Staff),
        (
            Method::PUT,
            "/customers/{customer_id}/kyc",
            uuids(Customer, 5),
            Some(json!({"status": "approved", "reason": "a test"})),
            Staff,
            true,
        ),
        get("/prop/payouts", None, Staff),
        get("/prop/payouts/{payout_id}", payout.clone(), Staff),
        post(
            "/prop/payouts/{payout_id}/approve",
            payout.clone(),
            reason(),
            Staff,
        ),
        still(
            "/prop/payouts/{payout_id}/reject",
            payout.clone(),
            reason(),
            Staff,
        ),
        still(
            "/prop/payouts/{payout_id}/return",
            payout.clone(),
            reason(),
            Staff,
        ),
        still(
            "/prop/payouts/{payout_id}/mark-disbursing",
            payout.clone(),
            None,
            Staff,
        ),
        still(
            "/prop/payouts/{payout_id}/mark-paid",
            payout,
            Some(json!({"reference": "a test"})),
            Staff,
        ),
        get("/customer/account/groups", None, Trader),
        post(
            "/customer/account/open",
            None,
            Some(json!({"group": "DEMO-USD"})),
            Trader,
        ),
        post(
            "/customer/account/password",
            None,
            Some(json!({"password": "my own password"})),
            Login,
        ),
        post(
            "/customer/account/{login}/temporary-password",
            numbers(100_001),
            None,
            Trader,
        ),
        post("/customer/auth/logout", None, None, Anyone),
        get("/customer/me", None, Trader),
        get("/customer/session/accounts", None, Trader),
        post("/customers/me/deposit", None, money(), Trader),
        get("/instruments", None, Anyone),
        get(
            "/instruments/{symbol}",
            Some(("EURUSD".to_owned(), "NOTHING".to_owned())),
            Anyone,
        ),
        still(
            "/orders/preflight",
            None,
            Some(json!({"symbol": "EURUSD", "action": "open"})),
            Anyone,
        ),
        get("/quotes", None, Anyone),
        post(
            "/customers/me/transactions/{tx_id}/pay",
            transaction.clone(),
            None,
            Trader,
        ),
        post(
            "/customers/me/transactions/{tx_id}/promo",
            transaction.clone(),
            Some(json!({"code": "HOUSE"})),
            Trader,
        ),
        (
            Method::DELETE,
            "/customers/me/transactions/{tx_id}/promo",
            transaction.clone(),
            None,
            Trader,
            false,
        ),
        post("/customers/me/withdraw", None, money(), Trader),
        get("/feed/status", None, Staff),
        still(
            "/prop/accounts/{account_id}/anchor",
            uuids(Account, 2_000_100),
            Some(json!({"anchor": "100000.00", "reason": "a test"})),
            Staff,
        ),
        get("/prop/breach-events", None, Staff),
        get("/prop/breach-events/{breach_id}", breach.clone(), Anyone),
        post(
            "/prop/breach-events/{breach_id}/approve",
            breach.clone(),
            reason(),
            Staff,
        ),
        post(
            "/prop/breach-events/{breach_id}/revert",
            breach,
            reason(),
            Staff,
        ),
        get(
            "/prop/accounts/{account_id}",
            uuids(Account, 2_000_100),
            Staff,
        ),
        get("/prop/attention", None, Staff),
        still(
            "/prop/attention/{purchase_id}/resolve",
            uuids(touchstone_domain::EntityKind::Purchase, 10),
            Some(json!({"action": "retry", "reason": "a test"})),
            Staff,
        ),
        post("/prop/challenge/buy", None, buy(), Trader),
        still("/prop/challenge/preview", None, buy(), Trader),
        get("/prop/challenges", None, Trader),
        get("/prop/challenges/{id}", numbers(12), Trader),
        get("/prop/challenges/{id}/breaches", numbers(12), Trader),
        get("/prop/challenges/{id}/days", numbers(12), Trader),
        get("/prop/challenges/{id}/metrics", numbers(12), Trader),
        get("/prop/journeys", None, Staff),
        post("/prop/journeys/grant", None, Some(grant), Staff),
        get("/prop/journeys/{journey_id}", journey.clone(), Staff),
        post(
            "/prop/journeys/{journey_id}/cancel",
            journey.clone(),
            reason(),
            Staff,
        ),
        still(
            "/prop/journeys/{journey_id}/reset",
            journey,
            reason(),
            Staff,
        ),
        get("/prop/news", None, Anyone),
        post("/prop/news", None, Some(payrolls("Payrolls")), Staff),
        (
            Method::DELETE,
            "/prop/news/{news_id}",
            uuids(News, 1),
            None,
            Staff,
            true,
        ),
        get("/promo-codes", None, Staff),
        post(
            "/promo-codes",
            None,
            Some(json!({"code": "DOOR", "discount_percent": 10})),
            Staff,
        ),
        get("/promo-codes/{promo_code_id}", uuids(Promotion, 1), Staff),
        patch(
            "/promo-codes/{promo_code_id}",
            uuids(Promotion, 1),
            Some(json!({"description": "Changed"})),
            Staff,
        ),
        get("/prop/programs", None, Anyone),
        get("/prop/programs/{id}", numbers(1), Anyone),
        get("/prop/programs/{id}/payer-accounts", numbers(1), Trader),
        post("/prop/purchases/{id}/cancel", numbers(10), None, Trader),
        still("/prop/purchases/{id}/retry", numbers(10), None, Trader),
        get("/prop/program-presets", None, Staff),
        (
            Method::PUT,
            "/prop/manage/programs",
            None,
            Some(aggregate.clone()),
            Staff,
            true,
        ),
        get("/prop/manage/programs/{id}", numbers(2), Staff),
        post(
            "/prop/manage/programs/{id}",
            numbers(2),
            Some(json!({"name": "Another name"})),
            Staff,
        ),
        still(
            "/prop/manage/programs/filter",
            None,
            Some(json!({"limit": 10, "offset": 0})),
            Staff,
        ),
        still(
            "/prop/manage/programs/validate",
            None,
            Some(aggregate),
            Staff,
        ),
        get("/prop/templates", None, Staff),
        post("/prop/templates", None, Some(made.clone()), Staff),
        still("/prop/templates/validate", None, Some(made), Staff),
        get("/prop/templates/{template_id}", template.clone(), Staff),
        get(
            "/prop/templates/{template_id}/changes",
            template.clone(),
            Staff,
        ),
        get(
            "/prop/templates/{template_id}/versions",
            template.clone(),
            Staff,
        ),
        get(
            "/prop/templates/{template_id}/versions/{version}",
            template.clone(),
            Staff,
        ),
        patch(
            "/prop/templates/{template_id}",
            clone,
            Some(json!({"name": "Other"})),
            Staff,
        ),
        post(
            "/prop/templates/{template_id}/clone",
            template.clone(),
            Some(json!({"name": "More"})),
            Staff,
        ),
        get(
            "/prop/templates/{template_id}/simulate",
            template.clone(),
            Staff,
        ),
        post(
            "/prop/templates/{template_id}/simulate",
            template.clone(),
            Some(json!({"traders": 1})),
            Staff,
        ),
        (
            Method::DELETE,
            "/prop/templates/{template_id}/simulate",
            template,
            None,
            Staff,
            true,
        ),
        get("/transactions", None, Staff),
        patch(
            "/transactions/{tx_id}/approve",
            transaction.clone(),
            Some(json!({})),
            Staff,
        ),
        patch(
            "/transactions/{tx_id}/decline",
            transaction,
            Some(json!({})),
            Staff,
        ),
    ];
    let door = |(method, pattern, ids, body, who, changes)| Door {
        method,
        pattern,
        ids,
        inner: if str::contains(pattern, "{order_id}") {
            traded.waiting
        } else if str::contains(pattern, "{version}") {
            1
        } else {
            traded.long
        },
        body,
        who,
        changes,
    };
    all.into_iter().map(door).collect()
}

#[tokio::test]
async fn every_operation_with_a_session_is_one_of_the_doors() {
    let house = House::new().await;
    let document = house.server.get("", "/openapi.json").await.json();
    let mut documented = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            if operation["security"][0]["bearerAuth"].is_array() {
                documented.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    let doors = house.doors.iter();
    let known: BTreeSet<_> = doors
        .map(|d| format!("{} {}", d.method, d.pattern))
        .collect();
    assert_eq!(documented, known);
}

#[tokio::test]
async fn nobody_comes_in_without_a_session_or_with_one_of_another_kind() {
    let house = House::new().await;
    let customer = house.token(Who::Customer).await;
    let staff = house.token(Who::Staff).await;
    // Its owner has not set a password of his own: it is good for nothing but that.
    let account = house.token(Who::Account).await;
    for door in &house.doors {
        let pattern = (&door.method, door.pattern);
        assert_eq!(house.status(door, "").await, 401, "{pattern:?}");
        assert_eq!(house.status(door, "a.b.c").await, 401, "{pattern:?}");
        let others = match door.who {
            Who::Customer => vec![&staff, &account],
            Who::Staff => vec![&customer, &account],
            Who::Account => vec![&customer, &staff],
            Who::Trading => vec![&staff, &account],
            Who::Anyone => vec![&account],
        };
        for token in others {
            assert_eq!(house.status(door, token).await, 403, "{pattern:?}");
        }
    }
}

#[tokio::test]
async fn an_ended_session_opens_nothing() {
    let house = House::new().await;
    let tokens = [
        Who::Customer,
        Who::Staff,
        Who::Account,
        Who::Trading,
        Who::Anyone,
    ];
    for who in tokens {
        let token = house.token(who).await;
        house
            .server
            .app
            .store
            .write(|tx| {
                tx.execute(
                    "UPDATE session SET revoked_at = 1 WHERE id = (SELECT MAX(id) FROM session)",
                    &[],
                )
            })
            .await
            .expect("a store");
        for door in house.doors.iter().filter(|door| door.who == who) {
            let status = house.status(door, &token).await;
            assert_eq!(status, 401, "{} {}", door.method, door.pattern);
        }
    }
}

#[tokio::test]
async fn a_strangers_thing_is_answered_like_one_that_is_not_there() {
    let house = House::new().await;
    let server = &house.server;
    let rival = server.customer(1, 6).await;
    let foreigner = server.customer(2, 21).await;
    let foreign_staff = server.staff(2).await;
    let colleague = server.staff(1).await;
    for door in &house.doors {
        let Some((own, unknown)) = &door.ids else {
            continue;
        };
        let pattern = (&door.method, door.pattern);
        // What a brand sells is there for all of its customers.
        let is_sold = ["/programs/", "/enroll"]
            .iter()
            .any(|part| door.pattern.contains(part));
        if door.pattern.starts_with("/instruments") {
            // It is the same for everybody.
            continue;
        }
        let strangers = match door.who {
            Who::Staff => vec![&foreign_staff],
            _ if is_sold => vec![&foreigner],
            _ => vec![&rival, &foreigner],
        };
        for stranger in strangers {
            let theirs = house.knock(door, &door.path(own), stranger).await;
            let none = house.knock(door, &door.path(unknown), stranger).await;
            assert_eq!(theirs.status.as_u16(), 404, "{pattern:?} {}", theirs.body);
            assert_eq!(
                (theirs.status, theirs.body),
                (none.status, none.body),
                "{pattern:?}"
            );
        }
        let token = match door.who {
            Who::Staff => colleague.clone(),
            _ => server.trader().await,
        };
        let own = house.status(door, &token).await;
        assert_ne!(own, 404, "{pattern:?} is there for whom it belongs to");
    }
}

#[tokio::test]
async fn a_strangers_account_in_a_body_is_answered_like_one_that_is_not_there() {
    let house = House::new().await;
    let server = &house.server;
    let wallet = |login| json!({"amount": "1.00", "account_id": server.uuid(Account, login)});
    let payer = |login| json!({"program_id": 1, "payer_login": login});
    for (path, body) in [
        ("/prop/challenge/buy", &payer as &dyn Fn(i64) -> Value),
        ("/prop/challenge/preview", &payer),
        ("/customers/me/deposit", &wallet),
        ("/customers/me/withdraw", &wallet),
    ] {
        for stranger in [server.customer(1, 6).await, server.customer(2, 21).await] {
            let theirs = server.post(&stranger, path, &body(100_001)).await;
            let none = server.post(&stranger, path, &body(999_999)).await;
            assert_eq!(
                (theirs.status, theirs.body),
                (none.status, none.body),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_change_leaves_a_row_in_the_audit_and_a_look_leaves_none() {
    let count = House::new().await.doors.len();
    let mut looks = None;
    for place in 0..count {
        let house = match looks.take() {
            Some(house) => house,
            None => House::new().await,
        };
        let door = &house.doors[place];
        let token = house.token(door.who).await;
        let before = house.server.audit_rows().await;
        let answer = house.knock(door, &door.own_path(), &token).await;
        let written = house.server.audit_rows().await - before;
        let told = format!("{} {}: {}", door.method, door.pattern, answer.body);
        if door.changes {
            assert!(answer.status.is_success(), "{told}");
            assert!(written > 0, "{told}");
        } else {
            assert_eq!(written, 0, "{told}");
            looks = Some(house);
        }
    }
}
