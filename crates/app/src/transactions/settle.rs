//! One event of a transaction, and everything that follows from it in the ledger and in the
//! purchase that it pays for, in one commit. Locks are taken in this order: transaction,
//! purchase, account.

use super::actor::Actor;
use super::debt::{Debt, announce};
use super::error::TransactionError;
use crate::App;
use crate::purchase::Sale;
use touchstone_domain::claim::FeeEvent;
use touchstone_domain::ledger::{ApiData, Entry, EntryHead, Operation};
use touchstone_domain::purchase::{Event, FailureReason, Purchase, State};
use touchstone_domain::transaction::{
    Effect, Transaction, TransactionEvent, TransactionKind, TransactionRefused, TransactionState,
};
use touchstone_domain::{Login, Money, OrderNo, PurchaseId, UnixMicros};
use touchstone_store::Tx;
use touchstone_store::repo::{self, audit::AuditRow, counters};

/// What happened, who did it, and why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause<'a> {
    pub event: TransactionEvent,
    pub actor: Actor,
    /// What an unpaid purchase says about its end.
    pub ended_by: FailureReason,
    /// The reason that a person gave, or empty.
    pub note: &'a str,
    pub now: UnixMicros,
}

/// How things stand afterwards.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub transaction: Transaction,
    /// Every purchase that was touched.
    pub purchase: Option<Purchase>,
}

struct Settlement<'a, 't> {
    tx: &'a mut Tx<'t>,
    t: Transaction,
    purchase: Option<Purchase>,
    now: UnixMicros,
    /// The built-in trading server delivers in this very commit.
    delivers_at_once: bool,
}

impl App {
    /// The caller holds the transaction's lock.
    pub(crate) fn settle_payment(
        &self,
        tx: &mut Tx<'_>,
        transaction: Transaction,
        cause: &Cause<'_>,
    ) -> Result<Settled, TransactionError> {
        let settlement = self.settlement(tx, transaction, cause.now);
        settlement.settle(cause)
    }

    /// A cashier took in money of another currency than the transaction's: it is kept and owed,
    /// and the transaction stays as it was.
    pub(crate) fn settle_foreign_payment(
        &self,
        tx: &mut Tx<'_>,
        transaction: Transaction,
        amount: Money,
        cause: &Cause<'_>,
    ) -> Result<Settled, TransactionError> {
        if amount.minor <= 0 || !transaction.kind.payable() {
            return Err(TransactionRefused {
                state: transaction.state,
                event: cause.event,
            }
            .into());
        }
        let before = transaction.state;
        let mut settlement = self.settlement(tx, transaction, cause.now);
        settlement.post_house(Operation::CashierReceived, amount)?;
        settlement.give_back(amount, "it came in in another currency")?;
        let settled = settlement.save(before)?;
        audit(tx, &settled.transaction, before, cause)?;
        Ok(settled)
    }

    fn settlement<'a, 't>(
        &self,
        tx: &'a mut Tx<'t>,
        t: Transaction,
        now: UnixMicros,
    ) -> Settlement<'a, 't> {
        Settlement {
            tx,
            t,
            purchase: None,
            now,
            delivers_at_once: self.ports.remote_trading.is_none(),
        }
    }
}

/// Declines a fee; nothing is delivered by that. The caller holds the transaction's lock.
pub(crate) fn decline(
    tx: &mut Tx<'_>,
    transaction: Transaction,
    cause: &Cause<'_>,
) -> Result<Settled, TransactionError> {
    let settlement = Settlement {
        tx,
        t: transaction,
        purchase: None,
        now: cause.now,
        delivers_at_once: false,
    };
    settlement.settle(&Cause {
        event: TransactionEvent::Decline,
        ..*cause
    })
}

impl Settlement<'_, '_> {
    fn settle(mut self, cause: &Cause<'_>) -> Result<Settled, TransactionError> {
        let before = self.t.state;
        let (state, received_minor, effect) = self.t.after(cause.event)?;
        if let TransactionEvent::Received { amount_minor } = cause.event {
            self.post_house(Operation::CashierReceived, self.money(amount_minor))?;
        }
        self.enter(state, received_minor, cause);
        self.carry_out(effect, cause)?;
        audit(self.tx, &self.t, before, cause)?;
        self.save(before)
    }

    fn save(self, before: TransactionState) -> Result<Settled, TransactionError> {
        repo::transactions::update(self.tx, &self.t)?;
        if before != self.t.state {
            announce(self.tx, &self.t)?;
        }
        Ok(Settled {
            transaction: self.t,
            purchase: self.purchase,
        })
    }

