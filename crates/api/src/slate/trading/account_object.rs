//! An account as it stands.

use super::super::journey_detail::{phase_status, phase_type};
use super::super::running::{CHARGED_BACK, SUSPENDED_BECAUSE, TimeLimitObject};
use super::decimals::{digits, fixed, lots, money, price};
use super::words::{SideWord, TypeWord};
use serde::Serialize;
use touchstone_app::App;
use touchstone_app::desk::{PositionView, RulesView};
use touchstone_app::trading_desk::{
    AnchorSource, BookedDeal, JourneyPlace, Limit, Measure, Order, PhaseStatus, Protection,
    Standing, kind_of,
};
use touchstone_domain::{
    AccountKind, BasisPoints, Currency, EntityKind, Side, Symbol, UnixMicros, Volume,
};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountState {
    account_id: Uuid,
    login: String,
    customer_id: Uuid,
    group_id: Uuid,
    group_name: String,
    /// `challenge`, or `personal` of one that its owner opened: it holds money and is not traded.
    account_type: &'static str,
    currency: String,
    leverage: i64,
    is_active: bool,
    /// Whether the desk deals for it now.
    is_traded: bool,
    pub(crate) balance: String,
    /// Null when it cannot be told just now.
    pub(crate) equity: Option<String>,
    /// Of all positions at what they can be closed at now.
    pub(crate) profit: Option<String>,
    pub(crate) margin: Option<String>,
    pub(crate) free_margin: Option<String>,
    /// Equity in percent of the margin; null without margin.
    margin_level: Option<String>,
    /// It was warned that its margin runs out, and has not recovered since.
    margin_call_risk: bool,
    /// A symbol whose price is too old to judge the account by.
    stale_symbol: Option<String>,
    pub(crate) positions: Vec<PositionObject>,
    /// Orders that wait for their price.
    orders: Vec<OrderObject>,
    /// Null for an account of no challenge, or before it is paid.
    journey: Option<JourneyStanding>,
    as_of: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PositionObject {
    pub(crate) position_id: i64,
    pub(crate) symbol: String,
    pub(crate) side: SideWord,
    /// In lots.
    pub(crate) volume: String,
    /// The average, rounded to a point.
    pub(crate) open_price: String,
    /// What it could be closed at now.
    current_price: Option<String>,
    pub(crate) profit: Option<String>,
    pub(crate) stop_loss: Option<String>,
    pub(crate) take_profit: Option<String>,
    /// How far behind the price the stop follows it.
    trailing_distance: Option<String>,
    margin: String,
    opened_at: String,
}

/// An order that waits for its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderObject {
    order_id: i64,
    symbol: String,
    side: SideWord,
    r#type: TypeWord,
    /// In lots.
    volume: String,
    /// Of a stop limit the stop.
    price: Option<String>,
    limit_price: Option<String>,
    stop_loss: Option<String>,
    take_profit: Option<String>,
    trailing_distance: Option<String>,
    expires_at: Option<String>,
    placed_at: String,
}

/// How the phase stands that the account is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JourneyStanding {
    journey_id: Uuid,
    /// Counted from 1.
    phase_index: i64,
    phase: String,
    /// `evaluation` or `funded`.
    phase_type: Option<&'static str>,
    /// `active`, `passed`, `breached` or `closed`.
    status: &'static str,
    initial_balance: String,
    started_at: String,
    ended_at: Option<String>,
    /// Floors and ceilings that hold now, with what each was worked out from.
    limits: Vec<TradingLimit>,
    /// When the phase fails by time; empty when it is over.
    time_limits: Vec<TimeLimitObject>,
    progress: Option<TradingProgress>,
    /// What the day's loss is counted from, or the balance at its beginning.
    day_start: Option<String>,
    day_ends_at: Option<String>,
    /// A price is too old, and nothing is judged until there is a new one; or the fee was taken back by a bank, and the
    /// owner can do nothing.
    is_suspended: bool,
    /// `stale_price` or `fee_charged_back`; null otherwise.
    suspended_because: Option<&'static str>,
    /// The symbols whose prices it waits for.
    suspended_symbols: Vec<String>,
    /// The day's limit was reached: nothing is opened until then.
    paused_until: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TradingLimit {
    /// `daily_loss`, `daily_profit_cap` or `max_loss`.
    rule: &'static str,
    /// At or beyond it the rule is crossed.
    level: String,
    /// What may be lost from the anchor, or won.
    amount: String,
    anchor: String,
    /// `opening`, `reset` or `staff`.
    anchor_source: &'static str,
    anchor_taken_at: String,
    /// The anchor was taken while a price was too old.
    is_provisional: bool,
    /// The high that the floor follows.
    peak: Option<String>,
    /// It follows no more.
    is_locked: bool,
    /// A breach by it was taken back: it is left alone until the measure is on its good side again.
    is_resting: bool,
    /// `equity`, `balance` or `realised_only`.
    measure: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TradingProgress {
    profit: String,
    profit_target: Option<String>,
    trading_days: u32,
    min_trading_days: u32,
    profitable_days: u32,
    min_profitable_days: u32,
    open_positions: u32,
    consistency: Option<TradingConsistency>,
}

/// How much of the profit came from the best day or trade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TradingConsistency {
    best: String,
    of_profit: String,
    /// In percent.
    share: String,
    /// What the profit must be for this best one.
    required_profit: String,
    is_met: bool,
}

