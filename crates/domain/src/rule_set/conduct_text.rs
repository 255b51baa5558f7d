//! The rules of conduct in words.

use super::text::days;
use super::{ConductEffect, ConductRule, ConductRules, Impact, NewsAction, NewsWindow};
use crate::basis_points::format_decimal;

pub(super) fn lines(conduct: &ConductRules) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for (rule, effect) in conduct.effects() {
        let what = what(conduct, rule);
        lines.push((
            place(rule),
            format!("{what} {}", then(conduct, rule, effect)),
        ));
    }
    if conduct.strikes_fail_at > 0 {
        lines.push((
            "conduct.strikes_fail_at",
            format!(
                "With strike {} of conduct the phase has failed.",
                conduct.strikes_fail_at
            ),
        ));
    }
    if conduct.inactivity_days > 0 {
        lines.push((
            "conduct.inactivity_days",
            format!(
                "After {} without a deal the phase has failed.",
                days(conduct.inactivity_days, "calendar day")
            ),
        ));
    }
    if conduct.lifetime_days > 0 {
        lines.push((
            "conduct.lifetime_days",
            format!(
                "The account lives for {} from its activation.",
                days(conduct.lifetime_days, "calendar day")
            ),
        ));
    }
    lines
}

const fn place(rule: ConductRule) -> &'static str {
    match rule {
        ConductRule::MaxLots => "conduct.max_lots",
        ConductRule::MaxPositions => "conduct.max_positions",
        ConductRule::MaxExposurePerSymbol => "conduct.max_exposure_per_symbol",
        ConductRule::MaxLeverage => "conduct.max_leverage",
        ConductRule::StopLossRequired => "conduct.stop_loss_required",
        ConductRule::MinSecondsInTrade => "conduct.min_seconds_in_trade",
        ConductRule::NewsWindow => "conduct.news_window",
        ConductRule::FlatBeforeWeekend => "conduct.flat_before_weekend",
        ConductRule::FlatOvernight => "conduct.flat_overnight",
        ConductRule::NoHedgingInAccount => "conduct.no_hedging_in_account",
        ConductRule::NoHedgingAcrossAccounts => "conduct.no_hedging_across_accounts",
        ConductRule::NoExpertAdvisors => "conduct.no_expert_advisors",
        ConductRule::NoCopyTrading => "conduct.no_copy_trading",
    }
}

fn what(conduct: &ConductRules, rule: ConductRule) -> String {
    let lots = |units: Option<i64>| format_decimal(units.unwrap_or(0), 4);
    match rule {
        ConductRule::MaxLots => format!(
            "At most {} lots may be open together.",
            lots(conduct.max_lots.map(|l| l.limit.0))
        ),
        ConductRule::MaxPositions => format!(
            "At most {} may be open together.",
            days(conduct.max_positions.map_or(0, |l| l.limit), "position")
        ),
        ConductRule::MaxExposurePerSymbol => format!(
            "Longs less shorts of one symbol may be at most {} lots.",
            lots(conduct.max_exposure_per_symbol.map(|l| l.limit.0))
        ),
        ConductRule::MaxLeverage => format!(
            "At an order, all positions together may be worth at most {} times the equity.",
            lots(conduct.max_leverage.map(|l| l.limit.0))
        ),
        ConductRule::StopLossRequired => "Every order needs a stop loss.".to_owned(),
        ConductRule::MinSecondsInTrade => format!(
            "A position must stay open for at least {}.",
            days(
                conduct.min_seconds_in_trade.map_or(0, |l| l.limit),
                "second"
            )
        ),
        ConductRule::NewsWindow => conduct.news_window.as_ref().map_or_else(String::new, news),
        ConductRule::FlatBeforeWeekend => {
            conduct
                .flat_before_weekend
                .map_or_else(String::new, |close| {
                    let day = format!("{:?}", close.weekday);
                    format!(
                        "No position may be open from {day} {} until the next reset.",
                        close.time
                    )
                })
        }
        ConductRule::FlatOvernight => format!(
            "No position may be open in the last {} before the reset.",
            days(conduct.flat_overnight.map_or(0, |l| l.limit), "second")
        ),
        ConductRule::NoHedgingInAccount => {
            "Longs and shorts of one symbol must not be open together.".to_owned()
        }
        ConductRule::NoHedgingAcrossAccounts => {
            "Opposite positions in several accounts of yours are not allowed.".to_owned()
        }
        ConductRule::NoExpertAdvisors => "Expert advisors are not allowed.".to_owned(),
        ConductRule::NoCopyTrading => "Copying trades is not allowed.".to_owned(),
    }
}

fn news(window: &NewsWindow) -> String {
    let impact = match window.min_impact {
        Impact::Low => "news of any impact",
        Impact::Medium => "news of medium or high impact",
        Impact::High => "news of high impact",
    };
    let actions: Vec<&str> = window
        .actions
        .iter()
        .map(|action| match action {
            NewsAction::Open => "open a position",
            NewsAction::Close => "close a position",
            NewsAction::Modify => "place or change an order",
            NewsAction::Hold => "hold a position",
        })
        .collect();
    format!(
        "From {} before {impact} to {} after it you must not {}.",
        days(window.seconds_before, "second"),
        days(window.seconds_after, "second"),
        actions.join(" or ")
    )
}

fn then(conduct: &ConductRules, rule: ConductRule, effect: ConductEffect) -> &'static str {
    let opens = |action: &NewsAction| matches!(action, NewsAction::Open | NewsAction::Hold);
    let lets_open = rule == ConductRule::NewsWindow
        && conduct
            .news_window
            .as_ref()
            .is_some_and(|window| !window.actions.iter().any(opens));
    match effect {
        ConductEffect::ClosePosition if !lets_open && rule.effect_on_opening(effect) != effect => {
            "A position against this is closed, and an order to open one is rejected."
        }
        ConductEffect::RejectOrder => "An order against this is rejected.",
        ConductEffect::ClosePosition => "A position against this is closed.",
        ConductEffect::VoidProfit => "A profit made against this is taken back.",
        ConductEffect::Strike => "Acting against this is a strike, at most one a day.",
        ConductEffect::Fail => "Acting against this fails the phase.",
    }
}