    const fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.t.amount.currency)
    }

    fn enter(&mut self, state: TransactionState, received_minor: i64, cause: &Cause<'_>) {
        let t = &mut self.t;
        if t.state != state {
            match state {
                TransactionState::Approved | TransactionState::Overpaid => {
                    t.approved_at = Some(cause.now);
                }
                TransactionState::Declined => t.declined_at = Some(cause.now),
                TransactionState::Pending | TransactionState::Underpaid => {}
            }
        }
        if cause.event == TransactionEvent::Approve {
            t.approved_by = cause.actor.staff();
        }
        t.state = state;
        t.received_minor = received_minor;
        t.updated_at = cause.now;
        if !cause.note.is_empty() {
            t.comment = cause.note.to_owned();
        }
    }

    fn carry_out(&mut self, effect: Effect, cause: &Cause<'_>) -> Result<(), TransactionError> {
        match effect {
            Effect::None => Ok(()),
            Effect::Deliver { surplus_minor } => {
                let whole = self.t.amount;
                if self.t.kind.payable() && self.t.received_minor < whole.minor {
                    // Staff vouch that it came in another way.
                    self.post_house(Operation::CashierReceived, whole)?;
                }
                self.deliver(whole)?;
                self.give_back(self.money(surplus_minor), "more came in than was due")
            }
            Effect::DeliverPart { received_minor } => self.deliver(self.money(received_minor)),
            Effect::End { received_minor } => {
                self.end(cause.ended_by)?;
                self.give_back(self.money(received_minor), "it ended before all was paid")
            }
            Effect::GiveBack { amount_minor } => {
                let amount = self.money(amount_minor);
                if cause.event == TransactionEvent::Approve {
                    self.post_house(Operation::CashierReceived, amount)?;
                }
                let why = match self.t.state {
                    TransactionState::Declined => "it came in after the end",
                    _ => "it came in when all was paid already",
                };
                self.give_back(amount, why)
            }
        }
    }

    fn deliver(&mut self, amount: Money) -> Result<(), TransactionError> {
        match self.t.kind {
            TransactionKind::ChallengeFee
            | TransactionKind::ChallengeResetFee
            | TransactionKind::ChallengeAddonFee => self.pay_purchase(amount),
            TransactionKind::ChallengeFeeRefund | TransactionKind::DepositRefund => {
                self.t.order = self.post_house(Operation::CashierRefundPaid, amount)?;
                self.refund_paid()
            }
            TransactionKind::Deposit => {
                self.t.order = self.post_login(Operation::Deposit, amount)?;
                Ok(())
            }
            TransactionKind::Withdrawal => {
                self.free_hold()?;
                self.t.order = self.post_login(Operation::Withdrawal, amount)?;
                Ok(())
            }
            TransactionKind::CorrectionIn => {
                self.t.order = self.post_login(Operation::ManualCredit, amount)?;
                Ok(())
            }
            TransactionKind::CorrectionOut => {
                self.free_hold()?;
                self.t.order = self.post_login(Operation::ManualDebit, amount)?;
                Ok(())
            }
            // They are recorded when they are done, and settled by nothing else.
            TransactionKind::ChallengePayout
            | TransactionKind::PayoutFeeRefund
            | TransactionKind::Chargeback
            | TransactionKind::ChargebackReversal => Err(TransactionRefused {
                state: self.t.state,
                event: TransactionEvent::Approve,
            }
            .into()),
        }
    }

    fn end(&mut self, reason: FailureReason) -> Result<(), TransactionError> {
        match self.t.kind {
            TransactionKind::ChallengeFee
            | TransactionKind::ChallengeResetFee
            | TransactionKind::ChallengeAddonFee => {
                let mut sale = self.sale()?;
                sale.happen(self.tx, Event::PaymentEnded(reason), self.now)?;
                self.keep(sale)?;
                if self.refunds_wait()? {
                    self.refund_due()?;
                }
                Ok(())
            }
            kind if kind.holds_back() => self.free_hold(),
            _ => Ok(()),
        }
    }

    /// The fee is there: the purchase is delivered, now or by the runner.
    fn pay_purchase(&mut self, earned: Money) -> Result<(), TransactionError> {
        let mut sale = self.sale()?;
        sale.take_payment(self.tx, earned, self.now)?;
        if self.delivers_at_once {
            sale.deliver(self.tx, self.now)?;
        } else {
            sale.set_due(Some(self.now));
        }
        self.t.order = sale.purchase().fee_order;
        self.keep(sale)
    }

    /// Keeps money that has no use, and owes it.
    fn give_back(&mut self, amount: Money, why: &str) -> Result<(), TransactionError> {
        if amount.is_zero() {
            return Ok(());
        }
        Debt::of_transaction(&self.t).owe(self.tx, amount, why, self.now)?;
        self.refund_due()
    }

    /// A purchase that ended unpaid, and for which money is here all the same, waits for its refund.
    fn refund_due(&mut self) -> Result<(), TransactionError> {
        if !self.t.kind.is_fee() {
            return Ok(());
        }
        let mut sale = self.sale()?;
        if sale.purchase().state == State::Abandoned {
            sale.happen(self.tx, Event::PaymentApproved, self.now)?;
            self.keep(sale)?;
        }
        Ok(())
    }

    /// A refund was paid: was it the last that its purchase waited for?
    fn refund_paid(&mut self) -> Result<(), TransactionError> {
        let Some(id) = self.t.purchase_id else {
            return Ok(());
        };
        let claim = repo::claims::in_force(self.tx, id)?;
        if claim.is_some_and(|claim| claim.transaction_id == Some(self.t.id)) {
            return self.fee_refunded(id);
        }
        let mut sale = self.sale()?;
        if sale.purchase().state == State::RefundDue && !self.refunds_wait()? {
            sale.happen(self.tx, Event::RefundPaid, self.now)?;
            self.keep(sale)?;
        }
        Ok(())
    }

    /// The fee of a challenge that had been delivered is back with the customer.
    fn fee_refunded(&mut self, id: PurchaseId) -> Result<(), TransactionError> {
        let broken = self.broken("its purchase");
        let mut purchase = repo::purchases::lock(self.tx, id)?.ok_or(broken)?;
        if let Ok(state) = purchase.fee_state.after(FeeEvent::RefundPaid) {
            purchase.fee_state = state;
            purchase.updated_at = self.now;
            repo::purchases::update(self.tx, &purchase)?;
        }
        self.purchase = Some(purchase);
        Ok(())
    }

    /// Whether another refund of the same purchase is not paid yet.
    fn refunds_wait(&mut self) -> Result<bool, TransactionError> {
        let Some(purchase) = self.t.purchase_id else {
            return Ok(false);
        };
        Ok(repo::transactions::refunds_wait(
            self.tx,
            self.t.customer_id,
            purchase,
            self.t.id,
        )?)
    }

    /// The purchase of this transaction with its lock.
    fn sale(&mut self) -> Result<Sale, TransactionError> {
        let broken = self.broken("its purchase");
        let Some(id) = self.t.purchase_id else {
            return Err(broken);
        };
        let purchase = repo::purchases::lock(self.tx, id)?.ok_or(broken)?;
        Ok(Sale::load(self.tx, purchase)?)
    }

    fn keep(&mut self, sale: Sale) -> Result<(), TransactionError> {
        self.purchase = Some(sale.save(self.tx)?.purchase);
        Ok(())
    }

    fn free_hold(&mut self) -> Result<(), TransactionError> {
        let login = self.locked_login()?;
        repo::accounts::add_hold(self.tx, login, -self.t.amount.minor)?;
        Ok(())
    }

    fn locked_login(&mut self) -> Result<Login, TransactionError> {
        let broken = self.broken("its account");
        let Some(login) = self.t.login else {
            return Err(broken);
        };
        let account = repo::accounts::lock(self.tx, login)?.ok_or(broken)?;
        Ok(account.login)
    }

    const fn broken(&self, what: &'static str) -> TransactionError {
        TransactionError::Broken {
            transaction: self.t.id.0,
            what,
        }
    }

    fn post_house(
        &mut self,
        operation: Operation,
        amount: Money,
    ) -> Result<Option<OrderNo>, TransactionError> {
        post(self.tx, &self.t, operation, None, amount, self.now)
    }

    fn post_login(
        &mut self,
        operation: Operation,
        amount: Money,
    ) -> Result<Option<OrderNo>, TransactionError> {
        let login = self.locked_login()?;
        post(self.tx, &self.t, operation, Some(login), amount, self.now)
    }
}

