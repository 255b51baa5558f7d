//! Every way in which a database can be wrong, each made inside a transaction that is undone, and
//! the invariants that name it: exactly these.

use crate::world::{self, World};
use std::collections::BTreeSet;
use touchstone_app::check::{CheckError, check};
use touchstone_store::repo::check::invariants;
use touchstone_store::testing::databases;
use touchstone_store::{Engine, Tx};

/// What is broken | the invariants that say so, and the rows | the statements.
///
/// `:name` is the purchase that rests in that state. A sum that two stored values share is named
/// twice where one cannot be wrong without the other.
const TABLE: &str = include_str!("corrupted.txt");

struct Case {
    name: &'static str,
    wanted: BTreeSet<String>,
    statements: Vec<&'static str>,
}

fn cases() -> Vec<Case> {
    TABLE
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
        let mut wrong = Vec::new();
        for case in cases() {
            let found = found_after(&world, &case).await;
            if found != case.wanted {
                wrong.push(format!("{}: {found:?}, not {:?}", case.name, case.wanted));
            }
        }
        assert!(
            wrong.is_empty(),
            "{:?}:\n{}",
            database.engine(),
            wrong.join("\n")
        );
        let report = world.check().await;
        assert!(report.is_clean(), "not undone: {report}");
        world.close().await;
    }
}

#[test]
fn every_invariant_is_broken_by_a_case() {
    let broken: BTreeSet<String> = cases().into_iter().flat_map(|case| case.wanted).collect();
    let all: BTreeSet<String> = invariants().iter().map(|i| i.name.to_owned()).collect();
    assert_eq!(broken, all);
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

async fn found_after(world: &World, case: &Case) -> BTreeSet<String> {
    let engine = world.app.store.engine();
    let statements: Vec<&'static str> = case
        .statements
        .iter()
        .map(|sql| &*world.named(sql).leak())
        .collect();
    let outcome: Result<(), Undone> = world
        .app
        .store
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
