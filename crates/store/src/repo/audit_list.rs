//! What was changed, as people look through it.

use crate::{Row, StoreError, Tx, Value, params};
use touchstone_domain::{BrandId, StaffId, UnixMicros};

/// A row with the names that stand in it as keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: i64,
    pub at: UnixMicros,
    pub actor_kind: String,
    pub actor_id: i64,
    /// Of a person of the firm or a customer.
    pub actor_name: Option<String>,
    /// The name of the API token that acted for him.
    pub api_token_name: Option<String>,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: i64,
    /// JSON.
    pub before: Option<String>,
    pub after: Option<String>,
    pub note: String,
}

/// What a list is narrowed to; `None` stands for everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// An action, or what its name begins with up to a dot.
    pub action: Option<String>,
    pub actor_kind: Option<String>,
    pub actor_id: Option<i64>,
    pub subject_kind: Option<String>,
    pub subject_id: Option<i64>,
    pub from: Option<UnixMicros>,
    pub before: Option<UnixMicros>,
    /// Who sees only his own customers: what was done to them and by them.
    pub seen_by: Option<StaffId>,
}

macro_rules! columns {
    () => {
        "SELECT r.id, r.at, r.actor_kind, r.actor_id, s.full_name, u.first_name, u.last_name, t.name, r.action,
                r.subject_kind, r.subject_id, r.before, r.after, r.note
         FROM audit r LEFT JOIN staff s ON r.actor_kind = 'staff' AND s.id = r.actor_id
              LEFT JOIN customer u ON r.actor_kind = 'customer' AND u.id = r.actor_id
              LEFT JOIN api_token t ON t.id = r.api_token_id
         WHERE r.brand_id = $1 AND r.id < $2
            AND ($3 = '' OR r.action = $3 OR substr(r.action, 1, length($3) + 1) = $3 || '.')
            AND ($4 = '' OR r.actor_kind = $4) AND ($5 = '' OR r.actor_id = $6)
            AND r.at >= $7 AND r.at < $8
            AND ($9 = 0 OR (r.subject_kind = 'customer' AND r.subject_id IN (SELECT id FROM customer WHERE owner_id = $9))
                 OR (r.actor_kind = 'customer' AND r.actor_id IN (SELECT id FROM customer WHERE owner_id = $9))
                 OR (r.subject_kind = 'purchase' AND r.subject_id IN
                     (SELECT o.id FROM purchase o JOIN customer c ON c.id = o.customer_id WHERE c.owner_id = $9))
                 OR (r.subject_kind = 'challenge' AND r.subject_id IN
                     (SELECT o.id FROM challenge o JOIN customer c ON c.id = o.customer_id WHERE c.owner_id = $9))
                 OR (r.subject_kind = 'breach' AND r.subject_id IN
                     (SELECT o.id FROM breach o JOIN customer c ON c.id = o.customer_id WHERE c.owner_id = $9))
                 OR (r.subject_kind = 'payout' AND r.subject_id IN
                     (SELECT o.id FROM payout o JOIN customer c ON c.id = o.customer_id WHERE c.owner_id = $9))
                 OR (r.subject_kind = 'transaction' AND r.subject_id IN
                     (SELECT o.id FROM payment_transaction o JOIN customer c ON c.id = o.customer_id WHERE c.owner_id = $9))
                 OR (r.subject_kind = 'account' AND r.subject_id IN
                     (SELECT o.login FROM account o JOIN customer c ON c.id = o.customer_id WHERE c.owner_id = $9)))
            AND ($10 = '' OR r.subject_kind = $10)"
    };
}

const PAGE: &str = concat!(columns!(), " ORDER BY r.id DESC LIMIT $11");
/// By the index of what was done to one thing.
const OF_ONE: &str = concat!(
    columns!(),
    " AND r.subject_kind = $10 AND r.subject_id = $12 ORDER BY r.id DESC LIMIT $11"
);

fn listed(row: &Row<'_>) -> Result<Listed, StoreError> {
    let customer = row.opt_string(5)?.zip(row.opt_string(6)?);
    let customer = customer.map(|(first, last)| format!("{first} {last}").trim().to_owned());
    Ok(Listed {
        id: row.int(0)?,
        at: UnixMicros(row.int(1)?),
        actor_kind: row.string(2)?,
        actor_id: row.int(3)?,
        actor_name: row.opt_string(4)?.or(customer),
        api_token_name: row.opt_string(7)?,
        action: row.string(8)?,
        subject_kind: row.string(9)?,
        subject_id: row.int(10)?,
        before: row.opt_string(11)?,
        after: row.opt_string(12)?,
        note: row.string(13)?,
    })
}

/// Rows with numbers below `before_id`, the newest first. A subject's key is looked at with its kind only.
pub fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: &Filter,
    before_id: Option<i64>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (action, actor) = (text(&filter.action), text(&filter.actor_kind));
    let subject = text(&filter.subject_kind);
    let has_actor = if filter.actor_id.is_some() { "1" } else { "" };
    let mut values = params![
        brand.0,
        before_id.unwrap_or(i64::MAX),
        &action,
        &actor,
        has_actor,
        filter.actor_id.unwrap_or_default(),
        filter.from.map_or(i64::MIN, |at| at.0),
        filter.before.map_or(i64::MAX, |at| at.0),
        filter.seen_by.map_or(0, |id| id.0),
        &subject,
        limit
    ]
    .to_vec();
    match filter.subject_id {
        Some(id) => {
            values.push(Value::Int(id));
            tx.query(OF_ONE, &values, listed)
        }
        None => tx.query(PAGE, &values, listed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    /// Both engines read the statements.
    #[tokio::test]
    async fn an_empty_brand_has_changed_nothing() {
        for database in std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()) {
            let store = database.store();
            let narrow = Filter {
                action: Some("payout".to_owned()),
                actor_kind: Some("staff".to_owned()),
                actor_id: Some(1),
                subject_kind: Some("payout".to_owned()),
                subject_id: Some(1),
                from: Some(UnixMicros(0)),
                before: Some(UnixMicros(1)),
                seen_by: Some(StaffId(1)),
            };
            for filter in [narrow, Filter::default()] {
                let found = store.read(move |tx| page(tx, BrandId(1), &filter, Some(9), 50));
                assert_eq!(found.await.expect("a page"), []);
            }
        }
    }
}
