//! The calendar of news: staff keep it, everybody of the brand reads it, and the rules about news are judged by it.

use crate::App;
use crate::identity::{Caller, SessionError, StaffCaller, require_live, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_domain::rule_set::Impact;
use touchstone_domain::{Currency, NewsId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::counters;
pub use touchstone_store::repo::news::NewsRow;
use touchstone_store::{NewEvent, StoreError, Tx, repo};

/// A desk that runs takes the calendar in anew.
pub(crate) const NEWS_CHANGED: &str = "news.changed";

#[derive(Debug, thiserror::Error)]
pub enum NewsError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, another brand's, or taken out of the calendar.
    #[error("there is no such news")]
    NotFound,
    /// What was not known before cannot be kept to.
    #[error("news must lie in the future")]
    Past,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A piece of news that staff put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddNews {
    pub at: UnixMicros,
    pub impact: Impact,
    pub currency: Option<Currency>,
    pub title: String,
}

/// What became of the pieces of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub added: usize,
    /// They stood in the calendar before.
    pub known: usize,
    /// They are not to come, so that nothing can be judged by them.
    pub past: usize,
}

#[derive(Clone, Debug)]
pub struct NewsPage {
    pub items: Vec<NewsRow>,
    /// How many there are on all pages.
    pub total: i64,
}

impl App {
    /// The calendar of the caller's brand, in order of time, from an instant until before another.
    ///
    /// # Errors
    /// The session's.
    pub async fn news(
        &self,
        caller: Caller,
        times: (UnixMicros, UnixMicros),
        limit: i64,
        offset: i64,
    ) -> Result<NewsPage, NewsError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let brand = require_live(tx, &caller, Permission::ViewNews, now)?.brand_id;
                Ok(NewsPage {
                    items: repo::news::page(tx, brand, times, limit, offset)?,
                    total: repo::news::count(tx, brand, times)?,
                })
            })
            .await
    }

    /// Puts a piece of news into the calendar. The same once more is answered as it stands there, and
    /// changes nothing.
    ///
    /// # Errors
    /// [`NewsError::Past`] for what is not to come.
    pub async fn add_news(&self, caller: StaffCaller, add: AddNews) -> Result<NewsRow, NewsError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditNews, now)?;
                Ok(add_one(tx, &caller, &add, now)?.0)
            })
            .await
    }

    /// Puts many pieces into the calendar, all or none. What stands there already, and what is not to come, is left.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn import_news(
        &self,
        caller: StaffCaller,
        all: Vec<AddNews>,
    ) -> Result<Imported, NewsError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditNews, now)?;
                let mut done = Imported::default();
                for add in &all {
                    match add_one(tx, &caller, add, now) {
                        Ok((_, true)) => done.added += 1,
                        Ok((_, false)) => done.known += 1,
                        Err(NewsError::Past) => done.past += 1,
                        Err(error) => return Err(error),
                    }
                }
                Ok(done)
            })
            .await
    }

    /// Takes a piece of news out of the calendar: nothing is judged by it any more.
    ///
    /// # Errors
    /// See [`NewsError`].
    pub async fn remove_news(&self, caller: StaffCaller, id: NewsId) -> Result<(), NewsError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditNews, now)?;
                let row = repo::news::get(tx, caller.brand_id, id)?.ok_or(NewsError::NotFound)?;
                repo::news::remove(tx, id, caller.staff_id, now)?;
                write_down(tx, &caller, "news.remove", Some(&row), None, now)?;
                Ok(())
            })
            .await
    }
}

/// The piece as it stands in the calendar now, and whether it is new there.
fn add_one(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    add: &AddNews,
    now: UnixMicros,
) -> Result<(NewsRow, bool), NewsError> {
    let mut row = NewsRow {
        id: NewsId(0),
        brand_id: caller.brand_id,
        at: add.at,
        impact: add.impact,
        currency: add.currency,
        title: add.title.clone(),
        created_by: caller.staff_id,
        created_at: now,
    };
    if let Some(known) = repo::news::same(tx, &row)? {
        return Ok((known, false));
    }
    if row.at <= now {
        return Err(NewsError::Past);
    }
    row.id = NewsId(tx.next_id(counters::NEWS)?);
    repo::news::insert(tx, &row)?;
    write_down(tx, caller, "news.add", None, Some(&row), now)?;
    Ok((row, true))
}

fn write_down(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    action: &'static str,
    before: Option<&NewsRow>,
    after: Option<&NewsRow>,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let Some(row) = after.or(before) else {
        return Ok(());
    };
    let text = |row: &NewsRow| {
        let (at, impact) = (row.at.rfc3339(), row.impact.name());
        serde_json::json!({"at": at, "impact": impact, "currency": row.currency, "title": row.title})
            .to_string()
    };
    repo::audit::insert(
        tx,
        &AuditRow {
            before: before.map(text).as_deref(),
            after: after.map(text).as_deref(),
            ..caller.audited(now, action, ("news", row.id.0))
        },
    )?;
    tx.append_event(&NewEvent {
        at_us: now.0,
        brand_id: caller.brand_id.0,
        kind: NEWS_CHANGED,
        subject_kind: "news",
        subject_id: row.id.0,
        challenge_id: None,
        customer_id: None,
        body: "{}",
    })
}
