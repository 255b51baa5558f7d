//! One account is looked at, and armed again.

use super::history::{High, NEVER, Valued};
use super::kept::Kept;
use super::leg::{Leg, worth};
use super::room::Room;
use super::split::split;
use super::terms::Terms;
use super::{Fast, Seat};
use crate::judge::Found;
use crate::market::Worth;
use crate::{Account, RulesError, SymbolId};
use touchstone_domain::{BestPrices, Quote, Side, Through, UnixMicros};

/// An account as the history values it.
struct Holding<'a> {
    balance_minor: i64,
    legs: &'a [Leg],
    terms: &'a [Terms],
}

impl Valued for Holding<'_> {
    fn equity(&self, prices: impl Fn(SymbolId) -> BestPrices) -> Option<i64> {
        self.legs.iter().try_fold(self.balance_minor, |sum, leg| {
            let terms = &self.terms[leg.symbol().0 as usize];
            let rate = terms.rate.map(&prices);
            let value = leg.value(terms, prices(leg.symbol()), rate).ok()?;
            sum.checked_add(value)
        })
    }

    fn depends_on(&self, symbol: SymbolId) -> bool {
        self.legs.iter().any(|leg| {
            leg.symbol() == symbol || self.terms[leg.symbol().0 as usize].rate == Some(symbol)
        })
    }
}

