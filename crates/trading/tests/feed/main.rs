//! Prices that come in: files, the gate and the simulated market.

mod files;
mod gate;
mod simulated;
