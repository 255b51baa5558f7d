//! A purchase as an answer shows it: the public words, not the states behind them.

use touchstone_app::purchase::Bought;
use touchstone_domain::challenge::Challenge;
use touchstone_domain::purchase::{FailureReason, Purchase};
use touchstone_domain::{ChallengeId, CustomerId, Login, Money, ProgramId, PurchaseId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub purchase: PurchaseId,
    pub customer: CustomerId,
    pub program: ProgramId,
    pub payer: Option<Login>,
    pub key: Option<String>,
    /// What it costs.
    pub price: Money,
    /// What the payer pays for it, in his currency.
    pub paid: Money,
    pub code: Option<String>,
    pub addons: Vec<String>,
    /// `pending`, `paid`, `account_created`, `active`, `failed` or `refunded`.
    pub status: &'static str,
    pub reason: Option<&'static str>,
    pub can_cancel: bool,
    pub can_retry: bool,
    pub idempotent: bool,
    /// The answer tells of the purchase alone: its challenge may be there all the same.
    pub alone: bool,
    /// Key, login and state.
    pub challenge: Option<(ChallengeId, Login, &'static str)>,
    pub account: Option<Delivered>,
    pub temporary_password: Option<String>,
}

/// The account that came of a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    pub login: Login,
    pub balance: Money,
    pub enabled: bool,
}

impl Seen {
    /// What the purchase alone tells.
    pub fn of(purchase: &Purchase) -> Self {
        let lifecycle = purchase.lifecycle();
        Self {
            purchase: purchase.id,
            customer: purchase.customer_id,
            program: purchase.program_id,
            payer: purchase.payer_login,
            key: purchase.idempotency_key.clone(),
            price: purchase.price,
            paid: purchase.paid(),
            code: purchase
                .promotion
                .as_ref()
                .map(|applied| applied.code.clone()),
            addons: purchase.addon_codes.clone(),
            status: lifecycle.status_name,
            reason: purchase.failure_reason.map(FailureReason::name),
            can_cancel: lifecycle.can_cancel,
            can_retry: lifecycle.can_retry,
            idempotent: false,
            alone: true,
            challenge: None,
            account: None,
            temporary_password: None,
        }
    }

    /// In a list: the challenge stands beside it.
    pub fn listed(purchase: &Purchase, challenges: &[Challenge]) -> Self {
        let own = |challenge: &&Challenge| Some(challenge.id) == purchase.challenge_id;
        Self {
            alone: false,
            challenge: challenges.iter().find(own).map(of_challenge),
            ..Self::of(purchase)
        }
    }

    pub fn bought(bought: &Bought) -> Self {
        let delivered = |(account, _): &(touchstone_domain::Account, _)| Delivered {
            login: account.login,
            balance: Money::new(account.balance_minor, account.currency),
            enabled: account.enabled,
        };
        Self {
            idempotent: bought.idempotent,
            alone: false,
            challenge: bought.challenge.as_ref().map(of_challenge),
            account: bought.account.as_ref().map(delivered),
            temporary_password: bought.temporary_password.clone(),
            ..Self::of(&bought.purchase)
        }
    }

    /// In a trace.
    pub fn words(&self) -> String {
        let mut text = format!("purchase {} {}", self.purchase, self.status);
        if let Some(reason) = self.reason {
            text += &format!(" ({reason})");
        }
        if self.paid.currency != self.price.currency {
            text += &format!(", paid in {}", self.paid.currency);
        }
        if let Some((id, login, state)) = self.challenge {
            text += &format!(", challenge {id} {state} on {login}");
        }
        if self.idempotent {
            text += ", repeated";
        }
        if self.temporary_password.is_some() {
            text += ", with its password";
        }
        text
    }
}

fn of_challenge(challenge: &Challenge) -> (ChallengeId, Login, &'static str) {
    (
        challenge.id,
        challenge.account_login,
        challenge.state.name(),
    )
}
