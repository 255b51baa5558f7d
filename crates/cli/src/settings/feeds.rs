//! Feeds of prices, and which of their ticks are taken in.

use std::{collections::BTreeMap, sync::Arc};

use touchstone_app::{cashier::WebhookSecret, desk::settings::DeskSettings};
use touchstone_trading::GateRules;

use super::{SettingsError, parts::shared_secrets, resolve::Resolver};

/// The built-in market of a demo.
const RESERVED: &str = "demo";

/// Each feed with its secrets.
pub type Feeds = BTreeMap<Arc<str>, Vec<WebhookSecret>>;

pub(super) fn feeds(r: &mut Resolver) -> Result<Feeds, SettingsError> {
    read(&r.list(NAME, |l| &l.feed_files))
}

const NAME: &str = "feed_files";

/// From `NAME=PATH`, where the file holds one secret a line.
///
/// # Errors
/// A file that cannot be read or holds no secret, and a name that cannot be a feed's.
pub fn read(entries: &[String]) -> Result<Feeds, SettingsError> {
    let feeds = shared_secrets(NAME, entries)?;
    if feeds.contains_key(RESERVED) {
        return Err(SettingsError::Value {
            name: NAME,
            problem: format!("`{RESERVED}` is the name of the built-in market; take another"),
        });
    }
    let feeds = feeds.into_iter();
    Ok(feeds
        .map(|(feed, secrets)| (feed.into(), secrets))
        .collect())
}

pub(super) fn desk(r: &mut Resolver) -> Result<DeskSettings, SettingsError> {
    let d = GateRules::default();
    let gate = GateRules {
        stale_after_ms: r.at_least(
            1,
            "feed_stale_after_ms",
            |l| &l.feed_stale_after_ms,
            d.stale_after_ms,
        )?,
        stale: r
            .pick("feed_stale", |l| &l.feed_stale, d.stale.into())
            .into(),
        out_of_order: r
            .pick(
                "feed_out_of_order",
                |l| &l.feed_out_of_order,
                d.out_of_order.into(),
            )
            .into(),
        ahead_ms: r.at_least(0, "feed_ahead_ms", |l| &l.feed_ahead_ms, d.ahead_ms)?,
        far_off_bp: r.at_least(1, "feed_far_off_bp", |l| &l.feed_far_off_bp, d.far_off_bp)?,
        far_off: r
            .pick("feed_far_off", |l| &l.feed_far_off, d.far_off.into())
            .into(),
        far_off_confirmed_by: r.pick(
            "feed_far_off_confirmed_by",
            |l| &l.feed_far_off_confirmed_by,
            d.far_off_confirmed_by,
        ),
        far_off_confirmed_ms: r.at_least(
            0,
            "feed_far_off_confirmed_ms",
            |l| &l.feed_far_off_confirmed_ms,
            d.far_off_confirmed_ms,
        )?,
    };
    Ok(DeskSettings {
        gate,
        ..DeskSettings::default()
    })
}
