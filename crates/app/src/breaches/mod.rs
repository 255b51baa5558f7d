//! Rules that were crossed: what is shown of them, and what staff make of them.

mod list;
mod replay;
mod review;
mod view;

pub use list::BreachPage;
pub use replay::{ReplayError, Replayed, replay};
pub use review::{ReviewError, Reviewed};
pub use touchstone_store::repo::desk::breaches::Filter as BreachFilter;
pub use view::{BreachView, Figure};
