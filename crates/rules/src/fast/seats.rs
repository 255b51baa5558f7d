//! Who sits where: accounts come, go, and take their places in the fences.

use super::fence::{Edge, Slot};
use super::history::{History, NEVER};
use super::kept::Kept;
use super::leg::Leg;
use super::terms::CurrencyId;
use super::{Fast, Seat};
use crate::{Account, Position, RulesError};
use touchstone_domain::{Login, Side, UnixMicros};

/// Nothing is due.
pub(super) const NO_TIMER: UnixMicros = UnixMicros(i64::MAX);

/// What a price asks of an account, in as little memory as that takes.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub login: Login,
    pub legs: Box<[Leg]>,
    pub balance_minor: i64,
    /// An equity from here to there changes nothing; there is none when `calm_low` is above `calm_high`.
    pub calm_low: i64,
    pub calm_high: i64,
    pub due: UnixMicros,
    pub currency: CurrencyId,
    pub trails: bool,
    /// Opened, and not yet looked at: it is as it was handed in.
    pub is_raw: bool,
    /// Opened since the last input.
    pub is_fresh: bool,
    /// Nothing comes to it until it is woken.
    pub is_asleep: bool,
    /// Prices are watched for it beside those of its rules.
    pub is_watched: bool,
}

/// Arrays of accounts grow by little at a time: with a million of them, twice as much would be hundreds of megabytes.
fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 32).max(64));
    }
    list.push(item);
}

impl Fast {
    pub(super) fn login(&self, seat: Seat) -> Option<Login> {
        let is_here = self.kept.get(seat.index())?.is_some();
        is_here.then(|| self.places[seat.index()].login)
    }

    /// Until it is woken it is as it was handed in.
    pub(super) fn sit_down(&mut self, account: Account) -> Result<Seat, RulesError> {
        for position in &account.positions {
            self.market.symbol(position.symbol)?;
        }
        let currency = self.terms.currency(account.currency, &self.market)?;
        let place = Place {
            login: account.login,
            legs: Box::default(),
            balance_minor: account.phase.state.reading.balance_minor,
            calm_low: i64::MAX,
            calm_high: i64::MIN,
            due: NO_TIMER,
            currency,
            trails: false,
            is_raw: true,
            is_fresh: true,
            is_asleep: true,
            is_watched: false,
        };
        let seat = self.take_seat(place)?;
        self.asleep += 1;
        self.directory.insert(seat, &self.places);
        self.seat_legs(seat, &account.positions);
        self.kept[seat.index()] = Some(Kept::whole(account));
        Ok(seat)
    }

    /// One that was left, or a new one.
    fn take_seat(&mut self, place: Place) -> Result<Seat, RulesError> {
        if let Some(seat) = self.free.pop() {
            self.places[seat.index()] = place;
            return Ok(seat);
        }
        let index = u32::try_from(self.places.len()).map_err(|_| RulesError::Overflow)?;
        push(&mut self.places, place);
        push(&mut self.since, NEVER);
        push(&mut self.kept, None);
        Ok(Seat(index))
    }

    pub(super) fn stand_up(&mut self, seat: Seat, login: Login) {
        self.unwatch(seat);
        self.unseat(seat);
        self.directory.remove(login, &self.places);
        self.kept[seat.index()] = None;
        self.since[seat.index()] = NEVER;
        let place = &mut self.places[seat.index()];
        place.due = NO_TIMER;
        place.is_raw = false;
        self.asleep -= usize::from(std::mem::take(&mut place.is_asleep));
        self.set_floor(seat, None);
        self.free.push(seat);
    }

    /// Gives the legs' places in the fences back.
    pub(super) fn unseat(&mut self, seat: Seat) {
        for leg in std::mem::take(&mut self.places[seat.index()].legs) {
            let terms = &self.terms.terms(self.places[seat.index()].currency);
            let rate = terms[leg.symbol().0 as usize].rate;
            let own = &mut self.fences[leg.symbol().0 as usize];
            match leg.position.side {
                Side::Long => own.bids.remove(leg.price),
                Side::Short => own.asks.remove(leg.price),
            }
            if let (Some(rate), true) = (rate, leg.rate_bid != Slot::NONE) {
                let fences = &mut self.fences[rate.0 as usize];
                fences.bids.remove(leg.rate_bid);
                fences.asks.remove(leg.rate_ask);
            }
        }
    }

