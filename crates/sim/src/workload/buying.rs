//! Purchases from wallets: bought, repeated, cancelled, tried again, and settled by staff.

use super::Workload;
use crate::ask::Ask;
use crate::firm;
use crate::world::World;
use touchstone_app::purchase::Resolution;
use touchstone_domain::purchase::{Purchase, State};
use touchstone_domain::{Login, ProgramId, PurchaseId};
use touchstone_store::repo;

/// Staff see all that there is.
const LIST_LIMIT: i64 = 1_000;

impl Workload {
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
        let code = self.some_code(20);
        Ask::Buy {
            by: person.caller,
            program,
            payer,
            key,
            code,
        }
    }

    /// Sometimes a code: one that there is, mostly.
    pub(super) fn some_code(&mut self, percent: u64) -> Option<&'static str> {
        if !self.draws.chance(percent) {
            return None;
        }
        let codes = firm::CODES.map(|code| code.code);
        match self.draws.chance(90) {
            true => self.draws.pick(&codes),
            false => Some("NOBODY"),
        }
    }

    pub(super) fn new_key(&mut self) -> String {
        let key = format!("k{}", self.next_key);
        self.next_key += 1;
        key
    }

    pub(super) fn buy(&mut self, world: &mut World<'_>) {
        let ask = self.new_purchase();
        self.ask(world, ask);
    }

    /// Sends a key again, mostly with what it was sent with before.
    pub(super) fn repeat(&mut self, world: &mut World<'_>) {
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

    pub(super) fn double_click(&mut self, world: &mut World<'_>) {
        if let Ask::Buy {
            by,
            program,
            payer,
            code,
            ..
        } = self.new_purchase()
        {
            let key = Some(self.new_key());
            world.ask_twice(&Ask::Buy {
                by,
                program,
                payer,
                key,
                code,
            });
        }
    }

    pub(super) fn cancel(&mut self, world: &mut World<'_>) {
        let (person, purchase) = self.some_purchase(world, |seen| seen.can_cancel);
        let by = person.caller;
        self.ask(world, Ask::Cancel { by, purchase });
    }

    pub(super) fn retry(&mut self, world: &mut World<'_>) {
        let (person, purchase) = self.some_purchase(world, |seen| seen.can_retry);
        let by = person.caller;
        self.ask(world, Ask::Retry { by, purchase });
    }

    /// Staff take something from their list, or meddle with something that is not on it.
    pub(super) fn resolve(&mut self, world: &mut World<'_>) -> anyhow::Result<()> {
        let mut stuck = Vec::new();
        for by in firm::STAFF {
            let brand = by.brand_id;
            let listed = world
                .read(move |tx| repo::purchases::wanting_staff(tx, brand, None, LIST_LIMIT))?;
            let is_stuck = |p: &&Purchase| matches!(p.state, State::Stuck(_));
            stuck.extend(
                listed
                    .iter()
                    .filter(is_stuck)
                    .map(|p| (by, p.id, p.attempt)),
            );
        }
        let (by, purchase, resolution) = match self.draws.pick(&stuck) {
            Some((by, purchase, attempt)) => {
                let resolution = self.resolution();
                if resolution == Resolution::Settled {
                    settle_by_hand(world, purchase, attempt);
                }
                (by, purchase, resolution)
            }
            None if self.draws.chance(25) => {
                let (_, purchase) = self.some_purchase(world, |_| true);
                (self.staff(), purchase, Resolution::Retry)
            }
            None => return Ok(()),
        };
        self.ask(
            world,
            Ask::Resolve {
                by,
                purchase,
                resolution,
            },
        );
        Ok(())
    }

    fn resolution(&mut self) -> Resolution {
        let all = [
            (3, Resolution::Retry),
            (3, Resolution::Settled),
            (2, Resolution::Cancel),
        ];
        self.draws.weighted(&all).unwrap_or(Resolution::Retry)
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
