//! `/events/...`

mod stream;
