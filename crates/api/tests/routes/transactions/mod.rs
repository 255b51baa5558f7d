//! `/transactions`

mod claims;
mod decide;
mod list;
mod manual;
