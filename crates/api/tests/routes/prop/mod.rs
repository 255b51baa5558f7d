//! `/prop/...` of both dialects.

mod attention;
mod challenge;
mod challenges;
mod programs;
mod purchases;
