//! Touchstone store.
