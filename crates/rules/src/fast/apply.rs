//! What comes in, and which accounts it touches.

use super::{Fast, Seat};
use crate::judge::Found;
use crate::{Account, Event, Input, RulesError, SymbolId, Verdict};
use touchstone_domain::{Login, Quote, UnixMicros};

/// An account that more than a price happens to.
#[derive(Debug)]
struct Work {
    seat: Seat,
    account: Account,
    found: Found,
}

/// How a symbol moves.
#[derive(Clone, Copy, Debug)]
enum Move {
    Quoted(Quote),
    Stale(bool),
}

impl Fast {
    /// As [`crate::Plain::apply`].
    ///
    /// # Errors
    /// As [`crate::Plain::apply`].
    pub fn apply(&mut self, at: UnixMicros, input: Input) -> Result<Vec<Verdict>, RulesError> {
        match input {
            Input::Of { login, event } => self.event(at, login, event),
            Input::Tick { symbol, quote } => self.tick(at, symbol, quote, &[]),
            Input::Stale(symbol) => self.moved(at, symbol, Move::Stale(true), &[]),
            Input::Fresh(symbol) => self.moved(at, symbol, Move::Stale(false), &[]),
            Input::Time => {
                self.in_order(at)?;
                let work = self.due(at, Vec::new())?;
                self.pass_time(at);
                self.finish(work)
            }
        }
    }

    /// As [`crate::Plain::tick`].
    ///
    /// # Errors
    /// As [`crate::Plain::tick`].
    #[inline]
    pub fn tick(
        &mut self,
        at: UnixMicros,
        symbol: SymbolId,
        quote: Quote,
        fills: &[(Login, Event)],
    ) -> Result<Vec<Verdict>, RulesError> {
        self.moved(at, symbol, Move::Quoted(quote), fills)
    }

    fn in_order(&self, at: UnixMicros) -> Result<(), RulesError> {
        match self.latest {
            Some(now) if at < now => Err(RulesError::OutOfOrder { at, now }),
            _ => Ok(()),
        }
    }

    fn pass_time(&mut self, at: UnixMicros) {
        self.now = Some(at);
        self.latest = Some(at);
        for seat in std::mem::take(&mut self.fresh) {
            self.places[seat.index()].is_fresh = false;
        }
    }

    fn event(
        &mut self,
        at: UnixMicros,
        login: Login,
        event: Event,
    ) -> Result<Vec<Verdict>, RulesError> {
        self.in_order(at)?;
        let seat = self.find(login).ok_or(RulesError::UnknownAccount)?;
        let (mut account, mut found) = (self.load(seat)?, Vec::new());
        account.advance(at, &self.market, &mut found)?;
        account.take(event, &self.market, &mut found)?;
        account.look(&self.market, &mut found)?;
        let mut work = self.due(at, Vec::new())?;
        work.retain(|work| work.seat != seat);
        self.places[seat.index()].is_raw = false;
        let place = work.partition_point(|work| work.account.login < login);
        work.insert(
            place,
            Work {
                seat,
                account,
                found,
            },
        );
        self.pass_time(at);
        self.finish(work)
    }

    fn moved(
        &mut self,
        at: UnixMicros,
        symbol: SymbolId,
        how: Move,
        fills: &[(Login, Event)],
    ) -> Result<Vec<Verdict>, RulesError> {
        self.in_order(at)?;
        self.market.symbol(symbol)?;
        let is_plain = fills.is_empty() && !self.timers.is_due(at);
        let mut work = match is_plain {
            true => Vec::new(),
            false => {
                let also = fills.iter().filter_map(|(login, _)| self.find(*login));
                let also = also.collect();
                self.due(at, also)?
            }
        };
        let raw = std::mem::take(&mut self.raw);
        self.pass_time(at);
        self.pass_edges(at, symbol, how, raw)?;
        let mut verdicts = Vec::new();
        if !(work.is_empty() && self.passed.is_empty()) {
            for work in &mut work {
                let login = work.account.login;
                for (_, event) in fills.iter().filter(|(of, _)| *of == login) {
                    work.account
                        .take(event.clone(), &self.market, &mut work.found)?;
                }
                self.places[work.seat.index()].is_raw = false;
                self.judge(work.seat, &mut work.account, &mut work.found)?;
            }
            verdicts = self.look_at_passed(work)?;
        }
        self.before = self.history.count();
        self.visit_some()?;
        Ok(verdicts)
    }

