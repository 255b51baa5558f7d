//! How much waits for a person, and since when.

use super::transaction_list::codes;
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::breach::Review;
use touchstone_domain::kyc::Kyc;
use touchstone_domain::payout::PayoutState;
use touchstone_domain::transaction::{TransactionKind, TransactionState};
use touchstone_domain::{BrandId, StaffId, UnixMicros};

/// What is counted, at most; the oldest are.
pub const COUNTED_MAX: i64 = 10_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// [`COUNTED_MAX`] stands for as many or more.
    pub count: i64,
    pub oldest: Option<UnixMicros>,
}

/// Whose things are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    pub brand: BrandId,
    /// Only of customers that were assigned to this person.
    pub owner: Option<StaffId>,
}

impl Within {
    fn owner(self) -> i64 {
        self.owner.map_or(0, |id| id.0)
    }
}

/// The oldest first, so that what is not counted is younger.
macro_rules! waiting {
    ($at:literal, $of:literal, $order:literal) => {
        concat!(
            "SELECT COUNT(*), MIN(w.at) FROM (SELECT ",
            $at,
            " AS at FROM ",
            $of,
            " AND (CAST($2 AS BIGINT) = 0 OR EXISTS
                (SELECT 1 FROM customer o WHERE o.id = t.customer_id AND o.owner_id = $2)) ORDER BY ",
            $order,
            " LIMIT $3) w"
        )
    };
}

fn waiting(row: &Row<'_>) -> Result<Waiting, StoreError> {
    Ok(Waiting {
        count: row.int(0)?,
        oldest: row.opt_int(1)?.map(UnixMicros),
    })
}

/// Purchases with a step that no machine can do.
pub fn stuck(tx: &mut Tx<'_>, within: Within) -> Result<Waiting, StoreError> {
    tx.query_one(
        waiting!(
            "t.updated_at",
            "purchase t WHERE t.brand_id = $1 AND t.state >= 30",
            "t.id"
        ),
        params![within.brand.0, within.owner(), COUNTED_MAX],
        waiting,
    )
}

/// Transactions of these kinds that wait or have not come in whole.
pub fn transactions(
    tx: &mut Tx<'_>,
    within: Within,
    kinds: &[TransactionKind],
    state: TransactionState,
) -> Result<Waiting, StoreError> {
    tx.query_one(
        waiting!(
            "t.created_at",
            "payment_transaction t WHERE t.brand_id = $1 AND t.state <= 1 AND t.state = $4
                AND $5 LIKE '%,' || CAST(t.kind AS TEXT) || ',%'",
            "t.created_at"
        ),
        params![
            within.brand.0,
            within.owner(),
            COUNTED_MAX,
            state.code(),
            &codes(kinds.iter().map(|kind| kind.code()))
        ],
        waiting,
    )
}

/// Breaches that nobody has looked at.
pub fn breaches(tx: &mut Tx<'_>, within: Within) -> Result<Waiting, StoreError> {
    tx.query_one(
        waiting!(
            "t.at",
            "breach t WHERE t.brand_id = $1 AND t.review = $4",
            "t.at"
        ),
        params![
            within.brand.0,
            within.owner(),
            COUNTED_MAX,
            Review::Pending.code()
        ],
        waiting,
    )
}

/// Payouts in one of the states in which staff have to do something.
pub fn payouts(tx: &mut Tx<'_>, within: Within, state: PayoutState) -> Result<Waiting, StoreError> {
    tx.query_one(
        waiting!(
            "t.updated_at",
            "payout t WHERE t.brand_id = $1 AND t.state < 10 AND t.state = $4",
            "t.id"
        ),
        params![within.brand.0, within.owner(), COUNTED_MAX, state.code()],
        waiting,
    )
}

/// Customers whose papers wait for a decision.
pub fn identities(tx: &mut Tx<'_>, within: Within) -> Result<Waiting, StoreError> {
    tx.query_one(
        "SELECT COUNT(*), MIN(w.at) FROM (SELECT c.kyc_at AS at FROM customer c
            WHERE c.brand_id = $1 AND c.kyc = $4 AND (CAST($2 AS BIGINT) = 0 OR c.owner_id = $2)
            ORDER BY c.id LIMIT $3) w",
        params![
            within.brand.0,
            within.owner(),
            COUNTED_MAX,
            Kyc::Pending.code()
        ],
        waiting,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    /// Both engines read the statements.
    #[tokio::test]
    async fn nothing_waits_in_an_empty_brand() {
        for database in std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()) {
            for owner in [None, Some(StaffId(1))] {
                let brand = BrandId(1);
                let within = Within { brand, owner };
                let store = database.store();
                let found = store.read(move |tx| {
                    let kinds = &TransactionKind::ALL;
                    Ok::<_, StoreError>([
                        stuck(tx, within)?,
                        transactions(tx, within, kinds, TransactionState::Pending)?,
                        breaches(tx, within)?,
                        payouts(tx, within, PayoutState::Pending)?,
                        identities(tx, within)?,
                    ])
                });
                assert_eq!(found.await.expect("counts"), [Waiting::default(); 5]);
            }
        }
    }
}
