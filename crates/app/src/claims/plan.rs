//! Whether a fee can go away, and how much of it. Nothing is changed here.

use super::{ClaimAsk, ClaimError, ClaimRefusal, Wanted};
use touchstone_domain::challenge::{Challenge, ChallengeState};
use touchstone_domain::claim::{ClaimEffect, ClaimKind, FeeEvent, FeeState};
use touchstone_domain::ledger::Entry;
use touchstone_domain::payout::PayoutState;
use touchstone_domain::program::{RefundFacts, refund};
use touchstone_domain::purchase::{Funding, Purchase, State};
use touchstone_domain::{Money, UnixMicros};
use touchstone_store::Tx;
use touchstone_store::repo::{self, claims, payouts};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub kind: ClaimKind,
    pub effect: ClaimEffect,
    pub amount: Money,
    pub is_override: bool,
    pub fee_state: FeeState,
}

/// What stands against a claim as things are now.
///
/// # Errors
/// [`ClaimError::Refused`], and the store's.
pub(crate) fn look(tx: &mut Tx<'_>, ask: &ClaimAsk, now: UnixMicros) -> Result<(), ClaimError> {
    let purchase = repo::purchases::get(tx, ask.purchase)?.ok_or(ClaimError::NotFound)?;
    let challenge = repo::challenges::get(tx, ask.challenge)?.ok_or(ClaimError::NotFound)?;
    plan(tx, ask, &purchase, &challenge, now).map(drop)
}

pub(super) fn plan(
    tx: &mut Tx<'_>,
    ask: &ClaimAsk,
    purchase: &Purchase,
    challenge: &Challenge,
    now: UnixMicros,
) -> Result<Plan, ClaimError> {
    if purchase.state != State::Active {
        let state = purchase.state.name();
        return Err(ClaimRefusal::NotDelivered { state }.into());
    }
    let is_chargeback = matches!(ask.wanted, Wanted::Chargeback { .. });
    if purchase.adds_to.is_some() && !is_chargeback {
        return Err(ClaimRefusal::BoughtLater.into());
    }
    let is_wallet = purchase.funding == Funding::Wallet;
    let (kind, effect, event) = match ask.wanted {
        Wanted::ByPolicy | Wanted::Override { .. } if is_wallet => {
            (ClaimKind::Refund, ClaimEffect::End, FeeEvent::Refund)
        }
        Wanted::ByPolicy | Wanted::Override { .. } => {
            (ClaimKind::Refund, ClaimEffect::End, FeeEvent::RefundOutside)
        }
        Wanted::Chargeback { .. } if is_wallet => return Err(ClaimRefusal::PaidFromWallet.into()),
        Wanted::Chargeback { effect } => (ClaimKind::Chargeback, effect, FeeEvent::ChargeBack),
    };
    let fee_state = purchase.fee_state.after(event).map_err(ClaimRefusal::Fee)?;
    let order = purchase.fee_order.ok_or(ClaimRefusal::NothingPaid)?;
    let fee = repo::ledger::by_order(tx, order)?.ok_or(ClaimError::Broken {
        purchase: purchase.id.0,
        what: "its fee",
    })?;
    if !payouts::in_flight(tx, challenge.id)?.is_empty() {
        return Err(ClaimRefusal::PayoutInFlight.into());
    }
    let amount = match ask.wanted {
        Wanted::Chargeback { .. } => Money::new(fee.amount_minor, fee.currency),
        _ => given_back(tx, ask, purchase, challenge, &fee, now)?,
    };
    Ok(Plan {
        kind,
        effect,
        amount,
        is_override: matches!(ask.wanted, Wanted::Override { .. }),
        fee_state,
    })
}

fn given_back(
    tx: &mut Tx<'_>,
    ask: &ClaimAsk,
    purchase: &Purchase,
    challenge: &Challenge,
    fee: &Entry,
    now: UnixMicros,
) -> Result<Money, ClaimError> {
    let currency = purchase.price.currency;
    let left = Money::new(payouts::fee_earned(tx, purchase.id)?, currency);
    if left.minor <= 0 {
        return Err(ClaimRefusal::GivenBackWithPayout.into());
    }
    let amount = match ask.wanted {
        Wanted::Override { amount_minor } => {
            let wanted = amount_minor.unwrap_or(left.minor);
            if wanted > left.minor {
                return Err(ClaimRefusal::TooMuch { most: left }.into());
            }
            Money::new(wanted, left.currency)
        }
        _ => {
            let version = repo::programs::version(tx, challenge.version_id)?;
            let version = version.ok_or(ClaimError::Broken {
                purchase: purchase.id.0,
                what: "its version",
            })?;
            let facts = RefundFacts {
                paid_at: fee.at,
                now,
                has_traded: claims::has_traded(tx, challenge.id)?,
                is_running: challenge.state == ChallengeState::Active,
            };
            let policy = version.terms.refund.as_ref();
            refund(policy, left, facts).map_err(ClaimRefusal::Policy)?
        }
    };
    match amount.minor {
        1.. => Ok(amount),
        _ => Err(ClaimRefusal::NothingPaid.into()),
    }
}

/// Whether staff can still refuse a payout that is in this state.
pub(super) const fn is_refusable(state: PayoutState) -> bool {
    matches!(
        state,
        PayoutState::Pending | PayoutState::AwaitingSecondApproval | PayoutState::Approved
    )
}
