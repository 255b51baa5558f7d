//! Transactions as staff look through them.

use super::transactions::{TRANSACTION_COLUMNS, transaction};
use super::{currency, known};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::claim::FeeState;
use touchstone_domain::transaction::{Transaction, TransactionKind, TransactionState};
use touchstone_domain::{BrandId, Currency, CustomerId, Login, StaffId, TransactionId, UnixMicros};

/// A transaction with what stands beside it in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub transaction: Transaction,
    pub account_currency: Option<Currency>,
    pub approved_by_name: Option<String>,
    /// A JSON object.
    pub payment_data: Option<String>,
    pub customer_name: String,
    /// What became of the fee that was paid with it.
    pub fee_state: Option<FeeState>,
    /// A chargeback that was won back, or a correction whose mirror was made.
    pub is_reversed: bool,
}

/// What a list is narrowed to. Empty lists and `None` stand for everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub id: Option<TransactionId>,
    pub customer: Option<CustomerId>,
    pub login: Option<Login>,
    pub approved_by: Option<StaffId>,
    pub kinds: Vec<TransactionKind>,
    pub states: Vec<TransactionState>,
    pub sources: Vec<String>,
    pub currencies: Vec<Currency>,
    pub cashiers: Vec<String>,
    /// In thousandths of a major unit, so that one bound holds for every currency.
    pub amount_at_least_thousandths: Option<i64>,
    pub amount_at_most_thousandths: Option<i64>,
    pub created_from: Option<UnixMicros>,
    /// Itself excluded.
    pub created_before: Option<UnixMicros>,
    /// Only of customers that were assigned to this person.
    pub owner: Option<StaffId>,
}

fn listed(row: &Row<'_>) -> Result<Listed, StoreError> {
    let from = TRANSACTION_COLUMNS;
    let transaction = transaction(row)?;
    let is_paid = matches!(
        transaction.state,
        TransactionState::Approved | TransactionState::Overpaid
    );
    let is_paid_fee = is_paid && transaction.kind.is_fee();
    let fee = row.opt_int(from + 5)?.filter(|_| is_paid_fee);
    Ok(Listed {
        transaction,
        account_currency: row
            .opt_text(from)?
            .map(|code| currency(code, from))
            .transpose()?,
        approved_by_name: row.opt_string(from + 1)?,
        payment_data: row.opt_string(from + 2)?,
        customer_name: format!("{} {}", row.text(from + 3)?, row.text(from + 4)?)
            .trim()
            .to_owned(),
        fee_state: fee
            .map(|code| known(FeeState::from_code(code), from + 5, "a state of a fee"))
            .transpose()?,
        is_reversed: row.int(from + 6)? != 0,
    })
}

/// `,a,b,` or nothing for everything.
pub(super) fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let joined: String = words.into_iter().flat_map(|word| [word, ","]).collect();
    if joined.is_empty() {
        joined
    } else {
        format!(",{joined}")
    }
}

pub(super) fn codes(codes: impl IntoIterator<Item = i64>) -> String {
    let texts: Vec<String> = codes.into_iter().map(|code| code.to_string()).collect();
    words(texts.iter().map(String::as_str))
}

/// From lowest to highest where one key is asked for, else all of them.
fn range(key: Option<i64>) -> (i64, i64) {
    key.map_or((0, i64::MAX), |key| (key, key))
}

