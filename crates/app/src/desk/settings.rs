//! What can be set about the desk, and its limits.

use std::time::Duration;
use touchstone_trading::GateRules;

/// The one shard that there is.
pub const SHARD: i64 = 0;

/// Requests that may wait; one more is told to come again.
pub const QUEUE_LIMIT: usize = 4_096;

/// Requests that share one commit.
pub const BATCH_LIMIT: usize = 512;

/// How long prices may wait for company before they are stored, when nothing else asks for a commit.
pub const STORE_PRICES_AFTER: Duration = Duration::from_millis(250);

/// How long the loop sleeps at most.
pub const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How often the owner of the shard says that it is there, when nothing else is written.
pub const HEARTBEAT_SECONDS: i64 = 2;

/// An owner that was not heard of for so long is gone.
pub const SILENT_AFTER_MICROS: i64 = 3 * HEARTBEAT_SECONDS * 1_000_000;

/// How long it waits before it tries again, after the store has failed.
pub const RETRY_AFTER: Duration = Duration::from_millis(200);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeskSettings {
    /// Which ticks are taken in.
    pub gate: GateRules,
    pub turn: TurnLimits,
}

/// How much of what comes for very many accounts at once, as the end of a day does, is done in one turn: ticks and
/// orders come in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnLimits {
    /// Accounts whose day has ended that one commit stores.
    pub calm_accounts: usize,
    /// Accounts that are charged for a night, and as many that are told of news.
    pub nights: usize,
    /// Accounts that are looked at for who watches all of them.
    pub boards: usize,
}

impl Default for TurnLimits {
    fn default() -> Self {
        Self {
            calm_accounts: 100,
            nights: 50,
            boards: 500,
        }
    }
}

/// How often an account with open positions gets a point of its curve, beside those at its deals and days; more seldom
/// where there are so many that it would be more than [`SNAPSHOTS_PER_SECOND`].
pub const SNAPSHOT_EVERY_SECONDS: i64 = 60;

/// Such points that are written in a second, at most.
pub const SNAPSHOTS_PER_SECOND: usize = 500;

/// Such points that one commit takes, at most.
pub const SNAPSHOTS_PER_COMMIT: usize = 500;

/// Accounts that are passed by for each of [`TurnLimits::boards`].
pub const BOARD_STEPS: usize = 20;

/// Boards that may wait; one more is told to come again.
pub const BOARDS_LIMIT: usize = 64;