impl AccountState {
    pub(super) fn new(app: &App, standing: &Standing) -> Self {
        let (account, live) = (&standing.account, standing.live.as_ref());
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let text = |minor| money(minor, account.currency);
        let figures = live.map(|view| view.figures);
        let positions = live.map(|view| &view.positions[..]).unwrap_or_default();
        let orders = live.map(|view| &view.orders[..]).unwrap_or_default();
        let level = figures.and_then(|figures| figures.margin_level);
        let stale = figures.and_then(|figures| figures.stale);
        let is_traded = live.is_some_and(|view| view.rules.is_some());
        Self {
            account_id: uuid(EntityKind::Account, account.login.0),
            login: account.login.to_string(),
            customer_id: uuid(EntityKind::Customer, account.customer_id.0),
            group_id: uuid(EntityKind::Group, account.group_id.0),
            group_name: standing.group.name.clone(),
            account_type: account_type(account.kind),
            currency: account.currency.to_string(),
            leverage: account.leverage,
            is_active: account.enabled,
            is_traded,
            balance: text(figures.map_or(account.balance_minor, |f| f.balance_minor)),
            equity: standing.equity_minor.map(text),
            profit: figures.map(|figures| text(figures.profit_minor)),
            margin: figures.map(|figures| text(figures.margin_minor)),
            free_margin: figures.map(|figures| text(figures.free_margin_minor)),
            margin_level: level.map(BasisPoints::percent),
            margin_call_risk: live.is_some_and(|view| view.margin_called),
            stale_symbol: stale.map(|symbol| symbol.to_string()),
            positions: positions
                .iter()
                .map(|view| PositionObject::new(app, view, account.currency))
                .collect(),
            orders: orders.iter().map(|o| OrderObject::new(app, o)).collect(),
            journey: standing
                .journey
                .as_ref()
                .map(|place| JourneyStanding::new(app, standing, place)),
            as_of: standing.as_of.rfc3339(),
        }
    }

    /// An amount in its currency, as its own are written.
    pub(crate) fn money(&self, minor: i64) -> String {
        let currency = self.currency.parse();
        currency.map_or_else(|_| minor.to_string(), |currency| money(minor, currency))
    }

    /// Whether nothing but the time differs.
    pub(super) fn stands_as(&self, before: &Self) -> bool {
        let as_of = before.as_of.clone();
        *before
            == Self {
                as_of,
                ..self.clone()
            }
    }

    pub(super) fn into_positions(self) -> (Vec<PositionObject>, String) {
        (self.positions, self.as_of)
    }

    pub(super) fn into_orders(self) -> (Vec<OrderObject>, String) {
        (self.orders, self.as_of)
    }
}

pub(super) const fn account_type(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Personal => "personal",
        AccountKind::Challenge => "challenge",
    }
}

/// Stop loss, take profit and the trailing distance.
pub(super) fn protection_texts(of: Protection, digits: u32) -> [Option<String>; 3] {
    [
        of.stop_loss.map(|stop| price(stop, digits)),
        of.take_profit.map(|target| price(target, digits)),
        of.trailing_points.map(|points| fixed(points, digits)),
    ]
}

impl PositionObject {
    /// One that was opened by a deal, and is gone.
    pub(crate) fn of_deal(app: &App, deal: &BookedDeal) -> Option<Self> {
        let symbol: Symbol = deal.symbol.parse().ok()?;
        let side = match deal.side {
            0 => Side::Long,
            _ => Side::Short,
        };
        Some(Self {
            position_id: deal.position_id,
            symbol: deal.symbol.clone(),
            side: side.into(),
            volume: lots(Volume(deal.volume)),
            open_price: fixed(deal.price, digits(app, symbol)),
            current_price: None,
            profit: None,
            stop_loss: None,
            take_profit: None,
            trailing_distance: None,
            margin: String::new(),
            opened_at: deal.at.rfc3339(),
        })
    }

    fn new(app: &App, view: &PositionView, currency: Currency) -> Self {
        let position = &view.position;
        let digits = digits(app, position.symbol);
        let [stop_loss, take_profit, trailing_distance] =
            protection_texts(position.protection, digits);
        let exit = view.quote.map(|quote| position.side.exit(quote));
        Self {
            position_id: position.id.0,
            symbol: position.symbol.to_string(),
            side: position.side.into(),
            volume: lots(position.volume),
            open_price: price(position.open_price(), digits),
            current_price: exit.map(|exit| price(exit, digits)),
            profit: view.profit_minor.map(|minor| money(minor, currency)),
            stop_loss,
            take_profit,
            trailing_distance,
            margin: money(position.margin_minor, currency),
            opened_at: position.opened_at.rfc3339(),
        }
    }
}

