//! What a growth makes of the rows of its phase: in the commit in which the account's balance moves.

use super::commit::CommitError;
use super::life::{broken, entry};
use super::shard::{Grown, Owner};
use touchstone_domain::ledger::Operation;
use touchstone_domain::{Login, Money, OrderNo, UnixMicros};
use touchstone_store::repo::growth::{self, Growth};
use touchstone_store::repo::{self, counters};
use touchstone_store::{NewEvent, Tx};

pub fn grow(
    tx: &mut Tx<'_>,
    owner: &Owner,
    login: Login,
    grown: Grown,
    now: UnixMicros,
) -> Result<(), CommitError> {
    let challenge = repo::challenges::get(tx, owner.challenge_id)?;
    let challenge = challenge.ok_or_else(|| broken(owner, "its row"))?;
    let account = repo::accounts::lock(tx, login)?;
    let account = account.ok_or_else(|| broken(owner, "its account"))?;
    let amount = Money::new(grown.minor, account.currency);
    let order = OrderNo(tx.next_id(counters::ORDER)?);
    let entry = entry(
        owner,
        &challenge,
        order,
        Operation::Growth,
        login,
        amount,
        now,
    )?;
    repo::ledger::post(tx, &entry)?;
    let row = Growth {
        login,
        number: grown.number,
        phase_id: owner.phase_id,
        at: grown.at,
        amount_minor: grown.minor,
        through_payout: grown.through_payout,
        order,
    };
    growth::insert(tx, owner.challenge_id, &row)?;
    let body = serde_json::json!({
        "challenge_id": owner.challenge_id,
        "account_login": login,
        "customer_id": owner.customer_id,
        "number": grown.number,
        "amount_minor": grown.minor,
        "currency": account.currency,
    });
    tx.append_event(&NewEvent {
        at_us: now.0,
        brand_id: owner.brand_id.0,
        kind: "account.grown",
        subject_kind: "account",
        subject_id: login.0,
        challenge_id: Some(owner.challenge_id.0),
        customer_id: Some(owner.customer_id.0),
        body: &body.to_string(),
    })?;
    Ok(())
}
