//! The template object. Sizes, shares and fees are numbers in it.

use super::journey_detail::phase_type;
use crate::number::Number;
use crate::refund_policy::RefundPolicyObject;
use serde::Serialize;
use serde_json::{Map, Value};
use touchstone_app::App;
use touchstone_app::templates::{Template, wire_name};
use touchstone_domain::program::{
    Addon, AddonEffect, AddonPrice, ProgramStatus, StepTerms, Terms, TermsWarning,
};
use touchstone_domain::{BasisPoints, Currency, EntityKind, Group, Money, RuleSet};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateResponse {
    id: Uuid,
    is_active: bool,
    /// `active`, `disabled` or `archived`.
    status: &'static str,
    /// Where it stands in lists: smaller numbers come first.
    sort_index: i64,
    /// A seed is read-only.
    is_seed: bool,
    /// Archived templates are sold no more and left out of lists.
    is_archived: bool,
    /// Counts what was promised differently: a journey keeps the version that it began with.
    version: i64,
    /// The staff member who made it; null when it came with the firm file.
    created_by: Option<Uuid>,
    created_at: String,
    updated_at: String,
    /// What is odd about it. Nothing is refused for that.
    warnings: Vec<TemplateWarning>,
    #[serde(flatten)]
    terms: TemplateTerms,
}

/// Rules that cannot be met together, or that never matter.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateWarning {
    /// Stable.
    code: &'static str,
    /// Counted from 1.
    phase_index: usize,
    /// Of the phase or the template; below `rules.` where the phase has a rule set of its own.
    field: String,
    text: String,
}

pub(super) fn warnings(terms: &Terms) -> Vec<TemplateWarning> {
    let warning = |warning: TermsWarning| TemplateWarning {
        code: warning.code,
        phase_index: warning.step + 1,
        field: wire_name(&warning.field).to_owned(),
        text: warning.text,
    };
    terms.warnings().into_iter().map(warning).collect()
}

pub(super) const fn status_name(status: ProgramStatus) -> &'static str {
    match status {
        ProgramStatus::Active => "active",
        ProgramStatus::Disabled => "disabled",
        ProgramStatus::Archived => "archived",
    }
}

/// What a template promises. What is said of the accounts is that of the first phase; the phases
/// say their own.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateTerms {
    name: String,
    description: String,
    account_size: Number,
    account_currency: String,
    group_id: Option<Uuid>,
    daily_dd_pct: Number,
    daily_dd_mode: Option<String>,
    max_loss_pct: Number,
    max_loss_mode: Option<String>,
    max_loss_lock_at: Option<String>,
    max_loss_lock_buffer: Option<Number>,
    consistency_pct: Option<Number>,
    consistency_enforcement: Option<String>,
    news_blackout_enabled: bool,
    news_blackout_seconds_before: i64,
    news_blackout_seconds_after: i64,
    news_min_impact: Option<String>,
    news_event_actions: Vec<String>,
    weekend_close_enabled: bool,
    /// 0 is Sunday.
    weekend_close_dow: Option<i64>,
    weekend_close_time: Option<String>,
    weekend_close_action: Option<String>,
    max_lots_per_symbol: Option<Number>,
    min_trade_duration_seconds: i64,
    hedging_same_account: Option<bool>,
    hedging_cross_account: Option<bool>,
    ea_allowed: Option<bool>,
    copy_trading_allowed: Option<bool>,
    profit_split_pct: Number,
    payout_cadence: Option<String>,
    payout_min_amount: Option<Number>,
    payout_min_trading_days: i64,
    fee_amount: Number,
    fee_currency: String,
    /// Null or 0: a reset is free.
    reset_fee_amount: Option<Number>,
    fee_refund_policy: Option<String>,
    /// When the fee is given back to whoever asks; null: never.
    refund_policy: Option<RefundPolicyObject>,
    phases: Vec<TemplatePhase>,
    /// What accounts of each phase are judged by.
    rules: Vec<TemplateRules>,
    scaling_plan: Vec<Map<String, Value>>,
    addons: Vec<TemplateAddon>,
}

