//! What is wrong with the terms of a program, all of it at once.

use super::{Addon, AddonPrice, PhaseType, StepTerms, Terms};
use crate::rule_set::RuleFault;
use crate::{AccountMode, BasisPoints, Currency, Group, Money};
use std::collections::BTreeSet;

/// Longest code of an add-on, in characters.
const ADDON_CODE_LIMIT: usize = 64;

/// Most steps that a program can have.
pub const STEPS_MAX: usize = 20;

/// Largest price, and largest initial balance of an account, in major units.
const AMOUNT_MAX_MAJOR: i64 = 1_000_000_000;

/// One fault of the terms. Steps and add-ons are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsFault {
    #[error("the name is empty")]
    NoName,
    #[error("the price is negative")]
    NegativePrice,
    #[error("the price is above {} {}", most.fixed(), most.currency)]
    PriceTooLarge { most: Money },
    #[error("a program that is on sale needs at least one step")]
    NoSteps,
    #[error("the name is empty")]
    StepWithoutName { step: usize },
    #[error("there is no group {group:?} in this brand")]
    UnknownGroup { step: usize, group: String },
    #[error("the group {group:?} has no default deposit, so the step's account would be empty")]
    NoDeposit { step: usize, group: String },
    #[error("the step's account would hold more than {} {}", most.fixed(), most.currency)]
    TooLarge { step: usize, most: Money },
    #[error("the funded step must be the last one, and there can be only one")]
    FundedNotLast { step: usize },
    #[error("the group {group:?} is DEMO, a funded step needs a REAL one")]
    FundedNeedsReal { step: usize, group: String },
    #[error("the group {group:?} is REAL, an evaluation step needs a DEMO one")]
    EvaluationNeedsDemo { step: usize, group: String },
    #[error("a program has at most {STEPS_MAX} steps")]
    TooManySteps,
    #[error(
        "the group {group:?} holds {found} and the first step's group {wanted}: the steps of a program have one currency"
    )]
    CurrencyDiffers {
        step: usize,
        group: String,
        found: Currency,
        wanted: Currency,
    },
    #[error("{field} must be {wanted}")]
    OutOfRange {
        step: usize,
        field: &'static str,
        wanted: &'static str,
    },
    #[error("rules.{fault} [{}]", fault.code.name())]
    Rules { step: usize, fault: RuleFault },
    #[error("{field} says something else than the step's own rules: change them instead")]
    BesideRules { step: usize, field: &'static str },
    #[error("{field}: {} [{}]", fault.code.reason(), fault.code.name())]
    Derived {
        step: usize,
        field: &'static str,
        fault: RuleFault,
    },
    #[error("the conduct's {field} says something else than the step's own rules")]
    ConductBesideRules { step: usize, field: &'static str },
    #[error("only a funded step has a profit split")]
    SplitOnEvaluation { step: usize },
    #[error("min_trading_days is above max_trading_days")]
    DaysCrossed { step: usize },
    #[error(
        "the code needs 1 to {ADDON_CODE_LIMIT} characters: small letters, digits, \"_\" and \"-\""
    )]
    AddonCode { addon: usize },
    #[error("the code {code:?} stands twice")]
    AddonTwice { addon: usize, code: String },
    #[error("the price is negative, or too large")]
    AddonPrice { addon: usize },
    #[error("{reason}")]
    AddonEffect { addon: usize, reason: &'static str },
    #[error("it excludes {code:?}, which is no other add-on")]
    AddonExcludes { addon: usize, code: String },
    #[error("{field} must be {wanted}")]
    Conduct { field: &'static str, wanted: String },
    #[error("{field} must be {wanted}")]
    Refund {
        field: &'static str,
        wanted: &'static str,
    },
}

/// What a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermsPart {
    Program,
    Step(usize),
    Addon(usize),
    Conduct,
}

