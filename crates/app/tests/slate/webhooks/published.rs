//! What is sent of each kind is published: a table for people and a schema for programs, both made from the catalogue.

use super::{hooks, new};
use serde_json::Value;
use std::path::Path;
use touchstone_app::events::KINDS;
use touchstone_app::webhooks::{WebhookError, schema};
use touchstone_store::testing::databases;

fn golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, actual).expect("a file that can be written");
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stands == actual,
        "docs/{name} differs from the catalogue (UPDATE_TABLES=1 rewrites it)"
    );
}

const HEAD: &str = "\
# Events that webhooks are told of

Each message is a JSON object with the kind as its `type`, the time of the event as its `timestamp`, whose it is, and what the
kind says of itself in `data`. The JSON Schema of each is in [webhook-events.schema.json](webhook-events.schema.json), and at
`GET /webhooks/event-types`. A kind gets further properties without notice; none goes away, or means something else.
`webhook.test` is sent by `POST /webhooks/{id}/test` only. Made from the catalogue in `crates/app/src/events` by a test:
`UPDATE_TABLES=1 cargo test -p touchstone-app --test slate -- published` writes it anew.

| `type` | When it is sent | `data` |
|---|---|---|
";

#[test]
fn the_table_is_that_of_the_catalogue() {
    let row = |kind: &touchstone_app::events::Kind| {
        let schema = schema(kind);
        let fields = schema["properties"]["data"]["properties"].as_object();
        let fields: Vec<_> = fields
            .into_iter()
            .flatten()
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        format!(
            "| `{}` | {} | {} |\n",
            kind.name,
            kind.about,
            fields.join(", ")
        )
    };
    let rows: String = KINDS.iter().map(row).collect();
    golden("webhook-events.md", &format!("{HEAD}{rows}"));
}

#[test]
fn the_schemas_are_those_of_the_catalogue() {
    let all = KINDS
        .iter()
        .map(|kind| (kind.name.to_owned(), schema(kind)));
    let all = Value::Object(all.collect());
    golden("webhook-events.schema.json", &format!("{all:#}\n"));
}

#[tokio::test]
async fn what_is_sent_fits_its_schema() {
    for database in databases() {
        let h = hooks(&database).await;
        h.make("a", &[]).await;
        h.w.enroll(crate::support::FREE).await;
        h.happens("approved", Some(1)).await;
        h.w.app.queue_webhooks().await.expect("a queue");
        h.w.app.send_due_webhooks(&h.sender).await.expect("a store");
        let got = h.receivers.got();
        assert!(got.len() > 1, "{got:?}");
        for got in got {
            let kind = KINDS
                .iter()
                .find(|kind| kind.name == got.kind)
                .expect("a kind");
            let body: Value = serde_json::from_str(&got.body).expect("JSON");
            let validator = jsonschema::validator_for(&schema(kind)).expect("a schema");
            let faults: Vec<_> = validator
                .iter_errors(&body)
                .map(|fault| fault.to_string())
                .collect();
            assert!(faults.is_empty(), "{faults:?}: {body}");
        }
    }
}

#[tokio::test]
async fn a_filter_names_kinds_that_there_are() {
    for database in databases() {
        let h = hooks(&database).await;
        for (events, index) in [
            (["payout.paid", "payout.stolen"], 1),
            (["nothing.*", "payout.*"], 0),
            (["payout", "payout.*"], 0),
            (["payout.*", ""], 1),
            (["*", "news.changed"], 1),
        ] {
            let refused = h.w.app.make_webhook(h.w.admin, new("a", &events)).await;
            assert!(
                matches!(refused, Err(WebhookError::Events(at)) if at == index),
                "{events:?}: {refused:?}"
            );
        }
        h.make("a", &["payout.*", "*", "breach.terminal"]).await;
    }
}
