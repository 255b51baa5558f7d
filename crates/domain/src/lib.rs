//! The pure core: money, ids, programs, ledger moves and the state tables of purchase,
//! challenge and transaction. It reads no clock, draws no random number and knows of no
//! database, no HTTP and no dialect.

pub mod access;
pub mod account;
pub mod basis_points;
pub mod breach;
pub mod certificate;
pub mod challenge;
pub mod claim;
pub mod conversion;
pub mod erasure;
pub mod ids;
pub mod kyc;
pub mod ledger;
pub mod money;
pub mod payout;
pub mod program;
pub mod promotion;
pub mod public_id;
pub mod purchase;
pub mod rule_set;
pub mod symbol;
pub mod time;
pub mod trading_day;
pub mod transaction;
pub mod valuation;
pub mod webhook;

pub use account::{Account, AccountKind, AccountMode, Group};
pub use basis_points::BasisPoints;
pub use ids::*;
pub use money::{Currency, Money, MoneyError};
pub use public_id::{EntityKind, PublicIds};
pub use rule_set::RuleSet;
pub use symbol::{Symbol, SymbolError};
pub use time::UnixMicros;
pub use trading_day::{DayNumber, LocalTime, TradingDay, TradingDayError};
pub use valuation::{BestPrices, Price, Quote, Side, Through, Valuation, ValuationError, Volume};
