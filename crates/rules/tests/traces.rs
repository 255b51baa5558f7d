//! One text file for each rule: what happened line by line, and what the rules said to it.
//!
//! A line that begins with `=` is where the limits stand after the line above it (told when they have changed), one
//! with `!` is a verdict, and one with `~` the progress behind a `show`. `UPDATE_TRACES=1` writes these lines anew: read what has changed.

mod trace;

use std::path::Path;

#[test]
fn every_trace_ends_as_it_is_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 10, "traces are missing");
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let told = trace::run(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if std::env::var_os("UPDATE_TRACES").is_some() {
            std::fs::write(&path, &told).unwrap();
        } else if told != text {
            wrong.push(format!("{}\n{}", path.display(), difference(&text, &told)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The first lines that differ.
fn difference(expect: &str, found: &str) -> String {
    let (expect, found): (Vec<_>, Vec<_>) = (expect.lines().collect(), found.lines().collect());
    let same = expect
        .iter()
        .zip(&found)
        .take_while(|(a, b)| a == b)
        .count();
    let line = |lines: &[&str]| lines.get(same).copied().unwrap_or("(the end)").to_owned();
    format!(
        "line {}: written {}\n        found {}",
        same + 1,
        line(&expect),
        line(&found)
    )
}
