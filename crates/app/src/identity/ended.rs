//! Sessions that ended long ago are deleted, a stretch at a time.

use crate::App;
use touchstone_domain::SessionId;
use touchstone_store::StoreError;
use touchstone_store::repo::sessions;

/// How long a session is kept after its end.
const KEPT_SECONDS: i64 = 30 * 86_400;
/// Sessions that are looked at in one run.
const STRETCH_LENGTH: i64 = 1_000;

/// What one run has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgotten {
    pub deleted: u64,
    /// Where the next run goes on: behind the last session, it begins anew.
    pub next: SessionId,
}

impl App {
    /// Looks at the sessions that follow `after`, and deletes those that ended long ago. One that the
    /// audit speaks of without saying whose it was is kept.
    ///
    /// # Errors
    /// The store's.
    pub async fn forget_ended_sessions(&self, after: SessionId) -> Result<Forgotten, StoreError> {
        let ended_before = self.now().plus_seconds(-KEPT_SECONDS);
        let found = self
            .store
            .read(move |tx| {
                let Some(stretch) = sessions::stretch(tx, after, STRETCH_LENGTH)? else {
                    return Ok::<_, StoreError>(None);
                };
                let old = sessions::forgettable(tx, stretch, ended_before)?;
                Ok(Some((stretch, old)))
            })
            .await?;
        let Some((stretch, old)) = found else {
            return Ok(Forgotten {
                deleted: 0,
                next: SessionId(0),
            });
        };
        let deleted = match old {
            0 => 0,
            _ => {
                self.store
                    .write(move |tx| sessions::forget(tx, stretch, ended_before))
                    .await?
            }
        };
        Ok(Forgotten {
            deleted,
            next: stretch.last,
        })
    }
}
