//! What a trader asks for.

use super::{Cause, Live, Placed, Shard, ShardError};
use touchstone_domain::rule_set::{ConductEffect, ConductRule, NewsAction};
use touchstone_domain::{Login, OrderId, PositionId, Side, Symbol, UnixMicros, Volume};
use touchstone_rules::{
    Account as Judged, Event, Finding, Order as JudgedOrder, OrderAction, Origin, Verdict,
};
use touchstone_trading::{
    Booking, ClientId, Command, Deal, Effect, Entry, Fault, Input, OrderKind, Position, Preflight,
    Protection, Refusal, Scene, Seen, Standing, preflight, step,
};

/// A command on its way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub login: Login,
    pub client_id: Option<ClientId>,
    pub command: Command,
    pub origin: Origin,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Done {
        order: OrderId,
        deals: Vec<Deal>,
        /// It waits for its price.
        waits: bool,
        not_closed: Vec<(PositionId, Refusal)>,
    },
    /// It was taken before, under this number.
    Repeated(OrderId),
    Refused(Refusal),
    /// A rule of the program stands against it.
    AgainstRule {
        rule: ConductRule,
        /// When that is over; known to a preflight alone, and where time ends it.
        until: Option<UnixMicros>,
    },
    /// The day's limit was reached: nothing is opened until the reset.
    Paused,
    /// The account is not traded here: its phase is over, or it never had one.
    NotTraded,
}

impl Shard {
    /// Whether the account's newest commands have to be read before a repeat is known as one.
    pub fn wants_client_ids(&self, asked: &Asked) -> bool {
        let live = self.accounts.get(&asked.login);
        asked.client_id.is_some() && live.is_some_and(|live| !live.knows_client_ids)
    }

    /// The newest commands of an account, the oldest of them first.
    pub fn know_client_ids(&mut self, login: Login, seen: Vec<Seen>) {
        if let Some(live) = self.accounts.get_mut(&login) {
            live.account.seen = seen;
            live.knows_client_ids = true;
        }
    }

