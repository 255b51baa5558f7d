//! How the commands start cargo, and where the workspace is.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the workspace's `Cargo.toml`. Cargo says at run time where it is, so that a checkout can be moved.
pub fn workspace_root() -> PathBuf {
    let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = manifest_dir.as_deref().and_then(Path::parent);
    root.unwrap_or(Path::new(".")).to_owned()
}

/// The cargo that runs this command, free of what it told us about our own package:
/// build scripts watch those variables, and would run again at every call.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        if is_about_our_package(&name) {
            command.env_remove(name);
        }
    }
    command
}

fn is_about_our_package(variable: &OsStr) -> bool {
    let Some(variable) = variable.to_str() else {
        return false;
    };
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}
