//! The firm file as it is written: one TOML file, tables named as people speak of them. Nothing is
//! decided here; see `read` for what the values must be.

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;
use touchstone_domain::program::{PhaseType, ProgramStatus};
use touchstone_domain::{AccountMode, BasisPoints, Currency, RuleSet, Symbol};
use touchstone_trading::{Booking, GroupTrading, HedgedMargin, TermsPatch};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FirmFile {
    /// Made-up people and money may stand in the file.
    #[serde(default)]
    pub demo: bool,
    /// Demo only: the secret behind the UUIDs, so that they are the same everywhere.
    pub public_id_secret: Option<Spanned<String>>,
    /// Demo only: the numbers that come next.
    pub next_numbers: Option<Spanned<NextNumbers>>,
    #[serde(default)]
    pub brands: Vec<BrandTable>,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct NextNumbers {
    pub customer: Option<i64>,
    pub login: Option<i64>,
    pub program: Option<i64>,
    pub purchase: Option<i64>,
    pub challenge: Option<i64>,
    pub order: Option<i64>,
    /// Of accounts that a pass opens; without it those of `login` go on.
    pub phase_login: Option<i64>,
    /// Of what funds them; without it those of `order` go on.
    pub phase_order: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BrandTable {
    pub name: Spanned<String>,
    #[serde(default = "yes")]
    pub can_open_demo: bool,
    #[serde(default = "yes")]
    pub can_open_real: bool,
    #[serde(default)]
    pub kyc_required_for_real: bool,
    pub conversion: Option<Spanned<ConversionTable>>,
    #[serde(default)]
    pub staff_totp_required: bool,
    #[serde(default)]
    pub groups: Vec<GroupTable>,
    #[serde(default)]
    pub staff: Vec<StaffTable>,
    #[serde(default)]
    pub customers: Vec<CustomerTable>,
    #[serde(default)]
    pub programs: Vec<ProgramTable>,
    #[serde(default)]
    pub promo_codes: Vec<PromoTable>,
}

/// How prices are converted into the currency of a payer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConversionTable {
    pub source: SourceWord,
    #[serde(default)]
    pub markup_pct: Percent,
    pub max_age_seconds: Option<u32>,
    pub max_age_days: Option<u32>,
    #[serde(default)]
    pub rates: Vec<RateTable>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SourceWord {
    /// Prices are paid in their own currency.
    None,
    Fixed,
    Quotes,
}

/// One `base` is `rate` of `quote`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateTable {
    pub base: Currency,
    pub quote: Currency,
    pub rate: String,
    pub valid_from: String,
}

/// Either a percentage, or an amount of a currency.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PromoTable {
    pub code: Spanned<String>,
    #[serde(default)]
    pub description: String,
    pub percent: Option<Percent>,
    pub amount: Option<String>,
    pub currency: Option<Currency>,
    pub valid_from: Option<String>,
    pub valid_to: Option<String>,
    pub total_limit: Option<i64>,
    pub per_customer_limit: Option<i64>,
    /// Names of programs of this brand in this file; all of the brand's when it is empty.
    #[serde(default)]
    pub programs: Vec<String>,
    #[serde(default)]
    pub first_purchase_only: bool,
    #[serde(default = "yes")]
    pub enabled: bool,
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupTable {
    pub name: Spanned<String>,
    pub mode: AccountMode,
    pub currency: Currency,
    pub leverage: i64,
    pub default_deposit: Option<String>,
    #[serde(default = "yes")]
    pub enabled: bool,
    #[serde(default)]
    pub public_opening: bool,
    #[serde(default)]
    pub max_positions: i64,
    #[serde(default)]
    pub trading: TradingTable,
}

/// What a group trades by, where it is not as in the catalogue.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TradingTable {
    pub booking: Option<Booking>,
    pub margin_call_pct: Option<Percent>,
    pub stop_out_pct: Option<Percent>,
    pub hedged_margin: Option<HedgedMargin>,
    pub max_orders: Option<usize>,
    pub instruments: BTreeMap<Symbol, TermsPatch>,
}

