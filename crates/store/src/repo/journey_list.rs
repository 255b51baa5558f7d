//! Challenges as staff look through them.

use super::challenges::{CHALLENGE_COLUMNS, challenge};
use super::{currency, known};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::challenge::{Challenge, ChallengeState};
use touchstone_domain::purchase::Funding;
use touchstone_domain::{
    BrandId, ChallengeId, Currency, CustomerId, Login, Money, ProgramId, TransactionId,
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
}

/// What a list is narrowed to; `None` stands for everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub customer: Option<CustomerId>,
    pub program: Option<ProgramId>,
    pub state: Option<StateFilter>,
    /// Part of the customer's name or address, in any case, or the whole login of the account.
    pub text: Option<String>,
}

/// States from one code to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateFilter {
    pub first: ChallengeState,
    pub last: ChallengeState,
}

/// How many challenges are in a state, and what was paid for them in one currency.
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

macro_rules! people {
    () => {
        " JOIN customer u ON u.id = c.customer_id JOIN account a ON a.login = c.account_login"
    };
}

macro_rules! narrowed {
    () => {
        " WHERE c.brand_id = $1 AND ($2 = 0 OR c.customer_id = $2) AND ($3 = 0 OR c.program_id = $3)
            AND c.state BETWEEN $4 AND $5"
    };
}

macro_rules! said {
    () => {
        " AND ($6 = '' OR lower(u.email) LIKE $6 ESCAPE '!'
               OR lower(u.first_name || ' ' || u.last_name) LIKE $6 ESCAPE '!' OR c.account_login = $7)"
    };
}

macro_rules! columns {
    () => {
        "SELECT c.id, c.brand_id, c.purchase_id, c.customer_id, c.program_id, c.version_id, c.state,
                c.current_phase_index, c.account_login, c.started_at, c.ended_at, c.created_at, c.updated_at,
                u.first_name, u.last_name, u.email, a.currency, a.balance_minor, p.funding, p.price_minor,
                p.currency, p.transaction_id"
    };
}

macro_rules! page_of {
    ($from:ident) => {
        concat!(
            columns!(),
            $from!(),
            people!(),
            narrowed!(),
            said!(),
            " ORDER BY c.id DESC LIMIT $8 OFFSET $9"
        )
    };
}

macro_rules! sums {
    ($currency:literal) => {
        concat!(
            "SELECT c.state, COUNT(*), CAST(SUM(CASE WHEN p.currency = ",
            $currency,
            " THEN p.price_minor ELSE 0 END) AS BIGINT)"
        )
    };
}

macro_rules! count_of {
    ($from:ident) => {
        concat!(sums!("$6"), $from!(), narrowed!(), " GROUP BY c.state")
    };
}

macro_rules! count_said {
    ($from:ident) => {
        concat!(
            sums!("$8"),
            $from!(),
            people!(),
            narrowed!(),
            said!(),
            " GROUP BY c.state"
        )
    };
}

const PAGE: [&str; 2] = [page_of!(every), page_of!(of_customer)];
/// Names and accounts are looked at only where a text is looked for: that is most of the work.
const COUNT: [&str; 2] = [count_of!(every), count_of!(of_customer)];
const COUNT_SAID: [&str; 2] = [count_said!(every), count_said!(of_customer)];

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
    })
}

impl Filter {
    /// `%text%` with the signs of a pattern taken literally; empty for everything.
    fn pattern(&self) -> String {
        let Some(text) = self.text.as_deref().filter(|text| !text.is_empty()) else {
            return String::new();
        };
        let mut pattern = String::from("%");
        for sign in text.to_lowercase().chars() {
            if matches!(sign, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(sign);
        }
        pattern + "%"
    }

    /// The login that the text is, or one that there is not.
    fn login(&self) -> i64 {
        let text = self.text.as_deref().unwrap_or_default();
        text.parse::<i64>().map_or(Login(-1), Login).0
    }

    fn states(&self) -> (i64, i64) {
        self.state.map_or((0, i64::MAX), |state| {
            (state.first.code(), state.last.code())
        })
    }
}

/// A page of a brand's challenges, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Listed>, StoreError> {
    let (first, last) = filter.states();
    tx.query(
        PAGE[usize::from(filter.customer.is_some())],
        params![
            brand.0,
            filter.customer.map_or(0, |id| id.0),
            filter.program.map_or(0, |id| id.0),
            first,
            last,
            &filter.pattern(),
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
/// that were sold in `currency`.
pub fn count(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: &Filter,
    currency: Currency,
) -> Result<Vec<Counted>, StoreError> {
    let pattern = filter.pattern();
    let of = usize::from(filter.customer.is_some());
    let (customer, program) = (
        filter.customer.map_or(0, |id| id.0),
        filter.program.map_or(0, |id| id.0),
    );
    if pattern.is_empty() {
        return tx.query(
            COUNT[of],
            params![brand.0, customer, program, 0, i64::MAX, currency.code()],
            counted,
        );
    }
    tx.query(
        COUNT_SAID[of],
        params![
            brand.0,
            customer,
            program,
            0,
            i64::MAX,
            &pattern,
            filter.login(),
            currency.code()
        ],
        counted,
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
        assert_eq!(pattern("A_b%!"), "%a!_b!%!!%");
        assert_eq!(pattern(""), "");
    }
}
