//! Reads the calendar of news for the desk.

use super::run::{Runner, TurnError};
use super::shard::Announced;
use touchstone_rules::News;
use touchstone_store::repo;

/// As long as rules about news can look back.
const LONGEST_AFTER_SECONDS: i64 = 86_400;

impl Runner {
    /// Takes in the calendar as it is now.
    pub(super) fn read_news(&mut self) -> Result<(), TurnError> {
        let Some(at) = self.at() else {
            return Ok(());
        };
        let since = at.plus_seconds(-LONGEST_AFTER_SECONDS);
        let rows = self
            .store()
            .read_blocking(move |tx| repo::news::since(tx, since))?;
        let all = rows.into_iter().map(|row| Announced {
            brand_id: row.brand_id,
            news: News {
                id: row.id,
                at: row.at,
                impact: row.impact,
                currency: row.currency,
            },
        });
        if let Some(shard) = self.shard() {
            shard.set_calendar(all.collect());
        }
        Ok(())
    }
}
