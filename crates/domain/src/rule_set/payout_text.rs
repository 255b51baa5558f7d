//! The terms of payouts in words.

use super::text::{Words, days, percent};
use super::{Cadence, Growth, PayoutRules};
use crate::BasisPoints;

const fn ordinal(number: u32) -> &'static str {
    match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

fn scaling_text(growth: &Growth) -> String {
    let mut wanted = vec![match growth.payouts {
        1 => "1 paid payout".to_owned(),
        count => format!("{count} paid payouts"),
    }];
    if growth.profit > BasisPoints::ZERO {
        let profit = percent(growth.profit);
        wanted.push(format!("{profit} of the opening balance taken by them"));
    }
    if growth.days > 0 {
        wanted.push(days(growth.days, "calendar day"));
    }
    let times = match growth.times {
        1 => String::new(),
        times => format!(", {times} times"),
    };
    format!(
        "The account grows by {} of its opening balance after {}{times}; what is counted from the initial balance grows with it.",
        percent(growth.by),
        wanted.join(", ")
    )
}

pub(super) fn text(words: &Words, rules: &PayoutRules) -> String {
    let mut text = vec![match rules.cadence.days() {
        None => "Payouts: the trader asks for one whenever he likes.".to_owned(),
        Some(cycle) => {
            format!("Payouts: one is made by itself every {cycle} days from the activation.")
        }
    }];
    text.push("What is above the initial balance, by balance and equity, is taken from the account when it is asked for, and split.".to_owned());
    let calendar = |count| days(count, "calendar day");
    if rules.first_after_days > 0 {
        let after = calendar(rules.first_after_days);
        text.push(format!(
            "The first is made {after} after the activation at the earliest."
        ));
    }
    if rules.min_days_between > 0 {
        let after = calendar(rules.min_days_between);
        text.push(format!(
            "Each further one comes {after} after the one before at the earliest."
        ));
    }
    if rules.min_trading_days > 0 {
        let count = days(rules.min_trading_days, "trading day");
        text.push(format!(
            "At least {count} since the payout before are needed."
        ));
    }
    if let Some(wanted) = rules.winning_days {
        text.push(format!(
            "At least {} since the payout before with a closed profit of {} or more are needed.",
            days(wanted.days, "day"),
            words.amount(wanted.at_least)
        ));
    }
    if rules.min_amount_minor > 0 {
        let least = words.money(rules.min_amount_minor);
        text.push(format!("Less than {least} for the trader is not paid out."));
    }
    if let Some(buffer) = rules.buffer {
        let buffer = words.amount(buffer);
        text.push(format!("A profit of {buffer} stays in the account."));
    }
    if let Some(most) = rules.max_amount {
        let most = words.amount(most);
        text.push(format!("At most {most} are taken at once."));
    }
    if let Some(share) = rules.max_share_of_balance {
        text.push(format!(
            "At most {} of the balance is taken at once.",
            percent(share)
        ));
    }
    for tier in &rules.split_tiers {
        let share = percent(tier.share);
        text.push(match tier.from_payout {
            1 => format!("{share} of the profit is the trader's."),
            number => format!(
                "From the {number}{} payout on it is {share}.",
                ordinal(number)
            ),
        });
    }
    if let Some(number) = rules.fee_refund_with {
        text.push(format!(
            "With the {number}{} payout the fee of the challenge is given back.",
            ordinal(number)
        ));
    }
    for growth in &rules.scaling {
        text.push(scaling_text(growth));
    }
    if rules.needs_flat {
        text.push("No position may be open.".to_owned());
    }
    if rules.needs_kyc {
        text.push("The trader's identity must have been verified.".to_owned());
    }
    if rules.cadence != Cadence::OnDemand {
        text.push("What is not met when a cycle ends waits for the next one.".to_owned());
    }
    text.join(" ")
}
