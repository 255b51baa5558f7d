//! What a change makes of the terms of a template. Nothing is written here.

use super::edit::Draft;
use super::fault::FieldFault;
use touchstone_domain::program::{
    AddonPrice, ConductPatch, PhaseType, ProgramStatus, RefundPolicy, StepTerms, Terms,
};
use touchstone_domain::{BasisPoints, Currency, Group, GroupId, Money, RuleSet};

/// New values for some fields; `None` leaves one as it is. Amounts are texts in major units,
/// because the currency may change with them.
#[derive(Clone, Debug, Default)]
pub struct TemplateChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub is_active: Option<bool>,
    /// Says more than `is_active`, and must not say something else.
    pub status: Option<ProgramStatus>,
    pub sort_index: Option<i64>,
    /// Of the accounts of all phases.
    pub account_size: Option<String>,
    /// What the group's currency is taken to be: a check, since groups have one for ever.
    pub account_currency: Option<Currency>,
    /// Of the first phase, and of those that shared its group. `Some(None)` is a group that there
    /// is not.
    pub group: Option<Option<GroupId>>,
    /// Of the funded phase.
    pub funded_group: Option<Option<GroupId>>,
    pub daily_dd: Option<BasisPoints>,
    pub max_loss: Option<BasisPoints>,
    pub profit_split: Option<BasisPoints>,
    pub fee_amount: Option<String>,
    pub fee_currency: Option<Currency>,
    /// `Some(None)`: a reset is free.
    pub reset_fee_amount: Option<Option<String>>,
    /// `Some(None)`: none.
    pub payout_min_amount: Option<Option<String>>,
    /// `Some(None)`: no fee is given back to whoever asks.
    pub refund: Option<Option<RefundPolicy>>,
    pub conduct: ConductPatch,
    /// All phases, in their order.
    pub phases: Option<Vec<PhaseChange>>,
}

/// A phase as it shall be. Where it brings rules of its own, what is left out is as they say; else what is left out comes from the template, else the rule is off.
#[derive(Clone, Debug)]
pub struct PhaseChange {
    pub name: String,
    pub phase_type: PhaseType,
    pub group: Option<Option<GroupId>>,
    pub account_size: Option<String>,
    pub daily_dd: Option<BasisPoints>,
    pub max_loss: Option<BasisPoints>,
    pub max_daily_profit: BasisPoints,
    pub profit_target: BasisPoints,
    pub profit_split: Option<BasisPoints>,
    pub duration_days: i64,
    pub min_trading_days: i64,
    pub max_trading_days: i64,
    pub max_positions: i64,
    /// A rule set of its own; `Some(None)` takes it away, `None` leaves it as it is.
    pub rules: Option<Option<RuleSet>>,
}

const NO_GROUP: &str = "there is no such group";
const NO_PHASES: &str = "the template has no phases that could have it: give phases too";