/// Posts an entry that belongs to a transaction; none for an amount of zero.
pub(super) fn post(
    tx: &mut Tx<'_>,
    t: &Transaction,
    operation: Operation,
    login: Option<Login>,
    amount: Money,
    now: UnixMicros,
) -> Result<Option<OrderNo>, TransactionError> {
    if amount.is_zero() {
        return Ok(None);
    }
    let order = OrderNo(tx.next_id(counters::ORDER)?);
    let about = ApiData {
        purchase_id: t.purchase_id,
        customer_id: Some(t.customer_id),
        transaction_id: Some(t.id),
        ..ApiData::default()
    };
    let head = EntryHead {
        order,
        brand_id: t.brand_id,
        at: now,
    };
    let entry = Entry::new(head, operation, login, amount, &about)?;
    repo::ledger::post(tx, &entry)?;
    Ok(Some(order))
}

fn audit(
    tx: &mut Tx<'_>,
    t: &Transaction,
    before: TransactionState,
    cause: &Cause<'_>,
) -> Result<(), TransactionError> {
    let action = match cause.event {
        TransactionEvent::Approve => "transaction.approve",
        TransactionEvent::Decline => "transaction.decline",
        TransactionEvent::Received { .. } => "transaction.receive",
    };
    repo::audit::insert(
        tx,
        &AuditRow {
            at: cause.now,
            brand_id: t.brand_id,
            actor_kind: cause.actor.kind(),
            actor_id: cause.actor.id(),
            action,
            subject_kind: "transaction",
            subject_id: t.id.0,
            before: Some(before.name()),
            after: Some(t.state.name()),
            note: cause.note,
        },
    )?;
    Ok(())
}
