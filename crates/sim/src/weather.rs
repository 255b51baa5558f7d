//! How rough a world is, drawn once from its seed. Every number is a percentage.

use crate::draws::Draws;
use crate::network::Fate;

#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// The trading server is a remote one.
    pub remote: bool,
    /// How much is paid at a cashier; 50 is about as much as from wallets.
    pub cashier: u64,
    refused: u64,
    lost: u64,
    /// A process ends, of its own or by a power failure.
    pub crash: u64,
    /// The store closes in the middle of what follows.
    pub plug: u64,
    /// Somebody does not wait for the end.
    pub hurry: u64,
    /// A connection breaks.
    pub hang_up: u64,
}

impl Weather {
    pub fn draw(draws: &mut Draws) -> Self {
        // From a calm day to a storm.
        let rough = draws.below(4);
        Self {
            remote: draws.chance(75),
            cashier: 25 * draws.below(5),
            refused: rough * 6,
            lost: rough * 8,
            crash: rough,
            plug: rough,
            hurry: draws.below(40),
            hang_up: rough,
        }
    }

    /// What becomes of a call.
    pub fn fate(&self, draws: &mut Draws) -> Fate {
        let fine = 100_u64.saturating_sub(self.refused + self.lost);
        draws
            .weighted(&[
                (fine, Fate::Done),
                (self.refused, Fate::Refused),
                (self.lost / 8, Fate::Doubled),
                (self.lost, Fate::AnswerLost),
                (self.lost / 2, Fate::CallLost),
                (self.lost / 2, Fate::Late),
            ])
            .unwrap_or(Fate::Done)
    }

    /// What becomes of a call whose caller is gone.
    pub fn orphan_fate(draws: &mut Draws) -> Fate {
        draws
            .weighted(&[(2, Fate::AnswerLost), (1, Fate::CallLost), (1, Fate::Late)])
            .unwrap_or(Fate::CallLost)
    }
}
