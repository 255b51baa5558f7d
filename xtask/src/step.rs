//! One step of a test run: a program whose output is shown as it comes, and counted.

use crate::report::Row;
use crate::tally::{self, Tally};
use anstream::ColorChoice;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitStatus};
use std::time::Duration;

/// Runs the command and shows what it prints, stdout and stderr in one stream.
///
/// Counts the closing lines of test runners in it; a step without any counts as one check.
pub fn run(name: &'static str, command: Command) -> Row {
    anstream::println!("\n{BOLD}==> {name}{BOLD:#}");
    run_into(name, command, &mut std::io::stdout())
}

fn run_into(name: &'static str, command: Command, shown: &mut impl Write) -> Row {
    let watch = Stopwatch::start();
    let (trouble, tally) = match run_counted(command, shown) {
        Ok((status, tally)) => (trouble_of(status, tally.unwrap_or_default()), tally),
        Err(error) => (Some(format!("could not be run: {error}")), None),
    };
    Row::new(name, trouble, tally, watch.elapsed())
}

const BOLD: anstyle::Style = anstyle::Style::new().bold();

fn trouble_of(status: ExitStatus, tally: Tally) -> Option<String> {
    match (status.success(), tally.failed) {
        (true, 0) => None,
        (true, _) => Some("the runner reports success all the same".to_owned()),
        (false, _) => Some(status.to_string()),
    }
}

fn run_counted(
    mut command: Command,
    shown: &mut impl Write,
) -> std::io::Result<(ExitStatus, Option<Tally>)> {
    let (reader, writer) = std::io::pipe()?;
    let colour = match anstream::AutoStream::choice(&std::io::stdout()) {
        ColorChoice::Never => "never",
        _ => "always",
    };
    command
        .env("CARGO_TERM_COLOR", colour)
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = command.spawn()?;
    // The command holds our writing ends of the pipe: with them open the output would never end.
    drop(command);

    let mut tally = None;
    let mut lines = BufReader::new(reader);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        shown.write_all(&line)?;
        let text = String::from_utf8_lossy(&line);
        let plain = anstream::adapter::strip_str(&text).to_string();
        if let Some(counted) = tally::closing_line(&plain) {
            *tally.get_or_insert_default() += counted;
        }
        line.clear();
    }
    Ok((child.wait()?, tally))
}

/// How long something took, for people to read.
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "a developer's tool that shows how long a step took"
    )]
    pub fn start() -> Self {
        Stopwatch(std::time::Instant::now())
    }

    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::run_into;
    use crate::tally::Tally;
    use std::process::Command;

    fn sh(script: &str) -> crate::report::Row {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run_into("step", command, &mut std::io::sink())
    }

    #[test]
    fn a_step_is_judged_by_its_exit_and_by_what_it_counted() {
        let check = |script: &str, trouble: Option<&str>, tally: [u64; 3]| {
            let row = sh(script);
            let [passed, failed, skipped] = tally;
            assert_eq!(
                row.tally,
                Tally {
                    passed,
                    failed,
                    skipped
                },
                "{script}"
            );
            match trouble {
                None => assert_eq!(row.trouble, None, "{script}"),
                Some(part) => assert!(
                    row.trouble.is_some_and(|text| text.contains(part)),
                    "{script}"
                ),
            }
        };
        check("true", None, [1, 0, 0]);
        check(
            "echo 'test result: ok. 0 passed; 0 failed; 0 ignored'",
            None,
            [0, 0, 0],
        );
        check("exit 3", Some("exit status: 3"), [0, 1, 0]);
        check(
            "echo 'test result: ok. 4 passed; 0 failed; 1 ignored' >&2",
            None,
            [4, 0, 1],
        );
        check(
            "echo 'test result: FAILED. 4 passed; 2 failed; 0 ignored'; exit 101",
            Some("exit status: 101"),
            [4, 2, 0],
        );
        // Tests passed, then the runner itself broke: still a failure, and counted as one.
        check(
            "echo 'test result: ok. 4 passed; 0 failed'; exit 101",
            Some("exit status: 101"),
            [4, 1, 0],
        );
        check(
            "echo 'test result: FAILED. 0 passed; 1 failed'",
            Some("success all the same"),
            [0, 1, 0],
        );
    }

    #[test]
    fn a_program_that_is_missing_fails_the_step() {
        let row = run_into(
            "step",
            Command::new("/nonexistent/program"),
            &mut std::io::sink(),
        );
        assert!(row.trouble.is_some());
        assert_eq!(row.tally, Tally::ONE_FAILED);
    }
}
