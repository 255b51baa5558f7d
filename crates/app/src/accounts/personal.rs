//! A personal account, with what it begins with as a ledger entry.

use touchstone_domain::ledger::{ApiData, Entry, EntryHead, LedgerError, Operation};
use touchstone_domain::{
    Account, AccountKind, AccountMode, CustomerId, Group, Login, Money, OrderNo, UnixMicros,
};
use touchstone_store::repo::{self, counters};
use touchstone_store::{StoreError, Tx};

/// What is new about a new account; the rest is its group's.
#[derive(Clone, Copy, Debug)]
pub struct NewPersonal<'a> {
    pub login: Login,
    pub customer_id: CustomerId,
    /// Zero for none.
    pub opening: Money,
    /// Of a password that its owner has to change.
    pub temporary_password_hash: Option<&'a [u8; 32]>,
}

#[derive(Debug, thiserror::Error)]
pub enum PersonalError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// # Errors
/// [`PersonalError::Ledger`] for an opening below zero, and the store's.
pub fn open_personal(
    tx: &mut Tx<'_>,
    group: &Group,
    new: NewPersonal<'_>,
    now: UnixMicros,
) -> Result<Account, PersonalError> {
    let account = Account {
        login: new.login,
        brand_id: group.brand_id,
        customer_id: new.customer_id,
        group_id: group.id,
        kind: AccountKind::Personal,
        currency: group.currency,
        leverage: group.leverage,
        enabled: true,
        balance_minor: new.opening.minor,
        held_minor: 0,
        created_at: now,
        closed_at: None,
        must_change_password: new.temporary_password_hash.is_some(),
    };
    let hash = new.temporary_password_hash.map(|hash| &hash[..]);
    repo::accounts::insert(tx, &account, hash)?;
    if !new.opening.is_zero() {
        let entry = opening_entry(tx, group, &new, now)?;
        repo::ledger::record(tx, &entry)?;
    }
    Ok(account)
}

fn opening_entry(
    tx: &mut Tx<'_>,
    group: &Group,
    new: &NewPersonal<'_>,
    now: UnixMicros,
) -> Result<Entry, PersonalError> {
    let operation = match group.mode {
        AccountMode::Real => Operation::OpeningBalance,
        AccountMode::Demo => Operation::DemoOpeningBalance,
    };
    let head = EntryHead {
        order: OrderNo(tx.next_id(counters::ORDER)?),
        brand_id: group.brand_id,
        at: now,
    };
    let about = ApiData {
        customer_id: Some(new.customer_id),
        ..ApiData::default()
    };
    let login = Some(new.login);
    Ok(Entry::new(head, operation, login, new.opening, &about)?)
}
