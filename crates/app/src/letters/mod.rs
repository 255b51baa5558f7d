//! Letters: mails to customers about what has become of their challenges. They follow the outbox, so that each event
//! that was committed is told, and none twice. A brand can word them anew.

mod facts;
mod follow;
mod staff;
mod template;

pub(crate) use follow::POSITION;
pub use staff::{LetterError, LetterView, SetLetter};
pub use template::{Letter, TemplateFault};

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LetterKind {
    Purchase,
    Activation,
    Pass,
    Breach,
    BreachReverted,
    Payout,
    Refund,
}

/// What each letter can tell.
const COMMON: [&str; 6] = [
    "brand",
    "site",
    "first_name",
    "last_name",
    "full_name",
    "program",
];

impl LetterKind {
    pub const ALL: [Self; 7] = [
        Self::Purchase,
        Self::Activation,
        Self::Pass,
        Self::Breach,
        Self::BreachReverted,
        Self::Payout,
        Self::Refund,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Activation => "activation",
            Self::Pass => "pass",
            Self::Breach => "breach",
            Self::BreachReverted => "breach_reverted",
            Self::Payout => "payout",
            Self::Refund => "refund",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Names that a template of this kind can use, each a text that may be empty.
    pub fn variables(self) -> Vec<&'static str> {
        let own: &[&str] = match self {
            Self::Purchase => &["order", "price", "status"],
            Self::Activation => &["account", "account_size", "phase"],
            Self::Pass => &[
                "account",
                "phase",
                "next_phase",
                "next_account",
                "certificate_url",
            ],
            Self::Breach => &["account", "phase", "rule", "reason", "at"],
            Self::BreachReverted => &["account", "phase"],
            Self::Payout => &[
                "account",
                "amount",
                "status",
                "reason",
                "reference",
                "certificate_url",
            ],
            Self::Refund => &["order", "price"],
        };
        COMMON.into_iter().chain(own.iter().copied()).collect()
    }

    /// The text of a brand that has none of its own.
    const fn standard(self) -> &'static str {
        match self {
            Self::Purchase => include_str!("standard/purchase.txt"),
            Self::Activation => include_str!("standard/activation.txt"),
            Self::Pass => include_str!("standard/pass.txt"),
            Self::Breach => include_str!("standard/breach.txt"),
            Self::BreachReverted => include_str!("standard/breach_reverted.txt"),
            Self::Payout => include_str!("standard/payout.txt"),
            Self::Refund => include_str!("standard/refund.txt"),
        }
    }
}
