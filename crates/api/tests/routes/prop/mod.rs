//! `/prop/...` of both dialects.

mod attention;
mod challenge;
mod challenges;
mod journeys;
mod programs;
mod purchases;
mod templates;
