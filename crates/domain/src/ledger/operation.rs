//! The finance operations there are, and what each of them fixes.

use super::{Book, Command, HouseAccount, Reason};

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
    /// A funded account has earned more by its scaling plan.
    Growth,
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
    /// The trader's part of a profit leaves the funded account when its payout is asked for.
    PayoutShare,
    /// The firm's part leaves with it.
    PayoutFirmShare,
    /// Both are back when the payout is rejected.
    PayoutShareReturned,
    PayoutFirmShareReturned,
    /// An approved payout is owed.
    PayoutDue,
    PayoutDueRollback,
    PayoutPaid,
    /// The fee of the challenge is owed with it.
    PayoutFeeRefundDue,
    PayoutFeeRefundDueRollback,
    PayoutFeeRefundPaid,
    /// The fee of a challenge that was delivered goes back to the payer's wallet.
    FeeRefund,
    /// The fee of a challenge or a reset that was delivered has to go back outside.
    FeeReturnDue,
    /// A bank or a provider has taken a fee back.
    FeeChargeback,
    /// The dispute was won: the fee is there again.
    FeeChargebackReversed,
    /// The payer's side of a price in another currency: what he pays leaves his wallet ...
    FeeConverted,
    /// ... and the price is earned in its own.
    FeeExchanged,
    FeeConvertedRollback,
    FeeExchangedRollback,
    /// The same of a challenge that was delivered: back to the payer's wallet, by the rate that he paid at ...
    FeeConvertedRefund,
    /// ... out of what was earned.
    FeeExchangedRefund,
    /// Staff give money to a wallet, or take back what they had taken.
    ManualCredit,
    /// Staff take money from a wallet, or take back what they had given.
    ManualDebit,
}

impl Operation {
    pub const ALL: [Self; 41] = [
        Self::Fee,
        Self::FeeRollback,
        Self::InitialBalance,
        Self::InitialBalanceRollback,
        Self::PhaseBalance,
        Self::Growth,
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
        Self::PayoutShare,
        Self::PayoutFirmShare,
        Self::PayoutShareReturned,
        Self::PayoutFirmShareReturned,
        Self::PayoutDue,
        Self::PayoutDueRollback,
        Self::PayoutPaid,
        Self::PayoutFeeRefundDue,
        Self::PayoutFeeRefundDueRollback,
        Self::PayoutFeeRefundPaid,
        Self::FeeRefund,
        Self::FeeReturnDue,
        Self::FeeChargeback,
        Self::FeeChargebackReversed,
        Self::FeeConverted,
        Self::FeeExchanged,
        Self::FeeConvertedRollback,
        Self::FeeExchangedRollback,
        Self::FeeConvertedRefund,
        Self::FeeExchangedRefund,
        Self::ManualCredit,
        Self::ManualDebit,
    ];

    /// From, to. `None` stands for the trading account of the operation.
    pub const fn sides(self) -> (Option<HouseAccount>, Option<HouseAccount>) {
        use HouseAccount::{
            Adjustments, CashierClearing, CustomerMoney, Exchange, Fees, NotionalIssued,
            OpeningBalances, Payouts, PayoutsOwed,
        };
        match self {
            Self::Fee => (None, Some(Fees)),
            Self::FeeRollback | Self::FeeRefund => (Some(Fees), None),
            Self::InitialBalance
            | Self::PhaseBalance
            | Self::Growth
            | Self::DemoOpeningBalance
            | Self::CorrectionIn
            | Self::PayoutShareReturned
            | Self::PayoutFirmShareReturned => (Some(NotionalIssued), None),
            Self::InitialBalanceRollback
            | Self::ProfitVoided
            | Self::CorrectionOut
            | Self::PayoutShare
            | Self::PayoutFirmShare => (None, Some(NotionalIssued)),
            Self::PayoutDue => (Some(Payouts), Some(PayoutsOwed)),
            Self::PayoutDueRollback => (Some(PayoutsOwed), Some(Payouts)),
            Self::PayoutPaid | Self::PayoutFeeRefundPaid => {
                (Some(PayoutsOwed), Some(CashierClearing))
            }
            Self::PayoutFeeRefundDue => (Some(Fees), Some(PayoutsOwed)),
            Self::PayoutFeeRefundDueRollback => (Some(PayoutsOwed), Some(Fees)),
            Self::CashierReceived => (Some(CashierClearing), Some(CustomerMoney)),
            Self::CashierFee | Self::ResetFee => (Some(CustomerMoney), Some(Fees)),
            Self::CashierFeeRefundDue | Self::ResetFeeRefundDue | Self::FeeReturnDue => {
                (Some(Fees), Some(CustomerMoney))
            }
            Self::FeeChargeback => (Some(Fees), Some(CashierClearing)),
            Self::FeeChargebackReversed => (Some(CashierClearing), Some(Fees)),
            Self::FeeConverted => (None, Some(Exchange)),
            Self::FeeExchanged => (Some(Exchange), Some(Fees)),
            Self::FeeConvertedRollback | Self::FeeConvertedRefund => (Some(Exchange), None),
            Self::FeeExchangedRollback | Self::FeeExchangedRefund => (Some(Fees), Some(Exchange)),
            Self::ManualCredit => (Some(Adjustments), None),
            Self::ManualDebit => (None, Some(Adjustments)),
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
                Self::CashierFeeRefundDue
                | Self::ResetFeeRefundDue
                | Self::FeeReturnDue
                | Self::FeeChargeback
                | Self::FeeExchangedRollback
                | Self::FeeExchangedRefund
                | Self::CashierRefundPaid
                | Self::PayoutDueRollback
                | Self::PayoutPaid
                | Self::PayoutFeeRefundDueRollback
                | Self::PayoutFeeRefundPaid => Command::BalanceOut,
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
            | Self::DemoOpeningBalance
            | Self::ManualCredit
            | Self::ManualDebit => Reason::Api,
            _ => Reason::Prop,
        }
    }

