//! Programs as ScaleTrade's managers save them: an aggregate of the program and its steps.

use super::Template;
use super::change::account_currency;
use super::edit::{Beginning, Draft, Edit, EditError};
use crate::App;
use crate::identity::{StaffCaller, require_live_staff, staff_pass};
use std::collections::BTreeSet;
use std::sync::Arc;
use touchstone_domain::access::Permission;
use touchstone_domain::program::{
    PhaseType, ProgramStatus, RefundPolicy, StepTerms, Terms, TermsFault,
};
use touchstone_domain::{BasisPoints, Currency, Group, Money, ProgramId, RuleSet};
use touchstone_store::repo;

/// New values for some fields; `None` leaves one as it is. The price is a text in major units, because the currency may
/// change with it.
#[derive(Clone, Debug, Default)]
pub struct ProgramEdit {
    pub name: Option<String>,
    pub display_name: Option<String>,
    pub description: Option<String>,
    pub short_description: Option<String>,
    pub price: Option<String>,
    pub price_currency: Option<Currency>,
    pub status: Option<ProgramStatus>,
    pub sort_index: Option<i64>,
    /// All steps.
    pub steps: Option<Vec<StepEdit>>,
    /// `Some(None)`: no fee is given back to whoever asks.
    pub refund: Option<Option<RefundPolicy>>,
}

/// A step as it shall be; what is left out is 0.
#[derive(Clone, Debug)]
pub struct StepEdit {
    /// From 1, each once, without a gap.
    pub phase_index: i64,
    pub phase_type: PhaseType,
    pub name: String,
    pub account_group: String,
    pub duration_days: i64,
    pub max_daily_loss: BasisPoints,
    pub max_total_loss: BasisPoints,
    pub max_daily_profit: BasisPoints,
    pub profit_target: BasisPoints,
    pub profit_split: BasisPoints,
    pub min_trading_days: i64,
    pub max_trading_days: i64,
    pub max_positions: i64,
    /// A rule set of its own; `Some(None)` takes it away, `None` leaves the one of this place.
    pub rules: Option<Option<RuleSet>>,
}

/// One fault with its place in the words of ScaleTrade: `steps[0].account_group`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedFault {
    pub code: &'static str,
    pub field: String,
    pub message: String,
}

pub type ProgramError = EditError<PlacedFault>;

impl From<TermsFault> for PlacedFault {
    fn from(fault: TermsFault) -> Self {
        Self {
            code: fault.code(),
            field: scale_name(&fault.place()),
            message: fault.to_string(),
        }
    }
}

/// The firm file's name of a place, as ScaleTrade says it.
pub fn scale_name(place: &str) -> String {
    if let Some(field) = place.strip_prefix("refund.") {
        return format!("refund_policy.{field}");
    }
    let Some((step, field)) = place
        .split_once("].")
        .filter(|_| place.starts_with("steps["))
    else {
        return place.to_owned();
    };
    let field = match field {
        "group" => "account_group",
        "type" => "phase_type",
        "profit_split_pct" => "profit_split",
        other => other,
    };
    format!("{step}].{field}")
}

impl Edit for ProgramEdit {
    type Fault = PlacedFault;

    fn apply(self, before: &Draft, groups: &[Group]) -> Result<Draft, Vec<PlacedFault>> {
        let mut faults = Vec::new();
        let mut draft = before.clone();
        draft.status = self.status.unwrap_or(before.status);
        draft.sort_index = self.sort_index.unwrap_or(before.sort_index);
        let terms = &mut draft.terms;
        if let Some(name) = &self.name {
            terms.rename(name);
        }
        for (said, field) in [
            (&self.display_name, &mut terms.display_name),
            (&self.description, &mut terms.description),
            (&self.short_description, &mut terms.short_description),
        ] {
            if let Some(text) = said {
                text.clone_into(field);
            }
        }
        if let Some(refund) = self.refund {
            terms.refund = refund;
        }
        self.reprice(terms, &mut faults);
        let currency = account_currency(terms, groups);
        if let Some(steps) = self.steps {
            replace(terms, steps, groups, &mut faults);
        }
        let moved = currency != account_currency(terms, groups);
        if moved && currency.is_some() && terms.conduct.payout_min_amount_minor.is_some() {
            faults.push(PlacedFault {
                code: "currency_of_payouts",
                field: "steps[0].account_group".to_owned(),
                message: "the smallest payout is in the currency of the accounts: change it with the template".to_owned(),
            });
        }
        match faults.is_empty() {
            true => draft.settled(before, groups),
            false => Err(faults),
        }
    }
}

impl ProgramEdit {
    fn reprice(&self, terms: &mut Terms, faults: &mut Vec<PlacedFault>) {
        let old = terms.price;
        let currency = self.price_currency.unwrap_or(old.currency);
        let fixed = match &self.price {
            Some(text) => text.clone(),
            None => old.shortest(),
        };
        match Money::from_major(&fixed, currency) {
            Ok(price) => terms.price = price,
            Err(error) => faults.push(PlacedFault {
                code: super::INVALID_VALUE,
                field: "price".to_owned(),
                message: error.to_string(),
            }),
        }
        let moved = currency != old.currency;
        if moved && (!terms.addons.is_empty() || terms.conduct.reset_fee_minor.is_some()) {
            faults.push(PlacedFault {
                code: "currency_of_addons",
                field: "price_currency".to_owned(),
                message: format!(
                    "add-ons or a reset of this program are priced in {}: change them with the template",
                    old.currency
                ),
            });
        }
    }
}

