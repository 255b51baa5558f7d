//! Challenges as staff look through them.

use super::challenges::{CHALLENGE_COLUMNS, challenge};
use super::{currency, known};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::challenge::{Challenge, ChallengeState};
use touchstone_domain::purchase::Funding;
use touchstone_domain::{
    BrandId, ChallengeId, Currency, CustomerId, Login, Money, ProgramId, StaffId, TransactionId,
};

/// A challenge with what stands beside it in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub challenge: Challenge,
    pub customer_name: String,
    pub customer_email: String,
    /// Of the current account.
    pub account_currency: Currency,
    pub account_balance_minor: i64,
    pub funding: Funding,
    pub price: Money,
    pub transaction_id: Option<TransactionId>,
    /// What was paid for its resets, in the currency of the price.
    pub resets_minor: i64,
    /// The fee of a reset that waits for payment.
    pub reset_transaction_id: Option<TransactionId>,
    /// What of its fees has gone away again, with payouts too.
    pub claimed_minor: i64,
    /// What its account has grown by.
    pub grown_minor: i64,
    /// A chargeback keeps it from going on.
    pub is_suspended: bool,
}

/// What a list is narrowed to; `None` stands for everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub customer: Option<CustomerId>,
    /// Only of customers that were assigned to this person; one that is named is his.
    pub owner: Option<StaffId>,
    pub program: Option<ProgramId>,
    pub state: Option<StateFilter>,
    /// Part of the customer's name or address, in any case, or the whole login of the account.
    pub text: Option<String>,
}

/// Either of two states, or the same one twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateFilter(pub ChallengeState, pub ChallengeState);

impl StateFilter {
    pub fn lets_through(self, state: ChallengeState) -> bool {
        state == self.0 || state == self.1
    }
}

/// How many challenges are in a state, and what was paid in one currency for those that have begun, without resets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub state: ChallengeState,
    pub count: i64,
    pub price_minor: i64,
}

macro_rules! every {
    () => {
        " FROM challenge c JOIN purchase p ON p.id = c.purchase_id"
    };
}

/// By the index of his purchases, which are the ones that know their challenges.
macro_rules! of_customer {
    () => {
        " FROM purchase p JOIN challenge c ON c.id = p.challenge_id AND p.customer_id = $2"
    };
}

/// Without its purchase: to go through many and show few.
macro_rules! alone {
    () => {
        " FROM challenge c"
    };
}

macro_rules! people {
    () => {
        " JOIN customer u ON u.id = c.customer_id JOIN account a ON a.login = c.account_login"
    };
}

macro_rules! narrowed {
    () => {
        " WHERE c.brand_id = $1 AND ($2 = 0 OR c.customer_id = $2 OR EXISTS
                (SELECT 1 FROM customer o WHERE o.id = c.customer_id AND o.owner_id = 0 - $2)) AND ($3 = 0 OR c.program_id = $3)
            AND ($4 < 0 OR c.state IN ($4, $5))"
    };
}

/// Names are looked through once for each customer, and not for each of his challenges.
macro_rules! said {
    () => {
        " AND (c.account_login = $7 OR c.customer_id IN (SELECT s.id FROM customer s WHERE s.brand_id = $1
               AND (lower(s.email) LIKE $6 ESCAPE '!'
                    OR lower(s.first_name || ' ' || s.last_name) LIKE $6 ESCAPE '!')))"
    };
}

macro_rules! columns {
    () => {
        "SELECT c.id, c.brand_id, c.purchase_id, c.customer_id, c.program_id, c.version_id, c.state,
                c.current_phase_index, c.account_login, c.started_at, c.ended_at, c.created_at, c.updated_at,
                u.first_name, u.last_name, u.email, a.currency, a.balance_minor, p.funding, p.price_minor,
                p.currency, p.transaction_id,
                (SELECT CAST(COALESCE(SUM(r.price_minor), 0) AS BIGINT) FROM purchase r
                 WHERE r.resets = c.id AND r.state = 1)
                + (SELECT CAST(COALESCE(SUM(r.price_minor), 0) AS BIGINT) FROM purchase r
                 WHERE r.adds_to = c.id AND r.state = 1),
                (SELECT MAX(r.transaction_id) FROM purchase r WHERE r.resets = c.id AND r.state = 0),
                (SELECT CAST(COALESCE(SUM(k.amount_minor), 0) AS BIGINT) FROM fee_claim k
                 WHERE k.challenge_id = c.id AND k.reversed_at IS NULL)
                + (SELECT CAST(COALESCE(SUM(o.fee_refund_minor), 0) AS BIGINT) FROM payout o
                 WHERE o.challenge_id = c.id AND o.state = 10),
                (SELECT COUNT(*) FROM fee_claim k
                 WHERE k.challenge_id = c.id AND k.reversed_at IS NULL AND k.effect = 1),
                (SELECT CAST(COALESCE(SUM(w.amount_minor), 0) AS BIGINT) FROM growth w
                 WHERE w.login = c.account_login)"
    };
}

