//! Versions of programs, whose terms only we can read, and the add-ons of purchases.

use super::Finding;
use crate::{StoreError, Tx};
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
        "SELECT p.id, p.addon_codes, p.price_minor, v.terms
         FROM purchase p JOIN program_version v ON v.id = p.version_id WHERE p.addon_codes <> '[]' ORDER BY p.id",
        &[],
        |row| {
            let (codes, paid) = (row.text(1)?, row.int(2)?);
            let expected = match priced(codes, row.text(3)?) {
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

fn priced(codes: &str, terms: &str) -> Result<i64, String> {
    let codes: Vec<String> =
        serde_json::from_str(codes).map_err(|error| format!("a list of codes ({error})"))?;
    let terms: Terms =
        serde_json::from_str(terms).map_err(|error| format!("terms that can be read ({error})"))?;
    let price = terms.price_with(&codes);
    price
        .map(|price| price.minor)
        .map_err(|error| error.to_string())
}

fn columns(price_minor: i64, currency: &str, first_group: Option<&str>) -> String {
    format!(
        "{price_minor} {currency}, first group {}",
        first_group.unwrap_or("none")
    )
}
