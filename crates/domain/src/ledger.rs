//! Double-entry ledger moves. Every finance operation is one entry that takes an amount from
//! one ledger account and gives it to another of the same book and currency, so an entry
//! cannot be out of balance; what can go wrong, a stored balance that does not follow from the
//! entries, is what `touchstone check` looks for.

mod operation;

pub use operation::Operation;

use crate::{
    BrandId, Currency, CustomerId, Login, Money, OrderNo, PayoutId, ProgramId, PurchaseId,
    TransactionId, UnixMicros,
};
use serde::{Deserialize, Serialize};

/// Two worlds that no entry mixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Book {
    /// Wallets, fees, payouts, the house: real money.
    Cash = 0,
    /// Balances of DEMO and of funded accounts.
    Notional = 1,
}

impl Book {
    pub const fn code(self) -> i64 {
        self as i64
    }
}

/// A side of an entry: a trading account or an account of the house. House accounts have no
/// stored balance (it would be a hot row); it is summed from the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LedgerAccount {
    Trading(Login),
    House(HouseAccount),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HouseAccount {
    /// Cash: fees earned.
    Fees = -1,
    /// Cash: money that cashiers received and paid out for the firm.
    CashierClearing = -2,
    /// Cash: money of customers that cashiers took in and that is not earned: partial payments,
    /// surplus, and refunds that are still to be paid.
    CustomerMoney = -3,
    /// Cash: balances that existed when an account was taken over or seeded.
    OpeningBalances = -4,
    /// Cash: what traders' parts of profits have cost the firm.
    Payouts = -5,
    /// Cash: payouts, and fees that are given back with them, which are approved and not paid.
    PayoutsOwed = -6,
    /// Cash: what staff have given to wallets and taken from them by hand.
    Adjustments = -7,
    /// Cash: what was changed from one currency into another; of each, what came in less what went out.
    Exchange = -8,
    /// Notional: what challenge and demo accounts were given to trade with.
    NotionalIssued = -10,
}

impl HouseAccount {
    pub const ALL: [Self; 9] = [
        Self::Fees,
        Self::CashierClearing,
        Self::CustomerMoney,
        Self::OpeningBalances,
        Self::Payouts,
        Self::PayoutsOwed,
        Self::Adjustments,
        Self::Exchange,
        Self::NotionalIssued,
    ];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn book(self) -> Book {
        match self {
            Self::NotionalIssued => Book::Notional,
            _ => Book::Cash,
        }
    }
}

impl LedgerAccount {
    /// Logins are positive, house accounts negative.
    pub const fn code(self) -> i64 {
        match self {
            Self::Trading(login) => login.0,
            Self::House(house) => house.code(),
        }
    }
}

/// ScaleTrade's trade commands of finance operations (plugin SDK, trade enums).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    #[serde(rename = "OP_BALANCE_IN")]
    BalanceIn = 6,
    #[serde(rename = "OP_BALANCE_OUT")]
    BalanceOut = 8,
}

impl Command {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::BalanceIn => "OP_BALANCE_IN",
            Self::BalanceOut => "OP_BALANCE_OUT",
        }
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            6 => Some(Self::BalanceIn),
            8 => Some(Self::BalanceOut),
            _ => None,
        }
    }
}

/// Why a finance operation was made. ScaleTrade publishes the name TR_REASON_PROP, but no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Api = 7,
    Prop = 8,
}

impl Reason {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "TR_REASON_API",
            Self::Prop => "TR_REASON_PROP",
        }
    }
}

/// What an operation belongs to, written into `api_data` field by field as documented.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiData {
    pub module: String,
    pub operation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program_id: Option<ProgramId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_id: Option<PurchaseId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_login: Option<Login>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_login: Option<Login>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<TransactionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout_id: Option<PayoutId>,
    /// Empty for a purchase without a key; absent where there is no purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// One balanced ledger entry: `amount` leaves `from` and reaches `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub order: OrderNo,
    pub brand_id: BrandId,
    pub at: UnixMicros,
    pub operation: Operation,
    pub currency: Currency,
    pub from: LedgerAccount,
    pub to: LedgerAccount,
    /// Always above 0.
    pub amount_minor: i64,
    pub purchase_id: Option<PurchaseId>,
    pub transaction_id: Option<TransactionId>,
    pub api_data: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    #[error("a finance operation needs an amount above zero")]
    NotPositive,
    #[error("{0:?} needs a trading account")]
    AccountWanted(Operation),
    #[error("{0:?} takes no trading account")]
    NoAccountWanted(Operation),
}

/// Everything an entry needs besides its sides.
#[derive(Clone, Debug)]
pub struct EntryHead {
    pub order: OrderNo,
    pub brand_id: BrandId,
    pub at: UnixMicros,
}

impl Entry {
    /// The entry of `operation` over `amount` on the trading account `login` (none where only the
    /// house takes part). `about` is completed with module and operation and becomes `api_data`.
    ///
    /// # Errors
    /// An amount that is not above zero, or a login where none belongs (or the reverse).
    pub fn new(
        head: EntryHead,
        operation: Operation,
        login: Option<Login>,
        amount: Money,
        about: &ApiData,
    ) -> Result<Self, LedgerError> {
        if amount.minor <= 0 {
            return Err(LedgerError::NotPositive);
        }
        let (from, to) = match (operation.sides(), login) {
            ((Some(from), Some(to)), None) => {
                (LedgerAccount::House(from), LedgerAccount::House(to))
            }
            ((Some(from), None), Some(login)) => {
                (LedgerAccount::House(from), LedgerAccount::Trading(login))
            }
            ((None, Some(to)), Some(login)) => {
                (LedgerAccount::Trading(login), LedgerAccount::House(to))
            }
            (_, None) => return Err(LedgerError::AccountWanted(operation)),
            (_, Some(_)) => return Err(LedgerError::NoAccountWanted(operation)),
        };
        let module = match operation.reason() {
            Reason::Prop => "prop",
            Reason::Api => "finance",
        };
        let about = ApiData {
            module: module.into(),
            operation: operation.name().into(),
            ..about.clone()
        };
        Ok(Self {
            order: head.order,
            brand_id: head.brand_id,
            at: head.at,
            operation,
            currency: amount.currency,
            from,
            to,
            amount_minor: amount.minor,
            purchase_id: about.purchase_id,
            transaction_id: about.transaction_id,
            api_data: serde_json::to_string(&about).unwrap_or_default(),
        })
    }

    /// The trading account whose finance operation this is.
    pub const fn login(&self) -> Option<Login> {
        match (self.from, self.to) {
            (LedgerAccount::Trading(login), _) | (_, LedgerAccount::Trading(login)) => Some(login),
            _ => None,
        }
    }

    /// The amount as ScaleTrade signs it: negative when it leaves the account.
    pub const fn signed_minor(&self) -> i64 {
        match self.operation.command() {
            Command::BalanceIn => self.amount_minor,
            Command::BalanceOut => -self.amount_minor,
        }
    }
}

#[cfg(test)]
mod tests;
