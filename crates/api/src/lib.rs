//! Touchstone api.
