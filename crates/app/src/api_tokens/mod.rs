//! Tokens for programs: each acts for the person who made it, as far as its scopes go and never further than he may now.

mod change;
mod make;
mod secret;
mod sign_in;
mod view;

pub use change::TokenPatch;
pub use make::{NewToken, TokenError};
pub use secret::Secret;
pub use sign_in::{Entry, EntryError};
pub use view::{Expiry, TokenStatus, TokenView};
