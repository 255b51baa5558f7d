//! Who somebody is, how he came in, what he was told and what was changed.

use serde::Serialize;
use serde_json::Value;
use touchstone_app::App;
use touchstone_app::privacy::{Accepted, Change, KycMessage, Mailed, SignIn};
use touchstone_domain::EntityKind;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is known of the customer's identity. Papers themselves are with the provider, and never here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportKyc {
    /// `none`, `pending`, `approved` or `rejected`.
    pub(super) status: &'static str,
    pub(super) since: Option<String>,
    /// Who has said so; null where staff did.
    pub(super) provider: Option<String>,
    /// What providers have told, oldest first. What staff have said stands in the audit.
    pub(super) messages: Vec<ExportKycMessage>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ExportKycMessage {
    provider: String,
    /// The provider's own.
    event_id: String,
    status: &'static str,
    received_at: String,
}

impl From<KycMessage> for ExportKycMessage {
    fn from(message: KycMessage) -> Self {
        Self {
            provider: message.provider,
            event_id: message.event_id,
            status: message.status.name(),
            received_at: message.received_at.rfc3339(),
        }
    }
}

/// A sign-in. Some time after their end they are forgotten.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportSession {
    id: Uuid,
    /// Of a sign-in to one account.
    account_login: Option<String>,
    created_at: String,
    expires_at: String,
    /// When it was ended before that.
    ended_at: Option<String>,
}

impl ExportSession {
    pub(super) fn new(app: &App, session: &SignIn) -> Self {
        Self {
            id: app.public_ids.uuid(EntityKind::Session, session.id.0),
            account_login: session.login.map(|login| login.to_string()),
            created_at: session.created_at.rfc3339(),
            expires_at: session.expires_at.rfc3339(),
            ended_at: session.revoked_at.map(|at| at.rfc3339()),
        }
    }
}

/// A text that was agreed to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportAgreement {
    agreement_id: Uuid,
    kind: String,
    version: i64,
    title: String,
    accepted_at: String,
    /// The network address from where.
    address: String,
}

impl ExportAgreement {
    pub(super) fn new(app: &App, accepted: Accepted) -> Self {
        let id = accepted.agreement_id.0;
        Self {
            agreement_id: app.public_ids.uuid(EntityKind::Agreement, id),
            kind: accepted.kind,
            version: accepted.number,
            title: accepted.title,
            accepted_at: accepted.accepted_at.rfc3339(),
            address: accepted.address,
        }
    }
}

/// A mail. Its text is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportMail {
    to: String,
    subject: String,
    queued_at: String,
    /// Null while it waits, and where it was given up.
    sent_at: Option<String>,
}

impl From<Mailed> for ExportMail {
    fn from(mail: Mailed) -> Self {
        Self {
            to: mail.recipient,
            subject: mail.subject,
            queued_at: mail.queued_at.rfc3339(),
            sent_at: mail.sent_at.map(|at| at.rfc3339()),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ExportChange {
    at: String,
    /// `customer`, `account`, `staff`, `cashier` or `system`.
    by: String,
    /// A stable name: `customer.set_kyc`.
    action: String,
    /// What was changed: `customer`, `account`, `purchase`, `challenge`, `transaction`, `payout`, `breach` or `session`.
    subject: String,
    /// Its UUID; of an account its login.
    subject_id: String,
    #[schema(value_type = Value)]
    before: Value,
    #[schema(value_type = Value)]
    after: Value,
    /// Why, as staff have said.
    note: Option<String>,
}

impl ExportChange {
    pub(super) fn new(app: &App, change: Change) -> Self {
        let id = change.subject_id;
        let uuid = |kind| app.public_ids.uuid(kind, id).to_string();
        let subject_id = match change.subject_kind.as_str() {
            "customer" => uuid(EntityKind::Customer),
            "purchase" => uuid(EntityKind::Purchase),
            "challenge" => uuid(EntityKind::Challenge),
            "transaction" => uuid(EntityKind::Transaction),
            "payout" => uuid(EntityKind::Payout),
            "breach" => uuid(EntityKind::Breach),
            "session" => uuid(EntityKind::Session),
            _ => id.to_string(),
        };
        Self {
            at: change.at.rfc3339(),
            by: change.actor_kind,
            action: change.action,
            subject: change.subject_kind,
            subject_id,
            before: value(change.before),
            after: value(change.after),
            note: Some(change.note).filter(|note| !note.is_empty()),
        }
    }
}

/// Most are JSON, some a word.
fn value(text: Option<String>) -> Value {
    text.map_or(Value::Null, |text| {
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    })
}
