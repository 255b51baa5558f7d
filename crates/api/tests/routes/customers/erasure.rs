//! `POST /customers/me/erasure` and `POST /customers/{customer_id}/erasure`

use crate::support::Answer;
use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_app::check::check;
use touchstone_domain::EntityKind::{Account, Customer, Payout};
use touchstone_domain::access::Role;

const OWN: &str = "/customers/me/erasure";

fn of(server: &DemoServer, customer: i64) -> String {
    format!("/customers/{}/erasure", server.uuid(Customer, customer))
}

fn codes(answer: &Answer) -> Vec<(String, i64)> {
    let body = answer.json();
    assert_eq!(
        (answer.status.as_u16(), &body["error"]),
        (409, &json!("erasure_refused")),
        "{body}"
    );
    let obstacles = body["obstacles"].as_array().expect("obstacles").iter();
    obstacles
        .map(|one| {
            assert!(one["message"].as_str().is_some_and(|text| !text.is_empty()));
            let code = one["code"].as_str().expect("a code");
            (code.to_owned(), one["count"].as_i64().expect("a count"))
        })
        .collect()
}

/// Staff take all real money out of the customer's accounts.
async fn empty_wallets(server: &DemoServer, staff: &str, customer: i64) {
    let path = format!("/customers/{}/export", server.uuid(Customer, customer));
    let export = server.get(staff, &path).await.json();
    for account in export["accounts"].as_array().expect("accounts") {
        let is_wallet = account["kind"] == "personal" && account["mode"] == "REAL";
        if is_wallet && account["balance"] != "0.00" {
            let login = account["login"]
                .as_str()
                .and_then(|login| login.parse().ok());
            let out = json!({
                "account_id": server.uuid(Account, login.expect("a login")),
                "type": "CORRECTION_OUT",
                "amount": account["balance"],
                "status": "APPROVED",
                "comment": "Tina was paid by wire",
            });
            let done = server.post(staff, "/transactions/manual", &out).await;
            assert_eq!(done.status.as_u16(), 201, "{}", done.body);
        }
    }
}