    /// Moves the market, and notes whose edges are passed by it, and who was not looked at yet.
    #[inline]
    fn pass_edges(
        &mut self,
        at: UnixMicros,
        symbol: SymbolId,
        how: Move,
        raw: Vec<Seat>,
    ) -> Result<(), RulesError> {
        let passed = &mut self.passed;
        passed.clear();
        // Whoever was opened is looked at with the first price, whichever it is.
        passed.extend(
            raw.into_iter()
                .filter(|seat| self.places[seat.index()].is_raw),
        );
        let fences = &mut self.fences[symbol.0 as usize];
        let wakes = match how {
            Move::Quoted(_) => self.board.wakes(symbol),
            Move::Stale(is_stale) => self.board.row(symbol).is_stale != is_stale,
        };
        match how {
            Move::Quoted(quote) => {
                self.history.push(at, symbol, quote, &self.board);
                self.market.quoted(symbol, quote)?;
                self.board.set(symbol, quote);
                fences.bids.fire(quote.bid(), |seat| passed.push(seat));
                fences.asks.fire(quote.ask(), |seat| passed.push(seat));
            }
            Move::Stale(is_stale) => {
                self.market.set_stale(symbol, is_stale)?;
                self.board.rows[symbol.0 as usize].is_stale = is_stale;
            }
        }
        let is_anybody_awake = self.places.len() > self.free.len() + self.asleep;
        if wakes && is_anybody_awake {
            fences.bids.everybody(|seat| passed.push(seat));
            fences.asks.everybody(|seat| passed.push(seat));
        }
        if !passed.is_empty() {
            let places = &self.places;
            passed.retain(|seat| !places[seat.index()].is_asleep);
            passed.sort_unstable_by_key(|seat| places[seat.index()].login);
            passed.dedup();
        }
        Ok(())
    }

    /// Looks at whom the price has passed, and puts the others back, in the order of logins.
    fn look_at_passed(&mut self, work: Vec<Work>) -> Result<Vec<Verdict>, RulesError> {
        let mut verdicts = Vec::new();
        let passed = std::mem::take(&mut self.passed);
        let mut work = work.into_iter().peekable();
        let mut found = Vec::new();
        for seat in &passed {
            let login = self.places[seat.index()].login;
            while let Some(own) = work.next_if(|work| work.account.login < login) {
                self.put_back(own, &mut verdicts)?;
            }
            if work.peek().is_some_and(|work| work.seat == *seat) {
                continue;
            }
            self.look(*seat, &mut found)?;
            if !found.is_empty() {
                self.tell(*seat, std::mem::take(&mut found), &mut verdicts);
            }
        }
        for own in work {
            self.put_back(own, &mut verdicts)?;
        }
        self.passed = passed;
        Ok(verdicts)
    }

    /// Accounts that are due by then, and these: each up to then, with the prices from before.
    fn due(&mut self, at: UnixMicros, mut seats: Vec<Seat>) -> Result<Vec<Work>, RulesError> {
        let places = &self.places;
        self.timers.pop(at, |due, seat| {
            if places[seat.index()].due == due {
                seats.push(seat);
            }
        });
        self.in_order_of_logins(&mut seats);
        let each = seats.into_iter().map(|seat| {
            let (mut account, mut found) = (self.load(seat)?, Vec::new());
            account.advance(at, &self.market, &mut found)?;
            Ok(Work {
                seat,
                account,
                found,
            })
        });
        each.collect()
    }

    fn finish(&mut self, work: Vec<Work>) -> Result<Vec<Verdict>, RulesError> {
        let mut verdicts = Vec::new();
        for own in work {
            self.put_back(own, &mut verdicts)?;
        }
        Ok(verdicts)
    }

    fn put_back(&mut self, work: Work, verdicts: &mut Vec<Verdict>) -> Result<(), RulesError> {
        let Work {
            seat,
            account,
            found,
        } = work;
        // What was due has been taken from the queue: it is queued anew also for the same instant.
        self.places[seat.index()].due = super::seats::NO_TIMER;
        self.await_timer(seat, &account)?;
        self.keep(seat, account)?;
        self.tell(seat, found, verdicts);
        Ok(())
    }

    fn tell(&self, seat: Seat, found: Found, verdicts: &mut Vec<Verdict>) {
        let login = self.places[seat.index()].login;
        let told = found.into_iter();
        verdicts.extend(told.map(|(at, finding)| Verdict { login, at, finding }));
    }
}
