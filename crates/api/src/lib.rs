//! The HTTP edge of Touchstone: two published dialects over one `app`.
//!
//! A handler reads a request of its dialect, runs one use case, and words the outcome. Nothing is
//! decided here, and nothing here knows the database.

pub mod auth;
pub mod client_ip;
mod console;
mod cors;
pub mod dialect;
mod edge;
mod error_codes;
pub mod input;
pub mod limits;
mod login;
mod number;
pub mod openapi;
mod quotes;
pub mod rate_limit;
mod refund_policy;
mod retry;
mod router;
pub mod scaletrade;
mod serve;
pub mod slate;
mod state;
mod streams;
pub mod system;

pub use cors::{NoOrigin, Origin};
pub use edge::around;
pub use router::router;
pub use serve::{Ended, ServeOptions, serve, serve_router};
pub use state::{ApiOptions, ApiState};
pub use touchstone_console::is_built as has_console;
