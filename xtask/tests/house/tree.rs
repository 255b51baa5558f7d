//! Reading the workspace.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the workspace, as cargo says at run time: a checkout can be moved.
pub fn root() -> PathBuf {
    let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR").expect("run with cargo");
    Path::new(&manifest_dir).parent().unwrap().to_owned()
}

/// What cargo prints; it asks no registry.
pub fn cargo(args: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root())
        .args(args)
        .arg("--offline")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "cargo {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The workspace's own packages, as `cargo metadata` lists them.
pub fn packages() -> Vec<Value> {
    let text = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Every file below these folders of the workspace: its path from the root, and its text if it is text.
pub fn files(folders: &[&str]) -> Vec<(String, String)> {
    let root = root();
    let mut found = Vec::new();
    let mut to_visit: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(path) = to_visit.pop() {
        if path.is_dir() {
            to_visit.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((
                path.strip_prefix(&root).unwrap().display().to_string(),
                text,
            ));
        }
    }
    assert!(
        !found.is_empty(),
        "no file in {folders:?}: has the folder moved?"
    );
    found.sort();
    found
}

/// The lines of the Rust files below these folders that break a rule, as `path:line: text`.
pub fn rust_lines(folders: &[&str], breaks_rule: impl Fn(&str) -> bool) -> Vec<String> {
    let mut offending = Vec::new();
    for (path, text) in files(folders)
        .into_iter()
        .filter(|(path, _)| path.ends_with(".rs"))
    {
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| breaks_rule(line))
        {
            offending.push(format!("{path}:{}: {}", index + 1, line.trim()));
        }
    }
    offending
}
