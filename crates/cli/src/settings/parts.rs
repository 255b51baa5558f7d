//! Settings that belong together.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, time::Duration};

use secrecy::ExposeSecret;
use touchstone_api::{ServeOptions, limits};
use touchstone_app::{
    cashier::WebhookSecret,
    kyc::KycPage,
    mail::SmtpMailer,
    ports::HostedCashier,
    settings::{RemoteTrading, Settings as AppSettings},
    webhooks::Guard,
};
use touchstone_store::StoreOptions;
use url::Url;

use super::{Bridge, SettingsError, feeds, resolve::Resolver, secret};

type Result<T> = std::result::Result<T, SettingsError>;

pub(super) fn serve(r: &mut Resolver) -> Result<ServeOptions> {
    let timeout_seconds = limits::SHUTDOWN_TIMEOUT.as_secs();
    Ok(ServeOptions {
        shutdown_timeout: Duration::from_secs(r.pick(
            "shutdown_timeout_seconds",
            |l| &l.shutdown_timeout_seconds,
            timeout_seconds,
        )),
        connections_max: r.at_least(
            1,
            "connections_max",
            |l| &l.connections_max,
            limits::CONNECTIONS_MAX,
        )?,
        take_in_timeout: limits::TAKE_IN_TIMEOUT,
    })
}

pub(super) fn store(r: &mut Resolver) -> Result<StoreOptions> {
    let options = StoreOptions::default();
    let connections = options.pg_connections;
    Ok(StoreOptions {
        pg_connections: r.at_least(
            1,
            "postgres_connections",
            |l| &l.postgres_connections,
            connections,
        )?,
        ..options
    })
}

pub(super) fn app(r: &mut Resolver, listen: SocketAddr) -> Result<AppSettings> {
    let d = AppSettings::default();
    Ok(AppSettings {
        access_token_seconds: r.at_least(
            1,
            "access_token_seconds",
            |l| &l.access_token_seconds,
            d.access_token_seconds,
        )?,
        refresh_token_seconds: r.at_least(
            1,
            "refresh_token_seconds",
            |l| &l.refresh_token_seconds,
            d.refresh_token_seconds,
        )?,
        terminal_session_seconds: r.at_least(
            1,
            "terminal_session_seconds",
            |l| &l.terminal_session_seconds,
            d.terminal_session_seconds,
        )?,
        password_reset_seconds: r.at_least(
            1,
            "password_reset_seconds",
            |l| &l.password_reset_seconds,
            d.password_reset_seconds,
        )?,
        unpaid_after_seconds: r.at_least(
            1,
            "unpaid_after_seconds",
            |l| &l.unpaid_after_seconds,
            d.unpaid_after_seconds,
        )?,
        pending_journeys_limit: r.at_least(
            1,
            "pending_journeys_limit",
            |l| &l.pending_journeys_limit,
            d.pending_journeys_limit,
        )?,
        pending_deposits_limit: r.at_least(
            1,
            "pending_deposits_limit",
            |l| &l.pending_deposits_limit,
            d.pending_deposits_limit,
        )?,
        pending_withdrawals_limit: r.at_least(
            1,
            "pending_withdrawals_limit",
            |l| &l.pending_withdrawals_limit,
            d.pending_withdrawals_limit,
        )?,
        second_approval_above: second_approval_above(r)?,
        payment_webhooks: payment_webhooks(r)?,
        kyc_webhooks: kyc_webhooks(r)?,
        kyc_page: r
            .optional("kyc_url", |l| &l.kyc_url, Url::to_string)
            .map(KycPage),
        feeds: feeds::feeds(r)?,
        desk: feeds::desk(r)?,
        webhook_guard: Guard::new(
            r.list("webhook_allowed_networks", |l| &l.webhook_allowed_networks),
        ),
        remote_trading: remote_trading(r)?,
        public_url: public_url(r, listen)?,
        ..d
    })
}

fn second_approval_above(r: &mut Resolver) -> Result<Option<i64>> {
    let above = r.optional(
        "second_approval_above",
        |l| &l.second_approval_above,
        |above| above.to_string(),
    );
    if above.is_some_and(|above| above < 0) {
        return Err(SettingsError::Value {
            name: "second_approval_above",
            problem: "0 or more is wanted".to_owned(),
        });
    }
    Ok(above)
}

/// Links are made by joining texts to it.
fn public_url(r: &mut Resolver, listen: SocketAddr) -> Result<String> {
    let url = r.optional("public_url", |l| &l.public_url, Url::to_string);
    match url {
        None => Ok(format!("http://{listen}")),
        Some(url) if matches!(url.scheme(), "http" | "https") => {
            Ok(url.as_str().trim_end_matches('/').to_owned())
        }
        Some(url) => Err(SettingsError::Value {
            name: "public_url",
            problem: format!("http or https is wanted, and not {}", url.scheme()),
        }),
    }
}

