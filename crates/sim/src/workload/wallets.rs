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

    /// Staff write down what a bank says of a fee, mostly of one that was paid.
    pub(super) fn charge_back(&mut self, world: &mut World<'_>) {
        let by = self.staff();
        if let Some((.., transaction)) = self.draws.pick(&world.auditor.journeys()) {
            let ask = Ask::ChargeBack { by, transaction };
            self.once_or_twice(world, ask);
        }
    }

    pub(super) fn win(&mut self, world: &mut World<'_>) {
        let by = self.staff();
        let taken = world.asked.iter().filter_map(|(_, ask)| match ask {
            Ask::ChargeBack { transaction, .. } => Some(*transaction),
            _ => None,
        });
        let taken: Vec<_> = taken.collect();
        if let Some(transaction) = self.draws.pick(&taken) {
            self.once_or_twice(world, Ask::Win { by, transaction });
        }
    }

    pub(super) fn by_hand(&mut self, world: &mut World<'_>) {
        let by = self.staff();
        let (_, wallet) = self.wallet();
        let ask = Ask::ByHand {
            by,
            wallet: wallet.unwrap_or(Login(100_001)),
            minor: self.draws.between(1, 90_000),
            gives: self.draws.chance(50),
        };
        self.once_or_twice(world, ask);
    }

    pub(super) fn undo(&mut self, world: &mut World<'_>) {
        let by = self.staff();
        if let Some(transaction) = self.draws.pick(&world.auditor.by_hand()) {
            self.once_or_twice(world, Ask::Undo { by, transaction });
        }
    }

    fn once_or_twice(&mut self, world: &mut World<'_>, ask: Ask) {
        match self.draws.chance(20) {
            true => world.ask_twice(&ask),
            false => self.ask(world, ask),
        }
    }
}
