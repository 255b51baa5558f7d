//! The settings of `serve`: flags beat environment, environment beats the file, the file beats defaults.

mod database;
mod environment;
mod feeds;
mod layer;
mod parts;
mod resolve;
mod secret;

pub use database::Database;
pub use environment::refuse_unknown;
pub use feeds::read as feed_secrets;
pub use layer::{Layer, network as parse_network, secret as parse_secret};
pub use parts::shared_secrets;
pub use resolve::Shown;
pub use secret::read as read_secret;

use std::{net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use touchstone_api::{Origin, ServeOptions, limits};
use touchstone_app::{mail::SmtpMailer, ports::HostedCashier, settings::Settings as AppSettings};
use touchstone_store::{DatabaseUrl, StoreOptions};
use url::Url;

use crate::logs::LogFormat;
use resolve::Resolver;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{file}: {detail}")]
    Unreadable { file: String, detail: String },
    #[error("{file}:{line}: {message}")]
    File {
        file: String,
        line: usize,
        message: String,
    },
    #[error("{name}: {problem}")]
    Value { name: &'static str, problem: String },
    #[error(
        "{name} is not set; use --{flag}, {variable}, or {name} in the file of --config{hint}",
        flag = name.replace('_', "-"),
        variable = variable(name)
    )]
    Missing {
        name: &'static str,
        hint: &'static str,
    },
    #[error("{variable} is no setting; `touchstone serve --help` lists them")]
    UnknownVariable { variable: String },
    #[error("{name} and {name}_file are both set {place}; set one of them")]
    Twice {
        name: &'static str,
        place: &'static str,
    },
}

/// The environment variable of a setting.
fn variable(name: &str) -> String {
    format!("{}{}", environment::PREFIX, name.to_uppercase())
}

/// Everything that `serve` needs to know, checked.
#[derive(Debug)]
pub struct Settings {
    pub listen: SocketAddr,
    pub database: DatabaseUrl,
    pub master_secret: SecretBox<[u8; 32]>,
    pub firm: Option<PathBuf>,
    pub rate_limit_per_minute: u32,
    pub trusted_proxies: Vec<IpNet>,
    pub allowed_origins: Vec<Origin>,
    pub cashier: Option<HostedCashier>,
    pub bridge: Option<Bridge>,
    pub mailer: Option<SmtpMailer>,
    pub serve: ServeOptions,
    pub store: StoreOptions,
    pub app: AppSettings,
    pub log_format: LogFormat,
    pub log_filter: String,
    /// All of them as they are shown at the start.
    pub shown: Vec<Shown>,
}

/// Where the bridge to a remote trading server is, and what its calls are signed with.
#[derive(Debug)]
pub struct Bridge {
    pub url: Url,
    pub secret: SecretString,
}

impl Settings {
    /// Joins the layers; `above` holds flags and environment, `file` what the file says.
    ///
    /// # Errors
    /// When a setting is missing, doubled or out of range.
    pub fn resolve(above: Layer, file: Layer) -> Result<Self, SettingsError> {
        let mut r = Resolver::new(above, file);
        let listen = r.pick("listen", |l| &l.listen, DEFAULT_LISTEN);
        Ok(Self {
            listen,
            database: database(r.secret("database", |l| (&l.database, &l.database_file))?)?,
            master_secret: master_secret(r.secret("master_secret", |l| {
                (&l.master_secret, &l.master_secret_file)
            })?)?,
            firm: r.optional("firm", |l| &l.firm, |path| path.display().to_string()),
            rate_limit_per_minute: r.pick(
                "rate_limit_per_minute",
                |l| &l.rate_limit_per_minute,
                limits::REQUESTS_PER_MINUTE,
            ),
            trusted_proxies: r.list("trusted_proxies", |l| &l.trusted_proxies),
            allowed_origins: r.list("cors_origin", |l| &l.cors_origin),
            cashier: parts::cashier(&mut r),
            bridge: parts::bridge(&mut r)?,
            mailer: parts::mailer(&mut r)?,
            serve: parts::serve(&mut r)?,
            store: parts::store(&mut r)?,
            app: parts::app(&mut r, listen)?,
            log_format: r.pick("log_format", |l| &l.log_format, LogFormat::Text),
            log_filter: r.pick(
                "log_filter",
                |l| &l.log_filter,
                DEFAULT_LOG_FILTER.to_owned(),
            ),
            shown: r.into_shown(),
        })
    }
}

pub const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

pub const DEFAULT_LOG_FILTER: &str = "info";

fn database(text: Option<SecretString>) -> Result<DatabaseUrl, SettingsError> {
    let text = text.ok_or(SettingsError::Missing {
        name: "database",
        hint: ", as sqlite:touchstone.db or postgres://USER@HOST/DATABASE",
    })?;
    // The address itself is not repeated: it can hold a password.
    text.expose_secret()
        .parse()
        .map_err(|error: touchstone_store::UrlError| SettingsError::Value {
            name: "database",
            problem: error.to_string(),
        })
}

fn master_secret(text: Option<SecretString>) -> Result<SecretBox<[u8; 32]>, SettingsError> {
    let text = text.ok_or(SettingsError::Missing {
        name: "master_secret",
        hint: "; `openssl rand -hex 32` makes one, and losing it signs everybody out",
    })?;
    let mut bytes = [0_u8; 32];
    hex::decode_to_slice(text.expose_secret(), &mut bytes).map_err(|_| SettingsError::Value {
        name: "master_secret",
        problem: "64 hexadecimal digits are wanted, as `openssl rand -hex 32` makes them"
            .to_owned(),
    })?;
    Ok(SecretBox::new(Box::new(bytes)))
}

#[cfg(test)]
mod tests;
