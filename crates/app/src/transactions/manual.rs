//! Staff give money to a customer's wallet or take it from there by hand, and undo that.

use super::actor::Actor;
use super::debt::announce;
use super::error::TransactionError;
use super::settle::Cause;
use super::view::TransactionView;
use super::wallet::{is_wallet, waiting};
use crate::App;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_domain::purchase::FailureReason;
use touchstone_domain::transaction::{
    Transaction, TransactionEvent, TransactionKind, TransactionState,
};
use touchstone_domain::{Account, Currency, Group, Login, Money, MoneyError, TransactionId};
use touchstone_store::repo::{self, audit::AuditRow, counters};
use touchstone_store::{StoreError, Tx};

/// Where what is made by hand comes from, in the words of the document.
const SOURCE: &str = "crm";

#[derive(Clone, Debug)]
pub struct ManualRequest {
    pub login: Login,
    /// [`TransactionKind::CorrectionIn`] or [`TransactionKind::CorrectionOut`].
    pub kind: TransactionKind,
    /// Major units.
    pub amount: String,
    /// Must be the account's.
    pub currency: Option<Currency>,
    /// Why.
    pub comment: String,
    /// A JSON object that is kept with it.
    pub payment_data: Option<String>,
    /// The money moves at once; otherwise when it is approved.
    pub is_approved: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ManualError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such account or transaction")]
    NotFound,
    #[error("the account is none of real money that its customer has opened")]
    NotAWallet,
    #[error("the account holds {held}")]
    WrongCurrency { held: Currency },
    #[error("{0}")]
    Amount(MoneyError),
    #[error("the amount must be above 0 and at most {}", most.fixed())]
    OutOfRange { most: Money },
    #[error("{} {} can be taken", available.fixed(), available.currency)]
    NotEnough { available: Money },
    #[error("a transaction of type {kind} that is {state} cannot be undone")]
    NotReversible {
        kind: &'static str,
        state: &'static str,
    },
    #[error("it was undone before")]
    Undone,
    #[error(transparent)]
    Transaction(#[from] TransactionError),
}

impl From<StoreError> for ManualError {
    fn from(error: StoreError) -> Self {
        Self::Transaction(error.into())
    }
}

impl App {
    /// Gives to a wallet or takes from it, at once or when it is approved; what is to be taken is held back until then.
    ///
    /// # Errors
    /// See [`ManualError`]; nothing was changed.
    pub async fn make_manual_transaction(
        &self,
        caller: StaffCaller,
        request: ManualRequest,
    ) -> Result<TransactionView, ManualError> {
        let app = self.clone();
        let now = self.now();
        let id = self
            .store
            .write(move |tx| {
                let permission = Permission::MakeTransaction;
                let pass = require_live_staff(tx, &caller, permission, now)?;
                let wallet = wallet(tx, &caller, request.login)?;
                if !pass.sees(tx, wallet.customer_id)? {
                    return Err(ManualError::NotFound);
                }
                let wanted = request.currency.unwrap_or(wallet.currency);
                if wanted != wallet.currency {
                    let held = wallet.currency;
                    return Err(ManualError::WrongCurrency { held });
                }
                let amount = amount(&request.amount, &wallet)?;
                enough(request.kind, amount, &wallet)?;
                let id = TransactionId(tx.next_id(counters::TRANSACTION)?);
                let (what, said) = ((request.kind, amount), (SOURCE, request.comment.as_str()));
                let t = waiting(id, &wallet, what, said, now);
                app.begin_manual(tx, &caller, &wallet, t, request.is_approved)?;
                if let Some(data) = &request.payment_data {
                    repo::transactions::set_payment_data(tx, id, data)?;
                }
                Ok(id)
            })
            .await?;
        Ok(self.transaction_view(caller, id).await?)
    }

