//! Double-entry ledger moves. Every finance operation is one entry that takes an amount from
//! one ledger account and gives it to another of the same book and currency, so an entry
//! cannot be out of balance; what can go wrong, a stored balance that does not follow from the
//! entries, is what `touchstone check` looks for.

use crate::{
    BrandId, Currency, CustomerId, Login, Money, OrderNo, ProgramId, PurchaseId, TransactionId,
    UnixMicros,
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
    /// Notional: what challenge and demo accounts were given to trade with.
    NotionalIssued = -10,
}

impl HouseAccount {
    pub const ALL: [Self; 5] = [
        Self::Fees,
        Self::CashierClearing,
        Self::CustomerMoney,
        Self::OpeningBalances,
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

/// The finance operations there are. Each fixes sides, book, command, reason and comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The price leaves the payer's wallet.
    Fee,
    FeeRollback,
    /// The challenge account gets its group's default deposit.
    InitialBalance,
    InitialBalanceRollback,
    /// The account of a further phase gets what its step promises.
    PhaseBalance,
    /// A cashier took money in for a customer; it is not earned yet.
    CashierReceived,
    /// The fee of an enrolment is earned; no trading account takes part.
    CashierFee,
    /// A fee that was earned has to go back.
    CashierFeeRefundDue,
    /// The fee of a reset is earned; no trading account takes part.
    ResetFee,
    /// The fee of a reset that was earned has to go back.
    ResetFeeRefundDue,
    /// Money given back outside.
    CashierRefundPaid,
    /// Money that a cashier took in reaches a personal account.
    Deposit,
    Withdrawal,
    /// A personal account's first balance.
    OpeningBalance,
    DemoOpeningBalance,
    /// A profit that does not count by the rules of the program.
    ProfitVoided,
    /// Staff give back what a breach had cost that they have taken back.
    CorrectionIn,
    CorrectionOut,
}

impl Operation {
    pub const ALL: [Self; 18] = [
        Self::Fee,
        Self::FeeRollback,
        Self::InitialBalance,
        Self::InitialBalanceRollback,
        Self::PhaseBalance,
        Self::CashierReceived,
        Self::CashierFee,
        Self::CashierFeeRefundDue,
        Self::ResetFee,
        Self::ResetFeeRefundDue,
        Self::CashierRefundPaid,
        Self::Deposit,
        Self::Withdrawal,
        Self::OpeningBalance,
        Self::DemoOpeningBalance,
        Self::ProfitVoided,
        Self::CorrectionIn,
        Self::CorrectionOut,
    ];

    /// From, to. `None` stands for the trading account of the operation.
    pub const fn sides(self) -> (Option<HouseAccount>, Option<HouseAccount>) {
        use HouseAccount::{CashierClearing, CustomerMoney, Fees, NotionalIssued, OpeningBalances};
        match self {
            Self::Fee => (None, Some(Fees)),
            Self::FeeRollback => (Some(Fees), None),
            Self::InitialBalance
            | Self::PhaseBalance
            | Self::DemoOpeningBalance
            | Self::CorrectionIn => (Some(NotionalIssued), None),
            Self::InitialBalanceRollback | Self::ProfitVoided | Self::CorrectionOut => {
                (None, Some(NotionalIssued))
            }
            Self::CashierReceived => (Some(CashierClearing), Some(CustomerMoney)),
            Self::CashierFee | Self::ResetFee => (Some(CustomerMoney), Some(Fees)),
            Self::CashierFeeRefundDue | Self::ResetFeeRefundDue => {
                (Some(Fees), Some(CustomerMoney))
            }
            Self::CashierRefundPaid => (Some(CustomerMoney), Some(CashierClearing)),
            Self::Deposit => (Some(CustomerMoney), None),
            Self::Withdrawal => (None, Some(CashierClearing)),
            Self::OpeningBalance => (Some(OpeningBalances), None),
        }
    }

    pub const fn book(self) -> Book {
        match self.sides() {
            (Some(house), _) | (None, Some(house)) => house.book(),
            (None, None) => Book::Cash,
        }
    }

    /// In when the trading account gains; where only the house takes part, when the fee or the
    /// customer's money grows for the purchase's sake.
    pub const fn command(self) -> Command {
        match self.sides() {
            (None, _) => Command::BalanceOut,
            (_, None) => Command::BalanceIn,
            _ => match self {
                Self::CashierFeeRefundDue | Self::ResetFeeRefundDue | Self::CashierRefundPaid => {
                    Command::BalanceOut
                }
                _ => Command::BalanceIn,
            },
        }
    }

    pub const fn reason(self) -> Reason {
        match self {
            Self::CashierReceived
            | Self::Deposit
            | Self::Withdrawal
            | Self::OpeningBalance
            | Self::DemoOpeningBalance => Reason::Api,
            _ => Reason::Prop,
        }
    }

    /// The comment that both documents' readers look for.
    pub const fn comment(self) -> &'static str {
        match self {
            Self::Fee | Self::CashierFee => "PROP_CHALLENGE_PURCHASE",
            Self::FeeRollback | Self::CashierFeeRefundDue => "PROP_CHALLENGE_PURCHASE_ROLLBACK",
            Self::ResetFee => "PROP_CHALLENGE_RESET",
            Self::ResetFeeRefundDue => "PROP_CHALLENGE_RESET_ROLLBACK",
            Self::InitialBalance | Self::PhaseBalance => "PROP_CHALLENGE_INITIAL_BALANCE",
            Self::InitialBalanceRollback => "PROP_CHALLENGE_INITIAL_BALANCE_ROLLBACK",
            Self::CashierReceived => "CASHIER_PAYMENT_RECEIVED",
            Self::CashierRefundPaid => "PROP_REFUND_PAID",
            Self::Deposit => "DEPOSIT",
            Self::Withdrawal => "WITHDRAWAL",
            Self::OpeningBalance | Self::DemoOpeningBalance => "OPENING_BALANCE",
            Self::ProfitVoided => "PROP_PROFIT_VOIDED",
            Self::CorrectionIn | Self::CorrectionOut => "PROP_CORRECTION",
        }
    }

