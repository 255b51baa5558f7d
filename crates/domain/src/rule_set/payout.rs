//! When and how much of a funded account's profit is paid out.

use super::faults::{DAYS_MAX, Faults};
use super::{AfterPayout, Amount, Comparator, FaultCode, Growth, ProfitableDays, RuleSet};
use crate::BasisPoints;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything that a payout depends on. What is left out is not asked for, except KYC and a flat account, which are
/// asked for unless they are switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PayoutRules {
    pub cadence: Cadence,
    /// Calendar days from the activation of the account to its first payout.
    pub first_after_days: u32,
    /// Calendar days from one payout to the next.
    pub min_days_between: u32,
    /// Trading days since the payout before, as passing counts them.
    pub min_trading_days: u32,
    /// Days since the payout before with a closed profit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub winning_days: Option<ProfitableDays>,
    /// The least that is paid to the trader at once, in minor units of the account's currency.
    pub min_amount_minor: i64,
    /// The most profit that is taken at once, before it is split.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_amount: Option<Amount>,
    /// The most profit that is taken at once, as a share of the balance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_share_of_balance: Option<BasisPoints>,
    /// Profit that always stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buffer: Option<Amount>,
    pub needs_kyc: bool,
    /// No position may be open.
    pub needs_flat: bool,
    /// Larger shares for later payouts; before the first of them the step's own share holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub split_tiers: Vec<SplitTier>,
    /// With which payout, counted from 1, the fee of the challenge is given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee_refund_with: Option<u32>,
    /// How the account grows, one step after the other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scaling: Vec<Growth>,
}

impl Default for PayoutRules {
    fn default() -> Self {
        Self {
            cadence: Cadence::OnDemand,
            first_after_days: 0,
            min_days_between: 0,
            min_trading_days: 0,
            winning_days: None,
            min_amount_minor: 0,
            max_amount: None,
            max_share_of_balance: None,
            buffer: None,
            needs_kyc: true,
            needs_flat: true,
            split_tiers: Vec::new(),
            fee_refund_with: None,
            scaling: Vec::new(),
        }
    }
}

/// When a payout is asked for. The names are Slate's `payout_cadence`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cadence {
    /// Whenever the trader asks.
    #[default]
    OnDemand,
    /// By itself, every seven days from the activation.
    Weekly,
    /// By itself, every fourteen days from the activation.
    Biweekly,
    /// By itself, every thirty days from the activation.
    Monthly,
}

impl Cadence {
    pub const ALL: [Self; 4] = [Self::OnDemand, Self::Weekly, Self::Biweekly, Self::Monthly];

    pub const fn name(self) -> &'static str {
        match self {
            Self::OnDemand => "on_demand",
            Self::Weekly => "weekly",
            Self::Biweekly => "biweekly",
            Self::Monthly => "monthly",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cadence| cadence.name() == name)
    }

    /// Calendar days of one cycle; `None` when the trader asks.
    pub const fn days(self) -> Option<i64> {
        match self {
            Self::OnDemand => None,
            Self::Weekly => Some(7),
            Self::Biweekly => Some(14),
            Self::Monthly => Some(30),
        }
    }
}

/// The trader's share from a payout on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitTier {
    /// Counted from 1.
    pub from_payout: u32,
    pub share: BasisPoints,
}

impl PayoutRules {
    /// The trader's share of the payout with this number, where the step's own share is `split`: the largest that he
    /// has earned.
    pub fn share(&self, split: BasisPoints, number: u32) -> BasisPoints {
        let reached = self.split_tiers.iter();
        let reached = reached.filter(|tier| tier.from_payout <= number);
        reached.map(|tier| tier.share).fold(split, Ord::max)
    }
}

/// Largest number of a payout that terms may name.
pub(super) const PAYOUT_MAX: u32 = 1_000;
/// Most tiers that a split may have.
const TIERS_MAX: usize = 10;

impl RuleSet {
    pub(super) fn payout_faults(&self, faults: &mut Faults) {
        let Some(payout) = &self.payout else { return };
        for (days, place) in [
            (payout.first_after_days, "payout.first_after_days"),
            (payout.min_days_between, "payout.min_days_between"),
            (payout.min_trading_days, "payout.min_trading_days"),
        ] {
            faults.check(days > DAYS_MAX, FaultCode::DaysOutOfRange, place);
        }
        faults.check(
            payout.min_days_between > 0 && payout.cadence != Cadence::OnDemand,
            FaultCode::DaysBetweenOnSchedule,
            "payout.min_days_between",
        );
        if let Some(wanted) = payout.winning_days {
            faults.days(wanted.days, "payout.winning_days.days");
            faults.amount(wanted.at_least, "payout.winning_days.at_least");
        }
        let negative = FaultCode::BufferNegative;
        let place = "payout.min_amount_minor";
        faults.check(payout.min_amount_minor < 0, negative, place);
        if let Some(most) = payout.max_amount {
            faults.amount(most, "payout.max_amount");
        }
        if let Some(share) = payout.max_share_of_balance {
            faults.share(share, "payout.max_share_of_balance");
        }
        if let Some(Amount::FixedMinor(size) | Amount::PercentOfInitial(BasisPoints(size))) =
            payout.buffer
        {
            faults.check(size < 0, negative, "payout.buffer");
        }
        if let Some(number) = payout.fee_refund_with {
            let inside = (1..=PAYOUT_MAX).contains(&number);
            let place = "payout.fee_refund_with";
            faults.check(!inside, FaultCode::PayoutOutOfRange, place);
        }
        let locks = self.max_loss.is_some_and(|rule| {
            rule.after_payout == AfterPayout::LockAtInitial
                && rule.comparator == Comparator::AtOrBelow
        });
        let takes_all = payout.max_amount.is_none() && payout.max_share_of_balance.is_none();
        let has_buffer = match payout.buffer {
            Some(Amount::FixedMinor(size) | Amount::PercentOfInitial(BasisPoints(size))) => {
                size > 0
            }
            None => false,
        };
        faults.check(
            locks && takes_all && !has_buffer,
            FaultCode::PayoutOnFloor,
            "payout.buffer",
        );
        payout.tier_faults(faults);
        self.scaling_faults(faults);
    }
}

impl PayoutRules {
    fn tier_faults(&self, faults: &mut Faults) {
        let place = "payout.split_tiers";
        let mut before: Option<&SplitTier> = None;
        let mut ordered = self.split_tiers.len() <= TIERS_MAX;
        for tier in &self.split_tiers {
            let inside = (1..=PAYOUT_MAX).contains(&tier.from_payout);
            faults.check(!inside, FaultCode::PayoutOutOfRange, place);
            faults.check(
                !(0..=BasisPoints::WHOLE.0).contains(&tier.share.0),
                FaultCode::ShareAboveWhole,
                place,
            );
            ordered &= before.is_none_or(|before| {
                before.from_payout < tier.from_payout && before.share <= tier.share
            });
            before = Some(tier);
        }
        faults.check(!ordered, FaultCode::TiersUnordered, place);
    }
}