    /// The mirror of what was done by hand: the same amount the other way, once.
    ///
    /// # Errors
    /// [`ManualError::NotReversible`], [`ManualError::Undone`], and [`ManualError::NotEnough`] where what was given is
    /// not there any more; nothing was changed.
    pub async fn reverse_manual_transaction(
        &self,
        caller: StaffCaller,
        id: TransactionId,
        reason: String,
    ) -> Result<TransactionView, ManualError> {
        let app = self.clone();
        let now = self.now();
        let mirror = self
            .store
            .write(move |tx| {
                let permission = Permission::MakeTransaction;
                let pass = require_live_staff(tx, &caller, permission, now)?;
                let done = repo::transactions::lock(tx, id)?.ok_or(ManualError::NotFound)?;
                if !pass.sees(tx, done.customer_id)? {
                    return Err(ManualError::NotFound);
                }
                let (kind, state) = (done.kind.shown_name(), done.state.name());
                let refused = ManualError::NotReversible { kind, state };
                let is_done = done.state == TransactionState::Approved && done.related_id.is_none();
                let Some(mirror) = done.kind.mirror().filter(|_| is_done) else {
                    return Err(refused);
                };
                if repo::transactions::undone_by(tx, id)?.is_some() {
                    return Err(ManualError::Undone);
                }
                let wallet = wallet(tx, &caller, done.login.ok_or(ManualError::NotFound)?)?;
                enough(mirror, done.amount, &wallet)?;
                let new = TransactionId(tx.next_id(counters::TRANSACTION)?);
                let (what, said) = ((mirror, done.amount), (SOURCE, reason.as_str()));
                let mut t = waiting(new, &wallet, what, said, now);
                t.related_id = Some(id);
                app.begin_manual(tx, &caller, &wallet, t, true)?;
                Ok(new)
            })
            .await?;
        Ok(self.transaction_view(caller, mirror).await?)
    }

    /// The caller holds the wallet's lock, and has seen that there is enough.
    fn begin_manual(
        &self,
        tx: &mut Tx<'_>,
        caller: &StaffCaller,
        wallet: &Account,
        t: Transaction,
        is_approved: bool,
    ) -> Result<(), ManualError> {
        if t.kind.holds_back() {
            repo::accounts::add_hold(tx, wallet.login, t.amount.minor)?;
        }
        repo::transactions::insert(tx, &t)?;
        announce(tx, &t)?;
        let actor = Actor::Staff(caller.staff_id);
        let balance = |minor: i64| serde_json::json!({ "balance_minor": minor }).to_string();
        let note = t.comment.clone();
        let (id, created_at) = (t.id, t.created_at);
        if is_approved {
            let cause = Cause {
                event: TransactionEvent::Approve,
                actor,
                ended_by: FailureReason::Cancelled,
                note: "",
                now: created_at,
            };
            self.settle_payment(tx, t, &cause)?;
        }
        let after = repo::accounts::lock(tx, wallet.login)?;
        let after = after.map_or(wallet.balance_minor, |wallet| wallet.balance_minor);
        repo::audit::insert(
            tx,
            &AuditRow {
                at: created_at,
                brand_id: wallet.brand_id,
                actor_kind: actor.kind(),
                actor_id: actor.id(),
                action: "transaction.manual",
                subject_kind: "transaction",
                subject_id: id.0,
                before: Some(&balance(wallet.balance_minor)),
                after: Some(&balance(after)),
                note: &note,
            },
        )?;
        Ok(())
    }
}

/// The wallet with its lock.
fn wallet(tx: &mut Tx<'_>, caller: &StaffCaller, login: Login) -> Result<Account, ManualError> {
    let own = |(account, _): &(Account, Group)| account.brand_id == caller.brand_id;
    let found = repo::accounts::get(tx, login)?.filter(own);
    let (account, _) = found.ok_or(ManualError::NotFound)?;
    // Whoever closes it, with its owner's erasure, holds these too: it is looked at once they are ours.
    repo::customers::lock(tx, account.customer_id)?;
    let locked = repo::accounts::lock(tx, login)?.ok_or(ManualError::NotFound)?;
    let found = repo::accounts::get(tx, login)?.filter(own);
    if !is_wallet(&found.ok_or(ManualError::NotFound)?) {
        return Err(ManualError::NotAWallet);
    }
    Ok(locked)
}

/// What is to be taken is there; looked at before a number is taken.
fn enough(kind: TransactionKind, amount: Money, wallet: &Account) -> Result<(), ManualError> {
    let available = wallet.available_minor();
    if kind.holds_back() && amount.minor > available {
        let available = Money::new(available.max(0), wallet.currency);
        return Err(ManualError::NotEnough { available });
    }
    Ok(())
}

fn amount(text: &str, wallet: &Account) -> Result<Money, ManualError> {
    let amount = Money::from_major(text, wallet.currency).map_err(ManualError::Amount)?;
    let most = super::wallet::largest(wallet.currency);
    match amount.minor {
        minor if (1..=most.minor).contains(&minor) => Ok(amount),
        _ => Err(ManualError::OutOfRange { most }),
    }
}
