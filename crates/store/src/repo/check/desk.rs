//! Accounts as the desk has saved them, held against their rows, deals and orders.

use super::Finding;
use crate::{StoreError, Tx, params};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use touchstone_domain::challenge::ChallengeState;

/// Accounts that are read in one go.
const PAGE: i64 = 1_000;

/// What is looked at of a saved account. The desk's own writing says more.
#[derive(Deserialize)]
struct Body {
    account: Account,
    phase: Phase,
}

#[derive(Deserialize)]
struct Account {
    login: i64,
    standing: String,
    balance_minor: i64,
    positions: Vec<Position>,
    orders: Vec<Order>,
    margin_called: bool,
}

#[derive(Deserialize)]
struct Position {
    id: i64,
    volume: i64,
}

#[derive(Deserialize)]
struct Order {
    id: i64,
}

#[derive(Deserialize)]
struct Phase {
    status: Status,
    reading: Reading,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Live,
    Paused {},
    Passed {},
    Failed {},
}

#[derive(Deserialize)]
struct Reading {
    balance_minor: i64,
}

/// A saved account with the rows that it belongs to.
struct Saved {
    login: i64,
    winding_up: bool,
    open_positions: i64,
    margin_called: bool,
    body: String,
    balance_minor: Option<i64>,
    /// Of the newest phase on the account.
    phase: Option<NewestPhase>,
    phase_id: i64,
}

struct NewestPhase {
    id: i64,
    state: i64,
    final_balance_minor: Option<i64>,
}

/// Accounts whose saved state is not that of their row and phase, or cannot be read.
pub(super) fn broken_accounts(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    each_page(tx, limit, |_, page| {
        let differences = page.iter().filter_map(|saved| {
            let (expected, found) = difference(saved)?;
            Some(finding(saved.login, expected, found))
        });
        Ok(differences.collect())
    })
}

/// Accounts that do not hold what their deals have opened and not closed, or on which other orders wait than the
/// stored ones.
pub(super) fn broken_positions(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    each_page(tx, limit, |tx, page| {
        let (Some(first), Some(last)) = (page.first(), page.last()) else {
            return Ok(Vec::new());
        };
        let dealt = dealt(tx, first.login, last.login)?;
        let waiting = waiting(tx, first.login, last.login)?;
        let mut findings = Vec::new();
        for saved in page {
            // One that cannot be read is found with its state.
            let Ok(body) = serde_json::from_str::<Body>(&saved.body) else {
                continue;
            };
            let positions = body.account.positions.iter();
            let held: BTreeMap<i64, i64> = positions.map(|held| (held.id, held.volume)).collect();
            let dealt = dealt.get(&saved.login).cloned().unwrap_or_default();
            let orders: BTreeSet<i64> = body.account.orders.iter().map(|order| order.id).collect();
            let waiting = waiting.get(&saved.login).cloned().unwrap_or_default();
            if held != dealt || orders != waiting {
                let (expected, found) = (told(&dealt, &waiting), told(&held, &orders));
                findings.push(finding(saved.login, expected, found));
            }
        }
        Ok(findings)
    })
}

fn each_page(
    tx: &mut Tx<'_>,
    limit: i64,
    mut look: impl FnMut(&mut Tx<'_>, &[Saved]) -> Result<Vec<Finding>, StoreError>,
) -> Result<Vec<Finding>, StoreError> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut findings, mut after) = (Vec::new(), Some(i64::MIN));
    while let Some(from) = after.filter(|_| findings.len() < wanted) {
        let page = page_after(tx, from)?;
        let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        after = page.last().map(|saved| saved.login).filter(|_| !is_last);
        findings.extend(look(tx, &page)?);
    }
    findings.truncate(wanted);
    Ok(findings)
}

fn page_after(tx: &mut Tx<'_>, after: i64) -> Result<Vec<Saved>, StoreError> {
    tx.query(
        "SELECT s.login, s.winding_up, s.open_positions, s.margin_called, s.body, a.balance_minor, s.phase_id,
                f.id, f.state, f.final_balance_minor
         FROM desk_account s
         LEFT JOIN account a ON a.login = s.login
         LEFT JOIN phase f ON f.challenge_id = s.challenge_id AND f.account_login = s.login
             AND f.ordinal = (SELECT MAX(n.ordinal) FROM phase n
                 WHERE n.challenge_id = s.challenge_id AND n.account_login = s.login)
         WHERE s.login > $1 ORDER BY s.login LIMIT $2",
        params![after, PAGE],
        |row| {
            let phase = match (row.opt_int(7)?, row.opt_int(8)?) {
                (Some(id), Some(state)) => Some(NewestPhase {
                    id,
                    state,
                    final_balance_minor: row.opt_int(9)?,
                }),
                _ => None,
            };
            Ok(Saved {
                login: row.int(0)?,
                winding_up: row.bool(1)?,
                open_positions: row.int(2)?,
                margin_called: row.bool(3)?,
                body: row.string(4)?,
                balance_minor: row.opt_int(5)?,
                phase,
                phase_id: row.int(6)?,
            })
        },
    )
}

