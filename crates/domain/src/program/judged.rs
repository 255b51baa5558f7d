//! What the conduct of a program means to a step: words and numbers become rules.

use super::{Conduct, PhaseType};
use crate::rule_set::{
    Amount, ConductEffect, Consistency, ConsistencyAt, ConsistencyOf, DailyAmount, DailyAnchor,
    Impact, Limit, Lock, LockOffset, MaxLossMode, NewsAction, NewsWindow, Rule, RuleSet, Weekday,
    WeekendClose,
};
use crate::{BasisPoints, Volume};

/// Ten-thousandths of a lot in a hundredth of one.
const VOLUME_OF_HUNDREDTH: i64 = 100;

/// What an open word can be, in the order in which it is told.
pub(super) type Words<T> = &'static [(&'static str, T)];

/// What `daily_dd_mode` says: the anchor, or that the floor follows the day's peak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DailyMode {
    From(DailyAnchor),
    IntradayPeak,
}

pub(super) const DAILY_MODES: Words<DailyMode> = &[
    ("balance", DailyMode::From(DailyAnchor::Balance)),
    ("equity", DailyMode::From(DailyAnchor::Equity)),
    (
        "higher_of_balance_and_equity",
        DailyMode::From(DailyAnchor::HigherOfBalanceAndEquity),
    ),
    ("initial", DailyMode::From(DailyAnchor::Initial)),
    ("intraday_peak", DailyMode::IntradayPeak),
];

pub(super) const MAX_LOSS_MODES: Words<MaxLossMode> = &[
    ("static", MaxLossMode::Static),
    (
        "trailing_end_of_day_balance",
        MaxLossMode::TrailingEndOfDayBalance,
    ),
    (
        "trailing_end_of_day_higher_of_balance_and_equity",
        MaxLossMode::TrailingEndOfDayHigherOfBalanceAndEquity,
    ),
    (
        "trailing_closed_balance",
        MaxLossMode::TrailingClosedBalance,
    ),
    (
        "trailing_intraday_equity",
        MaxLossMode::TrailingIntradayEquity,
    ),
];

/// Where a trailing floor stops; the buffer belongs to the initial balance.
pub(super) const LOCKS: Words<Lock> = &[
    ("never", Lock::Never),
    ("initial", Lock::AtInitial),
    ("target_balance", Lock::AtTargetBalance),
];

pub(super) const CONSISTENCIES: Words<ConsistencyAt> = &[
    ("pass", ConsistencyAt::Pass),
    ("payout", ConsistencyAt::Payout),
    ("payout_window", ConsistencyAt::PayoutWindow),
    ("warning", ConsistencyAt::Warning),
];

pub(super) const IMPACTS: Words<Impact> = &[
    ("low", Impact::Low),
    ("medium", Impact::Medium),
    ("high", Impact::High),
];

pub(super) const NEWS_ACTIONS: Words<NewsAction> = &[
    ("open", NewsAction::Open),
    ("close", NewsAction::Close),
    ("modify", NewsAction::Modify),
    ("hold", NewsAction::Hold),
];

pub(super) const WEEKEND_ACTIONS: Words<ConductEffect> = &[
    ("close_position", ConductEffect::ClosePosition),
    ("fail", ConductEffect::Fail),
];

/// Sunday first, as the field counts them.
const WEEKDAYS: [Weekday; 7] = [
    Weekday::Sunday,
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
];

/// What a word means; `None` for one that is empty, not given, or unknown.
pub(super) fn meaning<T: Copy>(words: Words<T>, word: Option<&str>) -> Option<T> {
    let word = word?;
    let found = words.iter().find(|(known, _)| *known == word);
    found.map(|(_, meaning)| *meaning)
}

pub(super) fn word_of<T: Copy + PartialEq>(words: Words<T>, meaning: T) -> Option<String> {
    let found = words.iter().find(|(_, known)| *known == meaning);
    found.map(|(word, _)| (*word).to_owned())
}

