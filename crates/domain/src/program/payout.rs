//! What the conduct and the split of a program mean for the payouts of its funded step.

use super::judged::{Words, meaning, word_of};
use super::{Conduct, PhaseType, StepTerms};
use crate::rule_set::{Cadence, PayoutRules, SplitTier};

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

impl Conduct {
    fn payout(&self) -> PayoutRules {
        let refund = meaning(FEE_REFUNDS, self.fee_refund_policy.as_deref());
        PayoutRules {
            cadence: meaning(CADENCES, self.payout_cadence.as_deref()).unwrap_or_default(),
            min_amount_minor: self.payout_min_amount_minor.unwrap_or(0).max(0),
            min_trading_days: u32::try_from(self.payout_min_trading_days.max(0))
                .unwrap_or(u32::MAX),
            fee_refund_with: refund.flatten(),
            ..PayoutRules::default()
        }
    }

    /// Whether it says anything of payouts.
    pub(super) fn has_payout(&self) -> bool {
        self.payout_cadence.is_some()
            || self.payout_min_amount_minor.is_some()
            || self.payout_min_trading_days != 0
            || self.fee_refund_policy.is_some()
    }

    /// Fills in what the rules of the funded step say.
    pub(super) fn show_payout(&mut self, payout: &PayoutRules) {
        if self.has_payout() {
            return;
        }
        self.payout_cadence = word_of(CADENCES, payout.cadence);
        self.payout_min_amount_minor = Some(payout.min_amount_minor).filter(|minor| *minor > 0);
        self.payout_min_trading_days = i64::from(payout.min_trading_days);
        self.fee_refund_policy = payout
            .fee_refund_with
            .and_then(|number| word_of(FEE_REFUNDS, Some(number)));
    }
}
