//! `/prop/journeys`

mod cancel;
mod detail;
mod grant;
mod list;
mod reset;
