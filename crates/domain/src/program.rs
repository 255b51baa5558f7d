//! What is sold: a program, its immutable versions, steps, rules and add-ons.

mod conduct;
mod effect;
mod faults;
mod judged;
mod payout;
mod refund;
mod rules;
mod warnings;

pub use conduct::{Conduct, ConductPatch};
pub use effect::AddonEffect;
pub use faults::{STEPS_MAX, TermsFault, TermsPart, is_step_field};
pub use refund::{REFUND_DAYS_MAX, RefundFacts, RefundPolicy, RefundRefusal, refund};
pub use warnings::TermsWarning;

use crate::{
    BasisPoints, BrandId, Currency, Money, MoneyError, ProgramId, ProgramVersionId, RuleSet,
    UnixMicros,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// ScaleTrade's numbers are the codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgramStatus {
    Active = 0,
    /// No new purchases.
    Disabled = 1,
    /// Hidden.
    Archived = 2,
}

impl ProgramStatus {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Active),
            1 => Some(Self::Disabled),
            2 => Some(Self::Archived),
            _ => None,
        }
    }
}

/// What customers see on sale, and the number of the version that is sold now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub id: ProgramId,
    pub brand_id: BrandId,
    pub status: ProgramStatus,
    pub sort_index: i64,
    /// Read-only in the Slate dialect: clone it first.
    pub is_seed: bool,
    pub current: ProgramVersion,
    pub created_by: String,
    pub created_at: UnixMicros,
    pub updated_at: UnixMicros,
}

/// Immutable once written; a purchase pins one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramVersion {
    pub id: ProgramVersionId,
    pub program_id: ProgramId,
    /// 1 for the first.
    pub number: i64,
    pub terms: Terms,
}

/// Everything that a version promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    pub name: String,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub short_description: String,
    pub price: Money,
    #[serde(default)]
    pub steps: Vec<StepTerms>,
    #[serde(default)]
    pub addons: Vec<Addon>,
    #[serde(default)]
    pub conduct: Conduct,
    /// Without one nothing is given back to whoever asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundPolicy>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseType {
    #[default]
    Evaluation = 0,
    Funded = 1,
}

impl PhaseType {
    pub const fn code(self) -> i64 {
        self as i64
    }
}

/// One step; 0 in a rule means that the rule is off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTerms {
    #[serde(default)]
    pub phase_type: PhaseType,
    pub name: String,
    /// Name of the group that the step's account is opened in.
    pub group: String,
    /// The group's default deposit when this version was made, in the group's currency.
    pub initial_balance_minor: i64,
    #[serde(default)]
    pub duration_days: i64,
    #[serde(default)]
    pub max_daily_loss: BasisPoints,
    #[serde(default)]
    pub max_total_loss: BasisPoints,
    #[serde(default)]
    pub max_daily_profit: BasisPoints,
    #[serde(default)]
    pub profit_target: BasisPoints,
    /// The trader's share; funded steps only.
    #[serde(default)]
    pub profit_split: BasisPoints,
    #[serde(default)]
    pub min_trading_days: i64,
    #[serde(default)]
    pub max_trading_days: i64,
    #[serde(default)]
    pub max_positions: i64,
    /// Every switch, where the fields above are not enough; they show what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<RuleSet>,
}

/// Something that may be bought with a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addon {
    pub code: String,
    pub name: String,
    pub price: AddonPrice,
    #[serde(default, skip_serializing_if = "AddonEffect::is_by_hand")]
    pub effect: AddonEffect,
    /// Codes of add-ons that cannot be bought together with it; it need not stand in both.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<String>,
}

impl Addon {
    /// They exclude each other, or change the same thing.
    pub fn conflicts_with(&self, other: &Self) -> bool {
        self.effect.is_like(&other.effect)
            || self.excludes.contains(&other.code)
            || other.excludes.contains(&self.code)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddonPrice {
    /// In the program's currency.
    FixedMinor(i64),
    /// Of the program's price, rounded half away from zero.
    Percent(BasisPoints),
}

/// Why a choice of add-ons cannot be priced. `index` is the place in the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddonError {
    #[error("add-on {code:?} is not offered with this program")]
    Unknown { index: usize, code: String },
    #[error("add-on {code:?} is chosen twice")]
    Doubled { index: usize, code: String },
    #[error("add-on {code:?} cannot be bought together with {with:?}")]
    Conflict {
        index: usize,
        code: String,
        with: String,
    },
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Why an add-on cannot be bought for a challenge that runs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaterError {
    #[error(transparent)]
    Choice(#[from] AddonError),
    #[error("it would change nothing any more")]
    Idle,
}

impl AddonError {
    /// The place in the request, if it is one add-on's.
    pub const fn index(&self) -> Option<usize> {
        match self {
            Self::Unknown { index, .. }
            | Self::Doubled { index, .. }
            | Self::Conflict { index, .. } => Some(*index),
            Self::Money(_) => None,
        }
    }
}

impl Terms {
    /// A name and a price, and nothing yet that could be sold.
    pub fn blank(name: String, price: Money) -> Self {
        Self {
            name,
            display_name: String::new(),
            description: String::new(),
            short_description: String::new(),
            price,
            steps: Vec::new(),
            addons: Vec::new(),
            conduct: Conduct::default(),
            refund: None,
        }
    }

    /// Another name is shown in both dialects: a display name of its own goes with the old one.
    pub fn rename(&mut self, name: &str) {
        if self.name != name {
            name.clone_into(&mut self.name);
            self.display_name.clear();
        }
    }

    /// The name that customers read.
    pub fn shown_name(&self) -> &str {
        match self.display_name.as_str() {
            "" => &self.name,
            shown => shown,
        }
    }

    pub fn first_step(&self) -> Option<&StepTerms> {
        self.steps.first()
    }

    /// The trader's share, told by the funded step; 0 without one.
    pub fn profit_split(&self) -> BasisPoints {
        self.steps
            .iter()
            .find(|step| step.phase_type == PhaseType::Funded)
            .map_or(BasisPoints::ZERO, |step| step.profit_split)
    }

    pub fn currency(&self) -> Currency {
        self.price.currency
    }

    /// What a choice of add-ons costs whoever buys now.
    ///
    /// # Errors
    /// As [`Terms::price_with`], and for two that cannot be bought together.
    pub fn choose(&self, codes: &[String]) -> Result<Money, AddonError> {
        let price = self.price_with(codes)?;
        self.conflict(codes)?;
        Ok(price)
    }

    /// Price with the chosen add-ons, whether they can be bought together by now or not.
    ///
    /// # Errors
    /// A code that is not offered or stands twice, with its place; an overflow.
    pub fn price_with(&self, codes: &[String]) -> Result<Money, AddonError> {
        let mut total = self.price;
        let mut seen = BTreeSet::new();
        for (index, code) in codes.iter().enumerate() {
            let addon = self
                .addons
                .iter()
                .find(|addon| addon.code == *code)
                .ok_or_else(|| AddonError::Unknown {
                    index,
                    code: code.clone(),
                })?;
            if !seen.insert(code) {
                return Err(AddonError::Doubled {
                    index,
                    code: code.clone(),
                });
            }
            total = total.checked_add(self.addon_price(addon)?)?;
        }
        Ok(total)
    }

    pub fn addon_price(&self, addon: &Addon) -> Result<Money, MoneyError> {
        let minor = match addon.price {
            AddonPrice::FixedMinor(minor) => minor,
            AddonPrice::Percent(share) => share.of(self.price.minor).ok_or(MoneyError::Overflow)?,
        };
        Ok(Money::new(minor, self.currency()))
    }
}

#[cfg(test)]
mod tests;
