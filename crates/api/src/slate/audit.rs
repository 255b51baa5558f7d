//! `GET /audit`: who has changed what.

use super::error::{ApiError, Location, ValidationError};
use super::extract::SlateQuery;
use super::transaction_list::instant;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Id, Text, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use touchstone_app::App;
use touchstone_app::audit::{AuditFilter, AuditLine};
use touchstone_domain::{EntityKind, UnixMicros};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What people of the firm know by a UUID, by its name in the audit.
const KINDS: [(&str, EntityKind); 16] = [
    ("brand", EntityKind::Brand),
    ("customer", EntityKind::Customer),
    ("staff", EntityKind::Staff),
    ("session", EntityKind::Session),
    ("group", EntityKind::Group),
    ("account", EntityKind::Account),
    ("program", EntityKind::Program),
    ("purchase", EntityKind::Purchase),
    ("challenge", EntityKind::Challenge),
    ("transaction", EntityKind::Transaction),
    ("breach", EntityKind::Breach),
    ("phase", EntityKind::Phase),
    ("news", EntityKind::News),
    ("promotion", EntityKind::Promotion),
    ("payout", EntityKind::Payout),
    ("agreement", EntityKind::Agreement),
];

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorWord {
    Customer,
    Staff,
    Account,
    Cashier,
    System,
}

impl ActorWord {
    const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Account => "account",
            Self::Cashier => "cashier",
            Self::System => "system",
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// An action, as `payout.approve`, or what its name begins with: `payout`.
    #[param(inline)]
    action: Option<Text<0, 64>>,
    #[param(inline)]
    actor_kind: Option<ActorWord>,
    /// A person of the firm, a customer or an account.
    actor_id: Option<Uuid>,
    /// What was changed: `payout`, `challenge`, `program`, `customer` and so on.
    #[param(inline)]
    subject_kind: Option<Text<0, 32>>,
    /// Its id; it tells its kind as well.
    subject_id: Option<Uuid>,
    /// Its number in the rows, for what has no UUID; `subject_kind` is wanted with it.
    #[param(inline)]
    subject_number: Option<Id>,
    /// A day, or an instant of RFC 3339: done then or later.
    date_from: Option<String>,
    /// A day, the whole of it included, or an instant: done before.
    date_to: Option<String>,
    /// Only numbers below this one: `next_cursor` of the page before.
    #[param(inline)]
    before_id: Option<Id>,
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::AUDIT_PAGE_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuditList {
    items: Vec<AuditRecord>,
    /// `before_id` of the next page; null on the last one.
    next_cursor: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuditRecord {
    id: i64,
    at: String,
    actor: AuditActor,
    action: String,
    subject: AuditSubject,
    /// What stood there before and what stands there now, where something of it was kept.
    before: Value,
    after: Value,
    /// The reason that was given, or empty.
    note: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// `customer`, `staff`, `account`, `cashier` or `system`.
    kind: String,
    /// Null for what is no person.
    id: Option<Uuid>,
    /// Null for what is no person; empty for a customer whose data were erased.
    name: Option<String>,
    /// The API token that acted for him.
    api_token_name: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuditSubject {
    /// `challenge` is a journey, `program` a template.
    kind: String,
    /// Null for what has none.
    id: Option<Uuid>,
    /// Of an account its login.
    number: i64,
}

/// List Audit
///
/// Every change that somebody has made, newest first.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "list_audit",
    tag = "Users",
    params(AuditQuery),
    responses((status = 200, description = "Successful Response", body = AuditList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<AuditQuery>,
) -> Result<Json<AuditList>, ApiError> {
    let app = &state.app;
    let limit = query.limit.map_or(100, Within::get);
    let before_id = query.before_id.map(Id::get);
    let filter = query.filter(app)?;
    let page = app.audit(caller, filter, before_id, limit).await?;
    let items = page.items.into_iter();
    Ok(Json(AuditList {
        items: items.map(|line| AuditRecord::new(app, line)).collect(),
        next_cursor: page.next,
    }))
}

/// Which of these things a UUID names; something that there is not, if none.
fn named(app: &App, id: Uuid, kinds: &[(&'static str, EntityKind)]) -> (&'static str, i64) {
    let found = kinds.iter().find_map(|(name, kind)| {
        let key = app.public_ids.key(*kind, id)?;
        Some((*name, key))
    });
    found.unwrap_or(("nothing", -1))
}

fn uuid(app: &App, kind: &str, key: i64) -> Option<Uuid> {
    let known = KINDS.iter().find(|(name, _)| *name == kind && key > 0);
    known.map(|(_, kind)| app.public_ids.uuid(*kind, key))
}

impl AuditQuery {
    fn filter(self, app: &App) -> Result<AuditFilter, ApiError> {
        let word = |text: Option<String>| text.filter(|text| !text.is_empty());
        let mut filter = AuditFilter {
            action: word(self.action.map(Text::into_string)),
            actor_kind: self.actor_kind.map(|kind| kind.name().to_owned()),
            subject_kind: word(self.subject_kind.map(Text::into_string)),
            subject_id: self.subject_number.map(Id::get),
            from: instant("date_from", self.date_from, UnixMicros::parse)?,
            before: instant("date_to", self.date_to, UnixMicros::parse_end)?,
            ..AuditFilter::default()
        };
        if filter.subject_id.is_some() && filter.subject_kind.is_none() {
            return Err(wrong("subject_number", "`subject_kind` is wanted with it"));
        }
        if let Some(id) = self.actor_id {
            let (kind, key) = named(app, id, &KINDS);
            let asked = filter.actor_kind.replace(kind.to_owned());
            let agrees = asked.is_none_or(|asked| asked == kind);
            filter.actor_id = Some(if agrees { key } else { -1 });
        }
        if let Some(id) = self.subject_id {
            let (kind, key) = named(app, id, &KINDS);
            let asked = filter.subject_kind.replace(kind.to_owned());
            let agrees = asked.is_none_or(|asked| asked == kind)
                && filter.subject_id.is_none_or(|asked| asked == key);
            filter.subject_id = Some(if agrees { key } else { -1 });
        }
        Ok(filter)
    }
}

fn wrong(field: &'static str, sentence: &str) -> ApiError {
    ApiError::validation(vec![ValidationError {
        loc: ["query", field]
            .map(|name| Location::Name(name.to_owned()))
            .into(),
        msg: format!("Value error, {sentence}"),
        r#type: "value_error".to_owned(),
        ctx: None,
    }])
}

impl AuditRecord {
    fn new(app: &App, line: AuditLine) -> Self {
        let json = |text: Option<String>| {
            let text = text.unwrap_or_default();
            serde_json::from_str(&text).unwrap_or(match text.is_empty() {
                true => Value::Null,
                false => Value::String(text),
            })
        };
        Self {
            id: line.id,
            at: line.at.rfc3339(),
            actor: AuditActor {
                id: uuid(app, &line.actor_kind, line.actor_id),
                kind: line.actor_kind,
                name: line.actor_name,
                api_token_name: line.api_token_name,
            },
            action: line.action,
            subject: AuditSubject {
                id: uuid(app, &line.subject_kind, line.subject_id),
                kind: line.subject_kind,
                number: line.subject_id,
            },
            before: json(line.before),
            after: json(line.after),
            note: line.note,
        }
    }
}
