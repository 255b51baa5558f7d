//! What a payout makes of the rows of its challenge: in the commit in which the account's balance moves.

use super::commit::CommitError;
use super::life::broken;
use super::shard::{AskedPayout, Owner, ReturnedPayout};
use crate::payouts::{Mover, announce, write_down};
use touchstone_domain::ledger::Operation;
use touchstone_domain::payout::{Event, Payout, PayoutState, Work, transition};
use touchstone_domain::{Login, Money, PayoutId, UnixMicros};
use touchstone_store::Tx;
use touchstone_store::repo::{self, counters, payouts};

/// A payout is asked for: its profit has left the account, or it was rejected by itself.
pub fn ask(
    tx: &mut Tx<'_>,
    owner: &Owner,
    login: Login,
    asked: &AskedPayout,
    now: UnixMicros,
) -> Result<(), CommitError> {
    if let Some(due_at) = asked.next_cycle {
        payouts::set_cycle(tx, login, due_at)?;
    }
    let challenge = repo::challenges::get(tx, owner.challenge_id)?;
    let challenge = challenge.ok_or_else(|| broken(owner, "its row"))?;
    let account = repo::accounts::lock(tx, login)?;
    let account = account.ok_or_else(|| broken(owner, "its account"))?;
    let amounts = asked.decided.amounts;
    let is_met = asked.decided.is_met();
    let taken = |minor: i64| if is_met { minor } else { 0 };
    let refund = match is_met {
        true => fee_refund(tx, owner, &challenge, asked.number)?,
        false => None,
    };
    let payout = Payout {
        id: PayoutId(tx.next_id(counters::PAYOUT)?),
        brand_id: owner.brand_id,
        customer_id: owner.customer_id,
        challenge_id: owner.challenge_id,
        phase_id: owner.phase_id,
        login,
        state: match is_met {
            true => PayoutState::Pending,
            false => PayoutState::AutoRejected,
        },
        trigger: asked.trigger,
        number: asked.number,
        cycle_from: asked.cycle_from,
        cycle_to: now,
        currency: account.currency,
        profit_minor: taken(amounts.taken_minor),
        share: amounts.share,
        trader_minor: taken(amounts.trader_minor),
        firm_minor: taken(amounts.firm_minor),
        fee_refund: refund,
        conditions: serde_json::to_string(&asked.decided)
            .map_err(|error| CommitError::Json(error.to_string()))?,
        first_approved_by: None,
        approved_by: None,
        rejected_by: None,
        reason: unmet(asked),
        reference: String::new(),
        transaction_id: None,
        requested_at: now,
        approved_at: None,
        disbursing_at: None,
        ended_at: (!is_met).then_some(now),
        updated_at: now,
    };
    payouts::insert(tx, &payout)?;
    let mut mover = Mover {
        tx,
        payout: &payout,
        challenge: &challenge,
        now,
    };
    for (operation, minor) in [
        (Operation::PayoutShare, payout.trader_minor),
        (Operation::PayoutFirmShare, payout.firm_minor),
    ] {
        mover.post(operation, Some(login), minor, payout.currency, None)?;
    }
    announce(tx, &payout, now)?;
    Ok(())
}

/// Names of the conditions that are not met.
fn unmet(asked: &AskedPayout) -> String {
    let names = asked.decided.unmet().map(|one| one.name.name());
    names.collect::<Vec<_>>().join(", ")
}

/// The fee, where the rules give it back with the payout of this number, and it is not given back yet.
fn fee_refund(
    tx: &mut Tx<'_>,
    owner: &Owner,
    challenge: &touchstone_domain::challenge::Challenge,
    number: i64,
) -> Result<Option<Money>, CommitError> {
    let purchase = repo::purchases::get(tx, challenge.purchase_id)?;
    let purchase = purchase.ok_or_else(|| broken(owner, "its purchase"))?;
    let rules = super::read::rules_of(
        tx,
        owner.version_id,
        owner.phase_index,
        &purchase.all_addon_codes(),
    )?;
    let with = rules.and_then(|rules| rules.payout.as_ref()?.fee_refund_with);
    if with.map(i64::from) != Some(number) {
        return Ok(None);
    }
    let earned_minor = payouts::fee_earned(tx, purchase.id)?;
    let fee = Money::new(earned_minor, purchase.price.currency);
    Ok((earned_minor > 0).then_some(fee))
}

/// Staff have refused it: the profit is back, and nothing is owed any more.
pub fn give_back(
    tx: &mut Tx<'_>,
    owner: &Owner,
    login: Login,
    returned: &ReturnedPayout,
    now: UnixMicros,
) -> Result<(), CommitError> {
    let payout = payouts::lock(tx, returned.id)?;
    let mut payout = payout.ok_or_else(|| broken(owner, "its payout"))?;
    let before = payout.state;
    // Somebody else has decided it meanwhile.
    let (state, work) = transition(before, Event::Reject).map_err(|_| CommitError::Stale(login))?;
    payout.state = state;
    payout.rejected_by = Some(returned.staff.id);
    payout.reason.clone_from(&returned.reason);
    payout.ended_at = Some(now);
    payout.updated_at = now;
    payouts::update(tx, &payout)?;
    let challenge = repo::challenges::get(tx, owner.challenge_id)?;
    let challenge = challenge.ok_or_else(|| broken(owner, "its row"))?;
    repo::accounts::lock(tx, login)?.ok_or_else(|| broken(owner, "its account"))?;
    let mut mover = Mover {
        tx,
        payout: &payout,
        challenge: &challenge,
        now,
    };
    for (operation, minor) in [
        (Operation::PayoutShareReturned, payout.trader_minor),
        (Operation::PayoutFirmShareReturned, payout.firm_minor),
    ] {
        mover.post(operation, Some(login), minor, payout.currency, None)?;
    }
    if work == Work::GiveBackOwed {
        mover.unowe()?;
    }
    returned.staff.write_down(tx, |tx| {
        let (staff, reason) = (returned.staff.id, &returned.reason);
        write_down(tx, &payout, staff, "payout.reject", before, reason, now)
    })?;
    announce(tx, &payout, now)?;
    Ok(())
}
