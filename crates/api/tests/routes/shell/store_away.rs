//! A store that cannot answer is a 503 in the dialect, and says when to come back.

use serde_json::json;

use crate::support::demo::DemoServer;

#[tokio::test]
async fn the_store_is_away() {
    let server = DemoServer::new().await;
    let customer = server.customer(1, 5).await;
    let staff = server.staff(1).await;
    server.app.store.clone().close().await;
    for (path, token, code) in [
        ("/prop/programs", &customer, "UNAVAILABLE"),
        ("/prop/attention", &staff, "unavailable"),
    ] {
        let answer = server.get(token, path).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (503, &json!(code)),
            "{path}"
        );
        assert_eq!(answer.header("retry-after"), Some("1"), "{path}");
    }
}
