//! The end of a world: nothing fails any more, time passes, staff do what is on their list, and
//! everything comes to rest.

use crate::ask::Ask;
use crate::firm;
use crate::network::Fate;
use crate::world::{Patience, UNPAID_AFTER_MICROS, World};
use anyhow::bail;
use touchstone_app::identity::StaffCaller;
use touchstone_app::purchase::Resolution;
use touchstone_app::transactions::Decision;
use touchstone_domain::TransactionId;
use touchstone_domain::purchase::State;
use touchstone_domain::transaction::{Transaction, TransactionKind, TransactionState};
use touchstone_store::repo;

/// Looks of the runner after which a world that still moves never rests.
const LOOKS_LIMIT: u32 = 400;
/// Longer than any pause or lease.
const STEP_MICROS: i64 = 121_000_000;
const LIST_LIMIT: i64 = 1_000;

/// # Errors
/// When something never rests, or the database cannot be read.
pub fn heal(world: &mut World<'_>) -> anyhow::Result<()> {
    world.say("the weather clears");
    world.clock.spare_the_store();
    if world.is_store_closed() {
        bail!("the store was closed before the world was healed");
    }
    // The provider sends again what he was not told to have arrived.
    for ask in world.auditor.unheard() {
        world.ask(ask, Patience::UntilTheEnd);
        rest(world)?;
    }
    rest(world)?;
    world
        .clock
        .advance_micros(UNPAID_AFTER_MICROS + STEP_MICROS);
    world.ask(Ask::Sweep, Patience::UntilTheEnd);
    rest(world)?;
    for _ in 0..LOOKS_LIMIT {
        if !staff_clear_their_list(world)? {
            return Ok(());
        }
        rest(world)?;
    }
    bail!("the list of staff is never empty")
}

/// Lets time pass until the runner has nothing to do any more.
fn rest(world: &mut World<'_>) -> anyhow::Result<()> {
    for _ in 0..LOOKS_LIMIT {
        while let Some(call) = world.network.waiting().first() {
            world.decide(*call, Fate::Done);
        }
        while let Some(reference) = world.network.deliver_late() {
            world.say(&format!("call {reference} arrives late"));
        }
        let due = world.read(repo::purchases::next_due)?;
        if due.is_none() && world.in_flight() == 0 {
            return Ok(());
        }
        world.clock.advance_micros(STEP_MICROS);
        world.ask(Ask::Drive, Patience::UntilTheEnd);
    }
    bail!("the runner never comes to an end")
}

/// Whether there was something on the list.
fn staff_clear_their_list(world: &mut World<'_>) -> anyhow::Result<bool> {
    let mut any = false;
    for by in firm::STAFF {
        let brand = by.brand_id;
        let listed =
            world.read(move |tx| repo::purchases::wanting_staff(tx, brand, None, LIST_LIMIT))?;
        for purchase in listed.iter().filter(|p| matches!(p.state, State::Stuck(_))) {
            any = true;
            world.ask(
                Ask::Resolve {
                    by,
                    purchase: purchase.id,
                    resolution: Resolution::Retry,
                },
                Patience::UntilTheEnd,
            );
        }
        any |= staff_pay_out(world, by)?;
    }
    Ok(any)
}

/// Refunds and withdrawals.
fn staff_pay_out(world: &mut World<'_>, by: StaffCaller) -> anyhow::Result<bool> {
    let listed = world.transactions(by.brand_id)?;
    let due = |t: &&Transaction| {
        let goes_out = t.kind.is_refund() || t.kind == TransactionKind::Withdrawal;
        goes_out && t.state == TransactionState::Pending
    };
    let due: Vec<TransactionId> = listed.iter().filter(due).map(|t| t.id).collect();
    for transaction in &due {
        world.ask(
            Ask::Decide {
                by,
                transaction: *transaction,
                decision: Decision::Approve,
            },
            Patience::UntilTheEnd,
        );
    }
    Ok(!due.is_empty())
}
