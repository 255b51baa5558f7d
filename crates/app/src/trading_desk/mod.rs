//! What people see of trading and ask of it: accounts, instruments, orders, positions and deals. The session and whose
//! account it is are looked at in the store; the desk does the rest.

mod account;
mod board;
mod history;
mod list;
mod market;
mod preflight;
mod request;
mod trade;
mod watch;
mod watched;

pub use account::{JourneyPlace, Standing, TradingAccount};
pub use board::{BoardFilter, BoardLine, BoardPage};
pub(crate) use history::order_views;
pub use history::{DealPage, OrderPage, OrderView};
pub use list::{AccountFilter, AccountPage};
pub use market::InstrumentView;
pub use preflight::{PreflightAction, PreflightAnswer, PreflightRequest};
pub use request::kind_of;
pub use request::{Change, OrderWords, PatchWords, PlaceWords, ProtectWords, Unreadable};
pub use touchstone_store::repo::account_list::{Between, Listed, Sort, SortKey};
pub use touchstone_store::repo::desk::history::Deal as BookedDeal;
pub use trade::{Executed, Wish};
pub use watch::AccountWatch;
pub use watched::Watched;

pub use touchstone_domain::rule_set::Measure;
pub use touchstone_rules::{AnchorSource, Limit, Origin, Status as PhaseStatus};
pub use touchstone_trading::{
    Booking, ClientId, Command, Freshness, HedgedMargin, Instrument, Order, OrderKind, Protection,
    Refusal, SwapUnit, Trading,
};

use crate::desk::{Answer, DeskError};
use crate::identity::SessionError;
use touchstone_domain::rule_set::ConductRule;
use touchstone_store::StoreError;

/// What stands against a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    Refused(Refusal),
    AgainstRule(ConductRule),
    /// The day's limit was reached: nothing is opened until the reset.
    Paused,
    /// The account is of no challenge that runs.
    NotTraded,
}

#[derive(Debug, thiserror::Error)]
pub enum TradeError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or not the caller's to see.
    #[error("there is no such account")]
    NotFound,
    #[error("there is no such instrument")]
    NoInstrument,
    /// The caller has none that is traded, or several.
    #[error("name the account")]
    WhichAccount,
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("{0:?}")]
    Against(Obstacle),
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// What is stored cannot be read.
    #[error("account {login}: {fault}")]
    Broken { login: i64, fault: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for TradeError {
    fn from(refusal: Refusal) -> Self {
        Self::Against(Obstacle::Refused(refusal))
    }
}

/// What an answer of the desk stands against the command with; `None` when it was done.
const fn obstacle(answer: &Answer) -> Option<Obstacle> {
    match answer {
        Answer::Done { .. } | Answer::Repeated(_) => None,
        Answer::Refused(refusal) => Some(Obstacle::Refused(*refusal)),
        Answer::AgainstRule { rule, .. } => Some(Obstacle::AgainstRule(*rule)),
        Answer::Paused => Some(Obstacle::Paused),
        Answer::NotTraded => Some(Obstacle::NotTraded),
    }
}
