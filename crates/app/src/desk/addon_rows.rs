//! What an add-on that is bought later makes of the rows of its purchase.

use super::commit::CommitError;
use crate::purchase::{Sale, lock_with_payment};
use crate::transactions::TransactionError;
use touchstone_domain::purchase::Event;
use touchstone_domain::{Login, PurchaseId, UnixMicros};
use touchstone_store::Tx;

/// In the commit in which the account is judged by it: its fee is taken from the wallet that pays, and the challenge has
/// it.
pub fn apply(
    tx: &mut Tx<'_>,
    login: Login,
    id: PurchaseId,
    now: UnixMicros,
) -> Result<(), CommitError> {
    let purchase = lock_with_payment(tx, id)?.filter(|one| one.state.step().is_some());
    // Somebody else has ended it meanwhile.
    let purchase = purchase.ok_or(CommitError::Stale(login))?;
    let mut sale = Sale::load(tx, purchase).map_err(TransactionError::from)?;
    sale.do_all(tx, now).map_err(TransactionError::from)?;
    sale.save(tx).map_err(TransactionError::from)?;
    Ok(())
}

/// It cannot be applied any more; `false` where it does not wait for that.
pub fn refuse(tx: &mut Tx<'_>, id: PurchaseId, now: UnixMicros) -> Result<bool, CommitError> {
    let purchase = lock_with_payment(tx, id)?.filter(|one| one.state.step().is_some());
    let Some(purchase) = purchase else {
        return Ok(false);
    };
    let mut sale = Sale::load(tx, purchase).map_err(TransactionError::from)?;
    sale.happen(tx, Event::Refused, now)
        .map_err(TransactionError::from)?;
    sale.do_all(tx, now).map_err(TransactionError::from)?;
    sale.save(tx).map_err(TransactionError::from)?;
    Ok(true)
}
