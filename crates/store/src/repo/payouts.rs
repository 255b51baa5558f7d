//! Payouts, the entries that belong to them, and cycles that end by themselves.

use super::purchases::all_addon_codes;
use super::{currency, known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use std::collections::BTreeMap;
use touchstone_domain::payout::{Payout, PayoutState, Trigger};
use touchstone_domain::{
    BasisPoints, BrandId, ChallengeId, Currency, CustomerId, Login, Money, OrderNo, PayoutId,
    PhaseId, ProgramId, ProgramVersionId, PurchaseId, StaffId, TransactionId, UnixMicros,
};

const fn staff(id: Option<i64>) -> Option<StaffId> {
    match id {
        Some(id) => Some(StaffId(id)),
        None => None,
    }
}

fn payout(row: &Row<'_>) -> Result<Payout, StoreError> {
    let refund_minor = row.opt_int(16)?;
    let refund_currency = row.opt_string(17)?;
    let fee_refund = match (refund_minor, refund_currency) {
        (Some(minor), Some(code)) => Some(Money::new(minor, currency(&code, 17)?)),
        _ => None,
    };
    Ok(Payout {
        id: PayoutId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        customer_id: CustomerId(row.int(2)?),
        challenge_id: ChallengeId(row.int(3)?),
        phase_id: PhaseId(row.int(4)?),
        login: Login(row.int(5)?),
        state: known(
            PayoutState::from_code(row.int(6)?),
            6,
            "a state of a payout",
        )?,
        trigger: known(Trigger::from_code(row.int(7)?), 7, "who asks for a payout")?,
        number: row.int(8)?,
        cycle_from: UnixMicros(row.int(9)?),
        cycle_to: UnixMicros(row.int(10)?),
        currency: currency(row.text(11)?, 11)?,
        profit_minor: row.int(12)?,
        share: BasisPoints(row.int(13)?),
        trader_minor: row.int(14)?,
        firm_minor: row.int(15)?,
        fee_refund,
        conditions: row.string(18)?,
        first_approved_by: staff(row.opt_int(19)?),
        approved_by: staff(row.opt_int(20)?),
        rejected_by: staff(row.opt_int(21)?),
        reason: row.string(22)?,
        reference: row.string(23)?,
        transaction_id: row.opt_int(24)?.map(TransactionId),
        requested_at: UnixMicros(row.int(25)?),
        approved_at: opt_micros(row.opt_int(26)?),
        disbursing_at: opt_micros(row.opt_int(27)?),
        ended_at: opt_micros(row.opt_int(28)?),
        updated_at: UnixMicros(row.int(29)?),
    })
}

pub fn insert(tx: &mut Tx<'_>, p: &Payout) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO payout (id, brand_id, customer_id, challenge_id, phase_id, login, state, asked_by, number,
                cycle_from, cycle_to, currency, profit_minor, share, trader_minor, firm_minor, fee_refund_minor,
                fee_refund_currency, conditions, first_approved_by, approved_by, rejected_by, reason, reference,
                transaction_id, requested_at, approved_at, disbursing_at, ended_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26, $27, $28, $29, $30)",
        params![
            p.id.0,
            p.brand_id.0,
            p.customer_id.0,
            p.challenge_id.0,
            p.phase_id.0,
            p.login.0,
            p.state.code(),
            p.trigger.code(),
            p.number,
            p.cycle_from.0,
            p.cycle_to.0,
            p.currency.code(),
            p.profit_minor,
            p.share.0,
            p.trader_minor,
            p.firm_minor,
            p.fee_refund.map(|fee| fee.minor),
            p.fee_refund.as_ref().map(|fee| fee.currency.code()),
            &p.conditions,
            p.first_approved_by.map(|id| id.0),
            p.approved_by.map(|id| id.0),
            p.rejected_by.map(|id| id.0),
            &p.reason,
            &p.reference,
            p.transaction_id.map(|id| id.0),
            p.requested_at.0,
            p.approved_at.map(|at| at.0),
            p.disbursing_at.map(|at| at.0),
            p.ended_at.map(|at| at.0),
            p.updated_at.0
        ],
    )
}