impl TradingTable {
    pub(super) fn read(self) -> GroupTrading {
        let standard = GroupTrading::default();
        let share = |percent: Option<Percent>| percent.map(|percent| percent.0);
        GroupTrading {
            booking: self.booking.unwrap_or(standard.booking),
            margin_call: share(self.margin_call_pct).unwrap_or(standard.margin_call),
            stop_out: share(self.stop_out_pct).unwrap_or(standard.stop_out),
            hedged_margin: self.hedged_margin.unwrap_or(standard.hedged_margin),
            max_orders: self.max_orders.unwrap_or(standard.max_orders),
            instruments: self.instruments,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StaffTable {
    pub email: Spanned<String>,
    #[serde(default)]
    pub full_name: String,
    pub enabled: Option<bool>,
    pub role: Option<String>,
    pub view_scope: Option<String>,
    /// The first password; exactly one of the four. This one is for demo firms only.
    pub password: Option<SecretString>,
    /// A file that holds nothing else, found from the firm file's folder.
    pub password_file: Option<String>,
    /// Name of an environment variable.
    pub password_env: Option<String>,
    /// Argon2id in PHC form.
    pub password_hash: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerTable {
    pub number: i64,
    pub email: Spanned<String>,
    pub first_name: String,
    pub last_name: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub country: String,
    pub password: SecretString,
    #[serde(default)]
    pub accounts: Vec<AccountTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountTable {
    pub login: Spanned<i64>,
    pub group: String,
    pub balance: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProgramTable {
    /// The number of a program that is there already, so that it can be renamed.
    pub id: Option<i64>,
    pub name: Spanned<String>,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub short_description: String,
    #[serde(default = "active")]
    pub status: ProgramStatus,
    pub sort_index: Option<i64>,
    #[serde(default)]
    pub is_seed: bool,
    pub price: String,
    pub currency: Currency,
    #[serde(default)]
    pub steps: Vec<StepTable>,
    #[serde(default)]
    pub addons: Vec<AddonTable>,
    pub conduct: Option<Spanned<ConductTable>>,
    pub refund: Option<RefundTable>,
}

const fn active() -> ProgramStatus {
    ProgramStatus::Active
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepTable {
    #[serde(default, rename = "type")]
    pub phase_type: PhaseType,
    pub name: Spanned<String>,
    pub group: String,
    #[serde(default)]
    pub duration_days: i64,
    #[serde(default)]
    pub max_daily_loss_pct: Percent,
    #[serde(default)]
    pub max_total_loss_pct: Percent,
    #[serde(default)]
    pub max_daily_profit_pct: Percent,
    #[serde(default)]
    pub profit_target_pct: Percent,
    #[serde(default)]
    pub profit_split_pct: Percent,
    #[serde(default)]
    pub min_trading_days: i64,
    #[serde(default)]
    pub max_trading_days: i64,
    #[serde(default)]
    pub max_positions: i64,
    pub rules: Option<RuleSet>,
}

/// Either a price or a share of the program's price.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddonTable {
    pub code: Spanned<String>,
    pub name: String,
    pub price: Option<String>,
    pub price_pct: Option<Percent>,
    pub effect: Option<EffectWord>,
    /// Codes of others that cannot be bought with it.
    #[serde(default)]
    pub excludes: Vec<String>,
}

/// When a fee is given back to whoever asks.
#[derive(Deserialize, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub(super) struct RefundTable {
    pub within_days: u32,
    #[serde(default)]
    pub kept_pct: Percent,
}

/// By how much the limits of loss are raised.
#[derive(Deserialize, Clone, Copy, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DrawdownTable {
    pub daily_by_pct: Percent,
    pub max_by_pct: Percent,
}

/// What an add-on does.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum EffectWord {
    NoTimeLimit,
    ProfitSplitPct(Percent),
    Drawdown(DrawdownTable),
    MinTradingDays(u32),
    Leverage(u32),
    WeekendHolding,
    /// Nothing by itself: people of the firm do it.
    ByHand,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ConductTable {
    pub daily_dd_mode: Option<String>,
    pub max_loss_mode: Option<String>,
    pub max_loss_lock_at: Option<String>,
    pub max_loss_lock_buffer_pct: Option<Percent>,
    pub consistency_pct: Option<Percent>,
    pub consistency_enforcement: Option<String>,
    pub news_blackout_enabled: bool,
    pub news_blackout_seconds_before: i64,
    pub news_blackout_seconds_after: i64,
    pub news_min_impact: Option<String>,
    pub news_event_actions: Vec<String>,
    pub weekend_close_enabled: bool,
    pub weekend_close_dow: Option<i64>,
    pub weekend_close_time: Option<String>,
    pub weekend_close_action: Option<String>,
    pub max_lots_per_symbol: Option<Hundredths>,
    pub min_trade_duration_seconds: i64,
    pub hedging_same_account: Option<bool>,
    pub hedging_cross_account: Option<bool>,
    pub ea_allowed: Option<bool>,
    pub copy_trading_allowed: Option<bool>,
    pub payout_cadence: Option<String>,
    pub payout_min_amount: Option<String>,
    pub payout_min_trading_days: i64,
    pub reset_fee: Option<String>,
    pub fee_refund_policy: Option<String>,
    pub scaling_plan: Vec<serde_json::Value>,
}

/// Percent with at most two decimals: `5` or `"7.25"`.
#[derive(Clone, Copy, Default)]
pub(super) struct Percent(pub BasisPoints);

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TwoDecimals("percent"))
            .map(|value| Self(BasisPoints(value)))
    }
}

/// A number with at most two decimals, as `"0.5"`.
#[derive(Clone, Copy)]
pub(super) struct Hundredths(pub i64);

impl<'de> Deserialize<'de> for Hundredths {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TwoDecimals("a number")).map(Self)
    }
}

struct TwoDecimals(&'static str);

impl Visitor<'_> for TwoDecimals {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} as a whole number, or as text with at most two decimals like \"7.25\"",
            self.0
        )
    }

    fn visit_i64<E: de::Error>(self, whole: i64) -> Result<i64, E> {
        whole
            .checked_mul(100)
            .ok_or_else(|| E::invalid_value(de::Unexpected::Signed(whole), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<i64, E> {
        BasisPoints::from_percent(text)
            .map(|value| value.0)
            .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}
