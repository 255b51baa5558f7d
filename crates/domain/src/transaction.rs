//! Payment records and their one total transition table.

use crate::{
    BrandId, CustomerId, Login, Money, OrderNo, PurchaseId, StaffId, TransactionId, UnixMicros,
};

/// Slate's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionKind {
    ChallengeFee,
    /// Money that has to go back to a customer outside.
    ChallengeFeeRefund,
    Deposit,
    Withdrawal,
    /// What came in for a deposit and could not be credited: it has to go back outside.
    DepositRefund,
    /// For another attempt at a phase that has failed.
    ChallengeResetFee,
    /// A trader's part of a profit, paid outside.
    ChallengePayout,
    /// The fee of a challenge that was given back with a payout.
    PayoutFeeRefund,
    /// For an add-on that is bought for a challenge that runs.
    ChallengeAddonFee,
    /// A bank or a provider has taken a fee back.
    Chargeback,
    /// The dispute was won: what was taken back is there again.
    ChargebackReversal,
    /// Staff give money to a wallet by hand.
    CorrectionIn,
    /// Staff take money from a wallet by hand.
    CorrectionOut,
}

impl TransactionKind {
    pub const ALL: [Self; 13] = [
        Self::ChallengeFee,
        Self::ChallengeFeeRefund,
        Self::Deposit,
        Self::Withdrawal,
        Self::DepositRefund,
        Self::ChallengeResetFee,
        Self::ChallengePayout,
        Self::PayoutFeeRefund,
        Self::ChallengeAddonFee,
        Self::Chargeback,
        Self::ChargebackReversal,
        Self::CorrectionIn,
        Self::CorrectionOut,
    ];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::ChallengeFee => "CHALLENGE_FEE",
            Self::ChallengeFeeRefund => "CHALLENGE_FEE_REFUND",
            Self::Deposit => "DEPOSIT",
            Self::Withdrawal => "WITHDRAWAL",
            Self::DepositRefund => "DEPOSIT_REFUND",
            Self::ChallengeResetFee => "CHALLENGE_RESET_FEE",
            Self::ChallengePayout => "CHALLENGE_PAYOUT",
            Self::PayoutFeeRefund => "PAYOUT_FEE_REFUND",
            Self::ChallengeAddonFee => "CHALLENGE_ADDON_FEE",
            Self::Chargeback => "CHARGEBACK",
            Self::ChargebackReversal => "CHARGEBACK_REVERSAL",
            Self::CorrectionIn => "CORRECTION_IN",
            Self::CorrectionOut => "CORRECTION_OUT",
        }
    }

    /// What Slate calls it: of the two ways in which a fee goes back it knows one.
    pub const fn shown_name(self) -> &'static str {
        match self {
            Self::PayoutFeeRefund => Self::ChallengeFeeRefund.name(),
            other => other.name(),
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Money of a customer that the firm still holds and owes him.
    pub const fn is_refund(self) -> bool {
        matches!(self, Self::ChallengeFeeRefund | Self::DepositRefund)
    }

    /// What gives back money that came in for this kind.
    pub const fn refund(self) -> Self {
        match self {
            Self::Deposit | Self::DepositRefund => Self::DepositRefund,
            Self::ChallengeFee
            | Self::ChallengeResetFee
            | Self::ChallengeAddonFee
            | Self::ChallengeFeeRefund
            | Self::ChallengePayout
            | Self::PayoutFeeRefund
            | Self::Chargeback
            | Self::ChargebackReversal
            | Self::CorrectionIn
            | Self::CorrectionOut
            | Self::Withdrawal => Self::ChallengeFeeRefund,
        }
    }

    /// Made by the hand of staff, on a wallet.
    pub const fn is_manual(self) -> bool {
        matches!(self, Self::CorrectionIn | Self::CorrectionOut)
    }

    /// What undoes one that was made by hand.
    pub const fn mirror(self) -> Option<Self> {
        match self {
            Self::CorrectionIn => Some(Self::CorrectionOut),
            Self::CorrectionOut => Some(Self::CorrectionIn),
            _ => None,
        }
    }

    /// Its amount is held back on the account as long as it waits.
    pub const fn holds_back(self) -> bool {
        matches!(self, Self::Withdrawal | Self::CorrectionOut)
    }

    /// What a purchase is paid through, a reset and an add-on too.
    pub const fn is_fee(self) -> bool {
        matches!(
            self,
            Self::ChallengeFee | Self::ChallengeResetFee | Self::ChallengeAddonFee
        )
    }

    /// A cashier can take money for it.
    pub const fn payable(self) -> bool {
        self.is_fee() || matches!(self, Self::Deposit)
    }
}

/// Slate's `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionState {
    Pending,
    /// Less than the amount came in; the rest may still come, or staff decide.
    Underpaid,
    /// Everything came in, and more: the surplus is a refund of its own.
    Overpaid,
    Approved,
    Declined,
}

