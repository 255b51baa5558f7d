//! Shares, means and ranges with how sure they are, in whole numbers: no float, so that what is printed is the same
//! everywhere.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use touchstone_domain::basis_points::format_decimal;

/// How many of how many, with the interval that holds the true share in 95 of 100 runs (Wilson).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub count: u64,
    pub of: u64,
}

/// Millionths.
const WHOLE: u128 = 1_000_000;

impl Share {
    pub const fn new(count: u64, of: u64) -> Self {
        Self { count, of }
    }

    /// In millionths, rounded to the nearest; 0 of nothing.
    pub fn ppm(self) -> u64 {
        if self.of == 0 {
            return 0;
        }
        let (count, of) = (u128::from(self.count), u128::from(self.of));
        narrow((count * WHOLE + of / 2) / of)
    }

    /// The ends of the interval in millionths; everything is possible of nothing.
    pub fn interval_ppm(self) -> (u64, u64) {
        if self.of == 0 {
            return (0, narrow(WHOLE));
        }
        let (count, of) = (u128::from(self.count), u128::from(self.of));
        // With z = 1.96: z squared is 3.8416, half of it 1.9208, a quarter 0.9604.
        let below = of * 10_000 + 38_416;
        let centre = (count * 10_000 + 19_208) * WHOLE / below;
        let square = count * (of - count) * WHOLE * WHOLE / of + 960_400_000_000;
        let half = square.isqrt() * 19_600 / below;
        (
            narrow(centre.saturating_sub(half)),
            narrow((centre + half).min(WHOLE)),
        )
    }
}

fn narrow(wide: u128) -> u64 {
    u64::try_from(wide).unwrap_or(u64::MAX)
}

/// Millionths as percent with one decimal.
pub(super) fn percent(ppm: u64) -> String {
    let tenths = (ppm + 500) / 1_000;
    format_decimal(i64::try_from(tenths).unwrap_or(i64::MAX), 1)
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (low, high) = self.interval_ppm();
        let mut told = to.serialize_struct("Share", 5)?;
        told.serialize_field("count", &self.count)?;
        told.serialize_field("of", &self.of)?;
        told.serialize_field("pct", &percent(self.ppm()))?;
        told.serialize_field("low_pct", &percent(low))?;
        told.serialize_field("high_pct", &percent(high))?;
        told.end()
    }
}

/// A mean, and how far to either side of it the true one may lie in 95 of 100 runs (normal).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mean {
    pub mean: i64,
    pub half: i64,
}

impl Mean {
    pub fn of(values: &[i64]) -> Self {
        let count = i128::try_from(values.len()).unwrap_or(i128::MAX);
        if count == 0 {
            return Self::default();
        }
        let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
        let mean = rounded(sum, count);
        if count == 1 {
            return Self { mean, half: 0 };
        }
        let squares: i128 = values.iter().map(|value| i128::from(*value).pow(2)).sum();
        // The variance of the mean is (n * squares - sum^2) / (n^2 * (n - 1)); a hundredth of a unit is kept.
        let spread = (count * squares - sum * sum).unsigned_abs();
        let below = (count * count * (count - 1)).unsigned_abs();
        let error = (spread / below * 10_000 + spread % below * 10_000 / below).isqrt();
        let half = i64::try_from((error * 196 + 5_000) / 10_000).unwrap_or(i64::MAX);
        Self { mean, half }
    }

    pub const fn low(self) -> i64 {
        self.mean.saturating_sub(self.half)
    }

    pub const fn high(self) -> i64 {
        self.mean.saturating_add(self.half)
    }
}

fn rounded(sum: i128, count: i128) -> i64 {
    let half = count / 2 * sum.signum();
    i64::try_from((sum + half) / count).unwrap_or(i64::MAX)
}

/// Where the lowest tenth ends, the middle lies and the highest tenth begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    pub p10: i64,
    pub median: i64,
    pub p90: i64,
}