    /// The comment that both documents' readers look for.
    pub const fn comment(self) -> &'static str {
        match self {
            Self::Fee | Self::CashierFee | Self::FeeConverted | Self::FeeExchanged => {
                "PROP_CHALLENGE_PURCHASE"
            }
            Self::FeeRollback
            | Self::CashierFeeRefundDue
            | Self::FeeConvertedRollback
            | Self::FeeExchangedRollback => "PROP_CHALLENGE_PURCHASE_ROLLBACK",
            Self::ResetFee => "PROP_CHALLENGE_RESET",
            Self::ResetFeeRefundDue => "PROP_CHALLENGE_RESET_ROLLBACK",
            Self::InitialBalance | Self::PhaseBalance => "PROP_CHALLENGE_INITIAL_BALANCE",
            Self::Growth => "PROP_ACCOUNT_GROWTH",
            Self::InitialBalanceRollback => "PROP_CHALLENGE_INITIAL_BALANCE_ROLLBACK",
            Self::CashierReceived => "CASHIER_PAYMENT_RECEIVED",
            Self::CashierRefundPaid => "PROP_REFUND_PAID",
            Self::Deposit => "DEPOSIT",
            Self::Withdrawal => "WITHDRAWAL",
            Self::OpeningBalance | Self::DemoOpeningBalance => "OPENING_BALANCE",
            Self::ProfitVoided => "PROP_PROFIT_VOIDED",
            Self::CorrectionIn | Self::CorrectionOut => "PROP_CORRECTION",
            Self::PayoutShare | Self::PayoutDue | Self::PayoutPaid => "PROP_CHALLENGE_PAYOUT",
            Self::PayoutFirmShare => "PROP_CHALLENGE_PAYOUT_FIRM_SHARE",
            Self::PayoutShareReturned | Self::PayoutDueRollback => "PROP_CHALLENGE_PAYOUT_ROLLBACK",
            Self::PayoutFirmShareReturned => "PROP_CHALLENGE_PAYOUT_FIRM_SHARE_ROLLBACK",
            Self::PayoutFeeRefundDue | Self::PayoutFeeRefundPaid => "PROP_CHALLENGE_FEE_REFUND",
            Self::PayoutFeeRefundDueRollback => "PROP_CHALLENGE_FEE_REFUND_ROLLBACK",
            Self::FeeRefund
            | Self::FeeReturnDue
            | Self::FeeConvertedRefund
            | Self::FeeExchangedRefund => "PROP_CHALLENGE_REFUND",
            Self::FeeChargeback => "PROP_CHALLENGE_CHARGEBACK",
            Self::FeeChargebackReversed => "PROP_CHALLENGE_CHARGEBACK_REVERSED",
            Self::ManualCredit => "MANUAL_CREDIT",
            Self::ManualDebit => "MANUAL_DEBIT",
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
            Self::Growth => "growth",
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
            Self::PayoutShare => "payout_share",
            Self::PayoutFirmShare => "payout_firm_share",
            Self::PayoutShareReturned => "payout_share_returned",
            Self::PayoutFirmShareReturned => "payout_firm_share_returned",
            Self::PayoutDue => "payout_due",
            Self::PayoutDueRollback => "payout_due_rollback",
            Self::PayoutPaid => "payout_paid",
            Self::PayoutFeeRefundDue => "payout_fee_refund_due",
            Self::PayoutFeeRefundDueRollback => "payout_fee_refund_due_rollback",
            Self::PayoutFeeRefundPaid => "payout_fee_refund_paid",
            Self::FeeRefund => "challenge_fee_refund",
            Self::FeeReturnDue => "fee_return_due",
            Self::FeeChargeback => "fee_chargeback",
            Self::FeeChargebackReversed => "fee_chargeback_reversed",
            Self::FeeConverted => "challenge_fee_converted",
            Self::FeeExchanged => "challenge_fee_exchanged",
            Self::FeeConvertedRollback => "challenge_fee_converted_rollback",
            Self::FeeExchangedRollback => "challenge_fee_exchanged_rollback",
            Self::FeeConvertedRefund => "challenge_fee_converted_refund",
            Self::FeeExchangedRefund => "challenge_fee_exchanged_refund",
            Self::ManualCredit => "manual_credit",
            Self::ManualDebit => "manual_debit",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
    }
}
