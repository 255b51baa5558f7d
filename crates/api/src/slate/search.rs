//! `GET /prop/search`.

use super::error::ApiError;
use super::extract::SlateQuery;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::Text;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::search::Hit;
use touchstone_domain::EntityKind;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Part of a customer's name or e-mail, in any case; a login; the number of a purchase or challenge; or the id of a
    /// customer, account, journey, purchase, transaction, payout, breach or template. Without it
    /// nothing is found.
    #[param(inline)]
    q: Option<Text<0, 120>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SearchList {
    /// What the id or number names, then customers, the newest first, at most eight.
    items: Vec<SearchHit>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// `customer`, `account`, `journey`, `purchase`, `payout`, `breach` or `template`.
    kind: &'static str,
    id: Uuid,
    /// The login of an account, or the number of a purchase or challenge; null otherwise.
    number: Option<i64>,
    /// Whose it is; of a template its name.
    name: String,
    /// The customer's address, the account's group, the state of a thing, the rule of a breach, or the version of a template.
    note: String,
}

/// Search
///
/// Finds a customer or a thing by what stands in a mail or on a screen. A transaction leads to its purchase, or to its
/// customer. What you may not see is not found.
#[utoipa::path(
    get,
    path = "/prop/search",
    operation_id = "search",
    tag = "Prop trading",
    params(SearchQuery),
    responses((status = 200, description = "Successful Response", body = SearchList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<SearchQuery>,
) -> Result<Json<SearchList>, ApiError> {
    let text = query.q.map_or_else(String::new, Text::into_string);
    let found = state.app.search(caller, text).await?;
    let items = found.into_iter().map(|hit| SearchHit::new(&state.app, hit));
    Ok(Json(SearchList {
        items: items.collect(),
    }))
}

impl SearchHit {
    fn new(app: &App, hit: Hit) -> Self {
        let (kind, is_numbered) = match hit.kind {
            EntityKind::Account => ("account", true),
            EntityKind::Challenge => ("journey", true),
            EntityKind::Purchase => ("purchase", true),
            EntityKind::Payout => ("payout", false),
            EntityKind::Breach => ("breach", false),
            EntityKind::Program => ("template", false),
            _ => ("customer", false),
        };
        Self {
            kind,
            id: app.public_ids.uuid(hit.kind, hit.key),
            number: is_numbered.then_some(hit.key),
            name: hit.name,
            note: hit.note,
        }
    }
}
