//! One file per route, in folders that mirror the URLs; `shell` and `doors` hold what
//! is true of all of them.

mod accounts;
mod auth;
mod cashier;
mod challenges;
mod customer;
mod customers;
mod demo_clock;
mod docs;
mod doors;
mod feed;
mod healthz;
mod instruments;
mod metrics;
mod openapi_json;
mod orders;
mod payments;
mod promo_codes;
mod prop;
mod readyz;
mod shell;
mod support;
mod transactions;
mod users;