/// Everything that staff change of it.
pub fn update(tx: &mut Tx<'_>, p: &Payout) -> Result<(), StoreError> {
    tx.put(
        "UPDATE payout SET state = $2, first_approved_by = $3, approved_by = $4, rejected_by = $5, reason = $6,
                reference = $7, transaction_id = $8, approved_at = $9, disbursing_at = $10, ended_at = $11,
                updated_at = $12
         WHERE id = $1",
        params![
            p.id.0,
            p.state.code(),
            p.first_approved_by.map(|id| id.0),
            p.approved_by.map(|id| id.0),
            p.rejected_by.map(|id| id.0),
            &p.reason,
            &p.reference,
            p.transaction_id.map(|id| id.0),
            p.approved_at.map(|at| at.0),
            p.disbursing_at.map(|at| at.0),
            p.ended_at.map(|at| at.0),
            p.updated_at.0
        ],
    )
}

pub fn get(tx: &mut Tx<'_>, id: PayoutId) -> Result<Option<Payout>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, customer_id, challenge_id, phase_id, login, state, asked_by, number, cycle_from, cycle_to,
                currency, profit_minor, share, trader_minor, firm_minor, fee_refund_minor, fee_refund_currency,
                conditions, first_approved_by, approved_by, rejected_by, reason, reference, transaction_id,
                requested_at, approved_at, disbursing_at, ended_at, updated_at
         FROM payout WHERE id = $1",
        params![id.0],
        payout,
    )
}

/// As [`get`], and keeps others from changing it until the commit.
pub fn lock(tx: &mut Tx<'_>, id: PayoutId) -> Result<Option<Payout>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, customer_id, challenge_id, phase_id, login, state, asked_by, number, cycle_from, cycle_to,
                currency, profit_minor, share, trader_minor, firm_minor, fee_refund_minor, fee_refund_currency,
                conditions, first_approved_by, approved_by, rejected_by, reason, reference, transaction_id,
                requested_at, approved_at, disbursing_at, ended_at, updated_at
         FROM payout WHERE id = $1 FOR UPDATE",
        params![id.0],
        payout,
    )
}

/// The newest payout of an account, whatever became of it.
pub fn newest(tx: &mut Tx<'_>, login: Login) -> Result<Option<Payout>, StoreError> {
    tx.query_opt(
        "SELECT p.id, p.brand_id, p.customer_id, p.challenge_id, p.phase_id, p.login, p.state, p.asked_by, p.number,
                p.cycle_from, p.cycle_to, p.currency, p.profit_minor, p.share, p.trader_minor, p.firm_minor,
                p.fee_refund_minor, p.fee_refund_currency, p.conditions, p.first_approved_by, p.approved_by,
                p.rejected_by, p.reason, p.reference, p.transaction_id, p.requested_at, p.approved_at,
                p.disbursing_at, p.ended_at, p.updated_at
         FROM account a JOIN payout p ON p.customer_id = a.customer_id AND p.login = a.login
         WHERE a.login = $1 ORDER BY p.id DESC LIMIT 1",
        params![login.0],
        payout,
    )
}

/// What a list is narrowed down to; `None` narrows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    pub customer: Option<CustomerId>,
    pub challenge: Option<ChallengeId>,
    pub state: Option<PayoutState>,
    /// Only of customers that were assigned to this person.
    pub owner: Option<StaffId>,
}

/// A brand's payouts, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: Filter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Payout>, StoreError> {
    tx.query(
        "SELECT id, brand_id, customer_id, challenge_id, phase_id, login, state, asked_by, number, cycle_from, cycle_to,
                currency, profit_minor, share, trader_minor, firm_minor, fee_refund_minor, fee_refund_currency,
                conditions, first_approved_by, approved_by, rejected_by, reason, reference, transaction_id,
                requested_at, approved_at, disbursing_at, ended_at, updated_at
         FROM payout
         WHERE brand_id = $1 AND ($2 = 0 OR customer_id = $2) AND ($3 = 0 OR challenge_id = $3)
                AND ($4 < 0 OR state = $4)
                AND (CAST($7 AS BIGINT) = 0 OR EXISTS
                    (SELECT 1 FROM customer o WHERE o.id = payout.customer_id AND o.owner_id = $7))
         ORDER BY id DESC LIMIT $5 OFFSET $6",
        params![
            brand.0,
            filter.customer.map_or(0, |id| id.0),
            filter.challenge.map_or(0, |id| id.0),
            filter.state.map_or(-1, PayoutState::code),
            limit,
            offset,
            filter.owner.map_or(0, |id| id.0)
        ],
        payout,
    )
}

