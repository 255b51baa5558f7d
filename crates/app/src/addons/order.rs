//! Slate's way: the add-on has a fee of its own, which is paid like that of an enrolment.

use super::LaterAddonError;
use super::offers::Situation;
use crate::App;
use crate::identity::{CustomerCaller, require_live_customer};
use crate::purchase::{Sale, group_of_phase};
use crate::transactions::{Actor, announce};
use touchstone_domain::challenge::Challenge;
use touchstone_domain::purchase::{Funding, Purchase, State};
use touchstone_domain::transaction::{Transaction, TransactionKind, TransactionState};
use touchstone_domain::{ChallengeId, Login, Money, PurchaseId, TransactionId, UnixMicros};
use touchstone_store::repo::{self, audit::AuditRow, counters};
use touchstone_store::{StoreError, Tx};

/// An add-on that was asked for.
#[derive(Clone, Debug)]
pub struct AddonOrdered {
    pub purchase: Purchase,
    pub transaction: Transaction,
}

impl App {
    /// Asks for an add-on. With a price its fee waits for payment; without one it is applied at once.
    ///
    /// # Errors
    /// See [`LaterAddonError`]; nothing was changed, except for [`LaterAddonError::NotApplied`].
    pub async fn order_addon(
        &self,
        caller: CustomerCaller,
        id: ChallengeId,
        code: String,
    ) -> Result<AddonOrdered, LaterAddonError> {
        let app = self.clone();
        let now = self.now();
        let ordered = self
            .store
            .write(move |tx| {
                let (found, price) = app.begin_addition(tx, &caller, id, &code, now)?;
                if !price.is_zero()
                    && let Some(limit) = app.pending_limit_reached(tx, caller.customer_id)?
                {
                    return Err(LaterAddonError::TooManyPending { limit });
                }
                let id = PurchaseId(tx.next_id(counters::PURCHASE)?);
                let fee = TransactionId(tx.next_id(counters::TRANSACTION)?);
                let mut purchase = new_purchase(id, &found.challenge, code.clone(), price, now);
                purchase.transaction_id = Some(fee);
                let purchase = app.save_addition(tx, purchase, &found.challenge, now)?;
                let transaction = fee_of(fee, &purchase, found.challenge.account_login);
                repo::transactions::insert(tx, &transaction)?;
                announce(tx, &transaction)?;
                Ok(AddonOrdered {
                    purchase,
                    transaction,
                })
            })
            .await?;
        let purchase = self.applied(ordered.purchase).await?;
        Ok(AddonOrdered {
            purchase,
            transaction: ordered.transaction,
        })
    }

    /// The challenge and the price, if the add-on can be bought now. Requests of one customer wait for each other here.
    pub(super) fn begin_addition(
        &self,
        tx: &mut Tx<'_>,
        caller: &CustomerCaller,
        id: ChallengeId,
        code: &str,
        now: UnixMicros,
    ) -> Result<(Situation, Money), LaterAddonError> {
        repo::customers::lock(tx, caller.customer_id)?;
        require_live_customer(tx, caller, now)?;
        let found = Situation::find(tx, caller, id)?;
        if self.ports.remote_trading.is_some() {
            return Err(LaterAddonError::NotHere);
        }
        let price = found.price(code)?;
        Ok((found, price))
    }

    pub(super) fn save_addition(
        &self,
        tx: &mut Tx<'_>,
        purchase: Purchase,
        challenge: &Challenge,
        now: UnixMicros,
    ) -> Result<Purchase, LaterAddonError> {
        let group = group_of_phase(tx, challenge)?.ok_or(LaterAddonError::NotRunning)?;
        let mut sale = Sale::begin(purchase, group);
        sale.start(tx, now)?;
        sale.deliver(tx, now)?;
        let purchase = sale.save(tx)?.purchase;
        audit(tx, &purchase, now)?;
        Ok(purchase)
    }
}

pub(super) fn new_purchase(
    id: PurchaseId,
    challenge: &Challenge,
    code: String,
    price: Money,
    now: UnixMicros,
) -> Purchase {
    Purchase {
        id,
        brand_id: challenge.brand_id,
        customer_id: challenge.customer_id,
        program_id: challenge.program_id,
        version_id: challenge.version_id,
        funding: Funding::Cashier,
        state: State::AwaitingPayment,
        price,
        conversion: None,
        promotion: None,
        addon_codes: vec![code],
        payer_login: None,
        account_login: None,
        challenge_id: None,
        resets: None,
        adds_to: Some(challenge.id),
        late_addon_codes: Vec::new(),
        transaction_id: None,
        granted_by: None,
        idempotency_key: None,
        failure_reason: None,
        note: String::new(),
        fee_order: None,
        fee_state: touchstone_domain::claim::FeeState::Earned,
        initial_balance_order: None,
        attempt: 1,
        step_calls: 0,
        due_at: None,
        created_at: now,
        updated_at: now,
    }
}

/// What has to be paid; a fee of nothing is approved as it is made. It is shown on the account that runs.
fn fee_of(id: TransactionId, purchase: &Purchase, login: Login) -> Transaction {
    let free = purchase.price.is_zero();
    let now = purchase.created_at;
    Transaction {
        id,
        brand_id: purchase.brand_id,
        customer_id: purchase.customer_id,
        kind: TransactionKind::ChallengeAddonFee,
        state: if free {
            TransactionState::Approved
        } else {
            TransactionState::Pending
        },
        amount: purchase.price,
        received_minor: 0,
        login: Some(login),
        purchase_id: Some(purchase.id),
        related_id: None,
        source: "customer".into(),
        comment: purchase.addon_codes.join(", "),
        cashier_id: None,
        approved_by: None,
        order: None,
        created_at: now,
        updated_at: now,
        approved_at: free.then_some(now),
        declined_at: None,
    }
}

fn audit(tx: &mut Tx<'_>, purchase: &Purchase, now: UnixMicros) -> Result<(), StoreError> {
    let actor = Actor::Customer(purchase.customer_id);
    let after = serde_json::json!({
        "addon_codes": purchase.addon_codes,
        "fee_minor": purchase.price.minor,
        "purchase": purchase.id,
    });
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id: purchase.brand_id,
            actor_kind: actor.kind(),
            actor_id: actor.id(),
            action: "challenge.addon",
            subject_kind: "challenge",
            subject_id: purchase.adds_to.map_or(0, |id| id.0),
            before: None,
            after: Some(&after.to_string()),
            note: "",
        },
    )
}