impl TermsFault {
    pub const fn part(&self) -> TermsPart {
        match self {
            Self::NoName
            | Self::NegativePrice
            | Self::PriceTooLarge { .. }
            | Self::NoSteps
            | Self::TooManySteps
            | Self::Refund { .. } => TermsPart::Program,
            Self::Conduct { .. } => TermsPart::Conduct,
            Self::StepWithoutName { step }
            | Self::UnknownGroup { step, .. }
            | Self::NoDeposit { step, .. }
            | Self::TooLarge { step, .. }
            | Self::FundedNotLast { step }
            | Self::FundedNeedsReal { step, .. }
            | Self::EvaluationNeedsDemo { step, .. }
            | Self::CurrencyDiffers { step, .. }
            | Self::OutOfRange { step, .. }
            | Self::Rules { step, .. }
            | Self::BesideRules { step, .. }
            | Self::Derived { step, .. }
            | Self::ConductBesideRules { step, .. }
            | Self::SplitOnEvaluation { step }
            | Self::DaysCrossed { step } => TermsPart::Step(*step),
            Self::AddonCode { addon }
            | Self::AddonTwice { addon, .. }
            | Self::AddonEffect { addon, .. }
            | Self::AddonExcludes { addon, .. }
            | Self::AddonPrice { addon } => TermsPart::Addon(*addon),
        }
    }
}

impl TermsFault {
    /// Stable, for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoName => "name_empty",
            Self::NegativePrice => "price_negative",
            Self::PriceTooLarge { .. } => "price_too_large",
            Self::NoSteps => "no_steps",
            Self::TooManySteps => "too_many_steps",
            Self::StepWithoutName { .. } => "step_name_empty",
            Self::UnknownGroup { .. } => "group_unknown",
            Self::NoDeposit { .. } => "group_without_deposit",
            Self::TooLarge { .. } => "account_too_large",
            Self::FundedNotLast { .. } => "funded_not_last",
            Self::FundedNeedsReal { .. } => "funded_needs_real_group",
            Self::EvaluationNeedsDemo { .. } => "evaluation_needs_demo_group",
            Self::CurrencyDiffers { .. } => "group_currency_differs",
            Self::OutOfRange { .. } => "out_of_range",
            Self::Rules { fault, .. } | Self::Derived { fault, .. } => fault.code.name(),
            Self::BesideRules { .. } => "differs_from_rules",
            Self::ConductBesideRules { .. } => "conduct_differs_from_rules",
            Self::SplitOnEvaluation { .. } => "split_on_evaluation",
            Self::DaysCrossed { .. } => "min_days_above_max_days",
            Self::AddonCode { .. } => "addon_code_invalid",
            Self::AddonTwice { .. } => "addon_code_twice",
            Self::AddonPrice { .. } => "addon_price_invalid",
            Self::AddonEffect { .. } => "addon_effect_idle",
            Self::AddonExcludes { .. } => "addon_excludes_unknown",
            Self::Conduct { .. } => "conduct_invalid",
            Self::Refund { .. } => "refund_policy_invalid",
        }
    }

    /// Where it is, in the words of the firm file: `steps[0].group`.
    pub fn place(&self) -> String {
        let field = match self {
            Self::NoName | Self::StepWithoutName { .. } => "name",
            Self::NegativePrice | Self::PriceTooLarge { .. } | Self::AddonPrice { .. } => "price",
            Self::NoSteps | Self::TooManySteps => "steps",
            Self::UnknownGroup { .. }
            | Self::NoDeposit { .. }
            | Self::TooLarge { .. }
            | Self::CurrencyDiffers { .. } => "group",
            Self::FundedNotLast { .. }
            | Self::FundedNeedsReal { .. }
            | Self::EvaluationNeedsDemo { .. } => "type",
            Self::Rules { step, fault } => return format!("steps[{step}].rules.{}", fault.place),
            Self::Derived { step, field, .. } => return place_of(*step, field),
            Self::ConductBesideRules { field, .. } => return format!("conduct.{field}"),
            Self::OutOfRange { field, .. }
            | Self::BesideRules { field, .. }
            | Self::Refund { field, .. }
            | Self::Conduct { field, .. } => field,
            Self::SplitOnEvaluation { .. } => "profit_split_pct",
            Self::DaysCrossed { .. } => "min_trading_days",
            Self::AddonCode { .. } | Self::AddonTwice { .. } => "code",
            Self::AddonEffect { .. } => "effect",
            Self::AddonExcludes { .. } => "excludes",
        };
        match self.part() {
            TermsPart::Program => field.to_owned(),
            TermsPart::Step(step) => format!("steps[{step}].{field}"),
            TermsPart::Addon(addon) => format!("addons[{addon}].{field}"),
            TermsPart::Conduct => format!("conduct.{field}"),
        }
    }
}

