//! How far what runs by itself is behind, for people.

use super::settings;
use crate::{StoreError, Tx, params};
use touchstone_domain::{BrandId, UnixMicros};

/// A brand's mail that is still to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailQueue {
    pub waiting: i64,
    /// Of these, those that could not be sent at first.
    pub retrying: i64,
    pub oldest: Option<UnixMicros>,
}

pub fn mail(tx: &mut Tx<'_>, brand: BrandId) -> Result<MailQueue, StoreError> {
    tx.query_one(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN attempts > 0 THEN 1 ELSE 0 END), 0) AS BIGINT), MIN(created_at)
         FROM mail WHERE due_at IS NOT NULL AND brand_id = $1",
        params![brand.0],
        |row| {
            Ok(MailQueue {
                waiting: row.int(0)?,
                retrying: row.int(1)?,
                oldest: row.opt_int(2)?.map(UnixMicros),
            })
        },
    )
}

/// Events that were committed and have no number yet.
pub fn unnumbered_events(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.query_one("SELECT COUNT(*) FROM event WHERE seq IS NULL", &[], |row| {
        row.int(0)
    })
}

/// How far somebody has read the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    pub events: i64,
    /// When the first event happened that he has not read.
    pub since: Option<UnixMicros>,
}

pub fn behind(tx: &mut Tx<'_>, position: i64, newest: i64) -> Result<Behind, StoreError> {
    let next = tx.events_after(position, 1)?;
    Ok(Behind {
        events: newest.saturating_sub(position).max(0),
        since: next.first().map(|event| UnixMicros(event.at_us)),
    })
}

/// The number that a follower has written down under this name.
pub fn position(tx: &mut Tx<'_>, name: &str) -> Result<Option<i64>, StoreError> {
    let text = settings::get(tx, name)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    /// Both engines read the statements.
    #[tokio::test]
    async fn nothing_waits_in_an_empty_house() {
        for database in std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()) {
            let store = database.store();
            let found = store.read(|tx| {
                let newest = tx.newest_event()?;
                Ok::<_, StoreError>((
                    mail(tx, BrandId(1))?,
                    unnumbered_events(tx)?,
                    behind(tx, 0, newest)?,
                    position(tx, "nobody")?,
                ))
            });
            let nothing = Behind {
                events: 0,
                since: None,
            };
            let expect = (MailQueue::default(), 0, nothing, None);
            assert_eq!(found.await.expect("an answer"), expect);
        }
    }
}
