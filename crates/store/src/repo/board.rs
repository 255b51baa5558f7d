//! What stands beside the figures of accounts that run, for who watches all of them.

use super::currency;
use super::journey_list::containing;
use crate::{StoreError, Tx, params};
use touchstone_domain::{
    BrandId, ChallengeId, Currency, Login, ProgramId, ProgramVersionId, StaffId,
};

/// What is looked for among the challenges that run; `None` stands for everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub program: Option<ProgramId>,
    /// Only of customers that were assigned to this person.
    pub owner: Option<StaffId>,
    /// Part of the customer's name or address, in any case, or the whole login of the account.
    pub text: Option<String>,
}

impl Filter {
    /// Whether it lets everything through.
    pub fn is_open(&self) -> bool {
        self.program.is_none() && self.owner.is_none() && self.pattern().is_none()
    }

    fn pattern(&self) -> Option<String> {
        let text = self.text.as_deref().filter(|text| !text.is_empty())?;
        Some(containing(text))
    }
}

/// The accounts that the filter lets through, in order.
pub fn logins(tx: &mut Tx<'_>, brand: BrandId, filter: &Filter) -> Result<Vec<Login>, StoreError> {
    let text = filter.text.as_deref().unwrap_or_default();
    let pattern = filter.pattern().unwrap_or_default();
    tx.query(
        "SELECT c.account_login FROM challenge c WHERE c.brand_id = $1 AND c.state = 1
            AND ($2 = 0 OR c.program_id = $2)
            AND ($3 = 0 OR c.customer_id IN (SELECT o.id FROM customer o WHERE o.brand_id = $1 AND o.owner_id = $3))
            AND ($4 = '' OR c.account_login = $5 OR c.customer_id IN (SELECT s.id FROM customer s
                WHERE s.brand_id = $1 AND (lower(s.email) LIKE $4 ESCAPE '!'
                    OR lower(s.first_name || ' ' || s.last_name) LIKE $4 ESCAPE '!')))
         ORDER BY c.account_login",
        params![
            brand.0,
            filter.program.map_or(0, |id| id.0),
            filter.owner.map_or(0, |id| id.0),
            &pattern,
            text.parse().unwrap_or(-1_i64)
        ],
        |row| row.int(0).map(Login),
    )
}

/// Whose an account is, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub customer_name: String,
    pub program_id: ProgramId,
    pub version_id: ProgramVersionId,
    pub currency: Currency,
    /// A bank has taken the fee back.
    pub is_suspended: bool,
}

pub fn told(
    tx: &mut Tx<'_>,
    challenge: ChallengeId,
    login: Login,
) -> Result<Option<Told>, StoreError> {
    tx.query_opt(
        "SELECT u.first_name, u.last_name, c.program_id, c.version_id, a.currency,
                (SELECT COUNT(*) FROM fee_claim k
                 WHERE k.challenge_id = c.id AND k.reversed_at IS NULL AND k.effect = 1)
         FROM challenge c JOIN customer u ON u.id = c.customer_id JOIN account a ON a.login = $2 WHERE c.id = $1",
        params![challenge.0, login.0],
        |row| {
            let name = format!("{} {}", row.text(0)?, row.text(1)?);
            Ok(Told {
                customer_name: name.trim().to_owned(),
                program_id: ProgramId(row.int(2)?),
                version_id: ProgramVersionId(row.int(3)?),
                currency: currency(row.text(4)?, 4)?,
                is_suspended: row.int(5)? > 0,
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    /// Both engines read the statements.
    #[tokio::test]
    async fn an_empty_brand_has_nothing_that_runs() {
        for database in std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()) {
            let store = database.store();
            let filter = Filter {
                program: Some(ProgramId(1)),
                owner: Some(StaffId(1)),
                text: Some("100%".to_owned()),
            };
            for filter in [filter, Filter::default()] {
                let found = store.read(move |tx| {
                    let logins = logins(tx, BrandId(1), &filter)?;
                    let told = told(tx, ChallengeId(1), Login(1))?;
                    Ok::<_, StoreError>((logins.len(), told))
                });
                assert_eq!(found.await.expect("an answer"), (0, None));
            }
        }
    }
}
