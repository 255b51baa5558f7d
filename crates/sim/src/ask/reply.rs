//! What came back, in public words.

use super::money_words;
use super::seen::Seen;
use touchstone_app::StoreError;
use touchstone_app::cashier::{PayError, PaySession, PaymentAnswer, ReceiveError};
use touchstone_app::claims::{ClaimError, Claimed};
use touchstone_app::identity::SessionError;
use touchstone_app::journeys::JourneyError;
use touchstone_app::promotions::{FeeCodeError, Promoted};
use touchstone_app::purchase::{
    Bought, BuyError, EnrollError, Enrolled, ManageError, PurchasePage, QueryError, SaleError,
};
use touchstone_app::transactions::{
    ManualError, TransactionError, TransactionView, WalletError, Withdrawn,
};
use touchstone_domain::challenge::Challenge;
use touchstone_domain::purchase::Purchase;
use touchstone_domain::transaction::Transaction;
use touchstone_domain::{ChallengeId, Login, Money, TransactionId};

#[derive(Clone, Debug)]
pub enum Reply {
    /// A purchase, as whoever asked may see it.
    Purchase(Box<Seen>),
    Purchases(Vec<Seen>),
    Journey(Journey),
    /// A journey that was ended, with its status.
    Ended(ChallengeId, &'static str),
    /// The token of a page of the built-in cashier.
    Page {
        transaction: TransactionId,
        token: String,
    },
    /// What a notice led to.
    Noticed(&'static str),
    Transaction(Paid),
    /// What is to reach or leave a wallet.
    Wallet(WalletMove),
    /// Somebody took up so many.
    Count(usize),
    /// Done, and nothing more is told.
    Done,
    /// No, with a stable code; nothing was changed.
    Refused(String),
    /// The store was closing: done whole, or not at all.
    Interrupted,
    /// What no answer may be.
    Broken(String),
}

/// A journey that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    pub challenge: ChallengeId,
    pub login: Login,
    pub transaction: TransactionId,
    pub fee: Money,
    pub replayed: bool,
}

/// A deposit or a withdrawal that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalletMove {
    pub transaction: TransactionId,
    pub kind: &'static str,
    pub wallet: Option<Login>,
    pub amount: Money,
    /// Of the cashier's page.
    pub token: Option<String>,
}

impl WalletMove {
    fn of(transaction: &Transaction, token: Option<String>) -> Self {
        Self {
            transaction: transaction.id,
            kind: transaction.kind.name(),
            wallet: transaction.login,
            amount: transaction.amount,
            token,
        }
    }
}

/// A transaction as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    pub transaction: TransactionId,
    pub status: &'static str,
    pub amount: Money,
}

impl Reply {
    pub fn of<T: Into<Self>, E: Into<Self>>(answer: Result<T, E>) -> Self {
        match answer {
            Ok(value) => value.into(),
            Err(error) => error.into(),
        }
    }

    fn no(code: impl Into<String>) -> Self {
        Self::Refused(code.into())
    }

    /// In a trace.
    pub fn words(&self) -> String {
        match self {
            Self::Purchase(seen) => seen.words(),
            Self::Purchases(all) => {
                let words: Vec<String> = all.iter().map(Seen::words).collect();
                format!("{} purchases: {}", all.len(), words.join("; "))
            }
            Self::Journey(journey) => format!(
                "journey {} on {}, transaction {} over {}{}",
                journey.challenge,
                journey.login,
                journey.transaction,
                money_words(journey.fee),
                if journey.replayed { ", repeated" } else { "" }
            ),
            Self::Ended(challenge, status) => format!("journey {challenge} {status}"),
            Self::Page { transaction, .. } => format!("a page for transaction {transaction}"),
            Self::Noticed(outcome) => (*outcome).into(),
            Self::Transaction(paid) => {
                let amount = money_words(paid.amount);
                format!("transaction {} {} {amount}", paid.transaction, paid.status)
            }
            Self::Wallet(moved) => {
                let (amount, wallet) = (money_words(moved.amount), moved.wallet);
                let number = moved.transaction;
                format!("{} {number} of {amount} on {wallet:?}", moved.kind)
            }
            Self::Count(count) => format!("{count} taken up"),
            Self::Done => "done".into(),
            Self::Refused(code) => format!("refused: {code}"),
            Self::Interrupted => "interrupted".into(),
            Self::Broken(what) => format!("BROKEN: {what}"),
        }
    }
}

impl From<Bought> for Reply {
    fn from(bought: Bought) -> Self {
        Self::Purchase(Box::new(Seen::bought(&bought)))
    }
}