/// A field that a step's rules are derived from: its own, or one of the conduct.
pub(super) fn place_of(step: usize, field: &str) -> String {
    match is_step_field(field) {
        true => format!("steps[{step}].{field}"),
        false => format!("conduct.{field}"),
    }
}

/// Whether a field stands in a step; the others that rules are derived from are the conduct's.
pub fn is_step_field(field: &str) -> bool {
    let fields = [
        "duration_days",
        "max_daily_loss_pct",
        "max_total_loss_pct",
        "max_daily_profit_pct",
        "profit_target_pct",
        "min_trading_days",
        "max_trading_days",
        "max_positions",
        "profit_split_pct",
        "name",
        "rules",
    ];
    fields.contains(&field) || field.starts_with("rules.")
}

impl Terms {
    /// Everything that keeps these terms from being offered in a brand with these groups. Terms that
    /// are not on sale may still lack their steps.
    pub fn faults(&self, groups: &[Group], on_sale: bool) -> Vec<TermsFault> {
        let mut faults = Vec::new();
        if self.name.trim().is_empty() {
            faults.push(TermsFault::NoName);
        }
        if self.price.minor < 0 {
            faults.push(TermsFault::NegativePrice);
        }
        let most = largest(self.currency());
        if self.price.minor > most.minor {
            faults.push(TermsFault::PriceTooLarge { most });
        }
        if on_sale && self.steps.is_empty() {
            faults.push(TermsFault::NoSteps);
        }
        if self.steps.len() > STEPS_MAX {
            faults.push(TermsFault::TooManySteps);
        }
        let mut currency = None;
        for (index, step) in self.steps.iter().enumerate() {
            let is_last = index + 1 == self.steps.len();
            let others = faults.len();
            own_faults(index, step, is_last, &mut faults);
            if faults.len() == others {
                step.rule_faults(index, &self.conduct, &mut faults);
            }
            match groups.iter().find(|group| group.name == step.group) {
                None => faults.push(TermsFault::UnknownGroup {
                    step: index,
                    group: step.group.clone(),
                }),
                Some(group) => {
                    let wanted = *currency.get_or_insert(group.currency);
                    group_faults(index, step, group, wanted, &mut faults);
                }
            }
        }
        self.addon_faults(&mut faults);
        self.refund_faults(&mut faults);
        // Words of a version that only showed them are nobody's rules.
        let is_judged = self.conduct.is_judged || !self.conduct.has_rules();
        let conduct = is_judged.then(|| self.conduct.faults());
        let conduct = conduct.into_iter().flatten();
        faults.extend(conduct.map(|(field, wanted)| TermsFault::Conduct { field, wanted }));
        faults
    }

    fn addon_faults(&self, faults: &mut Vec<TermsFault>) {
        let mut seen = BTreeSet::new();
        for (index, addon) in self.addons.iter().enumerate() {
            if !is_code(&addon.code) {
                faults.push(TermsFault::AddonCode { addon: index });
            }
            if !seen.insert(&addon.code) {
                faults.push(TermsFault::AddonTwice {
                    addon: index,
                    code: addon.code.clone(),
                });
            }
            if let Some(reason) = self.effect_fault(addon.effect) {
                let addon = index;
                faults.push(TermsFault::AddonEffect { addon, reason });
            }
            let is_other =
                |code: &String| *code != addon.code && self.addons.iter().any(|a| a.code == *code);
            if let Some(code) = addon.excludes.iter().find(|code| !is_other(code)) {
                faults.push(TermsFault::AddonExcludes {
                    addon: index,
                    code: code.clone(),
                });
            }
            if !self.has_price(addon) {
                faults.push(TermsFault::AddonPrice { addon: index });
            }
        }
    }

