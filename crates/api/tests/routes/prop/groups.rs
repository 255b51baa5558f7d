//! `GET /prop/groups`

use crate::support::demo::DemoServer;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::Program;
use touchstone_domain::access::Role;
use touchstone_domain::{BrandId, GroupId};
use touchstone_store::{StoreError, repo};

async fn groups(server: &DemoServer, token: &str) -> Vec<Value> {
    let answer = server.get(token, "/prop/groups").await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let told = answer.json();
    let items = told["items"].as_array().expect("items").clone();
    assert_eq!(told["total"], json!(items.len()));
    items
}

fn named(items: &[Value], name: &str) -> Value {
    let mut items = items.iter();
    let found = items.find(|item| item["name"] == name);
    found.expect("the group").clone()
}

#[tokio::test]
async fn a_group_tells_its_terms_and_who_uses_it() {
    let server = DemoServer::with_desk().await;
    let stored = server.app.store.read(|tx| {
        let program = repo::programs::get(tx, BrandId(1), touchstone_domain::ProgramId(1))?;
        let name = program.expect("a program").current.terms.steps[0]
            .group
            .clone();
        let group = repo::groups::by_name(tx, BrandId(1), &name)?;
        Ok::<_, StoreError>(group.expect("a group"))
    });
    let group = stored.await.expect("a store");
    let staff = server.with_role(Role::ReadOnly).await;
    let before = named(&groups(&server, &staff).await, &group.name);
    for (field, expect) in [
        ("currency", json!("USD")),
        ("leverage", json!(group.leverage)),
        ("account_mode", json!(group.mode.name())),
        ("booking", json!("hedging")),
        ("margin_call_pct", json!(100.0)),
        ("stop_out_pct", json!(50.0)),
        ("fault", json!(null)),
    ] {
        assert_eq!(before[field], expect, "{field}");
    }
    let programs = before["programs"].as_array().expect("programs");
    let users: Vec<&Value> = programs.iter().map(|one| &one["template_id"]).collect();
    assert!(users.contains(&&json!(server.uuid(Program, 1))), "{before}");
    assert_eq!(programs[0]["phases"][0], "Evaluation");
    let euro = symbol(&before, "EURUSD");
    assert_eq!(
        (&euro["is_changed"], &euro["trading"]),
        (&json!(false), &json!("full"))
    );

    let body = r#"{"stop_out": 3000, "instruments": {"EURUSD": {"commission_ppm": 70}}}"#;
    set(&server, group.id, body).await;
    let after = named(&groups(&server, &staff).await, &group.name);
    assert_eq!(after["stop_out_pct"], 30.0);
    let euro = symbol(&after, "EURUSD");
    assert_eq!(
        (&euro["is_changed"], &euro["commission_rate"]),
        (&json!(true), &json!("0.00007"))
    );

    set(
        &server,
        group.id,
        r#"{"instruments": {"NOSUCH": {"commission_ppm": 70}}}"#,
    )
    .await;
    let broken = named(&groups(&server, &staff).await, &group.name);
    assert!(
        broken["fault"]
            .as_str()
            .is_some_and(|it| it.contains("NOSUCH")),
        "{broken}"
    );
    assert_eq!(broken["instruments"], json!([]));

    let foreign = groups(&server, &server.staff(2).await).await;
    assert!(
        foreign
            .iter()
            .all(|item| item["group_id"] != before["group_id"])
    );
}

fn symbol(group: &Value, symbol: &str) -> Value {
    let mut all = group["instruments"].as_array().expect("instruments").iter();
    let found = all.find(|one| one["symbol"] == symbol);
    found.expect("the symbol").clone()
}

async fn set(server: &DemoServer, group: GroupId, body: &'static str) {
    let set = server
        .app
        .store
        .write(move |tx| repo::groups::set_trading(tx, group, body));
    set.await.expect("a store");
}