/// 0 in a rule means that it is off.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplatePhase {
    name: String,
    /// `evaluation` or `funded`.
    phase_type: &'static str,
    group_id: Option<Uuid>,
    account_size: Number,
    profit_target_pct: Number,
    daily_dd_pct: Number,
    max_loss_pct: Number,
    max_daily_profit_pct: Number,
    profit_split_pct: Number,
    duration_days: i64,
    min_trading_days: i64,
    max_trading_days: i64,
    max_positions: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateAddon {
    code: String,
    name: String,
    /// In the fee's currency.
    fee_amount: Number,
    /// Of the template's fee, where the price is such a share.
    fee_pct: Option<Number>,
    /// What it changes for whoever buys it: `no_time_limit` (no phase fails because its days are over), `profit_split`,
    /// `drawdown` (more may be lost), `min_trading_days` (fewer are asked for), `weekend_holding` (positions may stay open),
    /// `leverage` (less margin is needed),
    /// or `by_hand` (a service that people of the firm give).
    effect: &'static str,
    /// The trader's share with it, of `profit_split`.
    profit_split_pct: Option<Number>,
    /// By how much it raises the daily and the maximum loss, of `drawdown`.
    daily_loss_by_pct: Option<Number>,
    max_loss_by_pct: Option<Number>,
    /// Most days that a phase asks for with it, of `min_trading_days`.
    min_trading_days: Option<u32>,
    /// What accounts have with it, where their group gives less, of `leverage`.
    leverage: Option<u32>,
    /// Add-ons that cannot be bought together with it: they exclude each other, or have the same effect.
    conflicts_with: Vec<String>,
}

/// The rules of one phase.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateRules {
    /// Counted from 1.
    phase_index: i64,
    /// The rule set, as its schema describes it (docs/rule-set.schema.json).
    rules: Map<String, Value>,
    /// As it was written for this phase; null where `rules` is made from the numbers of the phase.
    own_rules: Option<Map<String, Value>>,
    rule_text: Vec<RuleLine>,
}

/// One rule in the words that a trader reads; they are made from the rule set.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleLine {
    /// Its place in the rule set.
    place: &'static str,
    text: String,
}

/// A rule set as JSON, and in words for an account opened with so much.
pub(super) fn told(rules: &RuleSet, initial: Money) -> (Map<String, Value>, Vec<RuleLine>) {
    let lines = rules.text(initial).into_iter().map(|line| RuleLine {
        place: line.place,
        text: line.text,
    });
    (json_of(rules), lines.collect())
}

fn json_of(rules: &RuleSet) -> Map<String, Value> {
    match serde_json::to_value(rules) {
        Ok(Value::Object(json)) => json,
        _ => Map::new(),
    }
}

fn rules_of(terms: &Terms, view: &View<'_>) -> Vec<TemplateRules> {
    let steps = terms.steps.iter().enumerate().zip(1..);
    let all = steps.filter_map(|((place, step), phase_index)| {
        let initial = Money::new(step.initial_balance_minor, view.currency(step));
        let (rules, rule_text) = told(&terms.rules_of(place)?, initial);
        Some(TemplateRules {
            phase_index,
            rules,
            own_rules: step.rules.as_ref().map(json_of),
            rule_text,
        })
    });
    all.collect()
}

impl TemplateResponse {
    pub(super) fn new(app: &App, template: &Template) -> Self {
        let program = &template.program;
        Self {
            id: app.public_ids.uuid(EntityKind::Program, program.id.0),
            is_active: program.status == ProgramStatus::Active,
            status: status_name(program.status),
            sort_index: program.sort_index,
            warnings: warnings(&program.current.terms),
            is_seed: program.is_seed,
            is_archived: program.status == ProgramStatus::Archived,
            version: program.current.number,
            created_by: Uuid::parse_str(&program.created_by).ok(),
            created_at: program.created_at.rfc3339(),
            updated_at: program.updated_at.rfc3339(),
            terms: TemplateTerms::new(app, &program.current.terms, &template.groups),
        }
    }
}

