//! What the disk and the processor do by themselves.

use std::{fs, io::Write, path::Path, time::Duration};

use anyhow::Context;
use tokio::time::Instant;

const SYNCS: usize = 200;
/// Linux counts processor time in hundredths of a second.
const TICKS_PER_SECOND: u64 = 100;

/// The median time of one fdatasync after 4 KiB were appended to a file in `folder`.
pub fn fdatasync(folder: &Path) -> anyhow::Result<Duration> {
    let path = folder.join("fdatasync.probe");
    let mut file = fs::File::create(&path)?;
    let mut took = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let begun = Instant::now();
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
        took.push(begun.elapsed());
    }
    fs::remove_file(path)?;
    took.sort_unstable();
    Ok(took[SYNCS / 2])
}

/// What this process has used of the processors, all threads together (Linux).
pub fn processor_time() -> anyhow::Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").context("processor time is not told here")?;
    // The second field, a name in brackets, may hold anything; user and system time are the 14th and 15th.
    let (_, fields) = stat
        .rsplit_once(')')
        .context("/proc/self/stat is unknown")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
}
