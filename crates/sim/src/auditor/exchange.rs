//! A price that is paid from a wallet of another currency: the payer pays what it comes to, and has all of it again when the
//! firm gives its fee back.

use super::Findings;
use super::rows::{EntryRow, PurchaseRow, Snapshot};
use crate::firm;
use touchstone_domain::ledger::HouseAccount;

pub fn look(rows: &Snapshot, findings: &mut Findings) {
    for purchase in &rows.purchases {
        let payer = purchase.payer.and_then(|login| rows.account(login));
        if let Some(payer) = payer.filter(|payer| payer.currency != purchase.currency) {
            let earned_minor = net(purchase, rows, HouseAccount::Fees.code());
            let wanted = if earned_minor == 0 {
                Some(0)
            } else {
                firm::exchanged(earned_minor, &purchase.currency, &payer.currency)
            };
            let paid_minor = -net(purchase, rows, payer.login);
            findings.unless(
                Some(paid_minor) == wanted,
                "a payer of another currency pays what the price comes to",
                || format!("{purchase:?}: {paid_minor} for {earned_minor}, not {wanted:?}"),
            );
        }
    }
}

/// What a side has gained by a purchase.
fn net(purchase: &PurchaseRow, rows: &Snapshot, side: i64) -> i64 {
    let own = rows
        .entries
        .iter()
        .filter(|entry| entry.purchase == Some(purchase.id));
    let gain = |entry: &EntryRow| {
        entry.amount_minor * (i64::from(entry.to == side) - i64::from(entry.from == side))
    };
    own.map(gain).sum()
}