impl TemplateChange {
    /// Status, place and terms after the change.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) fn apply(self, before: &Draft, groups: &[Group]) -> Result<Draft, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let status = self.status(before.status, &mut faults);
        let sort_index = self.sort_index.unwrap_or(before.sort_index);
        let mut terms = before.terms.clone();
        if let Some(name) = &self.name {
            terms.rename(name);
        }
        if let Some(description) = &self.description {
            description.clone_into(&mut terms.description);
        }
        let old_currency = account_currency(&terms, groups);
        self.price(&mut terms, &mut faults);
        self.steps(&mut terms, groups, &mut faults);
        let currency = account_currency(&terms, groups);
        if let (Some(wanted), Some(found)) = (self.account_currency, currency)
            && wanted != found
        {
            let message = format!("the group of the first phase holds {found}");
            faults.push(FieldFault::new("account_currency", message));
        }
        self.payout_min(&mut terms, old_currency, currency, &mut faults);
        if let Some(refund) = self.refund {
            terms.refund = refund;
        }
        self.conduct.apply(&mut terms.conduct);
        let draft = Draft {
            status,
            sort_index,
            terms,
        };
        match faults.is_empty() {
            true => draft.settled(before, groups),
            false => Err(faults),
        }
    }

    fn status(&self, standing: ProgramStatus, faults: &mut Vec<FieldFault>) -> ProgramStatus {
        let by_flag = match self.is_active {
            Some(true) => ProgramStatus::Active,
            Some(false) if standing == ProgramStatus::Active => ProgramStatus::Disabled,
            _ => standing,
        };
        let Some(status) = self.status else {
            return by_flag;
        };
        if self
            .is_active
            .is_some_and(|is_active| is_active != (status == ProgramStatus::Active))
        {
            let message = "status and is_active say something else: one of them suffices";
            faults.push(FieldFault::new("status", message));
        }
        status
    }

    fn price(&self, terms: &mut Terms, faults: &mut Vec<FieldFault>) {
        let old = terms.currency();
        let new = self.fee_currency.unwrap_or(old);
        terms.price.currency = new;
        if new != old {
            // What was 99 dollars becomes 99 euros where nothing else is said.
            let prices = terms.addons.iter_mut().filter_map(|a| match &mut a.price {
                AddonPrice::FixedMinor(minor) => Some(minor),
                AddonPrice::Percent(_) => None,
            });
            let fee = (self.fee_amount.is_none()).then_some(&mut terms.price.minor);
            let reset = terms.conduct.reset_fee_minor.as_mut();
            let reset = reset.filter(|_| self.reset_fee_amount.is_none());
            for minor in prices.chain(fee).chain(reset) {
                match same_major(*minor, old, new) {
                    Some(same) => *minor = same,
                    None => faults.push(FieldFault::new(
                        "fee_currency",
                        format!("an amount of the template has no equal in {new}"),
                    )),
                }
            }
        }
        if let Some(text) = &self.fee_amount {
            terms.price.minor = minor("fee_amount", text, new, faults);
        }
        if let Some(fee) = &self.reset_fee_amount {
            let fee = fee.as_ref();
            terms.conduct.reset_fee_minor =
                fee.map(|text| minor("reset_fee_amount", text, new, faults));
        }
    }

    fn payout_min(
        &self,
        terms: &mut Terms,
        old: Option<Currency>,
        new: Option<Currency>,
        faults: &mut Vec<FieldFault>,
    ) {
        let currency = new.unwrap_or(terms.currency());
        match (
            &self.payout_min_amount,
            terms.conduct.payout_min_amount_minor,
        ) {
            (Some(None), _) => terms.conduct.payout_min_amount_minor = None,
            (Some(Some(text)), _) => {
                let minor = minor("payout_min_amount", text, currency, faults);
                terms.conduct.payout_min_amount_minor = Some(minor);
            }
            (None, Some(standing)) => {
                let same = same_major(standing, old.unwrap_or(currency), currency);
                terms.conduct.payout_min_amount_minor = same;
                if same.is_none() {
                    let message = format!("it has no equal in {currency}: give it anew");
                    faults.push(FieldFault::new("payout_min_amount", message));
                }
            }
            (None, None) => {}
        }
    }

    fn steps(&self, terms: &mut Terms, groups: &[Group], faults: &mut Vec<FieldFault>) {
        self.replace_or_move(terms, groups, faults);
        let mut funded = terms.steps.iter_mut();
        let funded = funded.find(|step| step.phase_type == PhaseType::Funded);
        let message = "there is no funded phase that could have it";
        if self.profit_split.is_some() && funded.is_none() {
            faults.push(FieldFault::new("profit_split_pct", message));
        }
        let Some(id) = self.funded_group else { return };
        let group = id.and_then(|id| groups.iter().find(|group| group.id == id));
        match (funded, group) {
            (None, _) => faults.push(FieldFault::new("funded_group_id", message)),
            (_, None) => faults.push(FieldFault::new("funded_group_id", NO_GROUP)),
            (Some(step), Some(group)) => {
                step.group.clone_from(&group.name);
                step.initial_balance_minor = group.default_deposit_minor;
            }
        }
    }

    fn replace_or_move(&self, terms: &mut Terms, groups: &[Group], faults: &mut Vec<FieldFault>) {
        if let Some(phases) = &self.phases {
            let mut level = Level::of(terms);
            self.level(&mut level, groups, faults);
            let build = |(index, phase): (usize, &PhaseChange)| {
                let standing = terms.steps.get(index);
                phase.step(index, standing, &level, groups, faults)
            };
            terms.steps = phases.iter().enumerate().map(build).collect();
            return;
        }
        let whole_steps = [
            ("account_size", self.account_size.is_some()),
            ("group_id", self.group.is_some()),
            ("daily_dd_pct", self.daily_dd.is_some()),
            ("max_loss_pct", self.max_loss.is_some()),
        ];
        if terms.steps.is_empty() {
            let given = whole_steps.iter().filter(|(_, is_given)| *is_given);
            faults.extend(given.map(|(field, _)| FieldFault::new(field, NO_PHASES)));
        }
        let Some(first_group) = terms.first_step().map(|step| step.group.clone()) else {
            return;
        };
        let mut level = Level::of(terms);
        self.level(&mut level, groups, faults);
        for step in &mut terms.steps {
            if step.group == first_group {
                step.group.clone_from(&level.group);
            }
            if let Some(group) = by_name(groups, &step.group) {
                step.initial_balance_minor = group.default_deposit_minor;
            }
            step.max_daily_loss = self.daily_dd.unwrap_or(step.max_daily_loss);
            step.max_total_loss = self.max_loss.unwrap_or(step.max_total_loss);
            if step.phase_type == PhaseType::Funded {
                step.profit_split = self.profit_split.unwrap_or(step.profit_split);
            }
        }
    }

    /// Moves the template's own values to where the change wants them.
    fn level(&self, level: &mut Level, groups: &[Group], faults: &mut Vec<FieldFault>) {
        match self.group {
            Some(Some(id)) => match groups.iter().find(|group| group.id == id) {
                Some(group) => level.group.clone_from(&group.name),
                None => faults.push(FieldFault::new("group_id", NO_GROUP)),
            },
            Some(None) => faults.push(FieldFault::new("group_id", NO_GROUP)),
            None => {}
        }
        if let Some(text) = &self.account_size {
            let compared = match by_name(groups, &level.group) {
                Some(group) => same_size(text, group),
                None => Err("the group is wanted too, as it has the currency".to_owned()),
            };
            faults.extend(compared.err().map(|m| FieldFault::new("account_size", m)));
        }
        level.daily_dd = self.daily_dd.unwrap_or(level.daily_dd);
        level.max_loss = self.max_loss.unwrap_or(level.max_loss);
        level.profit_split = self.profit_split.unwrap_or(level.profit_split);
    }
}

