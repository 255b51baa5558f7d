//! Why nothing was done about a transaction.

use crate::identity::SessionError;
use crate::purchase::SaleError;
use touchstone_domain::ledger::LedgerError;
use touchstone_domain::transaction::TransactionRefused;
use touchstone_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum TransactionError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's or customer's.
    #[error("there is no such transaction")]
    NotFound,
    /// The table has no arrow: it is settled, or ended, or a refund, which is owed until it is paid.
    #[error(transparent)]
    Refused(#[from] TransactionRefused),
    #[error(transparent)]
    Sale(#[from] SaleError),
    /// Rows that belong together are not there: a fault of ours, never of the request.
    #[error("transaction {transaction} lacks {what}")]
    Broken {
        transaction: i64,
        what: &'static str,
    },
}

impl From<StoreError> for TransactionError {
    fn from(error: StoreError) -> Self {
        Self::Sale(error.into())
    }
}

impl From<LedgerError> for TransactionError {
    fn from(error: LedgerError) -> Self {
        Self::Sale(error.into())
    }
}
