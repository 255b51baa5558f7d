//! The balance after each deal.

use super::Finding;
use crate::{StoreError, Tx};
use std::collections::BTreeMap;

/// A deal at which the balance is not simply that of the deal before with its own amount.
struct Jump {
    login: i64,
    deal: i64,
    /// The balance after it, without the account's deals up to it: what entries must have made.
    entered_minor: i64,
    balance_minor: i64,
    /// It is earlier than the deal before it.
    is_early: bool,
}

/// Deals whose balance does not follow from the deals and entries before them, or which are not in the order of their
/// time: the first of each account.
pub(super) fn broken(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let entries = entries(tx)?;
    let (mut findings, mut account) = (Vec::new(), Account::default());
    for jump in jumps(tx)? {
        if account.login != Some(jump.login) {
            account = Account {
                login: Some(jump.login),
                entries: entries.get(&jump.login).cloned().unwrap_or_default(),
                ..Account::default()
            };
        }
        findings.extend(account.look(&jump));
    }
    findings.truncate(wanted);
    Ok(findings)
}

#[derive(Default)]
struct Account {
    login: Option<i64>,
    /// What entries have made of the balance, after each of them.
    entries: Vec<i64>,
    /// The last of them that the deals have shown.
    place: usize,
    is_named: bool,
}

impl Account {
    fn look(&mut self, jump: &Jump) -> Option<Finding> {
        if self.is_named {
            return None;
        }
        let later = self.entries.get(self.place..).unwrap_or_default();
        let shown = later.iter().position(|minor| *minor == jump.entered_minor);
        if let Some(shown) = shown.filter(|_| !jump.is_early) {
            self.place += shown;
            return None;
        }
        self.is_named = true;
        let entered_minor = later.first().copied().unwrap_or(0);
        let expected_minor = jump.balance_minor - jump.entered_minor + entered_minor;
        let expected = match jump.is_early {
            true => "not before the deal before it".to_owned(),
            false => format!("balance {expected_minor} after it"),
        };
        Some(Finding {
            subject: "deal".into(),
            key: jump.deal,
            expected,
            found: format!("balance {} of account {}", jump.balance_minor, jump.login),
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

fn jumps(tx: &mut Tx<'_>) -> Result<Vec<Jump>, StoreError> {
    tx.query(
        "SELECT j.login, j.id, j.entered, j.balance_minor,
             CAST(CASE WHEN j.at < j.at_before THEN 1 ELSE 0 END AS BIGINT)
         FROM (
             SELECT r.login, r.id, r.at, r.balance_minor, r.balance_minor - r.dealt AS entered,
                 LAG(r.balance_minor - r.dealt) OVER (PARTITION BY r.login ORDER BY r.id) AS entered_before,
                 COALESCE(LAG(r.at) OVER (PARTITION BY r.login ORDER BY r.id), r.at) AS at_before
             FROM (
                 SELECT d.login, d.id, d.at, d.balance_minor,
                     CAST(SUM(d.profit_minor + d.commission_minor + d.swap_minor)
                         OVER (PARTITION BY d.login ORDER BY d.id) AS BIGINT) AS dealt
                 FROM deal d) r) j
         WHERE j.entered_before IS NULL OR j.entered <> j.entered_before OR j.at < j.at_before
         ORDER BY j.login, j.id",
        &[],
        |row| {
            Ok(Jump {
                login: row.int(0)?,
                deal: row.int(1)?,
                entered_minor: row.int(2)?,
                balance_minor: row.int(3)?,
                is_early: row.bool(4)?,
            })
        },
    )
}
