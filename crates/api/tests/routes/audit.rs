//! `GET /audit`

use crate::support::demo::DemoServer;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Account, Challenge, Customer, News, Staff};
use touchstone_domain::access::Role;

async fn rows(server: &DemoServer, token: &str, query: &str) -> Vec<Value> {
    let answer = server.get(token, &format!("/audit?{query}")).await;
    assert_eq!(answer.status.as_u16(), 200, "{query}: {}", answer.body);
    answer.json()["items"].as_array().expect("items").clone()
}

/// What has happened: staff have set a status, which says so before and after, and a trader has bought.
async fn house() -> (DemoServer, String) {
    let server = DemoServer::new().await;
    server.bought().await;
    let staff = server.staff(1).await;
    let path = format!("/customers/{}/kyc", server.uuid(Customer, 5));
    server.clock.advance_micros(1_000_000);
    for status in ["pending", "approved"] {
        let body = json!({"status": status, "reason": "papers"});
        let answer = server.put(&staff, &path, &body).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    }
    (server, staff)
}

#[tokio::test]
async fn a_change_is_told_with_who_what_and_why() {
    let (server, staff) = house().await;
    let all = rows(&server, &staff, "").await;
    let newest = &all[0];
    let actor = json!({"kind": "staff", "id": server.uuid(Staff, 1), "name": "Ada Admin", "api_token_name": null});
    assert_eq!(newest["actor"], actor, "{newest}");
    let subject = json!({"kind": "customer", "id": server.uuid(Customer, 5), "number": 5});
    assert_eq!(newest["subject"], subject, "{newest}");
    assert_eq!(
        [&newest["action"], &newest["note"]],
        ["customer.set_kyc", "papers"]
    );
    assert!(newest["before"].to_string().contains("pending"), "{newest}");
    assert!(newest["after"].to_string().contains("approved"), "{newest}");
    let bought = rows(&server, &staff, "action=purchase").await;
    let kind = &bought[0]["actor"]["kind"];
    assert_eq!((bought.len(), kind), (1, &json!("customer")), "{bought:?}");
    assert_eq!(bought[0]["actor"]["id"], server.uuid(Customer, 5));
}

#[tokio::test]
async fn filters_narrow_it_and_pages_follow_each_other() {
    let (server, staff) = house().await;
    let all = rows(&server, &staff, "").await;
    let (trader, admin) = (server.uuid(Customer, 5), server.uuid(Staff, 1));
    let half = all[0]["at"].as_str().expect("an instant");
    for (query, count) in [
        ("action=customer.set_kyc".to_owned(), 2),
        ("action=customer".to_owned(), 2),
        ("action=custom".to_owned(), 0),
        ("actor_kind=staff".to_owned(), 2),
        (format!("actor_id={admin}"), 2),
        (format!("actor_id={admin}&actor_kind=customer"), 0),
        (format!("actor_id={}", server.uuid(Staff, 2)), 0),
        (format!("subject_id={trader}"), 3),
        (format!("subject_id={trader}&subject_kind=payout"), 0),
        ("subject_kind=customer&subject_number=5".to_owned(), 3),
        (format!("subject_id={}", server.uuid(News, 5)), 0),
        (format!("subject_id={admin}&action=customer"), 0),
        (format!("subject_kind=customer&date_from={half}"), 2),
        (format!("subject_id={trader}&date_to={half}"), 1),
        ("subject_kind=customer&date_from=2030-01-01".to_owned(), 0),
    ] {
        assert_eq!(rows(&server, &staff, &query).await.len(), count, "{query}");
    }
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = server.get(&staff, &format!("/audit?limit=1{cursor}")).await;
        let page = page.json();
        paged.extend(page["items"].as_array().expect("items").clone());
        match page["next_cursor"].as_i64() {
            Some(next) => cursor = format!("&before_id={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    for query in [
        "subject_number=5",
        "actor_kind=ghost",
        "date_from=soon",
        "limit=501",
        "actor_id=5",
    ] {
        let answer = server.get(&staff, &format!("/audit?{query}")).await;
        assert_eq!(answer.status.as_u16(), 422, "{query}");
    }
    let foreign = rows(&server, &server.staff(2).await, "").await;
    assert!(foreign.iter().all(|row| !all.contains(row)));
    for id in [server.uuid(Account, 2_000_100), server.uuid(Challenge, 12)] {
        rows(&server, &staff, &format!("subject_id={id}")).await;
    }
}

#[tokio::test]
async fn who_sees_only_his_own_customers_reads_of_them_alone() {
    let (server, _) = house().await;
    let reader = server.with_role(Role::ReadOnly).await;
    let narrowed = "UPDATE staff SET view_scope = 1 WHERE id = 5";
    let narrowed = server.app.store.write(move |tx| tx.execute(narrowed, &[]));
    assert_eq!(narrowed.await.expect("a store"), 1);
    assert_eq!(rows(&server, &reader, "").await.len(), 0);
    let owned = "UPDATE customer SET owner_id = 5 WHERE id = 5";
    let owned = server.app.store.write(move |tx| tx.execute(owned, &[]));
    assert_eq!(owned.await.expect("a store"), 1);
    let seen = rows(&server, &reader, "").await;
    let actions: Vec<_> = seen.iter().map(|row| &row["action"]).collect();
    let expect = [
        "customer.set_kyc",
        "customer.set_kyc",
        "purchase.buy",
        // His two accounts, and himself.
        "firm.create",
        "firm.create",
        "firm.create",
    ];
    assert_eq!(actions, expect);
    let risk = server.with_role(Role::Risk).await;
    let refused = server.get(&risk, "/audit").await;
    assert_eq!(refused.status.as_u16(), 403);
}