fn remote_trading(r: &mut Resolver) -> Result<RemoteTrading> {
    let d = RemoteTrading::default();
    Ok(RemoteTrading {
        answer_within_ms: r.pick(
            "remote_trading_answer_within_ms",
            |l| &l.remote_trading_answer_within_ms,
            d.answer_within_ms,
        ),
        call_timeout_ms: r.at_least(
            1,
            "remote_trading_call_timeout_ms",
            |l| &l.remote_trading_call_timeout_ms,
            d.call_timeout_ms,
        )?,
        retry_after_ms: r.at_least(
            1,
            "remote_trading_retry_after_ms",
            |l| &l.remote_trading_retry_after_ms,
            d.retry_after_ms,
        )?,
        retry_at_most_ms: r.at_least(
            1,
            "remote_trading_retry_at_most_ms",
            |l| &l.remote_trading_retry_at_most_ms,
            d.retry_at_most_ms,
        )?,
        calls_limit: r.at_least(
            1,
            "remote_trading_calls_limit",
            |l| &l.remote_trading_calls_limit,
            d.calls_limit,
        )?,
    })
}

pub(super) fn bridge(r: &mut Resolver) -> Result<Option<Bridge>> {
    let url = r.optional(
        "remote_trading_url",
        |l| &l.remote_trading_url,
        Url::to_string,
    );
    let secret = r.secret("remote_trading_secret", |l| {
        (&l.remote_trading_secret, &l.remote_trading_secret_file)
    })?;
    match (url, secret) {
        (None, _) => Ok(None),
        (Some(url), Some(secret)) => Ok(Some(Bridge { url, secret })),
        (Some(_), None) => Err(SettingsError::Missing {
            name: "remote_trading_secret",
            hint: "; the bridge checks it",
        }),
    }
}

pub(super) fn cashier(r: &mut Resolver) -> Option<HostedCashier> {
    let page = r.optional("cashier_url", |l| &l.cashier_url, Url::to_string);
    let id = r.pick("cashier_id", |l| &l.cashier_id, "hosted".to_owned());
    page.map(|page| HostedCashier::new(id, page))
}

fn payment_webhooks(r: &mut Resolver) -> Result<BTreeMap<String, Vec<WebhookSecret>>> {
    let name = "payment_webhook_files";
    shared_secrets(name, &r.list(name, |l| &l.payment_webhook_files))
}

fn kyc_webhooks(r: &mut Resolver) -> Result<BTreeMap<String, Vec<WebhookSecret>>> {
    let name = "kyc_webhook_files";
    shared_secrets(name, &r.list(name, |l| &l.kyc_webhook_files))
}

/// From `NAME=PATH`, where the file holds one secret a line; `name` is the setting's.
pub fn shared_secrets(
    name: &'static str,
    entries: &[String],
) -> Result<BTreeMap<String, Vec<WebhookSecret>>> {
    let mut providers = BTreeMap::new();
    for entry in entries {
        let wrong = |problem: String| SettingsError::Value { name, problem };
        let (provider, path) = entry
            .split_once('=')
            .filter(|(provider, path)| !provider.is_empty() && !path.is_empty())
            .ok_or_else(|| wrong(format!("`{entry}` is not NAME=PATH")))?;
        let text = secret::read(Path::new(path))?;
        let secrets: Option<Vec<WebhookSecret>> = text
            .expose_secret()
            .lines()
            .map(|line| WebhookSecret::new(line.to_owned()))
            .collect();
        let secrets = secrets
            .filter(|secrets| !secrets.is_empty())
            .ok_or_else(|| {
                wrong(format!(
                    "{path} needs a secret a line, each of 16 bytes or more"
                ))
            })?;
        if providers.insert(provider.to_owned(), secrets).is_some() {
            return Err(wrong(format!("{provider} is named twice")));
        }
    }
    Ok(providers)
}

/// Mail goes out through an SMTP server, or not at all.
pub(super) fn mailer(r: &mut Resolver) -> Result<Option<SmtpMailer>> {
    let url = r.secret("smtp_url", |l| (&l.smtp_url, &l.smtp_url_file))?;
    let sender = r.optional("mail_sender", |l| &l.mail_sender, Clone::clone);
    match (url, sender) {
        (None, None) => Ok(None),
        (Some(url), Some(sender)) => {
            SmtpMailer::new(&url, &sender)
                .map(Some)
                .map_err(|error| SettingsError::Value {
                    name: "smtp_url",
                    problem: error.to_string(),
                })
        }
        (Some(_), None) => Err(SettingsError::Missing {
            name: "mail_sender",
            hint: "; mail of smtp_url needs a sender",
        }),
        (None, Some(_)) => Err(SettingsError::Missing {
            name: "smtp_url",
            hint: "; mail_sender does nothing without it",
        }),
    }
}
