//! Enrolments, their payment at a cashier and what staff decide, on each engine that is there.

mod cashier;
mod claims;
mod conversion;
mod decide;
mod enroll;
mod erasure;
mod erasure_races;
mod failing;
mod journeys;
mod letters;
mod programs;
mod promotions;
mod races;
mod reset;
mod reset_remote;
mod support;
mod sweep;
mod wallet;
mod webhooks;
