//! Versions of programs, whose terms only we can read, and the add-ons of purchases.

use super::Finding;
use crate::{StoreError, Tx};
use std::collections::BTreeMap;
use touchstone_domain::program::Terms;

/// Versions whose columns do not repeat what their terms say, or whose terms cannot be read.
pub(super) fn broken(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut findings = Vec::new();
    tx.query(
        "SELECT id, price_minor, currency, first_group, terms FROM program_version ORDER BY id",
        &[],
        |row| {
            let stored = columns(row.int(1)?, row.text(2)?, row.opt_text(3)?);
            let promised = match serde_json::from_str::<Terms>(row.text(4)?) {
                Ok(terms) => columns(
                    terms.price.minor,
                    terms.currency().code(),
                    terms.first_step().map(|step| step.group.as_str()),
                ),
                Err(error) => format!("terms that can be read ({error})"),
            };
            if stored != promised && findings.len() < limit {
                findings.push(Finding {
                    subject: "version".into(),
                    key: row.int(0)?,
                    expected: promised,
                    found: stored,
                });
            }
            Ok(())
        },
    )?;
    Ok(findings)
}

/// Purchases with add-ons that their version does not offer, or at another price than these add up to.
pub(super) fn broken_addons(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut findings = Vec::new();
    tx.query(
        "SELECT p.id, p.addon_codes, p.price_minor + p.off_minor, v.terms, p.adds_to
         FROM purchase p JOIN program_version v ON v.id = p.version_id WHERE p.addon_codes <> '[]' ORDER BY p.id",
        &[],
        |row| {
            let (codes, paid) = (row.text(1)?, row.int(2)?);
            let expected = match priced(codes, row.text(3)?, row.opt_int(4)?.is_some()) {
                Ok(price_minor) if price_minor == paid => return Ok(()),
                Ok(price_minor) => format!("{price_minor}"),
                Err(problem) => problem,
            };
            if findings.len() < limit {
                findings.push(Finding {
                    subject: "purchase".into(),
                    key: row.int(0)?,
                    expected,
                    found: format!("{paid} with {codes}"),
                });
            }
            Ok(())
        },
    )?;
    Ok(findings)
}

/// Challenges whose later add-ons are not those that were bought and applied.
pub(super) fn broken_additions(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut held: BTreeMap<i64, [Vec<String>; 2]> = BTreeMap::new();
    tx.query(
        "SELECT o.id, o.late_addon_codes, p.addon_codes
         FROM purchase o LEFT JOIN challenge c ON c.purchase_id = o.id
         LEFT JOIN purchase p ON p.adds_to = c.id AND p.state = 1
         WHERE o.late_addon_codes <> '[]' OR p.id IS NOT NULL ORDER BY o.id",
        &[],
        |row| {
            let read =
                |text: &str| serde_json::from_str(text).unwrap_or_else(|_| vec![text.to_owned()]);
            let [late, bought] = held.entry(row.int(0)?).or_default();
            *late = read(row.text(1)?);
            bought.extend(row.opt_text(2)?.map(read).unwrap_or_default());
            Ok(())
        },
    )?;
    let broken = held
        .into_iter()
        .filter_map(|(key, [mut late, mut bought])| {
            late.sort_unstable();
            bought.sort_unstable();
            (late != bought).then(|| Finding {
                subject: "purchase".into(),
                key,
                expected: format!("later {bought:?}"),
                found: format!("later {late:?}"),
            })
        });
    Ok(broken.take(limit).collect())
}

/// Resets at another price than the one that was promised, or with an account of another group than their phase's.
pub(super) fn broken_resets(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut findings = Vec::new();
    tx.query(
        "SELECT p.id, p.price_minor, p.currency, g.name, v.terms, f.phase_index
         FROM purchase p JOIN challenge c ON c.id = p.resets JOIN program_version v ON v.id = c.version_id
         LEFT JOIN account a ON a.login = p.account_login
         LEFT JOIN account_group g ON g.id = a.group_id
         LEFT JOIN phase f ON f.challenge_id = c.id AND f.account_login = p.account_login
         WHERE p.resets IS NOT NULL ORDER BY p.id",
        &[],
        |row| {
            let phase = row.opt_int(5)?;
            let group = phase.and(row.opt_text(3)?);
            let found = reset_columns(row.int(1)?, row.text(2)?, group);
            let expected = match serde_json::from_str::<Terms>(row.text(4)?) {
                Ok(terms) => {
                    let step = phase.and_then(|phase| usize::try_from(phase - 1).ok());
                    let step = step.and_then(|step| terms.steps.get(step));
                    reset_columns(
                        terms.conduct.reset_fee_minor.unwrap_or(0),
                        terms.currency().code(),
                        step.map(|step| step.group.as_str()),
                    )
                }
                Err(error) => format!("terms that can be read ({error})"),
            };
            if expected != found && findings.len() < limit {
                findings.push(Finding {
                    subject: "purchase".into(),
                    key: row.int(0)?,
                    expected,
                    found,
                });
            }
            Ok(())
        },
    )?;
    Ok(findings)
}

fn reset_columns(price_minor: i64, currency: &str, group: Option<&str>) -> String {
    format!(
        "{price_minor} {currency}, group {}",
        group.unwrap_or("none")
    )
}

/// Without the program itself, where they are bought later.
fn priced(codes: &str, terms: &str, is_later: bool) -> Result<i64, String> {
    let codes: Vec<String> =
        serde_json::from_str(codes).map_err(|error| format!("a list of codes ({error})"))?;
    let terms: Terms =
        serde_json::from_str(terms).map_err(|error| format!("terms that can be read ({error})"))?;
    let price = terms.price_with(&codes);
    let without = if is_later { terms.price.minor } else { 0 };
    price
        .map(|price| price.minor - without)
        .map_err(|error| error.to_string())
}

fn columns(price_minor: i64, currency: &str, first_group: Option<&str>) -> String {
    format!(
        "{price_minor} {currency}, first group {}",
        first_group.unwrap_or("none")
    )
}
