//! One file for each subcommand.

pub mod apply;
pub mod backup;
pub mod check;
pub mod demo;
pub mod migrate;
pub mod openapi;
pub mod programs;
pub mod replay;
pub mod rules;
pub mod serve;
pub mod simulate;

/// Runs a command that waits for things.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
