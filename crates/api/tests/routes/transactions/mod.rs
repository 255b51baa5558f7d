//! `/transactions`

mod decide;
mod list;
