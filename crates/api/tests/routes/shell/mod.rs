//! What is true of every route.

mod callers;
mod fallbacks;
mod headers;
mod panics;
mod requests;
