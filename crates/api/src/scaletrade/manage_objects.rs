//! What managers send of a program, and what they are shown.

use crate::input::{Decimal, Id, Text, Within, given};
use crate::number::Number;
use crate::refund_policy::RefundPolicyRequest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use touchstone_app::templates::{
    Draft, INVALID_VALUE, PlacedFault, ProgramEdit, StepEdit, Template, scale_name,
};
use touchstone_domain::basis_points::parse_decimal;
use touchstone_domain::program::{
    PhaseType, ProgramStatus, STEPS_MAX, StepTerms, Terms, TermsWarning,
};
use touchstone_domain::{BasisPoints, Money, RuleSet};
use utoipa::ToSchema;

type Count = Within<0, 1_000_000_000>;
type Place = Within<-1_000_000_000, 1_000_000_000>;

/// What is wrong with a request, all of it at once.
#[derive(Debug)]
pub struct Faults(pub Vec<PlacedFault>);

#[derive(Debug, Deserialize, ToSchema)]
pub struct CreateProgramRequest {
    /// Yours is the only one that you can name.
    #[schema(inline)]
    pub(super) brand: Text<1, 64>,
    #[schema(inline)]
    name: Text<1, 120>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    display_name: Option<Text<0, 120>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    description: Option<Text<0, 4000>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    short_description: Option<Text<0, 4000>>,
    #[schema(inline)]
    price: Decimal,
    price_currency: String,
    /// 0 active (as when it is left out), 1 disabled, 2 archived.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    status: Option<Within<0, 2>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    sort_index: Option<Place>,
    /// When the price is given back to whoever asks. Null: never.
    #[serde(default, deserialize_with = "given")]
    refund_policy: Option<Option<RefundPolicyRequest>>,
    steps: Vec<ProgramStepRequest>,
}

/// What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UpdateProgramRequest {
    /// As in the path.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    pub(super) id: Option<Id>,
    /// The version that the change was made for.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    pub(super) version: Option<Count>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    pub(super) brand: Option<Text<1, 64>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    name: Option<Text<1, 120>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    display_name: Option<Text<0, 120>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    description: Option<Text<0, 4000>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    short_description: Option<Text<0, 4000>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    price: Option<Decimal>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    price_currency: Option<String>,
    /// 0 active, 1 disabled, 2 archived.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    status: Option<Within<0, 2>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    sort_index: Option<Place>,
    /// All steps: what is not listed is gone.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    steps: Option<Vec<ProgramStepRequest>>,
    /// When the price is given back to whoever asks. Null: never.
    #[serde(default, deserialize_with = "given")]
    refund_policy: Option<Option<RefundPolicyRequest>>,
}

/// As for making a program; with `id` as for changing that one.
pub type ValidateProgramRequest = UpdateProgramRequest;

/// What is left out is 0, which is off.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ProgramStepRequest {
    /// From 1.
    #[schema(inline)]
    phase_index: Within<1, 1_000_000_000>,
    /// 0 evaluation, 1 funded.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    phase_type: Option<Within<0, 1>>,
    #[schema(inline)]
    name: Text<1, 120>,
    /// A DEMO group for an evaluation, a REAL one for a funded step.
    #[schema(inline)]
    account_group: Text<1, 64>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    duration_days: Option<Count>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    max_daily_loss_pct: Option<Decimal>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    max_total_loss_pct: Option<Decimal>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    max_daily_profit_pct: Option<Decimal>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    profit_target_pct: Option<Decimal>,
    /// A ratio: 0.8 is 80 %. Of a funded step only.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    profit_split: Option<Decimal>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    min_trading_days: Option<Count>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    max_trading_days: Option<Count>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    max_positions: Option<Count>,
    /// A rule set of its own, as its schema describes it (docs/rule-set.schema.json); what else is left out is then as it
    /// says. Null takes it away, and without this property the one that the step has stays.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    rules: Option<Option<Map<String, Value>>>,
}

fn fault(field: String, message: impl ToString) -> PlacedFault {
    PlacedFault {
        code: INVALID_VALUE,
        field,
        message: message.to_string(),
    }
}

impl CreateProgramRequest {
    pub(super) fn into_edit(self) -> Result<ProgramEdit, Faults> {
        let edit = UpdateProgramRequest {
            id: None,
            version: None,
            brand: None,
            name: Some(self.name),
            display_name: self.display_name,
            description: self.description,
            short_description: self.short_description,
            price: Some(self.price),
            price_currency: Some(self.price_currency),
            status: self.status,
            sort_index: self.sort_index,
            steps: Some(self.steps),
            refund_policy: self.refund_policy,
        };
        let mut edit = edit.into_edit()?;
        edit.status = edit.status.or(Some(ProgramStatus::Active));
        Ok(edit)
    }
}