/// Whose the payouts of [`page`] are: name and address of each customer.
pub fn people_of_page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: Filter,
    limit: i64,
    offset: i64,
) -> Result<BTreeMap<CustomerId, (String, String)>, StoreError> {
    let people = tx.query(
        "SELECT u.id, u.first_name, u.last_name, u.email FROM customer u WHERE u.id IN
            (SELECT customer_id FROM payout
             WHERE brand_id = $1 AND ($2 = 0 OR customer_id = $2) AND ($3 = 0 OR challenge_id = $3)
                AND ($4 < 0 OR state = $4)
                AND (CAST($7 AS BIGINT) = 0 OR EXISTS
                    (SELECT 1 FROM customer o WHERE o.id = payout.customer_id AND o.owner_id = $7))
             ORDER BY id DESC LIMIT $5 OFFSET $6)",
        params![
            brand.0,
            filter.customer.map_or(0, |id| id.0),
            filter.challenge.map_or(0, |id| id.0),
            filter.state.map_or(-1, PayoutState::code),
            limit,
            offset,
            filter.owner.map_or(0, |id| id.0)
        ],
        |row| {
            let name = format!("{} {}", row.text(1)?, row.text(2)?);
            let person = (name.trim().to_owned(), row.string(3)?);
            Ok((CustomerId(row.int(0)?), person))
        },
    )?;
    Ok(people.into_iter().collect())
}

pub fn count(tx: &mut Tx<'_>, brand: BrandId, filter: Filter) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM payout
         WHERE brand_id = $1 AND ($2 = 0 OR customer_id = $2) AND ($3 = 0 OR challenge_id = $3)
                AND ($4 < 0 OR state = $4)
                AND (CAST($5 AS BIGINT) = 0 OR EXISTS
                    (SELECT 1 FROM customer o WHERE o.id = payout.customer_id AND o.owner_id = $5))",
        params![
            brand.0,
            filter.customer.map_or(0, |id| id.0),
            filter.challenge.map_or(0, |id| id.0),
            filter.state.map_or(-1, PayoutState::code),
            filter.owner.map_or(0, |id| id.0)
        ],
        |row| row.int(0),
    )
}

/// What the payouts of a challenge come to: how many were not rejected, when the last of these was asked for, and which
/// one is in flight on the account.
pub fn past(
    tx: &mut Tx<'_>,
    challenge: ChallengeId,
    login: Login,
) -> Result<(i64, Option<UnixMicros>, Option<PayoutId>), StoreError> {
    tx.query_one(
        "SELECT COUNT(CASE WHEN state < 11 THEN 1 END), MAX(CASE WHEN state < 11 THEN requested_at END),
                MAX(CASE WHEN state < 10 AND login = $2 THEN id END)
         FROM payout WHERE challenge_id = $1",
        params![challenge.0, login.0],
        |row| {
            Ok((
                row.int(0)?,
                opt_micros(row.opt_int(1)?),
                row.opt_int(2)?.map(PayoutId),
            ))
        },
    )
}

/// A challenge that runs, and the account of its present phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningAccount {
    pub login: Login,
    pub currency: Currency,
    pub challenge_id: ChallengeId,
    pub version_id: ProgramVersionId,
    pub phase_index: i64,
    pub addon_codes: Vec<String>,
}

/// Every challenge of a customer that runs, oldest first.
pub fn running_of(
    tx: &mut Tx<'_>,
    customer: CustomerId,
) -> Result<Vec<RunningAccount>, StoreError> {
    tx.query(
        "SELECT c.account_login, a.currency, c.id, c.version_id, c.current_phase_index, p.addon_codes,
                p.late_addon_codes
         FROM purchase p JOIN challenge c ON c.id = p.challenge_id JOIN account a ON a.login = c.account_login
         WHERE p.customer_id = $1 AND c.state = 1 ORDER BY c.id",
        params![customer.0],
        |row| {
            Ok(RunningAccount {
                login: Login(row.int(0)?),
                currency: currency(row.text(1)?, 1)?,
                challenge_id: ChallengeId(row.int(2)?),
                version_id: ProgramVersionId(row.int(3)?),
                phase_index: row.int(4)?,
                addon_codes: all_addon_codes(row, 5)?,
            })
        },
    )
}

/// What traders were paid, and what waits or is on its way to them, of a brand's payouts in a currency.
pub fn sums(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: Filter,
    program: Option<ProgramId>,
    currency: Currency,
) -> Result<(i64, i64), StoreError> {
    tx.query_one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN p.state = 10 THEN p.trader_minor ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN p.state < 10 THEN p.trader_minor ELSE 0 END), 0) AS BIGINT)
         FROM payout p JOIN challenge c ON c.id = p.challenge_id
         WHERE p.brand_id = $1 AND ($2 = 0 OR p.customer_id = $2) AND ($3 = 0 OR c.program_id = $3)
                AND p.currency = $4
                AND (CAST($5 AS BIGINT) = 0 OR EXISTS
                    (SELECT 1 FROM customer o WHERE o.id = p.customer_id AND o.owner_id = $5))",
        params![
            brand.0,
            filter.customer.map_or(0, |id| id.0),
            program.map_or(0, |id| id.0),
            currency.code(),
            filter.owner.map_or(0, |id| id.0)
        ],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )
}

