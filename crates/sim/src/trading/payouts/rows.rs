//! The rows that payouts leave, read by the auditor's own statements.

use super::{Kept, Move};
use std::collections::BTreeMap;
use touchstone_domain::payout::PayoutState;
use touchstone_domain::transaction::{TransactionKind, TransactionState};
use touchstone_domain::{ChallengeId, Login, UnixMicros};
use touchstone_store::{StoreError, Tx};

/// A transaction about a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    pub kind: TransactionKind,
    pub is_approved: bool,
    pub login: Option<i64>,
    pub minor: i64,
}

/// What stands in the database.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub payouts: BTreeMap<i64, Kept>,
    pub paid: Vec<Paid>,
    /// Balance by login.
    pub balances: BTreeMap<i64, i64>,
}

fn kept(row: &touchstone_store::Row<'_>) -> Result<(i64, Kept), StoreError> {
    let state = PayoutState::from_code(row.int(4)?);
    let kept = Kept {
        login: Login(row.int(1)?),
        challenge: ChallengeId(row.int(2)?),
        number: row.int(3)?,
        state: state.map_or("?", PayoutState::name).to_owned(),
        is_by_cycle: row.int(5)? == 1,
        taken_minor: row.int(6)?,
        trader_minor: row.int(7)?,
        firm_minor: row.int(8)?,
        share: row.int(9)?,
        fee_minor: row.opt_int(10)?,
        first_by: row.opt_int(11)?,
        approved_by: row.opt_int(12)?,
        rejected_by: row.opt_int(13)?,
        asked_at: UnixMicros(row.int(14)?),
        moves: Vec::new(),
    };
    Ok((row.int(0)?, kept))
}

impl Facts {
    pub fn load(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        let payouts = tx.query(
            "SELECT id, login, challenge_id, number, state, asked_by, profit_minor, trader_minor, firm_minor, share,
                    fee_refund_minor, first_approved_by, approved_by, rejected_by, requested_at
             FROM payout ORDER BY id",
            &[],
            kept,
        )?;
        let mut payouts: BTreeMap<i64, Kept> = payouts.into_iter().collect();
        let moves = tx.query(
            "SELECT l.payout_id, e.operation, e.book, e.from_account, e.to_account, e.amount_minor
             FROM payout_entry l JOIN entry e ON e.order_no = l.order_no ORDER BY e.order_no",
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
        for (payout, one) in moves {
            if let Some(kept) = payouts.get_mut(&payout) {
                kept.moves.push(one);
            }
        }
        let paid = tx.query(
            "SELECT kind, state, login, amount_minor FROM payment_transaction ORDER BY id",
            &[],
            |row| {
                let state = TransactionState::from_code(row.int(1)?);
                let kind = TransactionKind::from_code(row.int(0)?);
                let (login, minor) = (row.opt_int(2)?, row.int(3)?);
                Ok::<_, StoreError>(kind.map(|kind| Paid {
                    kind,
                    is_approved: state == Some(TransactionState::Approved),
                    login,
                    minor,
                }))
            },
        )?;
        let wanted = |paid: &Paid| {
            matches!(
                paid.kind,
                TransactionKind::ChallengePayout | TransactionKind::PayoutFeeRefund
            )
        };
        let balances = tx.query("SELECT login, balance_minor FROM account", &[], |row| {
            Ok::<_, StoreError>((row.int(0)?, row.int(1)?))
        })?;
        Ok(Self {
            payouts,
            paid: paid.into_iter().flatten().filter(wanted).collect(),
            balances: balances.into_iter().collect(),
        })
    }
}