impl UpdateProgramRequest {
    /// # Errors
    /// Everything that cannot be read.
    pub(super) fn into_edit(self) -> Result<ProgramEdit, Faults> {
        let mut faults = Vec::new();
        let price_currency = self.price_currency.and_then(|code| match code.parse() {
            Ok(currency) => Some(currency),
            Err(error) => {
                faults.push(fault("price_currency".to_owned(), format!("{error}")));
                None
            }
        });
        let price = self.price.map(|price| price.as_str().to_owned());
        if price.as_deref().is_some_and(|text| text.starts_with('-')) {
            faults.push(fault("price".to_owned(), "0 or more is wanted"));
        }
        if self.steps.as_ref().is_some_and(|s| s.len() > STEPS_MAX) {
            let message = format!("at most {STEPS_MAX} steps");
            faults.push(fault("steps".to_owned(), message));
        }
        let steps = self.steps.map(|steps| {
            let steps = steps.into_iter().enumerate();
            steps
                .map(|(place, step)| step.into_edit(place, &mut faults))
                .collect()
        });
        let refund = self.refund_policy.map(|policy| {
            let read = policy.as_ref().map(RefundPolicyRequest::read);
            if read == Some(None) {
                let message = "a number with at most 2 decimals is wanted";
                faults.push(fault("refund_policy.kept_pct".to_owned(), message));
            }
            read.flatten()
        });
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        Ok(ProgramEdit {
            refund,
            name: self.name.map(Text::into_string),
            display_name: self.display_name.map(Text::into_string),
            description: self.description.map(Text::into_string),
            short_description: self.short_description.map(Text::into_string),
            price,
            price_currency,
            status: self
                .status
                .and_then(|status| ProgramStatus::from_code(status.get())),
            sort_index: self.sort_index.map(Within::get),
            steps,
        })
    }
}

