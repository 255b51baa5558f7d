use serde_json::json;

use crate::support::TestServer;

#[tokio::test]
async fn is_ready_over_a_database_of_its_own_schema() {
    let server = TestServer::new().await;
    let answer = server.get("/readyz").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({"status": "ready"}));
}

#[tokio::test]
async fn is_not_ready_once_it_stops() {
    let server = TestServer::new().await;
    server.state.shutdown.cancel();
    let answer = server.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert_eq!(
        answer.json(),
        json!({"status": "unavailable", "reason": "the server is stopping"})
    );
}

#[tokio::test]
async fn is_not_ready_without_its_store() {
    let server = TestServer::new().await;
    server.state.app.store.clone().close().await;
    let answer = server.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["reason"], "the database does not answer");
}
