//! What every handler can reach.

/// Shared by all requests; cheap to clone.
#[derive(Debug, Clone)]
pub struct ApiState {}
