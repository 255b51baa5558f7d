//! A transaction with what staff want to know beside it.

use touchstone_domain::transaction::Transaction;
use touchstone_domain::{Account, BrandId, TransactionId};
use touchstone_store::{StoreError, Tx, repo};

#[derive(Clone, Debug)]
pub struct TransactionView {
    pub transaction: Transaction,
    pub account: Option<Account>,
    pub approved_by_name: Option<String>,
}

impl TransactionView {
    pub(super) fn of(tx: &mut Tx<'_>, transaction: Transaction) -> Result<Self, StoreError> {
        let account = match transaction.login {
            Some(login) => repo::accounts::get(tx, login)?.map(|(account, _)| account),
            None => None,
        };
        let approver = match transaction.approved_by {
            Some(id) => repo::staff::get(tx, id)?,
            None => None,
        };
        Ok(Self {
            transaction,
            account,
            approved_by_name: approver.map(|staff| staff.full_name),
        })
    }

    pub(super) fn load(
        tx: &mut Tx<'_>,
        brand: BrandId,
        id: TransactionId,
    ) -> Result<Option<Self>, StoreError> {
        repo::transactions::get(tx, id)?
            .filter(|transaction| transaction.brand_id == brand)
            .map(|transaction| Self::of(tx, transaction))
            .transpose()
    }
}
