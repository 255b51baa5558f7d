//! Accounts, seen from outside.

mod catalogue;
mod desk;
mod golden;
mod properties;
mod read;
mod trace;
mod words;
