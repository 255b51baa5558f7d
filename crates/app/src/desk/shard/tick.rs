//! A price: fills of waiting orders, stops and targets; peaks and floors; stop-out.

use super::super::market::{Known, Step, Taken};
use super::advance::stale_at;
use super::{Cause, Live, Shard, ShardError};
use std::sync::Arc;
use touchstone_domain::{Login, Quote, Symbol};
use touchstone_trading::{Freshness, Input, Tick, Verdict};

impl Shard {
    /// Looks at a tick, and takes it in if it can be a price now. The caller has let time pass up to it.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn tick(&mut self, source: &Arc<str>, tick: &Tick) -> Result<Verdict, ShardError> {
        let verdict = self.gate.judge(source, tick, self.at);
        let (quote, is_flagged) = match verdict {
            Verdict::Accepted(quote) => (quote, false),
            Verdict::Flagged(quote, _) => (quote, true),
            Verdict::Refused(_) => return Ok(verdict),
        };
        let Some(place) = self.instruments.place(tick.symbol) else {
            return Ok(verdict);
        };
        if self.nights.is_owed() {
            for login in self.rules.touched(place, quote)? {
                self.charge_night_of(login)?;
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
        self.quoted(taken, quote)?;
        Ok(verdict)
    }

    fn quoted(&mut self, taken: Taken, quote: Quote) -> Result<(), ShardError> {
        self.cause = Cause::Tick;
        let symbol = taken.symbol;
        let Some(place) = self.instruments.place(symbol) else {
            return Ok(());
        };
        self.know(taken, quote);
        let touched = self.rules.touched(place, quote)?;
        let mut fills = Vec::new();
        for login in &touched {
            let (_, events) = self.turn(*login, &Input::Tick { symbol })?;
            for event in events {
                if self.is_judged(*login) {
                    self.journal(*login, event, true);
                    fills.push((*login, event));
                }
            }
        }
        let verdicts = self.rules.tick(self.at, place, quote, &fills)?;
        self.follow(verdicts)?;
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
        self.stale_dues.retain(|(due, of)| {
            let is_other = *of != symbol;
            if !is_other {
                before = Some(*due);
            }
            is_other
        });
        if let Some(instrument) = self.instruments.get(symbol) {
            let due = stale_at(instrument, taken.at, before);
            self.stale_dues.insert((due, symbol));
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

    /// Closes what an ended phase has left, at the first price there is.
    fn wind_up(&mut self, symbol: Symbol) -> Result<(), ShardError> {
        for login in self.leftovers(symbol) {
            let Some(live) = self
                .accounts
                .get(&login)
                .filter(|live| live.is_winding_up() && self.is_dealt(live, symbol))
            else {
                continue;
            };
            let held = live.account.positions.iter();
            let left = held.filter(|held| held.symbol == symbol);
            let left: Vec<_> = left.map(|held| held.id).collect();
            for position in left {
                let only = Some(position);
                self.turn(login, &Input::Liquidate { only })?;
            }
        }
        Ok(())
    }
}
