//! What is true of every route.

mod callers;
mod cors;
mod error_page;
mod fallbacks;
mod headers;
mod panics;
mod requests;
mod serving;
mod store_away;