impl TemplateTerms {
    pub(super) fn new(app: &App, terms: &Terms, groups: &[Group]) -> Self {
        let conduct = terms.conduct_shown();
        let first = terms.first_step();
        let view = View {
            app,
            groups,
            otherwise: terms.currency(),
        };
        let currency = first.map_or(view.otherwise, |step| view.currency(step));
        let money = |minor, currency| Number::money(Money::new(minor, currency));
        let share = |of: fn(&StepTerms) -> BasisPoints| {
            Number::percent(first.map_or(BasisPoints::ZERO, of))
        };
        Self {
            name: terms.name.clone(),
            description: terms.description.clone(),
            account_size: money(first.map_or(0, |step| step.initial_balance_minor), currency),
            account_currency: currency.to_string(),
            group_id: first.and_then(|step| view.group_id(step)),
            daily_dd_pct: share(|step| step.max_daily_loss),
            rules: rules_of(terms, &view),
            daily_dd_mode: conduct.daily_dd_mode,
            max_loss_pct: share(|step| step.max_total_loss),
            max_loss_mode: conduct.max_loss_mode,
            max_loss_lock_at: conduct.max_loss_lock_at,
            max_loss_lock_buffer: conduct.max_loss_lock_buffer.map(Number::percent),
            consistency_pct: conduct.consistency_pct.map(Number::percent),
            consistency_enforcement: conduct.consistency_enforcement,
            news_blackout_enabled: conduct.news_blackout_enabled,
            news_blackout_seconds_before: conduct.news_blackout_seconds_before,
            news_blackout_seconds_after: conduct.news_blackout_seconds_after,
            news_min_impact: conduct.news_min_impact,
            news_event_actions: conduct.news_event_actions,
            weekend_close_enabled: conduct.weekend_close_enabled,
            weekend_close_dow: conduct.weekend_close_dow,
            weekend_close_time: conduct.weekend_close_time,
            weekend_close_action: conduct.weekend_close_action,
            max_lots_per_symbol: conduct
                .max_lots_per_symbol_hundredths
                .map(Number::hundredths),
            min_trade_duration_seconds: conduct.min_trade_duration_seconds,
            hedging_same_account: conduct.hedging_same_account,
            hedging_cross_account: conduct.hedging_cross_account,
            ea_allowed: conduct.ea_allowed,
            copy_trading_allowed: conduct.copy_trading_allowed,
            profit_split_pct: Number::percent(terms.profit_split()),
            payout_cadence: conduct.payout_cadence,
            payout_min_amount: conduct
                .payout_min_amount_minor
                .map(|minor| money(minor, currency)),
            payout_min_trading_days: conduct.payout_min_trading_days,
            fee_amount: Number::money(terms.price),
            fee_currency: terms.currency().to_string(),
            reset_fee_amount: conduct
                .reset_fee_minor
                .map(|minor| money(minor, terms.currency())),
            fee_refund_policy: conduct.fee_refund_policy,
            refund_policy: terms.refund.as_ref().map(Into::into),
            phases: terms.steps.iter().map(|step| view.phase(step)).collect(),
            scaling_plan: conduct
                .scaling_plan
                .into_iter()
                .filter_map(|tier| match tier {
                    Value::Object(tier) => Some(tier),
                    _ => None,
                })
                .collect(),
            addons: terms
                .addons
                .iter()
                .map(|addon| TemplateAddon::new(terms, addon))
                .collect(),
        }
    }
}

/// What a step is shown with.
struct View<'a> {
    app: &'a App,
    groups: &'a [Group],
    /// The currency of a step whose group is gone.
    otherwise: Currency,
}

impl View<'_> {
    fn group(&self, step: &StepTerms) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == step.group)
    }

    fn group_id(&self, step: &StepTerms) -> Option<Uuid> {
        let group = self.group(step)?;
        Some(self.app.public_ids.uuid(EntityKind::Group, group.id.0))
    }

    fn currency(&self, step: &StepTerms) -> Currency {
        self.group(step)
            .map_or(self.otherwise, |group| group.currency)
    }

    fn phase(&self, step: &StepTerms) -> TemplatePhase {
        let size = Money::new(step.initial_balance_minor, self.currency(step));
        TemplatePhase {
            name: step.name.clone(),
            phase_type: phase_type(step.phase_type),
            group_id: self.group_id(step),
            account_size: Number::money(size),
            profit_target_pct: Number::percent(step.profit_target),
            daily_dd_pct: Number::percent(step.max_daily_loss),
            max_loss_pct: Number::percent(step.max_total_loss),
            max_daily_profit_pct: Number::percent(step.max_daily_profit),
            profit_split_pct: Number::percent(step.profit_split),
            duration_days: step.duration_days,
            min_trading_days: step.min_trading_days,
            max_trading_days: step.max_trading_days,
            max_positions: step.max_positions,
        }
    }
}

impl TemplateAddon {
    pub(super) fn new(terms: &Terms, addon: &Addon) -> Self {
        let fee = terms.addon_price(addon);
        let raised = match addon.effect {
            AddonEffect::Drawdown { daily_by, max_by } => Some((daily_by, max_by)),
            _ => None,
        };
        let others = terms.addons.iter().filter(|other| other.code != addon.code);
        Self {
            code: addon.code.clone(),
            name: addon.name.clone(),
            // Terms with a price beyond all numbers are refused when they are saved.
            fee_amount: Number::money(fee.unwrap_or(Money::zero(terms.currency()))),
            fee_pct: match addon.price {
                AddonPrice::FixedMinor(_) => None,
                AddonPrice::Percent(share) => Some(Number::percent(share)),
            },
            effect: addon.effect.name(),
            profit_split_pct: match addon.effect {
                AddonEffect::ProfitSplit(share) => Some(Number::percent(share)),
                _ => None,
            },
            daily_loss_by_pct: raised.map(|(daily_by, _)| Number::percent(daily_by)),
            max_loss_by_pct: raised.map(|(_, max_by)| Number::percent(max_by)),
            min_trading_days: match addon.effect {
                AddonEffect::MinTradingDays(most) => Some(most),
                _ => None,
            },
            leverage: match addon.effect {
                AddonEffect::Leverage(leverage) => Some(leverage),
                _ => None,
            },
            conflicts_with: others
                .filter(|other| addon.conflicts_with(other))
                .map(|other| other.code.clone())
                .collect(),
        }
    }
}
