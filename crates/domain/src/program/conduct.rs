//! What a template says beside its steps.

use super::judged::{
    CONSISTENCIES, DAILY_MODES, IMPACTS, LOCKS, MAX_LOSS_MODES, NEWS_ACTIONS, WEEKEND_ACTIONS,
    Words, is_share, known_words,
};
use super::payout::{CADENCES, FEE_REFUNDS};
use crate::BasisPoints;
use serde::{Deserialize, Serialize};

/// Longest time before and after a piece of news.
const NEWS_SECONDS_MAX: i64 = 86_400;

/// The fields once: for what a version says, and for a change of it.
macro_rules! conduct {
    ($($(#[$doc:meta])* $field:ident: $of:ty,)+) => {
        /// Slate's template fields that have no counterpart in a step. They are pinned with the
        /// version, shown, and judged where `is_judged` says so.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Conduct {
            /// Accounts of this version are judged by what stands here. Earlier versions only
            /// showed it, with whatever words: who bought one keeps what he bought.
            #[serde(skip_serializing_if = "is_false")]
            pub is_judged: bool,
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

const fn is_false(value: &bool) -> bool {
    !*value
}

type Fault = (&'static str, String);

impl Conduct {
    /// From here on accounts are judged by what it says.
    pub fn settle(&mut self) {
        self.is_judged = self.has_rules();
    }

    /// Fields with a value that they cannot have, each with what is wanted instead.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let before = self.news_blackout_seconds_before;
        let after = self.news_blackout_seconds_after;
        let counts = [
            ("news_blackout_seconds_before", Some(before)),
            ("news_blackout_seconds_after", Some(after)),
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
                .map(|(field, _)| (*field, "0 or more".to_owned())),
        );
        let seconds = counts.iter().take(2);
        faults.extend(
            seconds
                .filter(|(_, count)| count.is_some_and(|c| c > NEWS_SECONDS_MAX))
                .map(|(field, _)| {
                    (
                        *field,
                        format!("at most {NEWS_SECONDS_MAX}, which is a day"),
                    )
                }),
        );
        let shares = [
            ("max_loss_lock_buffer_pct", self.max_loss_lock_buffer),
            ("consistency_pct", self.consistency_pct),
        ];
        faults.extend(
            shares
                .iter()
                .filter(|(_, share)| share.is_some_and(|s| !is_share(s)))
                .map(|(field, _)| (*field, "from 0 to 100".to_owned())),
        );
        self.buffer_fault(&mut faults);
        faults.extend(self.news_faults());
        self.weekend_faults(&mut faults);
        self.word_faults(&mut faults);
        if self.growths().is_none() {
            let wanted = "a list of objects with payouts and increase_pct, and profit_pct, days and times where wanted";
            faults.push(("scaling_plan", wanted.to_owned()));
        }
        faults
    }

    fn buffer_fault(&self, faults: &mut Vec<Fault>) {
        let has_buffer = self.max_loss_lock_buffer.is_some_and(|share| share.0 > 0);
        if has_buffer && self.max_loss_lock_at.as_deref() != Some("initial") {
            let wanted = "0 where max_loss_lock_at is not \"initial\"";
            faults.push(("max_loss_lock_buffer_pct", wanted.to_owned()));
        }
    }

    pub(super) fn news_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let (actions, before, after) = (
            &self.news_event_actions,
            self.news_blackout_seconds_before,
            self.news_blackout_seconds_after,
        );
        let mut seen = Vec::new();
        let is_twice = actions.iter().any(|word| {
            let is_known = seen.contains(&word);
            seen.push(word);
            is_known
        });
        if is_twice {
            let wanted = "a list with each action once".to_owned();
            faults.push(("news_event_actions", wanted));
        }
        if !self.news_blackout_enabled {
            return faults;
        }
        if before == 0 && after == 0 {
            let wanted =
                "above 0, or news_blackout_seconds_after, where news_blackout_enabled is true";
            faults.push(("news_blackout_seconds_before", wanted.to_owned()));
        }
        let has = |word: &str| actions.iter().any(|action| action == word);
        let wanted = match () {
            () if actions.is_empty() => "at least one action where news_blackout_enabled is true",
            // Positions that are closed before the news are no reason to forbid what is left to do.
            () if has("hold") && (has("close") || has("modify")) => {
                "\"open\" at most beside \"hold\""
            }
            () => return faults,
        };
        faults.push(("news_event_actions", wanted.to_owned()));
        faults
    }

    fn weekend_faults(&self, faults: &mut Vec<Fault>) {
        let is_on = self.weekend_close_enabled;
        let in_week = |day| (0..=6).contains(&day);
        if self.weekend_close_dow.map_or(is_on, |day| !in_week(day)) {
            faults.push(("weekend_close_dow", "from 0 to 6".to_owned()));
        }
        let time = self.weekend_close_time.as_deref();
        if time.map_or(is_on, |time| !is_time(time)) {
            let wanted = "a time like \"21:00\"".to_owned();
            faults.push(("weekend_close_time", wanted));
        }
    }

    /// A word that an account is judged or paid by must be known.
    fn word_faults(&self, faults: &mut Vec<Fault>) {
        let judged = [
            unknown("daily_dd_mode", &self.daily_dd_mode, DAILY_MODES),
            unknown("max_loss_mode", &self.max_loss_mode, MAX_LOSS_MODES),
            unknown("max_loss_lock_at", &self.max_loss_lock_at, LOCKS),
            unknown(
                "consistency_enforcement",
                &self.consistency_enforcement,
                CONSISTENCIES,
            ),
            unknown("news_min_impact", &self.news_min_impact, IMPACTS),
            unknown(
                "weekend_close_action",
                &self.weekend_close_action,
                WEEKEND_ACTIONS,
            ),
        ];
        faults.extend(judged.into_iter().flatten());
        let mut actions = self.news_event_actions.iter();
        let action = |word: &String| NEWS_ACTIONS.iter().any(|(known, _)| known == word);
        if !actions.all(action) {
            let wanted = format!("a list of {}", known_words(NEWS_ACTIONS));
            faults.push(("news_event_actions", wanted));
        }
        let payout = [
            unknown("payout_cadence", &self.payout_cadence, CADENCES),
            unknown("fee_refund_policy", &self.fee_refund_policy, FEE_REFUNDS),
        ];
        faults.extend(payout.into_iter().flatten());
    }
}

fn unknown<T>(field: &'static str, word: &Option<String>, words: Words<T>) -> Option<Fault> {
    let word = word.as_deref().filter(|word| !word.is_empty())?;
    let is_known = words.iter().any(|(known, _)| *known == word);
    (!is_known).then(|| (field, known_words(words)))
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
