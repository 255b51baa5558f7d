//! What must be true of every database, each as a statement that finds the rows of which it is not.
//!
//! A statement shows four columns: what kind of thing the row is, its key, what was expected, what was
//! found. They aggregate and join in the database, read each table a few times at most, and use no
//! number of the domain by hand: words in braces become its codes, see `words`.

mod accounts;
mod chain;
mod challenges;
mod claims;
mod conversion;
mod deals;
mod desk;
mod erasure;
mod growth;
mod ledger;
mod numbers;
mod payments;
mod payouts;
mod programs;
mod promotions;
mod purchases;
mod resets;
mod terms;
mod trading;
mod webhooks;
mod words;

use crate::{StoreError, Tx, params};
use std::sync::LazyLock;

/// One thing that must be true.
pub struct Invariant {
    /// Stable, for scripts: `group.name`.
    pub name: &'static str,
    /// The rule in words.
    pub rule: &'static str,
    look: Look,
}

enum Look {
    Sql(String),
    Code(fn(&mut Tx<'_>, i64) -> Result<Vec<Finding>, StoreError>),
}

/// As the files of this folder write it.
struct Draft {
    name: &'static str,
    rule: &'static str,
    sql: &'static str,
}

/// A row that breaks an invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing: `account`, `purchase`, `order` ...
    pub subject: String,
    pub key: i64,
    pub expected: String,
    pub found: String,
}

/// Every invariant there is, in the order in which they are best read.
pub fn invariants() -> &'static [Invariant] {
    static ALL: LazyLock<Vec<Invariant>> = LazyLock::new(|| {
        let groups: [&[Draft]; 15] = [
            ledger::ALL,
            accounts::ALL,
            purchases::ALL,
            resets::ALL,
            payments::ALL,
            payouts::ALL,
            growth::ALL,
            promotions::ALL,
            claims::ALL,
            challenges::ALL,
            trading::ALL,
            programs::ALL,
            erasure::ALL,
            webhooks::ALL,
            numbers::ALL,
        ];
        let drafted = groups.into_iter().flatten().map(|draft| Invariant {
            name: draft.name,
            rule: draft.rule,
            look: Look::Sql(format!("{}\nORDER BY 2 LIMIT $1", words::expand(draft.sql))),
        });
        let coded = [
            Invariant {
                name: "desk.account",
                rule: "what the desk has saved of an account agrees with its row and its phase",
                look: Look::Code(desk::broken_accounts),
            },
            Invariant {
                name: "desk.positions",
                rule: "an account holds what its deals have opened and not closed, and its waiting orders",
                look: Look::Code(desk::broken_positions),
            },
            Invariant {
                name: "deal.balance",
                rule: "the balance after a deal follows from the deals and entries before it, in the order of time",
                look: Look::Code(deals::broken),
            },
            Invariant {
                name: "breach.chain",
                rule: "each breach has the hash of what it says and of the breach before it, up to the desk's last",
                look: Look::Code(chain::broken),
            },
            Invariant {
                name: "program.terms",
                rule: "a version's price, currency and first group are those of its terms",
                look: Look::Code(terms::broken),
            },
            Invariant {
                name: "purchase.addons",
                rule: "a purchase with add-ons costs what its version asks for these",
                look: Look::Code(terms::broken_addons),
            },
            Invariant {
                name: "conversion.amount",
                rule: "what a wallet of another currency pays is the price at the rate that is kept with the purchase",
                look: Look::Code(conversion::broken_amounts),
            },
            Invariant {
                name: "conversion.entries",
                rule: "what was changed into another currency stands in two entries, the payer's and the firm's, over what belongs together",
                look: Look::Code(conversion::broken_entries),
            },
            Invariant {
                name: "purchase.late_addons",
                rule: "a challenge has the later add-ons that were bought for it and applied, and no other",
                look: Look::Code(terms::broken_additions),
            },
            Invariant {
                name: "promotion.discount",
                rule: "a use of a code took off what the code gives",
                look: Look::Code(promotions::broken_discounts),
            },
            Invariant {
                name: "reset.terms",
                rule: "a reset costs what the challenge's version asks for one, and its account is of the group of its phase",
                look: Look::Code(terms::broken_resets),
            },
        ];
        drafted.chain(coded).collect()
    });
    &ALL
}

impl Invariant {
    /// The rows that break it, the lowest keys first, at most `limit` of them.
    pub fn broken(&'static self, tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
        match &self.look {
            Look::Code(look) => look(tx, limit),
            Look::Sql(sql) => tx.query(sql, params![limit], |row| {
                Ok(Finding {
                    subject: row.string(0)?,
                    key: row.int(1)?,
                    expected: row.string(2)?,
                    found: row.string(3)?,
                })
            }),
        }
    }
}
