//! A trading account with what it holds.

use crate::{ClientId, Command, Effect};
use serde::{Deserialize, Serialize};
use touchstone_domain::{
    DayNumber, Login, OrderId, PositionId, Price, Side, Symbol, UnixMicros, Volume,
};

/// Whether orders of one symbol add up to one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Booking {
    /// Every order opens a position of its own; opposite ones stand beside each other.
    Hedging,
    /// One position for each symbol; an opposite order reduces, ends or turns it.
    Netting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Active,
    /// Nothing new is opened.
    CloseOnly,
    /// The owner can do nothing; stops and targets still work.
    Disabled,
}

/// What ends a position by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    pub stop_loss: Option<Price>,
    pub take_profit: Option<Price>,
    /// Points by which the stop follows the price. It begins at once and never moves back.
    pub trailing_points: Option<i64>,
}

impl Protection {
    /// Nothing ends the position by itself.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// How a waiting order is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// At this price or a better one.
    Limit { price: Price },
    /// At the first price that is this one or beyond.
    Stop { price: Price },
    /// Becomes a limit order at `limit` when the price is at `stop` or beyond.
    StopLimit { stop: Price, limit: Price },
}

/// An order that waits for its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub id: OrderId,
    pub symbol: Symbol,
    pub side: Side,
    pub volume: Volume,
    pub waiting: Waiting,
    pub protection: Protection,
    /// The instant at which it is gone.
    pub expires_at: Option<UnixMicros>,
    pub placed_at: UnixMicros,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The number of the order that opened it.
    pub id: PositionId,
    pub symbol: Symbol,
    pub side: Side,
    pub volume: Volume,
    /// The sum of each part's opening price times its volume, in points times ten-thousandths of a lot.
    pub cost: i64,
    #[serde(default, skip_serializing_if = "Protection::is_none")]
    pub protection: Protection,
    /// Held for it since it was opened; it does not move with the price.
    pub margin_minor: i64,
    pub opened_at: UnixMicros,
}

impl Position {
    /// The average opening price, rounded half up to a point: to show it, never to value by it.
    pub fn open_price(&self) -> Price {
        let (cost, volume) = (i128::from(self.cost), i128::from(self.volume.0));
        let rounded = (2 * cost + volume).div_euclid(2 * volume);
        Price(i64::try_from(rounded).unwrap_or(i64::MAX))
    }
}

/// A command that was taken with a number of the client's own, so that its repeat is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub client_id: ClientId,
    pub command: Command,
    pub order: OrderId,
}

/// How many of the client's own numbers an account remembers. Older ones must be kept by the store.
pub const SEEN_KEPT: usize = 256;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub login: Login,
    /// 1 to 1,000.
    pub leverage: i64,
    pub booking: Booking,
    pub standing: Standing,
    pub balance_minor: i64,
    /// In the order of their numbers.
    pub positions: Vec<Position>,
    /// In the order of their numbers.
    pub orders: Vec<Order>,
    /// The oldest first, at most [`SEEN_KEPT`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Seen>,
    /// The owner was warned, and has not recovered since.
    pub margin_called: bool,
    /// The last day whose swap was charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolled_over: Option<DayNumber>,
}

impl Account {
    pub const fn new(login: Login, leverage: i64, booking: Booking, balance_minor: i64) -> Self {
        Self {
            login,
            leverage,
            booking,
            standing: Standing::Active,
            balance_minor,
            positions: Vec::new(),
            orders: Vec::new(),
            seen: Vec::new(),
            margin_called: false,
            rolled_over: None,
        }
    }

    pub fn position(&self, id: PositionId) -> Option<&Position> {
        self.positions.iter().find(|position| position.id == id)
    }

    pub fn order(&self, id: OrderId) -> Option<&Order> {
        self.orders.iter().find(|order| order.id == id)
    }

    /// A number that none of its orders and positions has.
    pub(crate) fn unused_id(&self) -> i64 {
        let orders = self.orders.iter().map(|order| order.id.0);
        let positions = self.positions.iter().map(|position| position.id.0);
        orders.chain(positions).max().unwrap_or(0).saturating_add(1)
    }

    /// Takes in what has happened. Amounts saturate at the ends of 64 bits; [`crate::step`] never lets them come near.
    pub fn apply(&mut self, effect: &Effect) {
        match effect {
            Effect::Refused { .. }
            | Effect::Repeated { .. }
            | Effect::NotClosed { .. }
            | Effect::StopOut { .. } => {}
            Effect::Accepted { order, seen } => self.remember(*order, seen.as_deref()),
            Effect::Waits(order) => put(&mut self.orders, *order, |order| order.id.0),
            Effect::Filled { order }
            | Effect::Cancelled { order, .. }
            | Effect::Expired { order } => {
                self.orders.retain(|waiting| waiting.id != *order);
            }
            Effect::Deal(deal) => {
                self.book(deal.profit_minor.saturating_add(deal.commission_minor))
            }
            Effect::Holds(position) => put(&mut self.positions, *position, |held| held.id.0),
            Effect::Closed { position } => self.positions.retain(|held| held.id != *position),
            Effect::Swap { amount_minor, .. } | Effect::Balance { amount_minor } => {
                self.book(*amount_minor);
            }
            Effect::RolledOver { day } => self.rolled_over = Some(*day),
            Effect::Standing(standing) => self.standing = *standing,
            Effect::MarginCall { .. } => self.margin_called = true,
            Effect::MarginCallOver => self.margin_called = false,
        }
    }

    fn book(&mut self, amount_minor: i64) {
        self.balance_minor = self.balance_minor.saturating_add(amount_minor);
    }

    fn remember(&mut self, order: OrderId, seen: Option<&(ClientId, Command)>) {
        let Some((client_id, command)) = seen else {
            return;
        };
        if self.seen.len() == SEEN_KEPT {
            self.seen.remove(0);
        }
        self.seen.push(Seen {
            client_id: client_id.clone(),
            command: command.clone(),
            order,
        });
    }
}

/// In place of the one with the same number, else where its number belongs.
fn put<T>(list: &mut Vec<T>, item: T, number: impl Fn(&T) -> i64) {
    match list.binary_search_by_key(&number(&item), number) {
        Ok(place) => list[place] = item,
        Err(place) => list.insert(place, item),
    }
}
