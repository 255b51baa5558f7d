//! One source of settings, with whatever it says and nothing else.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};

use super::SettingsError;
use crate::logs::LogFormat;

/// Flags and environment, or a file. Names are the same everywhere: `--listen`,
/// `TOUCHSTONE_LISTEN` and `listen = ...`.
#[derive(Debug, Clone, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Layer {
    /// Address and port to serve on [default: 127.0.0.1:8080]
    #[arg(long, env = "TOUCHSTONE_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,

    /// sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(long, env = "TOUCHSTONE_DATABASE", value_name = "URL", hide_env_values = true, value_parser = secret)]
    pub database: Option<SecretString>,

    /// A file that holds the database's address
    #[arg(long, env = "TOUCHSTONE_DATABASE_FILE", value_name = "PATH")]
    pub database_file: Option<PathBuf>,

    /// 64 hexadecimal digits from which all keys are made; better given by file or environment
    #[arg(long, env = "TOUCHSTONE_MASTER_SECRET", value_name = "HEX", hide_env_values = true, value_parser = secret)]
    pub master_secret: Option<SecretString>,

    /// A file that holds the master secret
    #[arg(long, env = "TOUCHSTONE_MASTER_SECRET_FILE", value_name = "PATH")]
    pub master_secret_file: Option<PathBuf>,

    /// A firm file to apply before serving
    #[arg(long, env = "TOUCHSTONE_FIRM", value_name = "PATH")]
    pub firm: Option<PathBuf>,

    /// Base of the links in mails and payment pages [default: http://ADDR]
    #[arg(long, env = "TOUCHSTONE_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// Requests a minute of one signed-in person; twice as many of one address without signing
    /// in; 0 for no limit [default: 300]
    #[arg(long, env = "TOUCHSTONE_RATE_LIMIT_PER_MINUTE", value_name = "N")]
    pub rate_limit_per_minute: Option<u32>,

    /// Networks of proxies whose X-Forwarded-For is believed, with commas [default: none]
    #[arg(long, env = "TOUCHSTONE_TRUSTED_PROXIES", value_name = "CIDR", value_delimiter = ',', value_parser = parse_network)]
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Option<Vec<IpNet>>,

    /// How long a shutdown waits for requests in hand [default: 20]
    #[arg(
        long,
        env = "TOUCHSTONE_SHUTDOWN_TIMEOUT_SECONDS",
        value_name = "SECONDS"
    )]
    pub shutdown_timeout_seconds: Option<u64>,

    /// Connections that may be open at once [default: 10000]
    #[arg(long, env = "TOUCHSTONE_CONNECTIONS_MAX", value_name = "N")]
    pub connections_max: Option<usize>,

    /// PostgreSQL connections that write at the same time [default: 16]
    #[arg(long, env = "TOUCHSTONE_POSTGRES_CONNECTIONS", value_name = "N")]
    pub postgres_connections: Option<usize>,

    /// Life of an access token [default: 900]
    #[arg(long, env = "TOUCHSTONE_ACCESS_TOKEN_SECONDS", value_name = "SECONDS")]
    pub access_token_seconds: Option<i64>,

    /// Life of a session that nobody refreshes [default: 30 days]
    #[arg(long, env = "TOUCHSTONE_REFRESH_TOKEN_SECONDS", value_name = "SECONDS")]
    pub refresh_token_seconds: Option<i64>,

    /// Life of a terminal's session, which has no refresh [default: 1 day]
    #[arg(
        long,
        env = "TOUCHSTONE_TERMINAL_SESSION_SECONDS",
        value_name = "SECONDS"
    )]
    pub terminal_session_seconds: Option<i64>,

    /// Life of a mailed token that sets a forgotten password [default: 1 hour]
    #[arg(
        long,
        env = "TOUCHSTONE_PASSWORD_RESET_SECONDS",
        value_name = "SECONDS"
    )]
    pub password_reset_seconds: Option<i64>,

    /// After this time an enrolment or grant that nobody paid ends [default: 7 days]
    #[arg(long, env = "TOUCHSTONE_UNPAID_AFTER_SECONDS", value_name = "SECONDS")]
    pub unpaid_after_seconds: Option<i64>,

    /// Journeys of one customer that may wait for payment at once [default: 10]
    #[arg(long, env = "TOUCHSTONE_PENDING_JOURNEYS_LIMIT", value_name = "N")]
    pub pending_journeys_limit: Option<i64>,

    /// How log lines are written [default: text]
    #[arg(long, env = "TOUCHSTONE_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,

    /// What is logged, as info or touchstone_store=debug,info [default: info]
    #[arg(long, env = "TOUCHSTONE_LOG_FILTER", value_name = "FILTER")]
    pub log_filter: Option<String>,
}

impl Layer {
    /// What a TOML file says.
    ///
    /// # Errors
    /// When it cannot be read, or names what there is not; with the line, never with a value.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| SettingsError::Unreadable {
            file: file.clone(),
            detail: error.to_string(),
        })?;
        toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            SettingsError::File {
                file,
                line: text.as_bytes()[..start]
                    .iter()
                    .filter(|byte| **byte == b'\n')
                    .count()
                    + 1,
                message: error.message().to_owned(),
            }
        })
    }
}

pub(super) fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(text.into())
}

/// `10.0.0.0/8`, or one address.
fn parse_network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("`{text}` is neither an address nor a network such as 10.0.0.0/8"))
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<IpNet>>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let networks: Result<Vec<IpNet>, String> =
        texts.iter().map(|text| parse_network(text)).collect();
    networks.map(Some).map_err(D::Error::custom)
}
