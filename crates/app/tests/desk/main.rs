//! The desk through the app: orders and prices in, deals, verdicts and phases out; also when it is stopped anywhere.

mod additions;
mod board;
mod faults;
mod fees;
mod many;
mod next_phase;
mod others;
mod payouts;
mod races;
mod replay;
mod scenario;
mod scenarios;
mod sold;
mod trade;
mod words;
mod world;
