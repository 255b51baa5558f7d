//! Fuzzes every operation of the demo server against its own `/openapi.json`.

mod answers;

use crate::report::Row;
use crate::step::{self, Stopwatch};
use crate::{shell, tools};
use anyhow::{Context, ensure};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// The same seed asks the same questions. What it finds stays found until it is mended.
const SEED: &str = "20261101";

const MAJOR: u32 = 4;

/// What the demo's payment provider signs with.
const WEBHOOK_SECRET: &str = "a secret of the fuzzer";

/// A schemathesis on `PATH`, or where `.ci/run` puts it.
pub fn find() -> Option<PathBuf> {
    let mut folders = tools::path_folders();
    folders.push(shell::workspace_root().join("target/schemathesis/bin"));
    folders
        .into_iter()
        .flat_map(|folder| ["schemathesis", "st"].map(|name| folder.join(name)))
        .find(|program| {
            // Another program is called `st` too.
            program.is_file()
                && tools::answer(program, &["--version"]).is_some_and(|answer| is_ours(&answer))
        })
}

/// `schemathesis, version 4.32.5`
fn is_ours(answer: &str) -> bool {
    answer
        .rsplit_once(", version ")
        .is_some_and(|(_, version)| version.starts_with(&format!("{MAJOR}.")))
}

/// Starts the demo on an empty folder, fuzzes it, looks that no operation was spared, and proves its books.
pub fn run(schemathesis: &Path) -> Vec<Row> {
    let watch = Stopwatch::start();
    let folder = shell::workspace_root().join("target/fuzz");
    let server = match Server::start(&folder) {
        Ok(server) => server,
        Err(error) => {
            let trouble = Some(format!("{error:#}"));
            return vec![Row::new("fuzzing", trouble, None, watch.elapsed())];
        }
    };
    let told = folder.join("answers.tsv");
    let fuzzing = step::run(
        "fuzzing",
        fuzz_command(schemathesis, &server, &folder, &told),
    );
    let watch = Stopwatch::start();
    let spared = answers::check(&told)
        .err()
        .map(|error| format!("{error:#}"));
    let reached = Row::new("reached", spared, None, watch.elapsed());
    let books = step::run("books", touchstone(&["check", "--data"], &server.data));
    vec![fuzzing, reached, books]
}

fn fuzz_command(schemathesis: &Path, server: &Server, folder: &Path, answers: &Path) -> Command {
    let ours = shell::workspace_root().join("xtask/fuzz");
    let mut command = Command::new(schemathesis);
    command
        // It leaves files where it runs.
        .current_dir(folder)
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", &ours)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("FUZZ_SERVER", &server.address)
        .env("FUZZ_MAIL", server.data.join("mail"))
        .env("FUZZ_WEBHOOK_SECRET", WEBHOOK_SECRET)
        .env("FUZZ_ANSWERS", answers)
        .arg("--config-file")
        .arg(ours.join("schemathesis.toml"))
        .arg("run")
        // Read from the server, the document would be left out of what is asked for.
        .arg(shell::workspace_root().join("openapi.json"))
        .args([
            "--url",
            &format!("http://{}", server.address),
            "--seed",
            SEED,
        ]);
    command
}

/// A demo server of its own. Dropping it ends it; its log and data stay below `target` until the next run.
struct Server {
    child: Child,
    address: String,
    data: PathBuf,
    /// It must be able to go on writing.
    _shown: Option<BufReader<ChildStdout>>,
}

impl Server {
    fn start(folder: &Path) -> anyhow::Result<Server> {
        let build = touchstone_by("build").status()?;
        ensure!(build.success(), "touchstone could not be built");
        if folder.exists() {
            fs::remove_dir_all(folder)
                .with_context(|| format!("{} is in the way", folder.display()))?;
        }
        fs::create_dir_all(folder)?;
        let log = File::create(folder.join("server.log"))?;
        let secret = folder.join("webhook.secret");
        fs::write(&secret, WEBHOOK_SECRET)?;
        let data = folder.join("data");
        let mut child = touchstone(&["demo", "--data"], &data)
            .args(["--listen", "127.0.0.1:0"])
            .args(["--rate-limit-per-minute", "0", "--clock", "manual"])
            // Each request comes from an address of its own, so that failed logins slow down nobody else.
            .args(["--trusted-proxies", "127.0.0.1"])
            .arg("--payment-webhook-files")
            .arg(format!("fuzz={}", secret.display()))
            .arg("--kyc-webhook-files")
            .arg(format!("fuzz={}", secret.display()))
            .arg("--feed-files")
            .arg(format!("fuzz={}", secret.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let mut shown = child.stdout.take().map(BufReader::new);
        let address = shown.as_mut().and_then(address_in);
        let mut server = Server {
            child,
            address: String::new(),
            data,
            _shown: shown,
        };
        server.address =
            address.with_context(|| format!("the demo did not start: see {}", folder.display()))?;
        Ok(server)
    }
}

/// From the line `Touchstone serves the demo firm on http://ADDRESS`, which is shown once it listens.
fn address_in(shown: &mut impl BufRead) -> Option<String> {
    shown.lines().map_while(Result::ok).find_map(|line| {
        Some(
            line.split_once(" serves ")?
                .1
                .split_once("http://")?
                .1
                .to_owned(),
        )
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn touchstone_by(verb: &str) -> Command {
    let mut command = shell::cargo();
    command
        .current_dir(shell::workspace_root())
        .args([verb, "--quiet", "--package", "touchstone-cli", "--bin"])
        .arg("touchstone");
    command
}

/// The server's program with these arguments and this folder. Cargo becomes the program, so that ending it ends that.
fn touchstone(args: &[&str], data: &Path) -> Command {
    let mut command = touchstone_by("run");
    command.arg("--").args(args).arg(data);
    command
}

#[cfg(test)]
mod tests {
    use super::{address_in, is_ours};

    #[test]
    fn the_demo_tells_where_it_listens() {
        let mut shown =
            "\nTouchstone serves the demo firm on http://127.0.0.1:8080\n  more\n".as_bytes();
        assert_eq!(address_in(&mut shown).as_deref(), Some("127.0.0.1:8080"));
        assert_eq!(address_in(&mut shown), None);
    }

    #[test]
    fn another_program_named_st_is_not_taken() {
        let check = |answer: &str, expect: bool| assert_eq!(is_ours(answer), expect, "{answer}");
        check("st, version 4.32.5", true);
        check("schemathesis, version 4.0.0", true);
        check("st, version 3.39.16", false);
        check("st 0.9", false);
        check("", false);
    }
}
