//! Purchases through the app on each engine that is there.

mod buy;
mod remote;
mod support;
