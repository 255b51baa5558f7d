//! Each text in `scenarios/`, on each engine, and with a crash after each of its lines. `UPDATE_SCENARIOS=1` writes them
//! anew.

use crate::scenario::{Crashes, Script};
use std::fs;
use std::path::PathBuf;
use touchstone_store::testing::databases;

fn texts() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/desk/scenarios");
    let files = fs::read_dir(folder).unwrap();
    let mut found: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_comes_true() {
    for path in texts() {
        let text = fs::read_to_string(&path).unwrap();
        let script = Script::parse(&text);
        for database in databases() {
            let seen = script.run(database.store(), Crashes::Never).await;
            if std::env::var_os("UPDATE_SCENARIOS").is_some() {
                fs::write(&path, &seen).unwrap();
            } else {
                assert_eq!(seen, text, "{} on {:?}", path.display(), database.engine());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_anywhere_changes_nothing() {
    for path in texts() {
        let text = fs::read_to_string(&path).unwrap();
        let script = Script::parse(&text);
        for crashes in [Crashes::After, Crashes::Between] {
            for database in databases() {
                let seen = script.run(database.store(), crashes).await;
                let (path, engine) = (path.display(), database.engine());
                assert_eq!(seen, text, "{path} on {engine:?}, {crashes:?}");
            }
        }
    }
}
