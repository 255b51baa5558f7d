//! One claim, written: the fee moves, the challenge ends or rests, all in one commit. Locks are taken in the order that
//! all keep: transaction, purchase, challenge, accounts.

use super::plan::{Plan, plan};
use super::{ClaimAsk, ClaimError, ClaimRefusal};
use crate::journeys::decline_pending;
use crate::purchase::lock_with_payment;
use crate::transactions::{Debt, announce};
use touchstone_domain::challenge::{Challenge, ChallengeState};
use touchstone_domain::claim::{ClaimEffect, ClaimKind, FeeClaim};
use touchstone_domain::ledger::{ApiData, Entry, EntryHead, Operation};
use touchstone_domain::purchase::{Funding, Purchase};
use touchstone_domain::transaction::{Transaction, TransactionKind, TransactionState};
use touchstone_domain::{FeeClaimId, Login, Money, OrderNo, StaffId, TransactionId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::{self, claims, counters};
use touchstone_store::{NewEvent, StoreError, Tx};

/// As the desk calls a challenge off: in the commit in which its account is closed.
///
/// # Errors
/// See [`ClaimError`].
pub(crate) fn make_by_desk(
    tx: &mut Tx<'_>,
    ask: &ClaimAsk,
    now: UnixMicros,
) -> Result<(), ClaimError> {
    make(tx, ask, true, now).map(drop)
}

/// `by_desk`: its phase, which ran, has ended just now.
pub(super) fn make(
    tx: &mut Tx<'_>,
    ask: &ClaimAsk,
    by_desk: bool,
    now: UnixMicros,
) -> Result<FeeClaim, ClaimError> {
    let purchase = lock_with_payment(tx, ask.purchase)?.ok_or(ClaimError::NotFound)?;
    let mut challenge = repo::challenges::lock(tx, ask.challenge)?.ok_or(ClaimError::NotFound)?;
    let plan = plan(tx, ask, &purchase, &challenge, now)?;
    if plan.effect == ClaimEffect::End {
        if challenge.state == ChallengeState::Active && !by_desk {
            return Err(ClaimRefusal::Moved.into());
        }
        if challenge.state == ChallengeState::AwaitingReset {
            challenge = without_reset(tx, ask, challenge, now)?;
        }
        end(tx, &mut challenge, now)?;
    }
    let mut work = Work {
        tx,
        ask,
        plan,
        purchase,
        challenge,
        now,
    };
    let claim = work.claim()?;
    work.write_down(&claim)?;
    Ok(claim)
}

/// The challenge as it is once nobody can pay for another attempt any more.
fn without_reset(
    tx: &mut Tx<'_>,
    ask: &ClaimAsk,
    challenge: Challenge,
    now: UnixMicros,
) -> Result<Challenge, ClaimError> {
    let staff = ask.by.staff().unwrap_or(StaffId(0));
    let is_free = ask.by.staff().is_some()
        && decline_pending(tx, challenge.id, staff, "the fee went back", now)?;
    if !is_free {
        return Err(ClaimRefusal::ResetUnderWay.into());
    }
    repo::challenges::lock(tx, challenge.id)?.ok_or(ClaimError::NotFound)
}

/// The challenge is over, and its accounts are closed.
fn end(tx: &mut Tx<'_>, challenge: &mut Challenge, now: UnixMicros) -> Result<(), ClaimError> {
    for login in claims::open_accounts(tx, challenge.id)? {
        let Some(mut account) = repo::accounts::lock(tx, login)? else {
            continue;
        };
        account.enabled = false;
        account.closed_at = Some(now);
        repo::accounts::set_life(tx, &account)?;
        repo::payouts::end_cycle(tx, login)?;
    }
    challenge.state = ChallengeState::Cancelled;
    challenge.ended_at = challenge.ended_at.or(Some(now));
    challenge.updated_at = now;
    Ok(repo::challenges::update(tx, challenge)?)
}

struct Work<'a, 't> {
    tx: &'a mut Tx<'t>,
    ask: &'a ClaimAsk,
    plan: Plan,
    purchase: Purchase,
    challenge: Challenge,
    now: UnixMicros,
}

impl Work<'_, '_> {
    fn claim(&mut self) -> Result<FeeClaim, ClaimError> {
        let Plan { kind, amount, .. } = self.plan;
        let (order, transaction_id) = match (kind, self.purchase.funding) {
            (ClaimKind::Refund, Funding::Wallet) => {
                let payer = self.payer()?;
                (self.refund_to_wallet(payer)?, None)
            }
            (ClaimKind::Refund, _) => {
                let paid_by = self.purchase.transaction_id;
                let order = self.post(Operation::FeeReturnDue, None, paid_by)?;
                let debt = Debt::of_purchase(&self.purchase);
                let debt = debt.ok_or_else(|| self.broken("its payment"))?;
                let why = &self.ask.reason;
                (order, Some(debt.owe(self.tx, amount, why, self.now)?))
            }
            (ClaimKind::Chargeback, _) => {
                let id = TransactionId(self.tx.next_id(counters::TRANSACTION)?);
                let order = self.post(Operation::FeeChargeback, None, Some(id))?;
                self.record_chargeback(id, order)?;
                (order, Some(id))
            }
        };
        let claim = FeeClaim {
            id: FeeClaimId(self.tx.next_id(counters::FEE_CLAIM)?),
            brand_id: self.purchase.brand_id,
            customer_id: self.purchase.customer_id,
            challenge_id: self.challenge.id,
            purchase_id: self.purchase.id,
            kind,
            effect: self.plan.effect,
            amount,
            is_override: self.plan.is_override,
            transaction_id,
            order,
            reason: self.ask.reason.clone(),
            made_at: self.now,
            reversal: None,
        };
        claims::insert(self.tx, &claim)?;
        self.purchase.fee_state = self.plan.fee_state;
        self.purchase.updated_at = self.now;
        repo::purchases::update(self.tx, &self.purchase)?;
        Ok(claim)
    }

    /// By the rate that was paid at, whatever it is now.
    fn refund_to_wallet(&mut self, payer: Login) -> Result<OrderNo, ClaimError> {
        if self.purchase.conversion.is_none() {
            return self.post(Operation::FeeRefund, Some(payer), None);
        }
        let back = self.purchase.paid_part(self.plan.amount.minor);
        let (purchase, now) = (&self.purchase, self.now);
        let operation = Operation::FeeConvertedRefund;
        post(self.tx, purchase, operation, Some(payer), back, None, now)?;
        self.post(Operation::FeeExchangedRefund, None, None)
    }

    fn payer(&mut self) -> Result<Login, ClaimError> {
        let broken = self.broken("its payer");
        let Some(payer) = self.purchase.payer_login else {
            return Err(broken);
        };
        let account = repo::accounts::lock(self.tx, payer)?.ok_or(broken)?;
        // Nobody could take it out of there.
        if repo::customers::is_erased(self.tx, account.customer_id)? {
            return Err(ClaimRefusal::CustomerErased.into());
        }
        Ok(account.login)
    }

    fn record_chargeback(&mut self, id: TransactionId, order: OrderNo) -> Result<(), ClaimError> {
        let staff = self.ask.by.staff();
        let chargeback = Transaction {
            id,
            brand_id: self.purchase.brand_id,
            customer_id: self.purchase.customer_id,
            kind: TransactionKind::Chargeback,
            state: TransactionState::Approved,
            amount: self.plan.amount,
            received_minor: 0,
            login: Some(self.challenge.account_login),
            purchase_id: Some(self.purchase.id),
            related_id: self.purchase.transaction_id,
            source: source(staff).into(),
            comment: self.ask.reason.clone(),
            cashier_id: None,
            approved_by: staff,
            order: Some(order),
            created_at: self.now,
            updated_at: self.now,
            approved_at: Some(self.now),
            declined_at: None,
        };
        repo::transactions::insert(self.tx, &chargeback)?;
        Ok(announce(self.tx, &chargeback)?)
    }

    fn post(
        &mut self,
        operation: Operation,
        login: Option<Login>,
        transaction: Option<TransactionId>,
    ) -> Result<OrderNo, ClaimError> {
        let amount = self.plan.amount;
        post(
            self.tx,
            &self.purchase,
            operation,
            login,
            amount,
            transaction,
            self.now,
        )
    }

    const fn broken(&self, what: &'static str) -> ClaimError {
        ClaimError::Broken {
            purchase: self.purchase.id.0,
            what,
        }
    }

    fn write_down(&mut self, claim: &FeeClaim) -> Result<(), ClaimError> {
        let action = match claim.kind {
            ClaimKind::Refund => "purchase.refund",
            ClaimKind::Chargeback => "purchase.chargeback",
        };
        let after = serde_json::json!({
            "fee_state": self.purchase.fee_state.name(),
            "amount_minor": claim.amount.minor,
            "effect": claim.effect,
            "is_override": claim.is_override,
            "challenge_state": self.challenge.state.name(),
        });
        repo::audit::insert(
            self.tx,
            &AuditRow {
                at: self.now,
                brand_id: claim.brand_id,
                actor_kind: self.ask.by.kind(),
                actor_id: self.ask.by.id(),
                action,
                subject_kind: "purchase",
                subject_id: claim.purchase_id.0,
                before: Some(r#"{"fee_state":"earned"}"#),
                after: Some(&after.to_string()),
                note: &claim.reason,
            },
        )?;
        let kind = match claim.kind {
            ClaimKind::Refund => "challenge.fee_refunded",
            ClaimKind::Chargeback => "challenge.fee_charged_back",
        };
        Ok(tell(
            self.tx,
            claim,
            kind,
            self.challenge.account_login,
            self.now,
        )?)
    }
}

pub(super) const fn source(staff: Option<StaffId>) -> &'static str {
    match staff {
        Some(_) => "crm",
        None => "cashier",
    }
}

/// For the outbox: what has become of a fee, and what that does to the challenge.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    claim: &FeeClaim,
    kind: &str,
    login: Login,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let body = serde_json::json!({
        "challenge_id": claim.challenge_id,
        "purchase_id": claim.purchase_id,
        "customer_id": claim.customer_id,
        "account_login": login,
        "amount_minor": claim.amount.minor,
        "currency": claim.amount.currency,
        "effect": claim.effect,
    });
    tx.append_event(&NewEvent {
        at_us: now.0,
        brand_id: claim.brand_id.0,
        kind,
        subject_kind: "challenge",
        subject_id: claim.challenge_id.0,
        challenge_id: Some(claim.challenge_id.0),
        customer_id: Some(claim.customer_id.0),
        body: &body.to_string(),
    })
}

/// Posts an entry of a purchase's fee. The caller holds the locks.
pub(super) fn post(
    tx: &mut Tx<'_>,
    purchase: &Purchase,
    operation: Operation,
    login: Option<Login>,
    amount: Money,
    transaction: Option<TransactionId>,
    now: UnixMicros,
) -> Result<OrderNo, ClaimError> {
    let order = OrderNo(tx.next_id(counters::ORDER)?);
    let head = EntryHead {
        order,
        brand_id: purchase.brand_id,
        at: now,
    };
    let about = ApiData {
        program_id: Some(purchase.program_id),
        purchase_id: Some(purchase.id),
        customer_id: Some(purchase.customer_id),
        payer_login: purchase.payer_login,
        challenge_login: purchase.account_login,
        transaction_id: transaction,
        ..ApiData::default()
    };
    let entry = Entry::new(head, operation, login, amount, &about)?;
    repo::ledger::post(tx, &entry)?;
    Ok(order)
}
