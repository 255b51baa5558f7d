//! The only SQL of Touchstone: one set of statements over an embedded SQLite file or PostgreSQL.
//!
//! A use case is one synchronous closure over a [`Tx`]. [`Store::write`] runs it in one write
//! transaction and answers only after the commit is durable; [`Store::read`] runs it on one
//! read-only snapshot. A caller that goes away cannot cut a closure in half.
//!
//! SQL is written once: `$1..$n` placeholders, BIGINT, TEXT and BLOB, no `now()`, no `::cast`, no JSON
//! operators, `CAST(SUM(x) AS BIGINT)`, and `FOR UPDATE` (without `OF`), which SQLite never sees.
//! DDL writes the tokens of [`migrate`] where the two differ.

pub mod backup;
mod engine;
mod error;
pub mod migrate;
pub mod repo;
#[cfg(feature = "testing")]
pub mod testing;

pub use engine::counter::Counter;
pub use engine::event::{Event, NewEvent};
pub use engine::options::StoreOptions;
pub use engine::read_only::ReadOnlyStore;
pub use engine::row::Row;
pub use engine::stats::StoreStats;
pub use engine::tx::Tx;
pub use engine::url::{DatabaseUrl, UrlError};
pub use engine::value::Value;
pub use engine::{Engine, Store};
pub use error::{OpenError, Outage, StoreError};
