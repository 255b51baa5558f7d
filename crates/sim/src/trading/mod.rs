//! Worlds in which people trade: prices, orders, days, crashes and reverts, payouts and add-ons that are bought later, on
//! the real application, and an auditor with a ledger and rules of its own.

mod additions;
mod eligible;
mod ledger;
mod model;
mod payouts;
mod play;
mod terms;
mod world;

use crate::auditor::Violation;
use crate::draws::Draws;
use play::Play;
use world::World;

/// Things that happen in a world.
const TURNS: u32 = 120;

/// What a world came to.
pub struct Traded {
    pub trace: Vec<String>,
    pub violations: Vec<Violation>,
}

/// Plays the world of `seed`.
///
/// # Errors
/// When the machine does not give what it takes.
pub fn run(seed: u64) -> anyhow::Result<Traded> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let world = World::begin(seed).await?;
        let mut play = Play::new(world, Draws::new(seed ^ 0x7261_6465));
        for _ in 0..TURNS {
            play.turn().await?;
            if play.is_broken() {
                break;
            }
        }
        play.end().await
    })
}
