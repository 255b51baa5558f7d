//! One step of one account at the trading server, and what the rules have to know of it.

use super::{Booked, Journal, OrderChange, OrderState, Placed, Shard, ShardError};
use std::borrow::Cow;
use touchstone_domain::{Login, OrderId, UnixMicros};
use touchstone_rules::{Event, PositionId as JudgedId, Verdict};
use touchstone_trading::{
    Account, CancelReason, Deal, Effect, Entry, Fault, Input, Position, Scene, step,
};

impl Shard {
    /// Runs one input; the account is changed, and what is to be stored is noted. Answers what happened, and the
    /// events that the rules have to be told.
    pub(super) fn turn(
        &mut self,
        login: Login,
        input: &Input,
    ) -> Result<(Vec<Effect>, Vec<Event>), ShardError> {
        let Some(live) = self.accounts.get_mut(&login) else {
            return Ok((Vec::new(), Vec::new()));
        };
        let scene = Scene {
            terms: &live.terms,
            prices: &self.prices,
            now: self.at,
        };
        let (leverage, booking) = (live.account.leverage, live.account.booking);
        // Taken out, so that an account to which nothing happens is not copied.
        let empty = Account::new(login, leverage, booking, 0);
        let before = std::mem::replace(&mut live.account, empty);
        let outcome = match step(&before, input, &scene, self.next_trade_no) {
            Ok(outcome) => outcome,
            Err(fault) => {
                live.account = before;
                return self.fault(login, fault);
            }
        };
        let effects = outcome.effects;
        self.next_trade_no = outcome.next_id;
        let after = match outcome.account {
            Cow::Owned(after) => Some(after),
            Cow::Borrowed(_) => None,
        };
        let (held, balance_minor) = match after {
            Some(after) => {
                live.account = after;
                (before.positions, before.balance_minor)
            }
            None => {
                live.account = before;
                (Vec::new(), live.account.balance_minor)
            }
        };
        if effects.is_empty() {
            return Ok((effects, Vec::new()));
        }
        self.unwatched.insert(login);
        self.reindex(login);
        let events = self.note(login, &held, balance_minor, &effects);
        Ok((effects, events))
    }

    /// An account that cannot be valued just now stands still; the others go on.
    fn fault(&self, login: Login, fault: Fault) -> Result<(Vec<Effect>, Vec<Event>), ShardError> {
        match fault {
            Fault::NoPrice(_) => Ok((Vec::new(), Vec::new())),
            Fault::NoTerms(_) | Fault::Overflow => {
                tracing::error!(login = login.0, %fault, "the account cannot be valued");
                Ok((Vec::new(), Vec::new()))
            }
        }
    }

    /// Tells the rules, one after the other, what has happened beside a tick.
    pub(super) fn tell(
        &mut self,
        login: Login,
        events: Vec<Event>,
    ) -> Result<Vec<Verdict>, ShardError> {
        let mut verdicts = Vec::new();
        for event in events {
            if !self.is_judged(login) {
                break;
            }
            self.journal(login, event.clone(), false);
            let input = touchstone_rules::Input::Of { login, event };
            verdicts.extend(self.rules.apply(self.at, input)?);
        }
        Ok(verdicts)
    }

    pub(super) fn journal(&mut self, login: Login, event: Event, in_tick: bool) {
        let (after_seq, at) = (self.seq, self.at);
        let Some(live) = self.accounts.get_mut(&login) else {
            return;
        };
        live.event_no += 1;
        let no = live.event_no;
        self.changes(login).events.push(Journal {
            no,
            after_seq,
            in_tick,
            at,
            event,
        });
    }

