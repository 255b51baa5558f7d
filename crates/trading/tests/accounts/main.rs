//! Accounts, seen from outside.

mod catalogue;
mod client_ids;
mod desk;
mod golden;
mod properties;
mod read;
mod trace;
mod words;