impl From<Promoted> for Reply {
    fn from(promoted: Promoted) -> Self {
        let t = promoted.transaction;
        Self::Transaction(Paid {
            transaction: t.id,
            status: t.state.name(),
            amount: t.amount,
        })
    }
}

impl From<FeeCodeError> for Reply {
    fn from(error: FeeCodeError) -> Self {
        match error {
            FeeCodeError::NotFound => Self::no("fee not found"),
            FeeCodeError::NotNow { .. } => Self::no("fee takes no code"),
            FeeCodeError::Refused(refusal) => Self::no(refusal.code()),
            FeeCodeError::Session(error) => error.into(),
            FeeCodeError::Transaction(error) => error.into(),
        }
    }
}

impl From<Purchase> for Reply {
    fn from(purchase: Purchase) -> Self {
        Self::Purchase(Box::new(Seen::of(&purchase)))
    }
}

impl From<PurchasePage> for Reply {
    fn from(page: PurchasePage) -> Self {
        let seen = |purchase| Seen::listed(purchase, &page.challenges);
        Self::Purchases(page.purchases.iter().map(seen).collect())
    }
}

impl From<Enrolled> for Reply {
    fn from(enrolled: Enrolled) -> Self {
        Self::Journey(Journey {
            challenge: enrolled.challenge_id,
            login: enrolled.login,
            transaction: enrolled.transaction_id,
            fee: enrolled.fee,
            replayed: enrolled.replayed,
        })
    }
}

impl From<Challenge> for Reply {
    fn from(challenge: Challenge) -> Self {
        Self::Ended(challenge.id, challenge.state.journey_status())
    }
}

impl From<PaySession> for Reply {
    fn from(session: PaySession) -> Self {
        Self::Page {
            transaction: session.transaction_id,
            token: token_of(&session),
        }
    }
}

/// A page is known by the last part of its address.
fn token_of(session: &PaySession) -> String {
    session
        .url
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned()
}

impl From<(Transaction, Option<PaySession>)> for Reply {
    fn from((deposit, session): (Transaction, Option<PaySession>)) -> Self {
        Self::Wallet(WalletMove::of(&deposit, session.as_ref().map(token_of)))
    }
}

impl From<Withdrawn> for Reply {
    fn from(withdrawn: Withdrawn) -> Self {
        Self::Wallet(WalletMove::of(&withdrawn.transaction, None))
    }
}

impl From<PaymentAnswer> for Reply {
    fn from(answer: PaymentAnswer) -> Self {
        Self::Noticed(answer.outcome.name())
    }
}

impl From<TransactionView> for Reply {
    fn from(view: TransactionView) -> Self {
        Self::Transaction(Paid {
            transaction: view.transaction.id,
            status: view.transaction.state.name(),
            amount: view.transaction.amount,
        })
    }
}

impl From<Claimed> for Reply {
    fn from(claimed: Claimed) -> Self {
        let fee = claimed.purchase.transaction_id;
        Self::Transaction(Paid {
            transaction: fee.unwrap_or(TransactionId(0)),
            status: claimed.purchase.fee_state.name(),
            amount: claimed.claim.amount,
        })
    }
}

impl From<ClaimError> for Reply {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::NotFound => Self::no("fee not found"),
            ClaimError::Refused(refusal) => Self::no(refusal.to_string()),
            ClaimError::Session(error) => error.into(),
            ClaimError::Transaction(error) => error.into(),
            error @ (ClaimError::Desk(_) | ClaimError::Broken { .. }) => {
                Self::Broken(error.to_string())
            }
        }
    }
}

impl From<ManualError> for Reply {
    fn from(error: ManualError) -> Self {
        match error {
            ManualError::Session(error) => error.into(),
            ManualError::Transaction(error) => error.into(),
            other => Self::no(other.to_string()),
        }
    }
}

