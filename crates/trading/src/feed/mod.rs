//! Prices as they come in, before anybody has looked at them.

pub(crate) mod decimal;
mod file;
mod gate;
mod layout;

pub use decimal::DecimalFault;
pub use file::{FileFault, FileFaultKind, FileTick, TickFile};
pub use gate::{Action, Counts, Gate, GateRules, TickFault, Verdict};
pub use layout::Layout;

use touchstone_domain::{Price, Symbol, UnixMicros};

/// What a feed says. The prices may be anything; a [`Gate`] says whether they make a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    pub symbol: Symbol,
    pub bid: Price,
    pub ask: Price,
    /// The feed's own time.
    pub fed_at: UnixMicros,
    /// The feed's own number, where it has one: each is above the one before.
    pub sequence: Option<u64>,
}
