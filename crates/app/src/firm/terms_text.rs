//! Terms as lines that people can read, so that two of them can be compared line by line.

use super::decide::money_text;
use super::plan::Field;
use serde_json::Value;
use std::collections::BTreeMap;
use touchstone_domain::program::{Addon, AddonEffect, AddonPrice, StepTerms, Terms};
use touchstone_domain::{BasisPoints, Currency, Group, Money};

/// Name and value of everything that the terms say.
#[derive(Debug, Default)]
pub(super) struct TermsText(BTreeMap<String, String>);

impl TermsText {
    pub(super) fn changed_to(&self, new: &Self) -> Vec<Field> {
        let names: std::collections::BTreeSet<&String> =
            self.0.keys().chain(new.0.keys()).collect();
        names
            .into_iter()
            .filter(|name| self.0.get(*name) != new.0.get(*name))
            .map(|name| Field {
                name: name.clone(),
                old: Some(
                    self.0
                        .get(name)
                        .map_or("nothing", String::as_str)
                        .to_owned(),
                ),
                new: new.0.get(name).map_or("nothing", String::as_str).to_owned(),
            })
            .collect()
    }

    fn say(&mut self, name: String, value: impl ToString) {
        self.0.insert(name, value.to_string());
    }
}

pub(super) fn terms_text(terms: &Terms, groups: &[Group]) -> TermsText {
    let mut text = TermsText::default();
    text.say("name".into(), format!("{:?}", terms.name));
    text.say("display_name".into(), format!("{:?}", terms.display_name));
    text.say("description".into(), format!("{:?}", terms.description));
    let short = format!("{:?}", terms.short_description);
    text.say("short_description".into(), short);
    text.say("price".into(), money_text(terms.price));
    if let Some(refund) = &terms.refund {
        text.say("refund".into(), refund.text());
    }
    for (index, step) in terms.steps.iter().enumerate() {
        step_text(&mut text, index + 1, step, groups);
    }
    for (index, addon) in terms.addons.iter().enumerate() {
        addon_text(&mut text, index + 1, addon, terms.price.currency);
    }
    if let Ok(Value::Object(conduct)) = serde_json::to_value(&terms.conduct) {
        for (key, value) in conduct {
            if !value.is_null() {
                text.say(format!("conduct, {key}"), value);
            }
        }
    }
    text
}

fn step_text(text: &mut TermsText, number: usize, step: &StepTerms, groups: &[Group]) {
    let currency = groups
        .iter()
        .find(|group| group.name == step.group)
        .map(|group| group.currency);
    let balance = match currency {
        Some(currency) => money_text(Money::new(step.initial_balance_minor, currency)),
        None => format!("{} minor units", step.initial_balance_minor),
    };
    let percent = |share: BasisPoints| format!("{} %", share.percent());
    let lines = [
        ("name", format!("{:?}", step.name)),
        ("type", format!("{:?}", step.phase_type).to_lowercase()),
        ("group", format!("{:?}", step.group)),
        ("initial_balance", balance),
        ("duration_days", step.duration_days.to_string()),
        ("max_daily_loss", percent(step.max_daily_loss)),
        ("max_total_loss", percent(step.max_total_loss)),
        ("max_daily_profit", percent(step.max_daily_profit)),
        ("profit_target", percent(step.profit_target)),
        ("profit_split", percent(step.profit_split)),
        ("min_trading_days", step.min_trading_days.to_string()),
        ("max_trading_days", step.max_trading_days.to_string()),
        ("max_positions", step.max_positions.to_string()),
    ];
    for (name, value) in lines {
        text.say(format!("step {number}, {name}"), value);
    }
    if let (Some(rules), Some(currency)) = (&step.rules, currency) {
        for line in rules.text(Money::new(step.initial_balance_minor, currency)) {
            text.say(format!("step {number}, rules.{}", line.place), line.text);
        }
    }
}

fn addon_text(text: &mut TermsText, number: usize, addon: &Addon, currency: Currency) {
    let price = match addon.price {
        AddonPrice::FixedMinor(minor) => money_text(Money::new(minor, currency)),
        AddonPrice::Percent(share) => format!("{} % of the price", share.percent()),
    };
    text.say(
        format!("add-on {number}, code"),
        format!("{:?}", addon.code),
    );
    text.say(
        format!("add-on {number}, name"),
        format!("{:?}", addon.name),
    );
    text.say(format!("add-on {number}, price"), price);
    if !addon.excludes.is_empty() {
        let excluded = addon.excludes.join(", ");
        text.say(format!("add-on {number}, excludes"), excluded);
    }
    let effect = match addon.effect {
        AddonEffect::ByHand => return,
        AddonEffect::Drawdown { daily_by, max_by } => format!(
            "daily loss up by {} %, maximum loss up by {} %",
            daily_by.percent(),
            max_by.percent()
        ),
        AddonEffect::MinTradingDays(most) => format!("at most {most} trading days asked for"),
        AddonEffect::Leverage(leverage) => format!("leverage {leverage}"),
        AddonEffect::WeekendHolding => "positions may be held over the weekend".to_owned(),
        AddonEffect::NoTimeLimit => "no time limit".to_owned(),
        AddonEffect::ProfitSplit(share) => format!("profit split {} %", share.percent()),
    };
    text.say(format!("add-on {number}, effect"), effect);
}
