//! Every limit of the HTTP edge, in one place.

use std::time::Duration;

/// The largest request body, in bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// How long the body of one request may take to arrive.
pub const BODY_READ_TIMEOUT: Duration = Duration::from_secs(10);