impl Conduct {
    /// Puts what is said here in the place of what a step's rules say. What is not said leaves them as they are, and
    /// so does an effect that they have already.
    pub(crate) fn apply(&self, rules: &mut RuleSet, phase_type: PhaseType) {
        self.apply_losses(rules);
        self.apply_consistency(rules, phase_type);
        self.apply_news(rules);
        self.apply_weekend(rules);
        let conduct = &mut rules.conduct;
        if let Some(hundredths @ 1..) = self.max_lots_per_symbol_hundredths {
            conduct.max_exposure_per_symbol = Some(Limit {
                limit: Volume(hundredths.saturating_mul(VOLUME_OF_HUNDREDTH)),
                effect: conduct
                    .max_exposure_per_symbol
                    .map_or(ConductEffect::RejectOrder, |limit| limit.effect),
            });
        }
        if self.min_trade_duration_seconds > 0 {
            conduct.min_seconds_in_trade = Some(Limit {
                limit: u32::try_from(self.min_trade_duration_seconds).unwrap_or(u32::MAX),
                effect: conduct
                    .min_seconds_in_trade
                    .map_or(ConductEffect::VoidProfit, |limit| limit.effect),
            });
        }
        let allowed = [
            (
                self.hedging_same_account,
                &mut conduct.no_hedging_in_account,
            ),
            (
                self.hedging_cross_account,
                &mut conduct.no_hedging_across_accounts,
            ),
            (self.ea_allowed, &mut conduct.no_expert_advisors),
            (self.copy_trading_allowed, &mut conduct.no_copy_trading),
        ];
        for (is_allowed, rule) in allowed {
            let effect = ConductEffect::RejectOrder;
            match is_allowed {
                Some(true) => *rule = None,
                Some(false) => *rule = Some(rule.unwrap_or(Rule { effect })),
                None => {}
            }
        }
    }

    fn apply_losses(&self, rules: &mut RuleSet) {
        let mode = meaning(DAILY_MODES, self.daily_dd_mode.as_deref());
        if let (Some(rule), Some(mode)) = (&mut rules.daily_loss, mode) {
            rule.follows_intraday_peak = mode == DailyMode::IntradayPeak;
            match (mode, rule.amount) {
                (DailyMode::From(anchor), _) => rule.anchor = anchor,
                (DailyMode::IntradayPeak, DailyAmount::PercentOfAnchor(share)) => {
                    rule.amount = DailyAmount::PercentOfIntradayPeak(share);
                }
                (DailyMode::IntradayPeak, _) => {}
            }
        }
        let has_target = rules.passing.profit_target.is_some();
        let Some(rule) = &mut rules.max_loss else {
            return;
        };
        let mode = meaning(MAX_LOSS_MODES, self.max_loss_mode.as_deref());
        rule.mode = mode.unwrap_or(rule.mode);
        match meaning(LOCKS, self.max_loss_lock_at.as_deref()) {
            // A step that has no target has no such balance: its floor goes on trailing.
            Some(Lock::AtTargetBalance) if !has_target => rule.lock = Lock::Never,
            Some(Lock::AtInitial) => rule.lock = self.lock_at_initial(),
            Some(lock) => rule.lock = lock,
            None => {}
        }
    }

    fn lock_at_initial(&self) -> Lock {
        match self.max_loss_lock_buffer {
            Some(buffer) if buffer.0 > 0 => Lock::AtInitialPlus(LockOffset {
                offset: Amount::PercentOfInitial(buffer),
            }),
            _ => Lock::AtInitial,
        }
    }

