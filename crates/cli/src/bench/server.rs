//! This program as a server, in a process of its own.

use std::{
    env,
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, ensure};

use super::{database::Database, wallets::MASTER_SECRET};

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    log: PathBuf,
}

/// What a process holds and held, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory {
    pub now: u64,
    pub most: u64,
}

impl Server {
    /// Starts `touchstone serve` with its own defaults and these settings, but without a rate limit.
    pub fn start(database: &Database, settings: &[&str]) -> anyhow::Result<Self> {
        let folder = database.folder();
        let secret = folder.join("master.secret");
        fs::write(&secret, hex::encode(MASTER_SECRET))?;
        let log = folder.join("server.log");
        let mut child = ourselves()?
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--rate-limit-per-minute",
                "0",
            ])
            .arg("--master-secret-file")
            .arg(&secret)
            .arg("--database-file")
            .arg(database.url_file()?)
            .args(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()?;
        let mut said = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut said)?;
        }
        let address = said
            .trim()
            .rsplit_once("http://")
            .and_then(|(_, at)| at.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            let _ = child.wait();
            anyhow::bail!("the server did not start:\n{}", read(&log));
        };
        Ok(Self {
            child,
            address,
            log,
        })
    }

    /// Where the system tells it (Linux).
    pub fn memory(&self) -> Option<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
            Some(kibibytes << 10)
        };
        Some(Memory {
            now: bytes("VmRSS:")?,
            most: bytes("VmHWM:")?,
        })
    }

    /// What it has taken of the processors so far (Linux).
    pub fn processor_time(&self) -> Option<Duration> {
        /// Of the kernel's clock for programs, in every build of it.
        const TICKS_PER_SECOND: u64 = 100;
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name stands in brackets and may hold anything.
        let mut rest = text.rsplit_once(')')?.1.split_whitespace().skip(11);
        let (user, system): (u64, u64) = (rest.next()?.parse().ok()?, rest.next()?.parse().ok()?);
        Some(Duration::from_millis(
            (user + system) * 1_000 / TICKS_PER_SECOND,
        ))
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let asked = Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status()?;
        ensure!(asked.success(), "the server could not be asked to stop");
        let ended = self.child.wait()?;
        ensure!(
            ended.success(),
            "the server ended with {ended}:\n{}",
            read(&self.log)
        );
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `touchstone check`.
pub fn check(database: &Database) -> anyhow::Result<()> {
    let looked = ourselves()?
        .arg("check")
        .arg("--database-file")
        .arg(database.url_file()?)
        .output()?;
    let told = String::from_utf8_lossy(&looked.stdout);
    let trouble = String::from_utf8_lossy(&looked.stderr);
    ensure!(
        looked.status.success(),
        "the database breaks its promises:\n{told}{trouble}"
    );
    Ok(())
}

/// This very program, with no settings from outside.
fn ourselves() -> anyhow::Result<Command> {
    let mut command = Command::new(env::current_exe().context("this program cannot be found")?);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("TOUCHSTONE_") {
            command.env_remove(name);
        }
    }
    Ok(command)
}

fn read(log: &Path) -> String {
    fs::read_to_string(log).unwrap_or_default()
}
