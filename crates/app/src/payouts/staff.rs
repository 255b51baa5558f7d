//! What staff see of payouts, and what they do with them.

use super::PayoutError;
use super::mover::{Mover, announce, write_down};
use crate::App;
use crate::desk::PayoutReject;
use crate::identity::{StaffCaller, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_domain::ledger::Operation;
use touchstone_domain::payout::{Event, Payout, Work, transition};
use touchstone_domain::transaction::{Transaction, TransactionKind, TransactionState};
use touchstone_domain::{Money, PayoutId, StaffId, TransactionId, UnixMicros};
use touchstone_store::Tx;
pub use touchstone_store::repo::payouts::Filter as PayoutFilter;
use touchstone_store::repo::{self, counters, payouts};

/// What a person of the firm does with a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve {
        note: String,
    },
    MarkDisbursing,
    /// The payment outside has failed.
    Return {
        reason: String,
    },
    /// `reference` names the payment outside; it may be empty.
    MarkPaid {
        reference: String,
    },
}

impl Decision {
    const fn permission(&self) -> Permission {
        match self {
            Self::Approve { .. } => Permission::ApprovePayout,
            Self::MarkDisbursing | Self::Return { .. } | Self::MarkPaid { .. } => {
                Permission::DisbursePayout
            }
        }
    }
}

/// A payout with its owner.
#[derive(Clone, Debug)]
pub struct PayoutView {
    pub payout: Payout,
    pub customer_name: String,
    pub customer_email: String,
}

#[derive(Clone, Debug)]
pub struct PayoutPage {
    pub items: Vec<PayoutView>,
    /// How many there are on all pages.
    pub total: i64,
}

fn view(tx: &mut Tx<'_>, payout: Payout) -> Result<PayoutView, PayoutError> {
    let id = payout.id.0;
    let customer = repo::customers::get(tx, payout.customer_id)?;
    let what = "its customer";
    let customer = customer.ok_or(PayoutError::Broken { id, what })?;
    Ok(PayoutView {
        payout,
        customer_name: customer.full_name(),
        customer_email: customer.email,
    })
}

impl App {
    /// Payouts of the caller's brand, newest first.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn payouts(
        &self,
        caller: StaffCaller,
        filter: PayoutFilter,
        limit: i64,
        offset: i64,
    ) -> Result<PayoutPage, PayoutError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewPayouts, now)?;
                let filter = PayoutFilter {
                    customer: pass.narrowed(tx, filter.customer)?,
                    owner: pass.owner(),
                    ..filter
                };
                let found = payouts::page(tx, caller.brand_id, filter, limit, offset)?;
                let people = payouts::people_of_page(tx, caller.brand_id, filter, limit, offset)?;
                let items = found.into_iter().map(|payout| {
                    let (id, what) = (payout.id.0, "its customer");
                    let person = people.get(&payout.customer_id);
                    let (name, email) = person.ok_or(PayoutError::Broken { id, what })?.clone();
                    Ok(PayoutView {
                        payout,
                        customer_name: name,
                        customer_email: email,
                    })
                });
                Ok(PayoutPage {
                    items: items.collect::<Result<_, PayoutError>>()?,
                    total: payouts::count(tx, caller.brand_id, filter)?,
                })
            })
            .await
    }

    /// # Errors
    /// [`PayoutError::NotFound`] also for another brand's.
    pub async fn payout(
        &self,
        caller: StaffCaller,
        id: PayoutId,
    ) -> Result<PayoutView, PayoutError> {
        self.payout_for(caller, id, Permission::ViewPayouts).await
    }

    async fn payout_for(
        &self,
        caller: StaffCaller,
        id: PayoutId,
        permission: Permission,
    ) -> Result<PayoutView, PayoutError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, permission, now)?;
                let payout = payouts::get(tx, id)?.ok_or(PayoutError::NotFound)?;
                if !pass.sees(tx, payout.customer_id)? {
                    return Err(PayoutError::NotFound);
                }
                view(tx, payout)
            })
            .await
    }

    /// # Errors
    /// [`PayoutError::Refused`] where the payout's state has no such step, [`PayoutError::SecondPersonWanted`] for a
    /// second approval by the same person.
    pub async fn decide_payout(
        &self,
        caller: StaffCaller,
        id: PayoutId,
        decision: Decision,
    ) -> Result<PayoutView, PayoutError> {
        let now = self.now();
        let above = self.settings.second_approval_above;
        self.store
            .write(move |tx| {
                let pass = require_live_staff(tx, &caller, decision.permission(), now)?;
                let payout = payouts::lock(tx, id)?.ok_or(PayoutError::NotFound)?;
                if !pass.sees(tx, payout.customer_id)? {
                    return Err(PayoutError::NotFound);
                }
                let staff = caller.staff_id;
                let decided = decide(tx, payout, staff, &decision, above, now)?;
                view(tx, decided)
            })
            .await
    }

    /// Refuses a payout: its profit is back in the account, in one commit of the desk.
    ///
    /// # Errors
    /// [`PayoutError::Refused`] for one that is on its way or has ended.
    pub async fn reject_payout(
        &self,
        caller: StaffCaller,
        id: PayoutId,
        reason: String,
    ) -> Result<PayoutView, PayoutError> {
        let permission = Permission::RejectPayout;
        self.payout_for(caller, id, permission).await?;
        self.desk
            .reject_payout(PayoutReject {
                brand_id: caller.brand_id,
                id,
                staff: caller.actor(),
                reason,
            })
            .await?;
        self.payout_for(caller, id, permission).await
    }
}

