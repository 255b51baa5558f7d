//! Accounts a page at a time: a brand's for staff, his own for a customer.

use super::accounts::with_group;
use super::journey_list::containing;
use super::transaction_list::{ceiling, codes, words};
use crate::{Row, StoreError, Tx, Value, params};
use touchstone_domain::{
    Account, AccountKind, BrandId, Currency, CustomerId, Group, GroupId, Login, StaffId,
};

/// An account with what stands beside it in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub account: Account,
    pub group: Group,
    pub customer_name: String,
    pub customer_email: String,
    /// Exact without open positions; with some, as it was last stored.
    pub equity_minor: i64,
    pub open_positions: i64,
    /// It was warned that its margin runs out, and has not recovered since.
    pub margin_called: bool,
}

/// From one amount to another, both included, in thousandths of a major unit; one bound holds for every currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Between {
    pub least_thousandths: Option<i64>,
    pub most_thousandths: Option<i64>,
}

/// What a list is narrowed to. Empty lists and `None` stand for everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub customer: Option<CustomerId>,
    pub login: Option<Login>,
    pub groups: Vec<GroupId>,
    pub currencies: Vec<Currency>,
    pub enabled: Option<bool>,
    pub kind: Option<AccountKind>,
    pub margin_called: Option<bool>,
    pub has_open_positions: Option<bool>,
    /// Part of the customer's name or address, in any case, or the whole login.
    pub text: Option<String>,
    pub balance: Between,
    pub equity: Between,
    /// Only of customers that were assigned to this person.
    pub owner: Option<StaffId>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    #[default]
    Login,
    Balance,
    Equity,
    CreatedAt,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    pub key: SortKey,
    pub descending: bool,
}

impl SortKey {
    const fn code(self) -> i64 {
        match self {
            Self::Login => 0,
            Self::Balance => 1,
            Self::Equity => 2,
            Self::CreatedAt => 3,
        }
    }
}

impl Between {
    /// The bounds in minor units of currencies with 0, 3 and 2 decimals.
    fn bounds(self) -> [i64; 6] {
        let least = self.least_thousandths.unwrap_or(i64::MIN);
        let most = self.most_thousandths.unwrap_or(i64::MAX);
        [
            ceiling(least, 1_000),
            least,
            ceiling(least, 10),
            most.div_euclid(1_000),
            most,
            most.div_euclid(10),
        ]
    }
}

macro_rules! equity {
    () => {
        "CASE WHEN COALESCE(d.open_positions, 0) = 0 THEN a.balance_minor ELSE COALESCE(
            (SELECT m.equity_minor FROM metric m WHERE m.login = a.login ORDER BY m.at DESC, m.no DESC LIMIT 1),
            a.balance_minor) END"
    };
}

/// Which bound is the one of the account's currency.
macro_rules! bound {
    ($zero:literal, $three:literal, $two:literal) => {
        concat!(
            "CASE WHEN $12 LIKE '%,' || a.currency || ',%' THEN CAST(",
            $zero,
            " AS BIGINT) WHEN $13 LIKE '%,' || a.currency || ',%' THEN CAST(",
            $three,
            " AS BIGINT) ELSE CAST(",
            $two,
            " AS BIGINT) END"
        )
    };
}

macro_rules! narrowed {
    ($own:ident) => {
        concat!(
            " FROM account a JOIN account_group g ON g.id = a.group_id JOIN customer u ON u.id = a.customer_id
              LEFT JOIN desk_account d ON d.login = a.login
              WHERE a.brand_id = $1 AND ($2 = 0 OR a.customer_id = $2) AND ($3 = 0 OR a.login = $3)",
            $own!(),
            " AND ($4 = '' OR $4 LIKE '%,' || CAST(a.group_id AS TEXT) || ',%')
              AND ($5 = '' OR $5 LIKE '%,' || a.currency || ',%')
              AND ($6 < 0 OR a.enabled = $6) AND ($7 < 0 OR a.kind = $7)
              AND ($8 < 0 OR COALESCE(d.margin_called, 0) = $8)
              AND ($9 < 0 OR CASE WHEN COALESCE(d.open_positions, 0) > 0 THEN 1 ELSE 0 END = $9)
              AND ($10 = '' OR a.login = $11 OR lower(u.email) LIKE $10 ESCAPE '!'
                   OR lower(u.first_name || ' ' || u.last_name) LIKE $10 ESCAPE '!')
              AND a.balance_minor >= ",
            bound!("$14", "$15", "$16"),
            " AND a.balance_minor <= ",
            bound!("$17", "$18", "$19"),
            " AND ",
            equity!(),
            " >= ",
            bound!("$20", "$21", "$22"),
            " AND ",
            equity!(),
            " <= ",
            bound!("$23", "$24", "$25"),
            " AND (CAST($26 AS BIGINT) = 0 OR u.owner_id = $26)"
        )
    };
}

macro_rules! everyone {
    () => {
        ""
    };
}

/// A customer's accounts are found by what he opened and bought: only the accounts of the first kind have an index.
macro_rules! own {
    () => {
        " AND a.login IN (SELECT login FROM account WHERE customer_id = $2 AND kind = 0
            UNION SELECT account_login FROM purchase WHERE customer_id = $2
            UNION SELECT f.account_login FROM purchase p JOIN phase f ON f.challenge_id = p.challenge_id
            WHERE p.customer_id = $2)"
    };
}

