//! Every operation that wants a session: who may use it, what strangers learn, and that a change
//! leaves a row in the audit.

mod door;
mod hooks;
mod list;
mod reads;
mod traded;
mod words;

use crate::support::Answer;
use crate::support::demo::DemoServer;
use door::Door;
use list::doors;
pub use list::payrolls;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use touchstone_domain::EntityKind::{Account, Program};
use touchstone_domain::access::{Permission, Role};
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
        let token = json!({"name": "House", "scopes": ["view_news"]});
        server.post(&staff, "/api-tokens", &token).await;
        let terms = json!({"kind": "terms", "title": "Terms", "text": "Be fair."});
        let terms = server.post(&staff, "/agreements", &terms).await.json();
        // He buys later on.
        let terms = terms["id"].as_str().expect("an id").to_owned();
        let path = format!("/customers/me/agreements/{terms}/accept");
        let trader = server.trader().await;
        server.send(axum::http::Method::POST, &trader, &path).await;
        let ours = door::mail("Ours");
        server.put(&staff, "/mail-templates/refund", &ours).await;
        let webhook = hooks::webhook("house");
        server.post(&staff, "/webhooks", &webhook).await;
        let test = "/webhooks/1/test";
        server.send(axum::http::Method::POST, &staff, test).await;
        let told_again = hooks::webhook("told-again");
        server.post(&staff, "/webhooks", &told_again).await;
        let since = json!({"since": "2026-05-01"});
        server.post(&staff, "/webhooks/2/replay", &since).await;
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
        let body = door.body.as_ref().map(|body| match body {
            Value::String(text) => text.clone(),
            json => json.to_string(),
        });
        let method = door.method.clone();
        self.server.request(method, token, path, body).await
    }

    async fn status(&self, door: &Door, token: &str) -> u16 {
        let answer = self.knock(door, &door.own_path(), token).await;
        answer.status.as_u16()
    }
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
        let is_sold = ["/programs/", "/enroll", "/customers/me/agreements/"]
            .iter()
            .any(|part| door.pattern.contains(part));
        if door.pattern.starts_with("/instruments") || door.pattern.starts_with("/mail-templates") {
            // Everybody, or each brand, has one of this name.
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

/// What everybody may do with himself.
const OWN: [(&str, &str); 13] = [
    ("GET", "/auth/totp"),
    ("POST", "/auth/totp/enroll"),
    ("POST", "/auth/totp/confirm"),
    ("POST", "/auth/totp/disable"),
    ("POST", "/auth/totp/backup-codes"),
    ("DELETE", "/auth/sessions/{session_id}"),
    ("POST", "/customer/auth/logout"),
    ("GET", "/users/me"),
    ("PATCH", "/users/me"),
    ("GET", "/roles"),
    // Each event asks for the permission of its kind.
    ("GET", "/events/stream"),
    // Each kind by the permission of its own.
    ("GET", "/prop/inbox"),
    ("GET", "/prop/search"),
];

/// What belongs to the brand as a whole, and not to one of its customers.
const OF_THE_BRAND: [&str; 11] = [
    "/agreements",
    "/api-tokens",
    "/instruments",
    "/mail-templates",
    "/promo-codes",
    "/prop/groups",
    "/prop/manage",
    "/prop/news",
    "/prop/programs",
    "/prop/templates",
    "/webhooks",
];

impl House {
    /// The permission that the document says staff need for it.
    fn permission(&self, document: &Value, door: &Door) -> Option<Permission> {
        let method = door.method.as_str();
        let operation = &document["paths"][door.pattern][method.to_lowercase()];
        let name = operation["x-permission"].as_str();
        let is_own = OWN.contains(&(method, door.pattern));
        assert_eq!(name.is_none(), is_own, "{method} {}", door.pattern);
        let named = |name| Permission::from_name(name).expect("a permission that there is");
        name.map(named)
    }
}

#[tokio::test]
async fn staff_may_what_their_role_may_and_nothing_else() {
    let house = House::new().await;
    let document = house.server.get("", "/openapi.json").await.json();
    let of_staff = |door: &&Door| matches!(door.who, Who::Staff | Who::Anyone);
    // Who may least comes first: what is allowed changes the house.
    for role in Role::ALL.into_iter().rev() {
        let token = house.server.with_role(role).await;
        for door in house.doors.iter().filter(of_staff) {
            let Some(permission) = house.permission(&document, door) else {
                continue;
            };
            let answer = house.knock(door, &door.own_path(), &token).await;
            let told = format!("{role:?} {} {}: {}", door.method, door.pattern, answer.body);
            if role.may(permission) {
                assert_ne!(answer.status.as_u16(), 403, "{told}");
            } else {
                assert_eq!(answer.status.as_u16(), 403, "{told}");
                assert!(answer.body.contains(permission.name()), "{told}");
            }
        }
    }
}

/// What somebody may do before he has the second factor that his brand wants: this one.
const BEFORE_THE_FACTOR: [(&str, &str); 9] = [
    ("GET", "/auth/totp"),
    ("POST", "/auth/totp/enroll"),
    ("POST", "/auth/totp/confirm"),
    ("POST", "/auth/totp/disable"),
    ("POST", "/auth/totp/backup-codes"),
    ("DELETE", "/auth/sessions/{session_id}"),
    ("POST", "/customer/auth/logout"),
    ("GET", "/users/me"),
    ("GET", "/roles"),
];

#[tokio::test]
async fn staff_without_the_factor_that_is_demanded_come_no_further() {
    let house = House::new().await;
    let token = house.token(Who::Staff).await;
    crate::totp::demanded(&house.server).await;
    let of_staff = |door: &&Door| matches!(door.who, Who::Staff | Who::Anyone);
    for door in house.doors.iter().filter(of_staff) {
        let named = (door.method.as_str(), door.pattern);
        // His own session he ends; the one that stands here is a customer's.
        if BEFORE_THE_FACTOR.contains(&named) && door.method != axum::http::Method::DELETE {
            continue;
        }
        let answer = house.knock(door, &door.own_path(), &token).await;
        let told = format!("{named:?}: {}", answer.body);
        assert_eq!(answer.status.as_u16(), 403, "{told}");
        let codes = ["totp_enrollment_required", "OTP_ENROLLMENT_REQUIRED"];
        assert!(
            codes.iter().any(|code| answer.body.contains(code)),
            "{told}"
        );
    }
}

#[tokio::test]
async fn what_is_outside_of_the_view_scope_is_answered_like_what_is_not_there() {
    let house = House::new().await;
    let sql = "UPDATE staff SET role = 0, view_scope = 1 WHERE id = 2";
    let narrow = house.server.app.store.write(|tx| tx.execute(sql, &[]));
    assert_eq!(narrow.await.expect("a store"), 1);
    let token = house.server.with_role(Role::Risk).await;
    for door in &house.doors {
        let is_of_brand = OF_THE_BRAND
            .iter()
            .any(|part| door.pattern.starts_with(part))
            || door.pattern.starts_with("/users");
        let Some((own, unknown)) = door.ids.as_ref().filter(|_| !is_of_brand) else {
            continue;
        };
        if !matches!(door.who, Who::Staff | Who::Anyone) {
            continue;
        }
        let theirs = house.knock(door, &door.path(own), &token).await;
        let none = house.knock(door, &door.path(unknown), &token).await;
        let told = format!("{} {}: {}", door.method, door.pattern, theirs.body);
        assert_eq!(theirs.status.as_u16(), 404, "{told}");
        assert_eq!(
            (theirs.status, theirs.body),
            (none.status, none.body),
            "{told}"
        );
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
