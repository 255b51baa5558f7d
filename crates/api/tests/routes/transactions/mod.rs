//! `/transactions`

mod decide;
