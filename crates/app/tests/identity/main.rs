//! Sign-in, sessions and passwords, on each engine that is there.

mod accounts;
mod forgotten;
mod passwords;
mod refresh;
mod registration;
mod sessions;
mod staff;
mod support;
