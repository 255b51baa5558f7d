//! The bodies of what makes, changes and checks a template. They have the same fields.

use crate::input::{Decimal, Text, Within, given};
use crate::refund_policy::RefundPolicyRequest;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) type Word = Text<0, 64>;
pub(super) type Count = Within<0, 1_000_000_000>;

/// The shared fields once, for three bodies.
macro_rules! bodies {
    ($($(#[$attribute:meta])* $field:ident: [$($of:tt)+],)+) => {
        /// Only what is supplied is written. Null takes a value away where there need not be one.
        /// Percentages and amounts in major units have at most as many decimals as are kept: two, and those
        /// of the currency.
        #[derive(Debug, Deserialize, ToSchema)]
        pub struct UpdateTemplateRequest {
            #[serde(default, deserialize_with = "given")]
            #[schema(inline, nullable = false)]
            pub(super) name: Option<Text<1, 120>>,
            /// The version that the change was made for. When it is another one by now, nothing is changed.
            #[serde(default, deserialize_with = "given")]
            #[schema(inline, nullable = false)]
            pub(super) version: Option<Count>,
            $($(#[$attribute])* pub(super) $field: $($of)+,)+
        }

        /// What is left out is as the preset has it, else off. The template is not on sale where nothing else is said.
        #[derive(Debug, Deserialize, ToSchema)]
        pub struct CreateTemplateRequest {
            #[schema(inline)]
            pub(super) name: Text<1, 120>,
            /// The ready-made program to begin from, by its code.
            #[serde(default, deserialize_with = "given")]
            #[schema(inline, nullable = false)]
            pub(super) preset: Option<Text<1, 64>>,
            $($(#[$attribute])* pub(super) $field: $($of)+,)+
        }

        /// As for making a template; with `template_id` as for changing that one.
        #[derive(Debug, Deserialize, ToSchema)]
        pub struct ValidateTemplateRequest {
            #[serde(default, deserialize_with = "given")]
            #[schema(nullable = false)]
            pub(super) template_id: Option<Uuid>,
            #[serde(default, deserialize_with = "given")]
            #[schema(inline, nullable = false)]
            pub(super) name: Option<Text<1, 120>>,
            #[serde(default, deserialize_with = "given")]
            #[schema(inline, nullable = false)]
            pub(super) preset: Option<Text<1, 64>>,
            $($(#[$attribute])* pub(super) $field: $($of)+,)+
        }

        impl From<CreateTemplateRequest> for UpdateTemplateRequest {
            fn from(body: CreateTemplateRequest) -> Self {
                Self { name: Some(body.name), version: None, $($field: body.$field,)+ }
            }
        }

        impl From<ValidateTemplateRequest> for UpdateTemplateRequest {
            fn from(body: ValidateTemplateRequest) -> Self {
                Self { name: body.name, version: None, $($field: body.$field,)+ }
            }
        }
    };
}

bodies! {
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    description: [Option<Text<0, 4000>>],
    /// On sale or not.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: [Option<bool>],
    /// `active` (on sale), `disabled` (not on sale) or `archived` (left out of lists too). It suffices without `is_active`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    status: [Option<StatusWord>],
    /// Where it stands in lists: smaller numbers come first.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    sort_index: [Option<Within<-1_000_000_000, 1_000_000_000>>],
    /// Of the accounts of all phases.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    account_size: [Option<Decimal>],
    /// Must be the currency of the group.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    account_currency: [Option<String>],
    /// Of the first phase and of those that share its group.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    group_id: [Option<Uuid>],
    /// Of the funded phase.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    funded_group_id: [Option<Uuid>],
    /// Of all phases, as is `max_loss_pct`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    daily_dd_pct: [Option<Decimal>],
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    max_loss_pct: [Option<Decimal>],
    /// What `daily_dd_pct` is counted from: `balance`, `equity`, `higher_of_balance_and_equity` (at the reset), `initial`, or
    /// `intraday_peak`. Null: `equity`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    daily_dd_mode: [Option<Option<Word>>],
    /// `static` (as null is), `trailing_end_of_day_balance`, `trailing_end_of_day_higher_of_balance_and_equity`,
    /// `trailing_closed_balance` or `trailing_intraday_equity`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    max_loss_mode: [Option<Option<Word>>],
    /// Where a trailing floor stops: `never` (as null is), `initial` or `target_balance`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    max_loss_lock_at: [Option<Option<Word>>],
    /// Percent above the initial balance, of a lock at `initial`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    max_loss_lock_buffer: [Option<Option<Decimal>>],
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    consistency_pct: [Option<Option<Decimal>>],
    /// `pass` (as null is), `payout`, `payout_window` or `warning`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    consistency_enforcement: [Option<Option<Word>>],
    /// Whether the actions of `news_event_actions` are forbidden around the news of the calendar.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    news_blackout_enabled: [Option<bool>],
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    news_blackout_seconds_before: [Option<Count>],
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    news_blackout_seconds_after: [Option<Count>],
    /// `low`, `medium` or `high`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    news_min_impact: [Option<Option<Word>>],
    /// `open`, `close`, `modify`; or `hold`, beside `open` at most.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    news_event_actions: [Option<Vec<String>>],
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    weekend_close_enabled: [Option<bool>],
    /// 0 is Sunday.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    weekend_close_dow: [Option<Option<Within<0, 6>>>],
    /// `21:00`
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    weekend_close_time: [Option<Option<Text<5, 5>>>],
    /// `close_position` (as null is) or `fail`.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    weekend_close_action: [Option<Option<Word>>],
    /// Longs less shorts of one symbol; an order beyond is rejected.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    max_lots_per_symbol: [Option<Option<Decimal>>],
    /// A profit made sooner is taken back.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    min_trade_duration_seconds: [Option<Count>],
    #[serde(default, deserialize_with = "given")]
    hedging_same_account: [Option<Option<bool>>],
    #[serde(default, deserialize_with = "given")]
    hedging_cross_account: [Option<Option<bool>>],
    #[serde(default, deserialize_with = "given")]
    ea_allowed: [Option<Option<bool>>],
    #[serde(default, deserialize_with = "given")]
    copy_trading_allowed: [Option<Option<bool>>],
    /// Of the funded phase.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    profit_split_pct: [Option<Decimal>],
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    payout_cadence: [Option<Option<Word>>],
    /// In the accounts' currency.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    payout_min_amount: [Option<Option<Decimal>>],
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    payout_min_trading_days: [Option<Count>],
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    fee_amount: [Option<Decimal>],
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    fee_currency: [Option<String>],
    /// Null or 0: a reset is free.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    reset_fee_amount: [Option<Option<Decimal>>],
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    fee_refund_policy: [Option<Option<Word>>],
    /// When the fee is given back to whoever asks. Null: never.
    #[serde(default, deserialize_with = "given")]
    refund_policy: [Option<Option<RefundPolicyRequest>>],
    /// All phases, in their order: what is not listed is gone.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    phases: [Option<Vec<UpdateTemplatePhase>>],
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    scaling_plan: [Option<Vec<Map<String, Value>>>],
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    Active,
    Disabled,
    Archived,
}

/// What is left out comes from the template, else the rule is off (0). An unknown property is
/// refused, so that no rule is believed to be set that is not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTemplatePhase {
    #[schema(inline)]
    pub(super) name: Text<1, 120>,
    #[serde(default)]
    #[schema(inline)]
    pub(super) phase_type: PhaseWord,
    pub(super) group_id: Option<Uuid>,
    #[schema(inline)]
    pub(super) account_size: Option<Decimal>,
    #[schema(inline)]
    pub(super) profit_target_pct: Option<Decimal>,
    #[schema(inline)]
    pub(super) daily_dd_pct: Option<Decimal>,
    #[schema(inline)]
    pub(super) max_loss_pct: Option<Decimal>,
    #[schema(inline)]
    pub(super) max_daily_profit_pct: Option<Decimal>,
    /// Of a funded phase only.
    #[schema(inline)]
    pub(super) profit_split_pct: Option<Decimal>,
    #[schema(inline)]
    pub(super) duration_days: Option<Count>,
    #[schema(inline)]
    pub(super) min_trading_days: Option<Count>,
    #[schema(inline)]
    pub(super) max_trading_days: Option<Count>,
    #[schema(inline)]
    pub(super) max_positions: Option<Count>,
    /// A rule set of its own, as its schema describes it (docs/rule-set.schema.json); what else is left out is then as it
    /// says. Null takes it away, and without this property the one that the phase has stays.
    #[serde(default, deserialize_with = "given")]
    #[schema(inline)]
    pub(super) rules: Option<Option<Map<String, Value>>>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhaseWord {
    #[default]
    Evaluation,
    Funded,
}