fn replace(
    terms: &mut Terms,
    mut steps: Vec<StepEdit>,
    groups: &[Group],
    faults: &mut Vec<PlacedFault>,
) {
    let mut seen = BTreeSet::new();
    let count = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    for (place, step) in steps.iter().enumerate() {
        let (code, message) = match step.phase_index {
            index if !(1..=count).contains(&index) => (
                "phase_index_gap",
                format!("phase_index counts from 1 without a gap: 1 to {count}"),
            ),
            index if !seen.insert(index) => (
                "phase_index_twice",
                format!("another step has phase_index {index}"),
            ),
            _ => continue,
        };
        faults.push(PlacedFault {
            code,
            field: format!("steps[{place}].phase_index"),
            message,
        });
    }
    if !faults.is_empty() {
        return;
    }
    steps.sort_by_key(|step| step.phase_index);
    let old = std::mem::take(&mut terms.steps);
    let steps = steps.into_iter().enumerate();
    terms.steps = steps
        .map(|(place, step)| step.terms(old.get(place), groups))
        .collect();
}

impl StepEdit {
    fn terms(self, standing: Option<&StepTerms>, groups: &[Group]) -> StepTerms {
        let says_all = self.rules.as_ref().is_some_and(Option::is_some);
        let rules = match self.rules {
            Some(rules) => rules,
            None => standing.and_then(|step| step.rules.clone()),
        };
        let group = groups.iter().find(|group| group.name == self.account_group);
        let mut step = StepTerms {
            phase_type: self.phase_type,
            name: self.name,
            initial_balance_minor: group.map_or(0, |group| group.default_deposit_minor),
            group: self.account_group,
            duration_days: self.duration_days,
            max_daily_loss: self.max_daily_loss,
            max_total_loss: self.max_total_loss,
            max_daily_profit: self.max_daily_profit,
            profit_target: self.profit_target,
            profit_split: self.profit_split,
            min_trading_days: self.min_trading_days,
            max_trading_days: self.max_trading_days,
            max_positions: self.max_positions,
            rules,
        };
        if says_all {
            step.show_rules();
        }
        step
    }
}

/// A brand's name, and programs of it.
#[derive(Clone, Debug)]
pub struct Managed {
    pub brand: Arc<str>,
    pub programs: Vec<Template>,
}

impl App {
    /// The caller's brand.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn own_brand(&self, caller: StaffCaller) -> Result<Arc<str>, ProgramError> {
        let app = self.clone();
        let now = self.now();
        self.store
            .read(move |tx| {
                staff_pass(tx, &caller, now)?;
                Ok(app.brand_name(tx, caller.brand_id)?)
            })
            .await
    }

    /// All programs of the brand, whatever their status, or the one that is named.
    ///
    /// # Errors
    /// [`EditError::NotFound`] also for another brand's.
    pub async fn managed_programs(
        &self,
        caller: StaffCaller,
        id: Option<ProgramId>,
    ) -> Result<Managed, ProgramError> {
        let app = self.clone();
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewPrograms, now)?;
                let groups: Arc<[Group]> = repo::groups::of_brand(tx, caller.brand_id)?.into();
                let programs = match id {
                    Some(id) => {
                        let program = repo::programs::get(tx, caller.brand_id, id)?;
                        vec![program.ok_or(EditError::NotFound)?]
                    }
                    None => repo::programs::of_brand(tx, caller.brand_id)?,
                };
                let template = |program| Template {
                    program,
                    groups: groups.clone(),
                };
                Ok(Managed {
                    brand: app.brand_name(tx, caller.brand_id)?,
                    programs: programs.into_iter().map(template).collect(),
                })
            })
            .await
    }

    /// Makes a program from its whole aggregate.
    ///
    /// # Errors
    /// See [`EditError`]; nothing was made.
    pub async fn create_program(
        &self,
        caller: StaffCaller,
        edit: ProgramEdit,
    ) -> Result<Template, ProgramError> {
        let beginning = Beginning {
            preset: None,
            currency: edit.price_currency,
        };
        self.make_program(caller, beginning, edit, "program.create")
            .await
    }

    /// Saves a program: what is given, and all steps where they are. `version` is the one that the change was made for.
    ///
    /// # Errors
    /// See [`EditError`]; nothing was changed.
    pub async fn update_program(
        &self,
        caller: StaffCaller,
        id: ProgramId,
        version: Option<i64>,
        edit: ProgramEdit,
    ) -> Result<Template, ProgramError> {
        self.edit_program(caller, id, version, edit, "program.update")
            .await
    }

    /// What [`App::create_program`] or [`App::update_program`] would make, unsaved.
    ///
    /// # Errors
    /// See [`EditError`].
    pub async fn validate_program(
        &self,
        caller: StaffCaller,
        id: Option<ProgramId>,
        edit: ProgramEdit,
    ) -> Result<Draft, ProgramError> {
        let beginning = Beginning {
            preset: None,
            currency: edit.price_currency,
        };
        self.try_program(caller, id, beginning, edit).await
    }
}
