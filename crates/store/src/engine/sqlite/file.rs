//! A handle of our own on the database file, to bring what was copied into it to the disk.
//!
//! SQLite does that only at the end of a complete checkpoint, which under load is the writer's part:
//! with most of it on the disk by then, the writer waits a few milliseconds instead of twenty.
//!
//! Closing any handle on a file drops every POSIX lock that the process has on it, SQLite's too. So a
//! file has one such handle in the whole process, which is closed after the last connection to it.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rusqlite::Connection;

static OPEN: Mutex<Option<HashMap<PathBuf, Weak<File>>>> = Mutex::new(None);

/// A connection, and the handle that must outlive it: fields are dropped in their order.
pub(crate) struct Held {
    pub(crate) conn: Connection,
    pub(super) file: Arc<File>,
}

/// The one handle of this process on a file.
pub(super) fn handle(path: &Path) -> std::io::Result<Arc<File>> {
    let path = path.canonicalize()?;
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let open = open.get_or_insert_default();
    open.retain(|_, file| file.strong_count() > 0);
    if let Some(file) = open.get(&path).and_then(Weak::upgrade) {
        return Ok(file);
    }
    let file = Arc::new(File::open(&path)?);
    open.insert(path, Arc::downgrade(&file));
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_handle_in_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::write(&path, b"").unwrap();
        let one = handle(&path).unwrap();
        let two = handle(&folder.path().join(".").join("a.db")).unwrap();
        assert!(Arc::ptr_eq(&one, &two));
    }
}
