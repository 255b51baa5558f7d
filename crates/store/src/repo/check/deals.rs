//! The balance after each deal.

use super::Finding;
use crate::{StoreError, Tx, params};
use std::collections::BTreeMap;

/// Deals that are read in one go.
const PAGE: i64 = 10_000;

struct Deal {
    login: i64,
    id: i64,
    at: i64,
    amount_minor: i64,
    balance_minor: i64,
}

/// Deals whose balance does not follow from the deals and entries before them, or which are not in the order of their
/// time: the first of each account.
pub(super) fn broken(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut entries = entries(tx)?;
    let (mut findings, mut account) = (Vec::new(), Account::default());
    let mut after = Some((i64::MIN, i64::MIN));
    while let Some((login, id)) = after.filter(|_| findings.len() < wanted) {
        let page = page_after(tx, login, id)?;
        let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        let last = page.last().map(|deal| (deal.login, deal.id));
        after = last.filter(|_| !is_last);
        for deal in page {
            if account.login != deal.login {
                let entries = entries.remove(&deal.login).unwrap_or_default();
                account = Account::new(deal.login, entries);
            }
            findings.extend(account.look(&deal));
        }
    }
    findings.truncate(wanted);
    Ok(findings)
}

/// How far the deals of an account have been looked at.
#[derive(Default)]
struct Account {
    login: i64,
    /// What entries have made of the balance, after each of them.
    entries: Vec<i64>,
    /// The last of them that the deals have shown.
    place: usize,
    /// What the deals so far have made of the balance.
    dealt_minor: i64,
    at: i64,
    is_named: bool,
}

impl Account {
    fn new(login: i64, entries: Vec<i64>) -> Self {
        Self {
            login,
            entries,
            at: i64::MIN,
            ..Self::default()
        }
    }

    fn look(&mut self, deal: &Deal) -> Option<Finding> {
        if self.is_named {
            return None;
        }
        self.dealt_minor = self.dealt_minor.saturating_add(deal.amount_minor);
        let entered_minor = deal.balance_minor.saturating_sub(self.dealt_minor);
        let later = self.entries.get(self.place..).unwrap_or_default();
        let shown = later.iter().position(|minor| *minor == entered_minor);
        let is_early = deal.at < self.at;
        self.at = deal.at;
        if let Some(shown) = shown.filter(|_| !is_early) {
            self.place += shown;
            return None;
        }
        self.is_named = true;
        let expected_minor = later.first().map_or(0, |minor| minor + self.dealt_minor);
        Some(Finding {
            subject: "deal".into(),
            key: deal.id,
            expected: match is_early {
                true => "not before the deal before it".to_owned(),
                false => format!("balance {expected_minor} after it"),
            },
            found: format!("balance {} of account {}", deal.balance_minor, self.login),
        })
    }
}

/// The balance that entries have made of each account that was traded, after each entry; 0 before the first.
fn entries(tx: &mut Tx<'_>) -> Result<BTreeMap<i64, Vec<i64>>, StoreError> {
    let mut found: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    tx.query(
        "SELECT e.login, CASE WHEN e.to_account = e.login THEN e.amount_minor ELSE -e.amount_minor END
         FROM desk_account s JOIN entry e ON e.login = s.login
         ORDER BY e.login, e.at, e.order_no",
        &[],
        |row| {
            let balances = found.entry(row.int(0)?).or_insert_with(|| vec![0]);
            let minor = row.int(1)?;
            balances.push(balances.last().map_or(minor, |before| before + minor));
            Ok(())
        },
    )?;
    Ok(found)
}

fn page_after(tx: &mut Tx<'_>, login: i64, id: i64) -> Result<Vec<Deal>, StoreError> {
    tx.query(
        "SELECT login, id, at,
                CASE WHEN kind IN ('voided', 'correction', 'payout', 'payout_returned', 'growth') THEN 0
                    ELSE profit_minor + commission_minor + swap_minor END,
                balance_minor
         FROM deal
         WHERE (login, id) > ($1, $2) ORDER BY login, id LIMIT $3",
        params![login, id, PAGE],
        |row| {
            Ok(Deal {
                login: row.int(0)?,
                id: row.int(1)?,
                at: row.int(2)?,
                amount_minor: row.int(3)?,
                balance_minor: row.int(4)?,
            })
        },
    )
}
