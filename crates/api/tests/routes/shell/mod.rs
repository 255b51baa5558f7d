//! What is true of every route.

mod fallbacks;
mod headers;
mod requests;
