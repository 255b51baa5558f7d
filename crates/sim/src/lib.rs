//! Touchstone sim.
