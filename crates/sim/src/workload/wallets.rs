//! Wallets that are filled and emptied.

use super::Workload;
use crate::ask::Ask;
use crate::world::World;
use touchstone_app::identity::CustomerCaller;
use touchstone_domain::Login;

impl Workload {
    pub(super) fn deposit(&mut self, world: &mut World<'_>) {
        let (by, wallet) = self.wallet();
        let minor = self.draws.between(1, 150_000);
        let ask = Ask::Deposit { by, wallet, minor };
        self.ask(world, ask);
    }

    /// Sometimes more than is there, and sometimes just what a purchase at the same time needs.
    pub(super) fn withdraw(&mut self, world: &mut World<'_>) {
        let (by, wallet) = self.wallet();
        let minor = match self.draws.below(4) {
            0 => self.draws.between(100_000, 20_000_000),
            _ => self.draws.between(1, 60_000),
        };
        let ask = Ask::Withdraw { by, wallet, minor };
        if self.draws.chance(20) {
            world.ask_twice(&ask);
        } else {
            self.ask(world, ask);
        }
    }

    /// Mostly one of his own; sometimes another's, or an account of a challenge.
    fn wallet(&mut self) -> (CustomerCaller, Option<Login>) {
        let person = self.person();
        let own: Vec<Login> = person.wallets.iter().map(|(login, _)| *login).collect();
        let wallet = match self.draws.below(20) {
            0 => Some(Login(100_003)),
            1 => Some(Login(2_000_100 + self.draws.between(0, 9))),
            2..7 => None,
            _ => self.draws.pick(&own),
        };
        (person.caller, wallet)
    }
}
