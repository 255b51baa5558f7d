//! The rules of the house, as tests. Each says why when it fails.

mod arrows;
mod decisions;
mod manifests;
mod sources;
mod tree;
