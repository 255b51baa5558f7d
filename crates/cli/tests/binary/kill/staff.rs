//! What staff do and see.

use super::customer::answer;
use super::firm;
use reqwest::Client;
use serde_json::json;
use std::collections::BTreeSet;

/// The token of a member of staff.
pub async fn sign_in(url: &str) -> String {
    let body = json!({"email": firm::STAFF.0, "password": firm::STAFF.1});
    let request = Client::new().post(format!("{url}/users/login")).json(&body);
    let (_, answer) = answer(request).await.expect("an answer");
    answer["access_token"].as_str().expect("a token").to_owned()
}

/// Purchases that staff see as waiting for a refund by hand.
pub async fn refunds_due(url: &str, staff: &str) -> BTreeSet<i64> {
    let path = format!("{url}/prop/attention?limit=500");
    let request = Client::new().get(path).bearer_auth(staff);
    let (status, list) = answer(request).await.expect("an answer");
    assert_eq!(status, 200, "{list}");
    let items = list["items"].as_array().expect("items").iter();
    items
        .filter(|item| item["state"] == "refund_due")
        .filter_map(|item| item["number"].as_i64())
        .collect()
}

/// Staff decline every withdrawal that nobody has decided about: what it held back is free again.
pub async fn decline_withdrawals(url: &str, staff: &str) {
    let client = Client::new();
    loop {
        let path = format!("{url}/transactions?type=WITHDRAWAL&status=PENDING");
        let request = client.get(path).bearer_auth(staff);
        let (_, listed) = answer(request).await.expect("an answer");
        let listed = listed.as_array().expect("transactions");
        if listed.is_empty() {
            return;
        }
        for row in listed {
            let id = row["id"].as_str().expect("an id");
            let request = client
                .patch(format!("{url}/transactions/{id}/decline"))
                .bearer_auth(staff)
                .json(&json!({}));
            let (status, declined) = answer(request).await.expect("an answer");
            assert_eq!(status, 200, "{declined}");
        }
    }
}
