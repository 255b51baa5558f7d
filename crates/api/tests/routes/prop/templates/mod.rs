//! `GET /prop/templates`, `GET` and `PATCH /prop/templates/{template_id}`, `POST .../clone`

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

/// The blocks of a text table.
fn blocks(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table
        .split("\n\n")
        .filter(|block| !block.trim().is_empty() && !block.starts_with('#'))
        .map(|block| block.lines().collect())
}

/// Puts UUIDs where the table says `GROUP(4)`.
fn filled(server: &DemoServer, text: &str) -> String {
    (1..=8).fold(text.to_owned(), |text, key| {
        let id = server.uuid(EntityKind::Group, key);
        text.replace(&format!("GROUP({key})"), &id)
    })
}

fn path(server: &DemoServer, program: i64) -> String {
    let id = server.uuid(EntityKind::Program, program);
    format!("/prop/templates/{id}")
}

/// The path of a new clone of template 1.
async fn cloned(server: &DemoServer, staff: &str) -> String {
    let path = format!("{}/clone", path(server, 1));
    let answer = server.post(staff, &path, &json!({"name": "Mine"})).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    let id = answer.json()["id"].as_str().expect("an id").to_owned();
    format!("/prop/templates/{id}")
}

/// Everything of `wanted` is in `found`; arrays have the same length.
fn holds(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| found.get(key).is_some_and(|found| holds(found, wanted))),
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len()
                && found
                    .iter()
                    .zip(wanted)
                    .all(|(found, wanted)| holds(found, wanted))
        }
        _ => found == wanted,
    }
}

#[tokio::test]
async fn a_template_shows_all_its_fields() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server.get(&staff, &path(&server, 1)).await;
    let wanted = filled(&server, include_str!("template_1.json"));
    let wanted: Value = serde_json::from_str(&wanted).expect("JSON");
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.json(), wanted, "{:#}", answer.json());
}

#[rstest]
#[case::all("", 4, &["100K Challenge", "Free Trial", "Old Challenge", "100K Challenge, paid in euros"])]
#[case::active("?is_active=true", 3, &["100K Challenge", "Free Trial", "100K Challenge, paid in euros"])]
#[case::inactive("?is_active=false", 1, &["Old Challenge"])]
#[case::text("?q=EUROS", 1, &["100K Challenge, paid in euros"])]
#[case::page("?limit=1&offset=1", 4, &["Free Trial"])]
#[case::beyond("?offset=9", 4, &[])]
#[tokio::test]
async fn the_list_is_narrowed_and_paged(
    #[case] query: &str,
    #[case] total: i64,
    #[case] names: &[&str],
) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server.get(&staff, &format!("/prop/templates{query}")).await;
    let list = answer.json();
    let items = list["items"].as_array().expect("items").iter();
    let found: Vec<&str> = items.filter_map(|item| item["name"].as_str()).collect();
    assert_eq!(
        (list["total"].as_i64(), found),
        (Some(total), names.to_vec())
    );
}

#[rstest]
#[case("?limit=0")]
#[case("?limit=501")]
#[case("?offset=-1")]
#[case("?is_active=perhaps")]
#[tokio::test]
async fn a_query_that_cannot_be_is_refused(#[case] query: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server.get(&staff, &format!("/prop/templates{query}")).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
}

#[tokio::test]
async fn nobody_else_sees_or_changes_a_template() {
    let server = DemoServer::new().await;
    let (staff, other, customer) = (
        server.staff(1).await,
        server.staff(2).await,
        server.trader().await,
    );
    let foreign = path(&server, 21);
    for token in [&other, &customer] {
        let wanted = if *token == other { 404 } else { 403 };
        for answer in [
            server.get(token, &path(&server, 2)).await,
            server
                .patch(token, &path(&server, 2), &json!({"name": "Theirs"}))
                .await,
            server
                .post(
                    token,
                    &format!("{}/clone", path(&server, 2)),
                    &json!({"name": "Theirs"}),
                )
                .await,
        ] {
            assert_eq!(answer.status.as_u16(), wanted, "{}", answer.body);
        }
    }
    assert_eq!(
        server
            .get(&customer, "/prop/templates")
            .await
            .status
            .as_u16(),
        403
    );
    assert_eq!(
        server.get(&staff, &foreign).await.json()["error"],
        "template_not_found"
    );
    assert_eq!(
        server.get(&staff, &path(&server, 2)).await.json()["name"],
        "Free Trial"
    );
}

#[tokio::test]
async fn a_seed_is_read_only() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server
        .patch(&staff, &path(&server, 1), &json!({"fee_amount": 1}))
        .await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (409, &json!("template_read_only"))
    );
}

#[tokio::test]
async fn a_clone_has_everything_but_a_life_of_its_own() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let original = server.get(&staff, &path(&server, 1)).await.json();
    let mine = cloned(&server, &staff).await;
    let mut clone = server.get(&staff, &mine).await.json();
    assert_eq!(
        clone["created_by"],
        json!(server.uuid(EntityKind::Staff, 1))
    );
    for (field, own) in [("name", json!("Mine")), ("is_seed", json!(false))] {
        assert_eq!(clone[field], own);
    }
    for field in [
        "id",
        "name",
        "is_seed",
        "created_by",
        "created_at",
        "updated_at",
    ] {
        clone[field] = original[field].clone();
    }
    assert_eq!(clone, original);
    let answer = server
        .post(&staff, &format!("{mine}/clone"), &json!({}))
        .await;
    assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", "name"]));
}

