//! PostgreSQL beside us: schemas that go away again, and its own benchmark.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use secrecy::{ExposeSecret, SecretString};

/// 50 branches: 5,000,000 accounts, about 750 MB.
const SCALE: &str = "50";

/// A server and the folder of its programs.
pub struct Postgres {
    url: SecretString,
    programs: Option<PathBuf>,
}

impl Postgres {
    pub fn new(url: SecretString, programs: Option<PathBuf>) -> Self {
        Self { url, programs }
    }

    fn program(&self, name: &str) -> Command {
        match &self.programs {
            Some(folder) => Command::new(folder.join(name)),
            None => Command::new(name),
        }
    }

    /// An empty schema, named like `folder`.
    pub fn schema(&self, folder: &Path) -> anyhow::Result<Schema> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_ascii_lowercase().replace('-', "_");
        let url = self.url.expose_secret();
        self.sql(&format!("CREATE SCHEMA {name}"))?;
        let join = if url.contains('?') { '&' } else { '?' };
        Ok(Schema {
            url: format!("{url}{join}options=-c%20search_path%3D{name}"),
            server: Self::new(self.url.clone(), self.programs.clone()),
            name,
        })
    }

    fn sql(&self, statement: &str) -> anyhow::Result<()> {
        let url = self.url.expose_secret();
        let mut psql = self.program("psql");
        answer(psql.args(["-qX", "-v", "ON_ERROR_STOP=1", "-c", statement, url])).map(drop)
    }
}

/// A schema that is dropped with this value.
pub struct Schema {
    server: Postgres,
    name: String,
    url: String,
}

impl Schema {
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        if let Err(error) = self
            .server
            .sql(&format!("DROP SCHEMA {} CASCADE", self.name))
        {
            eprintln!("the schema {} stays: {error:#}", self.name);
        }
    }
}

/// pgbench's TPC-B, filled and ready.
pub struct TpcB {
    schema: Schema,
    _folder: tempfile::TempDir,
}

impl TpcB {
    pub fn fill(postgres: &Postgres) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("touchstone-tpcb-")
            .tempdir()?;
        let schema = postgres.schema(folder.path())?;
        let mut pgbench = postgres.program("pgbench");
        answer(pgbench.args(["-i", "-q", "-s", SCALE, schema.url()]))?;
        Ok(Self {
            schema,
            _folder: folder,
        })
    }

    /// Transactions a second.
    pub fn per_second(&self, clients: usize, seconds: u32) -> anyhow::Result<f64> {
        let threads = clients.min(2);
        let mut pgbench = self.schema.server.program("pgbench");
        let text = answer(
            pgbench
                .args([
                    "-M",
                    "prepared",
                    "-c",
                    &clients.to_string(),
                    "-j",
                    &threads.to_string(),
                ])
                .args(["-T", &seconds.to_string(), self.schema.url()]),
        )?;
        per_second(&text).with_context(|| format!("pgbench told no rate:\n{text}"))
    }
}

/// `tps = 1234.567890 (without initial connection time)`
fn per_second(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

fn answer(command: &mut Command) -> anyhow::Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("{program} could not be started"))?;
    let trouble = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{program} failed: {}",
        trouble.trim_end()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::per_second;

    #[test]
    fn the_rate_is_read_as_pgbench_prints_it() {
        let text = "latency average = 1.2 ms\ntps = 1234.5 (without initial connection time)\n";
        assert_eq!(per_second(text), Some(1234.5));
        assert_eq!(per_second("latency average = 1.2 ms\n"), None);
    }
}
