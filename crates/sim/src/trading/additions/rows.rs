//! The rows that add-ons leave which are bought later, read by the auditor's own statements.

use super::Kept;
use crate::trading::payouts::Move;
use std::collections::BTreeMap;
use touchstone_domain::purchase::Funding;
use touchstone_domain::{ChallengeId, Login};
use touchstone_store::repo::{accounts, challenges, purchases};
use touchstone_store::{StoreError, Tx};

/// What stands in the database.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub additions: BTreeMap<i64, Kept>,
    /// What each challenge has beside what it was bought with.
    pub applied: BTreeMap<ChallengeId, Vec<String>>,
    /// For which additions it was told that they are applied.
    pub told: Vec<i64>,
    /// Balance of the wallet, and what of it is held back.
    pub wallet: (i64, i64),
}

impl Facts {
    pub fn load(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        let mut facts = Self::default();
        let ids = tx.query("SELECT id FROM challenge ORDER BY id", &[], |row| {
            Ok::<_, StoreError>(ChallengeId(row.int(0)?))
        })?;
        for id in ids {
            let Some(challenge) = challenges::get(tx, id)? else {
                continue;
            };
            let bought = purchases::get(tx, challenge.purchase_id)?;
            let codes = bought.map(|one| one.late_addon_codes).unwrap_or_default();
            if !codes.is_empty() {
                facts.applied.insert(id, codes);
            }
            for one in purchases::additions_to(tx, id)? {
                let kept = Kept {
                    challenge: id,
                    code: one.addon_codes.join(" "),
                    price_minor: one.price.minor,
                    is_from_wallet: one.funding == Funding::Wallet,
                    state: one.state.name(),
                    moves: Vec::new(),
                };
                facts.additions.insert(one.id.0, kept);
            }
        }
        let moves = tx.query(
            "SELECT purchase_id, operation, book, from_account, to_account, amount_minor
             FROM entry WHERE purchase_id IS NOT NULL ORDER BY order_no",
            &[],
            |row| {
                let one = Move {
                    operation: row.string(1)?,
                    book: row.int(2)?,
                    from: row.int(3)?,
                    to: row.int(4)?,
                    minor: row.int(5)?,
                };
                Ok::<_, StoreError>((row.int(0)?, one))
            },
        )?;
        for (purchase, one) in moves {
            if let Some(kept) = facts.additions.get_mut(&purchase) {
                kept.moves.push(one);
            }
        }
        facts.told = tx.query(
            "SELECT subject_id FROM event WHERE kind = 'challenge.addon_applied' ORDER BY subject_id",
            &[],
            |row| row.int(0),
        )?;
        if let Some((wallet, _)) = accounts::get(tx, Login(super::WALLET))? {
            facts.wallet = (wallet.balance_minor, wallet.held_minor);
        }
        Ok(facts)
    }
}
