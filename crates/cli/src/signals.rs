//! SIGTERM and SIGINT.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels `shutdown` at the first signal; the second one ends the process at once.
///
/// # Errors
/// When the process may not listen for signals.
pub fn watch(shutdown: CancellationToken) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
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
            shutdown.cancel();
        }
    });
    Ok(())
}
