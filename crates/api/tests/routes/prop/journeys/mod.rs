//! `/prop/journeys`

mod cancel;
mod grant;
