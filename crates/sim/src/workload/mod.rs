//! What happens in a world, one thing after the other, as the draws have it.

mod buying;
mod faults;
mod paying;
mod wallets;

use crate::ask::{Ask, Seen};
use crate::draws::Draws;
use crate::firm::{self, Person};
use crate::weather::Weather;
use crate::world::{Patience, World};
use touchstone_app::identity::StaffCaller;
use touchstone_domain::PurchaseId;

/// Requests that may wait for their end at once.
const IN_FLIGHT_LIMIT: usize = 5;
/// Longest time that the store is spared once it is to close, in readings of the clock.
const SPARED_LIMIT: u64 = 9;

#[derive(Clone, Copy)]
enum Turn {
    Buy,
    Repeat,
    DoubleClick,
    Cancel,
    Retry,
    Look,
    Resolve,
    Enroll,
    Grant,
    Cashier,
    Notice,
    NoticeAgain,
    Code,
    Decide,
    EndJourney,
    Deposit,
    Withdraw,
    ChargeBack,
    Win,
    ByHand,
    Undo,
    Sweep,
    Call,
    LateCall,
    Time,
    Runner,
    HangUp,
    Crash,
    Plug,
}

pub struct Workload {
    draws: Draws,
    weather: Weather,
    next_key: u32,
    next_event: u32,
}

impl Workload {
    pub const fn new(draws: Draws, weather: Weather) -> Self {
        Self {
            draws,
            weather,
            next_key: 1,
            next_event: 1,
        }
    }

    /// One turn.
    ///
    /// # Errors
    /// When a new process cannot begin, or the database cannot be read.
    pub fn turn(&mut self, world: &mut World<'_>) -> anyhow::Result<()> {
        match self.next(world) {
            Turn::Buy => self.buy(world),
            Turn::Repeat => self.repeat(world),
            Turn::DoubleClick => self.double_click(world),
            Turn::Cancel => self.cancel(world),
            Turn::Retry => self.retry(world),
            Turn::Look => {
                let by = self.person().caller;
                world.ask(Ask::Look { by }, Patience::UntilTheEnd);
            }
            Turn::Resolve => self.resolve(world)?,
            Turn::Enroll => self.enroll(world),
            Turn::Grant => self.grant(world),
            Turn::Cashier => self.cashier(world)?,
            Turn::Notice => self.notice(world)?,
            Turn::NoticeAgain => self.notice_again(world),
            Turn::Code => self.code(world)?,
            Turn::Decide => self.decide(world)?,
            Turn::EndJourney => self.end_journey(world),
            Turn::Deposit => self.deposit(world),
            Turn::Withdraw => self.withdraw(world),
            Turn::ChargeBack => self.charge_back(world),
            Turn::Win => self.win(world),
            Turn::ByHand => self.by_hand(world),
            Turn::Undo => self.undo(world),
            Turn::Sweep => world.ask(Ask::Sweep, Patience::UntilTheEnd),
            Turn::Call => self.call(world),
            Turn::LateCall => {
                if let Some(reference) = world.network.deliver_late() {
                    world.say(&format!("call {reference} arrives late"));
                }
            }
            Turn::Time => self.let_time_pass(world),
            Turn::Runner => world.ask(Ask::Drive, Patience::UntilTheEnd),
            Turn::HangUp => world.hang_up(),
            Turn::Crash => {
                let power_loss = self.draws.chance(60);
                self.crash(world, power_loss)?;
            }
            Turn::Plug => world.close_store_later(self.draws.below(SPARED_LIMIT)),
        }
        if world.is_store_closed() {
            self.crash(world, false)?;
        }
        Ok(())
    }

    fn next(&mut self, world: &World<'_>) -> Turn {
        let busy = world.in_flight() >= IN_FLIGHT_LIMIT;
        let calls = world.network.waiting().len() as u64;
        let ask = |weight: u64| if busy { 0 } else { weight };
        let pay = |weight: u64| ask(weight * self.weather.cashier / 50);
        self.draws
            .weighted(&[
                (ask(22), Turn::Buy),
                (ask(10), Turn::Repeat),
                (ask(4), Turn::DoubleClick),
                (ask(7), Turn::Cancel),
                (ask(5), Turn::Retry),
                (ask(4), Turn::Look),
                (ask(10), Turn::Resolve),
                (pay(16), Turn::Enroll),
                (pay(4), Turn::Grant),
                (pay(8), Turn::Cashier),
                (pay(14), Turn::Notice),
                (pay(6), Turn::NoticeAgain),
                (pay(6), Turn::Code),
                (pay(9), Turn::Decide),
                (pay(3), Turn::EndJourney),
                (pay(6), Turn::Deposit),
                (pay(7), Turn::Withdraw),
                (pay(4), Turn::ChargeBack),
                (pay(3), Turn::Win),
                (pay(3), Turn::ByHand),
                (pay(2), Turn::Undo),
                (pay(3), Turn::Sweep),
                (25 * calls.min(4), Turn::Call),
                (2, Turn::LateCall),
                (8, Turn::Time),
                (ask(8), Turn::Runner),
                (self.weather.hang_up, Turn::HangUp),
                (self.weather.crash, Turn::Crash),
                (self.weather.plug, Turn::Plug),
            ])
            .unwrap_or(Turn::Time)
    }

    fn person(&mut self) -> Person {
        self.draws.pick(&firm::PEOPLE).unwrap_or(firm::PEOPLE[0])
    }

    /// Mostly those of the bigger brand.
    fn staff(&mut self) -> StaffCaller {
        firm::STAFF[usize::from(self.draws.chance(20))]
    }

    fn patience(&mut self) -> Patience {
        if self.draws.chance(self.weather.hurry) {
            Patience::None
        } else {
            Patience::UntilTheEnd
        }
    }

    fn ask(&mut self, world: &mut World<'_>, ask: Ask) {
        let patience = self.patience();
        world.ask(ask, patience);
    }

    /// Somebody's purchase, mostly one for which `wanted` is true, and mostly his own.
    fn some_purchase(
        &mut self,
        world: &World<'_>,
        wanted: impl Fn(&Seen) -> bool,
    ) -> (Person, PurchaseId) {
        let picky = self.draws.chance(80);
        let known: Vec<_> = world
            .auditor
            .purchases()
            .filter(|seen| !picky || wanted(seen))
            .map(|seen| (seen.customer, seen.purchase))
            .collect();
        match self.draws.pick(&known) {
            Some((customer, purchase)) if self.draws.chance(90) => {
                let owner = firm::PEOPLE
                    .into_iter()
                    .find(|person| person.caller.customer_id == customer);
                (owner.unwrap_or(firm::PEOPLE[0]), purchase)
            }
            Some((_, purchase)) => (self.person(), purchase),
            None => (self.person(), PurchaseId(self.draws.between(1, 20))),
        }
    }
}
