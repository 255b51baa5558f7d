//! What people did and were told is done leaves an audit row.

use super::Findings;
use super::rows::Snapshot;
use std::collections::BTreeMap;
use touchstone_domain::{ChallengeId, PurchaseId, TransactionId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    Purchase(PurchaseId),
    Challenge(ChallengeId),
    Transaction(TransactionId),
}

#[derive(Default)]
pub struct Deeds(BTreeMap<About, usize>);

impl Deeds {
    pub fn add(&mut self, about: About) {
        *self.0.entry(about).or_default() += 1;
    }

    /// A purchase, its challenge and its payments are one family: some deed about one of them is
    /// written down as one about another. A payment without a purchase is one of its own.
    pub fn look(&self, rows: &Snapshot, findings: &mut Findings) {
        let mut done: BTreeMap<Option<Family>, usize> = BTreeMap::new();
        for (about, count) in &self.0 {
            *done.entry(family(*about, rows)).or_default() += count;
        }
        let mut written: BTreeMap<Option<Family>, usize> = BTreeMap::new();
        for (kind, id) in &rows.audited {
            let about = match kind.as_str() {
                "purchase" => About::Purchase(PurchaseId(*id)),
                "transaction" => About::Transaction(TransactionId(*id)),
                _ => continue,
            };
            *written.entry(family(about, rows)).or_default() += 1;
        }
        for (family, count) in done {
            let found = written.get(&family).copied().unwrap_or(0);
            findings.unless(found >= count, "every deed has its audit row", || {
                format!("{family:?}: {count} deeds, {found} audit rows")
            });
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Purchase(i64),
    Payment(i64),
}

fn family(about: About, rows: &Snapshot) -> Option<Family> {
    match about {
        About::Purchase(id) => Some(Family::Purchase(id.0)),
        About::Challenge(id) => {
            let own = rows
                .challenges
                .iter()
                .find(|challenge| challenge.id == id.0);
            own.map(|challenge| Family::Purchase(challenge.purchase))
        }
        About::Transaction(id) => Some(match rows.transaction(id.0)?.purchase {
            Some(purchase) => Family::Purchase(purchase),
            None => Family::Payment(id.0),
        }),
    }
}