/// A page of a brand's transactions, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Listed>, StoreError> {
    let id = range(filter.id.map(|id| id.0));
    let customer = range(filter.customer.map(|id| id.0));
    let login = range(filter.login.map(|login| login.0));
    let approver = range(filter.approved_by.map(|id| id.0));
    let kinds = codes(filter.kinds.iter().map(|kind| kind.code()));
    let states = codes(filter.states.iter().map(|state| state.code()));
    let sources = words(filter.sources.iter().map(String::as_str));
    let currencies = words(filter.currencies.iter().map(Currency::code));
    let cashiers = words(filter.cashiers.iter().map(String::as_str));
    let least = filter.amount_at_least_thousandths.unwrap_or(i64::MIN);
    let most = filter.amount_at_most_thousandths.unwrap_or(i64::MAX);
    tx.query(
        "SELECT t.id, t.brand_id, t.customer_id, t.kind, t.state, t.amount_minor, t.currency, t.received_minor,
                t.login, t.purchase_id, t.related_id, t.source, t.comment, t.cashier_id, t.approved_by, t.order_no,
                t.created_at, t.updated_at, t.approved_at, t.declined_at, a.currency, s.full_name, t.payment_data,
                u.first_name, u.last_name, p.fee_state,
                CAST(CASE WHEN t.kind = $28 AND NOT EXISTS (SELECT 1 FROM fee_claim f WHERE f.purchase_id = t.purchase_id
                        AND f.reversed_at IS NULL AND f.transaction_id = t.id) THEN 1
                    WHEN EXISTS (SELECT 1 FROM payment_transaction m WHERE m.related_id = t.id AND m.kind IN (11, 12))
                    THEN 1 ELSE 0 END AS BIGINT)
         FROM payment_transaction t JOIN customer u ON u.id = t.customer_id
         LEFT JOIN purchase p ON p.id = t.purchase_id
         LEFT JOIN account a ON a.login = t.login
         LEFT JOIN staff s ON s.id = t.approved_by
         WHERE t.brand_id = $1 AND t.id BETWEEN $2 AND $3 AND t.customer_id BETWEEN $4 AND $5
           AND COALESCE(t.login, 0) BETWEEN $6 AND $7 AND COALESCE(t.approved_by, 0) BETWEEN $8 AND $9
           AND ($10 = '' OR $10 LIKE '%,' || CAST(t.kind AS TEXT) || ',%')
           AND ($11 = '' OR $11 LIKE '%,' || CAST(t.state AS TEXT) || ',%')
           AND ($12 = '' OR $12 LIKE '%,' || t.source || ',%')
           AND ($13 = '' OR $13 LIKE '%,' || t.currency || ',%')
           AND ($14 = '' OR $14 LIKE '%,' || COALESCE(t.cashier_id, '') || ',%')
           AND t.created_at >= $15 AND t.created_at < $16
           AND t.amount_minor >= CASE WHEN $17 LIKE '%,' || t.currency || ',%' THEN CAST($18 AS BIGINT)
                WHEN $19 LIKE '%,' || t.currency || ',%' THEN CAST($20 AS BIGINT) ELSE CAST($21 AS BIGINT) END
           AND t.amount_minor <= CASE WHEN $17 LIKE '%,' || t.currency || ',%' THEN CAST($22 AS BIGINT)
                WHEN $19 LIKE '%,' || t.currency || ',%' THEN CAST($23 AS BIGINT) ELSE CAST($24 AS BIGINT) END
           AND (CAST($27 AS BIGINT) = 0 OR EXISTS
                (SELECT 1 FROM customer o WHERE o.id = t.customer_id AND o.owner_id = $27))
         ORDER BY t.id DESC LIMIT $25 OFFSET $26",
        params![
            brand.0,
            id.0,
            id.1,
            customer.0,
            customer.1,
            login.0,
            login.1,
            approver.0,
            approver.1,
            &kinds,
            &states,
            &sources,
            &currencies,
            &cashiers,
            filter.created_from.map_or(i64::MIN, |at| at.0),
            filter.created_before.map_or(i64::MAX, |at| at.0),
            &words(Currency::with_decimals(0).iter().copied()),
            ceiling(least, 1_000),
            &words(Currency::with_decimals(3).iter().copied()),
            least,
            ceiling(least, 10),
            most.div_euclid(1_000),
            most,
            most.div_euclid(10),
            limit,
            offset,
            filter.owner.map_or(0, |id| id.0),
            TransactionKind::Chargeback.code()
        ],
        listed,
    )
}

/// The smallest number of units that is not below `thousandths / per_unit`.
pub(super) const fn ceiling(thousandths: i64, per_unit: i64) -> i64 {
    let floor = thousandths.div_euclid(per_unit);
    match thousandths.rem_euclid(per_unit) {
        0 => floor,
        _ => floor + 1,
    }
}

/// One transaction of a brand, as a list shows it.
pub fn one(
    tx: &mut Tx<'_>,
    brand: BrandId,
    id: TransactionId,
) -> Result<Option<Listed>, StoreError> {
    let filter = Filter {
        id: Some(id),
        ..Filter::default()
    };
    Ok(page(tx, brand, &filter, 1, 0)?.pop())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    /// Both engines read the statement.
    #[tokio::test]
    async fn an_empty_brand_has_no_transactions() {
        for database in std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()) {
            let all = Filter::default();
            let store = database.store();
            let found = store.read(move |tx| page(tx, BrandId(1), &all, 10, 0));
            assert_eq!(found.await.expect("an answer").len(), 0);
        }
    }

    #[test]
    fn a_bound_between_two_units_leaves_out_the_lower_one() {
        for (thousandths, hundredths) in [(10, 1), (11, 2), (-11, -1), (0, 0), (-10, -1)] {
            assert_eq!(ceiling(thousandths, 10), hundredths, "{thousandths}");
        }
    }
}