impl OrderObject {
    fn new(app: &App, order: &Order) -> Self {
        let digits = digits(app, order.symbol);
        let (kind, at, limit) = TypeWord::of(kind_of(order.waiting));
        let [stop_loss, take_profit, trailing_distance] =
            protection_texts(order.protection, digits);
        Self {
            order_id: order.id.0,
            symbol: order.symbol.to_string(),
            side: order.side.into(),
            r#type: kind,
            volume: lots(order.volume),
            price: at.map(|at| price(at, digits)),
            limit_price: limit.map(|limit| price(limit, digits)),
            stop_loss,
            take_profit,
            trailing_distance,
            expires_at: order.expires_at.map(UnixMicros::rfc3339),
            placed_at: order.placed_at.rfc3339(),
        }
    }
}

impl JourneyStanding {
    fn new(app: &App, standing: &Standing, place: &JourneyPlace) -> Self {
        let currency = standing.account.currency;
        let (phase, rules) = (&place.phase, standing.rules.as_ref());
        let runs = standing.live.is_some();
        let limits = rules.map(|rules| &rules.limits[..]).unwrap_or_default();
        let rests = |limit: &Limit| runs && rules.is_some_and(|r| r.resting.contains(&limit.rule));
        let is_stale = runs && rules.is_some_and(|rules| rules.is_suspended);
        let stale = is_stale.then_some(SUSPENDED_BECAUSE);
        let suspended_because = standing.rests.then_some(CHARGED_BACK).or(stale);
        Self {
            journey_id: app
                .public_ids
                .uuid(EntityKind::Challenge, place.challenge.id.0),
            phase_index: phase.phase_index,
            phase: place.name.clone(),
            phase_type: place.phase_type.map(phase_type),
            status: phase_status(phase.state),
            initial_balance: money(phase.size_minor(), currency),
            started_at: phase.started_at.rfc3339(),
            ended_at: phase.ended_at.map(UnixMicros::rfc3339),
            limits: limits
                .iter()
                .map(|limit| TradingLimit::new(limit, rests(limit), currency))
                .collect(),
            time_limits: match rules {
                Some(rules) if runs => TimeLimitObject::all(&rules.deadlines),
                _ => Vec::new(),
            },
            progress: rules.map(|rules| TradingProgress::new(rules, currency)),
            day_start: rules.map(|rules| money(rules.day_start_minor, currency)),
            day_ends_at: rules.map(|rules| rules.day_ends_at.rfc3339()),
            is_suspended: suspended_because.is_some(),
            suspended_because,
            suspended_symbols: rules.map_or_else(Vec::new, |rules| {
                rules.suspended_by.iter().map(Symbol::to_string).collect()
            }),
            paused_until: rules.and_then(|rules| match rules.status {
                PhaseStatus::Paused { until } => Some(until.rfc3339()),
                _ => None,
            }),
        }
    }
}

impl TradingLimit {
    fn new(limit: &Limit, is_resting: bool, currency: Currency) -> Self {
        let text = |minor| money(minor, currency);
        Self {
            rule: limit.rule.name(),
            level: text(limit.level_minor),
            amount: text(limit.amount_minor),
            anchor: text(limit.anchor_minor),
            anchor_source: match limit.anchor {
                AnchorSource::Opening => "opening",
                AnchorSource::Reset => "reset",
                AnchorSource::Staff => "staff",
            },
            anchor_taken_at: limit.taken_at.rfc3339(),
            is_provisional: limit.is_provisional,
            peak: limit.peak_minor.map(text),
            is_locked: limit.is_locked,
            is_resting,
            measure: match limit.measure {
                Measure::Equity => "equity",
                Measure::Balance => "balance",
                Measure::RealisedOnly => "realised_only",
            },
        }
    }
}

impl TradingProgress {
    fn new(rules: &RulesView, currency: Currency) -> Self {
        let text = |minor| money(minor, currency);
        let progress = &rules.progress;
        Self {
            profit: text(progress.profit_minor),
            profit_target: progress.target_minor.map(text),
            trading_days: progress.trading_days,
            min_trading_days: progress.min_trading_days,
            profitable_days: progress.profitable_days,
            min_profitable_days: progress.min_profitable_days,
            open_positions: progress.open_positions,
            consistency: progress.consistency.map(|view| TradingConsistency {
                best: text(view.best_minor),
                of_profit: text(view.of_minor),
                share: view.share.percent(),
                required_profit: text(view.required_minor),
                is_met: view.is_met,
            }),
        }
    }
}
