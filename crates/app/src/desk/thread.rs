//! The thread that the loop runs on.

use crate::App;
use std::thread::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The desk's own thread. Dropping it stops the desk.
pub struct DeskThread {
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl DeskThread {
    /// Answers what waits, stores what is not durable yet, and ends.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the desk's thread had panicked");
        }
    }
}

impl Drop for DeskThread {
    fn drop(&mut self) {
        self.end();
    }
}

impl App {
    /// Runs the desk on a thread of its own; `None` as [`App::desk_runner`].
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start_desk(&self) -> std::io::Result<Option<DeskThread>> {
        let Some(mut runner) = self.desk_runner() else {
            return Ok(None);
        };
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let thread = std::thread::Builder::new()
            .name("desk".to_owned())
            .spawn(move || {
                while !stopped.is_cancelled() {
                    let wait = runner.wait();
                    runner.turn(wait);
                }
                runner.close();
            })?;
        Ok(Some(DeskThread {
            stop,
            thread: Some(thread),
        }))
    }
}