impl TransactionState {
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Underpaid,
        Self::Overpaid,
        Self::Approved,
        Self::Declined,
    ];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Underpaid => "UNDERPAID",
            Self::Overpaid => "OVERPAID",
            Self::Approved => "APPROVED",
            Self::Declined => "DECLINED",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    pub id: TransactionId,
    pub brand_id: BrandId,
    pub customer_id: CustomerId,
    pub kind: TransactionKind,
    pub state: TransactionState,
    pub amount: Money,
    /// What a cashier has taken in for it so far, in its currency.
    pub received_minor: i64,
    pub login: Option<Login>,
    pub purchase_id: Option<PurchaseId>,
    /// The transaction that this one gives back, or undoes.
    pub related_id: Option<TransactionId>,
    /// `customer`, `crm` or `cashier`.
    pub source: String,
    pub comment: String,
    pub cashier_id: Option<String>,
    /// Who approved it; of a declined one, who said that the amount came in after its end.
    pub approved_by: Option<StaffId>,
    pub order: Option<OrderNo>,
    pub created_at: UnixMicros,
    pub updated_at: UnixMicros,
    pub approved_at: Option<UnixMicros>,
    pub declined_at: Option<UnixMicros>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionEvent {
    /// Staff approve, whatever came in; after the end they say that it came in too late.
    Approve,
    /// Staff, the customer, the cashier or the sweeper end it.
    Decline,
    /// A cashier took in this much, in minor units of the transaction's currency. What is not
    /// above 0 is refused.
    Received { amount_minor: i64 },
}

/// What has to be done besides the change of state; amounts in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    None,
    /// Everything that is due is there: deliver. `surplus_minor` goes back.
    Deliver {
        surplus_minor: i64,
    },
    /// Deliver although only part came in: the firm waives the rest.
    DeliverPart {
        received_minor: i64,
    },
    /// It ended unpaid: give back what came in, if anything did.
    End {
        received_minor: i64,
    },
    /// Money for something that is settled or ended: keep it and give it back.
    GiveBack {
        amount_minor: i64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a transaction that is {} cannot take {event:?}", .state.name())]
pub struct TransactionRefused {
    pub state: TransactionState,
    pub event: TransactionEvent,
}

impl Transaction {
    /// As [`transition`]; moreover money is refused where none can come in, and a refund cannot be
    /// declined: it is owed until it is paid. Staff may approve once after the end: the amount is
    /// kept, and given back.
    ///
    /// # Errors
    /// [`TransactionRefused`].
    pub fn after(
        &self,
        event: TransactionEvent,
    ) -> Result<(TransactionState, i64, Effect), TransactionRefused> {
        let has_place = match event {
            TransactionEvent::Received { .. } => self.kind.payable(),
            TransactionEvent::Decline => !self.kind.is_refund(),
            TransactionEvent::Approve => true,
        };
        if !has_place {
            return Err(TransactionRefused {
                state: self.state,
                event,
            });
        }
        if self.takes_late_approval() && event == TransactionEvent::Approve {
            let amount_minor = self.amount.minor;
            return Ok((
                self.state,
                self.received_minor,
                Effect::GiveBack { amount_minor },
            ));
        }
        transition(self.state, self.amount.minor, self.received_minor, event)
    }

    /// It has ended, and staff have not said yet that the whole amount came in all the same.
    const fn takes_late_approval(&self) -> bool {
        matches!(self.state, TransactionState::Declined)
            && self.kind.payable()
            && self.amount.minor > 0
            && self.approved_by.is_none()
    }
}

/// State, received total and effect after `event`.
///
/// # Errors
/// [`TransactionRefused`] where the table has no arrow, the amount received is not above 0, or
/// the total would not fit.
pub fn transition(
    state: TransactionState,
    amount_minor: i64,
    received_minor: i64,
    event: TransactionEvent,
) -> Result<(TransactionState, i64, Effect), TransactionRefused> {
    use TransactionEvent::{Approve, Decline, Received};
    use TransactionState::{Approved, Declined, Overpaid, Pending, Underpaid};
    let refused = TransactionRefused { state, event };
    match (state, event) {
        (_, Received { amount_minor: ..=0 }) => Err(refused),
        (Pending, Approve) => Ok((
            Approved,
            received_minor,
            Effect::Deliver { surplus_minor: 0 },
        )),
        (Underpaid, Approve) => Ok((
            Approved,
            received_minor,
            Effect::DeliverPart { received_minor },
        )),
        (Pending | Underpaid, Decline) => {
            Ok((Declined, received_minor, Effect::End { received_minor }))
        }
        (Pending | Underpaid, Received { amount_minor: more }) => {
            let total = received_minor.checked_add(more).ok_or(refused)?;
            Ok(match total.cmp(&amount_minor) {
                std::cmp::Ordering::Less => (Underpaid, total, Effect::None),
                std::cmp::Ordering::Equal => {
                    (Approved, total, Effect::Deliver { surplus_minor: 0 })
                }
                std::cmp::Ordering::Greater => (
                    Overpaid,
                    total,
                    Effect::Deliver {
                        surplus_minor: total - amount_minor,
                    },
                ),
            })
        }
        (Approved | Overpaid | Declined, Received { amount_minor: more }) => {
            let total = received_minor.checked_add(more).ok_or(refused)?;
            Ok((state, total, Effect::GiveBack { amount_minor: more }))
        }
        (Approved | Overpaid | Declined, Approve | Decline) => Err(refused),
    }
}
