//! SIGTERM and SIGINT.

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

const NO_SIGNALS: &str = "signals cannot be watched";

/// A token that the first signal cancels; the second one ends the process at once.
///
/// # Errors
/// When the process may not listen for signals.
pub fn watch() -> anyhow::Result<CancellationToken> {
    let shutdown = CancellationToken::new();
    let stopping = shutdown.clone();
    let mut terminate = signal(SignalKind::terminate()).context(NO_SIGNALS)?;
    let mut interrupt = signal(SignalKind::interrupt()).context(NO_SIGNALS)?;
    tokio::spawn(async move {
        let mut seen: u32 = 0;
        loop {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            };
            seen += 1;
            if seen > 1 {
                tracing::warn!(signal = name, "stopping at once");
                std::process::exit(130);
            }
            tracing::info!(
                signal = name,
                "stopping: what was accepted is answered first"
            );
            stopping.cancel();
        }
    });
    Ok(shutdown)
}
