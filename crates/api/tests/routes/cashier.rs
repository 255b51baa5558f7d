//! `GET` and `POST /cashier/{token}`

use crate::support::demo::DemoServer;
use crate::support::{Answer, enrolled};
use rstest::rstest;
use serde_json::json;

/// The path of the page that `pay` sends to.
async fn opened(server: &DemoServer, transaction: &str) -> String {
    let trader = server.trader().await;
    let path = format!("/customers/me/transactions/{transaction}/pay");
    let answer = server.post(&trader, &path, &json!({})).await.json();
    let url = answer["redirect_url"].as_str().expect("a URL").to_owned();
    url.strip_prefix("http://127.0.0.1:8080")
        .expect("our own page")
        .to_owned()
}

async fn press(server: &DemoServer, path: &str, form: &str) -> Answer {
    server.post_form(path, form).await
}

#[rstest]
#[case("pay", "Paid. Thank you.", "active")]
#[case("decline", "Declined. Nothing was taken.", "abandoned")]
#[tokio::test]
async fn a_click_decides(#[case] choice: &str, #[case] told: &str, #[case] status: &str) {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let path = opened(&server, &journey.transaction).await;
    let page = server.get("", &path).await;
    assert_eq!(page.status.as_u16(), 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(page.body.contains("Pay 499.00 USD"), "{}", page.body);

    for _ in 0..2 {
        let answer = press(&server, &path, &format!("choice={choice}")).await;
        assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
        assert_eq!(answer.header("location"), Some(path.as_str()));
    }
    let page = server.get("", &path).await;
    assert!(page.body.contains(told), "{}", page.body);
    assert!(!page.body.contains("<button"), "{}", page.body);
    let back = "<a href=\"/console/challenges\">Back to your challenges</a>";
    assert!(page.body.contains(back), "{}", page.body);

    let staff = server.staff(1).await;
    let cancel = format!("/prop/journeys/{}/cancel", journey.id);
    let answer = server.post(&staff, &cancel, &json!({"reason": "x"})).await;
    assert_eq!(answer.status.as_u16(), 409);
    assert!(answer.body.contains(status), "{}", answer.body);
}

#[tokio::test]
async fn the_page_loads_nothing_and_is_framed_by_nobody() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let path = opened(&server, &journey.transaction).await;
    for path in [path.as_str(), "/cashier/guessed"] {
        let page = server.get("", path).await;
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
        assert!(policy.ends_with("form-action 'self'; base-uri 'none'; frame-ancestors 'none'"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(!page.body.contains("<script"));
    }
}

#[tokio::test]
async fn a_page_that_is_not_there_decides_nothing() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let path = opened(&server, &journey.transaction).await;
    for wrong in ["", "choice=steal", "other=pay"] {
        let answer = press(&server, &path, wrong).await;
        assert_eq!(answer.status.as_u16(), 422, "{wrong}");
        assert_eq!(answer.json()["error"], "validation_error");
    }
    assert_eq!(
        press(&server, "/cashier/guessed", "choice=pay")
            .await
            .status
            .as_u16(),
        404
    );
    server.clock.advance_micros(3_600_000_000);
    assert_eq!(server.get("", &path).await.status.as_u16(), 404);
    assert_eq!(
        press(&server, &path, "choice=pay").await.status.as_u16(),
        404
    );
}