/// The keys of the page first, then what stands beside them: what is skipped is not looked up.
macro_rules! page_of {
    ($from:ident, $limit:literal $(, $said:ident)?) => {
        concat!(
            columns!(),
            " FROM (SELECT c.id",
            $from!(),
            narrowed!(),
            $($said!(),)?
            " ORDER BY c.id DESC LIMIT ",
            $limit,
            ") k JOIN challenge c ON c.id = k.id JOIN purchase p ON p.id = c.purchase_id",
            people!(),
            " ORDER BY c.id DESC"
        )
    };
}

macro_rules! count_of {
    ($from:ident, $currency:literal $(, $said:ident)?) => {
        concat!(
            "SELECT c.state, COUNT(*), CAST(SUM(CASE WHEN c.started_at IS NOT NULL AND p.currency = ",
            $currency,
            " THEN p.price_minor ELSE 0 END) AS BIGINT)",
            $from!(),
            narrowed!(),
            $($said!(),)?
            " GROUP BY c.state"
        )
    };
}

/// From the resets on, or what was bought later, of which there are few.
macro_rules! later_of {
    ($link:literal, $currency:literal $(, $said:ident)?) => {
        concat!(
            "SELECT CAST(COALESCE(SUM(r.price_minor), 0) AS BIGINT) FROM purchase r CROSS JOIN challenge c",
            narrowed!(),
            $($said!(),)?
            " AND r.", $link, " IS NOT NULL AND c.id = r.", $link, " AND r.state = 1 AND r.currency = ",
            $currency
        )
    };
}

const LATER: [&str; 2] = [later_of!("resets", "$6"), later_of!("adds_to", "$6")];
const LATER_SAID: [&str; 2] = [
    later_of!("resets", "$8", said),
    later_of!("adds_to", "$8", said),
];

/// From the claims on fees on, of which there are few.
macro_rules! claims_of {
    ($currency:literal $(, $said:ident)?) => {
        concat!(
            "SELECT CAST(COALESCE(SUM(k.amount_minor), 0) AS BIGINT) FROM fee_claim k CROSS JOIN challenge c",
            narrowed!(),
            $($said!(),)?
            " AND k.reversed_at IS NULL AND c.id = k.challenge_id AND k.currency = ",
            $currency
        )
    };
}

const CLAIMS: &str = claims_of!("$6");
const CLAIMS_SAID: &str = claims_of!("$8", said);

/// Of everybody, of one customer.
const PAGE: [&str; 2] = [
    page_of!(alone, "$6 OFFSET $7"),
    page_of!(of_customer, "$6 OFFSET $7"),
];
const PAGE_SAID: [&str; 2] = [
    page_of!(alone, "$8 OFFSET $9", said),
    page_of!(of_customer, "$8 OFFSET $9", said),
];
const COUNT: [&str; 2] = [count_of!(every, "$6"), count_of!(of_customer, "$6")];
const COUNT_SAID: [&str; 2] = [
    count_of!(every, "$8", said),
    count_of!(of_customer, "$8", said),
];

