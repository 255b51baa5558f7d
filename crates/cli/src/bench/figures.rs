//! What many single times and rates come to.

use std::time::Duration;

/// One measurement of a load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Rate {
    /// From the time that each answer took, in microseconds; `None` without any.
    pub fn of(mut took_us: Vec<u64>, window: Duration) -> Option<Self> {
        took_us.sort_unstable();
        let at = |percent: usize| {
            let index = (took_us.len() * percent / 100).min(took_us.len().saturating_sub(1));
            took_us.get(index).map(|us| *us as f64 / 1_000.0)
        };
        Some(Self {
            per_second: took_us.len() as f64 / window.as_secs_f64(),
            p50_ms: at(50)?,
            p99_ms: at(99)?,
        })
    }

    /// The median of each figure by itself.
    pub fn median(rates: &[Self]) -> Option<Self> {
        Some(Self {
            per_second: median(rates.iter().map(|rate| rate.per_second))?,
            p50_ms: median(rates.iter().map(|rate| rate.p50_ms))?,
            p99_ms: median(rates.iter().map(|rate| rate.p99_ms))?,
        })
    }
}

/// The middle value; of an even number of values the lower of the two.
pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::{Duration, Rate, median};

    #[test]
    fn the_median_is_one_of_the_values() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), Some(2.0));
        assert_eq!(median([7.0].into_iter()), Some(7.0));
        assert_eq!(median(std::iter::empty()), None);
    }

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let took_us: Vec<u64> = (1..=200).rev().map(|n| n * 1_000).collect();
        let rate = Rate::of(took_us, Duration::from_secs(2));
        let expect = Rate {
            per_second: 100.0,
            p50_ms: 101.0,
            p99_ms: 199.0,
        };
        assert_eq!(rate, Some(expect));
        let one = Rate::of(vec![5], Duration::from_secs(1));
        assert_eq!(
            one.map(|rate| (rate.p50_ms, rate.p99_ms)),
            Some((0.005, 0.005))
        );
        assert_eq!(Rate::of(Vec::new(), Duration::from_secs(1)), None);
    }
}