impl From<usize> for Reply {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<()> for Reply {
    fn from((): ()) -> Self {
        Self::Done
    }
}

impl From<BuyError> for Reply {
    fn from(error: BuyError) -> Self {
        match error {
            BuyError::Failed { bought, .. } => (*bought).into(),
            BuyError::ProgramNotFound => Self::no("program not found"),
            BuyError::Blocked(block) => Self::no(format!("{block:?}")),
            BuyError::Promotion(refusal) => Self::no(refusal.code()),
            BuyError::Addons(error) => Self::no(error.to_string()),
            BuyError::KeyConflict { field } => Self::no(format!("key conflict in {field}")),
            BuyError::KeyTooLong => Self::no("key too long"),
            BuyError::Sale(error) => error.into(),
            BuyError::Session(error) => error.into(),
        }
    }
}

impl From<EnrollError> for Reply {
    fn from(error: EnrollError) -> Self {
        match error {
            EnrollError::ProgramNotFound => Self::no("program not found"),
            EnrollError::CustomerNotFound => Self::no("customer not found"),
            EnrollError::CustomerDisabled => Self::no("customer disabled"),
            EnrollError::Blocked(block) => Self::no(format!("{block:?}")),
            EnrollError::Addons(error) => Self::no(error.to_string()),
            EnrollError::KeyConflict { field } => Self::no(format!("key conflict in {field}")),
            EnrollError::KeyLength => Self::no("key length"),
            EnrollError::TooManyPending { .. } => Self::no("too many pending"),
            EnrollError::Sale(error) => error.into(),
            EnrollError::Session(error) => error.into(),
        }
    }
}

impl From<ManageError> for Reply {
    fn from(error: ManageError) -> Self {
        match error {
            ManageError::NotFound => Self::no("purchase not found"),
            ManageError::NotNow { .. } => Self::no("not now"),
            ManageError::Buy(error) => error.into(),
            ManageError::Sale(error) => error.into(),
            ManageError::Session(error) => error.into(),
            ManageError::Transaction(error) => error.into(),
        }
    }
}

impl From<JourneyError> for Reply {
    fn from(error: JourneyError) -> Self {
        match error {
            JourneyError::NotFound => Self::no("journey not found"),
            JourneyError::NotPending { .. } | JourneyError::NotBreached { .. } => {
                Self::no("not now")
            }
            error @ (JourneyError::CustomerDisabled
            | JourneyError::TooManyPending { .. }
            | JourneyError::NotDeliverable) => Self::no(error.to_string()),
            JourneyError::Session(error) => error.into(),
            JourneyError::Transaction(error) => error.into(),
        }
    }
}

impl From<PayError> for Reply {
    fn from(error: PayError) -> Self {
        match error {
            PayError::NotFound => Self::no("transaction not found"),
            PayError::NotPayable { state, .. } => Self::no(format!("not payable, {state}")),
            PayError::NoCashier => Self::no("no cashier"),
            PayError::Session(error) => error.into(),
            PayError::Store(error) => error.into(),
        }
    }
}

impl From<ReceiveError> for Reply {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::NotFound => Self::no("transaction not found"),
            ReceiveError::Conflict { .. } => Self::no("conflict"),
            ReceiveError::Transaction(error) => error.into(),
        }
    }
}

impl From<TransactionError> for Reply {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::NotFound => Self::no("transaction not found"),
            TransactionError::Refused(_) => Self::no("not now"),
            TransactionError::Session(error) => error.into(),
            TransactionError::Sale(error) => error.into(),
            error @ TransactionError::Broken { .. } => Self::Broken(error.to_string()),
        }
    }
}

impl From<WalletError> for Reply {
    fn from(error: WalletError) -> Self {
        match error {
            WalletError::Session(error) => error.into(),
            WalletError::Store(error) => error.into(),
            WalletError::NotEnough { .. } => Self::no("not enough in the wallet"),
            WalletError::TooManyPending { .. } => Self::no("too many pending"),
            other => Self::no(other.to_string()),
        }
    }
}

impl From<SessionError> for Reply {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => error.into(),
            SessionError::Ended => Self::Broken("a session that never ends has ended".into()),
            SessionError::PasswordChangeWanted => {
                Self::Broken("a customer was asked for an account's password".into())
            }
            SessionError::PersonWanted => Self::Broken("a session is no person's".into()),
            SessionError::FactorWanted => Self::Broken("nobody demands a second factor".into()),
            SessionError::NotPermitted(permission) => {
                Self::Broken(format!("an owner may not {}", permission.name()))
            }
        }
    }
}

impl From<QueryError> for Reply {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::NotFound => Self::no("not found"),
            QueryError::Session(error) => error.into(),
            QueryError::Store(error) => error.into(),
        }
    }
}

impl From<SaleError> for Reply {
    fn from(error: SaleError) -> Self {
        match error {
            SaleError::Store(error) => error.into(),
            error => Self::Broken(format!("{error:?}")),
        }
    }
}

impl From<StoreError> for Reply {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Closed | StoreError::OutcomeUnknown => Self::Interrupted,
            error => Self::Broken(format!("{error:?}")),
        }
    }
}
