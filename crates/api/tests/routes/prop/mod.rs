//! `/prop/...` of the ScaleTrade dialect.

mod challenge;
mod challenges;
mod programs;
mod purchases;
