//! Touchstone domain.
