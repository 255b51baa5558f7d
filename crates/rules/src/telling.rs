//! Verdicts as a line for people.

use crate::verdict::Unit;
use crate::{
    ConductFinding, ConsistencyView, Crossing, Finding, Limit, Phase, Progress, RuleName, Status,
    TimeRule,
};
use touchstone_domain::basis_points::format_decimal;
use touchstone_domain::rule_set::{ConductEffect, ConductRule, CountedIn, RuleSet, TimeFrom};
use touchstone_domain::{Currency, Money, TradingDay};

fn money(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).fixed()
}

impl Limit {
    /// "daily_loss 95000.00 (anchor 100000.00 - 5000.00)".
    pub fn text(&self, currency: Currency) -> String {
        let money = |minor| money(minor, currency);
        let (base, sign) = match (self.rule, self.peak_minor) {
            (RuleName::DailyProfitCap, _) => (format!("anchor {}", money(self.anchor_minor)), '+'),
            (_, Some(peak)) => (format!("peak {}", money(peak)), '-'),
            (RuleName::DailyLoss, None) => (format!("anchor {}", money(self.anchor_minor)), '-'),
            (RuleName::MaxLoss, None) => (format!("initial {}", money(self.anchor_minor)), '-'),
        };
        let locked = if self.is_locked { ", locked" } else { "" };
        let provisional = if self.is_provisional {
            ", provisional"
        } else {
            ""
        };
        format!(
            "{} {} ({base} {sign} {}{locked}{provisional})",
            self.rule.name(),
            money(self.level_minor),
            money(self.amount_minor),
        )
    }
}

impl Crossing {
    pub fn text(&self, currency: Currency) -> String {
        let measure = match self.limit.measure {
            touchstone_domain::rule_set::Measure::Equity => "equity",
            touchstone_domain::rule_set::Measure::Balance => "balance",
            touchstone_domain::rule_set::Measure::RealisedOnly => "realised",
        };
        let beside: Vec<String> = self
            .beside
            .iter()
            .map(|limit| limit.text(currency))
            .collect();
        let beside = match beside.is_empty() {
            true => String::new(),
            false => format!("; also {}", beside.join("; ")),
        };
        format!(
            "{} by {measure} {}{beside}",
            self.limit.text(currency),
            money(self.measured_minor, currency)
        )
    }
}

impl ConsistencyView {
    pub fn text(&self, currency: Currency) -> String {
        format!(
            "best {} of {}, {} required: {}",
            money(self.best_minor, currency),
            money(self.of_minor, currency),
            money(self.required_minor, currency),
            if self.is_met { "met" } else { "not met" },
        )
    }
}

impl Progress {
    pub fn text(&self, currency: Currency) -> String {
        let mut text = format!("profit {}", money(self.profit_minor, currency));
        if let Some(target) = self.target_minor {
            text += &format!(" of {}", money(target, currency));
        }
        text += &format!(", trading days {}", self.trading_days);
        if self.min_trading_days > 0 {
            text += &format!(" of {}", self.min_trading_days);
        }
        if self.min_profitable_days > 0 {
            text += &format!(
                ", profitable days {} of {}",
                self.profitable_days, self.min_profitable_days
            );
        }
        if let Some(view) = &self.consistency {
            text += &format!(", consistency {}", view.text(currency));
        }
        text
    }
}

