//! A wallet is a personal account of real money. It is filled through a cashier and emptied by
//! staff; challenge accounts, funded ones too, are neither.

use super::actor::Actor;
use super::debt::announce;
use crate::App;
use crate::cashier::PaySession;
use crate::identity::{CustomerCaller, SessionError, require_live_customer};
use crate::purchase::IDEMPOTENCY_KEY_LIMIT;
use touchstone_domain::transaction::{Transaction, TransactionKind, TransactionState};
use touchstone_domain::{
    Account, AccountKind, AccountMode, Currency, Group, Login, Money, MoneyError, TransactionId,
    UnixMicros,
};
use touchstone_store::repo::{self, audit::AuditRow, counters};
use touchstone_store::{StoreError, Tx};

/// Largest amount of one deposit or withdrawal, in major units.
const AMOUNT_MAX_MAJOR: i64 = 10_000_000;

#[derive(Clone, Debug)]
pub struct DepositRequest {
    /// `None` where the customer has one wallet.
    pub login: Option<Login>,
    /// Major units.
    pub amount: String,
}

#[derive(Clone, Debug)]
pub struct WithdrawRequest {
    /// `None` where the customer has one wallet.
    pub login: Option<Login>,
    /// Major units.
    pub amount: String,
    /// Where the money is to be paid to: a JSON object.
    pub payment_data: Option<String>,
    pub comment: String,
}

/// A withdrawal that waits for staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    pub transaction: Transaction,
    /// What can still be withdrawn from the wallet.
    pub available: Money,
}

