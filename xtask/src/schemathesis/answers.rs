//! Whether the fuzzer has seen every operation succeed: one that only ever refuses was hardly looked at.

use crate::shell;
use anyhow::{Context, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Operations that no request to a demo can make succeed.
const OUT_OF_REACH: [(&str, &str); 2] = [
    (
        "POST /prop/attention/{purchase_id}/resolve",
        "nothing gets stuck on the built-in trading server",
    ),
    (
        "POST /prop/purchases/{id}/retry",
        "on the built-in trading server a purchase is done or refused at once",
    ),
];

/// How many answers of each status there were, by operation: `GET /healthz`.
type Seen = BTreeMap<String, BTreeMap<u16, u64>>;

/// Compares what was seen with the operations of the committed document.
pub fn check(told: &Path) -> anyhow::Result<()> {
    let text =
        fs::read_to_string(told).with_context(|| format!("{} cannot be read", told.display()))?;
    let document = fs::read_to_string(shell::workspace_root().join("openapi.json"))?;
    let spared = spared(
        &operations(&serde_json::from_str(&document)?),
        &read(&text)?,
    );
    ensure!(spared.is_empty(), "{}", spared.join("; "));
    Ok(())
}

fn operations(document: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in item.as_object().into_iter().flat_map(|item| item.keys()) {
            all.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    all
}

/// A line for each operation and status: method, path, status, how often, with tabs between them.
fn read(text: &str) -> anyhow::Result<Seen> {
    let mut seen = Seen::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [method, path, status, count] = fields.as_slice() else {
            anyhow::bail!("`{line}` is no line of answers");
        };
        seen.entry(format!("{method} {path}"))
            .or_default()
            .insert(status.parse()?, count.parse()?);
    }
    Ok(seen)
}

fn spared(operations: &[String], seen: &Seen) -> Vec<String> {
    let mut spared = Vec::new();
    if operations.is_empty() {
        spared.push("the document has no operations".to_owned());
    }
    for operation in operations {
        let answers = seen.get(operation);
        let succeeded = answers.is_some_and(|answers| answers.keys().any(|status| *status < 400));
        let reason = OUT_OF_REACH
            .iter()
            .find_map(|(name, reason)| (name == operation).then_some(reason));
        match (answers, succeeded, reason) {
            (None, ..) => spared.push(format!("{operation} was never asked")),
            (Some(answers), false, None) => {
                spared.push(format!("{operation} never succeeded: {answers:?}"));
            }
            (Some(_), true, Some(reason)) => {
                spared.push(format!("{operation} succeeded, though {reason}"));
            }
            (Some(_), true, None) | (Some(_), false, Some(_)) => {}
        }
    }
    spared
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spared_by(text: &str) -> Vec<String> {
        let document = serde_json::json!({"paths": {
            "/a": {"get": {}, "post": {}},
            "/prop/purchases/{id}/retry": {"post": {}},
        }});
        spared(&operations(&document), &read(text).unwrap())
    }

    #[test]
    fn every_operation_has_to_be_asked_and_to_succeed() {
        let retry = "POST\t/prop/purchases/{id}/retry\t404\t3\n";
        let all = format!("GET\t/a\t200\t1\nGET\t/a\t404\t2\nPOST\t/a\t303\t1\n{retry}");
        assert_eq!(spared_by(&all), [""; 0]);
        assert_eq!(
            spared_by(&format!("GET\t/a\t404\t2\n{retry}")),
            [
                "GET /a never succeeded: {404: 2}",
                "POST /a was never asked"
            ]
        );
    }

    #[test]
    fn an_exception_that_is_none_any_more_is_told() {
        let text = "GET\t/a\t200\t1\nPOST\t/a\t200\t1\nPOST\t/prop/purchases/{id}/retry\t200\t1\n";
        let spared = spared_by(text);
        assert_eq!(spared.len(), 1);
        assert!(spared[0].starts_with("POST /prop/purchases/{id}/retry succeeded"));
    }

    #[test]
    fn exceptions_are_operations_of_the_document() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi.json");
        let document = serde_json::from_str(&fs::read_to_string(root).unwrap()).unwrap();
        let all = operations(&document);
        assert!(all.len() > 40);
        for (operation, _) in OUT_OF_REACH {
            assert!(all.iter().any(|known| known == operation), "{operation}");
        }
    }
}
