//! What a template says beside its steps.

use crate::BasisPoints;
use serde::{Deserialize, Serialize};

/// Longest word of a mode or an action, in characters.
const WORD_LIMIT: usize = 64;

/// The fields once: for what a version says, and for a change of it.
macro_rules! conduct {
    ($($(#[$doc:meta])* $field:ident: $of:ty,)+) => {
        /// Slate's template fields that have no counterpart in a step. They are pinned with the
        /// version and shown.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Conduct {
            $($(#[$doc])* pub $field: $of,)+
        }

        /// New values for some of the fields; `None` leaves one as it is.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct ConductPatch {
            $(pub $field: Option<$of>,)+
        }

        impl ConductPatch {
            pub fn apply(self, conduct: &mut Conduct) {
                $(if let Some(value) = self.$field {
                    conduct.$field = value;
                })+
            }
        }
    };
}

conduct! {
    daily_dd_mode: Option<String>,
    max_loss_mode: Option<String>,
    max_loss_lock_at: Option<String>,
    max_loss_lock_buffer: Option<BasisPoints>,
    consistency_pct: Option<BasisPoints>,
    consistency_enforcement: Option<String>,
    news_blackout_enabled: bool,
    news_blackout_seconds_before: i64,
    news_blackout_seconds_after: i64,
    news_min_impact: Option<String>,
    news_event_actions: Vec<String>,
    weekend_close_enabled: bool,
    /// 0 is Sunday.
    weekend_close_dow: Option<i64>,
    /// Hours and minutes: `21:00`.
    weekend_close_time: Option<String>,
    weekend_close_action: Option<String>,
    /// Hundredths of a lot.
    max_lots_per_symbol_hundredths: Option<i64>,
    min_trade_duration_seconds: i64,
    hedging_same_account: Option<bool>,
    hedging_cross_account: Option<bool>,
    ea_allowed: Option<bool>,
    copy_trading_allowed: Option<bool>,
    payout_cadence: Option<String>,
    /// In the accounts' currency.
    payout_min_amount_minor: Option<i64>,
    payout_min_trading_days: i64,
    /// In the program's currency. `None` or 0: a reset is free.
    reset_fee_minor: Option<i64>,
    fee_refund_policy: Option<String>,
    scaling_plan: Vec<serde_json::Value>,
}

impl Conduct {
    /// Fields with a value that they cannot have, each with what is wanted instead.
    pub(super) fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        let counts = [
            (
                "news_blackout_seconds_before",
                Some(self.news_blackout_seconds_before),
            ),
            (
                "news_blackout_seconds_after",
                Some(self.news_blackout_seconds_after),
            ),
            (
                "min_trade_duration_seconds",
                Some(self.min_trade_duration_seconds),
            ),
            (
                "payout_min_trading_days",
                Some(self.payout_min_trading_days),
            ),
            ("payout_min_amount", self.payout_min_amount_minor),
            ("reset_fee", self.reset_fee_minor),
            ("max_lots_per_symbol", self.max_lots_per_symbol_hundredths),
        ];
        faults.extend(
            counts
                .iter()
                .filter(|(_, count)| count.is_some_and(|c| c < 0))
                .map(|(field, _)| (*field, "0 or more")),
        );
        let shares = [
            ("max_loss_lock_buffer_pct", self.max_loss_lock_buffer),
            ("consistency_pct", self.consistency_pct),
        ];
        let is_share = |share: BasisPoints| (0..=BasisPoints::WHOLE.0).contains(&share.0);
        faults.extend(
            shares
                .iter()
                .filter(|(_, share)| share.is_some_and(|s| !is_share(s)))
                .map(|(field, _)| (*field, "from 0 to 100")),
        );
        if self
            .weekend_close_dow
            .is_some_and(|day| !(0..=6).contains(&day))
        {
            faults.push(("weekend_close_dow", "from 0 to 6"));
        }
        if self
            .weekend_close_time
            .as_deref()
            .is_some_and(|time| !is_time(time))
        {
            faults.push(("weekend_close_time", "a time like \"21:00\""));
        }
        let words = [
            ("daily_dd_mode", &self.daily_dd_mode),
            ("max_loss_mode", &self.max_loss_mode),
            ("max_loss_lock_at", &self.max_loss_lock_at),
            ("consistency_enforcement", &self.consistency_enforcement),
            ("news_min_impact", &self.news_min_impact),
            ("weekend_close_action", &self.weekend_close_action),
            ("payout_cadence", &self.payout_cadence),
            ("fee_refund_policy", &self.fee_refund_policy),
        ];
        let not_words = words
            .iter()
            .filter(|(_, word)| word.as_deref().is_some_and(|w| !is_word(w)));
        faults.extend(not_words.map(|(field, _)| (*field, WORD_WANTED)));
        if !self.news_event_actions.iter().all(|action| is_word(action)) {
            faults.push((
                "news_event_actions",
                "words of small letters, digits and \"_\"",
            ));
        }
        faults
    }
}

const WORD_WANTED: &str = "a word of small letters, digits and \"_\"";

fn is_word(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    text.len() <= WORD_LIMIT && text.bytes().all(known)
}

/// `00:00` to `23:59`.
fn is_time(text: &str) -> bool {
    let part = |part: &str, most: u32| {
        part.len() == 2
            && part.bytes().all(|b| b.is_ascii_digit())
            && part.parse::<u32>().is_ok_and(|value| value <= most)
    };
    text.split_once(':')
        .is_some_and(|(hours, minutes)| part(hours, 23) && part(minutes, 59))
}