    /// Runs a command; time has passed up to it.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn command(&mut self, asked: &Asked) -> Result<Answer, ShardError> {
        self.cause = Cause::Event;
        let login = asked.login;
        self.charge_night_of(login)?;
        self.tell_news_of(login)?;
        let Some(live) = self
            .accounts
            .get(&login)
            .filter(|live| live.ended.is_none())
        else {
            return Ok(Answer::NotTraded);
        };
        let input = Input::Command {
            client_id: asked.client_id.clone(),
            command: asked.command.clone(),
        };
        let scene = Scene {
            terms: &live.terms,
            prices: &self.prices,
            now: self.at,
        };
        let tried = match step(&live.account, &input, &scene, self.next_trade_no) {
            Ok(tried) => tried.effects,
            Err(fault) => return Ok(Answer::Refused(refusal_of(fault))),
        };
        if let Some(answer) = self.turned_away(login, &tried) {
            return Ok(answer);
        }
        let conduct = self.conduct(asked)?;
        let against = conduct.iter().find_map(|verdict| match &verdict.finding {
            Finding::Conduct(found) if found.effect == ConductEffect::RejectOrder => {
                Some(found.rule)
            }
            _ => None,
        });
        if let Some(rule) = against {
            return Ok(Answer::AgainstRule { rule, until: None });
        }
        let closes = conduct.iter().any(|verdict| match &verdict.finding {
            Finding::Conduct(found) => found.effect == ConductEffect::ClosePosition,
            _ => false,
        });
        self.follow(conduct)?;
        if self
            .accounts
            .get(&login)
            .is_none_or(|live| live.ended.is_some())
        {
            return Ok(Answer::NotTraded);
        }
        let (effects, events) = self.turn(login, &input)?;
        let answer = self.done(asked, &effects);
        self.note_void(login, &answer)?;
        let verdicts = self.tell(login, events)?;
        self.follow(verdicts)?;
        self.order_is_done(login)?;
        if closes {
            self.close_opened(login, &effects)?;
        }
        self.watch_changed()?;
        Ok(answer)
    }

    fn turned_away(&self, login: Login, tried: &[Effect]) -> Option<Answer> {
        tried.iter().find_map(|effect| match effect {
            Effect::Repeated { order } => Some(Answer::Repeated(*order)),
            Effect::Refused {
                code: Refusal::CloseOnly,
            } if self.is_paused(login) => Some(Answer::Paused),
            Effect::Refused { code } => Some(Answer::Refused(*code)),
            _ => None,
        })
    }

    /// Asks the rules of conduct; an order that they reject leaves nothing behind.
    fn conduct(&mut self, asked: &Asked) -> Result<Vec<Verdict>, ShardError> {
        let Some(order) = self.judged_order(asked) else {
            return Ok(Vec::new());
        };
        let (login, event) = (asked.login, Event::Ordered(order));
        let input = touchstone_rules::Input::Of {
            login,
            event: event.clone(),
        };
        let void = |judged: Option<Judged>| judged.map(|judged| judged.void().clone());
        let before = void(self.rules.account(login)?);
        let verdicts = self.rules.apply(self.at, input)?;
        let voids = void(self.rules.account(login)?) != before;
        let rejected = verdicts.iter().any(|verdict| match &verdict.finding {
            Finding::Conduct(found) => found.effect == ConductEffect::RejectOrder,
            _ => false,
        });
        if !rejected && (voids || !verdicts.is_empty()) {
            self.journal(login, event, false);
        }
        Ok(verdicts)
    }

    /// What comes next at this instant belongs to something else.
    fn order_is_done(&mut self, login: Login) -> Result<(), ShardError> {
        let judged = self.rules.account(login)?;
        if judged.is_some_and(|judged| judged.void().asked_at(self.at).is_some()) {
            let verdicts = self.tell(login, vec![Event::OrderDone])?;
            self.follow(verdicts)?;
        }
        Ok(())
    }

    /// An order that waits remembers that its profit will not count.
    fn note_void(&mut self, login: Login, answer: &Answer) -> Result<(), ShardError> {
        let Answer::Done {
            order, waits: true, ..
        } = answer
        else {
            return Ok(());
        };
        let judged = self.rules.account(login)?;
        let rule = judged.and_then(|judged| judged.void().asked_at(self.at));
        if let (Some(live), Some(rule)) = (self.accounts.get_mut(&login), rule) {
            let waiting = &live.account.orders;
            live.void_orders
                .retain(|order, _| waiting.iter().any(|waits| waits.id == *order));
            live.void_orders.insert(*order, rule);
        }
        Ok(())
    }

    fn judged_order(&self, asked: &Asked) -> Option<JudgedOrder> {
        let live = self.accounts.get(&asked.login)?;
        let of_position = |id: PositionId| {
            let held = live.account.position(id)?;
            Some((held.symbol, held.side, held.volume))
        };
        let (action, (symbol, side, volume), has_stop_loss) = match &asked.command {
            Command::Place(order) => {
                let what = (order.symbol, order.side, order.volume);
                (action_of(live, what), what, has_stop(order.protection))
            }
            Command::Modify {
                order, protection, ..
            } => {
                let order = live.account.order(*order)?;
                let what = (order.symbol, order.side, order.volume);
                (OrderAction::Modify, what, has_stop(*protection))
            }
            Command::Cancel { order } => {
                let order = live.account.order(*order)?;
                let what = (order.symbol, order.side, order.volume);
                (OrderAction::Modify, what, true)
            }
            Command::Protect {
                position,
                protection,
            } => {
                let what = of_position(*position)?;
                (OrderAction::Modify, what, has_stop(*protection))
            }
            Command::Close { position, .. } | Command::CloseBy { position, .. } => {
                (OrderAction::Close, of_position(*position)?, true)
            }
            Command::CloseAll { symbol } => {
                let first = self.first_to_close(live, *symbol)?;
                let what = (first.symbol, first.side, first.volume);
                (OrderAction::Close, what, true)
            }
        };
        Some(JudgedOrder {
            action,
            symbol: self.instruments.place(symbol)?,
            side,
            volume,
            has_stop_loss,
            origin: asked.origin,
            is_hedged_elsewhere: self.is_hedged_elsewhere(asked.login, symbol, side),
            is_netted: live.account.booking == Booking::Netting,
            waits: matches!(&asked.command, Command::Place(order) if order.kind != OrderKind::Market),
            position: match &asked.command {
                Command::Protect { position, .. } => Some(touchstone_rules::PositionId(position.0)),
                _ => None,
            },
            void: None,
        })
    }

    /// The position by which closing all of them is judged: the first that must not be closed now, if there is one.
    fn first_to_close(&self, live: &Live, symbol: Option<Symbol>) -> Option<Position> {
        let held = live.account.positions.iter();
        let held: Vec<&Position> = held
            .filter(|held| symbol.is_none_or(|symbol| held.symbol == symbol))
            .collect();
        let judged = self.rules.account(live.account.login).ok().flatten();
        let is_forbidden = |held: &&&Position| {
            let judged = judged.as_ref().zip(self.instruments.place(held.symbol));
            judged.is_some_and(|(judged, place)| {
                let market = self.rules.market();
                judged
                    .is_forbidden(NewsAction::Close, place, market, self.at)
                    .unwrap_or(false)
            })
        };
        let first = held.iter().find(is_forbidden).or_else(|| held.first());
        first.map(|held| **held)
    }

    /// Whether another account of the same customer holds the other side of the symbol.
    pub(super) fn is_hedged_elsewhere(
        &self,
        login: Login,
        symbol: touchstone_domain::Symbol,
        side: Side,
    ) -> bool {
        let Some(live) = self.accounts.get(&login) else {
            return false;
        };
        let own = self.by_customer.get(&live.owner.customer_id);
        let others = own.into_iter().flatten().filter(|other| **other != login);
        let mut others = others.filter_map(|other| self.accounts.get(other));
        others.any(|other| {
            let mut held = other.account.positions.iter();
            held.any(|held| held.symbol == symbol && held.side != side)
        })
    }

    /// Puts the command to its order, and says what it came to.
    fn done(&mut self, asked: &Asked, effects: &[Effect]) -> Answer {
        let accepted = effects.iter().find_map(|effect| match effect {
            Effect::Accepted { order, .. } => Some(*order),
            _ => None,
        });
        let Some(order) = accepted else {
            // It was tried at the same instant, and taken.
            return Answer::NotTraded;
        };
        let at = self.at;
        if let Some(change) = self.changes(asked.login).orders.get_mut(&order) {
            change.placed.get_or_insert_with(|| Placed {
                client_id: asked.client_id.clone(),
                command: asked.command.clone(),
                at,
            });
        }
        let deals = effects.iter().filter_map(|effect| match effect {
            Effect::Deal(deal) => Some(*deal),
            _ => None,
        });
        let not_closed = effects.iter().filter_map(|effect| match effect {
            Effect::NotClosed { position, code } => Some((*position, *code)),
            _ => None,
        });
        Answer::Done {
            order,
            deals: deals.collect(),
            waits: effects
                .iter()
                .any(|effect| matches!(effect, Effect::Waits(waiting) if waiting.id == order)),
            not_closed: not_closed.collect(),
        }
    }

    /// Closes what an order has opened that a rule of conduct lets nobody hold.
    fn close_opened(&mut self, login: Login, effects: &[Effect]) -> Result<(), ShardError> {
        for effect in effects {
            let Effect::Deal(deal) = effect else { continue };
            if deal.entry == Entry::In {
                self.close_one(login, deal.position)?;
            }
        }
        Ok(())
    }

    /// What a command would come to, without it.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn preflight(&self, asked: &Asked) -> Result<Result<Preflight, Answer>, ShardError> {
        let Some(live) = self.accounts.get(&asked.login) else {
            return Ok(Err(Answer::NotTraded));
        };
        if live.ended.is_some() {
            return Ok(Err(Answer::NotTraded));
        }
        if self.is_paused(asked.login)
            && live.account.standing == Standing::CloseOnly
            && matches!(asked.command, Command::Place(_))
        {
            return Ok(Err(Answer::Paused));
        }
        if let Some(order) = self.judged_order(asked)
            && let Some(judged) = self.rules.account(asked.login)?
            && let judged = judged.hearing(&self.news_for(asked.login)?)
            && let Some(rule) = judged.rejects(&order, self.rules.market(), self.at)?
        {
            let until =
                judged.is_against_until(rule, order.symbol, self.rules.market(), self.at)?;
            return Ok(Err(Answer::AgainstRule { rule, until }));
        }
        let scene = Scene {
            terms: &live.terms,
            prices: &self.prices,
            now: self.at,
        };
        let told = preflight(&live.account, &asked.command, &scene);
        Ok(told.map_err(|fault| Answer::Refused(refusal_of(fault))))
    }
}

/// Where one position of a symbol is held, an order against it closes up to its volume.
pub(super) fn action_of(
    live: &Live,
    (symbol, side, volume): (Symbol, Side, Volume),
) -> OrderAction {
    let mut held = live.account.positions.iter();
    let reduces = live.account.booking == Booking::Netting
        && held.any(|held| held.symbol == symbol && held.side != side && held.volume >= volume);
    match reduces {
        true => OrderAction::Close,
        false => OrderAction::Open,
    }
}

/// A stop that follows the price is one.
pub(super) const fn has_stop(protection: Protection) -> bool {
    protection.stop_loss.is_some() || protection.trailing_points.is_some()
}

/// Why nothing can be done for an account that cannot be valued.
const fn refusal_of(fault: Fault) -> Refusal {
    match fault {
        Fault::NoPrice(_) => Refusal::NoPrice,
        Fault::NoTerms(_) => Refusal::UnknownSymbol,
        Fault::Overflow => Refusal::TooLarge,
    }
}
