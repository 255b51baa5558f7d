//! Every way in which a database can be wrong, each made inside a transaction that is undone, and
//! the invariants that name it: exactly these.

use crate::traded::Traded;
use crate::world;
use std::collections::{BTreeMap, BTreeSet};
use touchstone_app::check::{CheckError, check};
use touchstone_store::repo::check::invariants;
use touchstone_store::testing::databases;
use touchstone_store::{Engine, Store, Tx};

/// What is broken | the invariants that say so, and the rows | the statements.
///
/// `:name` is the purchase that rests in that state. A sum that two stored values share is named
/// twice where one cannot be wrong without the other.
const SOLD: &str = include_str!("corrupted.txt");
/// The same of a database in which challenges were traded; see `traded.rs` for its names.
const TRADED: &str = include_str!("corrupted_trading.txt");

struct Case {
    name: &'static str,
    wanted: BTreeSet<String>,
    statements: Vec<&'static str>,
}

fn cases(table: &'static str) -> Vec<Case> {
    table
        .split("\n\n")
        .filter(|block| !block.trim().is_empty() && !block.starts_with('#'))
        .map(|block| {
            let mut lines = block.lines();
            let name = lines.next().expect("a name");
            let wanted = lines.next().expect("invariants").trim();
            Case {
                name,
                wanted: wanted.split_whitespace().map(str::to_owned).collect(),
                statements: lines.map(str::trim).collect(),
            }
        })
        .collect()
}

#[tokio::test]
async fn each_way_of_being_wrong_is_named() {
    for database in databases() {
        let world = world::busy(&database).await;
        assert_named(&world.app.store, &world.names, SOLD).await;
        world.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_of_being_wrong_is_named_where_challenges_were_traded() {
    for database in databases() {
        let traded = Traded::new(&database).await;
        assert_named(&traded.store, &traded.names, TRADED).await;
        traded.store.close().await;
    }
}

#[test]
fn every_invariant_is_broken_by_a_case() {
    let cases = [SOLD, TRADED].map(cases).into_iter().flatten();
    let broken: BTreeSet<String> = cases.flat_map(|case| case.wanted).collect();
    let all: BTreeSet<String> = invariants().iter().map(|i| i.name.to_owned()).collect();
    assert_eq!(broken, all);
}

async fn assert_named(store: &Store, names: &BTreeMap<&'static str, i64>, table: &'static str) {
    let before = store.read(|tx| check(tx, 100)).await.unwrap();
    assert!(before.is_clean(), "{:?}: {before}", store.engine());
    let mut wrong = Vec::new();
    for case in cases(table) {
        let found = found_after(store, names, &case).await;
        if found != case.wanted {
            wrong.push(format!("{}: {found:?}, not {:?}", case.name, case.wanted));
        }
    }
    assert!(
        wrong.is_empty(),
        "{:?}:\n{}",
        store.engine(),
        wrong.join("\n")
    );
    let report = store.read(|tx| check(tx, 100)).await.unwrap();
    assert!(report.is_clean(), "not undone: {report}");
}

/// `:name` as the id that it stands for.
fn named(names: &BTreeMap<&'static str, i64>, sql: &str) -> String {
    // Longer names first: one may begin like another.
    let mut names: Vec<_> = names.iter().collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    names.into_iter().fold(sql.to_owned(), |sql, (name, id)| {
        sql.replace(&format!(":{name}"), &id.to_string())
    })
}

/// Carries the findings out of a transaction that is not to be kept.
enum Undone {
    Found(BTreeSet<String>),
    Failed(CheckError),
}

impl From<touchstone_store::StoreError> for Undone {
    fn from(error: touchstone_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

async fn found_after(
    store: &Store,
    names: &BTreeMap<&'static str, i64>,
    case: &Case,
) -> BTreeSet<String> {
    let engine = store.engine();
    let statements: Vec<&'static str> = case
        .statements
        .iter()
        .map(|sql| &*named(names, sql).leak())
        .collect();
    let outcome: Result<(), Undone> = store
        .write(move |tx| {
            let_orphans_be(tx, engine)?;
            for sql in &statements {
                let sql = match (sql.strip_prefix("sqlite: "), sql.strip_prefix("postgres: ")) {
                    (Some(sql), _) if engine == Engine::Sqlite => sql,
                    (_, Some(sql)) if engine == Engine::Postgres => sql,
                    (None, None) => sql,
                    _ => continue,
                };
                tx.execute(sql, &[])?;
            }
            let report = check(tx, 100).map_err(Undone::Failed)?;
            let names = report.broken.iter().map(|broken| broken.name.to_owned());
            Err(Undone::Found(names.collect()))
        })
        .await;
    match outcome {
        Err(Undone::Found(names)) => names,
        Err(Undone::Failed(error)) => panic!("{}: {error}", case.name),
        Ok(()) => unreachable!("nothing is kept"),
    }
}

/// Foreign keys do not stand in the way until the commit, which never comes.
fn let_orphans_be(tx: &mut Tx<'_>, engine: Engine) -> Result<(), Undone> {
    let sql = match engine {
        Engine::Sqlite => "PRAGMA defer_foreign_keys = ON",
        Engine::Postgres => "SET LOCAL session_replication_role = replica",
    };
    tx.execute(sql, &[])?;
    Ok(())
}
