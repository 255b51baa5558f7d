//! A price: fills of waiting orders, stops and targets; peaks and floors; stop-out.

use super::super::market::{Known, Step, Taken};
use super::admit::{to_close, with_orders};
use super::advance::stale_at;
use super::{Cause, Live, Shard, ShardError};
use std::sync::Arc;
use touchstone_domain::{Login, PositionId, Quote, Symbol};
use touchstone_trading::{Effect, Freshness, Input, Tick, TickFault, Verdict as Gated};

impl Shard {
    /// Looks at a tick, and takes it in if it can be a price now. The caller has let time pass up to it.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn tick(&mut self, source: &Arc<str>, tick: &Tick) -> Result<Gated, ShardError> {
        let verdict = self.gate.judge(source, tick, self.at);
        let Some(place) = self.instruments.place(tick.symbol) else {
            return Ok(verdict);
        };
        let (quote, is_flagged) = match verdict {
            Gated::Accepted(quote) => (quote, false),
            Gated::Flagged(quote, _) => (quote, true),
            Gated::Refused(TickFault::FarOff) => {
                self.doubt(tick.symbol)?;
                return Ok(verdict);
            }
            Gated::Refused(_) => return Ok(verdict),
        };
        // Before the tick has its number, so that it stands before it in the account's history too.
        if !is_flagged && (self.nights.is_owed() || self.calendar.has_readers()) {
            for login in self.rules.touched(place, quote)? {
                self.charge_night_of(login)?;
                if self.waits_for(login, tick.symbol) {
                    self.tell_news_of(login)?;
                }
            }
            self.watch_changed()?;
        }
        self.seq += 1;
        let taken = Taken {
            seq: self.seq,
            at: self.at,
            symbol: tick.symbol,
            bid: quote.bid(),
            ask: quote.ask(),
            source: Arc::clone(source),
            fed_at: tick.fed_at,
            fed_sequence: tick.sequence,
            is_flagged,
        };
        self.batch.steps.push(Step::Tick(taken.clone()));
        match is_flagged {
            true => self.doubt(tick.symbol)?,
            false => self.quoted(taken, quote)?,
        }
        Ok(verdict)
    }

    /// The feed has said something odd: the last price may be none any more. Nothing is dealt or judged by it until a
    /// sane one comes.
    fn doubt(&mut self, symbol: Symbol) -> Result<(), ShardError> {
        self.cause = Cause::Tick;
        if self.known.get(&symbol).is_some_and(|known| !known.is_stale) {
            self.stale(symbol)?;
            self.watch_changed()?;
        }
        Ok(())
    }

    fn quoted(&mut self, taken: Taken, quote: Quote) -> Result<(), ShardError> {
        self.cause = Cause::Tick;
        let symbol = taken.symbol;
        let Some(place) = self.instruments.place(symbol) else {
            return Ok(());
        };
        self.know(taken, quote);
        let touched = self.rules.touched(place, quote)?;
        let (mut fills, mut closing) = (Vec::new(), Vec::new());
        for login in &touched {
            let admitted = self.admit(*login, symbol, quote)?;
            let (effects, events) = self.turn(*login, &Input::Tick { symbol })?;
            closing.extend(to_close(&effects, &admitted).map(|id| (*login, id)));
            for event in with_orders(&effects, events, &admitted) {
                if self.is_judged(*login) {
                    self.journal(*login, event.clone(), true);
                    fills.push((*login, event));
                }
            }
        }
        let verdicts = self.rules.tick(self.at, place, quote, &fills)?;
        self.follow(verdicts)?;
        for (login, position) in closing {
            self.close_one(login, position)?;
        }
        self.judge_margins(&touched)?;
        self.wind_up(symbol)?;
        self.watch_changed()
    }

    /// The price is set, and nothing is judged by it: for what is replayed, too.
    pub(super) fn know(&mut self, taken: Taken, quote: Quote) {
        self.prices.set(taken.symbol, quote, taken.at);
        let symbol = taken.symbol;
        let previous = self.known.remove(&symbol).map(|known| known.last);
        let mut before = None;
        self.age_dues.retain(|(due, of)| {
            let is_other = *of != symbol;
            if !is_other {
                before = Some(*due);
            }
            is_other
        });
        if let Some(instrument) = self.instruments.get(symbol) {
            let due = stale_at(instrument, taken.at, before);
            self.age_dues.insert((due, symbol));
        }
        let known = Known {
            last: taken,
            previous,
            is_stale: false,
        };
        self.known.insert(symbol, known);
    }

    fn judge_margins(&mut self, touched: &[Login]) -> Result<(), ShardError> {
        for login in touched {
            let has_margin = self.accounts.get(login).is_some_and(|live| {
                live.ended.is_none()
                    && (!live.account.positions.is_empty() || live.account.margin_called)
            });
            if has_margin {
                let (_, events) = self.turn(*login, &Input::Judge)?;
                let verdicts = self.tell(*login, events)?;
                self.follow(verdicts)?;
            }
        }
        Ok(())
    }

    /// Something of the symbol can be closed now.
    fn is_dealt(&self, live: &Live, symbol: Symbol) -> bool {
        let terms = live.terms.get(symbol);
        terms.is_some_and(|terms| {
            self.prices.freshness(&terms.instrument, self.at) == Freshness::Fresh
        })
    }

    /// Closes what should have been closed before, at the first price there is.
    fn wind_up(&mut self, symbol: Symbol) -> Result<(), ShardError> {
        for login in self.leftovers(symbol) {
            let live = self.accounts.get(&login);
            let Some(live) = live.filter(|live| self.is_dealt(live, symbol)) else {
                continue;
            };
            let held = live.account.positions.iter();
            let left = held.filter(|held| held.symbol == symbol && live.is_to_be_closed(held.id));
            let left: Vec<_> = left.map(|held| held.id).collect();
            for position in left {
                self.close_one(login, position)?;
            }
        }
        Ok(())
    }

    /// Closes a position for the firm, now or at the first price there is.
    pub(super) fn close_one(
        &mut self,
        login: Login,
        position: PositionId,
    ) -> Result<(), ShardError> {
        let only = Some(position);
        let (effects, events) = self.turn(login, &Input::Liquidate { only })?;
        self.note_not_closed(login, &effects);
        let verdicts = self.tell(login, events)?;
        self.follow(verdicts)
    }

    /// What could not be closed is, as soon as it can be.
    pub(super) fn note_not_closed(&mut self, login: Login, effects: &[Effect]) {
        let left = effects.iter().filter_map(|effect| match effect {
            Effect::NotClosed { position, .. } => Some(*position),
            _ => None,
        });
        let left: Vec<PositionId> = left.collect();
        if let Some(live) = self.accounts.get_mut(&login)
            && live.ended.is_none()
            && !left.is_empty()
        {
            live.closing.extend(left);
            self.changes(login);
            self.reindex(login);
        }
    }
}
