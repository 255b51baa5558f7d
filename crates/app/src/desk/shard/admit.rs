//! A waiting order finds its price: the rules of conduct are asked again, of the account as it is then.

use super::command::has_stop;
use super::{Shard, ShardError};
use touchstone_domain::rule_set::ConductEffect::{ClosePosition, RejectOrder};
use touchstone_domain::{Login, OrderId, PositionId, Quote, Symbol};
use touchstone_rules::{Account as Judged, Event, Order as JudgedOrder, OrderAction, Origin};
use touchstone_trading::{Booking, Deal, Effect, Entry, Input, Order, Position, Scene, step};

/// An order that a price fills.
pub(super) struct Admitted {
    pub order: OrderId,
    /// What the rules have to be told.
    asked: JudgedOrder,
    /// A rule lets it be filled, and what it has opened be closed.
    pub is_closed: bool,
}

impl Shard {
    /// Takes away what this price would fill against a rule that rejects; answers the orders that it fills.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub(super) fn admit(
        &mut self,
        login: Login,
        symbol: Symbol,
        quote: Quote,
    ) -> Result<Vec<Admitted>, ShardError> {
        loop {
            let judged = match self.waits_for(login, symbol) {
                true => self.rules.account(login)?,
                false => None,
            };
            let Some(judged) = judged.filter(Judged::has_conduct) else {
                return Ok(Vec::new());
            };
            let (admitted, against) = self.filled(login, symbol, quote, &judged)?;
            let Some(against) = against else {
                return Ok(admitted);
            };
            self.turn(login, &against)?;
        }
    }

    /// Whether an order of the account waits for a price of the symbol.
    pub(super) fn waits_for(&self, login: Login, symbol: Symbol) -> bool {
        self.accounts.get(&login).is_some_and(|live| {
            let mut orders = live.account.orders.iter();
            live.ended.is_none() && orders.any(|order| order.symbol == symbol)
        })
    }

    /// The orders that a price fills, up to the first that a rule rejects, which is to be taken away.
    fn filled(
        &self,
        login: Login,
        symbol: Symbol,
        quote: Quote,
        judged: &Judged,
    ) -> Result<(Vec<Admitted>, Option<Input>), ShardError> {
        let mut admitted = Vec::new();
        let (Some(live), Some(place)) = (self.accounts.get(&login), self.instruments.place(symbol))
        else {
            return Ok((admitted, None));
        };
        let scene = Scene {
            terms: &live.terms,
            prices: &self.prices,
            now: self.at,
        };
        let tick = Input::Tick { symbol };
        let Ok(tried) = step(&live.account, &tick, &scene, self.next_trade_no) else {
            return Ok((admitted, None));
        };
        let mut market = self.rules.market().clone();
        market.quoted(place, quote)?;
        let mut positions = judged.positions().to_vec();
        for effect in &tried.effects {
            match effect {
                Effect::Deal(deal) => {
                    let order = deal.order.and_then(|order| live.account.order(order));
                    let Some(order) = order.filter(|_| deal.entry == Entry::In) else {
                        continue;
                    };
                    let asked = self.asked_at_the_fill(login, order, deal);
                    let Some(asked) = asked else { continue };
                    let then = judged.holding(positions.clone());
                    let answers = then.answers(&asked, &market, self.at)?;
                    let order = order.id;
                    if let Some((rule, _)) =
                        answers.iter().find(|(_, effect)| *effect == RejectOrder)
                    {
                        let rule = *rule;
                        return Ok((admitted, Some(Input::Revoke { order, rule })));
                    }
                    admitted.push(Admitted {
                        order,
                        asked,
                        is_closed: answers.iter().any(|(_, effect)| *effect == ClosePosition),
                    });
                }
                Effect::Holds(held) => self.hold(&mut positions, held),
                Effect::Closed { position } => positions.retain(|held| held.id.0 != position.0),
                _ => {}
            }
        }
        Ok((admitted, None))
    }

    fn asked_at_the_fill(&self, login: Login, order: &Order, deal: &Deal) -> Option<JudgedOrder> {
        let live = self.accounts.get(&login)?;
        Some(JudgedOrder {
            action: OrderAction::Open,
            symbol: self.instruments.place(order.symbol)?,
            side: order.side,
            volume: deal.volume,
            has_stop_loss: has_stop(order.protection),
            // Who placed it was asked when he did.
            origin: Origin::Manual,
            is_hedged_elsewhere: self.is_hedged_elsewhere(login, order.symbol, order.side),
            waits: false,
            is_netted: live.account.booking == Booking::Netting,
            position: None,
            void: live.void_orders.get(&order.id).copied(),
        })
    }

    fn hold(&self, positions: &mut Vec<touchstone_rules::Position>, held: &Position) {
        if let Some(held) = self.instruments.judged(held) {
            positions.retain(|known| known.id != held.id);
            positions.push(held);
        }
    }
}

/// The events of a tick, with what was asked about each fill before it.
pub(super) fn with_orders(
    effects: &[Effect],
    events: Vec<Event>,
    admitted: &[Admitted],
) -> Vec<Event> {
    let mut deals = effects.iter().filter_map(|effect| match effect {
        Effect::Deal(deal) => Some(deal),
        _ => None,
    });
    let mut told = Vec::new();
    for event in events {
        if matches!(event, Event::Opened { .. } | Event::Closed { .. })
            && let Some(deal) = deals.next()
            && deal.entry == Entry::In
        {
            let fill = admitted.iter().find(|fill| Some(fill.order) == deal.order);
            told.extend(fill.map(|fill| Event::Ordered(fill.asked)));
        }
        told.push(event);
    }
    told
}

/// What waiting orders have opened that a rule lets nobody hold.
pub(super) fn to_close<'a>(
    effects: &'a [Effect],
    admitted: &'a [Admitted],
) -> impl Iterator<Item = PositionId> + 'a {
    effects.iter().filter_map(|effect| match effect {
        Effect::Deal(deal) if deal.entry == Entry::In => {
            let mut fills = admitted.iter().filter(|fill| fill.is_closed);
            let is_one = fills.any(|fill| Some(fill.order) == deal.order);
            is_one.then_some(deal.position)
        }
        _ => None,
    })
}
