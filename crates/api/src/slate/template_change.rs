//! The bodies that make and change templates, in the words of the domain.

use super::error::{ApiError, Context, Location, ValidationError};
use super::template_request::{
    Count, PhaseWord, StatusWord, UpdateTemplatePhase, UpdateTemplateRequest,
};
use crate::input::{Decimal, Text, Within};
use crate::refund_policy::RefundPolicyRequest;
use serde_json::Value;
use touchstone_app::App;
use touchstone_app::templates::{FieldFault, INVALID_VALUE, PhaseChange, TemplateChange};
use touchstone_domain::basis_points::parse_decimal;
use touchstone_domain::program::{ConductPatch, PhaseType, ProgramStatus, RefundPolicy, STEPS_MAX};
use touchstone_domain::{BasisPoints, Currency, EntityKind, GroupId, RuleSet};
use uuid::Uuid;

impl UpdateTemplateRequest {
    /// The change in the words of the domain.
    ///
    /// # Errors
    /// Everything that cannot be read: currencies, and percentages with too many decimals.
    pub(super) fn into_change(self, app: &App) -> Result<TemplateChange, ApiError> {
        let mut read = Reader::default();
        let group =
            |id: Option<Uuid>| id.map(|id| app.public_ids.key(EntityKind::Group, id).map(GroupId));
        let phases = self.phases.map(|phases| {
            if phases.len() > STEPS_MAX {
                let message = format!("at most {STEPS_MAX} phases");
                read.fault("phases", None, message);
            }
            let phases = phases.into_iter().enumerate();
            phases
                .map(|(index, phase)| phase.into_change(index, &mut read, group))
                .collect()
        });
        let change = TemplateChange {
            name: self.name.map(Text::into_string),
            description: self.description.map(Text::into_string),
            is_active: self.is_active,
            status: self.status.map(|status| match status {
                StatusWord::Active => ProgramStatus::Active,
                StatusWord::Disabled => ProgramStatus::Disabled,
                StatusWord::Archived => ProgramStatus::Archived,
            }),
            sort_index: self.sort_index.map(Within::get),
            account_size: self.account_size.map(text),
            account_currency: read.currency("account_currency", self.account_currency),
            group: group(self.group_id),
            funded_group: group(self.funded_group_id),
            daily_dd: read.percent("daily_dd_pct", self.daily_dd_pct),
            max_loss: read.percent("max_loss_pct", self.max_loss_pct),
            profit_split: read.percent("profit_split_pct", self.profit_split_pct),
            fee_amount: self.fee_amount.map(text),
            fee_currency: read.currency("fee_currency", self.fee_currency),
            reset_fee_amount: self.reset_fee_amount.map(|fee| fee.map(text)),
            payout_min_amount: self.payout_min_amount.map(|least| least.map(text)),
            refund: read.refund(self.refund_policy),
            conduct: ConductPatch {
                daily_dd_mode: word(self.daily_dd_mode),
                max_loss_mode: word(self.max_loss_mode),
                max_loss_lock_at: word(self.max_loss_lock_at),
                max_loss_lock_buffer: self
                    .max_loss_lock_buffer
                    .map(|share| read.percent("max_loss_lock_buffer", share)),
                consistency_pct: self
                    .consistency_pct
                    .map(|share| read.percent("consistency_pct", share)),
                consistency_enforcement: word(self.consistency_enforcement),
                news_blackout_enabled: self.news_blackout_enabled,
                news_blackout_seconds_before: self.news_blackout_seconds_before.map(Within::get),
                news_blackout_seconds_after: self.news_blackout_seconds_after.map(Within::get),
                news_min_impact: word(self.news_min_impact),
                news_event_actions: self.news_event_actions,
                weekend_close_enabled: self.weekend_close_enabled,
                weekend_close_dow: self.weekend_close_dow.map(|day| day.map(Within::get)),
                weekend_close_time: word(self.weekend_close_time),
                weekend_close_action: word(self.weekend_close_action),
                max_lots_per_symbol_hundredths: self.max_lots_per_symbol.map(|lots| {
                    let lots = read.percent("max_lots_per_symbol", lots);
                    lots.map(|hundredths| hundredths.0)
                }),
                min_trade_duration_seconds: self.min_trade_duration_seconds.map(Within::get),
                hedging_same_account: self.hedging_same_account,
                hedging_cross_account: self.hedging_cross_account,
                ea_allowed: self.ea_allowed,
                copy_trading_allowed: self.copy_trading_allowed,
                payout_cadence: word(self.payout_cadence),
                payout_min_trading_days: self.payout_min_trading_days.map(Within::get),
                fee_refund_policy: word(self.fee_refund_policy),
                scaling_plan: self
                    .scaling_plan
                    .map(|plan| plan.into_iter().map(Value::Object).collect()),
                // Amounts are read when their currency is known.
                payout_min_amount_minor: None,
                reset_fee_minor: None,
            },
            phases,
        };
        if read.faults.is_empty() {
            Ok(change)
        } else {
            Err(refusal(read.faults))
        }
    }
}

