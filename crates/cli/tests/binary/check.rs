use std::{fs, path::Path, process::Output};

use touchstone_store::{DatabaseUrl, Store, StoreError, StoreOptions};

use crate::support::{Server, run, text, touchstone};

fn demo(folder: &Path) -> Server {
    Server::start(touchstone(
        folder,
        &["demo", "--listen", "127.0.0.1:0", "--data", "data"],
    ))
}

fn check(folder: &Path, more: &[&str]) -> Output {
    let mut args = vec!["check", "--data", "data"];
    args.extend(more);
    run(folder, &args)
}

/// Takes a cent out of a wallet, without an entry.
fn steal(folder: &Path) {
    let url = DatabaseUrl::Sqlite(folder.join("data/touchstone.db"));
    let store = Store::open(&url, &StoreOptions::default()).unwrap();
    store
        .write_blocking(|tx| -> Result<u64, StoreError> {
            tx.execute(
                "UPDATE account SET balance_minor = balance_minor - 1 WHERE login = 100001",
                &[],
            )
        })
        .unwrap();
    store.close_blocking();
}

#[test]
fn a_good_database_is_proved_while_a_server_works_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path());
    let clean = check(folder.path(), &[]);
    assert_eq!(clean.status.code(), Some(0), "{}", text(&clean.stdout));
    assert!(text(&clean.stdout).starts_with("all "));
    assert!(server.stop("-TERM").0.success());
    // And when nobody works on it.
    assert_eq!(check(folder.path(), &[]).status.code(), Some(0));
}

#[test]
fn a_broken_row_is_named_and_changes_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    assert!(demo(folder.path()).stop("-TERM").0.success());
    steal(folder.path());
    let before = fs::read(folder.path().join("data/touchstone.db")).unwrap();

    let found = check(folder.path(), &[]);
    assert_eq!(found.status.code(), Some(1));
    let lines = text(&found.stdout);
    assert!(
        lines.contains("account.balance: account 100001: expected 120000; found 119999\n"),
        "{lines}"
    );
    assert!(lines.contains("account.balance does not hold: "), "{lines}");

    let found = check(folder.path(), &["--json"]);
    assert_eq!(found.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(report["clean"], false);
    assert_eq!(report["broken"][0]["name"], "account.balance");
    assert_eq!(report["broken"][0]["rows"][0]["key"], 100_001);

    let after = fs::read(folder.path().join("data/touchstone.db")).unwrap();
    assert!(before == after, "a check changes nothing");
}

#[test]
fn what_cannot_be_looked_at_is_neither_good_nor_bad() {
    let folder = tempfile::tempdir().unwrap();
    let missing = check(folder.path(), &[]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("there is no Touchstone database"));
    assert_eq!(run(folder.path(), &["check"]).status.code(), Some(2));
}
