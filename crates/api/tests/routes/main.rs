//! One file per route, in folders that mirror the URLs; `shell` and `doors` hold what
//! is true of all of them.

mod accounts;
mod agreements;
mod api_tokens;
mod audit;
mod auth;
mod cashier;
mod challenges;
mod console;
mod customer;
mod customers;
mod demo_clock;
mod docs;
mod doors;
mod events;
mod feed;
mod healthz;
mod instruments;
mod mail_templates;
mod metrics;
mod openapi_json;
mod orders;
mod payments;
mod promo_codes;
mod prop;
mod readyz;
mod shell;
mod socket;
mod support;
mod totp;
mod transactions;
mod users;
mod webhooks;
