//! `/prop/journeys`

mod cancel;
mod curve;
mod detail;
mod grant;
mod list;
mod reset;
