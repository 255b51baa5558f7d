//! Sign-in, sessions and passwords, on each engine that is there.

mod refresh;
mod support;
