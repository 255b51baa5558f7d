//! What the conduct and the split of a program mean for the payouts of its funded step.

use super::judged::{Words, meaning, word_of};
use super::{Conduct, PhaseType, StepTerms};
use crate::BasisPoints;
use crate::rule_set::{Cadence, Growth, PayoutRules, SplitTier};
use serde_json::{Map, Value};

pub(super) const CADENCES: Words<Cadence> = &[
    ("on_demand", Cadence::OnDemand),
    ("weekly", Cadence::Weekly),
    ("biweekly", Cadence::Biweekly),
    ("monthly", Cadence::Monthly),
];

/// What `fee_refund_policy` says: the payout with which the fee is given back.
pub(super) const FEE_REFUNDS: Words<Option<u32>> = &[
    ("none", None),
    ("first_payout", Some(1)),
    ("second_payout", Some(2)),
    ("third_payout", Some(3)),
    ("fourth_payout", Some(4)),
];

impl StepTerms {
    /// The payouts of the step; `None` for one that is not funded. What its own rules say of them stands; without such
    /// rules the conduct says it. The step's split is the share of the first payout.
    pub(super) fn payout(&self, conduct: &Conduct) -> Option<PayoutRules> {
        if self.phase_type != PhaseType::Funded {
            return None;
        }
        let own = self.rules.as_ref().and_then(|rules| rules.payout.clone());
        let mut payout = own.unwrap_or_else(|| conduct.payout());
        let first = SplitTier {
            from_payout: 1,
            share: payout.share(self.profit_split, 1),
        };
        payout.split_tiers.retain(|tier| tier.from_payout > 1);
        payout.split_tiers.insert(0, first);
        Some(payout)
    }
}

/// A growth in the words of a template: percentages and counts.
fn shown(growth: &Growth) -> Value {
    let percent = |share: BasisPoints| {
        let number = share.percent().parse::<serde_json::Number>();
        number.map_or(Value::Null, Value::Number)
    };
    let mut object = Map::new();
    object.insert("payouts".to_owned(), growth.payouts.into());
    object.insert("profit_pct".to_owned(), percent(growth.profit));
    object.insert("days".to_owned(), growth.days.into());
    object.insert("increase_pct".to_owned(), percent(growth.by));
    object.insert("times".to_owned(), growth.times.into());
    Value::Object(object)
}

/// What [`shown`] writes; all but `payouts` and `increase_pct` may be left out. `None` for anything else.
fn read(value: &Value) -> Option<Growth> {
    const FIELDS: [&str; 5] = ["payouts", "profit_pct", "days", "increase_pct", "times"];
    let object = value.as_object()?;
    if object.keys().any(|key| !FIELDS.contains(&key.as_str())) {
        return None;
    }
    let percent = |name: &str| match object.get(name)? {
        Value::Number(number) => BasisPoints::from_percent(&number.to_string()),
        Value::String(text) => BasisPoints::from_percent(text),
        _ => None,
    };
    let count = |name: &str| {
        object
            .get(name)?
            .as_u64()
            .and_then(|n| u32::try_from(n).ok())
    };
    let or = |name: &str, found: Option<u32>, missing: u32| match object.contains_key(name) {
        true => found,
        false => Some(missing),
    };
    let profit = match object.contains_key("profit_pct") {
        true => percent("profit_pct")?,
        false => BasisPoints::ZERO,
    };
    Some(Growth {
        payouts: count("payouts")?,
        profit,
        days: or("days", count("days"), 0)?,
        by: percent("increase_pct")?,
        times: or("times", count("times"), 1)?,
    })
}

impl Conduct {
    /// The scaling plan; `None` where it cannot be read, which was let through once.
    pub(super) fn growths(&self) -> Option<Vec<Growth>> {
        self.scaling_plan.iter().map(read).collect()
    }

    fn payout(&self) -> PayoutRules {
        let refund = meaning(FEE_REFUNDS, self.fee_refund_policy.as_deref());
        PayoutRules {
            cadence: meaning(CADENCES, self.payout_cadence.as_deref()).unwrap_or_default(),
            min_amount_minor: self.payout_min_amount_minor.unwrap_or(0).max(0),
            min_trading_days: u32::try_from(self.payout_min_trading_days.max(0))
                .unwrap_or(u32::MAX),
            fee_refund_with: refund.flatten(),
            scaling: self.growths().unwrap_or_default(),
            ..PayoutRules::default()
        }
    }

    /// Whether it says anything of payouts.
    pub(super) fn has_payout(&self) -> bool {
        self.payout_cadence.is_some()
            || self.payout_min_amount_minor.is_some()
            || self.payout_min_trading_days != 0
            || self.fee_refund_policy.is_some()
            || !self.scaling_plan.is_empty()
    }

    /// Fills in what the rules of the funded step say.
    pub(super) fn show_payout(&mut self, payout: &PayoutRules) {
        if self.has_payout() {
            return;
        }
        self.scaling_plan = payout.scaling.iter().map(shown).collect();
        self.payout_cadence = word_of(CADENCES, payout.cadence);
        self.payout_min_amount_minor = Some(payout.min_amount_minor).filter(|minor| *minor > 0);
        self.payout_min_trading_days = i64::from(payout.min_trading_days);
        self.fee_refund_policy = payout
            .fee_refund_with
            .and_then(|number| word_of(FEE_REFUNDS, Some(number)));
    }
}
