//! Who is asking.

mod caller;

pub use caller::{
    CustomerCaller, SessionError, StaffCaller, require_live_customer, require_live_staff,
};