    /// `operation` in `api_data`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fee => "challenge_fee",
            Self::FeeRollback => "challenge_fee_rollback",
            Self::InitialBalance => "initial_balance",
            Self::InitialBalanceRollback => "initial_balance_rollback",
            Self::PhaseBalance => "phase_balance",
            Self::CashierFee => "cashier_fee",
            Self::CashierFeeRefundDue => "cashier_fee_refund_due",
            Self::CashierReceived => "cashier_received",
            Self::ResetFee => "reset_fee",
            Self::ResetFeeRefundDue => "reset_fee_refund_due",
            Self::CashierRefundPaid => "cashier_refund_paid",
            Self::Deposit => "deposit",
            Self::Withdrawal => "withdrawal",
            Self::OpeningBalance => "opening_balance",
            Self::DemoOpeningBalance => "demo_opening_balance",
            Self::ProfitVoided => "profit_voided",
            Self::CorrectionIn => "correction_in",
            Self::CorrectionOut => "correction_out",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
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
mod tests {
    use super::*;

    /// One line an operation: name, book, from, to, command, reason, comment.
    const TABLE: &str = "\
challenge_fee            Cash     login -1    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_PURCHASE
challenge_fee_rollback   Cash     -1    login OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_PURCHASE_ROLLBACK
initial_balance          Notional -10   login OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_INITIAL_BALANCE
initial_balance_rollback Notional login -10   OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_INITIAL_BALANCE_ROLLBACK
phase_balance            Notional -10   login OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_INITIAL_BALANCE
cashier_received         Cash     -2    -3    OP_BALANCE_IN  TR_REASON_API  CASHIER_PAYMENT_RECEIVED
cashier_fee              Cash     -3    -1    OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_PURCHASE
cashier_fee_refund_due   Cash     -1    -3    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_PURCHASE_ROLLBACK
reset_fee                Cash     -3    -1    OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_RESET
reset_fee_refund_due     Cash     -1    -3    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_RESET_ROLLBACK
cashier_refund_paid      Cash     -3    -2    OP_BALANCE_OUT TR_REASON_PROP PROP_REFUND_PAID
deposit                  Cash     -3    login OP_BALANCE_IN  TR_REASON_API  DEPOSIT
withdrawal               Cash     login -2    OP_BALANCE_OUT TR_REASON_API  WITHDRAWAL
opening_balance          Cash     -4    login OP_BALANCE_IN  TR_REASON_API  OPENING_BALANCE
demo_opening_balance     Notional -10   login OP_BALANCE_IN  TR_REASON_API  OPENING_BALANCE
profit_voided            Notional login -10   OP_BALANCE_OUT TR_REASON_PROP PROP_PROFIT_VOIDED
correction_in            Notional -10   login OP_BALANCE_IN  TR_REASON_PROP PROP_CORRECTION
correction_out           Notional login -10   OP_BALANCE_OUT TR_REASON_PROP PROP_CORRECTION
";

    fn side(house: Option<HouseAccount>) -> String {
        house.map_or_else(|| "login".to_owned(), |h| h.code().to_string())
    }

    #[test]
    fn every_operation_stands_in_the_table() {
        let rows: Vec<String> = Operation::ALL
            .into_iter()
            .map(|o| {
                let (from, to) = o.sides();
                let (from, to) = (side(from), side(to));
                [
                    o.name(),
                    &format!("{:?}", o.book()),
                    &from,
                    &to,
                    o.command().name(),
                    o.reason().name(),
                    o.comment(),
                ]
                .join(" ")
            })
            .collect();
        let wanted: Vec<String> = TABLE
            .lines()
            .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(rows, wanted);
    }

    #[test]
    fn no_operation_mixes_the_books() {
        for operation in Operation::ALL {
            let (from, to) = operation.sides();
            let books: Vec<Book> = [from, to]
                .into_iter()
                .flatten()
                .map(HouseAccount::book)
                .collect();
            assert!(
                books.iter().all(|book| *book == operation.book()),
                "{operation:?}"
            );
            assert_eq!(Operation::from_name(operation.name()), Some(operation));
        }
    }

    #[test]
    fn an_entry_wants_an_amount_and_the_right_sides() {
        let head = EntryHead {
            order: OrderNo(1),
            brand_id: BrandId(1),
            at: UnixMicros(0),
        };
        let entry = |operation, login: Option<i64>, minor| {
            Entry::new(
                head.clone(),
                operation,
                login.map(Login),
                Money::new(minor, Currency::USD),
                &ApiData::default(),
            )
        };
        assert_eq!(
            entry(Operation::Fee, Some(5), 0),
            Err(LedgerError::NotPositive)
        );
        assert_eq!(
            entry(Operation::Fee, None, 1),
            Err(LedgerError::AccountWanted(Operation::Fee))
        );
        assert_eq!(
            entry(Operation::CashierFee, Some(5), 1),
            Err(LedgerError::NoAccountWanted(Operation::CashierFee))
        );
        assert_eq!(
            entry(Operation::Fee, Some(5), 7).map(|e| e.signed_minor()),
            Ok(-7)
        );
    }
}
