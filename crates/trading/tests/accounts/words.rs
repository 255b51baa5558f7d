//! What happened, in words.

use crate::desk::Desk;
use touchstone_domain::basis_points::format_decimal;
use touchstone_domain::{BasisPoints, Money, Price, Side, Symbol, Volume};
use touchstone_trading::{
    CancelReason, Deal, Effect, Entry, Figures, Order, Position, Preflight, Protection, Waiting,
};

impl Desk {
    pub fn money(&self, minor: i64) -> String {
        Money::new(minor, self.currency).fixed()
    }

    fn price(&self, symbol: Symbol, price: Price) -> String {
        let digits = self.digits(symbol);
        let (whole, unit) = (price.0, 10_i64.pow(digits));
        if digits == 0 {
            return whole.to_string();
        }
        let width = digits as usize;
        format!("{}.{:0width$}", whole / unit, whole % unit)
    }

    fn protection(&self, symbol: Symbol, protection: Protection) -> String {
        let price = |word: &str, price: Option<Price>| {
            price.map_or_else(String::new, |at| {
                format!(" {word} {}", self.price(symbol, at))
            })
        };
        let trail = protection
            .trailing_points
            .map_or_else(String::new, |points| format!(" trail {points}"));
        price("sl", protection.stop_loss) + &price("tp", protection.take_profit) + &trail
    }

    pub fn position(&self, held: &Position) -> String {
        let direction = if held.side == Side::Long {
            "long"
        } else {
            "short"
        };
        format!(
            "position {} {direction} {} {} at {}{} margin {}",
            held.id,
            lots(held.volume),
            held.symbol,
            self.price(held.symbol, held.open_price()),
            self.protection(held.symbol, held.protection),
            self.money(held.margin_minor)
        )
    }

    pub fn order(&self, order: &Order) -> String {
        let at = |price| self.price(order.symbol, price);
        let waiting = match order.waiting {
            Waiting::Limit { price } => format!("limit {}", at(price)),
            Waiting::Stop { price } => format!("stop {}", at(price)),
            Waiting::StopLimit { stop, limit } => {
                format!("stop_limit {} {}", at(stop), at(limit))
            }
        };
        let until = order
            .expires_at
            .map_or_else(String::new, |at| format!(" until {}", at.rfc3339()));
        format!(
            "order {} {} {} {} {waiting}{}{until}",
            order.id,
            dealt(order.side),
            lots(order.volume),
            order.symbol,
            self.protection(order.symbol, order.protection)
        )
    }

    fn deal(&self, deal: &Deal) -> String {
        let entry = match deal.entry {
            Entry::In => "in".to_owned(),
            Entry::Out => format!("out profit {}", self.money(deal.profit_minor)),
        };
        let commission = match deal.commission_minor {
            0 => String::new(),
            minor => format!(" commission {}", self.money(minor)),
        };
        format!(
            "deal {} {} {} {} at {} {entry}{commission} by {}",
            deal.id,
            dealt(deal.side),
            lots(deal.volume),
            deal.symbol,
            self.price(deal.symbol, deal.price),
            deal.reason.name()
        )
    }

    pub fn effect(&self, effect: &Effect) -> String {
        match effect {
            Effect::Refused { code } => format!("refused {}", code.code()),
            Effect::Repeated { order } => format!("repeat of order {order}"),
            Effect::Accepted { order, .. } => format!("accepted as order {order}"),
            Effect::Waits(order) => self.order(order),
            Effect::Filled { order } => format!("order {order} filled"),
            Effect::Cancelled { order, reason } => match reason {
                CancelReason::Asked => format!("order {order} cancelled"),
                CancelReason::NotFilled(code) => {
                    format!("order {order} cancelled: {}", code.code())
                }
                CancelReason::AgainstRule(rule) => {
                    format!("order {order} cancelled: against {}", rule.name())
                }
                CancelReason::Liquidation => format!("order {order} taken away"),
            },
            Effect::Expired { order } => format!("order {order} expired"),
            Effect::Deal(deal) => self.deal(deal),
            Effect::Holds(position) => self.position(position),
            Effect::Closed { position } => format!("position {position} closed"),
            Effect::NotClosed { position, code } => {
                format!("position {position} not closed: {}", code.code())
            }
            Effect::Swap {
                position,
                amount_minor,
            } => format!("swap of position {position} {}", self.money(*amount_minor)),
            Effect::RolledOver { day } => format!("rolled over {day}"),
            Effect::Balance { amount_minor } => format!("balance {}", self.money(*amount_minor)),
            Effect::Standing(standing) => format!("now {standing:?}"),
            Effect::MarginCall {
                equity_minor,
                margin_minor,
                level,
            } => {
                let low = self.low(*equity_minor, *margin_minor, *level);
                format!("margin call: {low}")
            }
            Effect::MarginCallOver => "margin call over".to_owned(),
            Effect::StopOut {
                position,
                equity_minor,
                margin_minor,
                level,
            } => {
                let low = self.low(*equity_minor, *margin_minor, *level);
                format!("stop-out of position {position}: {low}")
            }
        }
    }

    fn low(&self, equity_minor: i64, margin_minor: i64, level: BasisPoints) -> String {
        format!(
            "equity {} margin {} level {}%",
            self.money(equity_minor),
            self.money(margin_minor),
            level.percent()
        )
    }

    pub fn figures_line(&self, figures: &Figures) -> String {
        let level = figures
            .margin_level
            .map_or_else(|| "-".to_owned(), |level| format!("{}%", level.percent()));
        let stale = figures
            .stale
            .map_or_else(String::new, |symbol| format!(" stale {symbol}"));
        format!(
            "balance {} profit {} equity {} margin {} free {} level {level}{stale}",
            self.money(figures.balance_minor),
            self.money(figures.profit_minor),
            self.money(figures.equity_minor),
            self.money(figures.margin_minor),
            self.money(figures.free_margin_minor)
        )
    }

    pub fn preflight_line(&self, told: &Preflight) -> String {
        let verdict = told.refusal.map_or("possible", |refusal| refusal.code());
        format!(
            "{verdict}: margin {} commission {} free afterwards {}",
            self.money(told.margin_minor),
            self.money(told.commission_minor),
            self.money(told.free_margin_after_minor)
        )
    }
}

const fn dealt(side: Side) -> &'static str {
    match side {
        Side::Long => "buy",
        Side::Short => "sell",
    }
}

fn lots(volume: Volume) -> String {
    format_decimal(volume.0, 4)
}