async fn assert_books(server: &DemoServer) {
    let report = server.app.store.read(|tx| check(tx, 100)).await;
    let report = report.expect("a look");
    assert!(report.is_clean(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trader_who_was_paid_and_has_failed_is_forgotten_and_his_trades_are_not() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.asked_for_payout().await;
    let (trader, staff) = (server.trader().await, server.staff(1).await);
    let password = json!({"password": "demo-trader-1"});
    let refused = codes(&server.post(&trader, OWN, &password).await);
    let refused: Vec<_> = refused.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(
        refused,
        ["running_challenge", "payout_in_flight", "money_in_wallet"]
    );
    for (step, body) in [
        ("approve", json!({"reason": "Tina is fine"})),
        ("mark-disbursing", json!({})),
        ("mark-paid", json!({"reference": "SEPA 4711"})),
    ] {
        let path = format!("/prop/payouts/{}/{step}", server.uuid(Payout, 1));
        let done = server.post(&staff, &path, &body).await;
        assert_eq!(done.status.as_u16(), 200, "{}", done.body);
    }
    // His funded account loses everything that it may.
    server.ten_lots(crate::support::funded::FUNDED_LOGIN).await;
    server.price(109_000).await;
    let own = server.get(&trader, "/challenges/me/certificates").await;
    let certificates = own.json();
    assert_eq!(certificates["total"], 2);
    let codes_of = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().expect("certificates").iter();
        items
            .filter_map(|one| Some(one["code"].as_str()?.to_owned()))
            .collect()
    };
    assert_eq!(certificates["items"][0]["holder"], "Tina Trader");
    empty_wallets(&server, &staff, 5).await;
    server.clock.advance_micros(1_000_000);
    let path = format!("/customers/{}/export", server.uuid(Customer, 5));
    let before = server.get(&staff, &path).await.json();

    let erased = server.post(&trader, OWN, &password).await;
    let body = erased.json();
    assert_eq!(erased.status.as_u16(), 200, "{body}");
    assert_eq!(
        body,
        json!({
            "customer_id": server.uuid(Customer, 5),
            "status": "erased",
            "erased_at": server.app.now().rfc3339(),
        })
    );
    assert_books(&server).await;
    // The same again, by himself as long as his token is good, and by staff.
    server.clock.advance_micros(1_000_000);
    let again = server.post(&trader, OWN, &password).await;
    assert_eq!(again.json(), body);
    let reason = json!({"reason": "he asked"});
    let again = server.post(&staff, &of(&server, 5), &reason).await;
    assert_eq!(again.json(), body);
    assert_eq!(
        server.get(&trader, "/challenges/me").await.status.as_u16(),
        401
    );
    let login = json!({"email": "trader@demo.test", "password": "demo-trader-1"});
    let wrong = server.post("", "/customers/login", &login).await;
    assert_eq!(wrong.status.as_u16(), 401);
    let shown = format!("/customers/{}", server.uuid(Customer, 5));
    let shown = server.get(&staff, &shown).await.json();
    assert_eq!(
        (&shown["email"], &shown["full_name"], &shown["erased_at"]),
        (&json!("erased-5"), &json!(""), &body["erased_at"])
    );
    // What he did is all there, without him.
    let after = server.get(&staff, &path).await.json();
    for kept in ["purchases", "challenges", "payouts", "fee_claims"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    let trades = |export: &Value| -> Vec<Value> {
        let accounts = export["accounts"].as_array().expect("accounts").iter();
        accounts
            .map(|one| json!([one["login"], one["entries"], one["orders"], one["deals"]]))
            .collect()
    };
    assert_eq!(trades(&after), trades(&before));
    let text = after.to_string();
    for word in ["Tina", "trader@demo.test", "+4930000005"] {
        assert!(before.to_string().contains(word), "{word}");
        assert!(!text.contains(word), "{word}: {text}");
    }
    // A certificate is as good as it was, and tells no name.
    for code in codes_of(&certificates) {
        let one = server.get("", &format!("/certificates/{code}")).await;
        assert_eq!(
            (one.status.as_u16(), &one.json()["holder"]),
            (200, &json!(""))
        );
        let page = server.get("", &format!("/verify?code={code}")).await;
        assert!(page.body.contains("is genuine"), "{}", page.body);
        assert!(!page.body.contains("Tina"), "{}", page.body);
        let svg = server.get("", &format!("/certificates/{code}/svg")).await;
        assert!(!svg.body.contains("Tina"), "{}", svg.body);
    }
    // Nobody gives him a challenge, and nothing of his comes back to life.
    let breaches = server.get(&staff, "/prop/breach-events").await.json();
    let breach = breaches["items"][0]["id"].as_str().expect("a breach");
    let path = format!("/prop/breach-events/{breach}/revert");
    let revert = json!({"reason": "a mistake", "restore": "none"});
    let revived = server.post(&staff, &path, &revert).await;
    assert_eq!(revived.status.as_u16(), 409, "{}", revived.body);
    assert!(revived.body.contains("CUSTOMER_ERASED"), "{}", revived.body);
    let kyc = format!("/customers/{}/kyc", server.uuid(Customer, 5));
    let late = json!({"status": "approved", "reason": "late"});
    let late = server.put(&staff, &kyc, &late).await;
    assert_eq!(
        (late.status.as_u16(), &late.json()["error"]),
        (409, &json!("customer_erased"))
    );
    // Somebody new can have the address.
    let new = json!({"email": "trader@demo.test", "phone": "1", "password": "long enough"});
    let new = server.post("", "/customers/register", &new).await;
    assert_eq!(new.status.as_u16(), 201, "{}", new.body);
    assert_books(&server).await;
}

#[tokio::test]
async fn it_takes_the_password_and_the_second_factor() {
    let server = DemoServer::new().await;
    let rival = server.customer(1, 6).await;
    empty_wallets(&server, &server.staff(1).await, 6).await;
    let on = crate::totp::switched_on(&server, &rival).await;
    let spare = json!(on.spare[0]);
    let wrong = |password: &str, code: Value| json!({"password": password, "totp_code": code});
    for (body, error) in [
        (wrong("a guess", spare.clone()), "invalid_credentials"),
        (wrong("demo-rival-1", json!(null)), "invalid_totp_code"),
        (wrong("demo-rival-1", json!("000000")), "invalid_totp_code"),
    ] {
        let refused = server.post(&rival, OWN, &body).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["error"]),
            (401, &json!(error)),
            "{body}"
        );
    }
    let erased = server
        .post(&rival, OWN, &wrong("demo-rival-1", spare))
        .await;
    assert_eq!(erased.status.as_u16(), 200, "{}", erased.body);
    assert_books(&server).await;
}

#[tokio::test]
async fn who_guesses_passwords_has_to_wait() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let guess = json!({"password": "a guess"});
    let mut seen = Vec::new();
    for _ in 0..8 {
        seen.push(server.post(&trader, OWN, &guess).await.status.as_u16());
    }
    assert_eq!(seen[..5], [401; 5], "{seen:?}");
    assert_eq!(seen[7], 429, "{seen:?}");
}

#[rstest]
#[case(OWN, json!({}), "password")]
#[case(OWN, json!({"password": "x", "reason": "none"}), "reason")]
#[case("", json!({}), "reason")]
#[case("", json!({"reason": ""}), "reason")]
#[case("", json!({"reason": "x", "password": "y"}), "password")]
#[tokio::test]
async fn a_wrong_body_names_its_field(
    #[case] path: &str,
    #[case] body: Value,
    #[case] field: &str,
) {
    let server = DemoServer::new().await;
    let answer = if path == OWN {
        server.post(&server.trader().await, OWN, &body).await
    } else {
        let staff = server.staff(1).await;
        server.post(&staff, &of(&server, 5), &body).await
    };
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["detail"][0]["loc"]),
        (422, &json!(["body", field])),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn only_owners_erase() {
    let server = DemoServer::new().await;
    let body = json!({"reason": "he asked"});
    for role in [Role::Risk, Role::Finance, Role::Support, Role::ReadOnly] {
        let token = server.with_role(role).await;
        let refused = server.post(&token, &of(&server, 5), &body).await;
        assert_eq!(refused.status.as_u16(), 403, "{role:?}");
        assert!(refused.body.contains("erase_customer"), "{}", refused.body);
    }
}
