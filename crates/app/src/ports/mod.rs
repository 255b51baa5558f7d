//! The world outside, one trait each, with a real implementation and one for tests.

mod bridge;
mod cashier;
mod clock;
mod random;
mod scripted;
mod trading_server;

pub use bridge::{BridgeTradingServer, sign};
pub use cashier::{Cashier, DemoCashier, HostedCashier, Invoice};
pub use clock::{Clock, ManualClock, SystemClock, uptime};
pub use random::{OsRandom, Random, SeededRandom};
pub use scripted::{Behaviour, Books, ScriptedTradingServer};
pub use trading_server::{Answer, Call, TradingServer};

use std::sync::Arc;

#[derive(Clone)]
pub struct Ports {
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    /// `None`: the built-in trading server, which takes part in our own commits.
    pub remote_trading: Option<Arc<dyn TradingServer>>,
    /// `None`: customers cannot pay here, staff approve what came in another way.
    pub cashier: Option<Arc<dyn Cashier>>,
}
