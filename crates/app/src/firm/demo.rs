//! The demo firm, ready to be put into an empty database.

use super::apply::{Edge, apply, plan};
use super::{Firm, FirmError, Plan};
use crate::ports::Random;
use std::path::PathBuf;
use std::sync::Arc;
use touchstone_domain::{EntityKind, PublicIds, UnixMicros};
use touchstone_store::repo::counters;
use touchstone_store::{Counter, Store};
use uuid::Uuid;

/// The demo firm's file.
pub const FILE: &str = include_str!("demo.toml");

/// Who can sign in, for the banner: what he is, his address, his password.
pub const LOGINS: [(&str, &str, &str); 9] = [
    ("staff", "admin@demo.test", "demo-admin-1"),
    ("customer 5", "trader@demo.test", "demo-trader-1"),
    ("customer 6", "rival@demo.test", "demo-rival-1"),
    ("risk", "risk@demo.test", "demo-risk-1"),
    ("finance", "finance@demo.test", "demo-finance-1"),
    ("support", "support@demo.test", "demo-support-1"),
    ("read only", "reader@demo.test", "demo-reader-1"),
    ("brand-b", "admin@brand-b.test", "demo-admin-2"),
    ("customer 21", "trader@brand-b.test", "demo-trader-2"),
];

/// What can be bought: a program's number, its UUID as a template, and what it is.
pub fn templates(ids: &PublicIds) -> [(i64, Uuid, &'static str); 3] {
    [
        (1, "499.00 USD, two add-ons"),
        (2, "free"),
        (4, "459.00 EUR"),
    ]
    .map(|(number, what)| (number, ids.uuid(EntityKind::Program, number), what))
}

/// Those who trade by script.
const TRADERS: &str = include_str!("demo_traders.toml");

/// Where the numbers of the scripted traders begin; they end before those that the documents' request is answered
/// with.
const TRADERS_NUMBERS: [(Counter, i64); 4] = [
    (counters::LOGIN, 2_000_001),
    (counters::PURCHASE, 1),
    (counters::CHALLENGE, 1),
    (counters::ORDER, 500_001),
];

/// Puts the demo firm into a migrated database, before an `App` is made on it; a second time it
/// changes nothing.
///
/// # Errors
/// [`FirmError::Kind`] or [`FirmError::PublicIds`] when the database belongs to another firm.
pub async fn install(
    store: &Store,
    random: Arc<dyn Random>,
    now: UnixMicros,
) -> Result<Plan, FirmError> {
    put(store, Firm::read(FILE)?, random, now).await
}

/// As [`install`], with scripted traders who may buy before the numbers go on where the documents' do: `install` has
/// to follow when they have.
///
/// # Errors
/// As [`install`].
pub async fn install_traders(
    store: &Store,
    random: Arc<dyn Random>,
    now: UnixMicros,
) -> Result<(), FirmError> {
    let mut firm = Firm::read(FILE)?;
    for (counter, next) in &mut firm.next_numbers {
        if let Some((_, lower)) = TRADERS_NUMBERS.iter().find(|(of, _)| of == counter) {
            *next = *lower;
        }
    }
    put(store, firm, random.clone(), now).await?;
    put(store, Firm::read(TRADERS)?, random, now).await?;
    Ok(())
}

async fn put(
    store: &Store,
    firm: Firm,
    random: Arc<dyn Random>,
    now: UnixMicros,
) -> Result<Plan, FirmError> {
    let firm = Arc::new(firm);
    let plan = plan(store, &firm).await?;
    let edge = Edge {
        folder: PathBuf::new(),
        random,
        now,
    };
    apply(store, &firm, plan.clone(), edge).await?;
    Ok(plan)
}
