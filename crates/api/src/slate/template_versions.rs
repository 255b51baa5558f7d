//! `GET /prop/templates/{template_id}/versions`, `.../versions/{version}`, `.../changes`.

use super::error::{ApiError, Code};
use super::extract::{SlatePath, SlateQuery};
use super::template::{TemplateTerms, TemplateWarning, warnings};
use super::templates::program;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::Within;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use touchstone_app::App;
use touchstone_app::templates::SoldVersion;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

type Version = Within<1, 1_000_000_000>;

#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateVersionItem {
    version: i64,
    /// It is the one that is sold now.
    is_current: bool,
    created_at: String,
    name: String,
    fee_amount: Number,
    fee_currency: String,
    phases_count: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateVersionList {
    /// Newest first.
    items: Vec<TemplateVersionItem>,
    total: usize,
}

impl From<&SoldVersion> for TemplateVersionItem {
    fn from(sold: &SoldVersion) -> Self {
        let terms = &sold.version.terms;
        Self {
            version: sold.version.number,
            is_current: sold.is_current,
            created_at: sold.created_at.rfc3339(),
            name: terms.name.clone(),
            fee_amount: Number::money(terms.price),
            fee_currency: terms.currency().to_string(),
            phases_count: terms.steps.len(),
        }
    }
}

/// List Template Versions
///
/// Every version that there ever was. A journey keeps the one that it began with.
#[utoipa::path(
    get,
    path = "/prop/templates/{template_id}/versions",
    operation_id = "list_template_versions",
    tag = "Prop trading",
    params(("template_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = TemplateVersionList)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["template_not_found"])))
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<TemplateVersionList>, ApiError> {
    let app = &state.app;
    let versions = app.template_versions(caller, program(app, id)?).await?;
    let items: Vec<_> = versions.iter().map(TemplateVersionItem::from).collect();
    let total = items.len();
    Ok(Json(TemplateVersionList { items, total }))
}

/// One version with all that it promises, its rules in words too.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateVersionResponse {
    version: i64,
    is_current: bool,
    created_at: String,
    warnings: Vec<TemplateWarning>,
    #[serde(flatten)]
    terms: TemplateTerms,
}

#[derive(Debug, Deserialize)]
pub struct VersionPath {
    template_id: Uuid,
    version: Version,
}

/// Get Template Version
#[utoipa::path(
    get,
    path = "/prop/templates/{template_id}/versions/{version}",
    operation_id = "get_template_version",
    tag = "Prop trading",
    params(("template_id" = Uuid, Path), ("version" = i64, Path, minimum = 1, maximum = 1_000_000_000)),
    responses((status = 200, description = "Successful Response", body = TemplateVersionResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["template_not_found", "version_not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(path): SlatePath<VersionPath>,
) -> Result<Json<TemplateVersionResponse>, ApiError> {
    let app = &state.app;
    let id = program(app, path.template_id)?;
    let versions = app.template_versions(caller, id).await?;
    let sold = numbered(&versions, path.version.get())?;
    Ok(Json(TemplateVersionResponse {
        version: sold.version.number,
        is_current: sold.is_current,
        created_at: sold.created_at.rfc3339(),
        warnings: warnings(&sold.version.terms),
        terms: TemplateTerms::new(app, &sold.version.terms, &sold.groups),
    }))
}

fn numbered(versions: &[SoldVersion], number: i64) -> Result<&SoldVersion, ApiError> {
    let mut versions = versions.iter();
    let found = versions.find(|sold| sold.version.number == number);
    found.ok_or_else(|| Code::VersionNotFound.into())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// Otherwise the one before `to`.
    #[param(inline)]
    from: Option<Version>,
    /// Otherwise the one that is sold now.
    #[param(inline)]
    to: Option<Version>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateChanges {
    from: i64,
    to: i64,
    changes: Vec<TemplateFieldChange>,
}

/// A field that differs. What is only in one of the two versions is null in the other.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateFieldChange {
    /// `phases[0].profit_target_pct`; lines of `rule_text` and add-ons are named by their place and code.
    path: String,
    #[schema(value_type = Value)]
    before: Value,
    #[schema(value_type = Value)]
    after: Value,
}

/// Compare Template Versions
///
/// What differs between two versions, field by field.
#[utoipa::path(
    get,
    path = "/prop/templates/{template_id}/changes",
    operation_id = "compare_template_versions",
    tag = "Prop trading",
    params(("template_id" = Uuid, Path), ChangesQuery),
    responses((status = 200, description = "Successful Response", body = TemplateChanges)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["template_not_found", "version_not_found"])))
)]
pub async fn changes(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateQuery(query): SlateQuery<ChangesQuery>,
) -> Result<Json<TemplateChanges>, ApiError> {
    let app = &state.app;
    let versions = app.template_versions(caller, program(app, id)?).await?;
    let current = versions.iter().find(|sold| sold.is_current);
    let current = current.map_or(1, |sold| sold.version.number);
    let to = query.to.map_or(current, Within::get);
    let from = query.from.map_or((to - 1).max(1), Within::get);
    let fields = |number| -> Result<BTreeMap<String, Value>, ApiError> {
        Ok(fields_of(app, numbered(&versions, number)?))
    };
    let (before, after) = (fields(from)?, fields(to)?);
    Ok(Json(TemplateChanges {
        from,
        to,
        changes: differences(&before, &after),
    }))
}

fn fields_of(app: &App, sold: &SoldVersion) -> BTreeMap<String, Value> {
    let terms = TemplateTerms::new(app, &sold.version.terms, &sold.groups);
    let mut fields = BTreeMap::new();
    if let Ok(terms) = serde_json::to_value(terms) {
        flatten(String::new(), terms, &mut fields);
    }
    // `rules` tells of them already.
    fields.retain(|path, _| !path.contains("].own_rules"));
    fields
}

/// Every value by its path. Empty lists and objects count as values.
fn flatten(path: String, value: Value, fields: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            for (key, value) in object {
                let path = match path.is_empty() {
                    true => key,
                    false => format!("{path}.{key}"),
                };
                flatten(path, value, fields);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for (index, value) in list.into_iter().enumerate() {
                // What has a name of its own keeps it wherever it stands.
                let name = value.get("place").or(value.get("code"));
                let name = name.and_then(Value::as_str).map(str::to_owned);
                let name = name.unwrap_or_else(|| index.to_string());
                flatten(format!("{path}[{name}]"), value, fields);
            }
        }
        value => {
            fields.insert(path, value);
        }
    }
}

fn differences(
    before: &BTreeMap<String, Value>,
    after: &BTreeMap<String, Value>,
) -> Vec<TemplateFieldChange> {
    let paths: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let change = |path: &String| {
        let (before, after) = (before.get(path), after.get(path));
        (before != after).then(|| TemplateFieldChange {
            path: path.clone(),
            before: before.cloned().unwrap_or_default(),
            after: after.cloned().unwrap_or_default(),
        })
    };
    paths.into_iter().filter_map(change).collect()
}
