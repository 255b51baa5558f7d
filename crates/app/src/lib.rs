//! Touchstone app.
