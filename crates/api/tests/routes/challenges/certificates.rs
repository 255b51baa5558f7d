//! `GET /challenges/me/certificates`, `GET /certificates/{code}` with its pictures, and `GET /verify`

use crate::support::demo::DemoServer;
use axum::http::Method;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::Payout;

const OWN: &str = "/challenges/me/certificates";

/// Staff take the asked payout to this step.
async fn step(server: &DemoServer, what: &str, body: Value) {
    let staff = server.staff(1).await;
    let path = format!("/prop/payouts/{}/{what}", server.uuid(Payout, 1));
    let done = server
        .request(Method::POST, &staff, &path, Some(body.to_string()))
        .await;
    assert_eq!(done.status.as_u16(), 200, "{what}: {}", done.body);
}

async fn pay(server: &DemoServer) {
    step(server, "approve", json!({"reason": "looked at"})).await;
    step(server, "mark-disbursing", json!({})).await;
    step(server, "mark-paid", json!({"reference": "SEPA 4711"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passed_phase_and_a_paid_payout_have_one_that_anyone_can_check() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.asked_for_payout().await;
    let trader = server.trader().await;
    let kinds = |page: &Value| {
        let items = page["items"].as_array();
        let items = items.unwrap_or_else(|| panic!("{page}")).iter();
        items.map(|one| one["kind"].clone()).collect::<Vec<_>>()
    };
    // A payout that is not paid yet has none.
    let before = server.get(&trader, OWN).await.json();
    assert_eq!(kinds(&before), ["phase_passed"], "{before}");
    pay(&server).await;
    let own = server.get(&trader, OWN).await.json();
    assert_eq!(own["total"], 2);
    assert_eq!(kinds(&own), ["payout", "phase_passed"], "{own}");
    let page = server
        .get(&trader, &format!("{OWN}?limit=1&offset=1"))
        .await;
    assert_eq!(kinds(&page.json()), ["phase_passed"]);
    let (payout, phase) = (&own["items"][0], &own["items"][1]);
    assert_eq!(phase["phase"], "Evaluation");
    assert_eq!(
        (&phase["amount"], &phase["currency"]),
        (&json!("100000.00"), &json!("USD"))
    );
    assert_eq!(phase["program"], "Short");
    // His share, and the fee.
    assert_eq!(payout["amount"], "1293.26");
    for one in [payout, phase] {
        let code = one["code"].as_str().expect("a code");
        let typed = code.to_lowercase().replace('-', "");
        for code in [code, &typed] {
            let open = server.get("", &format!("/certificates/{code}")).await;
            assert_eq!(&open.json(), one, "{code}");
            let page = server.get("", &format!("/verify?code={code}")).await;
            assert_eq!(page.status.as_u16(), 200, "{}", page.body);
            assert!(page.body.contains("is genuine"), "{}", page.body);
        }
        let svg = server.get("", one["svg"].as_str().expect("a path")).await;
        assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
        for text in [
            code,
            one["holder"].as_str().expect("a name"),
            "http://127.0.0.1:8080/verify",
        ] {
            assert!(svg.body.contains(text), "{text}: {}", svg.body);
        }
        let png = server.get("", one["png"].as_str().expect("a path")).await;
        assert_eq!(png.status.as_u16(), 200);
        assert_eq!(png.header("content-type"), Some("image/png"));
    }
    // Somebody else has none of them.
    let other = server.customer(2, 21).await;
    assert_eq!(
        server.get(&other, OWN).await.json(),
        json!({"items": [], "total": 0})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_code_or_says_nothing_true_is_not_found() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.asked_for_payout().await;
    let ids = &server.app.public_ids;
    let code = |kind, key| touchstone_domain::certificate::code(ids.uuid(kind, key));
    use touchstone_domain::EntityKind::{Account, PayoutCertificate, PhaseCertificate};
    for wrong in [
        "x".to_owned(),
        code(Account, 2_000_100),
        // It waits for staff.
        code(PayoutCertificate, 1),
        code(PayoutCertificate, 99),
        // The funded account runs, a wallet is of no phase, and there is no such account.
        code(PhaseCertificate, 2_000_101),
        code(PhaseCertificate, 100_001),
        code(PhaseCertificate, 1),
    ] {
        for rest in ["", "/picture.svg", "/picture.png"] {
            let answer = server
                .get("", &format!("/certificates/{wrong}{rest}"))
                .await;
            assert_eq!(
                answer.error(),
                (404, "not_found".to_owned()),
                "{wrong}{rest}"
            );
        }
        let page = server.get("", &format!("/verify?code={wrong}")).await;
        assert_eq!(page.status.as_u16(), 404);
        assert!(
            page.body.contains("There is no such certificate"),
            "{}",
            page.body
        );
    }
    let form = server.get("", "/verify").await;
    assert_eq!(form.status.as_u16(), 200);
    assert!(form.body.contains("<form"), "{}", form.body);
}
