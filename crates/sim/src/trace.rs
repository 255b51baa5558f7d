//! What happened in a world, line by line.

use sha2::{Digest, Sha256};
use touchstone_domain::UnixMicros;

#[derive(Default)]
pub struct Trace {
    lines: Vec<String>,
    /// Counts for the digest, and is too long to be read.
    ending: String,
}

impl Trace {
    /// Adds a line; `at` is shown as seconds since the world began.
    pub fn say(&mut self, at: UnixMicros, start: UnixMicros, text: &str) {
        let since = at.0 - start.0;
        self.lines.push(format!(
            "{:>4} {:>9}.{:03} {text}",
            self.lines.len() + 1,
            since / 1_000_000,
            since % 1_000_000 / 1_000
        ));
    }

    pub fn end_with(&mut self, ending: String) {
        self.ending = ending;
    }

    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The same for the same lines, whatever machine they were made on.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for line in &self.lines {
            hash.update(line.as_bytes());
            hash.update(b"\n");
        }
        hash.update(self.ending.as_bytes());
        hex::encode(&hash.finalize()[..8])
    }
}
