//! Webhooks: which events an endpoint wants, when a delivery is tried again, and when an endpoint is given up.

use crate::UnixMicros;

/// Pauses after the first, second ... attempt that failed; after the last one there is no further attempt.
pub const PAUSES_SECONDS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// An endpoint that has answered nothing well for so long is switched off.
pub const GIVEN_UP_AFTER_SECONDS: i64 = 5 * 86_400;

/// How much longer than told a pause gets at most, so that what failed together is not tried together: a tenth.
const JITTER_PARTS: i64 = 10;

/// When the next attempt is, after so many that failed; `chance` spreads it. `None` after the last.
pub fn next_attempt(now: UnixMicros, failed: i64, chance: u8) -> Option<UnixMicros> {
    let index = usize::try_from(failed.max(1) - 1).ok()?;
    let pause = PAUSES_SECONDS.get(index)? * 1_000_000;
    let more = pause / JITTER_PARTS * i64::from(chance) / i64::from(u8::MAX);
    Some(UnixMicros(now.0 + pause + more))
}

/// Whether an endpoint is given up that has failed since then without one success.
pub fn is_given_up(failing_since: UnixMicros, now: UnixMicros) -> bool {
    failing_since.plus_seconds(GIVEN_UP_AFTER_SECONDS) <= now
}

/// Which kinds of events an endpoint is told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter(Vec<String>);

impl EventFilter {
    /// From kinds (`payout.paid`) and beginnings (`payout.*`); none of them is every kind.
    pub fn new(patterns: impl IntoIterator<Item = String>) -> Self {
        let mut patterns: Vec<_> = patterns.into_iter().collect();
        patterns.sort();
        patterns.dedup();
        Self(patterns)
    }

    pub fn patterns(&self) -> &[String] {
        &self.0
    }

    pub fn matches(&self, kind: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| fits(pattern, kind))
    }
}

/// Whether a kind is this one, or begins like it up to the point before `*`.
pub fn fits(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => {
            beginning.is_empty() || (beginning.ends_with('.') && kind.starts_with(beginning))
        }
        None => pattern == kind,
    }
}

/// Why an endpoint is told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisabledBy {
    Staff = 0,
    /// It has failed for too long.
    Failures = 1,
    /// It has answered `410 Gone`.
    Gone = 2,
}

impl DisabledBy {
    pub const ALL: [Self; 3] = [Self::Staff, Self::Failures, Self::Gone];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Failures => "failures",
            Self::Gone => "gone",
        }
    }
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is to be sent, now or later.
    Pending = 0,
    /// The endpoint has answered with 2xx.
    Delivered = 1,
    /// Every attempt failed.
    Failed = 2,
    /// Its endpoint was deleted before.
    Cancelled = 3,
}

/// What happens to a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryEvent {
    Succeed,
    /// An attempt failed, and another one follows.
    Fail,
    /// The last attempt failed.
    RunOut,
    Replay,
    /// The endpoint is deleted.
    Cancel,
}

impl DeliveryState {
    pub const ALL: [Self; 4] = [
        Self::Pending,
        Self::Delivered,
        Self::Failed,
        Self::Cancelled,
    ];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The one table of transitions; `None`: nothing comes of it.
    pub const fn after(self, event: DeliveryEvent) -> Option<Self> {
        use DeliveryEvent as E;
        match (self, event) {
            (Self::Pending, E::Succeed) => Some(Self::Delivered),
            (Self::Pending, E::Fail) => Some(Self::Pending),
            (Self::Pending, E::RunOut) => Some(Self::Failed),
            (Self::Pending, E::Cancel) => Some(Self::Cancelled),
            (Self::Pending | Self::Delivered | Self::Failed, E::Replay) => Some(Self::Pending),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::every_kind(&[], "payout.paid", true)]
    #[case::the_kind(&["payout.paid"], "payout.paid", true)]
    #[case::another(&["payout.paid"], "payout.approved", false)]
    #[case::longer(&["payout.paid"], "payout.paid_out", false)]
    #[case::beginning(&["payout.*"], "payout.paid", true)]
    #[case::like_it(&["payout.*"], "payouts.paid", false)]
    #[case::one_of(&["payout.*", "customer.erased"], "customer.erased", true)]
    #[case::star(&["*"], "anything", true)]
    #[case::half_a_word(&["pay*"], "payout.paid", false)]
    fn what_an_endpoint_wants(#[case] patterns: &[&str], #[case] kind: &str, #[case] wanted: bool) {
        let filter = EventFilter::new(patterns.iter().map(|one| (*one).to_owned()));
        assert_eq!(filter.matches(kind), wanted);
    }

    #[test]
    fn pauses_grow_over_days_and_end() {
        let (mut now, mut failed) = (UnixMicros(0), 1);
        while let Some(next) = next_attempt(now, failed, 0) {
            assert_eq!(
                next.0 - now.0,
                PAUSES_SECONDS[failed as usize - 1] * 1_000_000
            );
            (now, failed) = (next, failed + 1);
        }
        assert_eq!((failed, now.seconds()), (10, 272_105));
        assert_eq!(
            next_attempt(UnixMicros(0), 1, u8::MAX),
            Some(UnixMicros(5_500_000))
        );
    }

    #[test]
    fn an_endpoint_is_given_up_after_five_days() {
        let since = UnixMicros(7);
        assert!(!is_given_up(since, UnixMicros(7 + 432_000_000_000 - 1)));
        assert!(is_given_up(since, UnixMicros(7 + 432_000_000_000)));
    }

    /// Rows: states; columns: succeed, fail, run out, replay, cancel.
    const TABLE: &str = "\
pending   | delivered pending failed pending cancelled
delivered | -         -       -      pending -
failed    | -         -       -      pending -
cancelled | -         -       -      -       -
";

    #[test]
    fn the_table_of_a_delivery() {
        use DeliveryEvent::{Cancel, Fail, Replay, RunOut, Succeed};
        let mut lines = TABLE.lines();
        for state in DeliveryState::ALL {
            let (name, cells) = lines.next().and_then(|l| l.split_once('|')).expect("a row");
            assert_eq!(name.trim(), state.name());
            let found = [Succeed, Fail, RunOut, Replay, Cancel].map(|event| {
                let after = state.after(event);
                after.map_or("-", DeliveryState::name)
            });
            assert_eq!(cells.split_whitespace().collect::<Vec<_>>(), found);
        }
    }
}
