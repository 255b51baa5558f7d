//! What is told of a customer when everything is told: lists that nothing else asks for.

use super::{known, opt_micros, sessions::SubjectKind};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::kyc::Kyc;
use touchstone_domain::{AgreementId, CustomerId, Login, SessionId, UnixMicros};

/// A sign-in, without anything that would be good for another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    pub id: SessionId,
    /// `None`: to everything that is his.
    pub login: Option<Login>,
    pub created_at: UnixMicros,
    pub expires_at: UnixMicros,
    pub revoked_at: Option<UnixMicros>,
}

/// Sign-ins of a customer or of one of his accounts, newest first.
pub fn sign_ins(
    tx: &mut Tx<'_>,
    (kind, id): (SubjectKind, i64),
    limit: i64,
) -> Result<Vec<SignIn>, StoreError> {
    tx.query(
        "SELECT id, created_at, expires_at, revoked_at FROM session
         WHERE subject_kind = $1 AND subject_id = $2 ORDER BY id DESC LIMIT $3",
        params![kind.code(), id, limit],
        |row| {
            Ok(SignIn {
                id: SessionId(row.int(0)?),
                login: (kind == SubjectKind::Account).then_some(Login(id)),
                created_at: UnixMicros(row.int(1)?),
                expires_at: UnixMicros(row.int(2)?),
                revoked_at: opt_micros(row.opt_int(3)?),
            })
        },
    )
}

/// Who has said what is known of his identity; empty where staff did.
pub fn kyc_provider(tx: &mut Tx<'_>, customer: CustomerId) -> Result<String, StoreError> {
    tx.query_one(
        "SELECT kyc_provider FROM customer WHERE id = $1",
        params![customer.0],
        |row| row.string(0),
    )
}

/// What a provider has told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KycMessage {
    pub provider: String,
    pub event_id: String,
    pub status: Kyc,
    pub received_at: UnixMicros,
}

/// Oldest first.
pub fn kyc_messages(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<KycMessage>, StoreError> {
    tx.query(
        "SELECT provider, event_id, status, received_at FROM kyc_event
         WHERE customer_id = $1 ORDER BY received_at, event_id LIMIT $2",
        params![customer.0, limit],
        |row| {
            Ok(KycMessage {
                provider: row.string(0)?,
                event_id: row.string(1)?,
                status: known(Kyc::from_code(row.int(2)?), 2, "a status of an identity")?,
                received_at: UnixMicros(row.int(3)?),
            })
        },
    )
}

/// A text that he has agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub agreement_id: AgreementId,
    pub kind: String,
    pub number: i64,
    pub title: String,
    pub accepted_at: UnixMicros,
    /// From where.
    pub address: String,
}

/// Oldest first.
pub fn accepted(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<Accepted>, StoreError> {
    tx.query(
        "SELECT a.id, a.kind, a.number, a.title, c.accepted_at, c.address
         FROM acceptance c JOIN agreement a ON a.id = c.agreement_id
         WHERE c.customer_id = $1 ORDER BY c.accepted_at, a.id LIMIT $2",
        params![customer.0, limit],
        |row| {
            Ok(Accepted {
                agreement_id: AgreementId(row.int(0)?),
                kind: row.string(1)?,
                number: row.int(2)?,
                title: row.string(3)?,
                accepted_at: UnixMicros(row.int(4)?),
                address: row.string(5)?,
            })
        },
    )
}

/// A mail to him; its text is not kept once it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailed {
    pub recipient: String,
    pub subject: String,
    pub queued_at: UnixMicros,
    pub sent_at: Option<UnixMicros>,
}

/// Newest first.
pub fn mails(tx: &mut Tx<'_>, customer: CustomerId, limit: i64) -> Result<Vec<Mailed>, StoreError> {
    tx.query(
        "SELECT recipient, subject, created_at, sent_at FROM mail
         WHERE customer_id = $1 ORDER BY id DESC LIMIT $2",
        params![customer.0, limit],
        |row| {
            Ok(Mailed {
                recipient: row.string(0)?,
                subject: row.string(1)?,
                queued_at: UnixMicros(row.int(2)?),
                sent_at: opt_micros(row.opt_int(3)?),
            })
        },
    )
}

/// A change of him or of something of his.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub at: UnixMicros,
    pub actor_kind: String,
    pub actor_id: i64,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: i64,
    pub before: Option<String>,
    pub after: Option<String>,
    pub note: String,
}

fn change(row: &Row<'_>) -> Result<Change, StoreError> {
    Ok(Change {
        at: UnixMicros(row.int(0)?),
        actor_kind: row.string(1)?,
        actor_id: row.int(2)?,
        action: row.string(3)?,
        subject_kind: row.string(4)?,
        subject_id: row.int(5)?,
        before: row.opt_string(6)?,
        after: row.opt_string(7)?,
        note: row.string(8)?,
    })
}

/// What the audit says of him and of what is his, newest first.
pub fn changes(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<Change>, StoreError> {
    tx.query(
        "SELECT at, actor_kind, actor_id, action, subject_kind, subject_id, before, after, note
         FROM audit WHERE id IN (
            SELECT id FROM audit WHERE subject_kind = 'customer' AND subject_id = $1
            UNION ALL SELECT a.id FROM session s
                JOIN audit a ON a.subject_kind = 'session' AND a.subject_id = s.id
                WHERE s.subject_kind = 0 AND s.subject_id = $1
            UNION ALL SELECT a.id FROM purchase p
                JOIN audit a ON a.subject_kind = 'purchase' AND a.subject_id = p.id WHERE p.customer_id = $1
            UNION ALL SELECT a.id FROM purchase p
                JOIN audit a ON a.subject_kind = 'challenge' AND a.subject_id = p.challenge_id WHERE p.customer_id = $1
            UNION ALL SELECT a.id FROM payment_transaction t
                JOIN audit a ON a.subject_kind = 'transaction' AND a.subject_id = t.id WHERE t.customer_id = $1
            UNION ALL SELECT a.id FROM payout o
                JOIN audit a ON a.subject_kind = 'payout' AND a.subject_id = o.id WHERE o.customer_id = $1
            UNION ALL SELECT a.id FROM purchase p JOIN breach b ON b.challenge_id = p.challenge_id
                JOIN audit a ON a.subject_kind = 'breach' AND a.subject_id = b.id WHERE p.customer_id = $1
            UNION ALL SELECT a.id FROM account c
                JOIN audit a ON a.subject_kind = 'account' AND a.subject_id = c.login
                WHERE c.customer_id = $1 AND c.kind = 0
            UNION ALL SELECT a.id FROM purchase p JOIN phase f ON f.challenge_id = p.challenge_id
                JOIN audit a ON a.subject_kind = 'account' AND a.subject_id = f.account_login
                WHERE p.customer_id = $1)
         ORDER BY id DESC LIMIT $2",
        params![customer.0, limit],
        change,
    )
}

/// How often he was exported since `since`, and when first of these.
pub fn made_since(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    since: UnixMicros,
) -> Result<(i64, Option<UnixMicros>), StoreError> {
    tx.query_one(
        "SELECT COUNT(*), MIN(at) FROM audit
         WHERE subject_kind = 'customer' AND subject_id = $1 AND action = 'customer.export' AND at > $2",
        params![customer.0, since.0],
        |row| Ok((row.int(0)?, opt_micros(row.opt_int(1)?))),
    )
}