impl ProgramStepRequest {
    fn into_edit(self, place: usize, faults: &mut Vec<PlacedFault>) -> StepEdit {
        let mut share = |field: &str, value: Option<Decimal>, scale| {
            let Some(value) = value else {
                return BasisPoints::ZERO;
            };
            let read = parse_decimal(value.as_str(), scale);
            if read.is_none() {
                let message = format!("a number with at most {scale} decimals is wanted");
                faults.push(fault(format!("steps[{place}].{field}"), message));
            }
            BasisPoints(read.unwrap_or_default())
        };
        let count = |value: Option<Count>| value.map_or(0, Within::get);
        let phase_type = match self.phase_type.map(Within::get) {
            Some(1) => PhaseType::Funded,
            _ => PhaseType::Evaluation,
        };
        let mut step = StepEdit {
            phase_index: self.phase_index.get(),
            phase_type,
            name: self.name.into_string(),
            account_group: self.account_group.into_string(),
            duration_days: count(self.duration_days),
            max_daily_loss: share("max_daily_loss_pct", self.max_daily_loss_pct, 2),
            max_total_loss: share("max_total_loss_pct", self.max_total_loss_pct, 2),
            max_daily_profit: share("max_daily_profit_pct", self.max_daily_profit_pct, 2),
            profit_target: share("profit_target_pct", self.profit_target_pct, 2),
            profit_split: share("profit_split", self.profit_split, 4),
            min_trading_days: count(self.min_trading_days),
            max_trading_days: count(self.max_trading_days),
            max_positions: count(self.max_positions),
            rules: None,
        };
        step.rules = self.rules.map(|rules| {
            let rules = serde_json::from_value::<RuleSet>(Value::Object(rules?));
            let told = |error| faults.push(fault(format!("steps[{place}].rules"), error));
            rules.map_err(told).ok()
        });
        step
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ManagedProgramAnswer {
    program: ManagedProgramObject,
    steps: Vec<ManagedStepObject>,
    /// What is odd about it. Nothing is refused for that.
    warnings: Vec<ProgramWarning>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ManagedProgramObject {
    id: i64,
    brand: String,
    name: String,
    display_name: String,
    description: String,
    short_description: String,
    price: Number,
    price_currency: String,
    /// The trader's share of the funded step as a ratio: 0.8 is 80 %.
    profit_split: Number,
    /// 0 active, 1 disabled, 2 archived.
    status: i64,
    sort_index: i64,
    /// Counts what was promised differently.
    version: i64,
    /// 1 for a seed, which is read-only.
    is_seed: i64,
    created_time: i64,
    updated_time: i64,
}

/// 0 in a rule means that the rule is off.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManagedStepObject {
    /// Another one with each version.
    id: i64,
    program_id: i64,
    phase_index: i64,
    phase_type: i64,
    name: String,
    account_group: String,
    initial_balance: Number,
    duration_days: i64,
    max_daily_loss_pct: Number,
    max_total_loss_pct: Number,
    max_daily_profit_pct: Number,
    profit_target_pct: Number,
    profit_split: Number,
    min_trading_days: i64,
    max_trading_days: i64,
    max_positions: i64,
    created_time: i64,
    updated_time: i64,
    /// What accounts of the step are judged by.
    rules: Map<String, Value>,
    rule_text: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramWarning {
    /// Stable.
    code: &'static str,
    field: String,
    message: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramFault {
    /// Stable.
    pub code: &'static str,
    /// `steps[0].account_group`
    pub field: String,
    pub message: String,
}

impl From<PlacedFault> for ProgramFault {
    fn from(fault: PlacedFault) -> Self {
        Self {
            code: fault.code,
            field: fault.field,
            message: fault.message,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramValidation {
    /// Whether it could be saved so.
    valid: bool,
    /// What keeps it from being saved, all of it at once.
    faults: Vec<ProgramFault>,
    /// What is odd about it; of one that is valid.
    warnings: Vec<ProgramWarning>,
}

impl From<Result<Draft, Vec<PlacedFault>>> for ProgramValidation {
    fn from(tried: Result<Draft, Vec<PlacedFault>>) -> Self {
        match tried {
            Ok(draft) => Self {
                valid: true,
                faults: Vec::new(),
                warnings: warnings(&draft.terms),
            },
            Err(faults) => Self {
                valid: false,
                faults: faults.into_iter().map(ProgramFault::from).collect(),
                warnings: Vec::new(),
            },
        }
    }
}

fn warnings(terms: &Terms) -> Vec<ProgramWarning> {
    let warning = |warning: TermsWarning| ProgramWarning {
        code: warning.code,
        field: scale_name(&warning.place()),
        message: warning.text,
    };
    terms.warnings().into_iter().map(warning).collect()
}

/// More than a version has steps, so that each step of each version has a number of its own.
const STEPS_PER_VERSION: i64 = 100;

impl ManagedProgramAnswer {
    pub(super) fn new(brand: &str, template: &Template) -> Self {
        let program = &template.program;
        let terms = &program.current.terms;
        let (created, updated) = (program.created_at.seconds(), program.updated_at.seconds());
        let step = |(place, step): (usize, &StepTerms)| {
            let phase_index = i64::try_from(place).unwrap_or(0) + 1;
            let group = template.groups.iter().find(|g| g.name == step.group);
            let currency = group.map_or(terms.currency(), |group| group.currency);
            let initial = Money::new(step.initial_balance_minor, currency);
            let rules = terms.rules_of(place);
            let text = rules.iter().flat_map(|rules| rules.text(initial));
            ManagedStepObject {
                id: program.current.id.0 * STEPS_PER_VERSION + phase_index,
                program_id: program.id.0,
                phase_index,
                phase_type: step.phase_type.code(),
                name: step.name.clone(),
                account_group: step.group.clone(),
                initial_balance: Number::money(initial),
                duration_days: step.duration_days,
                max_daily_loss_pct: Number::percent(step.max_daily_loss),
                max_total_loss_pct: Number::percent(step.max_total_loss),
                max_daily_profit_pct: Number::percent(step.max_daily_profit),
                profit_target_pct: Number::percent(step.profit_target),
                profit_split: Number::ratio(step.profit_split),
                min_trading_days: step.min_trading_days,
                max_trading_days: step.max_trading_days,
                max_positions: step.max_positions,
                created_time: created,
                updated_time: updated,
                rule_text: text.map(|line| line.text).collect(),
                rules: match serde_json::to_value(&rules) {
                    Ok(Value::Object(rules)) => rules,
                    _ => Map::new(),
                },
            }
        };
        Self {
            program: ManagedProgramObject {
                id: program.id.0,
                brand: brand.to_owned(),
                name: terms.name.clone(),
                display_name: terms.display_name.clone(),
                description: terms.description.clone(),
                short_description: terms.short_description.clone(),
                price: Number::money(terms.price),
                price_currency: terms.currency().to_string(),
                profit_split: Number::ratio(terms.profit_split()),
                status: program.status.code(),
                sort_index: program.sort_index,
                version: program.current.number,
                is_seed: i64::from(program.is_seed),
                created_time: created,
                updated_time: updated,
            },
            steps: terms.steps.iter().enumerate().map(step).collect(),
            warnings: warnings(terms),
        }
    }
}
