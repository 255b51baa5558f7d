//! Time passes: prices grow old, orders expire, nights are charged, days end; each at its own instant and in order.

use super::super::market::Step;
use super::{Cause, Shard, ShardError};
use touchstone_domain::{Login, Symbol, UnixMicros};
use touchstone_trading::{Freshness, Input, Instrument};

const MICROS_PER_MINUTE: i64 = 60_000_000;
/// A market that stays closed for longer is looked at again then.
const LONGEST_CLOSE_MINUTES: i64 = 14 * 24 * 60;

/// What happens by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// Resets and time limits of the rules. They come first: what a night costs belongs to the day that begins.
    Rules,
    /// A price grows old, or the market closes on one that is.
    Age(Symbol),
    Expiry(Login),
    Rollover,
    /// A piece of the calendar comes near.
    News,
}

impl Shard {
    /// The next instant at which something happens without an input.
    ///
    /// # Errors
    /// An instant outside of the calendar.
    pub fn next_due(&self) -> Result<Option<UnixMicros>, ShardError> {
        Ok(self.next()?.map(|(at, _)| at))
    }

    /// As [`Shard::next_due`], but for prices that grow old.
    pub fn next_boundary(&self) -> UnixMicros {
        let expiry = self.expiries.first().map(|(at, _)| *at);
        let others = [self.rules.next_timer(), expiry, self.calendar.next()];
        let others = others.into_iter().flatten();
        others.fold(self.next_rollover, UnixMicros::min)
    }

    fn next(&self) -> Result<Option<(UnixMicros, Due)>, ShardError> {
        let rules = self.rules.next_timer().map(|at| (at, Due::Rules));
        let age = self.age_dues.first();
        let age = age.map(|(at, symbol)| (*at, Due::Age(*symbol)));
        let expiry = self.expiries.first();
        let expiry = expiry.map(|(at, login)| (*at, Due::Expiry(*login)));
        let rollover = Some((self.next_rollover, Due::Rollover));
        let news = self.calendar.next().map(|at| (at, Due::News));
        let all = [rules, age, expiry, rollover, news];
        Ok(all.into_iter().flatten().min())
    }

    /// Lets time pass up to an instant; an input of that instant comes afterwards. Time never goes back.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn advance(&mut self, now: UnixMicros) -> Result<(), ShardError> {
        while let Some((at, due)) = self.next()?
            && at <= now
        {
            if due == Due::Rules && (self.nights.is_owed() || self.calendar.is_untold()) {
                // What a night has cost belongs to the day that ends now, and not to the next one. And nobody comes to
                // a time without the news that he should know by then.
                self.charge_nights(usize::MAX)?;
                self.tell_news(usize::MAX)?;
                self.watch_changed()?;
                continue;
            }
            self.at = self.at.max(at);
            self.cause = Cause::Time;
            match due {
                Due::Rules => {
                    let verdicts = self.rules.apply(self.at, touchstone_rules::Input::Time)?;
                    self.follow(verdicts)?;
                }
                Due::Age(symbol) => self.age(symbol)?,
                Due::Expiry(login) => {
                    self.charge_night_of(login)?;
                    self.each_time(login, &Input::Timer)?;
                }
                Due::Rollover => self.roll_over()?,
                Due::News => self.news_come_near(),
            }
            self.watch_changed()?;
        }
        self.at = self.at.max(now);
        self.charge_nights(self.limits.nights)?;
        self.tell_news(self.limits.nights)?;
        self.watch_changed()
    }

    pub(super) fn each_time(&mut self, login: Login, input: &Input) -> Result<(), ShardError> {
        let (_, events) = self.turn(login, input)?;
        let verdicts = self.tell(login, events)?;
        self.follow(verdicts)
    }

    fn age(&mut self, symbol: Symbol) -> Result<(), ShardError> {
        let is_stale = self.known.get(&symbol).is_some_and(|known| known.is_stale);
        match is_stale {
            true => self.close(symbol),
            false => self.stale(symbol),
        }
    }

    /// From here on nothing is judged by the last price of the symbol.
    pub(super) fn stale(&mut self, symbol: Symbol) -> Result<(), ShardError> {
        self.mark_stale(symbol);
        let Some(place) = self.instruments.place(symbol) else {
            return Ok(());
        };
        self.seq += 1;
        let (seq, at) = (self.seq, self.at);
        self.batch.steps.push(Step::Stale { seq, at, symbol });
        let input = touchstone_rules::Input::Stale(place);
        let verdicts = self.rules.apply(self.at, input)?;
        self.follow(verdicts)
    }

    /// The market has closed: nobody can have a newer price than the last one.
    fn close(&mut self, symbol: Symbol) -> Result<(), ShardError> {
        self.mark_closed(symbol);
        let Some(place) = self.instruments.place(symbol) else {
            return Ok(());
        };
        self.seq += 1;
        let (seq, at) = (self.seq, self.at);
        self.batch.steps.push(Step::Closed { seq, at, symbol });
        let input = touchstone_rules::Input::Fresh(place);
        let verdicts = self.rules.apply(self.at, input)?;
        self.follow(verdicts)
    }

    pub(super) fn mark_stale(&mut self, symbol: Symbol) {
        self.prices.doubt(symbol);
        if let Some(known) = self.known.get_mut(&symbol) {
            known.is_stale = true;
        }
        self.age_anew(symbol);
    }

    pub(super) fn mark_closed(&mut self, symbol: Symbol) {
        if let Some(known) = self.known.get_mut(&symbol) {
            known.is_stale = false;
        }
        self.age_anew(symbol);
    }

    /// When the age of a price matters next, if nothing comes in: everything up to now is done.
    pub(super) fn age_anew(&mut self, symbol: Symbol) {
        self.age_dues.retain(|(_, of)| *of != symbol);
        let known = self.known.get(&symbol);
        let Some((known, instrument)) = known.zip(self.instruments.get(symbol)) else {
            return;
        };
        let due = match known.is_stale {
            true => instrument.hours.next_close(self.at),
            false => Some(stale_at(instrument, known.last.at, None))
                .filter(|due| *due > self.at)
                .or_else(|| instrument.hours.next_open(self.at)),
        };
        self.age_dues.extend(due.map(|due| (due, symbol)));
    }
}

/// The first instant at which the market is open and a price of `last` is too old; `before` is what it was for the
/// price before.
pub(super) fn stale_at(
    instrument: &Instrument,
    last: UnixMicros,
    before: Option<UnixMicros>,
) -> UnixMicros {
    let limit = instrument.stale_after_ms.saturating_mul(1_000);
    let first = last.plus_micros(limit.saturating_add(1));
    if instrument.hours.is_open(first) {
        return first;
    }
    // The market has not opened in between: it is the same opening.
    if let Some(before) = before.filter(|before| *before > first) {
        return before;
    }
    // Hours begin with whole minutes.
    let minute = first.0.div_euclid(MICROS_PER_MINUTE);
    let opens = (1..LONGEST_CLOSE_MINUTES)
        .map(|step| UnixMicros((minute + step).saturating_mul(MICROS_PER_MINUTE)))
        .find(|at| instrument.hours.is_open(*at));
    opens.unwrap_or(first.plus_micros(LONGEST_CLOSE_MINUTES * MICROS_PER_MINUTE))
}

impl Shard {
    /// Whether orders can be filled at the symbol's price now.
    pub fn freshness(&self, symbol: Symbol) -> Freshness {
        let instrument = self.instruments.get(symbol);
        instrument.map_or(Freshness::Missing, |instrument| {
            self.prices.freshness(instrument, self.at)
        })
    }
}
