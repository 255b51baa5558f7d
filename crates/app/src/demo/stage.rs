//! A price that goes up and down by script. It depends on the time alone, so that it goes on where it should after a
//! restart.

use std::ops::Range;
use touchstone_domain::{Price, Symbol, UnixMicros};
use touchstone_trading::{Catalogue, Tick};

/// What can be traded in a demo.
pub fn catalogue() -> String {
    format!("{}{}", Catalogue::DEFAULT, include_str!("stage.toml"))
}

const SYMBOL: &str = "DEMOWAVE";
/// A climb and a fall.
const PERIOD_MICROS: i64 = 40_000_000;
const HALF_MICROS: i64 = PERIOD_MICROS / 2;
const STEP_MICROS: i64 = 500_000;
/// Hundredths of a dollar.
const LOW: i64 = 10_000;
const HIGH: i64 = 11_000;
const SPREAD: i64 = 2;
/// How many steps are quoted after a pause, at most.
const STEPS_MAX: i64 = 8;

/// Where the wave is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The price has begun to climb.
    Low,
    /// It has begun to fall.
    High,
}

impl Turn {
    /// When one can still come in at it.
    const fn window(self) -> Range<i64> {
        match self {
            Self::Low => 0..3_000_000,
            Self::High => HALF_MICROS..HALF_MICROS + 3_000_000,
        }
    }

    pub fn is_at(self, now: UnixMicros) -> bool {
        self.window().contains(&now.0.rem_euclid(PERIOD_MICROS))
    }
}

#[derive(Clone, Debug)]
pub struct Wave {
    symbol: Symbol,
    at: UnixMicros,
}

impl Wave {
    /// # Panics
    /// Never: the name is a symbol's.
    pub fn new(start: UnixMicros) -> Self {
        Self {
            symbol: SYMBOL.parse().expect("the name is a symbol's"),
            at: UnixMicros(start.0.div_euclid(STEP_MICROS) * STEP_MICROS),
        }
    }

    pub const fn symbol(&self) -> Symbol {
        self.symbol
    }

    /// The steps since the last call; after a long pause only the last few.
    pub fn next(&mut self, now: UnixMicros) -> Vec<Tick> {
        let passed = now.micros_since(self.at).div_euclid(STEP_MICROS);
        let shown = passed.clamp(0, STEPS_MAX);
        let first = self.at.plus_micros((passed - shown) * STEP_MICROS);
        self.at = self.at.plus_micros(passed.max(0) * STEP_MICROS);
        let steps = 1..=shown;
        steps
            .map(|step| self.tick(first.plus_micros(step * STEP_MICROS)))
            .collect()
    }

    fn tick(&self, at: UnixMicros) -> Tick {
        let into = at.0.rem_euclid(PERIOD_MICROS);
        let climbed = into.min(PERIOD_MICROS - into);
        let bid = LOW + (HIGH - LOW) * climbed / HALF_MICROS;
        Tick {
            symbol: self.symbol,
            bid: Price(bid),
            ask: Price(bid + SPREAD),
            fed_at: at,
            sequence: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Instruments;

    #[test]
    fn the_wave_goes_up_and_down_and_turns_where_it_says() {
        let start = UnixMicros::from_seconds(1_778_160_000);
        let mut wave = Wave::new(start);
        let mut bids = Vec::new();
        for second in 1..=40 {
            let now = start.plus_seconds(second);
            let ticks = wave.next(now);
            assert_eq!(ticks.len(), 2, "two steps a second");
            assert_eq!(ticks[1].fed_at, now);
            bids.push(ticks[1].bid.0);
        }
        assert_eq!((bids[0], bids[19], bids[39]), (10_050, 11_000, 10_000));
        assert!(bids[..20].is_sorted() && bids[19..].is_sorted_by(|a, b| a > b));
        assert!(Turn::Low.is_at(start.plus_seconds(40)) && !Turn::High.is_at(start));
        assert!(
            Turn::High.is_at(start.plus_seconds(22)) && !Turn::High.is_at(start.plus_seconds(23))
        );
        let late = wave.next(start.plus_seconds(4_000));
        assert_eq!(late.len(), 8, "a long pause is no flood");
        assert_eq!(late[7].fed_at, start.plus_seconds(4_000));
    }

    #[test]
    fn the_demo_can_trade_it() {
        let instruments = Instruments::demo();
        let wave = Wave::new(UnixMicros(0));
        assert!(instruments.get(wave.symbol()).is_some());
    }
}
