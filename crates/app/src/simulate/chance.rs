//! Chance that repeats itself.

/// SplitMix64: the same numbers for the same seed, on every machine. Each trader has a stream of his own, so that it
/// does not matter in which order, and on how many threads, they live.
#[derive(Clone, Copy, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The standard deviation of [`Chance::normal`].
    pub const ONE: i64 = 37_837;

    pub const fn new(seed: u64, stream: u64) -> Self {
        let mut own = Self(seed);
        let first = own.draw();
        let mut own = Self(first ^ stream.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let second = own.draw();
        Self(second)
    }

    pub const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 up to, not including, `bound`; 0 where there is nothing to choose from.
    pub fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.draw()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    pub fn is_heads(&mut self) -> bool {
        self.draw() & 1 == 0
    }

    /// The sum of four equal draws, near enough to a bell; one in 512 is four times as far, as in the simulated market.
    pub fn normal(&mut self) -> i64 {
        let bits = self.draw();
        let part = |shift: u32| i64::from(u16::try_from((bits >> shift) & 0xFFFF).unwrap_or(0));
        let sum = part(0) + part(16) + part(32) + part(48) - 2 * 65_535;
        if self.below(512) == 0 { sum * 4 } else { sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_streams_differ() {
        let draws = |seed, stream| {
            let mut chance = Chance::new(seed, stream);
            [chance.draw(), chance.draw(), chance.draw()]
        };
        assert_eq!(draws(1, 0), draws(1, 0));
        assert_ne!(draws(1, 0), draws(1, 1));
        assert_ne!(draws(1, 0), draws(2, 0));
    }

    #[test]
    fn the_bell_has_its_width_and_no_side() {
        let mut chance = Chance::new(7, 0);
        let draws: Vec<i128> = (0..200_000).map(|_| chance.normal().into()).collect();
        let mean = draws.iter().sum::<i128>() / 200_000;
        let square = draws.iter().map(|draw| draw * draw).sum::<i128>() / 200_000;
        assert!(mean.abs() < 400, "{mean}");
        // With one in 512 four times as far, the square is 1 + 15/512 times as large.
        let wanted = i128::from(Chance::ONE) * i128::from(Chance::ONE) * 527 / 512;
        assert!((square - wanted).abs() * 50 < wanted, "{square} {wanted}");
    }
}