impl Spread {
    /// `None` of nothing.
    pub fn of(values: &[i64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        // The nearest rank.
        let at = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).max(1);
            sorted.get(rank - 1).copied()
        };
        Some(Self {
            p10: at(10)?,
            median: at(50)?,
            p90: at(90)?,
        })
    }
}

/// Equal parts of a range, with how many values lie in each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Histogram {
    /// The lower end of the first part.
    pub from: i64,
    pub width: i64,
    pub counts: Vec<u64>,
}

impl Histogram {
    /// At most `most` parts; each is 1, 2 or 5 times a power of ten wide, and begins with a multiple of it.
    pub fn of(values: &[i64], most: i64) -> Self {
        let (Some(least), Some(largest)) = (values.iter().min(), values.iter().max()) else {
            return Self::default();
        };
        let parts = |width: i64| largest.div_euclid(width) - least.div_euclid(width) + 1;
        let widths = (0..18_u32).flat_map(|power| [1, 2, 5].map(|of| of * 10_i64.pow(power)));
        let width = widths
            .into_iter()
            .find(|width| parts(*width) <= most.max(1));
        let width = width.unwrap_or(i64::MAX);
        let first = least.div_euclid(width);
        let mut counts = vec![0; usize::try_from(parts(width)).unwrap_or(1)];
        for value in values {
            let place = usize::try_from(value.div_euclid(width) - first).unwrap_or(0);
            if let Some(count) = counts.get_mut(place) {
                *count += 1;
            }
        }
        Self {
            from: first.saturating_mul(width),
            width,
            counts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    // Brown, Cai and DasGupta give Wilson's interval; these were worked out from it by hand.
    #[rstest]
    #[case(0, 10, 0, 277_540)]
    #[case(5, 10, 236_590, 763_410)]
    #[case(10, 10, 722_460, 1_000_000)]
    #[case(100, 1_000, 82_909, 120_152)]
    #[case(0, 0, 0, 1_000_000)]
    fn wilson_s_interval(#[case] count: u64, #[case] of: u64, #[case] low: u64, #[case] high: u64) {
        let (found_low, found_high) = Share::new(count, of).interval_ppm();
        assert!(found_low.abs_diff(low) <= 2, "{found_low}");
        assert!(found_high.abs_diff(high) <= 2, "{found_high}");
    }

    #[rstest]
    #[case(&[], 0, 0)]
    #[case(&[7], 7, 0)]
    // The deviation is 1,581.14, its error 707.11.
    #[case(&[1_000, 2_000, 3_000, 4_000, 5_000], 3_000, 1_386)]
    #[case(&[-100, 100], 0, 196)]
    #[case(&[i64::MAX / 4, i64::MAX / 4], i64::MAX / 4, 0)]
    fn means_and_how_sure_they_are(#[case] values: &[i64], #[case] mean: i64, #[case] half: i64) {
        assert_eq!(Mean::of(values), Mean { mean, half });
    }

    #[test]
    fn ranks_are_the_nearest() {
        let values: Vec<i64> = (1..=10).rev().collect();
        let found = Spread::of(&values).unwrap();
        assert_eq!((found.p10, found.median, found.p90), (1, 5, 9));
        assert_eq!(Spread::of(&[]), None);
        assert_eq!(Spread::of(&[4]).unwrap().median, 4);
    }

    #[rstest]
    #[case(&[], 5, 0, 0, &[])]
    #[case(&[3], 5, 3, 1, &[1])]
    #[case(&[-1, 0, 7, 19], 5, -5, 5, &[1, 1, 1, 0, 1])]
    fn histograms_have_round_parts(
        #[case] values: &[i64],
        #[case] most: i64,
        #[case] from: i64,
        #[case] width: i64,
        #[case] counts: &[u64],
    ) {
        let found = Histogram::of(values, most);
        assert_eq!((found.from, found.width), (from, width));
        assert_eq!(found.counts, counts);
    }
}