fn listed(row: &Row<'_>) -> Result<Listed, StoreError> {
    let from = CHALLENGE_COLUMNS;
    let name = format!("{} {}", row.text(from)?, row.text(from + 1)?);
    Ok(Listed {
        challenge: challenge(row)?,
        customer_name: name.trim().to_owned(),
        customer_email: row.string(from + 2)?,
        account_currency: currency(row.text(from + 3)?, from + 3)?,
        account_balance_minor: row.int(from + 4)?,
        funding: known(
            Funding::from_code(row.int(from + 5)?),
            from + 5,
            "a funding",
        )?,
        price: Money::new(row.int(from + 6)?, currency(row.text(from + 7)?, from + 7)?),
        transaction_id: row.opt_int(from + 8)?.map(TransactionId),
        resets_minor: row.int(from + 9)?,
        reset_transaction_id: row.opt_int(from + 10)?.map(TransactionId),
        claimed_minor: row.int(from + 11)?,
        is_suspended: row.int(from + 12)? > 0,
        grown_minor: row.int(from + 13)?,
    })
}

/// A pattern of everything that contains the text, in any case; `!` takes the next sign literally.
pub(super) fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for sign in text.to_lowercase().chars() {
        if matches!(sign, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(sign);
    }
    pattern + "%"
}

impl Filter {
    /// Of the customer and the program; 0 for all of them, and below 0 for those of an owner.
    fn keys(&self) -> (i64, i64) {
        let of_owner = self.owner.map_or(0, |id| -id.0);
        (
            self.customer.map_or(of_owner, |id| id.0),
            self.program.map_or(0, |id| id.0),
        )
    }

    /// `%text%` with the signs of a pattern taken literally; `None` for everything.
    fn pattern(&self) -> Option<String> {
        let text = self.text.as_deref().filter(|text| !text.is_empty())?;
        Some(containing(text))
    }

    /// The login that the text is, or one that there is not.
    fn login(&self) -> i64 {
        let text = self.text.as_deref().unwrap_or_default();
        text.parse::<i64>().map_or(Login(-1), Login).0
    }

    fn states(&self) -> (i64, i64) {
        self.state.map_or(EVERY_STATE, |StateFilter(one, other)| {
            (one.code(), other.code())
        })
    }
}

const EVERY_STATE: (i64, i64) = (-1, -1);

/// A page of a brand's challenges, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Listed>, StoreError> {
    let of = usize::from(filter.customer.is_some());
    let (customer, program) = filter.keys();
    let (first, last) = filter.states();
    let Some(pattern) = filter.pattern() else {
        return tx.query(
            PAGE[of],
            params![brand.0, customer, program, first, last, limit, offset],
            listed,
        );
    };
    tx.query(
        PAGE_SAID[of],
        params![
            brand.0,
            customer,
            program,
            first,
            last,
            &pattern,
            filter.login(),
            limit,
            offset
        ],
        listed,
    )
}

/// One challenge of a brand, as a list shows it.
pub fn one(tx: &mut Tx<'_>, brand: BrandId, id: ChallengeId) -> Result<Option<Listed>, StoreError> {
    tx.query_opt(
        concat!(
            columns!(),
            every!(),
            people!(),
            " WHERE c.brand_id = $1 AND c.id = $2"
        ),
        params![brand.0, id.0],
        listed,
    )
}

/// How many there are in each state, whatever state the filter asks for, and the prices of those
/// that have begun and were sold in `currency`.
pub fn count(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: &Filter,
    currency: Currency,
) -> Result<Vec<Counted>, StoreError> {
    let of = usize::from(filter.customer.is_some());
    let (customer, program) = filter.keys();
    let Some(pattern) = filter.pattern() else {
        return tx.query(
            COUNT[of],
            params![
                brand.0,
                customer,
                program,
                EVERY_STATE.0,
                EVERY_STATE.1,
                currency.code()
            ],
            counted,
        );
    };
    tx.query(
        COUNT_SAID[of],
        params![
            brand.0,
            customer,
            program,
            EVERY_STATE.0,
            EVERY_STATE.1,
            &pattern,
            filter.login(),
            currency.code()
        ],
        counted,
    )
}

/// What was paid in `currency` for resets that have begun and add-ons that were bought later, of challenges in whatever
/// state.
pub fn sum_later(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: &Filter,
    currency: Currency,
) -> Result<i64, StoreError> {
    let mut all = 0;
    for (plain, said) in LATER.into_iter().zip(LATER_SAID) {
        all += sum(tx, [plain, said], brand, filter, currency)?;
    }
    Ok(all)
}

/// What of the fees in `currency` has gone away again.
pub fn sum_claims(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: &Filter,
    currency: Currency,
) -> Result<i64, StoreError> {
    sum(tx, [CLAIMS, CLAIMS_SAID], brand, filter, currency)
}

