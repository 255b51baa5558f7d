//! The engine as its callers see it, on every database that is there.

mod backup;
mod commands;
mod concurrency;
mod events;
mod failures;
mod migrations;
mod model;
mod numbers;
mod postgres;
mod sqlite;
mod support;