/// The first thing that does not agree: what it should be, and what it is.
fn difference(saved: &Saved) -> Option<(String, String)> {
    let body: Body = match serde_json::from_str(&saved.body) {
        Ok(body) => body,
        Err(error) => return Some(("a state that can be read".into(), error.to_string())),
    };
    let Some(phase) = &saved.phase else {
        return Some(("a phase on it".into(), "none".into()));
    };
    let account = &body.account;
    let open = i64::try_from(account.positions.len()).unwrap_or(i64::MAX);
    let (status, is_over) = match body.phase.status {
        // No rule has ended it.
        _ if phase.state == ChallengeState::Cancelled.code() => (ChallengeState::Cancelled, true),
        Status::Live | Status::Paused {} => (ChallengeState::Active, false),
        Status::Passed {} => (ChallengeState::Passed, true),
        Status::Failed {} => (ChallengeState::Failed, true),
    };
    let standing = match (is_over, account.standing.as_str()) {
        (true, _) => "disabled",
        // Only the trader's own steps are closed to a phase that is paused.
        (false, "close_only") => "close_only",
        (false, _) => "active",
    };
    // What was closed only later is in the balance that a phase is left with, and not in what the rules had judged.
    let (last_balance_minor, own_balance_minor) = match is_over {
        true => (phase.final_balance_minor, account.balance_minor),
        false => (
            Some(account.balance_minor),
            body.phase.reading.balance_minor,
        ),
    };
    let is_winding_up = is_over && open > 0;
    let number = |value: Option<i64>| value.map_or("none".to_owned(), |value| value.to_string());
    let looks = [
        ("login", saved.login.to_string(), account.login.to_string()),
        ("phase", phase.id.to_string(), saved.phase_id.to_string()),
        (
            "balance",
            number(saved.balance_minor),
            account.balance_minor.to_string(),
        ),
        (
            "balance of the phase",
            number(last_balance_minor),
            own_balance_minor.to_string(),
        ),
        (
            "state of the phase",
            phase.state.to_string(),
            status.code().to_string(),
        ),
        ("standing", standing.to_owned(), account.standing.clone()),
        (
            "open positions",
            open.to_string(),
            saved.open_positions.to_string(),
        ),
        (
            "winding up",
            is_winding_up.to_string(),
            saved.winding_up.to_string(),
        ),
        (
            "margin called",
            account.margin_called.to_string(),
            saved.margin_called.to_string(),
        ),
    ];
    let mut others = looks.into_iter().filter(|(_, wanted, is)| wanted != is);
    let (what, wanted, is) = others.next()?;
    Some((format!("{what} {wanted}"), is))
}

/// The volume that deals have left open, by position, of accounts from `first` to `last`.
fn dealt(
    tx: &mut Tx<'_>,
    first: i64,
    last: i64,
) -> Result<BTreeMap<i64, BTreeMap<i64, i64>>, StoreError> {
    let mut found: BTreeMap<i64, BTreeMap<i64, i64>> = BTreeMap::new();
    tx.query(
        "SELECT d.login, d.position_id,
                CAST(SUM(CASE d.kind WHEN 'in' THEN d.volume WHEN 'out' THEN -d.volume ELSE 0 END) AS BIGINT)
         FROM deal d WHERE d.login >= $1 AND d.login <= $2
         GROUP BY d.login, d.position_id
         HAVING SUM(CASE d.kind WHEN 'in' THEN d.volume WHEN 'out' THEN -d.volume ELSE 0 END) <> 0",
        params![first, last],
        |row| {
            let of_account = found.entry(row.int(0)?).or_default();
            of_account.insert(row.int(1)?, row.int(2)?);
            Ok(())
        },
    )?;
    Ok(found)
}

/// The orders that wait, of accounts from `first` to `last`.
fn waiting(
    tx: &mut Tx<'_>,
    first: i64,
    last: i64,
) -> Result<BTreeMap<i64, BTreeSet<i64>>, StoreError> {
    let mut found: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    tx.query(
        "SELECT login, id FROM trade_order WHERE login >= $1 AND login <= $2 AND state = 'waiting'",
        params![first, last],
        |row| {
            found.entry(row.int(0)?).or_default().insert(row.int(1)?);
            Ok(())
        },
    )?;
    Ok(found)
}

fn told(positions: &BTreeMap<i64, i64>, orders: &BTreeSet<i64>) -> String {
    let positions: Vec<String> = positions
        .iter()
        .map(|(id, volume)| format!("{id} of {volume}"))
        .collect();
    let orders: Vec<String> = orders.iter().map(i64::to_string).collect();
    format!(
        "positions [{}], orders [{}]",
        positions.join(", "),
        orders.join(", ")
    )
}

fn finding(login: i64, expected: String, found: String) -> Finding {
    Finding {
        subject: "account".into(),
        key: login,
        expected,
        found,
    }
}
