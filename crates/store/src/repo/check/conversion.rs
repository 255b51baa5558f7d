//! Prices that were paid in another currency: by the rate that is kept, and in two entries that belong together.

use super::Finding;
use super::words::expand;
use crate::repo::{currency, purchases};
use crate::{Row, StoreError, Tx};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use touchstone_domain::Money;
use touchstone_domain::conversion::Converted;
use touchstone_domain::ledger::Operation;
use touchstone_domain::purchase::Funding;

/// The payer's side and the firm's, of a payment, of its rollback and of a refund.
const STAGES: [[Operation; 2]; 3] = [
    [Operation::FeeConverted, Operation::FeeExchanged],
    [
        Operation::FeeConvertedRollback,
        Operation::FeeExchangedRollback,
    ],
    [Operation::FeeConvertedRefund, Operation::FeeExchangedRefund],
];

/// What is changed, and what is paid in one currency where it should be changed.
static ENTRIES: LazyLock<String> = LazyLock::new(|| {
    expand(
        "SELECT COALESCE(e.purchase_id, 0), e.operation, e.amount_minor FROM entry e
         LEFT JOIN purchase p ON p.id = e.purchase_id
         WHERE e.operation IN ({operation.challenge_fee_converted}, {operation.challenge_fee_exchanged},
                {operation.challenge_fee_converted_rollback}, {operation.challenge_fee_exchanged_rollback},
                {operation.challenge_fee_converted_refund}, {operation.challenge_fee_exchanged_refund})
            OR (p.paid_minor IS NOT NULL AND e.operation IN ({operation.challenge_fee},
                {operation.challenge_fee_rollback}, {operation.challenge_fee_refund}))
         ORDER BY e.order_no",
    )
});

struct Paid {
    price: Money,
    conversion: Converted,
}

/// Purchases whose conversion is not whole, is none, or comes to another amount.
pub(super) fn broken_amounts(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut findings = Vec::new();
    tx.query(
        "SELECT id, price_minor, currency, paid_minor, paid_currency, rate, rate_source, rate_at, funding FROM purchase
         WHERE paid_minor IS NOT NULL OR paid_currency IS NOT NULL OR rate IS NOT NULL OR rate_source IS NOT NULL
            OR rate_at IS NOT NULL ORDER BY id",
        &[],
        |row| {
            let expected = match paid(row) {
                Ok(Some(paid)) if row.int(8)? == Funding::Wallet.code() => amount_fault(&paid),
                Ok(Some(_)) => Some("nothing: no wallet pays for it".to_owned()),
                _ => Some("an amount, its currency, a rate, its source and its time".to_owned()),
            };
            if let Some(expected) = expected.filter(|_| findings.len() < limit) {
                let number = |index| -> Result<String, StoreError> {
                    let value = row.opt_int(index)?;
                    Ok(value.map_or_else(|| "none".to_owned(), |value| value.to_string()))
                };
                let found = format!(
                    "{} {} at {} for {} {}",
                    number(3)?,
                    row.opt_text(4)?.unwrap_or("of none"),
                    number(5)?,
                    number(1)?,
                    row.text(2)?
                );
                findings.push(finding(row.int(0)?, expected, found));
            }
            Ok(())
        },
    )?;
    Ok(findings)
}

fn amount_fault(paid: &Paid) -> Option<String> {
    let Converted { amount, rate, .. } = paid.conversion;
    if amount.currency == paid.price.currency {
        return Some("another currency than the price's".to_owned());
    }
    let wanted = rate.apply(paid.price, amount.currency);
    (wanted != Some(amount)).then(|| match wanted {
        Some(wanted) => format!("{} {}", wanted.minor, wanted.currency),
        None => "a rate by which it fits".to_owned(),
    })
}

/// Columns from the price on.
fn paid(row: &Row<'_>) -> Result<Option<Paid>, StoreError> {
    let of = currency(row.text(2)?, 2)?;
    let price = Money::new(row.int(1)?, of);
    let conversion = purchases::conversion(row, 3)?;
    Ok(conversion.map(|conversion| Paid { price, conversion }))
}

/// Purchases with half of a pair, with a pair over other amounts, or with both ways of paying.
pub(super) fn broken_entries(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    let mut converted = BTreeMap::new();
    tx.query(
        "SELECT id, price_minor, currency, paid_minor, paid_currency, rate, rate_source, rate_at FROM purchase
         WHERE paid_minor IS NOT NULL",
        &[],
        |row| {
            // One that cannot be read is told of as such.
            if let Ok(Some(paid)) = paid(row) {
                converted.insert(row.int(0)?, paid);
            }
            Ok(())
        },
    )?;
    let mut entries: BTreeMap<i64, Vec<(String, i64)>> = BTreeMap::new();
    tx.query(&ENTRIES, &[], |row| {
        let of = entries.entry(row.int(0)?).or_default();
        of.push((row.string(1)?, row.int(2)?));
        Ok(())
    })?;
    let broken = entries.into_iter().filter_map(|(id, entries)| {
        let expected = entries_fault(converted.get(&id), &entries)?;
        let told: Vec<String> = entries
            .iter()
            .map(|(name, minor)| format!("{name} of {minor}"))
            .collect();
        Some(finding(id, expected, told.join(", ")))
    });
    Ok(broken
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .collect())
}

fn entries_fault(paid: Option<&Paid>, entries: &[(String, i64)]) -> Option<String> {
    let Some(paid) = paid else {
        return Some("nothing that was converted".to_owned());
    };
    let of = |operation: Operation| -> Vec<i64> {
        let named = entries.iter().filter(|(name, _)| name == operation.name());
        named.map(|(_, minor)| *minor).collect()
    };
    let mut whole = 0;
    for (stage, [payers, firms]) in STAGES.into_iter().enumerate() {
        let wanted = match (of(payers).as_slice(), of(firms).as_slice()) {
            ([], []) => continue,
            ([_], [firms]) if stage < 2 && *firms != paid.price.minor => Some(paid.price.minor),
            ([back], [firms]) => {
                let wanted = paid.conversion.part(paid.price, *firms).minor;
                (*back != wanted).then_some(wanted)
            }
            _ => return Some(format!("{} with {}, once", payers.name(), firms.name())),
        };
        if let Some(minor) = wanted {
            return Some(format!("{} or {} of {minor}", payers.name(), firms.name()));
        }
        whole += 2;
    }
    (whole != entries.len()).then(|| "no entry in one currency".to_owned())
}

fn finding(key: i64, expected: String, found: String) -> Finding {
    Finding {
        subject: "purchase".into(),
        key,
        expected,
        found,
    }
}
