//! What happens in a world, one thing after the other, as the draws have it.

use crate::ask::Ask;
use crate::draws::Draws;
use crate::firm::{self, Person};
use crate::network::Fate;
use crate::weather::Weather;
use crate::world::{CALL_TIMEOUT_MS, Patience, World};
use touchstone_app::purchase::Resolution;
use touchstone_domain::purchase::State;
use touchstone_domain::{Login, ProgramId, PurchaseId};
use touchstone_store::repo;

/// Requests that may wait for their end at once.
const IN_FLIGHT_LIMIT: usize = 5;
/// Longest time that the store is spared once it is to close, in readings of the clock.
const SPARED_LIMIT: u64 = 9;
const MICROS_PER_SECOND: i64 = 1_000_000;
/// Staff see all that there is.
const LIST_LIMIT: i64 = 1_000;

#[derive(Clone, Copy)]
enum Turn {
    Buy,
    Repeat,
    DoubleClick,
    Cancel,
    Retry,
    Look,
    Resolve,
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
}

impl Workload {
    pub const fn new(draws: Draws, weather: Weather) -> Self {
        Self {
            draws,
            weather,
            next_key: 1,
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
        self.draws
            .weighted(&[
                (ask(22), Turn::Buy),
                (ask(10), Turn::Repeat),
                (ask(4), Turn::DoubleClick),
                (ask(7), Turn::Cancel),
                (ask(5), Turn::Retry),
                (ask(4), Turn::Look),
                (ask(6), Turn::Resolve),
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

    /// Mostly what can be bought: sometimes from another's wallet, an account of a challenge, or
    /// in the wrong currency.
    fn new_purchase(&mut self) -> Ask {
        let person = self.person();
        let brand = person.caller.brand_id;
        let programs: Vec<ProgramId> = firm::PROGRAMS
            .iter()
            .filter(|sold| sold.brand == brand)
            .map(|sold| sold.program)
            .collect();
        let program = match self.draws.below(20) {
            0 => ProgramId(self.draws.between(1, 12)),
            1..5 => self.draws.pick(&programs).unwrap_or(ProgramId(1)),
            _ => programs[0],
        };
        let mut own = person.wallets.iter().map(|(login, _)| *login);
        let payer = match self.draws.below(20) {
            0 => Login(100_003),
            1 => Login(2_000_100 + self.draws.between(0, 9)),
            2..5 => own.next_back().unwrap_or(Login(1)),
            _ => person.wallets[0].0,
        };
        let key = self.draws.chance(65).then(|| self.new_key());
        Ask::Buy {
            by: person.caller,
            program,
            payer,
            key,
        }
    }

    fn new_key(&mut self) -> String {
        let key = format!("k{}", self.next_key);
        self.next_key += 1;
        key
    }

    fn buy(&mut self, world: &mut World<'_>) {
        let ask = self.new_purchase();
        self.ask(world, ask);
    }

    /// Sends a key again, mostly with what it was sent with before.
    fn repeat(&mut self, world: &mut World<'_>) {
        let sent: Vec<Ask> = world
            .asked
            .iter()
            .map(|(_, ask)| ask)
            .filter(|ask| matches!(ask, Ask::Buy { key: Some(_), .. }))
            .cloned()
            .collect();
        let Some(mut again) = self.draws.pick(&sent) else {
            return;
        };
        if let Ask::Buy {
            by, program, payer, ..
        } = &mut again
        {
            match self.draws.below(12) {
                0 => *program = ProgramId(self.draws.between(1, 4)),
                1 => *payer = Login(self.draws.between(100_001, 100_004)),
                // Somebody else's key of the same name is another key.
                2 => *by = self.person().caller,
                _ => {}
            }
        }
        self.ask(world, again);
    }

    fn double_click(&mut self, world: &mut World<'_>) {
        if let Ask::Buy {
            by, program, payer, ..
        } = self.new_purchase()
        {
            let key = Some(self.new_key());
            world.ask_twice(&Ask::Buy {
                by,
                program,
                payer,
                key,
            });
        }
    }

    /// Somebody's purchase: mostly his own and a late one, sometimes another's or none at all.
    fn some_purchase(&mut self, world: &World<'_>) -> (Person, PurchaseId) {
        let known = world.auditor.purchases();
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

    fn cancel(&mut self, world: &mut World<'_>) {
        let (person, purchase) = self.some_purchase(world);
        let by = person.caller;
        self.ask(world, Ask::Cancel { by, purchase });
    }

    fn retry(&mut self, world: &mut World<'_>) {
        let (person, purchase) = self.some_purchase(world);
        let by = person.caller;
        self.ask(world, Ask::Retry { by, purchase });
    }

    /// Staff take something from their list, or meddle with something that is not on it.
    fn resolve(&mut self, world: &mut World<'_>) -> anyhow::Result<()> {
        let staff = firm::STAFF[usize::from(self.draws.chance(20))];
        let brand = staff.brand_id;
        let listed = world.read(move |tx| repo::purchases::wanting_staff(tx, brand, LIST_LIMIT))?;
        let listed: Vec<_> = listed.iter().map(|p| (p.id, p.state, p.attempt)).collect();
        match self.draws.pick(&listed) {
            Some((id, State::Stuck(_), attempt)) => {
                let resolution = self
                    .draws
                    .weighted(&[
                        (4, Resolution::Retry),
                        (2, Resolution::Settled),
                        (2, Resolution::Cancel),
                    ])
                    .unwrap_or(Resolution::Retry);
                if resolution == Resolution::Settled {
                    settle_by_hand(world, id, attempt);
                }
                let purchase = id;
                let by = staff;
                world.ask(
                    Ask::Resolve {
                        by,
                        purchase,
                        resolution,
                    },
                    Patience::UntilTheEnd,
                );
            }
            _ => {
                let (_, purchase) = self.some_purchase(world);
                let resolution = Resolution::Retry;
                world.ask(
                    Ask::Resolve {
                        by: staff,
                        purchase,
                        resolution,
                    },
                    Patience::UntilTheEnd,
                );
            }
        }
        Ok(())
    }

    fn call(&mut self, world: &mut World<'_>) {
        if let Some(call) = self.draws.pick(&world.network.waiting()) {
            let fate = self.weather.fate(&mut self.draws);
            world.decide(call, fate);
        }
    }

    /// Some seconds or some hours. Calls that have waited too long are given up, unless the whole
    /// machine slept.
    fn let_time_pass(&mut self, world: &mut World<'_>) {
        let seconds = match self.draws.below(10) {
            0 => self.draws.between(600, 90_000),
            1..4 => self.draws.between(11, 130),
            _ => self.draws.between(1, 9),
        };
        world.clock.advance_micros(seconds * MICROS_PER_SECOND);
        world.say("later");
        if self.draws.chance(10) {
            return;
        }
        let limit = i64::try_from(CALL_TIMEOUT_MS).unwrap_or(i64::MAX) * 1_000;
        for call in world.network.overdue(limit) {
            world.decide(call, Weather::orphan_fate(&mut self.draws));
        }
    }

    fn crash(&mut self, world: &mut World<'_>, power_loss: bool) -> anyhow::Result<()> {
        let calls = world.network.waiting().len();
        let fates: Vec<Fate> = (0..calls)
            .map(|_| Weather::orphan_fate(&mut self.draws))
            .collect();
        world.crash(power_loss, &fates)
    }
}

/// What staff do at the trading server themselves before they say that it is settled.
pub fn settle_by_hand(world: &mut World<'_>, purchase: PurchaseId, attempt: i64) {
    let answer = world
        .network
        .settle_by_hand(&format!("{purchase}-{attempt}-"));
    world.say(&format!(
        "staff settle purchase {purchase} there: {answer:?}"
    ));
}