/// What was done, now or with the same key before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once<T> {
    pub what: T,
    pub is_replay: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum WalletError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("you have no account of real money")]
    NoWallet,
    #[error("you have several accounts of real money: say which one")]
    SeveralWallets,
    /// Unknown, not the caller's, or not one that money goes to and from.
    #[error("this is no account of real money of yours")]
    NotAWallet,
    #[error("the account is disabled")]
    Disabled,
    #[error("{0}")]
    Amount(MoneyError),
    #[error("the amount must be from {} to {}", least.fixed(), most.fixed())]
    OutOfRange { least: Money, most: Money },
    #[error("{} {} can be withdrawn", available.fixed(), available.currency)]
    NotEnough { available: Money },
    #[error("the Idempotency-Key was used with another {field}")]
    KeyConflict { field: &'static str },
    #[error("the Idempotency-Key needs 1 to {IDEMPOTENCY_KEY_LIMIT} characters")]
    KeyLength,
    #[error("{limit} of these wait already")]
    TooManyPending { limit: i64 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// A deposit that waits for its payment, and where it is paid; without a cashier staff approve
    /// what came in another way.
    ///
    /// # Errors
    /// See [`WalletError`]; nothing was changed.
    pub async fn deposit(
        &self,
        caller: CustomerCaller,
        request: DepositRequest,
    ) -> Result<(Transaction, Option<PaySession>), WalletError> {
        let done = self.deposit_once(caller, request, None).await?;
        Ok(done.what)
    }

    /// As [`Self::deposit`]; a request whose key was used before begins nothing, and is answered with what that one has
    /// begun.
    ///
    /// # Errors
    /// See [`WalletError`]; nothing was changed.
    pub async fn deposit_once(
        &self,
        caller: CustomerCaller,
        request: DepositRequest,
        key: Option<String>,
    ) -> Result<Once<(Transaction, Option<PaySession>)>, WalletError> {
        let app = self.clone();
        let now = self.now();
        let token = self.cashier_token();
        self.store
            .write(move |tx| {
                // Two requests at once see each other's deposits.
                repo::customers::lock(tx, caller.customer_id)?;
                require_live_customer(tx, &caller, now)?;
                let wallet = wallet(tx, &caller, request.login)?;
                let amount = amount(&request.amount, &wallet)?;
                let asked = (TransactionKind::Deposit, &wallet, amount);
                if let Some(begun) = begun(tx, &caller, key.as_deref(), asked)? {
                    let session = match begun.state {
                        TransactionState::Pending | TransactionState::Underpaid => {
                            app.open_cashier(tx, begun.clone(), &token, now)?
                        }
                        _ => None,
                    };
                    return Ok(Once::replayed((begun, session)));
                }
                let limit = app.settings.pending_deposits_limit;
                check_pending(tx, &caller, TransactionKind::Deposit, limit)?;
                let id = TransactionId(tx.next_id(counters::TRANSACTION)?);
                let what = (TransactionKind::Deposit, amount);
                let deposit = waiting(id, &wallet, what, ("customer", ""), now);
                begin(tx, &deposit, "transaction.deposit")?;
                name(tx, id, key.as_deref())?;
                let session = app.open_cashier(tx, deposit.clone(), &token, now)?;
                Ok(Once::done((deposit, session)))
            })
            .await
    }

    /// Holds the money back until staff have paid it out, or decline.
    ///
    /// # Errors
    /// See [`WalletError`]; nothing was changed.
    pub async fn withdraw(
        &self,
        caller: CustomerCaller,
        request: WithdrawRequest,
    ) -> Result<Withdrawn, WalletError> {
        let done = self.withdraw_once(caller, request, None).await?;
        Ok(done.what)
    }

    /// As [`Self::withdraw`]; a request whose key was used before holds nothing back, and is answered with what that one
    /// has begun.
    ///
    /// # Errors
    /// See [`WalletError`]; nothing was changed.
    pub async fn withdraw_once(
        &self,
        caller: CustomerCaller,
        request: WithdrawRequest,
        key: Option<String>,
    ) -> Result<Once<Withdrawn>, WalletError> {
        let app = self.clone();
        let now = self.now();
        self.store
            .write(move |tx| {
                repo::customers::lock(tx, caller.customer_id)?;
                require_live_customer(tx, &caller, now)?;
                let login = wallet(tx, &caller, request.login)?.login;
                // From here on nobody else can spend from it.
                let wallet = repo::accounts::lock(tx, login)?.ok_or(WalletError::NotAWallet)?;
                let amount = amount(&request.amount, &wallet)?;
                let available = wallet.available_minor();
                let asked = (TransactionKind::Withdrawal, &wallet, amount);
                if let Some(transaction) = begun(tx, &caller, key.as_deref(), asked)? {
                    return Ok(Once::replayed(Withdrawn {
                        transaction,
                        available: Money::new(available.max(0), wallet.currency),
                    }));
                }
                let limit = app.settings.pending_withdrawals_limit;
                check_pending(tx, &caller, TransactionKind::Withdrawal, limit)?;
                if amount.minor > available {
                    return Err(WalletError::NotEnough {
                        available: Money::new(available.max(0), wallet.currency),
                    });
                }
                repo::accounts::add_hold(tx, login, amount.minor)?;
                let id = TransactionId(tx.next_id(counters::TRANSACTION)?);
                let what = (TransactionKind::Withdrawal, amount);
                let said = ("customer", request.comment.as_str());
                let transaction = waiting(id, &wallet, what, said, now);
                begin(tx, &transaction, "transaction.withdraw")?;
                name(tx, id, key.as_deref())?;
                if let Some(data) = &request.payment_data {
                    repo::transactions::set_payment_data(tx, transaction.id, data)?;
                }
                Ok(Once::done(Withdrawn {
                    transaction,
                    available: Money::new(available - amount.minor, wallet.currency),
                }))
            })
            .await
    }
}

impl<T> Once<T> {
    const fn done(what: T) -> Self {
        Self {
            what,
            is_replay: false,
        }
    }

    const fn replayed(what: T) -> Self {
        Self {
            what,
            is_replay: true,
        }
    }
}

/// What a request of this name has begun before, if it asked for the same.
fn begun(
    tx: &mut Tx<'_>,
    caller: &CustomerCaller,
    key: Option<&str>,
    (kind, wallet, amount): (TransactionKind, &Account, Money),
) -> Result<Option<Transaction>, WalletError> {
    let Some(key) = key else { return Ok(None) };
    if !(1..=IDEMPOTENCY_KEY_LIMIT).contains(&key.chars().count()) {
        return Err(WalletError::KeyLength);
    }
    let Some(begun) = repo::transactions::by_key(tx, caller.customer_id, key)? else {
        return Ok(None);
    };
    let differs = [
        ("request", begun.kind != kind),
        ("account", begun.login != Some(wallet.login)),
        ("amount", begun.amount != amount),
    ];
    match differs.into_iter().find(|(_, differs)| *differs) {
        Some((field, _)) => Err(WalletError::KeyConflict { field }),
        None => Ok(Some(begun)),
    }
}

fn name(tx: &mut Tx<'_>, id: TransactionId, key: Option<&str>) -> Result<(), StoreError> {
    key.map_or(Ok(()), |key| repo::transactions::set_key(tx, id, key))
}

/// The wallet that is meant: the one that is named, or the only one.
fn wallet(
    tx: &mut Tx<'_>,
    caller: &CustomerCaller,
    login: Option<Login>,
) -> Result<Account, WalletError> {
    let accounts = repo::accounts::of_customer(tx, caller.customer_id)?;
    let mut wallets = accounts.into_iter().filter(is_wallet);
    match login {
        Some(login) => {
            let (account, _) = wallets
                .find(|(account, _)| account.login == login)
                .ok_or(WalletError::NotAWallet)?;
            if account.enabled {
                Ok(account)
            } else {
                Err(WalletError::Disabled)
            }
        }
        None => {
            let mut enabled = wallets.filter(|(account, _)| account.enabled);
            match (enabled.next(), enabled.next()) {
                (Some((only, _)), None) => Ok(only),
                (Some(_), Some(_)) => Err(WalletError::SeveralWallets),
                (None, _) => Err(WalletError::NoWallet),
            }
        }
    }
}

pub(super) fn is_wallet((account, group): &(Account, Group)) -> bool {
    account.kind == AccountKind::Personal
        && group.mode == AccountMode::Real
        && account.closed_at.is_none()
}

/// Of one deposit, withdrawal or what staff do by hand.
pub(super) fn largest(currency: Currency) -> Money {
    let unit = 10_i64.pow(currency.decimals());
    Money::new(AMOUNT_MAX_MAJOR * unit, currency)
}

fn amount(text: &str, wallet: &Account) -> Result<Money, WalletError> {
    let amount = Money::from_major(text, wallet.currency).map_err(WalletError::Amount)?;
    let least = Money::new(1, wallet.currency);
    let most = largest(wallet.currency);
    if (least.minor..=most.minor).contains(&amount.minor) {
        Ok(amount)
    } else {
        Err(WalletError::OutOfRange { least, most })
    }
}

fn check_pending(
    tx: &mut Tx<'_>,
    caller: &CustomerCaller,
    kind: TransactionKind,
    limit: i64,
) -> Result<(), WalletError> {
    if repo::transactions::count_open(tx, caller.customer_id, kind)? < limit {
        Ok(())
    } else {
        Err(WalletError::TooManyPending { limit })
    }
}

/// One that waits for its decision, of whoever owns the wallet; `source` is where it was asked for.
pub(super) fn waiting(
    id: TransactionId,
    wallet: &Account,
    (kind, amount): (TransactionKind, Money),
    (source, comment): (&str, &str),
    now: UnixMicros,
) -> Transaction {
    Transaction {
        id,
        brand_id: wallet.brand_id,
        customer_id: wallet.customer_id,
        kind,
        state: TransactionState::Pending,
        amount,
        received_minor: 0,
        login: Some(wallet.login),
        purchase_id: None,
        related_id: None,
        source: source.into(),
        comment: comment.into(),
        cashier_id: None,
        approved_by: None,
        order: None,
        created_at: now,
        updated_at: now,
        approved_at: None,
        declined_at: None,
    }
}

fn begin(tx: &mut Tx<'_>, t: &Transaction, action: &str) -> Result<(), StoreError> {
    repo::transactions::insert(tx, t)?;
    announce(tx, t)?;
    let actor = Actor::Customer(t.customer_id);
    repo::audit::insert(
        tx,
        &AuditRow {
            at: t.created_at,
            brand_id: t.brand_id,
            actor_kind: actor.kind(),
            actor_id: actor.id(),
            action,
            subject_kind: "transaction",
            subject_id: t.id.0,
            before: None,
            after: None,
            note: &t.comment,
        },
    )
}
