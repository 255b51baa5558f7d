//! Customers as staff look through them.

use super::journey_list::containing;
use super::{known, opt_micros};
use crate::{Row, StoreError, Tx, Value, params};
use touchstone_domain::kyc::Kyc;
use touchstone_domain::{BrandId, CustomerId, StaffId, UnixMicros};

/// A customer with what stands beside him in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: CustomerId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub phone: String,
    pub country: String,
    pub enabled: bool,
    pub kyc: Kyc,
    pub kyc_at: Option<UnixMicros>,
    pub owner: Option<(StaffId, String)>,
    pub created_at: UnixMicros,
    pub last_login_at: Option<UnixMicros>,
    pub erased_at: Option<UnixMicros>,
    /// His journeys that run.
    pub active_journeys: i64,
}

/// What a list is narrowed to; `None` stands for everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of the name or the address, in any case, or the whole login of an account.
    pub text: Option<String>,
    pub kyc: Option<Kyc>,
    pub enabled: Option<bool>,
    /// Only customers that were assigned to this person.
    pub owner: Option<StaffId>,
    /// Who sees only his own: these.
    pub seen_by: Option<StaffId>,
}

macro_rules! narrowed {
    () => {
        " FROM customer u WHERE u.brand_id = $1
            AND ($2 = '' OR lower(u.email) LIKE $2 ESCAPE '!'
                 OR lower(u.first_name || ' ' || u.last_name) LIKE $2 ESCAPE '!'
                 OR u.id IN (SELECT a.customer_id FROM account a WHERE a.login = $3))
            AND ($4 < 0 OR u.kyc = $4) AND ($5 < 0 OR u.enabled = $5)
            AND ($6 = 0 OR u.owner_id = $6) AND ($7 = 0 OR u.owner_id = $7)"
    };
}

/// The keys of the page first, then what stands beside them: what is skipped is not looked up.
const PAGE: &str = concat!(
    "SELECT u.id, u.email, u.first_name, u.last_name, u.phone, u.country, u.enabled, u.kyc, u.kyc_at, u.owner_id,
            s.full_name, u.created_at, u.last_login_at, u.erased_at,
            (SELECT COUNT(*) FROM purchase p JOIN challenge c ON c.id = p.challenge_id
             WHERE p.customer_id = u.id AND c.purchase_id = p.id AND c.state = 1)
     FROM (SELECT u.id",
    narrowed!(),
    " ORDER BY u.id DESC LIMIT $8 OFFSET $9) k JOIN customer u ON u.id = k.id LEFT JOIN staff s ON s.id = u.owner_id
     ORDER BY u.id DESC"
);
const COUNT: &str = concat!("SELECT COUNT(*)", narrowed!());

fn listed(row: &Row<'_>) -> Result<Listed, StoreError> {
    let owner = row.opt_int(9)?.map(StaffId);
    Ok(Listed {
        id: CustomerId(row.int(0)?),
        email: row.string(1)?,
        first_name: row.string(2)?,
        last_name: row.string(3)?,
        phone: row.string(4)?,
        country: row.string(5)?,
        enabled: row.bool(6)?,
        kyc: known(Kyc::from_code(row.int(7)?), 7, "a status of an identity")?,
        kyc_at: opt_micros(row.opt_int(8)?),
        owner: owner.zip(row.opt_string(10)?),
        created_at: UnixMicros(row.int(11)?),
        last_login_at: opt_micros(row.opt_int(12)?),
        erased_at: opt_micros(row.opt_int(13)?),
        active_journeys: row.int(14)?,
    })
}

impl Filter {
    fn values<'a>(&'a self, brand: BrandId, pattern: &'a str) -> Vec<Value<'a>> {
        let text = self.text.as_deref().unwrap_or_default();
        params![
            brand.0,
            pattern,
            text.parse().unwrap_or(-1_i64),
            self.kyc.map_or(-1, Kyc::code),
            self.enabled.map_or(-1, i64::from),
            self.owner.map_or(0, |id| id.0),
            self.seen_by.map_or(0, |id| id.0)
        ]
        .to_vec()
    }

    fn pattern(&self) -> String {
        let text = self.text.as_deref().filter(|text| !text.is_empty());
        text.map(containing).unwrap_or_default()
    }
}

/// A page of a brand's customers, the newest first.
pub fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Listed>, StoreError> {
    let pattern = filter.pattern();
    let mut values = filter.values(brand, &pattern);
    values.extend([limit, offset].map(Value::Int));
    tx.query(PAGE, &values, listed)
}

/// How many there are on all pages.
pub fn count(tx: &mut Tx<'_>, brand: BrandId, filter: &Filter) -> Result<i64, StoreError> {
    let pattern = filter.pattern();
    tx.query_one(COUNT, &filter.values(brand, &pattern), |row| row.int(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    /// Both engines read the statements.
    #[tokio::test]
    async fn an_empty_brand_has_no_customers() {
        for database in std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()) {
            let store = database.store();
            let narrow = Filter {
                text: Some("100%".to_owned()),
                kyc: Some(Kyc::Pending),
                enabled: Some(true),
                owner: Some(StaffId(1)),
                seen_by: Some(StaffId(2)),
            };
            for filter in [narrow, Filter::default()] {
                let found = store.read(move |tx| {
                    let page = page(tx, BrandId(1), &filter, 50, 0)?;
                    Ok::<_, StoreError>((page.len(), count(tx, BrandId(1), &filter)?))
                });
                assert_eq!(found.await.expect("a page"), (0, 0));
            }
        }
    }
}
