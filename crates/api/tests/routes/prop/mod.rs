//! `/prop/...` of both dialects.

mod accounts;
mod attention;
mod challenge;
mod challenges;
mod journeys;
mod programs;
mod purchases;
mod templates;
