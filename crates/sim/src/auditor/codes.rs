//! Promotion codes: what they take off, and how often they are used.

use super::Findings;
use super::rows::{PurchaseRow, Snapshot};
use crate::firm;

pub fn look(rows: &Snapshot, findings: &mut Findings) {
    for purchase in &rows.purchases {
        let sold = firm::PROGRAMS
            .iter()
            .find(|sold| sold.program.0 == purchase.program);
        let wanted =
            sold.and_then(|sold| sold.paid_with(&purchase.addons, purchase.code.as_deref()));
        findings.unless(
            wanted == Some(purchase.price_minor),
            "a purchase has its program's price",
            || format!("{purchase:?}: {wanted:?}"),
        );
    }
    for code in firm::CODES {
        let has_it = |row: &&PurchaseRow| row.keeps_code && row.code.as_deref() == Some(code.code);
        let uses: Vec<&PurchaseRow> = rows.purchases.iter().filter(has_it).collect();
        let of = |customer: i64| uses.iter().filter(|row| row.customer == customer).count();
        let most = uses.iter().map(|row| of(row.customer)).max().unwrap_or(0);
        findings.unless(
            code.total_limit.is_none_or(|limit| uses.len() <= limit)
                && code.customer_limit.is_none_or(|limit| most <= limit),
            "a code is used no more often than it may be",
            || format!("{}: {uses:?}", code.code),
        );
    }
}
