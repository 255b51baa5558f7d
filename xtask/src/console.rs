//! The web console: built where Node.js is, checked, and used in a real browser.

use crate::report::{LeftOut, Row};
use crate::{shell, step, tools};
use anyhow::{Context, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

pub const NO_NODE: LeftOut = LeftOut {
    what: "the web console, as Node.js was not found in version 20.19 or newer",
    install: "see https://nodejs.org, or apt-get install nodejs npm",
};

pub const NO_CHROMIUM: LeftOut = LeftOut {
    what: "the console in a browser, as Chromium was not found",
    install: "apt-get install chromium",
};

/// What Vite needs.
const NODE_MIN: (u64, u64) = (20, 19);

/// Whether Node.js is there, new enough, with npm.
pub fn has_node() -> bool {
    let node = tools::answer("node", &["--version"]);
    node.is_some_and(|version| is_new_enough(&version))
        && tools::answer("npm", &["--version"]).is_some()
}

/// `v20.19.2`
fn is_new_enough(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split('.').map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= NODE_MIN,
        _ => false,
    }
}

/// A Chromium on `PATH`.
pub fn chromium() -> Option<PathBuf> {
    let folders = tools::path_folders();
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}

/// Builds the console if its sources are newer than what was built.
///
/// # Errors
/// When npm fails, which says why.
pub fn build() -> anyhow::Result<()> {
    install()?;
    let folder = folder();
    let built = modified(&folder.join("dist/index.html"));
    let sources = [
        "src",
        "public",
        "scripts",
        "index.html",
        "vite.config.ts",
        "package-lock.json",
    ];
    let newest = sources
        .iter()
        .filter_map(|name| newest(&folder.join(name)))
        .max();
    if built.is_some() && built >= newest {
        return Ok(());
    }
    anstream::println!("building the console ...");
    run(npm(&["run", "--silent", "build"]))
}

/// `npm run check`: the types of openapi.json, TypeScript, lints, tests, a build and its weight.
pub fn check() -> Row {
    match install() {
        Ok(()) => step::run("console", npm(&["run", "--silent", "check"])),
        Err(error) => Row::new(
            "console",
            Some(format!("{error:#}")),
            None,
            Default::default(),
        ),
    }
}

/// `npm run e2e`: the demo server in a real browser. The console must be built.
pub fn browse(chromium: &Path) -> Row {
    let built = run(server());
    if let Err(error) = built {
        return Row::new(
            "browser",
            Some(format!("{error:#}")),
            None,
            Default::default(),
        );
    }
    let mut command = npm(&["run", "--silent", "e2e"]);
    command
        .env(
            "TOUCHSTONE_BIN",
            shell::workspace_root().join("target/debug/touchstone"),
        )
        .env("CHROMIUM", chromium);
    step::run("browser", command)
}

/// A debug build reads the console from its folder, and need not be made anew for it.
fn server() -> Command {
    let mut command = shell::cargo();
    command.current_dir(shell::workspace_root()).args([
        "build",
        "--workspace",
        "--bin",
        "touchstone",
    ]);
    command
}

/// The packages of the lock file, if they are not there yet.
fn install() -> anyhow::Result<()> {
    let folder = folder();
    // npm writes it when everything is there.
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&folder.join("package-lock.json")) {
        return Ok(());
    }
    anstream::println!("installing what the console is built with ...");
    run(npm(&["ci", "--no-audit", "--no-fund"]))
}

fn npm(args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder()).args(args);
    command
}

fn run(mut command: Command) -> anyhow::Result<()> {
    let told = format!("{command:?}");
    let status = command
        .status()
        .with_context(|| format!("{told} could not be started"))?;
    ensure!(status.success(), "{told}: {status}");
    Ok(())
}

fn folder() -> PathBuf {
    shell::workspace_root().join("console")
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// When something in there was changed last.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = modified(path)?;
    let Ok(entries) = fs::read_dir(path) else {
        return Some(own);
    };
    let inner = entries
        .flatten()
        .filter_map(|entry| newest(&entry.path()))
        .max();
    Some(inner.map_or(own, |inner| inner.max(own)))
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn versions_are_read_as_node_prints_them() {
        for (version, expected) in [
            ("v20.19.0", true),
            ("v22.1.3", true),
            ("v20.18.9", false),
            ("v18.20.4", false),
            ("", false),
            ("node", false),
        ] {
            assert_eq!(is_new_enough(version), expected, "{version}");
        }
    }
}