impl UpdateTemplatePhase {
    fn into_change(
        self,
        index: usize,
        read: &mut Reader,
        group: impl Fn(Option<Uuid>) -> Option<Option<GroupId>>,
    ) -> PhaseChange {
        let rules = self.rules.map(|rules| {
            let rules = serde_json::from_value::<RuleSet>(Value::Object(rules?));
            let fault = |error: serde_json::Error| {
                read.fault("phases", Some((index, "rules")), error.to_string());
            };
            rules.map_err(fault).ok()
        });
        let mut percent =
            |field, value: Option<Decimal>| read.percent_of_phase(index, field, value);
        let count = |value: Option<Count>| value.map_or(0, Within::get);
        PhaseChange {
            name: self.name.into_string(),
            phase_type: match self.phase_type {
                PhaseWord::Evaluation => PhaseType::Evaluation,
                PhaseWord::Funded => PhaseType::Funded,
            },
            group: group(self.group_id),
            account_size: self.account_size.map(text),
            daily_dd: percent("daily_dd_pct", self.daily_dd_pct),
            max_loss: percent("max_loss_pct", self.max_loss_pct),
            max_daily_profit: percent("max_daily_profit_pct", self.max_daily_profit_pct)
                .unwrap_or_default(),
            profit_target: percent("profit_target_pct", self.profit_target_pct).unwrap_or_default(),
            profit_split: percent("profit_split_pct", self.profit_split_pct),
            duration_days: count(self.duration_days),
            min_trading_days: count(self.min_trading_days),
            max_trading_days: count(self.max_trading_days),
            max_positions: count(self.max_positions),
            rules,
        }
    }
}

/// Reads values and keeps what is wrong with them.
#[derive(Default)]
struct Reader {
    faults: Vec<FieldFault>,
}

impl Reader {
    fn fault(
        &mut self,
        field: &'static str,
        phase: Option<(usize, &'static str)>,
        message: String,
    ) {
        self.faults.push(FieldFault {
            code: INVALID_VALUE,
            field,
            phase,
            message,
        });
    }

    /// Hundredths.
    fn refund(
        &mut self,
        policy: Option<Option<RefundPolicyRequest>>,
    ) -> Option<Option<RefundPolicy>> {
        let policy = policy?;
        let read = policy.as_ref().map(RefundPolicyRequest::read);
        if read == Some(None) {
            self.fault("refund_policy", None, TOO_FINE.to_owned());
        }
        Some(read.flatten())
    }

    fn percent(&mut self, field: &'static str, value: Option<Decimal>) -> Option<BasisPoints> {
        let value = value?;
        let read = hundredths(&value);
        if read.is_none() {
            self.fault(field, None, TOO_FINE.to_owned());
        }
        read
    }

    fn percent_of_phase(
        &mut self,
        index: usize,
        field: &'static str,
        value: Option<Decimal>,
    ) -> Option<BasisPoints> {
        let value = value?;
        let read = hundredths(&value);
        if read.is_none() {
            self.fault("phases", Some((index, field)), TOO_FINE.to_owned());
        }
        read
    }

    fn currency(&mut self, field: &'static str, code: Option<String>) -> Option<Currency> {
        match code?.parse() {
            Ok(currency) => Some(currency),
            Err(error) => {
                self.fault(field, None, format!("{error}"));
                None
            }
        }
    }
}

const TOO_FINE: &str = "a number with at most two decimals is wanted";

fn hundredths(value: &Decimal) -> Option<BasisPoints> {
    parse_decimal(value.as_str(), 2).map(BasisPoints)
}

fn text(value: Decimal) -> String {
    value.as_str().to_owned()
}

fn word<const MIN: usize, const MAX: usize>(
    word: Option<Option<Text<MIN, MAX>>>,
) -> Option<Option<String>> {
    word.map(|word| word.map(Text::into_string))
}

/// The 422 with a line for each fault.
pub(super) fn refusal(faults: Vec<FieldFault>) -> ApiError {
    let line = |fault: FieldFault| ValidationError {
        loc: place(&fault),
        msg: format!("Value error, {}", fault.message),
        r#type: "value_error".to_owned(),
        ctx: Some(Context { code: fault.code }),
    };
    ApiError::validation(faults.into_iter().map(line).collect())
}

/// Where in the body a fault is.
pub(super) fn place(fault: &FieldFault) -> Vec<Location> {
    let name = |name: &str| Location::Name(name.to_owned());
    let mut loc = vec![name("body"), name(fault.field)];
    if let Some((index, field)) = fault.phase {
        loc.extend([Location::Index(index), name(field)]);
    }
    loc
}
