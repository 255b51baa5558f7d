//! `/customer/...` of the ScaleTrade dialect.

mod account;
mod auth;
