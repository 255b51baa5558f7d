//! Everything that waits for a person of the firm, in one look.

use crate::App;
use crate::identity::{SessionError, StaffCaller, staff_pass};
use touchstone_domain::access::Permission;
use touchstone_domain::payout::PayoutState;
use touchstone_domain::transaction::{TransactionKind, TransactionState};
use touchstone_store::repo::inbox::{self, Within};
use touchstone_store::{StoreError, Tx};

pub use touchstone_store::repo::inbox::{COUNTED_MAX, Waiting};

/// One kind of thing that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    StuckPurchases,
    /// Money that has to go back outside: also what came in too much, or too late.
    RefundsDue,
    /// Less came in than is due.
    Underpaid,
    Withdrawals,
    /// Fees and deposits that nobody has paid yet, or whose money staff have to say has come.
    Payments,
    Breaches,
    Payouts,
    /// One of two people has approved them.
    PayoutsSecond,
    /// They are owed, and not on their way.
    PayoutsToSend,
    /// They are on their way, and nobody has said that they have arrived.
    PayoutsOnTheirWay,
    Identities,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxLine {
    pub matter: Matter,
    pub waiting: Waiting,
    /// Whether the one who asks may do what is to be done.
    pub may_decide: bool,
}

impl Matter {
    pub const ALL: [Self; 11] = [
        Self::StuckPurchases,
        Self::RefundsDue,
        Self::Underpaid,
        Self::Withdrawals,
        Self::Payments,
        Self::Breaches,
        Self::Payouts,
        Self::PayoutsSecond,
        Self::PayoutsToSend,
        Self::PayoutsOnTheirWay,
        Self::Identities,
    ];

    /// Who sees the list of them, and who decides.
    const fn permissions(self) -> (Permission, Permission) {
        use Permission as P;
        match self {
            Self::StuckPurchases => (P::ViewAttention, P::ResolveAttention),
            Self::RefundsDue | Self::Underpaid | Self::Withdrawals | Self::Payments => {
                (P::ViewTransactions, P::DecideTransaction)
            }
            Self::Breaches => (P::ViewBreaches, P::ReviewBreach),
            Self::Payouts | Self::PayoutsSecond => (P::ViewPayouts, P::ApprovePayout),
            Self::PayoutsToSend | Self::PayoutsOnTheirWay => (P::ViewPayouts, P::DisbursePayout),
            Self::Identities => (P::ViewCustomers, P::SetKyc),
        }
    }

    fn waiting(self, tx: &mut Tx<'_>, within: Within) -> Result<Waiting, StoreError> {
        let kinds = |wanted: fn(&TransactionKind) -> bool| -> Vec<TransactionKind> {
            TransactionKind::ALL.into_iter().filter(wanted).collect()
        };
        let pending = TransactionState::Pending;
        match self {
            Self::StuckPurchases => inbox::stuck(tx, within),
            Self::RefundsDue => {
                let refunds = kinds(|kind| kind.is_refund());
                inbox::transactions(tx, within, &refunds, pending)
            }
            Self::Underpaid => {
                let all = &TransactionKind::ALL;
                inbox::transactions(tx, within, all, TransactionState::Underpaid)
            }
            Self::Withdrawals => {
                inbox::transactions(tx, within, &[TransactionKind::Withdrawal], pending)
            }
            Self::Payments => {
                let payable = kinds(|kind| kind.payable());
                inbox::transactions(tx, within, &payable, pending)
            }
            Self::Breaches => inbox::breaches(tx, within),
            Self::Payouts => inbox::payouts(tx, within, PayoutState::Pending),
            Self::PayoutsSecond => inbox::payouts(tx, within, PayoutState::AwaitingSecondApproval),
            Self::PayoutsToSend => inbox::payouts(tx, within, PayoutState::Approved),
            Self::PayoutsOnTheirWay => inbox::payouts(tx, within, PayoutState::Disbursing),
            Self::Identities => inbox::identities(tx, within),
        }
    }
}

impl App {
    /// What waits, of the kinds that the caller may see and with the customers that he sees.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn inbox(&self, caller: StaffCaller) -> Result<Vec<InboxLine>, SessionError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = staff_pass(tx, &caller, now)?;
                let within = Within {
                    brand: pass.brand_id,
                    owner: pass.owner(),
                };
                let mut lines = Vec::new();
                for matter in Matter::ALL {
                    let (sees, decides) = matter.permissions();
                    if !pass.permissions.has(sees) {
                        continue;
                    }
                    lines.push(InboxLine {
                        matter,
                        waiting: matter.waiting(tx, within)?,
                        may_decide: pass.permissions.has(decides),
                    });
                }
                Ok(lines)
            })
            .await
    }
}