    /// Asked for at the pass where nothing else is said. There is a pass where there is a target, and there are payouts
    /// from the funded account.
    fn apply_consistency(&self, rules: &mut RuleSet, phase_type: PhaseType) {
        let Some(share) = self
            .consistency_pct
            .filter(|share| share.0 > 0 && is_share(*share))
        else {
            return;
        };
        let own = rules.consistency;
        let said = meaning(CONSISTENCIES, self.consistency_enforcement.as_deref());
        let enforced = said
            .or(own.map(|rule| rule.enforced))
            .unwrap_or(ConsistencyAt::Pass);
        let applies = match enforced {
            ConsistencyAt::Pass | ConsistencyAt::Warning => rules.passing.profit_target.is_some(),
            ConsistencyAt::Payout | ConsistencyAt::PayoutWindow => phase_type == PhaseType::Funded,
        };
        if applies {
            let of = own.map_or(ConsistencyOf::TotalProfit, |rule| rule.of);
            rules.consistency = Some(Consistency {
                share,
                of,
                enforced,
            });
        }
    }

    fn apply_news(&self, rules: &mut RuleSet) {
        let (before, after) = (
            self.news_blackout_seconds_before,
            self.news_blackout_seconds_after,
        );
        if !self.news_blackout_enabled || !self.news_faults().is_empty() {
            return;
        }
        let words = self.news_event_actions.iter();
        let actions: Vec<NewsAction> = words
            .filter_map(|word| meaning(NEWS_ACTIONS, Some(word)))
            .collect();
        // Who must not hold cannot be told so by a rejected order.
        let mildest = match actions.contains(&NewsAction::Hold) {
            true => ConductEffect::ClosePosition,
            false => ConductEffect::RejectOrder,
        };
        let seconds = |count| u32::try_from(count).unwrap_or(0);
        let own = rules.conduct.news_window.as_ref();
        rules.conduct.news_window = Some(NewsWindow {
            seconds_before: seconds(before),
            seconds_after: seconds(after),
            min_impact: meaning(IMPACTS, self.news_min_impact.as_deref()).unwrap_or(Impact::High),
            effect: own.map_or(mildest, |own| own.effect),
            actions,
        });
    }

    fn apply_weekend(&self, rules: &mut RuleSet) {
        if !self.weekend_close_enabled {
            return;
        }
        let day = self.weekend_close_dow.and_then(|day| {
            let day = usize::try_from(day).ok()?;
            WEEKDAYS.get(day).copied()
        });
        let time = self.weekend_close_time.as_deref();
        let time = time.and_then(|time| time.parse().ok());
        let (Some(weekday), Some(time)) = (day, time) else {
            return;
        };
        let own = rules.conduct.flat_before_weekend.map(|own| own.effect);
        let said = meaning(WEEKEND_ACTIONS, self.weekend_close_action.as_deref());
        rules.conduct.flat_before_weekend = Some(WeekendClose {
            weekday,
            time,
            effect: said.or(own).unwrap_or(ConductEffect::ClosePosition),
        });
    }

    /// The conduct with what it does not say itself filled in from the rules of all steps, where they agree.
    pub(super) fn shown(&self, steps: &[RuleSet]) -> Self {
        let mut shown = self.clone();
        let daily = steps.iter().filter_map(|rules| rules.daily_loss);
        let daily = agreed(daily.map(|rule| match rule.follows_intraday_peak {
            true => DailyMode::IntradayPeak,
            false => DailyMode::From(rule.anchor),
        }));
        let max = || steps.iter().filter_map(|rules| rules.max_loss);
        let mode = agreed(max().map(|rule| rule.mode));
        let lock = agreed(max().map(|rule| rule.lock));
        for word in [
            &mut shown.daily_dd_mode,
            &mut shown.max_loss_mode,
            &mut shown.max_loss_lock_at,
        ] {
            *word = word.take().filter(|word| !word.is_empty());
        }
        let word = daily.and_then(|mode| word_of(DAILY_MODES, mode));
        shown.daily_dd_mode = shown.daily_dd_mode.or(word);
        let word = mode.and_then(|mode| word_of(MAX_LOSS_MODES, mode));
        shown.max_loss_mode = shown.max_loss_mode.or(word);
        if shown.max_loss_lock_at.is_none() {
            shown.max_loss_lock_at = match lock {
                Some(Lock::AtInitialPlus(lock)) => match lock.offset {
                    Amount::PercentOfInitial(buffer) if buffer.0 > 0 => {
                        shown.max_loss_lock_buffer = Some(buffer);
                        Some("initial".to_owned())
                    }
                    _ => None,
                },
                Some(lock) => word_of(LOCKS, lock),
                None => None,
            };
        }
        if shown.consistency_pct.is_none()
            && let Some(rule) = agreed(steps.iter().filter_map(|rules| rules.consistency))
        {
            shown.consistency_pct = Some(rule.share);
            shown.consistency_enforcement = word_of(CONSISTENCIES, rule.enforced);
        }
        shown.show_conduct(steps);
        if let Some(payout) = steps.iter().find_map(|rules| rules.payout.as_ref()) {
            shown.show_payout(payout);
        }
        shown
    }

