//! Finding the programs that a full test run can use.

use std::path::{Path, PathBuf};
use std::process::Command;

pub fn path_folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect()
}

/// What the program prints with these arguments, trimmed; `None` when it does not run or fails.
pub fn answer(program: impl AsRef<Path>, args: &[&str]) -> Option<String> {
    let output = Command::new(program.as_ref()).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