/// What the fee of a challenge or a reset has brought the firm and is not away again: of its purchase, in minor units of the
/// program's currency.
pub fn fee_earned(tx: &mut Tx<'_>, purchase: PurchaseId) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT CAST(COALESCE(SUM(CASE
                WHEN operation IN ('challenge_fee', 'challenge_fee_exchanged', 'cashier_fee', 'reset_fee',
                    'payout_fee_refund_due_rollback', 'fee_chargeback_reversed') THEN amount_minor
                WHEN operation IN ('challenge_fee_rollback', 'challenge_fee_exchanged_rollback', 'cashier_fee_refund_due',
                    'reset_fee_refund_due', 'payout_fee_refund_due', 'challenge_fee_refund',
                    'challenge_fee_exchanged_refund', 'fee_return_due', 'fee_chargeback')
                    THEN -amount_minor
                ELSE 0 END), 0) AS BIGINT)
         FROM entry WHERE purchase_id = $1",
        params![purchase.0],
        |row| row.int(0),
    )
}

/// Says that an entry of the ledger belongs to a payout.
pub fn link(tx: &mut Tx<'_>, order: OrderNo, id: PayoutId) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO payout_entry (order_no, payout_id) VALUES ($1, $2)",
        params![order.0, id.0],
    )
}

/// When the cycle of an account ends; it takes the place of an earlier end.
pub fn set_cycle(tx: &mut Tx<'_>, login: Login, due_at: UnixMicros) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO payout_cycle (login, due_at) VALUES ($1, $2)
         ON CONFLICT (login) DO UPDATE SET due_at = $2",
        params![login.0, due_at.0],
    )
}

pub fn end_cycle(tx: &mut Tx<'_>, login: Login) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM payout_cycle WHERE login = $1",
        params![login.0],
    )?;
    Ok(())
}

/// When the cycle of the account ends, if it has one.
pub fn cycle_of(tx: &mut Tx<'_>, login: Login) -> Result<Option<UnixMicros>, StoreError> {
    tx.query_opt(
        "SELECT due_at FROM payout_cycle WHERE login = $1",
        params![login.0],
        |row| Ok(UnixMicros(row.int(0)?)),
    )
}

/// Accounts whose cycle has ended, the earliest first.
pub fn due(
    tx: &mut Tx<'_>,
    now: UnixMicros,
    limit: i64,
) -> Result<Vec<(Login, UnixMicros)>, StoreError> {
    tx.query(
        "SELECT login, due_at FROM payout_cycle WHERE due_at <= $1 ORDER BY due_at, login LIMIT $2",
        params![now.0, limit],
        |row| Ok((Login(row.int(0)?), UnixMicros(row.int(1)?))),
    )
}

/// Payouts of a challenge that are not decided for good, oldest first.
pub fn in_flight(
    tx: &mut Tx<'_>,
    challenge: ChallengeId,
) -> Result<Vec<(PayoutId, PayoutState)>, StoreError> {
    tx.query(
        "SELECT id, state FROM payout WHERE challenge_id = $1 AND state < 10 ORDER BY id",
        params![challenge.0],
        |row| {
            let state = known(
                PayoutState::from_code(row.int(1)?),
                1,
                "a state of a payout",
            )?;
            Ok((PayoutId(row.int(0)?), state))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    /// Both engines read the statements.
    #[tokio::test]
    async fn a_page_without_payouts_names_nobody() {
        for database in std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()) {
            let store = database.store();
            let found = store.read(|tx| {
                let filter = Filter {
                    customer: Some(CustomerId(1)),
                    owner: Some(StaffId(1)),
                    state: Some(PayoutState::Pending),
                    ..Filter::default()
                };
                let own = people_of_page(tx, BrandId(1), filter, 10, 0)?;
                let all = people_of_page(tx, BrandId(1), Filter::default(), 10, 0)?;
                Ok::<_, StoreError>(all.is_empty() && own.is_empty())
            });
            assert!(found.await.expect("an answer"));
        }
    }
}