    /// Writes down effects in order, with the balance after each, and translates them.
    fn note(
        &mut self,
        login: Login,
        held: &[Position],
        balance_minor: i64,
        effects: &[Effect],
    ) -> Vec<Event> {
        let (at, mut balance_minor) = (self.at, balance_minor);
        let mut events = Vec::new();
        for (index, effect) in effects.iter().enumerate() {
            match effect {
                Effect::Deal(deal) => {
                    balance_minor += deal.profit_minor + deal.commission_minor;
                    let deal = *deal;
                    events.extend(self.event_of(&deal, &effects[index + 1..]));
                    let changes = self.changes(login);
                    changes.booked.push(Booked::Deal {
                        deal,
                        balance_minor,
                    });
                    if let (Entry::In, Some(order)) | (Entry::Out, Some(order)) =
                        (deal.entry, deal.order)
                        && changes.orders.contains_key(&order)
                    {
                        self.order(login, order, OrderState::Filled, "", at);
                    }
                }
                Effect::Swap {
                    position,
                    amount_minor,
                } => {
                    balance_minor += amount_minor;
                    let Some(held) = held.iter().find(|held| held.id == *position) else {
                        continue;
                    };
                    let id = self.next_trade_no;
                    self.next_trade_no += 1;
                    let price = self.prices.quote(held.symbol);
                    let price = price.map_or(0, |quote| held.side.exit(quote).0);
                    events.push(Event::Cost {
                        minor: *amount_minor,
                    });
                    self.changes(login).booked.push(Booked::Swap {
                        id,
                        position: *held,
                        price,
                        amount_minor: *amount_minor,
                        balance_minor,
                        at,
                    });
                }
                Effect::Accepted { order, seen } => {
                    // Without a name of the client's own, the command is put in by who ran it.
                    let placed = seen.as_deref().map(|(client_id, command)| Placed {
                        client_id: Some(client_id.clone()),
                        command: command.clone(),
                        at,
                    });
                    let change = OrderChange {
                        placed,
                        state: OrderState::Done,
                        reason: String::new(),
                        at,
                    };
                    self.changes(login).orders.insert(*order, change);
                }
                Effect::Waits(order) => self.order(login, order.id, OrderState::Waiting, "", at),
                Effect::Filled { order } => self.order(login, *order, OrderState::Filled, "", at),
                Effect::Expired { order } => self.order(login, *order, OrderState::Expired, "", at),
                Effect::Cancelled { order, reason } => {
                    let reason = match reason {
                        CancelReason::Asked => "ASKED".to_owned(),
                        CancelReason::NotFilled(code) => code.code().to_owned(),
                        CancelReason::Liquidation => "LIQUIDATION".to_owned(),
                        CancelReason::AgainstRule(rule) => {
                            format!("RULE_{}", rule.name().to_ascii_uppercase())
                        }
                    };
                    self.order(login, *order, OrderState::Cancelled, &reason, at);
                }
                Effect::MarginCall { .. } => self.changes(login).notices.push((at, "margin_call")),
                Effect::MarginCallOver => {
                    self.changes(login).notices.push((at, "margin_call_over"));
                }
                // The account itself keeps these.
                Effect::Holds(_)
                | Effect::Closed { .. }
                | Effect::RolledOver { .. }
                | Effect::Standing(_)
                | Effect::Balance { .. } => {
                    self.changes(login);
                }
                Effect::Refused { .. }
                | Effect::Repeated { .. }
                | Effect::NotClosed { .. }
                | Effect::StopOut { .. } => {}
            }
        }
        events
    }

    fn order(
        &mut self,
        login: Login,
        order: OrderId,
        state: OrderState,
        reason: &str,
        at: UnixMicros,
    ) {
        let orders = &mut self.changes(login).orders;
        let placed = orders
            .get_mut(&order)
            .and_then(|change| change.placed.take());
        let reason = reason.to_owned();
        orders.insert(
            order,
            OrderChange {
                placed,
                state,
                reason,
                at,
            },
        );
    }

    /// What the rules make of a deal: the position afterwards stands in the effects behind it.
    fn event_of(&self, deal: &Deal, behind: &[Effect]) -> Option<Event> {
        let after = behind.iter().find_map(|effect| match effect {
            Effect::Holds(held) if held.id == deal.position => Some(Some(*held)),
            Effect::Closed { position } if *position == deal.position => Some(None),
            _ => None,
        });
        let after = after
            .flatten()
            .and_then(|held| self.instruments.judged(&held));
        match deal.entry {
            Entry::In => Some(Event::Opened {
                position: after?,
                cost_minor: deal.commission_minor,
            }),
            Entry::Out => Some(Event::Closed {
                id: JudgedId(deal.position.0),
                left: after,
                profit_minor: deal.profit_minor,
                cost_minor: deal.commission_minor,
            }),
        }
    }
}
