//! `cargo xtask demo`: builds the server and runs the demo firm.

use crate::{console, shell};
use anyhow::Context;
use std::os::unix::process::CommandExt;
use std::process::ExitCode;

const DEFAULTS: [(&str, &str); 2] = [("--listen", "127.0.0.1:8080"), ("--data", "./demo-data")];

/// Build Touchstone and run the demo firm on 127.0.0.1:8080
///
/// Keeps its data in ./demo-data, and can be stopped with Ctrl-C and started again.
/// Delete that folder to begin anew.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Further options for `touchstone demo`; a --listen or --data of yours wins.
    /// `cargo xtask demo -- --help` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    demo_args: Vec<String>,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match console::has_node() {
        true => {
            if let Err(error) = console::build() {
                anstream::eprintln!(
                    "the console could not be built, the API works without it: {error:#}"
                );
            }
        }
        false => anstream::eprintln!(
            "left out: {} ({})",
            console::NO_NODE.what,
            console::NO_NODE.install
        ),
    }
    let error = shell::cargo()
        .args([
            "run",
            "--package",
            "touchstone-cli",
            "--bin",
            "touchstone",
            "--",
            "demo",
        ])
        .args(with_defaults(&args.demo_args))
        .exec();
    Err(error).context("cargo could not be started")
}

fn with_defaults(given: &[String]) -> Vec<String> {
    let gives = |option: &str| {
        given.iter().any(|arg| {
            arg.strip_prefix(option)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })
    };
    let mut all = Vec::new();
    for (option, value) in DEFAULTS {
        if !gives(option) {
            all.extend([option.to_owned(), value.to_owned()]);
        }
    }
    all.extend_from_slice(given);
    all
}

#[cfg(test)]
mod tests {
    use super::with_defaults;

    #[test]
    fn an_option_that_is_given_replaces_the_default() {
        let check = |given: &[&str], expect: &str| {
            let given: Vec<String> = given.iter().map(|arg| (*arg).to_owned()).collect();
            assert_eq!(with_defaults(&given).join(" "), expect);
        };
        check(&[], "--listen 127.0.0.1:8080 --data ./demo-data");
        check(
            &["--clock", "manual"],
            "--listen 127.0.0.1:8080 --data ./demo-data --clock manual",
        );
        check(
            &["--listen", "127.0.0.1:9"],
            "--data ./demo-data --listen 127.0.0.1:9",
        );
        check(&["--data=d"], "--listen 127.0.0.1:8080 --data=d");
        check(
            &["--data-key", "k"],
            "--listen 127.0.0.1:8080 --data ./demo-data --data-key k",
        );
    }
}
