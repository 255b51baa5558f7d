//! Mail that is still to be sent.

use super::counters;
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::{BrandId, CustomerId, UnixMicros};

#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    pub id: i64,
    pub brand_id: BrandId,
    pub recipient: String,
    pub subject: String,
    /// May hold a token: wiped when it is sent or given up.
    pub body: String,
    pub attempts: i64,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("id", &self.id)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

fn mail(row: &Row<'_>) -> Result<Mail, StoreError> {
    Ok(Mail {
        id: row.int(0)?,
        brand_id: BrandId(row.int(1)?),
        recipient: row.string(2)?,
        subject: row.string(3)?,
        body: row.string(4)?,
        attempts: row.int(5)?,
    })
}

/// Puts a mail into the queue, to be sent after the commit.
pub fn queue(tx: &mut Tx<'_>, mail: &Draft<'_>, now: UnixMicros) -> Result<(), StoreError> {
    let id = tx.next_id(counters::MAIL)?;
    tx.put(
        "INSERT INTO mail (id, brand_id, recipient, subject, body, attempts, due_at, sent_at, last_error, created_at,
                customer_id)
         VALUES ($1, $2, $3, $4, $5, 0, $6, NULL, '', $6, $7)",
        params![
            id,
            mail.brand.0,
            mail.recipient,
            mail.subject,
            mail.body,
            now.0,
            mail.customer.map(|id| id.0)
        ],
    )
}

/// A mail as it is put into the queue.
#[derive(Clone, Copy)]
pub struct Draft<'a> {
    pub brand: BrandId,
    /// Whose it is; `None` for staff. The caller keeps him from being erased until the commit.
    pub customer: Option<CustomerId>,
    pub recipient: &'a str,
    pub subject: &'a str,
    pub body: &'a str,
}

/// As [`queue`], unless there was a mail about the same; `false` then.
pub fn queue_once(
    tx: &mut Tx<'_>,
    mail: &Draft<'_>,
    about: &str,
    now: UnixMicros,
) -> Result<bool, StoreError> {
    let id = tx.next_id(counters::MAIL)?;
    let written = tx.execute(
        "INSERT INTO mail (id, brand_id, recipient, subject, body, attempts, due_at, sent_at, last_error, created_at,
                about, customer_id)
         VALUES ($1, $2, $3, $4, $5, 0, $6, NULL, '', $6, $7, $8) ON CONFLICT DO NOTHING",
        params![
            id,
            mail.brand.0,
            mail.recipient,
            mail.subject,
            mail.body,
            now.0,
            about,
            mail.customer.map(|id| id.0)
        ],
    )?;
    Ok(written == 1)
}

pub fn due(tx: &mut Tx<'_>, now: UnixMicros, limit: i64) -> Result<Vec<Mail>, StoreError> {
    tx.query(
        "SELECT id, brand_id, recipient, subject, body, attempts FROM mail
         WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
        params![now.0, limit],
        mail,
    )
}

/// Takes a mail for one attempt: nobody else sends it before `until`. `false` when another was
/// faster.
pub fn claim(
    tx: &mut Tx<'_>,
    id: i64,
    attempts: i64,
    until: UnixMicros,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE mail SET attempts = attempts + 1, due_at = $3
         WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL",
        params![id, attempts, until.0],
    )?;
    Ok(changed == 1)
}

pub fn sent(tx: &mut Tx<'_>, id: i64, at: UnixMicros) -> Result<(), StoreError> {
    tx.put(
        "UPDATE mail SET sent_at = $2, due_at = NULL, body = '', last_error = '' WHERE id = $1",
        params![id, at.0],
    )
}

/// It could not be sent: again at `due_at`, or never. What is never sent is not kept, and nothing is written of one whose
/// customer was erased meanwhile.
pub fn failed(
    tx: &mut Tx<'_>,
    id: i64,
    error: &str,
    due_at: Option<UnixMicros>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mail SET last_error = $2, due_at = $3, body = CASE WHEN $4 = 1 THEN '' ELSE body END
         WHERE id = $1 AND recipient <> ''",
        params![id, error, due_at.map(|at| at.0), due_at.is_none()],
    )?;
    Ok(())
}
