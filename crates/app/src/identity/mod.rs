//! Who is asking.

mod caller;

pub use caller::{CustomerCaller, SessionError, require_live_customer};
