use std::path::{Path, PathBuf};

use crate::support::{run, text};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/binary/rules_check")
}

/// What the program says to a history of the folder, against what stands there. `UPDATE_TABLES=1` writes it anew.
fn check(name: &str, form: &[&str], ending: &str) {
    let (rules, events) = (format!("{name}.rules.json"), format!("{name}.jsonl"));
    let mut args = vec!["rules", "check", "--rules", &rules, "--events", &events];
    args.extend(form);
    let output = run(&folder(), &args);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    let path = folder().join(format!("{name}.{ending}"));
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, &told).unwrap();
    }
    let expect = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(told, expect, "{}", path.display());
}

#[test]
fn tells_floors_and_verdicts_of_balances_and_equities() {
    check("marks", &[], "told.txt");
    check("marks", &["--json"], "told.jsonl");
}

#[test]
fn values_positions_at_ticks() {
    check("positions", &[], "told.txt");
    check("positions", &["--json"], "told.jsonl");
}

#[test]
fn tells_the_rules_in_words() {
    let rules = "../../../../domain/tests/rule_sets/futures_end_of_day.json";
    let tell = |initial| {
        let args = ["rules", "text", "--rules", rules, "--initial", initial];
        run(&folder(), &args)
    };
    let told = tell("50000");
    assert!(told.status.success());
    let told = text(&told.stdout);
    assert!(
        told.contains("A day that begins at the initial balance has its floor at 48000.00 USD."),
        "{told}"
    );
    assert_eq!(told.lines().count(), 8);
    // A maximum loss of 3,000 is the whole account.
    let refused = tell("3000");
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("max_loss.amount: the amount is as large"));
}

const RULES: &str = r#"{"version":1,"trading_day":{"zone":"UTC","reset":"00:00"}}"#;
const FIRST: &str = r#"{"at":"2026-05-04T08:00:00Z","balance":100,"equity":100}"#;

/// A rule set and a history that cannot be read, and what is said of it.
const WRONG: &[(&str, &str, &str)] = &[
    ("{", FIRST, "r.json: EOF while parsing"),
    (
        r#"{"version":2}"#,
        FIRST,
        "rule sets of version 2 are not known here",
    ),
    (
        r#"{"version":1,"trading_day":{"zone":"Moon/Base","reset":"00:00"}}"#,
        FIRST,
        "\"Moon/Base\" is no time zone",
    ),
    (
        r#"{"version":1,"trading_day":{"zone":"UTC","reset":"00:00"},"max_loss":{"mode":"static","amount":{"fixed_minor":0},"lock":"at_initial"}}"#,
        FIRST,
        "max_loss.amount: the amount must be above 0: one of 0 is crossed before anything was traded [amount_not_positive]\n  max_loss.lock: ",
    ),
    (
        r#"{"version":1,"trading_day":{"zone":"UTC","reset":"00:00"},"max_loss":{"mode":"static","amount":{"fixed_minor":10000}}}"#,
        FIRST,
        "e.jsonl:1: the rule set cannot be used: max_loss.amount: the amount is as large as the initial balance",
    ),
    (RULES, "nonsense", "e.jsonl:1: expected"),
    (
        RULES,
        r#"{"at":"2026-05-04T08:00:00Z"}"#,
        "e.jsonl:1: the account is not open yet",
    ),
    (
        RULES,
        r#"{"at":"2026-05-04T08:00:00Z","balance":100.001,"equity":1}"#,
        "e.jsonl:1: \"balance\" is 100.001: a plain number with at most 2 decimals is wanted",
    ),
    (
        RULES,
        r#"{"at":"May","balance":100,"equity":1}"#,
        "\"May\" is no instant",
    ),
    (
        RULES,
        r#"{"at":"2026-05-04","balance":100}"#,
        "\"balance\" needs \"equity\"",
    ),
    (
        RULES,
        r#"{"at":"2026-05-04","balance":100,"equity":1,"cost":1}"#,
        "a line says one thing, this one says \"balance\" and \"cost\"",
    ),
    (RULES, r#"{"at":"2026-05-04","x":1}"#, "unknown field `x`"),
    (
        RULES,
        r#"{"at":"2026-05-04T09:00:00Z","balance":-1,"equity":1}"#,
        "above 0",
    ),
];

/// The same behind a first line that is right.
const WRONG_LATER: &[(&str, &str)] = &[
    (
        r#"{"at":"2026-05-04T07:00:00Z"}"#,
        "e.jsonl:2: the input of",
    ),
    (
        r#"{"at":"2026-05-05","tick":{"symbol":"X","bid":1,"ask":2}}"#,
        "e.jsonl:2: the symbol \"X\" was not listed",
    ),
    (
        r#"{"at":"2026-05-05","close":{"position":1,"profit":1}}"#,
        "position 1 is not open",
    ),
    (
        r#"{"at":"2026-05-05","revert":true}"#,
        "only a phase that has failed",
    ),
    (
        r#"{"at":"2026-05-05","money":{"kind":"gift","amount":1}}"#,
        "unknown variant `gift`",
    ),
    (
        r#"{"at":"2026-05-05","balance":1e3,"equity":1}"#,
        "\"balance\" is 1e3",
    ),
];

#[test]
fn says_where_a_file_is_wrong() {
    let later = WRONG_LATER
        .iter()
        .map(|(line, said)| (RULES, format!("{FIRST}\n{line}"), *said));
    let first = WRONG
        .iter()
        .map(|(rules, line, said)| (*rules, (*line).to_owned(), *said));
    for (rules, events, said) in first.chain(later) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("r.json"), rules).unwrap();
        std::fs::write(folder.path().join("e.jsonl"), &events).unwrap();
        let output = run(
            folder.path(),
            &["rules", "check", "--rules", "r.json", "--events", "e.jsonl"],
        );
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{events}: {error}");
        assert!(error.contains(said), "{events}: {error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        folder.path(),
        &["rules", "check", "--rules", "no", "--events", "no"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no: No such file"));
}