#[tokio::test]
async fn what_is_supplied_is_written() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    for block in blocks(include_str!("changes.txt")) {
        let [sent, wanted] = block[..] else {
            panic!("two lines are wanted: {block:?}")
        };
        let mine = cloned(&server, &staff).await;
        let before = server.get(&staff, &mine).await.json();
        let answer = server
            .patch_text(&staff, &mine, &filled(&server, sent))
            .await;
        assert_eq!(answer.status.as_u16(), 200, "{sent}: {}", answer.body);
        let found = answer.json();
        let wanted: Value = serde_json::from_str(&filled(&server, wanted)).expect(wanted);
        assert!(holds(&found, &wanted), "{sent}: {found:#}");
        assert_eq!(server.get(&staff, &mine).await.json(), found, "{sent}");
        let sent: Value = serde_json::from_str(sent).expect(sent);
        let about = [
            "phases",
            "addons",
            "rules",
            "warnings",
            "status",
            "is_active",
            "is_archived",
            "version",
            "account_currency",
            "account_size",
        ];
        let phases = [
            "daily_dd_pct",
            "max_loss_pct",
            "group_id",
            "profit_split_pct",
            "daily_dd_mode",
            "max_loss_mode",
            "max_loss_lock_at",
        ];
        for (field, value) in before.as_object().expect("an object") {
            let may_change = sent.get(field).is_some()
                || about.contains(&field.as_str())
                || (sent.get("phases").is_some() && phases.contains(&field.as_str()));
            assert!(may_change || found[field] == *value, "{sent}: {field}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_place_and_changes_nothing() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let mine = cloned(&server, &staff).await;
    let before = server.get(&staff, &mine).await.json();
    let mut wrong = String::new();
    for block in blocks(include_str!("refusals.txt")) {
        let answer = server
            .patch_text(&staff, &mine, &filled(&server, block[0]))
            .await;
        let found = lines(&answer.json());
        if answer.status.as_u16() != 422 || found != block[1..] {
            wrong += &format!("{}\n{}\n\n", block[0], found.join("\n"));
        }
    }
    assert!(wrong.is_empty(), "answered otherwise:\n{wrong}");
    assert_eq!(server.get(&staff, &mine).await.json(), before);
}

/// `phases.0.name: what is said`, for each fault.
fn lines(body: &Value) -> Vec<String> {
    let line = |entry: &Value| {
        let place = entry["loc"].as_array().into_iter().flatten().skip(1);
        let place: Vec<String> = place
            .map(|part| {
                part.as_str()
                    .map_or_else(|| part.to_string(), str::to_owned)
            })
            .collect();
        format!(
            "{}: {}",
            place.join("."),
            entry["msg"].as_str().unwrap_or("nothing")
        )
    };
    body["detail"]
        .as_array()
        .into_iter()
        .flatten()
        .map(line)
        .collect()
}

#[tokio::test]
async fn both_dialects_sell_the_version_that_is_current_and_a_journey_keeps_its_own() {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let mine = cloned(&server, &staff).await;
    let enrol = mine.replace("/prop/templates/", "/challenges/") + "/enroll";
    let fee = async || server.post(&trader, &enrol, &json!({})).await.json()["fee_amount"].clone();
    assert_eq!(fee().await, "499.00");

    server
        .patch(
            &staff,
            &mine,
            &json!({"name": "Dearer", "fee_amount": "599.00"}),
        )
        .await;
    assert_eq!(fee().await, "599.00");
    let programs = server.get(&trader, "/prop/programs").await.json();
    let found = programs["rows"].as_array();
    let dearer = found
        .and_then(|all| {
            all.iter()
                .find(|program| program["display_name"] == "Dearer")
        })
        .unwrap_or_else(|| panic!("{programs:#}"));
    assert_eq!(
        (&dearer["price"], &dearer["name"]),
        (&json!(599.0), &json!("Dearer"))
    );
    let transactions = server.get(&staff, "/transactions").await.json();
    let fees: Vec<&str> = transactions
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|t| t["amount"].as_str())
        .collect();
    assert_eq!(fees, ["599.00", "499.00"]);

    server
        .patch(&staff, &mine, &json!({"is_active": false}))
        .await;
    let answer = server.post(&trader, &enrol, &json!({})).await;
    assert_eq!(answer.json()["error"], "template_inactive");
}

#[tokio::test]
async fn two_changes_at_once_are_both_kept() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let mine = cloned(&server, &staff).await;
    let (fee, loss) = (json!({"fee_amount": 1}), json!({"daily_dd_pct": 2}));
    tokio::join!(
        server.patch(&staff, &mine, &fee),
        server.patch(&staff, &mine, &loss)
    );
    let found = server.get(&staff, &mine).await.json();
    let wanted = json!({"version": 3, "fee_amount": 1.0, "daily_dd_pct": 2.0});
    assert!(holds(&found, &wanted), "{found:#}");
}
