//! One source of settings, with whatever it says and nothing else.

use std::{
    fmt::{Display, Formatter},
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};
use touchstone_api::Origin;
use touchstone_trading::Action;
use url::Url;

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
    pub public_url: Option<Url>,

    /// Requests a minute of one signed-in person; twice as many of one address without signing
    /// in; 0 for no limit [default: 300]
    #[arg(long, env = "TOUCHSTONE_RATE_LIMIT_PER_MINUTE", value_name = "N")]
    pub rate_limit_per_minute: Option<u32>,

    /// Networks of proxies whose X-Forwarded-For is believed, with commas [default: none]
    #[arg(long, env = "TOUCHSTONE_TRUSTED_PROXIES", value_name = "CIDR", value_delimiter = ',', value_parser = network)]
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Option<Vec<IpNet>>,

    /// Origins whose pages may call from a browser, as https://trade.example.com; repeated or
    /// with commas [default: none]
    #[arg(
        long,
        env = "TOUCHSTONE_CORS_ORIGIN",
        value_name = "URL",
        value_delimiter = ','
    )]
    #[serde(deserialize_with = "origins")]
    pub cors_origin: Option<Vec<Origin>>,

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

    /// Deposits of one customer that may wait for payment at once [default: 10]
    #[arg(long, env = "TOUCHSTONE_PENDING_DEPOSITS_LIMIT", value_name = "N")]
    pub pending_deposits_limit: Option<i64>,

    /// Withdrawals of one customer that may wait for staff at once [default: 10]
    #[arg(long, env = "TOUCHSTONE_PENDING_WITHDRAWALS_LIMIT", value_name = "N")]
    pub pending_withdrawals_limit: Option<i64>,

    /// Payouts of more than so much, in whole units of their currency, are approved by two people [default: one suffices]
    #[arg(long, env = "TOUCHSTONE_SECOND_APPROVAL_ABOVE", value_name = "AMOUNT")]
    pub second_approval_above: Option<i64>,

    /// The payment page that customers are sent to; without it staff approve every payment
    #[arg(long, env = "TOUCHSTONE_CASHIER_URL", value_name = "URL")]
    pub cashier_url: Option<Url>,

    /// The name of that cashier, which is stamped on transactions [default: hosted]
    #[arg(long, env = "TOUCHSTONE_CASHIER_ID", value_name = "NAME")]
    pub cashier_id: Option<String>,

    /// Payment providers, each with a file of its webhook's secrets, one a line
    #[arg(
        long,
        env = "TOUCHSTONE_PAYMENT_WEBHOOK_FILES",
        value_name = "NAME=PATH",
        value_delimiter = ','
    )]
    pub payment_webhook_files: Option<Vec<String>>,

    /// Page on which a customer has his identity checked; it gets `customer_id`
    #[arg(long, env = "TOUCHSTONE_KYC_URL", value_name = "URL")]
    pub kyc_url: Option<Url>,

    /// Providers of identity checks, each with a file of its webhook's secrets, one a line
    #[arg(
        long,
        env = "TOUCHSTONE_KYC_WEBHOOK_FILES",
        value_name = "NAME=PATH",
        value_delimiter = ','
    )]
    pub kyc_webhook_files: Option<Vec<String>>,

    /// Feeds of prices, each with a file of the secrets of its batches, one a line
    #[arg(
        long,
        env = "TOUCHSTONE_FEED_FILES",
        value_name = "NAME=PATH",
        value_delimiter = ','
    )]
    pub feed_files: Option<Vec<String>>,

    /// How old by the feed's time a price may be when it comes in [default: 10000]
    #[arg(long, env = "TOUCHSTONE_FEED_STALE_AFTER_MS", value_name = "MS")]
    pub feed_stale_after_ms: Option<i64>,

    /// What is done with an older one: `refuse` it, or take it in and `flag` it [default: refuse]
    #[arg(long, env = "TOUCHSTONE_FEED_STALE", value_name = "ACTION")]
    pub feed_stale: Option<TickAction>,

    /// What is done with one whose time or number is not after the last one [default: refuse]
    #[arg(long, env = "TOUCHSTONE_FEED_OUT_OF_ORDER", value_name = "ACTION")]
    pub feed_out_of_order: Option<TickAction>,

    /// How far a feed's clock may be ahead of ours; a price from later is refused [default: 2000]
    #[arg(long, env = "TOUCHSTONE_FEED_AHEAD_MS", value_name = "MS")]
    pub feed_ahead_ms: Option<i64>,

    /// How far a price may move at once, in hundredths of a percent [default: 200]
    #[arg(long, env = "TOUCHSTONE_FEED_FAR_OFF_BP", value_name = "BP")]
    pub feed_far_off_bp: Option<i64>,

    /// What is done with one that moved further [default: refuse]
    #[arg(long, env = "TOUCHSTONE_FEED_FAR_OFF", value_name = "ACTION")]
    pub feed_far_off: Option<TickAction>,

    /// So many of them in a row that agree are the new price; 0 for never [default: 3]
    #[arg(long, env = "TOUCHSTONE_FEED_FAR_OFF_CONFIRMED_BY", value_name = "N")]
    pub feed_far_off_confirmed_by: Option<u32>,

    /// For how long they have to agree before they are [default: 5000]
    #[arg(long, env = "TOUCHSTONE_FEED_FAR_OFF_CONFIRMED_MS", value_name = "MS")]
    pub feed_far_off_confirmed_ms: Option<i64>,

    /// Networks of your own that webhooks may go to, without TLS too, with commas [default: the Internet alone]
    #[arg(long, env = "TOUCHSTONE_WEBHOOK_ALLOWED_NETWORKS", value_name = "CIDR", value_delimiter = ',', value_parser = network)]
    #[serde(deserialize_with = "networks")]
    pub webhook_allowed_networks: Option<Vec<IpNet>>,

    /// The bridge to a remote trading server; without it the built-in one is used
    #[arg(long, env = "TOUCHSTONE_REMOTE_TRADING_URL", value_name = "URL")]
    pub remote_trading_url: Option<Url>,

    /// The secret that calls of the bridge are signed with; better given by file or environment
    #[arg(long, env = "TOUCHSTONE_REMOTE_TRADING_SECRET", value_name = "TEXT", hide_env_values = true, value_parser = secret)]
    pub remote_trading_secret: Option<SecretString>,

    /// A file that holds the secret of the bridge
    #[arg(
        long,
        env = "TOUCHSTONE_REMOTE_TRADING_SECRET_FILE",
        value_name = "PATH"
    )]
    pub remote_trading_secret_file: Option<PathBuf>,

    /// How long a purchase waits for the bridge before it is answered with 202 [default: 5000]
    #[arg(
        long,
        env = "TOUCHSTONE_REMOTE_TRADING_ANSWER_WITHIN_MS",
        value_name = "MS"
    )]
    pub remote_trading_answer_within_ms: Option<u64>,

    /// How long one call of the bridge may take [default: 10000]
    #[arg(
        long,
        env = "TOUCHSTONE_REMOTE_TRADING_CALL_TIMEOUT_MS",
        value_name = "MS"
    )]
    pub remote_trading_call_timeout_ms: Option<u64>,

    /// First pause after a call without an answer; it doubles with each further one [default: 500]
    #[arg(
        long,
        env = "TOUCHSTONE_REMOTE_TRADING_RETRY_AFTER_MS",
        value_name = "MS"
    )]
    pub remote_trading_retry_after_ms: Option<i64>,

    /// Longest pause between calls [default: 60000]
    #[arg(
        long,
        env = "TOUCHSTONE_REMOTE_TRADING_RETRY_AT_MOST_MS",
        value_name = "MS"
    )]
    pub remote_trading_retry_at_most_ms: Option<i64>,

    /// Calls of one step without an answer before a person is asked [default: 20]
    #[arg(long, env = "TOUCHSTONE_REMOTE_TRADING_CALLS_LIMIT", value_name = "N")]
    pub remote_trading_calls_limit: Option<i64>,

    /// smtps://USER:PASSWORD@HOST or smtp://HOST:587?tls=required; without it no mail is sent
    #[arg(long, env = "TOUCHSTONE_SMTP_URL", value_name = "URL", hide_env_values = true, value_parser = secret)]
    pub smtp_url: Option<SecretString>,

    /// A file that holds the address of the mail server
    #[arg(long, env = "TOUCHSTONE_SMTP_URL_FILE", value_name = "PATH")]
    pub smtp_url_file: Option<PathBuf>,

    /// Sender of mails, as Prop Firm <no-reply@example.com>
    #[arg(long, env = "TOUCHSTONE_MAIL_SENDER", value_name = "ADDRESS")]
    pub mail_sender: Option<String>,

    /// How log lines are written [default: text]
    #[arg(long, env = "TOUCHSTONE_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,

    /// What is logged, as info or touchstone_store=debug,info [default: info]
    #[arg(long, env = "TOUCHSTONE_LOG_FILTER", value_name = "FILTER")]
    pub log_filter: Option<String>,
}

/// What is done with a tick that is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TickAction {
    Refuse,
    Flag,
}

impl From<TickAction> for Action {
    fn from(action: TickAction) -> Self {
        match action {
            TickAction::Refuse => Self::Refuse,
            TickAction::Flag => Self::Flag,
        }
    }
}

impl From<Action> for TickAction {
    fn from(action: Action) -> Self {
        match action {
            Action::Refuse => Self::Refuse,
            Action::Flag => Self::Flag,
        }
    }
}

impl Display for TickAction {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(Action::from(*self).name())
    }
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

/// A secret among the arguments.
pub fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(text.into())
}

/// A network, or one address of its own.
pub fn network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("`{text}` is neither an address nor a network such as 10.0.0.0/8"))
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<IpNet>>, D::Error> {
    each(deserializer, network)
}

fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Origin>>, D::Error> {
    each(deserializer, str::parse::<Origin>)
}

/// A list of texts, each read as a flag would be.
fn each<'de, D: Deserializer<'de>, T, E: Display>(
    deserializer: D,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<Vec<T>>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let values: Result<Vec<T>, E> = texts.iter().map(|text| read(text)).collect();
    values.map(Some).map_err(D::Error::custom)
}