/// Of everybody, or of those that the text is said of.
fn sum(
    tx: &mut Tx<'_>,
    [plain, said]: [&'static str; 2],
    brand: BrandId,
    filter: &Filter,
    currency: Currency,
) -> Result<i64, StoreError> {
    let (customer, program) = filter.keys();
    let (one, other) = EVERY_STATE;
    let Some(pattern) = filter.pattern() else {
        return tx.query_one(
            plain,
            params![brand.0, customer, program, one, other, currency.code()],
            |row| row.int(0),
        );
    };
    tx.query_one(
        said,
        params![
            brand.0,
            customer,
            program,
            one,
            other,
            &pattern,
            filter.login(),
            currency.code()
        ],
        |row| row.int(0),
    )
}

fn counted(row: &Row<'_>) -> Result<Counted, StoreError> {
    Ok(Counted {
        state: known(
            ChallengeState::from_code(row.int(0)?),
            0,
            "a state of a challenge",
        )?,
        count: row.int(1)?,
        price_minor: row.int(2)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;
    use crate::testing::TestDatabase;

    #[test]
    fn signs_of_a_pattern_are_taken_literally() {
        let pattern = |text: &str| {
            let text = Some(text.to_owned());
            Filter {
                text,
                ..Filter::default()
            }
            .pattern()
        };
        assert_eq!(pattern("A_b%!"), Some("%a!_b!%!!%".to_owned()));
        assert_eq!(pattern(""), None);
    }

    /// The tables of SQLite's plan, in its order, each with how it is read.
    async fn plan(sql: &'static str, values: &[i64]) -> Vec<String> {
        let values = values.to_vec();
        let database = TestDatabase::sqlite();
        let store = database.store();
        let sql: &'static str = format!("EXPLAIN QUERY PLAN {sql}").leak();
        let lines = store.read(move |tx| {
            let values: Vec<Value<'_>> = values.iter().map(|value| Value::Int(*value)).collect();
            tx.query(sql, &values, |row| row.string(3))
        });
        lines.await.expect("a plan")
    }

    #[tokio::test]
    async fn what_a_page_skips_is_looked_up_nowhere() {
        let plain = plan(PAGE[0], &[1, 0, 0, -1, -1, 100, 900_000]).await;
        let said = plan(PAGE_SAID[0], &[1, 0, 0, -1, -1, 0, 7, 100, 900_000]).await;
        for plan in [plain, said] {
            let of_page = plan.iter().position(|line| line == "SCAN k");
            let (skipping, showing) = plan.split_at(of_page.expect("a list of keys"));
            let reads = |line: &&String| {
                line.contains(" p ") || line.contains(" a ") || line.contains(" u ")
            };
            assert_eq!(skipping.iter().filter(reads).count(), 0, "{plan:#?}");
            for table in ["c", "p", "u", "a"] {
                let by_key = format!("SEARCH {table} USING INTEGER PRIMARY KEY (rowid=?)");
                assert!(showing.contains(&by_key), "{by_key} in {plan:#?}");
            }
        }
    }

    #[tokio::test]
    async fn what_was_bought_later_is_summed_without_a_look_at_the_other_journeys() {
        for (sql, index) in LATER
            .into_iter()
            .zip(["purchase_by_reset", "purchase_by_addition"])
        {
            let plan = plan(sql, &[1, 0, 0, -1, -1, 0]).await;
            assert!(plan[0].contains(index), "{plan:#?}");
            assert_eq!(plan[1], "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)");
        }
    }

    #[tokio::test]
    async fn names_are_looked_through_once_for_each_customer() {
        for (sql, values) in [
            (PAGE_SAID[0], &[1, 0, 0, -1, -1, 0, 7, 100, 0][..]),
            (COUNT_SAID[0], &[1, 0, 0, -1, -1, 0, 7, 0][..]),
        ] {
            let plan = plan(sql, values).await;
            let list = plan
                .iter()
                .position(|line| line.starts_with("LIST SUBQUERY"));
            let names = &plan[list.expect("a list made once") + 1];
            assert!(names.starts_with("SEARCH s USING"), "{plan:#?}");
            assert!(names.ends_with("(brand_id=?)"), "{plan:#?}");
        }
    }
}
