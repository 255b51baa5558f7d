//! `GET /prop/program-presets`

use super::error::ApiError;
use super::template::{RuleLine, TemplateWarning, told, warnings};
use crate::ApiState;
use crate::auth::Staff;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Map, Value};
use touchstone_app::firm::presets::Preset;
use touchstone_domain::Money;
use touchstone_domain::program::Terms;
use utoipa::ToSchema;

use super::journey_detail::phase_type;

#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramPresetList {
    items: Vec<ProgramPreset>,
    total: usize,
}

/// A ready-made program. `preset` of `POST /prop/templates` takes its code.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramPreset {
    code: &'static str,
    name: String,
    description: String,
    fee_amount: Number,
    fee_currency: String,
    /// The public pages that its rules follow.
    sources: Vec<&'static str>,
    /// The groups that its phases are in. Where your brand has none of these names, `group_id` and `funded_group_id` say
    /// which ones are meant.
    groups: Vec<ProgramPresetGroup>,
    phases: Vec<ProgramPresetPhase>,
    warnings: Vec<TemplateWarning>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramPresetGroup {
    name: String,
    /// `DEMO` or `REAL`.
    account_mode: &'static str,
    currency: String,
    leverage: i64,
    default_deposit: Number,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramPresetPhase {
    name: String,
    /// `evaluation` or `funded`.
    phase_type: &'static str,
    group: String,
    profit_target_pct: Number,
    daily_dd_pct: Number,
    max_loss_pct: Number,
    profit_split_pct: Number,
    /// The rule set, as its schema describes it (docs/rule-set.schema.json).
    rules: Map<String, Value>,
    rule_text: Vec<RuleLine>,
}

impl ProgramPreset {
    fn new(preset: &Preset) -> Option<Self> {
        let terms = preset.terms()?;
        let groups = preset.groups().into_iter();
        Some(Self {
            code: preset.code,
            name: terms.name.clone(),
            description: terms.description.clone(),
            fee_amount: Number::money(terms.price),
            fee_currency: terms.currency().to_string(),
            sources: preset.sources(),
            groups: groups
                .map(|group| ProgramPresetGroup {
                    name: group.name,
                    account_mode: group.mode.name(),
                    currency: group.currency.to_string(),
                    leverage: group.leverage,
                    default_deposit: Number::money(group.default_deposit),
                })
                .collect(),
            phases: phases(terms),
            warnings: warnings(terms),
        })
    }
}

fn phases(terms: &Terms) -> Vec<ProgramPresetPhase> {
    let steps = terms.steps.iter().enumerate();
    let phase = |(place, step): (usize, &touchstone_domain::program::StepTerms)| {
        let initial = Money::new(step.initial_balance_minor, terms.currency());
        let (rules, rule_text) = told(&terms.rules_of(place)?, initial);
        Some(ProgramPresetPhase {
            name: step.name.clone(),
            phase_type: phase_type(step.phase_type),
            group: step.group.clone(),
            profit_target_pct: Number::percent(step.profit_target),
            daily_dd_pct: Number::percent(step.max_daily_loss),
            max_loss_pct: Number::percent(step.max_total_loss),
            profit_split_pct: Number::percent(step.profit_split),
            rules,
            rule_text,
        })
    };
    steps.filter_map(phase).collect()
}

/// List Program Presets
///
/// Ready-made programs of well-known kinds, each with the public pages that its rules follow.
#[utoipa::path(
    get,
    path = "/prop/program-presets",
    operation_id = "list_program_presets",
    tag = "Prop trading",
    responses((status = 200, description = "Successful Response", body = ProgramPresetList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
) -> Result<Json<ProgramPresetList>, ApiError> {
    let presets = state.app.program_presets(caller).await?;
    let items: Vec<_> = presets.iter().filter_map(ProgramPreset::new).collect();
    let total = items.len();
    Ok(Json(ProgramPresetList { items, total }))
}
