//! Texts that must equal what the code says.

use std::path::Path;

/// The file at `path` holds exactly `actual`; `UPDATE_TABLES=1` writes it.
pub fn check(path: &Path, actual: &str) {
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(path, actual).unwrap();
    }
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    for (number, (stored, actual)) in stored.lines().zip(actual.lines()).enumerate() {
        assert_eq!(
            stored,
            actual,
            "{name}:{}: left stands there, right happens (UPDATE_TABLES=1 rewrites it)",
            number + 1
        );
    }
    assert!(
        stored == actual,
        "{name} is longer or shorter than what happens"
    );
}
