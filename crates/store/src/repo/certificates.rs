//! What a customer has a certificate of.

use crate::{StoreError, Tx, params};
use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::payout::PayoutState;
use touchstone_domain::{CustomerId, Login, PayoutId};

/// Accounts of passed phases, and payouts that were paid with their accounts; newest first.
pub fn page(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    limit: i64,
    offset: i64,
) -> Result<Vec<(Login, Option<PayoutId>)>, StoreError> {
    tx.query(
        "SELECT f.account_login AS login, 0 AS payout_id, f.ended_at AS at
         FROM purchase p JOIN phase f ON f.challenge_id = p.challenge_id
         WHERE p.customer_id = $1 AND f.state = $2
         UNION ALL
         SELECT login, id, ended_at FROM payout WHERE customer_id = $1 AND state = $3
         ORDER BY at DESC, payout_id DESC, login DESC LIMIT $4 OFFSET $5",
        params![
            customer.0,
            ChallengeState::Passed.code(),
            PayoutState::Paid.code(),
            limit,
            offset
        ],
        |row| {
            let payout = Some(row.int(1)?).filter(|id| *id != 0);
            Ok((Login(row.int(0)?), payout.map(PayoutId)))
        },
    )
}

pub fn count(tx: &mut Tx<'_>, customer: CustomerId) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT (SELECT COUNT(*) FROM purchase p JOIN phase f ON f.challenge_id = p.challenge_id
                 WHERE p.customer_id = $1 AND f.state = $2)
              + (SELECT COUNT(*) FROM payout WHERE customer_id = $1 AND state = $3)",
        params![
            customer.0,
            ChallengeState::Passed.code(),
            PayoutState::Paid.code()
        ],
        |row| row.int(0),
    )
}
