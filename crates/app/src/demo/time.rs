//! A clock that is set ahead takes its prices with it: in small steps for minutes, in larger ones for days, and with a
//! price of everything that is open just before each instant at which rules or nights fall due.

use super::{Demo, Inner};
use crate::App;
use crate::desk::DeskError;
use crate::ports::{Clock, ManualClock};
use touchstone_domain::UnixMicros;
use touchstone_trading::Tick;

const MICROS_PER_SECOND: i64 = 1_000_000;
/// Up to so much every move of the market is shown, second by second.
const FINE_SECONDS: i64 = 600;
/// Steps of one advance, at most; what is due itself comes on top.
const STEPS_MAX: i64 = 120;
/// Instants at which something is due that get prices of their own in one advance, at most.
const DUES_MAX: i64 = 250;
/// How long before an instant its prices come. One that leapt far is believed when others agree with it and some seconds have
/// passed, so that the first comes long enough before the last.
const BEFORE_MICROS: [&[i64]; 2] = [&[6_500_000], &[750_000, 500_000, 250_000]];

/// What an advance has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advanced {
    pub now: UnixMicros,
    /// How often the clock was moved on the way.
    pub steps: i64,
}

impl Demo {
    /// Moves the clock by so many seconds; when it is answered everything up to then was judged.
    ///
    /// # Errors
    /// Whatever the desk says. The clock is at its new time then, too.
    pub async fn advance(
        &self,
        app: &App,
        clock: &ManualClock,
        seconds: i64,
    ) -> Result<Advanced, DeskError> {
        let mut inner = self.inner.lock().await;
        let until = clock.now().plus_seconds(seconds);
        let walked = match seconds <= FINE_SECONDS {
            true => inner.walk(app, clock, seconds).await,
            false => inner.leap(app, clock, until).await,
        };
        let now = clock.advance_micros(until.micros_since(clock.now()));
        let steps = walked?;
        app.desk.wake().await?;
        Ok(Advanced { now, steps })
    }
}

impl Inner {
    async fn walk(
        &mut self,
        app: &App,
        clock: &ManualClock,
        seconds: i64,
    ) -> Result<i64, DeskError> {
        for _ in 0..seconds {
            clock.advance_micros(MICROS_PER_SECOND);
            self.step(app).await?;
        }
        Ok(seconds)
    }

    async fn leap(
        &mut self,
        app: &App,
        clock: &ManualClock,
        until: UnixMicros,
    ) -> Result<i64, DeskError> {
        let whole = until.micros_since(clock.now());
        let stride = (whole / STEPS_MAX).max(MICROS_PER_SECOND);
        let (mut steps, mut dues) = (0, 0);
        while clock.now() < until {
            let mut next = clock.now().plus_micros(stride).min(until);
            let due = app.desk.next_boundary().await?;
            if dues < DUES_MAX && due > clock.now() && due <= next {
                (next, dues) = (due, dues + 1);
            }
            for together in BEFORE_MICROS {
                let instants = together.iter().map(|before| next.plus_micros(-before));
                let mut ticks = Vec::new();
                for at in instants.filter(|at| *at > clock.now()) {
                    ticks.extend(self.glance(at));
                }
                if let Some(last) = ticks.last() {
                    clock.advance_micros(last.fed_at.micros_since(clock.now()).max(0));
                }
                self.feed(app, ticks).await?;
            }
            clock.advance_micros(next.micros_since(clock.now()));
            self.act(app, next).await?;
            steps += 1;
        }
        Ok(steps)
    }

    /// One price of everything that is open.
    fn glance(&mut self, at: UnixMicros) -> Vec<Tick> {
        let mut ticks = self.market.as_mut().map_or_else(Vec::new, |m| m.leap(at));
        ticks.extend(self.waves(at));
        ticks
    }
}
