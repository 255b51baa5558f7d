//! The outbox as streams read it.

use crate::{Event, StoreError, Tx, params};
use touchstone_domain::{CustomerId, StaffId};

/// An event, and who of the firm looks after the customer whose it is.
pub struct Owned {
    pub event: Event,
    pub owner: Option<StaffId>,
}

/// The events with a number above `seq`, in order, at most `limit`.
pub fn after(tx: &mut Tx<'_>, seq: i64, limit: u32) -> Result<Vec<Owned>, StoreError> {
    tx.query(
        "SELECT e.seq, e.at_us, e.brand_id, e.kind, e.subject_kind, e.subject_id, e.challenge_id, e.customer_id, e.body,
                c.owner_id
         FROM event e LEFT JOIN customer c ON c.id = e.customer_id
         WHERE e.seq > $1 ORDER BY e.seq LIMIT $2",
        params![seq, limit],
        owned,
    )
}

/// Those of one customer.
pub fn of_customer_after(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    seq: i64,
    limit: u32,
) -> Result<Vec<Owned>, StoreError> {
    tx.query(
        "SELECT seq, at_us, brand_id, kind, subject_kind, subject_id, challenge_id, customer_id, body,
                CAST(NULL AS BIGINT)
         FROM event WHERE customer_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        params![customer.0, seq, limit],
        owned,
    )
}

fn owned(row: &crate::Row<'_>) -> Result<Owned, StoreError> {
    Ok(Owned {
        event: Event {
            seq: row.int(0)?,
            at_us: row.int(1)?,
            brand_id: row.int(2)?,
            kind: row.string(3)?,
            subject_kind: row.string(4)?,
            subject_id: row.int(5)?,
            challenge_id: row.opt_int(6)?,
            customer_id: row.opt_int(7)?,
            body: row.string(8)?,
        },
        owner: row.opt_int(9)?.map(StaffId),
    })
}
