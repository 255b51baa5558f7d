//! What keeps a customer's personal data from being erased.

/// Everything that may stand against it. Each is something that still needs to know who he is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObstacleName {
    RunningChallenge,
    OpenPositions,
    OpenPurchase,
    OpenTransaction,
    PayoutInFlight,
    MoneyInWallet,
    /// A bank has taken a fee back, and the challenge rests until that is settled.
    SuspendedChallenge,
    /// A bank has taken a fee back.
    Chargeback,
}

impl ObstacleName {
    pub const fn name(self) -> &'static str {
        match self {
            Self::RunningChallenge => "running_challenge",
            Self::OpenPositions => "open_positions",
            Self::OpenPurchase => "open_purchase",
            Self::OpenTransaction => "open_transaction",
            Self::PayoutInFlight => "payout_in_flight",
            Self::MoneyInWallet => "money_in_wallet",
            Self::SuspendedChallenge => "suspended_challenge",
            Self::Chargeback => "chargeback",
        }
    }
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenThings {
    pub running_challenges: i64,
    /// Accounts with positions that are not closed.
    pub accounts_with_positions: i64,
    pub purchases: i64,
    pub transactions: i64,
    pub payouts: i64,
    /// Accounts of real money that are not empty.
    pub wallets_with_money: i64,
    pub suspended_challenges: i64,
    /// Chargebacks in force that have ended their challenge.
    pub chargebacks: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obstacle {
    pub name: ObstacleName,
    pub count: i64,
}

/// Who wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    Customer,
    /// Staff know whether a chargeback that has ended its challenge is settled.
    Staff,
}

/// Everything that stands against it; empty where nothing does.
pub fn obstacles(open: &OpenThings, by: Asker) -> Vec<Obstacle> {
    let chargebacks = match by {
        Asker::Customer => open.chargebacks,
        Asker::Staff => 0,
    };
    let all = [
        (ObstacleName::RunningChallenge, open.running_challenges),
        (ObstacleName::OpenPositions, open.accounts_with_positions),
        (ObstacleName::OpenPurchase, open.purchases),
        (ObstacleName::OpenTransaction, open.transactions),
        (ObstacleName::PayoutInFlight, open.payouts),
        (ObstacleName::MoneyInWallet, open.wallets_with_money),
        (ObstacleName::SuspendedChallenge, open.suspended_challenges),
        (ObstacleName::Chargeback, chargebacks),
    ];
    let found = all.into_iter().filter(|(_, count)| *count != 0);
    found
        .map(|(name, count)| Obstacle { name, count })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(open: OpenThings, by: Asker) -> Vec<&'static str> {
        let found = obstacles(&open, by);
        found.iter().map(|one| one.name.name()).collect()
    }

    #[test]
    fn every_reason_is_told_at_once() {
        assert!(names(OpenThings::default(), Asker::Customer).is_empty());
        let all = OpenThings {
            running_challenges: 1,
            accounts_with_positions: 1,
            purchases: 1,
            transactions: 1,
            payouts: 1,
            wallets_with_money: 1,
            suspended_challenges: 1,
            chargebacks: 1,
        };
        assert_eq!(
            names(all, Asker::Customer),
            [
                "running_challenge",
                "open_positions",
                "open_purchase",
                "open_transaction",
                "payout_in_flight",
                "money_in_wallet",
                "suspended_challenge",
                "chargeback",
            ]
        );
    }

    #[test]
    fn staff_may_settle_a_chargeback_that_has_ended_its_challenge() {
        let open = OpenThings {
            chargebacks: 2,
            ..OpenThings::default()
        };
        assert_eq!(names(open, Asker::Customer), ["chargeback"]);
        assert!(names(open, Asker::Staff).is_empty());
    }
}
