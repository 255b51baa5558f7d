//! A dispute was won: the fee is there again, and a challenge that rested goes on.

use super::make::{post, source, tell};
use super::{ClaimError, ClaimRefusal};
use crate::purchase::lock_with_payment;
use crate::transactions::{Actor, announce};
use touchstone_domain::claim::{FeeClaim, FeeEvent, Reversal};
use touchstone_domain::ledger::Operation;
use touchstone_domain::transaction::{Transaction, TransactionKind, TransactionState};
use touchstone_domain::{PurchaseId, TransactionId, UnixMicros};
use touchstone_store::Tx;
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::{self, claims, counters};

pub(super) fn reverse(
    tx: &mut Tx<'_>,
    purchase: PurchaseId,
    by: Actor,
    reason: &str,
    now: UnixMicros,
) -> Result<FeeClaim, ClaimError> {
    let mut purchase = lock_with_payment(tx, purchase)?.ok_or(ClaimError::NotFound)?;
    let before = purchase.fee_state;
    let after = before.after(FeeEvent::Reverse).map_err(ClaimRefusal::Fee)?;
    let broken = |what| ClaimError::Broken {
        purchase: purchase.id.0,
        what,
    };
    let mut claim = claims::in_force(tx, purchase.id)?.ok_or_else(|| broken("its chargeback"))?;
    let challenge = repo::challenges::lock(tx, claim.challenge_id)?;
    let login = challenge
        .ok_or_else(|| broken("its challenge"))?
        .account_login;
    let id = TransactionId(tx.next_id(counters::TRANSACTION)?);
    let operation = Operation::FeeChargebackReversed;
    let order = post(tx, &purchase, operation, None, claim.amount, Some(id), now)?;
    let transaction = Transaction {
        id,
        brand_id: purchase.brand_id,
        customer_id: purchase.customer_id,
        kind: TransactionKind::ChargebackReversal,
        state: TransactionState::Approved,
        amount: claim.amount,
        received_minor: 0,
        login: Some(login),
        purchase_id: Some(purchase.id),
        related_id: claim.transaction_id,
        source: source(by.staff()).into(),
        comment: reason.to_owned(),
        cashier_id: None,
        approved_by: by.staff(),
        order: Some(order),
        created_at: now,
        updated_at: now,
        approved_at: Some(now),
        declined_at: None,
    };
    repo::transactions::insert(tx, &transaction)?;
    announce(tx, &transaction)?;
    let reversal = Reversal {
        transaction_id: id,
        order,
        at: now,
    };
    claims::reverse(tx, claim.id, &reversal)?;
    claim.reversal = Some(reversal);
    purchase.fee_state = after;
    purchase.updated_at = now;
    repo::purchases::update(tx, &purchase)?;
    let said = |state: &str| serde_json::json!({ "fee_state": state }).to_string();
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id: purchase.brand_id,
            actor_kind: by.kind(),
            actor_id: by.id(),
            action: "purchase.chargeback_reverse",
            subject_kind: "purchase",
            subject_id: purchase.id.0,
            before: Some(&said(before.name())),
            after: Some(&said(after.name())),
            note: reason,
        },
    )?;
    tell(tx, &claim, "challenge.chargeback_reversed", login, now)?;
    Ok(claim)
}