/// What the template says itself, as its first step has it.
struct Level {
    group: String,
    daily_dd: BasisPoints,
    max_loss: BasisPoints,
    profit_split: BasisPoints,
}

impl Level {
    fn of(terms: &Terms) -> Self {
        let first = terms.first_step();
        Self {
            group: first.map(|step| step.group.clone()).unwrap_or_default(),
            daily_dd: first.map_or(BasisPoints::ZERO, |step| step.max_daily_loss),
            max_loss: first.map_or(BasisPoints::ZERO, |step| step.max_total_loss),
            profit_split: terms.profit_split(),
        }
    }
}

impl PhaseChange {
    /// `standing` is the step that has this place now. Its group stays where no other is given, and its own rules do
    /// in any case: values that say something else are refused.
    fn step(
        &self,
        index: usize,
        standing: Option<&StepTerms>,
        level: &Level,
        groups: &[Group],
        faults: &mut Vec<FieldFault>,
    ) -> StepTerms {
        let by_id = |id: GroupId| groups.iter().find(|group| group.id == id);
        let group = match self.group {
            Some(id) => id.and_then(by_id).map(|group| group.name.clone()),
            None if index == 0 => Some(level.group.clone()),
            None => {
                let group = standing.map_or(&level.group, |step| &step.group);
                Some(group.clone())
            }
        };
        let group = group.filter(|name| !name.is_empty()).unwrap_or_else(|| {
            faults.push(FieldFault::phase(index, "group_id", NO_GROUP));
            String::new()
        });
        let found = by_name(groups, &group);
        if let (Some(text), Some(group)) = (&self.account_size, found)
            && let Err(message) = same_size(text, group)
        {
            faults.push(FieldFault::phase(index, "account_size", message));
        }
        let initial_balance_minor = found.map_or(0, |group| group.default_deposit_minor);
        let own = match &self.rules {
            Some(rules) => rules.clone(),
            None => standing.and_then(|step| step.rules.clone()),
        };
        // What is not said beside new rules is what they say.
        let says_all = self.rules.as_ref().is_some_and(Option::is_some);
        let share = |said: Option<BasisPoints>, otherwise: BasisPoints| match says_all {
            true => said.unwrap_or_default(),
            false => said.unwrap_or(otherwise),
        };
        let is_funded = self.phase_type == PhaseType::Funded;
        let inherited = if is_funded {
            level.profit_split
        } else {
            BasisPoints::ZERO
        };
        let mut step = StepTerms {
            phase_type: self.phase_type,
            name: self.name.clone(),
            group,
            initial_balance_minor,
            duration_days: self.duration_days,
            max_daily_loss: share(self.daily_dd, level.daily_dd),
            max_total_loss: share(self.max_loss, level.max_loss),
            max_daily_profit: self.max_daily_profit,
            profit_target: self.profit_target,
            profit_split: self.profit_split.unwrap_or(inherited),
            min_trading_days: self.min_trading_days,
            max_trading_days: self.max_trading_days,
            max_positions: self.max_positions,
            rules: own,
        };
        if says_all {
            step.show_rules();
        }
        step
    }
}

