//! What happens to calls, processes and time.

use super::Workload;
use crate::network::Fate;
use crate::weather::Weather;
use crate::world::{CALL_TIMEOUT_MS, World};

const MICROS_PER_SECOND: i64 = 1_000_000;

impl Workload {
    pub(super) fn call(&mut self, world: &mut World<'_>) {
        if let Some(call) = self.draws.pick(&world.network.waiting()) {
            let fate = self.weather.fate(&mut self.draws);
            world.decide(call, fate);
        }
    }

    /// Some seconds, some hours, or some days. Calls that have waited too long are given up, unless the whole
    /// machine slept.
    pub(super) fn let_time_pass(&mut self, world: &mut World<'_>) {
        let seconds = match self.draws.below(10) {
            0 if self.draws.chance(40) => self.draws.between(90_000, 400_000),
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

    pub(super) fn crash(&mut self, world: &mut World<'_>, power_loss: bool) -> anyhow::Result<()> {
        let calls = world.network.waiting().len();
        let fates: Vec<Fate> = (0..calls)
            .map(|_| Weather::orphan_fate(&mut self.draws))
            .collect();
        world.crash(power_loss, &fates)
    }
}