    /// Takes places for what the account holds now.
    pub(super) fn seat_legs(&mut self, seat: Seat, positions: &[Position]) {
        let legs = &self.places[seat.index()].legs;
        if legs.iter().map(|leg| &leg.position).eq(positions) {
            return;
        }
        self.unseat(seat);
        let currency = self.places[seat.index()].currency;
        let legs = positions.iter().map(|position| {
            let own = position.symbol.0 as usize;
            let rate = self.terms.terms(currency)[own].rate;
            let fences = &mut self.fences[own];
            let price = match position.side {
                Side::Long => fences.bids.add(seat),
                Side::Short => fences.asks.add(seat),
            };
            let (rate_bid, rate_ask) = match rate {
                None => (Slot::NONE, Slot::NONE),
                Some(rate) => {
                    let fences = &mut self.fences[rate.0 as usize];
                    (fences.bids.add(seat), fences.asks.add(seat))
                }
            };
            Leg {
                position: *position,
                price,
                rate_bid,
                rate_ask,
            }
        });
        self.places[seat.index()].legs = legs.collect();
    }

    /// Takes every place of an account anew, after a symbol was listed that may convert what it holds.
    pub(super) fn seat_anew(&mut self, seat: Seat, account: &Account) -> Result<(), RulesError> {
        self.seat_legs(seat, &account.positions);
        self.file_watch(seat);
        self.arm_again(seat)
    }

    pub(super) fn await_timer(&mut self, seat: Seat, account: &Account) -> Result<(), RulesError> {
        let due = account.next_timer()?.unwrap_or(NO_TIMER);
        self.await_instant(seat, due);
        Ok(())
    }

    pub(super) fn await_instant(&mut self, seat: Seat, due: UnixMicros) {
        let place = &mut self.places[seat.index()];
        if place.due != due {
            place.due = due;
            if due != NO_TIMER {
                self.timers.push(due, seat);
            }
        }
    }

    /// Finds every peak that is not known, and begins the history anew.
    pub(super) fn settle_all(
        &mut self,
        ticks: usize,
        change: impl FnOnce(&mut Self),
    ) -> Result<(), RulesError> {
        let unknown = |seat: &Seat| self.since[seat.index()] != NEVER;
        let seats: Vec<Seat> = self.directory.seats().filter(unknown).collect();
        for seat in &seats {
            self.settle(*seat)?;
        }
        change(self);
        self.history = History::new(ticks, &self.board);
        self.before = 0;
        for seat in seats {
            self.since[seat.index()] = 0;
        }
        Ok(())
    }

    /// More accounts have more peaks to be found in the time that the history is long.
    pub(super) fn grow_history(&mut self) -> Result<(), RulesError> {
        let ticks = self.history.capacity();
        if ticks < self.settings.max_history_ticks && ticks < self.places.len() * 16 {
            self.settle_all(ticks * 2, |_| ())?;
        }
        Ok(())
    }

    /// One after the other is asked whether its peak is not known for long, often enough that the history still holds
    /// what is needed.
    pub(super) fn visit_some(&mut self) -> Result<(), RulesError> {
        let capacity = self.history.capacity();
        self.visits_owed += 4 * self.since.len();
        while self.visits_owed >= capacity {
            self.visits_owed -= capacity;
            self.cursor = if self.cursor + 1 < self.since.len() {
                self.cursor + 1
            } else {
                0
            };
            let since = self.since[self.cursor];
            if since != NEVER && (self.before - since) as usize > capacity / 2 {
                let seat = Seat(u32::try_from(self.cursor).map_err(|_| RulesError::Overflow)?);
                self.settle(seat)?;
            }
        }
        if self.history.is_full() {
            self.settle_all(capacity, |_| ())?;
        }
        Ok(())
    }

    pub(super) fn file_open(&mut self, seat: Seat) {
        let place = &self.places[seat.index()];
        let terms = self.terms.terms(place.currency);
        for leg in &place.legs {
            let fences = &mut self.fences[leg.symbol().0 as usize];
            let price = touchstone_domain::Price(0);
            match leg.position.side {
                Side::Long => fences.bids.file(leg.price, Edge::ENDLESS, price),
                Side::Short => fences.asks.file(leg.price, Edge::ENDLESS, price),
            }
            if let Some(rate) = terms[leg.symbol().0 as usize].rate {
                let fences = &mut self.fences[rate.0 as usize];
                fences.bids.file(leg.rate_bid, Edge::ENDLESS, price);
                fences.asks.file(leg.rate_ask, Edge::ENDLESS, price);
            }
        }
    }
}
