//! A throwaway PostgreSQL for a run of tests or of a benchmark.

use crate::tools;
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const OLDEST_MAJOR: u32 = 15;

/// An installed PostgreSQL server.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Installation {
    pub major: u32,
    pub bin: PathBuf,
}

/// The newest server on `PATH` or where Debian puts it, if it is new enough.
pub fn find() -> Option<Installation> {
    let mut folders: BTreeSet<PathBuf> = tools::path_folders().into_iter().collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    folders
        .into_iter()
        .filter_map(installation_in)
        .filter(|found| found.major >= OLDEST_MAJOR)
        .max()
}

fn installation_in(folder: PathBuf) -> Option<Installation> {
    let has_all = ["initdb", "pg_ctl", "postgres"]
        .iter()
        .all(|program| folder.join(program).is_file());
    let version = has_all.then(|| tools::answer(folder.join("postgres"), &["--version"]))??;
    Some(Installation {
        major: major_version(&version)?,
        bin: folder,
    })
}

/// `postgres (PostgreSQL) 15.13 (Debian 15.13-0)` is 15.
fn major_version(answer: &str) -> Option<u32> {
    let version = answer.split_once("(PostgreSQL) ")?.1;
    version
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// What a cluster is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// No fsync: what the tests crash is the server under test, never this cluster.
    Tests,
    /// Durable, and set up as one would for such a machine.
    Bench,
}

impl Purpose {
    const fn options(self) -> &'static str {
        match self {
            Purpose::Tests => "-c fsync=off -c full_page_writes=off",
            Purpose::Bench => "-c shared_buffers=1GB -c max_wal_size=4GB",
        }
    }
}

/// A running cluster of its own. Dropping it stops it and removes its files; so does any end of this process.
#[derive(Debug)]
pub struct Cluster {
    keeper: Child,
    port: u16,
}

impl Cluster {
    pub fn start(installation: &Installation, purpose: Purpose) -> anyhow::Result<Cluster> {
        // Between our look for a free port and the start someone else may take it.
        const TRIES: u32 = 3;
        let mut tried = 1;
        loop {
            match Cluster::start_once(&installation.bin, purpose) {
                Err(error) if tried == TRIES => return Err(error),
                Err(_) => tried += 1,
                Ok(cluster) => return Ok(cluster),
            }
        }
    }

    fn start_once(bin: &Path, purpose: Purpose) -> anyhow::Result<Cluster> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut command = Command::new("sh");
        command
            .args(["-c", include_str!("postgres.sh"), "postgres.sh"])
            .arg(bin)
            .arg(port.to_string())
            .arg(purpose.options())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own: Ctrl-C goes to us, and the cluster follows when our pipe closes.
            .process_group(0);
        if let Some((uid, gid)) = unprivileged_user()? {
            command.uid(uid).gid(gid);
        }
        let mut cluster = Cluster {
            keeper: command.spawn().context("sh could not be started")?,
            port,
        };
        let mut said = String::new();
        if let Some(stdout) = cluster.keeper.stdout.as_mut() {
            BufReader::new(stdout).read_line(&mut said)?;
        }
        if said != "ready\n" {
            let mut why = String::new();
            if let Some(stderr) = cluster.keeper.stderr.as_mut() {
                stderr.read_to_string(&mut why)?;
            }
            bail!("PostgreSQL did not start:\n{}", why.trim_end());
        }
        Ok(cluster)
    }

    /// A URL with the right to create databases.
    pub fn admin_url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// PostgreSQL refuses to run as root: then the user and group to run it as.
fn unprivileged_user() -> anyhow::Result<Option<(u32, u32)>> {
    let id = |args: &[&str]| tools::answer("id", args)?.parse::<u32>().ok();
    if id(&["-u"]).context("`id -u` gave no number")? != 0 {
        return Ok(None);
    }
    let user = ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)));
    Ok(Some(user.context(
        "no user `postgres` or `nobody` to run PostgreSQL as",
    )?))
}

#[cfg(test)]
mod tests {
    use super::{Cluster, Purpose, find, major_version};
    use std::net::TcpStream;

    #[test]
    fn versions_are_read_as_servers_print_them() {
        let check = |answer: &str, expect: Option<u32>| {
            assert_eq!(major_version(answer), expect, "{answer}")
        };
        check(
            "postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)",
            Some(15),
        );
        check("postgres (PostgreSQL) 18beta1", Some(18));
        check("postgres (PostgreSQL) 9.6.24", Some(9));
        check("postgres (EnterpriseDB)", None);
        check("", None);
    }

    #[test]
    fn a_dropped_cluster_is_gone() {
        let Some(installation) = find() else {
            return;
        };
        let cluster = Cluster::start(&installation, Purpose::Tests).unwrap();
        let address = ("127.0.0.1", cluster.port);
        assert!(TcpStream::connect(address).is_ok());
        drop(cluster);
        assert!(TcpStream::connect(address).is_err());
    }
}