    fn has_price(&self, addon: &Addon) -> bool {
        let own = match addon.price {
            AddonPrice::FixedMinor(minor) => minor,
            AddonPrice::Percent(share) => share.0,
        };
        let most = largest(self.currency()).minor;
        own >= 0
            && self
                .addon_price(addon)
                .is_ok_and(|price| price.minor <= most)
    }
}

fn largest(currency: Currency) -> Money {
    Money::new(AMOUNT_MAX_MAJOR * 10_i64.pow(currency.decimals()), currency)
}

fn is_code(code: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    (1..=ADDON_CODE_LIMIT).contains(&code.len()) && code.bytes().all(known)
}

/// What can be told of a step without its group.
fn own_faults(step: usize, terms: &StepTerms, is_last: bool, faults: &mut Vec<TermsFault>) {
    if terms.name.trim().is_empty() {
        faults.push(TermsFault::StepWithoutName { step });
    }
    let whole = BasisPoints::WHOLE.0;
    let ranges = [
        ("duration_days", terms.duration_days, i64::MAX),
        ("max_daily_loss_pct", terms.max_daily_loss.0, whole),
        ("max_total_loss_pct", terms.max_total_loss.0, whole),
        ("max_daily_profit_pct", terms.max_daily_profit.0, i64::MAX),
        ("profit_target_pct", terms.profit_target.0, i64::MAX),
        ("profit_split_pct", terms.profit_split.0, whole),
        ("min_trading_days", terms.min_trading_days, i64::MAX),
        ("max_trading_days", terms.max_trading_days, i64::MAX),
        ("max_positions", terms.max_positions, i64::MAX),
    ];
    for (field, value, most) in ranges {
        if !(0..=most).contains(&value) {
            let wanted = match most {
                i64::MAX => "0 or more",
                _ => "from 0 to 100",
            };
            faults.push(TermsFault::OutOfRange {
                step,
                field,
                wanted,
            });
        }
    }
    if terms.max_trading_days > 0 && terms.min_trading_days > terms.max_trading_days {
        faults.push(TermsFault::DaysCrossed { step });
    }
    match terms.phase_type {
        PhaseType::Funded if !is_last => faults.push(TermsFault::FundedNotLast { step }),
        PhaseType::Evaluation if terms.profit_split != BasisPoints::ZERO => {
            faults.push(TermsFault::SplitOnEvaluation { step });
        }
        _ => {}
    }
}

fn group_faults(
    step: usize,
    terms: &StepTerms,
    group: &Group,
    wanted: Currency,
    faults: &mut Vec<TermsFault>,
) {
    let name = group.name.clone();
    match (terms.phase_type, group.mode) {
        (PhaseType::Funded, AccountMode::Demo) => {
            faults.push(TermsFault::FundedNeedsReal { step, group: name });
        }
        (PhaseType::Evaluation, AccountMode::Real) => {
            faults.push(TermsFault::EvaluationNeedsDemo { step, group: name });
        }
        _ => {}
    }
    if group.currency != wanted {
        faults.push(TermsFault::CurrencyDiffers {
            step,
            group: group.name.clone(),
            found: group.currency,
            wanted,
        });
    }
    let most = largest(group.currency);
    if terms.initial_balance_minor <= 0 {
        faults.push(TermsFault::NoDeposit {
            step,
            group: group.name.clone(),
        });
    } else if terms.initial_balance_minor > most.minor {
        faults.push(TermsFault::TooLarge { step, most });
    }
}
