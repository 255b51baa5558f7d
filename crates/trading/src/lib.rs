//! The built-in trading server, pure: instruments, orders, positions, margin, and the prices that come in.
//!
//! An account is a state machine: [`step`] takes an account and an input and answers the account afterwards, with what
//! happened as data. The account afterwards is the account before with each [`Effect`] applied, so that effects are all
//! that a store has to keep. Time, prices and numbers of orders come in as values.
//!
//! # Rounding
//! Every amount is rounded once, to a minor unit of the account's currency, half away from zero, by
//! [`touchstone_domain::Valuation`]: the floating profit of each position, the profit, commission and margin of each
//! deal, the swap of each position and rollover. A gain is converted at the price at which its currency can be sold, a
//! loss, a cost and a margin at the price at which it must be bought. Opening prices are never averaged to a whole
//! point: a position keeps the sum of price times volume. When a part of it is closed, its share of that sum and of the
//! margin is rounded, and the rest stays with the position, so nothing is lost on the way.
//!
//! # One tick
//! The caller sets the price, then gives [`Input::Tick`] to the accounts that it can matter to (waiting orders that are
//! over expire; stops and targets of positions, by their numbers; waiting orders, by theirs; trailing stops), judges its
//! rules, and gives [`Input::Judge`] (margin call and stop-out). What a tick opens is not closed by the same tick.

mod account;
mod band;
mod catalogue;
mod command;
mod effect;
mod feed;
mod figures;
mod group_trading;
mod hours;
mod prices;
mod refusal;
mod simulated;
mod terms;
mod turn;

pub use account::{
    Account, Booking, Order, Position, Protection, SEEN_KEPT, Seen, Standing, Waiting,
};
pub use band::Band;
pub use catalogue::{
    AssetClass, Catalogue, CatalogueFault, Instrument, Swap, SwapUnit, TermsPatch, Trading,
};
pub use command::{ClientId, Command, Input, OrderKind, OrderRequest};
pub use effect::{CancelReason, Deal, DealReason, Effect, Entry};
pub use feed::{
    Action, Counts, DecimalFault, FileFault, FileFaultKind, FileTick, Gate, GateRules, Layout,
    Tick, TickFault, TickFile, Verdict,
};
pub use figures::{Fault, Figures, equity_floor};
pub use group_trading::GroupTrading;
pub use hours::{Hours, HoursFault};
pub use prices::{Freshness, Last, Prices};
pub use refusal::Refusal;
pub use simulated::SimulatedMarket;
pub use terms::{Conditions, GroupTerms, HedgedMargin, Terms, TermsFault};
pub use turn::{Outcome, Preflight, Scene, preflight, step};
