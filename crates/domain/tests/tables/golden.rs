//! Committed texts that must equal what the code says.

use std::{fs, path::PathBuf};

const END: &str = "<!-- end -->";

fn wants_update() -> bool {
    std::env::var_os("UPDATE_TABLES").is_some()
}

fn in_crate(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The file at `path`, relative to the crate, holds exactly `actual`.
pub fn check(path: &str, actual: &str) {
    let full = in_crate(path);
    if wants_update() {
        fs::write(&full, actual).unwrap_or_else(|e| panic!("{}: {e}", full.display()));
    }
    let stored = fs::read_to_string(&full).unwrap_or_default();
    assert!(stored == actual, "{}", difference(path, &stored, actual));
}

/// The page at `path` holds each block between `<!-- table: NAME -->` and `<!-- end -->`; what
/// stands around the blocks is written by hand.
pub fn check_blocks(path: &str, blocks: &[(&str, String)]) {
    let mut page = fs::read_to_string(in_crate(path)).unwrap_or_default();
    for (name, block) in blocks {
        page = with_block(&page, name, block)
            .unwrap_or_else(|| panic!("{path} has no block {name:?}"));
    }
    assert_eq!(page.matches(END).count(), blocks.len(), "blocks of {path}");
    check(path, &page);
}

fn with_block(page: &str, name: &str, block: &str) -> Option<String> {
    let (before, rest) = page.split_once(&format!("<!-- table: {name} -->\n"))?;
    let (_, after) = rest.split_once(END)?;
    Some(format!(
        "{before}<!-- table: {name} -->\n{block}{END}{after}"
    ))
}

fn difference(path: &str, stored: &str, actual: &str) -> String {
    let mut text = format!("{path} differs from the code (UPDATE_TABLES=1 rewrites it):\n");
    let missing = |from: &str, of: &str| -> Vec<String> {
        from.lines()
            .filter(|line| !of.lines().any(|other| other == *line))
            .take(12)
            .map(str::to_owned)
            .collect()
    };
    for line in missing(stored, actual) {
        text += &format!("- {line}\n");
    }
    for line in missing(actual, stored) {
        text += &format!("+ {line}\n");
    }
    text
}