    fn show_conduct(&mut self, steps: &[RuleSet]) {
        let all = || steps.iter().map(|rules| &rules.conduct);
        if !self.news_blackout_enabled
            && let Some(Some(window)) = agreed(all().map(|rules| rules.news_window.as_ref()))
        {
            let actions = window.actions.iter();
            self.news_blackout_enabled = true;
            self.news_blackout_seconds_before = i64::from(window.seconds_before);
            self.news_blackout_seconds_after = i64::from(window.seconds_after);
            self.news_min_impact = word_of(IMPACTS, window.min_impact);
            self.news_event_actions = actions
                .filter_map(|action| word_of(NEWS_ACTIONS, *action))
                .collect();
        }
        if !self.weekend_close_enabled
            && let Some(Some(close)) = agreed(all().map(|rules| rules.flat_before_weekend))
            && let Some(action) = word_of(WEEKEND_ACTIONS, close.effect)
        {
            let day = WEEKDAYS.iter().position(|day| *day == close.weekday);
            self.weekend_close_enabled = true;
            self.weekend_close_dow = day.and_then(|day| i64::try_from(day).ok());
            self.weekend_close_time = Some(close.time.to_string());
            self.weekend_close_action = Some(action);
        }
        let lots = agreed(all().map(|rules| rules.max_exposure_per_symbol)).flatten();
        if let (None, Some(limit)) = (self.max_lots_per_symbol_hundredths, lots)
            && limit.limit.0 % VOLUME_OF_HUNDREDTH == 0
        {
            let hundredths = limit.limit.0 / VOLUME_OF_HUNDREDTH;
            self.max_lots_per_symbol_hundredths = Some(hundredths);
        }
        let seconds = agreed(all().map(|rules| rules.min_seconds_in_trade)).flatten();
        if let (0, Some(limit)) = (self.min_trade_duration_seconds, seconds) {
            self.min_trade_duration_seconds = i64::from(limit.limit);
        }
        let hedging = agreed(all().map(|rules| rules.no_hedging_in_account.is_none()));
        self.hedging_same_account = self.hedging_same_account.or(hedging);
        let across = agreed(all().map(|rules| rules.no_hedging_across_accounts.is_none()));
        self.hedging_cross_account = self.hedging_cross_account.or(across);
        let advisors = agreed(all().map(|rules| rules.no_expert_advisors.is_none()));
        self.ea_allowed = self.ea_allowed.or(advisors);
        let copies = agreed(all().map(|rules| rules.no_copy_trading.is_none()));
        self.copy_trading_allowed = self.copy_trading_allowed.or(copies);
    }

    /// Whether it says anything that an account is judged by.
    pub fn has_rules(&self) -> bool {
        let others = Self {
            is_judged: self.is_judged,
            payout_cadence: self.payout_cadence.clone(),
            payout_min_amount_minor: self.payout_min_amount_minor,
            payout_min_trading_days: self.payout_min_trading_days,
            reset_fee_minor: self.reset_fee_minor,
            fee_refund_policy: self.fee_refund_policy.clone(),
            scaling_plan: self.scaling_plan.clone(),
            ..Self::default()
        };
        others != *self
    }
}

