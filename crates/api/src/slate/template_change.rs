//! The body of `PATCH /prop/templates/{template_id}`.

use super::error::{ApiError, Location, ValidationError};
use crate::input::{Decimal, Text, Within, given};
use crate::limits;
use serde::Deserialize;
use serde_json::{Map, Value};
use touchstone_app::App;
use touchstone_app::templates::{FieldFault, PhaseChange, TemplateChange};
use touchstone_domain::basis_points::parse_decimal;
use touchstone_domain::program::{ConductPatch, PhaseType};
use touchstone_domain::{BasisPoints, Currency, EntityKind, GroupId};
use utoipa::ToSchema;
use uuid::Uuid;

type Word = Text<0, 64>;
type Count = Within<0, 1_000_000_000>;

/// Only what is supplied is written. Null takes a value away where there need not be one.
/// Percentages and amounts in major units have at most as many decimals as are kept: two, and those
/// of the currency.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UpdateTemplateRequest {
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    name: Option<Text<1, 120>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    description: Option<Text<0, 4000>>,
    /// On sale or not.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
    /// Of the accounts of all phases.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    account_size: Option<Decimal>,
    /// Must be the currency of the group.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    account_currency: Option<String>,
    /// Of the first phase and of those that share its group.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    group_id: Option<Uuid>,
    /// Of all phases, as is `max_loss_pct`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    daily_dd_pct: Option<Decimal>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    max_loss_pct: Option<Decimal>,
    /// What `daily_dd_pct` is counted from: `balance`, `equity`, `higher_of_balance_and_equity` (at the reset), `initial`, or
    /// `intraday_peak`. Null: `equity`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    daily_dd_mode: Option<Option<Word>>,
    /// `static` (as null is), `trailing_end_of_day_balance`, `trailing_end_of_day_higher_of_balance_and_equity`,
    /// `trailing_closed_balance` or `trailing_intraday_equity`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    max_loss_mode: Option<Option<Word>>,
    /// Where a trailing floor stops: `never` (as null is), `initial` or `target_balance`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    max_loss_lock_at: Option<Option<Word>>,
    /// Percent above the initial balance, of a lock at `initial`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    max_loss_lock_buffer: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    consistency_pct: Option<Option<Decimal>>,
    /// `pass` (as null is), `payout`, `payout_window` or `warning`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    consistency_enforcement: Option<Option<Word>>,
    /// Whether the actions of `news_event_actions` are forbidden around the news of the calendar.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    news_blackout_enabled: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    news_blackout_seconds_before: Option<Count>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    news_blackout_seconds_after: Option<Count>,
    /// `low`, `medium` or `high`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    news_min_impact: Option<Option<Word>>,
    /// `open`, `close`, `modify`; or `hold`, beside `open` at most.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    news_event_actions: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    weekend_close_enabled: Option<bool>,
    /// 0 is Sunday.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    weekend_close_dow: Option<Option<Within<0, 6>>>,
    /// `21:00`
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    weekend_close_time: Option<Option<Text<5, 5>>>,
    /// `close_position` (as null is) or `fail`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    weekend_close_action: Option<Option<Word>>,
    /// Longs less shorts of one symbol; an order beyond is rejected.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    max_lots_per_symbol: Option<Option<Decimal>>,
    /// A profit made sooner is taken back.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    min_trade_duration_seconds: Option<Count>,
    #[serde(default, deserialize_with = "given")]
    hedging_same_account: Option<Option<bool>>,
    #[serde(default, deserialize_with = "given")]
    hedging_cross_account: Option<Option<bool>>,
    #[serde(default, deserialize_with = "given")]
    ea_allowed: Option<Option<bool>>,
    #[serde(default, deserialize_with = "given")]
    copy_trading_allowed: Option<Option<bool>>,
    /// Of the funded phase.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    profit_split_pct: Option<Decimal>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    payout_cadence: Option<Option<Word>>,
    /// In the accounts' currency.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    payout_min_amount: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    payout_min_trading_days: Option<Count>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    fee_amount: Option<Decimal>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    fee_currency: Option<String>,
    /// Null or 0: a reset is free.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    reset_fee_amount: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    fee_refund_policy: Option<Option<Word>>,
    /// All phases, in their order: what is not listed is gone.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    phases: Option<Vec<UpdateTemplatePhase>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    scaling_plan: Option<Vec<Map<String, Value>>>,
}

/// What is left out comes from the template, else the rule is off (0). An unknown property is
/// refused, so that no rule is believed to be set that is not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTemplatePhase {
    #[schema(inline)]
    name: Text<1, 120>,
    #[serde(default)]
    #[schema(inline)]
    phase_type: PhaseWord,
    group_id: Option<Uuid>,
    #[schema(inline)]
    account_size: Option<Decimal>,
    #[schema(inline)]
    profit_target_pct: Option<Decimal>,
    #[schema(inline)]
    daily_dd_pct: Option<Decimal>,
    #[schema(inline)]
    max_loss_pct: Option<Decimal>,
    #[schema(inline)]
    max_daily_profit_pct: Option<Decimal>,
    /// Of a funded phase only.
    #[schema(inline)]
    profit_split_pct: Option<Decimal>,
    #[schema(inline)]
    duration_days: Option<Count>,
    #[schema(inline)]
    min_trading_days: Option<Count>,
    #[schema(inline)]
    max_trading_days: Option<Count>,
    #[schema(inline)]
    max_positions: Option<Count>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhaseWord {
    #[default]
    Evaluation,
    Funded,
}

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
            if phases.len() > limits::PHASES_MAX {
                let message = format!("at most {} phases", limits::PHASES_MAX);
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
            account_size: self.account_size.map(text),
            account_currency: read.currency("account_currency", self.account_currency),
            group: group(self.group_id),
            daily_dd: read.percent("daily_dd_pct", self.daily_dd_pct),
            max_loss: read.percent("max_loss_pct", self.max_loss_pct),
            profit_split: read.percent("profit_split_pct", self.profit_split_pct),
            fee_amount: self.fee_amount.map(text),
            fee_currency: read.currency("fee_currency", self.fee_currency),
            reset_fee_amount: self.reset_fee_amount.map(|fee| fee.map(text)),
            payout_min_amount: self.payout_min_amount.map(|least| least.map(text)),
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
            field,
            phase,
            message,
        });
    }

    /// Hundredths.
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
    let name = |name: &str| Location::Name(name.to_owned());
    let line = |fault: FieldFault| {
        let mut loc = vec![name("body"), name(fault.field)];
        if let Some((index, field)) = fault.phase {
            loc.extend([Location::Index(index), name(field)]);
        }
        ValidationError {
            loc,
            msg: format!("Value error, {}", fault.message),
            r#type: "value_error".to_owned(),
        }
    };
    ApiError::validation(faults.into_iter().map(line).collect())
}
