//! The ledger's part of a payout, and what the audit and the outbox say of it.

use touchstone_domain::challenge::Challenge;
use touchstone_domain::ledger::{ApiData, Entry, EntryHead, LedgerError, Operation};
use touchstone_domain::payout::{Payout, PayoutState};
use touchstone_domain::{Currency, Login, Money, OrderNo, StaffId, TransactionId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::{self, counters, payouts};
use touchstone_store::{NewEvent, StoreError, Tx};

/// Why an entry could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MoveError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<MoveError> for super::PayoutError {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Ledger(error) => Self::Ledger(error),
            MoveError::Store(error) => Self::Store(error),
        }
    }
}

impl From<MoveError> for crate::desk::CommitError {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Ledger(error) => Self::Ledger(error),
            MoveError::Store(error) => Self::Store(error),
        }
    }
}

/// Writes the entries of one payout.
pub(crate) struct Mover<'a, 't> {
    pub tx: &'a mut Tx<'t>,
    pub payout: &'a Payout,
    pub challenge: &'a Challenge,
    pub now: UnixMicros,
}

impl Mover<'_, '_> {
    /// Nothing is written for an amount of 0. The caller holds the account's lock where one takes part.
    pub fn post(
        &mut self,
        operation: Operation,
        login: Option<Login>,
        minor: i64,
        currency: Currency,
        transaction: Option<TransactionId>,
    ) -> Result<Option<OrderNo>, MoveError> {
        if minor == 0 {
            return Ok(None);
        }
        let order = OrderNo(self.tx.next_id(counters::ORDER)?);
        let head = EntryHead {
            order,
            brand_id: self.payout.brand_id,
            at: self.now,
        };
        let about = ApiData {
            program_id: Some(self.challenge.program_id),
            purchase_id: Some(self.challenge.purchase_id),
            customer_id: Some(self.payout.customer_id),
            challenge_login: Some(self.payout.login),
            transaction_id: transaction,
            payout_id: Some(self.payout.id),
            ..ApiData::default()
        };
        let entry = Entry::new(head, operation, login, Money::new(minor, currency), &about)?;
        repo::ledger::post(self.tx, &entry)?;
        payouts::link(self.tx, order, self.payout.id)?;
        Ok(Some(order))
    }

    fn house(&mut self, share: Operation, refund: Operation) -> Result<(), MoveError> {
        let (minor, currency) = (self.payout.trader_minor, self.payout.currency);
        self.post(share, None, minor, currency, None)?;
        if let Some(fee) = self.payout.fee_refund {
            self.post(refund, None, fee.minor, fee.currency, None)?;
        }
        Ok(())
    }

    /// From now on the firm owes the trader's part, and the fee with it.
    pub fn owe(&mut self) -> Result<(), MoveError> {
        self.house(Operation::PayoutDue, Operation::PayoutFeeRefundDue)
    }

    pub fn unowe(&mut self) -> Result<(), MoveError> {
        let rollback = Operation::PayoutFeeRefundDueRollback;
        self.house(Operation::PayoutDueRollback, rollback)
    }
}

/// For the outbox: how the payout stands now.
pub(crate) fn announce(tx: &mut Tx<'_>, p: &Payout, now: UnixMicros) -> Result<(), StoreError> {
    let body = serde_json::json!({
        "payout_id": p.id,
        "challenge_id": p.challenge_id,
        "account_login": p.login,
        "customer_id": p.customer_id,
        "status": p.state.name(),
        "number": p.number,
        "trader_minor": p.trader_minor,
        "currency": p.currency,
    });
    let kind = match p.state {
        PayoutState::Pending => "payout.requested",
        PayoutState::AwaitingSecondApproval => "payout.first_approved",
        PayoutState::Approved => "payout.approved",
        PayoutState::Disbursing => "payout.disbursing",
        PayoutState::Paid => "payout.paid",
        PayoutState::Rejected => "payout.rejected",
        PayoutState::AutoRejected => "payout.auto_rejected",
    };
    tx.append_event(&NewEvent {
        at_us: now.0,
        brand_id: p.brand_id.0,
        kind,
        subject_kind: "payout",
        subject_id: p.id.0,
        challenge_id: Some(p.challenge_id.0),
        customer_id: Some(p.customer_id.0),
        body: &body.to_string(),
    })
}

/// For the audit: what staff have made of it.
pub(crate) fn write_down(
    tx: &mut Tx<'_>,
    p: &Payout,
    staff: StaffId,
    action: &'static str,
    before: PayoutState,
    note: &str,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let status = |state: PayoutState| serde_json::json!({ "status": state.name() }).to_string();
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id: p.brand_id,
            actor_kind: "staff",
            actor_id: staff.0,
            action,
            subject_kind: "payout",
            subject_id: p.id.0,
            before: Some(&status(before)),
            after: Some(&status(p.state)),
            note,
        },
    )
}
