//! Variables of the environment that look like settings and are none: a typing error must not go unnoticed.

use std::collections::HashSet;

use super::SettingsError;

pub const PREFIX: &str = "TOUCHSTONE_";

/// What the project's own checks are told; a program that they start inherits it.
const OF_THE_CHECKS: [&str; 3] = [
    "TOUCHSTONE_REQUIRE",
    "TOUCHSTONE_SIM_SEEDS",
    "TOUCHSTONE_TEST_POSTGRES",
];

/// # Errors
/// [`SettingsError::UnknownVariable`] for the first of `names` that begins like a setting, and that no argument of the
/// command takes. Values are not looked at.
pub fn refuse_unknown(
    command: &clap::Command,
    names: impl Iterator<Item = String>,
) -> Result<(), SettingsError> {
    let mut known = HashSet::from(OF_THE_CHECKS.map(str::to_owned));
    collect(command, &mut known);
    let mut unknown: Vec<String> = names
        .filter(|name| name.starts_with(PREFIX) && !known.contains(name))
        .collect();
    unknown.sort();
    match unknown.into_iter().next() {
        Some(variable) => Err(SettingsError::UnknownVariable { variable }),
        None => Ok(()),
    }
}

fn collect(command: &clap::Command, known: &mut HashSet<String>) {
    let own = command.get_arguments().filter_map(clap::Arg::get_env);
    known.extend(own.map(|name| name.to_string_lossy().into_owned()));
    for below in command.get_subcommands() {
        collect(below, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Arg;

    #[test]
    fn a_variable_that_nothing_takes_is_named() {
        let listen = Arg::new("listen").env("TOUCHSTONE_LISTEN");
        let command =
            clap::Command::new("touchstone").subcommand(clap::Command::new("serve").arg(listen));
        let check =
            |names: &[&str]| refuse_unknown(&command, names.iter().map(|name| (*name).to_owned()));
        assert!(check(&["TOUCHSTONE_LISTEN", "TOUCHSTONE_REQUIRE", "PATH"]).is_ok());
        let refused = check(&["TOUCHSTONE_LISTNE"]).map_err(|error| error.to_string());
        assert_eq!(
            refused,
            Err("TOUCHSTONE_LISTNE is no setting; `touchstone serve --help` lists them".to_owned())
        );
    }
}
