//! Answers that come from no handler, in the dialect of the path.

use axum::http::Method;
use rstest::rstest;
use serde_json::json;

use crate::support::{TestServer, json_request};

#[rstest]
#[case("/prop/programs/1/nothing")]
#[case("/prop/challenge")]
#[case("/prop/challenges/1/2/3")]
#[case("/prop/purchases")]
#[case("/customer/nobody")]
#[tokio::test]
async fn unknown_paths_of_scaletrade(#[case] path: &str) {
    let answer = TestServer::new().await.get(path).await;
    assert_eq!(answer.status, 404);
    let expected = json!({"error": "NOT_FOUND", "message": "There is no such path or resource, or it is not yours"});
    assert_eq!(answer.json(), expected);
}

#[rstest]
#[case("/prop/journeys/1/2/3")]
#[case("/prop/templatesx")]
#[case("/prop/programsx")]
#[case("/customers/nobody/at/home")]
#[tokio::test]
async fn unknown_paths_of_slate(#[case] path: &str) {
    let answer = TestServer::new().await.get(path).await;
    assert_eq!(answer.status, 404);
    let expected = json!({"detail": "There is no such path or resource, or it is not yours", "error": "not_found"});
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let server = TestServer::new().await;
    let answer = server
        .send(json_request(Method::POST, "/healthz", "{}"))
        .await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.json()["error"], "method_not_allowed");
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
}
