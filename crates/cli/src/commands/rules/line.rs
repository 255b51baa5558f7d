//! One line of a history, as it is written.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use touchstone_domain::{Currency, Side, basis_points::parse_decimal, rule_set::Impact};
use touchstone_rules::{MoneyKind, OrderAction, Origin};

/// An instant and at most one thing that happened; nothing but the instant lets time pass.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub at: String,
    pub phase: Option<PhaseLine>,
    pub balance: Option<Decimal>,
    pub equity: Option<Decimal>,
    pub symbol: Option<SymbolLine>,
    pub tick: Option<TickLine>,
    pub open: Option<OpenLine>,
    pub close: Option<CloseLine>,
    /// Swap or commission; below 0 where the trader pays.
    pub cost: Option<Decimal>,
    pub money: Option<MoneyLine>,
    pub stale: Option<String>,
    pub fresh: Option<String>,
    pub order: Option<OrderLine>,
    pub news: Option<NewsLine>,
    /// The day's anchor, as staff set it.
    pub anchor: Option<Decimal>,
    /// A breach was taken back.
    #[serde(default)]
    pub revert: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseLine {
    pub initial: Decimal,
    pub purchased_at: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SymbolLine {
    pub name: String,
    pub digits: u32,
    pub contract_size: i64,
    pub base: Option<touchstone_domain::Currency>,
    pub profit: touchstone_domain::Currency,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TickLine {
    pub symbol: String,
    pub bid: Decimal,
    pub ask: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenLine {
    pub position: i64,
    pub symbol: String,
    pub side: Side,
    pub lots: Decimal,
    pub price: Decimal,
    pub cost: Option<Decimal>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseLine {
    pub position: i64,
    /// All of it when left out.
    pub lots: Option<Decimal>,
    pub profit: Decimal,
    pub cost: Option<Decimal>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyLine {
    pub kind: MoneyKind,
    pub amount: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    pub action: OrderAction,
    pub symbol: String,
    pub side: Side,
    pub lots: Decimal,
    #[serde(default)]
    pub stop_loss: bool,
    pub origin: Option<Origin>,
    #[serde(default)]
    pub hedged_elsewhere: bool,
    #[serde(default)]
    pub netted: bool,
    #[serde(default)]
    pub waits: bool,
    /// The position that is to be changed.
    pub position: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewsLine {
    pub at: String,
    pub impact: Impact,
    pub currency: Option<Currency>,
}

/// The digits as they were written, as a number or a text: 0.1 and "0.1" are the same, and exact.
#[derive(Debug, Clone)]
pub struct Decimal(String);

impl Decimal {
    /// In units of 10^-`scale`; `None` for anything but a plain decimal with at most so many places.
    pub fn units(&self, scale: u32) -> Option<i64> {
        parse_decimal(&self.0, scale)
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(raw.get().trim_matches('"').to_owned()))
    }
}

impl Line {
    /// How many things the line says, with their names.
    pub fn said(&self) -> Vec<&'static str> {
        let all = [
            ("phase", self.phase.is_some()),
            ("balance", self.balance.is_some() || self.equity.is_some()),
            ("symbol", self.symbol.is_some()),
            ("tick", self.tick.is_some()),
            ("open", self.open.is_some()),
            ("close", self.close.is_some()),
            ("cost", self.cost.is_some()),
            ("money", self.money.is_some()),
            ("stale", self.stale.is_some()),
            ("fresh", self.fresh.is_some()),
            ("order", self.order.is_some()),
            ("news", self.news.is_some()),
            ("anchor", self.anchor.is_some()),
            ("revert", self.revert),
        ];
        let said = all.into_iter().filter(|(_, is_said)| *is_said);
        said.map(|(name, _)| name).collect()
    }
}
