//! The desk: one loop that owns live accounts, takes ticks and orders in, and makes durable what follows from them
//! before anybody is told.

mod addon;
mod addon_rows;
mod backlog;
mod block;
mod board;
mod call_off;
mod commit;
pub(crate) mod event_text;
mod feeds;
pub mod group;
mod growth;
mod growth_rows;
mod handle;
mod instruments;
mod life;
mod load;
mod market;
mod metrics;
mod others;
mod pairs;
mod payout;
mod payout_rows;
mod read;
mod review;
mod run;
pub mod settings;
mod shard;
mod thread;
mod ticks;

pub use addon::Addition;
pub use backlog::BacklogView;
pub use block::{Block, Damaged, read as read_block};
pub use board::{BoardAsk, BoardSums, BoardView};
pub(crate) use call_off::CallOff;
pub use commit::{CommitError, rule_name};
pub use feeds::{FeedCounts, FeedsView};
pub use growth::GrowthAsk;
pub use handle::{Desk, DeskError, FeedReport, Restore, ReviewOutcome, SetAnchor};
pub use instruments::{Instruments, InstrumentsError};
pub use load::LoadError;
pub use market::{Known, Step, Taken};
pub(crate) use metrics::day_row;
pub use payout::{PayoutAsk, PayoutLook, PayoutReject};
pub use read::rules_of;
pub use run::Runner;
#[cfg(test)]
pub(crate) use shard::Batch;
pub use shard::{
    AccountView, Answer, Asked, AtVerdict, BoardRow, Body, Cause, ClosedThen, Evidence, NotClosed,
    PositionThen, PositionView, QuoteView, RulesView, Shard, ShardError,
};
/// What one account is to the shard, for whoever drives a shard of his own.
pub(crate) mod shard_parts {
    pub use super::shard::{AskedPayout, Grown, Live, Owner};
}
pub use thread::DeskThread;
pub use ticks::{FeedsError, SentTick, TicksError};

pub use touchstone_rules::Origin;
pub use touchstone_trading::{Command, OrderKind, OrderRequest, Protection, Tick};