macro_rules! page_of {
    ($own:ident) => {
        concat!(
            "SELECT a.login, a.brand_id, a.customer_id, a.group_id, a.kind, a.currency, a.leverage, a.enabled,
                a.balance_minor, a.held_minor, a.created_at, a.closed_at, a.password_hash,
                g.id, g.brand_id, g.name, g.mode, g.currency, g.leverage, g.default_deposit_minor, g.enabled,
                g.public_opening, g.max_positions, u.first_name, u.last_name, u.email,
                COALESCE(d.open_positions, 0), COALESCE(d.margin_called, 0), ",
            equity!(),
            narrowed!($own),
            " ORDER BY CAST($27 AS BIGINT) * (CASE CAST($28 AS BIGINT) WHEN 1 THEN a.balance_minor WHEN 2 THEN ",
            equity!(),
            " WHEN 3 THEN a.created_at ELSE a.login END), a.login LIMIT $29 OFFSET $30"
        )
    };
}

/// Of everybody, of one customer.
const PAGE: [&str; 2] = [page_of!(everyone), page_of!(own)];
const COUNT: [&str; 2] = [
    concat!("SELECT COUNT(*)", narrowed!(everyone)),
    concat!("SELECT COUNT(*)", narrowed!(own)),
];
const FROM_PERSON: usize = 23;

fn listed(row: &Row<'_>) -> Result<Listed, StoreError> {
    let (account, group) = with_group(row)?;
    let from = FROM_PERSON;
    let name = format!("{} {}", row.text(from)?, row.text(from + 1)?);
    Ok(Listed {
        account,
        group,
        customer_name: name.trim().to_owned(),
        customer_email: row.string(from + 2)?,
        open_positions: row.int(from + 3)?,
        margin_called: row.bool(from + 4)?,
        equity_minor: row.int(from + 5)?,
    })
}

/// -1 for both.
fn either(wanted: Option<bool>) -> i64 {
    wanted.map_or(-1, i64::from)
}

/// The filter as texts, which the parameters borrow.
struct Narrowed {
    groups: String,
    currencies: String,
    pattern: String,
    login_of_text: i64,
    zero: String,
    three: String,
}

impl Narrowed {
    fn of(filter: &Filter) -> Self {
        let text = filter.text.as_deref().filter(|text| !text.is_empty());
        let decimals = |decimals| words(Currency::with_decimals(decimals).iter().copied());
        Self {
            groups: codes(filter.groups.iter().map(|id| id.0)),
            currencies: words(filter.currencies.iter().map(Currency::code)),
            pattern: text.map(containing).unwrap_or_default(),
            login_of_text: text.and_then(|text| text.parse().ok()).unwrap_or(-1),
            zero: decimals(0),
            three: decimals(3),
        }
    }

    fn values<'a>(&'a self, brand: BrandId, filter: &Filter) -> Vec<Value<'a>> {
        let mut values = params![
            brand.0,
            filter.customer.map_or(0, |id| id.0),
            filter.login.map_or(0, |login| login.0),
            &self.groups,
            &self.currencies,
            either(filter.enabled),
            filter.kind.map_or(-1, AccountKind::code),
            either(filter.margin_called),
            either(filter.has_open_positions),
            &self.pattern,
            self.login_of_text,
            &self.zero,
            &self.three
        ]
        .to_vec();
        let bounds = [filter.balance.bounds(), filter.equity.bounds()];
        values.extend(bounds.as_flattened().iter().map(|bound| Value::Int(*bound)));
        values.push(Value::Int(filter.owner.map_or(0, |id| id.0)));
        values
    }
}

/// A page of a brand's accounts.
pub fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: &Filter,
    sort: Sort,
    limit: i64,
    offset: i64,
) -> Result<Vec<Listed>, StoreError> {
    let of = usize::from(filter.customer.is_some());
    let narrowed = Narrowed::of(filter);
    let mut values = narrowed.values(brand, filter);
    let direction = if sort.descending { -1 } else { 1 };
    let rest = [direction, sort.key.code(), limit, offset];
    values.extend(rest.map(Value::Int));
    tx.query(PAGE[of], &values, listed)
}

/// How many there are on all pages.
pub fn count(tx: &mut Tx<'_>, brand: BrandId, filter: &Filter) -> Result<i64, StoreError> {
    let of = usize::from(filter.customer.is_some());
    let narrowed = Narrowed::of(filter);
    tx.query_one(COUNT[of], &narrowed.values(brand, filter), |row| row.int(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    fn narrow() -> Filter {
        let within = Between {
            least_thousandths: Some(-5),
            most_thousandths: Some(5),
        };
        Filter {
            customer: None,
            login: Some(Login(1)),
            groups: vec![GroupId(1), GroupId(2)],
            currencies: vec![Currency::USD],
            enabled: Some(true),
            kind: Some(AccountKind::Challenge),
            margin_called: Some(false),
            has_open_positions: Some(true),
            text: Some("100%".to_owned()),
            balance: within,
            equity: within,
            owner: Some(StaffId(1)),
        }
    }

    /// Both engines read the statements, whatever is asked for.
    #[tokio::test]
    async fn an_empty_brand_has_no_accounts() {
        for database in std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()) {
            let store = database.store();
            for customer in [None, Some(CustomerId(5))] {
                for filter in [Filter::default(), narrow()] {
                    let filter = Filter { customer, ..filter };
                    let key = SortKey::Equity;
                    let descending = customer.is_some();
                    let found = store.read(move |tx| {
                        let sort = Sort { key, descending };
                        let page = page(tx, BrandId(1), &filter, sort, 50, 0)?;
                        Ok::<_, StoreError>((page.len(), count(tx, BrandId(1), &filter)?))
                    });
                    assert_eq!(found.await.expect("a page"), (0, 0));
                }
            }
        }
    }
}
