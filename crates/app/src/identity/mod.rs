//! Who is asking.

mod caller;
mod token;

pub use caller::{
    CustomerCaller, SessionError, StaffCaller, require_live, require_live_customer,
    require_live_staff,
};
pub use token::{AccountCaller, Caller, InvalidToken, issue, verify};