/// Above so much, in whole units of whatever currency, it takes two people.
fn needs_two(payout: &Payout, above: Option<i64>) -> bool {
    let Some(above) = above else { return false };
    let unit = 10_i64.pow(payout.currency.decimals());
    payout.trader_minor > above.saturating_mul(unit)
}

fn decide(
    tx: &mut Tx<'_>,
    mut payout: Payout,
    staff: StaffId,
    decision: &Decision,
    above: Option<i64>,
    now: UnixMicros,
) -> Result<Payout, PayoutError> {
    let (event, action, note) = match decision {
        Decision::Approve { note } => {
            let is_first = payout.first_approved_by.is_none() && needs_two(&payout, above);
            match is_first {
                true => (Event::ApproveFirst, "payout.approve_first", note.as_str()),
                false => (Event::Approve, "payout.approve", note.as_str()),
            }
        }
        Decision::MarkDisbursing => (Event::MarkDisbursing, "payout.mark_disbursing", ""),
        Decision::Return { reason } => (Event::Return, "payout.return", reason.as_str()),
        Decision::MarkPaid { reference } => {
            (Event::MarkPaid, "payout.mark_paid", reference.as_str())
        }
    };
    let before = payout.state;
    let (state, work) = transition(before, event)?;
    if event == Event::Approve && payout.first_approved_by == Some(staff) {
        return Err(PayoutError::SecondPersonWanted);
    }
    // The bank may take more; what is on its way already is told as it is.
    let goes_on = matches!(
        event,
        Event::ApproveFirst | Event::Approve | Event::MarkDisbursing
    );
    if goes_on && repo::claims::suspends(tx, payout.challenge_id)? {
        return Err(PayoutError::FeeDisputed);
    }
    payout.state = state;
    payout.updated_at = now;
    match event {
        Event::ApproveFirst => payout.first_approved_by = Some(staff),
        Event::Approve => {
            payout.approved_by = Some(staff);
            payout.approved_at = Some(now);
        }
        Event::MarkDisbursing => payout.disbursing_at = Some(now),
        Event::Return => payout.disbursing_at = None,
        Event::MarkPaid => {
            payout.ended_at = Some(now);
            repo::growth::look_at(tx, payout.login, now)?;
        }
        Event::Reject => {}
    }
    let id = payout.id.0;
    let challenge = repo::challenges::get(tx, payout.challenge_id)?;
    let what = "its challenge";
    let challenge = challenge.ok_or(PayoutError::Broken { id, what })?;
    match work {
        Work::Owe => Mover {
            tx: &mut *tx,
            payout: &payout,
            challenge: &challenge,
            now,
        }
        .owe()?,
        Work::Pay => {
            if let Decision::MarkPaid { reference } = decision {
                payout.reference.clone_from(reference);
            }
            payout.transaction_id = pay(tx, &payout, &challenge, staff, now)?;
        }
        Work::None | Work::GiveBack | Work::GiveBackOwed => {}
    }
    payouts::update(tx, &payout)?;
    write_down(tx, &payout, staff, action, before, note, now)?;
    announce(tx, &payout, now)?;
    Ok(payout)
}

/// The payment as a transaction, and the fee that goes with it as another; answers the first.
fn pay(
    tx: &mut Tx<'_>,
    payout: &Payout,
    challenge: &touchstone_domain::challenge::Challenge,
    staff: StaffId,
    now: UnixMicros,
) -> Result<Option<TransactionId>, PayoutError> {
    let share = Money::new(payout.trader_minor, payout.currency);
    let parts = [
        (
            TransactionKind::ChallengePayout,
            Operation::PayoutPaid,
            Some(share),
        ),
        (
            TransactionKind::PayoutFeeRefund,
            Operation::PayoutFeeRefundPaid,
            payout.fee_refund,
        ),
    ];
    let mut first = None;
    for (kind, operation, amount) in parts {
        let Some(amount) = amount.filter(|amount| amount.minor > 0) else {
            continue;
        };
        let id = TransactionId(tx.next_id(counters::TRANSACTION)?);
        let mut mover = Mover {
            tx: &mut *tx,
            payout,
            challenge,
            now,
        };
        let order = mover.post(operation, None, amount.minor, amount.currency, Some(id))?;
        let transaction = Transaction {
            id,
            brand_id: payout.brand_id,
            customer_id: payout.customer_id,
            kind,
            state: TransactionState::Approved,
            amount,
            received_minor: 0,
            login: Some(payout.login),
            purchase_id: Some(challenge.purchase_id),
            related_id: None,
            source: "crm".to_owned(),
            comment: payout.reference.clone(),
            cashier_id: None,
            approved_by: Some(staff),
            order,
            created_at: now,
            updated_at: now,
            approved_at: Some(now),
            declined_at: None,
        };
        repo::transactions::insert(tx, &transaction)?;
        crate::transactions::announce(tx, &transaction)?;
        first.get_or_insert(id);
    }
    Ok(first)
}
