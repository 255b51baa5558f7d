//! Plan first, then make it so: the plan that was shown is the plan that is carried out.

use super::carry::{Carrier, Hashes};
use super::decide::decide;
use super::plan::{Change, Plan};
use super::standing::Standing;
use super::{FIRM_KIND, Firm, FirmError};
use crate::ports::Random;
use std::path::PathBuf;
use std::sync::Arc;
use touchstone_domain::UnixMicros;
use touchstone_store::{Store, StoreError, Tx, repo};

/// What the edge gives to an application.
#[derive(Clone)]
pub struct Edge {
    /// Where `password_file` is looked for.
    pub folder: PathBuf,
    pub random: Arc<dyn Random>,
    pub now: UnixMicros,
}

/// What applying the file would change.
///
/// # Errors
/// [`FirmError::Faults`] when the file and the database cannot agree.
pub async fn plan(store: &Store, firm: &Arc<Firm>) -> Result<Plan, FirmError> {
    let firm = firm.clone();
    store.read(move |tx| decide_in(tx, &firm)).await
}

/// Carries `plan` out, whole or not at all.
///
/// # Errors
/// [`FirmError::Changed`] when the database is no longer as it was when the plan was made;
/// [`FirmError::Password`] when a first password cannot be read.
pub async fn apply(
    store: &Store,
    firm: &Arc<Firm>,
    plan: Plan,
    edge: Edge,
) -> Result<(), FirmError> {
    if plan.changes_nothing() {
        return Ok(());
    }
    let now = edge.now;
    let hashes = hash_passwords(firm.clone(), plan.clone(), edge).await?;
    let firm = firm.clone();
    store
        .write(move |tx| {
            // Two at once wait for each other here.
            repo::settings::lock(tx, FIRM_KIND)?;
            let current = decide_in(tx, &firm)?;
            if !current.is_same(&plan) {
                return Err(FirmError::Changed);
            }
            Carrier::new(&hashes, now).carry(tx, &current)
        })
        .await
}

fn decide_in(tx: &mut Tx<'_>, firm: &Firm) -> Result<Plan, FirmError> {
    let standing = Standing::load(tx, firm)?;
    decide(firm, &standing)
}

/// Argon2id takes its time on purpose: not in a commit, and not on a thread of the runtime.
async fn hash_passwords(firm: Arc<Firm>, plan: Plan, edge: Edge) -> Result<Hashes, FirmError> {
    let task = tokio::task::spawn_blocking(move || {
        let mut hashes = Hashes::new();
        for change in plan.lines.iter().filter_map(|line| line.change.as_ref()) {
            let (kind, brand, email) = match change {
                Change::NewStaff { brand, staff } => ("staff", brand, &staff.email),
                Change::NewCustomer { brand, customer } => ("customer", brand, &customer.email),
                _ => continue,
            };
            let password = firm
                .first_password(kind, brand, email)
                .ok_or(FirmError::Changed)?;
            let hash = password.hash(email, &edge.folder, edge.random.as_ref())?;
            hashes.insert((kind, brand.clone(), email.clone()), hash);
        }
        Ok(hashes)
    });
    task.await
        .unwrap_or(Err(FirmError::Store(StoreError::Panicked)))
}