/// The currency of the accounts: that of the first step's group.
pub(super) fn account_currency(terms: &Terms, groups: &[Group]) -> Option<Currency> {
    let step = terms.first_step()?;
    let group = groups.iter().find(|group| group.name == step.group)?;
    Some(group.currency)
}

/// The minor units that read the same in another currency; `None` where decimals would be lost.
fn same_major(minor: i64, old: Currency, new: Currency) -> Option<i64> {
    let same = Money::from_major(&Money::new(minor, old).shortest(), new).ok()?;
    Some(same.minor)
}

fn minor(field: &'static str, text: &str, currency: Currency, faults: &mut Vec<FieldFault>) -> i64 {
    match Money::from_major(text, currency) {
        Ok(money) if money.minor >= 0 => return money.minor,
        Ok(_) => faults.push(FieldFault::new(field, "0 or more is wanted")),
        Err(error) => faults.push(FieldFault::new(field, error)),
    }
    0
}

fn by_name<'g>(groups: &'g [Group], name: &str) -> Option<&'g Group> {
    groups.iter().find(|group| group.name == name)
}

/// A size cannot be chosen: it is the default deposit of the group. What is sent is compared.
fn same_size(text: &str, group: &Group) -> Result<(), String> {
    let deposit = group.default_deposit();
    match Money::from_major(text, group.currency) {
        Ok(size) if size == deposit => Ok(()),
        Ok(_) => Err(format!(
            "accounts of the group {} are opened with {} {}: choose another group",
            group.name,
            deposit.fixed(),
            deposit.currency
        )),
        Err(error) => Err(error.to_string()),
    }
}