impl Finding {
    /// A stable word for the kind of it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Breached(_) => "breach",
            Self::Paused { .. } => "pause",
            Self::Warned(_) => "warning",
            Self::Struck { .. } => "strike",
            Self::Resumed => "resumed",
            Self::AnchorProvisional { .. } => "anchor_provisional",
            Self::JudgementSuspended => "judgement_suspended",
            Self::JudgementResumed => "judgement_resumed",
            Self::DayClosed(_) => "day_closed",
            Self::ConsistencyUnmet(_) => "consistency_unmet",
            Self::Passed(_) => "pass",
            Self::TimeUp(_) => "time_up",
            Self::Conduct(_) => "conduct",
        }
    }

    /// What was found; instants in the local time of the trading day.
    pub fn text(&self, currency: Currency, clock: &TradingDay) -> String {
        match self {
            Self::Breached(crossing) | Self::Warned(crossing) => crossing.text(currency),
            Self::Paused { crossing, until } => format!(
                "until {}: {}",
                clock.local_text(*until),
                crossing.text(currency)
            ),
            Self::Struck {
                crossing,
                strikes,
                fails_at,
            } => {
                format!("{strikes} of {fails_at}: {}", crossing.text(currency))
            }
            Self::Resumed => "orders are taken again".to_owned(),
            Self::AnchorProvisional { anchor_minor } => format!(
                "{} from prices that cannot be trusted: only warnings until staff set it",
                money(*anchor_minor, currency)
            ),
            Self::JudgementSuspended => "a price is stale".to_owned(),
            Self::JudgementResumed => "prices can be trusted again".to_owned(),
            Self::DayClosed(day) => format!(
                "{} balance {} equity {} profit {}{}{}{}",
                day.number,
                money(day.balance_minor, currency),
                money(day.equity_minor, currency),
                money(day.profit_minor, currency),
                if day.is_trading_day {
                    ", trading day"
                } else {
                    ""
                },
                if day.is_profitable_day {
                    ", profitable day"
                } else {
                    ""
                },
                if day.is_firm { "" } else { ", prices stale" },
            ),
            Self::ConsistencyUnmet(view) => view.text(currency),
            Self::Passed(progress) => progress.text(currency),
            Self::TimeUp(rule) => match rule {
                TimeRule::TimeLimit(index) => format!("time limit {} ended unpassed", index + 1),
                TimeRule::Inactivity => "no deal for too long".to_owned(),
                TimeRule::Lifetime => "the account's lifetime is over".to_owned(),
            },
            Self::Conduct(found) => {
                let number = found.amount(found.found);
                let number = number.map_or_else(String::new, |number| format!(" ({number})"));
                format!(
                    "{}{number}: {}",
                    found.rule.name(),
                    found.effect_text(currency)
                )
            }
        }
    }

    /// What was found, held against what the rules ask for.
    pub fn text_by(&self, rules: &RuleSet, currency: Currency, clock: &TradingDay) -> String {
        match self {
            Self::TimeUp(rule) => match rule.days(rules) {
                Some(days) => rule.text(rules, days),
                None => self.text(currency, clock),
            },
            Self::Conduct(found) => {
                let limit = found.amount(found.limit(rules));
                let (Some(number), Some(limit)) = (found.amount(found.found), limit) else {
                    return self.text(currency, clock);
                };
                let asked = match found.rule {
                    ConductRule::MinSecondsInTrade => "at least",
                    _ => "at most",
                };
                format!(
                    "{} ({number}, {asked} {limit}): {}",
                    found.rule.name(),
                    found.effect_text(currency)
                )
            }
            _ => self.text(currency, clock),
        }
    }
}

impl TimeRule {
    fn text(self, rules: &RuleSet, days: u32) -> String {
        let plural = |unit: &str| match days {
            1 => format!("1 {unit}"),
            _ => format!("{days} {unit}s"),
        };
        let Self::TimeLimit(place) = self else {
            let days = plural("calendar day");
            return match self {
                Self::Inactivity => format!("no deal for {days}"),
                _ => format!("the account's lifetime of {days} is over"),
            };
        };
        let limit = rules.passing.time_limits.get(place);
        let from = match limit.map(|limit| limit.from) {
            Some(TimeFrom::Purchase) => " from the purchase",
            Some(TimeFrom::Activation) => " from the activation",
            Some(TimeFrom::FirstTrade) => " from the first trade",
            None => "",
        };
        let unit = match limit.map(|limit| limit.counted_in) {
            Some(CountedIn::TradingDays) => "trading day",
            _ => "calendar day",
        };
        format!("not passed within {}{from}", plural(unit))
    }
}

impl ConductFinding {
    /// "3 lots".
    fn amount(&self, number: Option<i64>) -> Option<String> {
        let (number, unit) = (number?, self.unit()?);
        let text = match unit.scale() {
            0 => number.to_string(),
            scale => {
                let text = format_decimal(number, scale);
                text.strip_suffix(".0").unwrap_or(&text).to_owned()
            }
        };
        let word = match unit {
            Unit::Lots => "lot",
            Unit::Times => return Some(format!("{text} times the equity")),
            Unit::Positions => "position",
            Unit::Seconds => "second",
        };
        let plural = if text == "1" { "" } else { "s" };
        Some(format!("{text} {word}{plural}"))
    }

    fn effect_text(&self, currency: Currency) -> String {
        let effect = match self.effect {
            ConductEffect::RejectOrder => "order rejected".to_owned(),
            ConductEffect::ClosePosition => "position to close".to_owned(),
            ConductEffect::VoidProfit => {
                format!("profit {} void", money(self.void_minor, currency))
            }
            ConductEffect::Strike => format!("strike {}", self.strikes),
            ConductEffect::Fail => "failed".to_owned(),
        };
        let fails = self.fails && self.effect == ConductEffect::Strike;
        format!("{effect}{}", if fails { ", failed" } else { "" })
    }
}

impl Phase {
    /// "live", "paused", "passed" or "failed".
    pub const fn status_name(&self) -> &'static str {
        match self.state.status {
            Status::Live => "live",
            Status::Paused { .. } => "paused",
            Status::Passed { .. } => "passed",
            Status::Failed { .. } => "failed",
        }
    }
}
