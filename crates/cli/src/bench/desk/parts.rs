//! What a tick's time is made of, from the server's own metrics.

use std::time::Duration;

use touchstone_api::system::metrics::recorder;

/// Sum and count of a histogram.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Part {
    seconds: f64,
    count: f64,
}

/// Of all ticks and commits so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Parts {
    pub to_verdict: Part,
    /// Commits of the desk: writing the rows, and making them durable.
    pub desk_commit: Part,
    /// Making them durable.
    pub store_commit: Part,
}

impl Part {
    fn of(text: &str, name: &str) -> Self {
        let value = |end: &str| {
            let lines = text.lines().filter_map(|line| line.strip_prefix(name));
            let mut values = lines.filter_map(|rest| rest.strip_prefix(end));
            values.find_map(|value| value.trim().parse().ok())
        };
        Self {
            seconds: value("_sum ").unwrap_or(0.0),
            count: value("_count ").unwrap_or(0.0),
        }
    }

    fn since(self, before: Self) -> Self {
        Self {
            seconds: self.seconds - before.seconds,
            count: self.count - before.count,
        }
    }

    pub fn mean_ms(self) -> f64 {
        1_000.0 * self.seconds / self.count.max(1.0)
    }

    /// What all of them took of a time.
    pub fn percent_of(self, took: Duration) -> f64 {
        100.0 * self.seconds / took.as_secs_f64().max(0.001)
    }
}

/// How many accounts the desk says that it has.
pub fn accounts() -> usize {
    accounts_of(&recorder().render())
}

fn accounts_of(text: &str) -> usize {
    let mut values = text
        .lines()
        .filter_map(|line| line.strip_prefix("touchstone_desk_accounts "));
    values
        .find_map(|value| value.trim().parse().ok())
        .unwrap_or(0)
}

impl Parts {
    pub fn now() -> Self {
        Self::of(&recorder().render())
    }

    fn of(text: &str) -> Self {
        Self {
            to_verdict: Part::of(text, "touchstone_desk_tick_to_verdict_seconds"),
            desk_commit: Part::of(text, "touchstone_desk_commit_seconds"),
            store_commit: Part::of(text, "touchstone_store_commit_seconds"),
        }
    }

    pub fn since(self, before: &Self) -> Self {
        Self {
            to_verdict: self.to_verdict.since(before.to_verdict),
            desk_commit: self.desk_commit.since(before.desk_commit),
            store_commit: self.store_commit.since(before.store_commit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_what_the_desk_says() {
        let text = "# TYPE touchstone_desk_accounts gauge\ntouchstone_desk_accounts 300\n";
        assert_eq!((accounts_of(text), accounts_of("")), (300, 0));
    }

    #[test]
    fn a_part_is_what_has_come_since() {
        let text = |sum: &str, count: u64| {
            format!(
                "# TYPE touchstone_desk_commit_seconds histogram\ntouchstone_desk_commit_seconds_bucket{{le=\"1\"}} 9\n\
                     touchstone_desk_commit_seconds_sum {sum}\ntouchstone_desk_commit_seconds_count {count}\n"
            )
        };
        let (before, after) = (Parts::of(&text("0.5", 10)), Parts::of(&text("0.75", 110)));
        let part = after.since(&before).desk_commit;
        assert_eq!((part.count, part.mean_ms()), (100.0, 2.5));
        assert_eq!(part.percent_of(Duration::from_secs(1)), 25.0);
        assert_eq!(after.to_verdict, Part::default());
    }
}
