//! A purchase in hand: the purchase and what hangs on it, changed in memory by the transition
//! table and written once. The built-in trading server's steps are these very changes, so a
//! purchase on it is one commit; for a remote one each answer is one.

mod addition;
mod entries;
mod events;
mod records;
mod reset;
mod row;
mod saving;
mod steps;

use crate::promotions::Quote;
pub(crate) use reset::group_of_phase;
use row::Row;
pub use saving::Saved;
use touchstone_domain::challenge::{Challenge, Phase};
use touchstone_domain::ledger::{Entry, LedgerError};
use touchstone_domain::promotion::UseRefused;
use touchstone_domain::purchase::{Funding, Purchase, Refused};
use touchstone_domain::{Account, Group, TransactionId, UnixMicros};
use touchstone_store::{StoreError, Tx, repo};

/// Why a change could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SaleError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Promotion(#[from] UseRefused),
    #[error("purchase {purchase} lacks {what}")]
    Broken { purchase: i64, what: &'static str },
}

#[derive(Debug)]
pub struct Sale {
    purchase: Row<Purchase>,
    account: Option<Row<Account>>,
    challenge: Option<Row<Challenge>>,
    phase: Option<Phase>,
    /// Of a reset that is under way: the account of the attempt before.
    prior: Option<Row<Account>>,
    /// Group of the account that it opens.
    group: Group,
    entries: Vec<Entry>,
    /// Change of the money held back on the payer's account.
    hold_change_minor: i64,
    temporary_password_hash: Option<[u8; 32]>,
    /// A promotion code that the purchase has from this commit on.
    quote: Option<Quote>,
}

impl Sale {
    /// A purchase that begins now.
    pub const fn begin(purchase: Purchase, group: Group) -> Self {
        Self {
            purchase: Row::new(purchase),
            account: None,
            challenge: None,
            phase: None,
            prior: None,
            group,
            entries: Vec::new(),
            hold_change_minor: 0,
            temporary_password_hash: None,
            quote: None,
        }
    }

    /// A purchase that is in the database; the caller holds its lock.
    pub fn load(tx: &mut Tx<'_>, purchase: Purchase) -> Result<Self, SaleError> {
        if purchase.funding == Funding::Reset {
            return Self::load_reset(tx, purchase);
        }
        if purchase.adds_to.is_some() {
            return Self::load_addition(tx, purchase);
        }
        let broken = |what| SaleError::Broken {
            purchase: purchase.id.0,
            what,
        };
        let version = repo::programs::version(tx, purchase.version_id)?
            .ok_or_else(|| broken("its version"))?;
        let step = version
            .terms
            .first_step()
            .ok_or_else(|| broken("a first step"))?;
        let mut group = repo::groups::by_name(tx, purchase.brand_id, &step.group)?
            .ok_or_else(|| broken("its group"))?;
        // What was promised when it was bought, whatever the group gives now.
        group.default_deposit_minor = step.initial_balance_minor;
        let account = match purchase.account_login {
            Some(login) => repo::accounts::lock(tx, login)?,
            None => None,
        };
        let challenge = match purchase.challenge_id {
            Some(id) => repo::challenges::get(tx, id)?,
            None => None,
        };
        Ok(Self {
            purchase: Row::stored(purchase),
            account: account.map(Row::stored),
            challenge: challenge.map(Row::stored),
            phase: None,
            prior: None,
            group,
            entries: Vec::new(),
            hold_change_minor: 0,
            temporary_password_hash: None,
            quote: None,
        })
    }

    pub const fn purchase(&self) -> &Purchase {
        &self.purchase.value
    }

    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref().map(|row| &row.value)
    }

    pub fn challenge(&self) -> Option<&Challenge> {
        self.challenge.as_ref().map(|row| &row.value)
    }

    /// The account of the attempt before.
    pub fn prior(&self) -> Option<&Account> {
        self.prior.as_ref().map(|row| &row.value)
    }

    pub const fn group(&self) -> &Group {
        &self.group
    }

    /// The password that the account's owner signs in with first.
    pub const fn set_temporary_password(&mut self, hash: [u8; 32]) {
        self.temporary_password_hash = Some(hash);
    }

    /// What a person has to know.
    pub fn set_note(&mut self, note: String) {
        self.purchase.change().note = note;
    }

    /// When the runner looks at it next.
    pub fn set_due(&mut self, due_at: Option<UnixMicros>) {
        self.purchase.change().due_at = due_at;
    }

    /// One more call of the current step.
    pub fn count_call(&mut self) {
        self.purchase.change().step_calls += 1;
    }

    /// The purchase has this promotion code, whose lock the caller holds; its price is less already.
    pub fn set_promotion(&mut self, quote: Quote) {
        self.quote = Some(quote);
    }

    pub fn set_transaction(&mut self, id: TransactionId) {
        self.purchase.change().transaction_id = Some(id);
    }

    fn broken(&self, what: &'static str) -> SaleError {
        SaleError::Broken {
            purchase: self.purchase().id.0,
            what,
        }
    }
}
