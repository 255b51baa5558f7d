//! Versions of programs, whose terms only we can read.

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

fn columns(price_minor: i64, currency: &str, first_group: Option<&str>) -> String {
    format!(
        "{price_minor} {currency}, first group {}",
        first_group.unwrap_or("none")
    )
}