impl Fast {
    fn holding(&self, seat: Seat) -> Holding<'_> {
        let place = &self.places[seat.index()];
        Holding {
            balance_minor: place.balance_minor,
            legs: &place.legs,
            terms: self.terms.terms(place.currency),
        }
    }

    /// The account as it was before the present input.
    pub(super) fn load(&self, seat: Seat) -> Result<Account, RulesError> {
        let place = &self.places[seat.index()];
        let kept = self.kept[seat.index()].as_ref();
        let now = self.now.filter(|_| !place.is_fresh);
        let mut account = kept.ok_or(RulesError::UnknownAccount)?.account(
            place,
            self.terms.name(place.currency),
            now.unwrap_or(UnixMicros(0)),
            &self.days,
        )?;
        if let Some(now) = now {
            account.phase.state.now = now;
        }
        if place.is_raw {
            return Ok(account);
        }
        if let Some(high) = self.unknown_high(seat)? {
            account.phase.raise_to(high)?;
        }
        if !place.legs.is_empty() {
            let terms = self.terms.terms(place.currency);
            let worth = worth(&place.legs, terms, &self.board)?;
            if let Worth::Firm(minor) | Worth::Doubtful(minor) = worth {
                account.phase.state.reading.floating_minor = minor;
            }
        }
        Ok(account)
    }

    /// A high that was made since the last look, if one was.
    fn unknown_high(&self, seat: Seat) -> Result<Option<High>, RulesError> {
        let since = self.since[seat.index()];
        let Some(kept) = self.kept[seat.index()].as_ref().filter(|_| since != NEVER) else {
            return Ok(None);
        };
        let peak = kept.lowest_peak_minor()?;
        let holding = self.holding(seat);
        Ok(self.history.highest(&holding, (since, self.before), peak))
    }

    /// Finds the peak up to now, and keeps it.
    pub(super) fn settle(&mut self, seat: Seat) -> Result<(), RulesError> {
        let high = self.unknown_high(seat)?;
        if let (Some(high), Some(kept)) = (high, self.kept[seat.index()].as_mut()) {
            kept.raise(high)?;
        }
        self.since[seat.index()] = self.before;
        Ok(())
    }

    /// A price has passed an edge of the account, or is the first since it was opened; nothing else has happened to it.
    pub(super) fn look(&mut self, seat: Seat, found: &mut Found) -> Result<(), RulesError> {
        let is_first = self.places[seat.index()].is_raw;
        self.looks += u64::from(!is_first);
        if !is_first && self.look_calmly(seat)? {
            return Ok(());
        }
        let mut account = self.load(seat)?;
        self.places[seat.index()].is_raw = false;
        account.phase.state.now = self.now.unwrap_or(account.phase.state.now);
        self.judge(seat, &mut account, found)?;
        if !found.is_empty() {
            self.await_timer(seat, &account)?;
        }
        self.keep(seat, account)
    }

    /// Values what the account holds at the present prices, as [`Account::look`] does.
    pub(super) fn judge(
        &mut self,
        seat: Seat,
        account: &mut Account,
        found: &mut Found,
    ) -> Result<(), RulesError> {
        self.seat_legs(seat, &account.positions);
        let place = &self.places[seat.index()];
        let worth = match place.legs.is_empty() {
            true => None,
            false => {
                let terms = self.terms.terms(place.currency);
                Some(worth(&place.legs, terms, &self.board)?)
            }
        };
        account.seen(worth, found)
    }

    /// Most looks find an equity that changes nothing: then only the edges are set anew.
    fn look_calmly(&mut self, seat: Seat) -> Result<bool, RulesError> {
        let place = &self.places[seat.index()];
        if place.calm_low > place.calm_high {
            return Ok(false);
        }
        let terms = self.terms.terms(place.currency);
        let Worth::Firm(floating) = worth(&place.legs, terms, &self.board)? else {
            return Ok(false);
        };
        let equity = crate::add(place.balance_minor, floating)?;
        let (down, up) = calm_room(place.calm_low, place.calm_high, equity);
        if down < 0 || up < 0 {
            return Ok(false);
        }
        // Near its peak, a floor that follows leaves more room when the history is used.
        if place.trails && up < down / 2 {
            return Ok(false);
        }
        self.file(seat, equity, down, up);
        Ok(true)
    }

    /// Puts an account back that has just been judged, and arms it.
    pub(super) fn keep(&mut self, seat: Seat, account: Account) -> Result<(), RulesError> {
        self.seat_legs(seat, &account.positions);
        let place = &mut self.places[seat.index()];
        place.balance_minor = account.phase.state.reading.balance_minor;
        let is_raw = place.is_raw;
        if !is_raw {
            self.arm(seat, &account)?;
        }
        let has_worth = !is_raw && self.has_worth(seat);
        let kept = Kept::of(account, has_worth, &mut self.days);
        self.kept[seat.index()] = Some(kept);
        Ok(())
    }

    /// Arms an account to which nothing has happened.
    pub(super) fn arm_again(&mut self, seat: Seat) -> Result<(), RulesError> {
        if self.places[seat.index()].is_raw {
            return Ok(());
        }
        let account = self.load(seat)?;
        self.keep(seat, account)
    }

    fn arm(&mut self, seat: Seat, account: &Account) -> Result<(), RulesError> {
        let room = account.phase.room().unwrap_or(Room::NONE);
        let equity = account.phase.equity_minor()?;
        let place = &mut self.places[seat.index()];
        place.trails = room.trails;
        let is_calm = account.phase.state.reading.is_firm && !room.makes_peaks;
        (place.calm_low, place.calm_high) = match (is_calm, room.down, room.up) {
            (false, _, _) => (i64::MAX, i64::MIN),
            (true, i64::MAX, i64::MAX) => (i64::MIN, i64::MAX),
            (true, i64::MAX, up) => (i64::MIN, equity.saturating_add(up)),
            (true, down, i64::MAX) => (equity.saturating_sub(down), i64::MAX),
            (true, down, up) => (equity.saturating_sub(down), equity.saturating_add(up)),
        };
        self.since[seat.index()] = match room.makes_peaks {
            true => self.history.count(),
            false => NEVER,
        };
        self.file(seat, equity, room.down, room.up);
        Ok(())
    }

    /// Files the edges of a room around an equity.
    fn file(&mut self, seat: Seat, equity: i64, down: i64, up: i64) {
        let (mut down, mut up) = (down, up);
        let place = &self.places[seat.index()];
        if let Some(floor) = self.watched_floor(seat) {
            let above = equity.saturating_sub(floor);
            down = down.min(above.saturating_sub(1).max(0));
            if above <= 0 {
                // Where it has come above the floor again, it can fall to it again.
                up = up.min(above.saturating_neg());
            }
        }
        let terms = self.terms.terms(place.currency);
        if self.is_priced(seat) {
            let (fences, board) = (&mut self.fences, &self.board);
            split(&place.legs, terms, board, (down, up), |index, edges| {
                let leg = &place.legs[index];
                let symbol = leg.symbol().0 as usize;
                let Some(quote) = board.rows[symbol].quote else {
                    return;
                };
                let own = &mut fences[symbol];
                match leg.position.side {
                    Side::Long => own.bids.file(leg.price, edges.price, quote.bid()),
                    Side::Short => own.asks.file(leg.price, edges.price, quote.ask()),
                }
                let rate = terms[symbol].rate;
                if let Some((rate, quote)) =
                    rate.and_then(|rate| Some((rate, board.row(rate).quote?)))
                {
                    let fences = &mut fences[rate.0 as usize];
                    fences
                        .bids
                        .file(leg.rate_bid, edges.rate_bid, Quote::bid(quote));
                    fences
                        .asks
                        .file(leg.rate_ask, edges.rate_ask, Quote::ask(quote));
                }
            });
        } else {
            self.file_open(seat);
        }
        if self.places[seat.index()].is_watched {
            self.file_watch(seat);
        }
    }

    /// Every price that the account depends on has come, as far as one can come.
    fn is_priced(&self, seat: Seat) -> bool {
        let place = &self.places[seat.index()];
        let terms = self.terms.terms(place.currency);
        let priced = |symbol: SymbolId| self.board.row(symbol).quote.is_some();
        place.legs.iter().all(|leg| {
            let rate = terms[leg.symbol().0 as usize].rate;
            priced(leg.symbol()) && rate.is_none_or(priced)
        })
    }

    /// Prices tell what the account's positions are worth, now and from now on.
    fn has_worth(&self, seat: Seat) -> bool {
        let place = &self.places[seat.index()];
        let terms = self.terms.terms(place.currency);
        let is_convertible = |leg: &Leg| {
            let terms = &terms[leg.symbol().0 as usize];
            terms.rate.is_some() || terms.valuation.through() == Through::Nothing
        };
        !place.legs.is_empty() && self.is_priced(seat) && place.legs.iter().all(is_convertible)
    }
}

/// How far an equity is from both ends of the calm; below 0 outside of it.
fn calm_room(low: i64, high: i64, equity: i64) -> (i64, i64) {
    let down = match low {
        i64::MIN => i64::MAX,
        low => equity.saturating_sub(low),
    };
    let up = match high {
        i64::MAX => i64::MAX,
        high => high.saturating_sub(equity),
    };
    (down, up)
}