/// What all of them are; `None` when they differ, or there are none.
fn agreed<T: PartialEq>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// The field of the conduct that says what stands at a place of the rules.
pub(super) fn field_at(place: &str) -> Option<&'static str> {
    let fields = [
        ("daily_loss.amount", ""),
        ("daily_loss", "daily_dd_mode"),
        ("max_loss.lock", "max_loss_lock_at"),
        ("max_loss.mode", "max_loss_mode"),
        ("consistency.enforced", "consistency_enforcement"),
        ("consistency", "consistency_pct"),
        ("conduct.flat_before_weekend", "weekend_close_action"),
        ("conduct.max_exposure_per_symbol", "max_lots_per_symbol"),
        ("conduct.min_seconds_in_trade", "min_trade_duration_seconds"),
        ("payout.min_amount_minor", "payout_min_amount"),
        ("payout.scaling", "scaling_plan"),
        ("payout.min_trading_days", "payout_min_trading_days"),
        ("payout", "payout_cadence"),
    ];
    let found = fields.iter().find(|(known, _)| place.starts_with(known))?;
    Some(found.1).filter(|field| !field.is_empty())
}

/// Fields of the conduct that would change what a step's own rules say.
pub(super) fn contradictions(own: &RuleSet, said: &RuleSet) -> Vec<&'static str> {
    let loss = |rules: &RuleSet| {
        let rule = rules.max_loss;
        (rule.map(|rule| rule.mode), rule.map(|rule| rule.lock))
    };
    let ((own_mode, own_lock), (mode, lock)) = (loss(own), loss(said));
    let (a, b) = (&own.conduct, &said.conduct);
    let differ = [
        ("daily_dd_mode", own.daily_loss != said.daily_loss),
        ("max_loss_mode", own_mode != mode),
        ("max_loss_lock_at", own_lock != lock),
        ("consistency_pct", own.consistency != said.consistency),
        ("news_blackout_enabled", a.news_window != b.news_window),
        (
            "weekend_close_enabled",
            a.flat_before_weekend != b.flat_before_weekend,
        ),
        (
            "max_lots_per_symbol",
            a.max_exposure_per_symbol != b.max_exposure_per_symbol,
        ),
        (
            "min_trade_duration_seconds",
            a.min_seconds_in_trade != b.min_seconds_in_trade,
        ),
        (
            "hedging_same_account",
            a.no_hedging_in_account != b.no_hedging_in_account,
        ),
        (
            "hedging_cross_account",
            a.no_hedging_across_accounts != b.no_hedging_across_accounts,
        ),
        ("ea_allowed", a.no_expert_advisors != b.no_expert_advisors),
        (
            "copy_trading_allowed",
            a.no_copy_trading != b.no_copy_trading,
        ),
    ];
    let fields = differ.into_iter().filter(|(_, differs)| *differs);
    fields.map(|(field, _)| field).collect()
}

/// The field of a step that says what stands at a place of the rules that were derived from it.
pub(super) fn step_field_at(place: &str) -> Option<&'static str> {
    let fields = [
        ("daily_loss.amount", "max_daily_loss_pct"),
        ("daily_profit_cap", "max_daily_profit_pct"),
        ("max_loss.amount", "max_total_loss_pct"),
        ("passing.profit_target", "profit_target_pct"),
        ("passing.min_trading_days", "min_trading_days"),
        ("passing.time_limits", "duration_days"),
        ("conduct.max_positions", "max_positions"),
    ];
    let found = fields.iter().find(|(known, _)| place.starts_with(known));
    found.map(|(_, field)| *field)
}

/// `"a", "b" or "c"`.
pub(super) fn known_words<T>(words: Words<T>) -> String {
    let quoted: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

pub(super) fn is_share(share: BasisPoints) -> bool {
    (0..=BasisPoints::WHOLE.0).contains(&share.0)
}
