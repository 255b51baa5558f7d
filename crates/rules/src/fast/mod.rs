//! The same verdicts as [`crate::Plain`] at the same ticks, from looking only at accounts that a tick can matter to.
//!
//! After each look it is known how far the equity may move before any rule can say anything (`room`). That room is
//! split among the prices that the account depends on (`split`), and the edges are filed where the next price of a
//! series finds those that it passes (`fence`). Only these are looked at again, by the very code that `Plain` runs. What
//! a look in between would have changed is a peak that follows the equity, and nothing else: it is found afterwards from
//! the ticks since (`history`). Resets and other instants wait in a queue (`timers`).

mod apply;
mod directory;
mod fence;
mod history;
mod kept;
mod leg;
mod look;
mod room;
mod seats;
mod split;
mod terms;
mod timers;
mod watch;

#[cfg(test)]
mod room_laws;
#[cfg(test)]
mod split_laws;

pub use watch::WatchEdges;

use crate::{Account, Market, RulesError, SymbolId, SymbolTerms};
use directory::Directory;
use fence::Fence;
use history::{Count, History};
use kept::{Days, Kept};
use seats::Place;
use std::collections::HashMap;
use terms::{Board, TermsBook};
use timers::Timers;
use touchstone_domain::{Login, UnixMicros};
use watch::Watch;

/// The place of an account; one that has gone leaves its own to the next one that comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Seat(u32);

impl Seat {
    const NOBODY: Self = Self(u32::MAX);

    const fn index(self) -> usize {
        self.0 as usize
    }
}

/// An account that was taken in, and that nothing comes to until it is woken.
#[must_use = "an account that is never woken is never judged"]
#[derive(Debug)]
pub struct Asleep {
    seat: Seat,
    /// The last instant that it was judged at.
    judged_at: UnixMicros,
    due: UnixMicros,
}

/// What decides about speed and memory, and never about a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Ticks that are kept for peaks, at least; more of them where there are many accounts.
    pub history_ticks: usize,
    /// No more than so many, however many accounts there are.
    pub max_history_ticks: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            history_ticks: 1 << 12,
            max_history_ticks: 1 << 21,
        }
    }
}

/// Bytes in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// What is kept of the accounts themselves.
    pub accounts: usize,
    /// Their edges in the order of prices.
    pub edges: usize,
    /// Their positions.
    pub positions: usize,
    pub history: usize,
}

/// The bids and the asks of a symbol.
#[derive(Clone, Debug, Default)]
struct Fences {
    bids: Fence,
    asks: Fence,
}

#[derive(Clone, Debug)]
pub struct Fast {
    settings: Settings,
    market: Market,
    board: Board,
    terms: TermsBook,
    fences: Vec<Fences>,
    places: Vec<Place>,
    kept: Vec<Option<Kept>>,
    /// From which tick on the peaks of an account are not known.
    since: Vec<Count>,
    directory: Directory,
    days: Days,
    watches: HashMap<Seat, Watch>,
    /// The equity at which each account is touched, or at less; empty where none is. `i64::MIN` stands for nothing.
    floors: Vec<i64>,
    timers: Timers,
    history: History,
    /// Ticks before the present one.
    before: Count,
    /// Opened, and not yet looked at.
    raw: Vec<Seat>,
    /// Opened since the last input.
    fresh: Vec<Seat>,
    /// How many accounts are asleep.
    asleep: usize,
    /// Of the last input.
    now: Option<UnixMicros>,
    /// No input may come before.
    latest: Option<UnixMicros>,
    free: Vec<Seat>,
    cursor: usize,
    visits_owed: usize,
    passed: Vec<Seat>,
    looks: u64,
}

impl Fast {
    pub fn new(market: Market) -> Self {
        Self::with_settings(market, Settings::default())
    }

    pub fn with_settings(market: Market, settings: Settings) -> Self {
        let board = Board::of(&market);
        Self {
            settings,
            history: History::new(settings.history_ticks, &board),
            fences: vec![Fences::default(); board.rows.len()],
            board,
            market,
            terms: TermsBook::default(),
            places: Vec::new(),
            kept: Vec::new(),
            since: Vec::new(),
            directory: Directory::default(),
            days: Days::default(),
            watches: HashMap::new(),
            floors: Vec::new(),
            timers: Timers::default(),
            before: 0,
            raw: Vec::new(),
            fresh: Vec::new(),
            asleep: 0,
            now: None,
            latest: None,
            free: Vec::new(),
            cursor: 0,
            visits_owed: 0,
            passed: Vec::new(),
            looks: 0,
        }
    }

    pub const fn market(&self) -> &Market {
        &self.market
    }

    /// Lists one symbol more. It takes as long as opening every account again.
    ///
    /// # Errors
    /// As [`Market::list`].
    pub fn list(&mut self, symbol: SymbolTerms) -> Result<SymbolId, RulesError> {
        let id = self.market.list(symbol)?;
        self.settle_all(self.history.capacity(), |fast| {
            fast.board.grow(&fast.market);
            fast.fences
                .resize_with(fast.board.rows.len(), Fences::default);
        })?;
        self.terms.renew(&self.market)?;
        for seat in self.all_seats() {
            let account = self.load(seat)?;
            self.unseat(seat);
            self.seat_anew(seat, &account)?;
        }
        Ok(id)
    }

    /// Makes room for so many accounts more, so that none is left over.
    pub fn reserve(&mut self, accounts: usize) {
        self.places.reserve_exact(accounts);
        self.kept.reserve_exact(accounts);
        self.since.reserve_exact(accounts);
    }

    /// # Errors
    /// [`RulesError::AccountTwice`], or that it cannot be valued.
    pub fn open(&mut self, account: Account) -> Result<(), RulesError> {
        let asleep = self.seat(account, None)?;
        self.wake(asleep);
        Ok(())
    }

    /// Takes an account in that nothing comes to until it is woken; with the equity of [`Fast::watch`]. So many accounts
    /// can be taken in before what is judged with each of them.
    ///
    /// # Errors
    /// As for [`Fast::open`].
    pub fn seat(
        &mut self,
        account: Account,
        equity_floor: Option<i64>,
    ) -> Result<Asleep, RulesError> {
        if self.directory.find(account.login, &self.places).is_some() {
            return Err(RulesError::AccountTwice);
        }
        self.grow_history()?;
        let judged_at = account.phase.state.now;
        let due = account.next_timer()?.unwrap_or(seats::NO_TIMER);
        let seat = self.sit_down(account)?;
        self.set_floor(seat, equity_floor);
        Ok(Asleep {
            seat,
            judged_at,
            due,
        })
    }

    /// From here on everything comes to the account, as if it had been opened now.
    pub fn wake(&mut self, asleep: Asleep) {
        let Asleep {
            seat,
            judged_at,
            due,
        } = asleep;
        self.latest = self.latest.max(Some(judged_at));
        self.places[seat.index()].is_asleep = false;
        self.asleep -= 1;
        self.await_instant(seat, due);
        self.raw.push(seat);
        self.fresh.push(seat);
    }

    /// The account as it is; nothing that comes later has to do with it.
    ///
    /// # Errors
    /// As for [`Fast::account`].
    pub fn remove(&mut self, login: Login) -> Result<Option<Account>, RulesError> {
        let Some(seat) = self.directory.find(login, &self.places) else {
            return Ok(None);
        };
        let account = self.load(seat)?;
        self.stand_up(seat, login);
        Ok(Some(account))
    }

    /// The account up to now, its peaks included.
    ///
    /// # Errors
    /// [`RulesError::Overflow`].
    pub fn account(&self, login: Login) -> Result<Option<Account>, RulesError> {
        let seat = self.directory.find(login, &self.places);
        seat.map(|seat| self.load(seat)).transpose()
    }

    /// Every account that is awake, up to now and in the order of logins: what a checkpoint holds.
    pub fn accounts(&self) -> impl Iterator<Item = Result<Account, RulesError>> {
        let awake = self
            .all_seats()
            .filter(|seat| !self.places[seat.index()].is_asleep);
        awake.map(|seat| self.load(seat))
    }

    /// The next instant at which something can happen to an account without an input.
    pub fn next_timer(&self) -> Option<UnixMicros> {
        self.timers
            .first(|at, seat| self.places[seat.index()].due == at)
    }

    /// How many accounts were looked at by price so far.
    pub const fn looks(&self) -> u64 {
        self.looks
    }

    pub fn sizes(&self) -> Sizes {
        let fences = self.fences.iter();
        let legs = self.places.iter().map(|place| place.legs.len());
        let kept: usize = self.kept.iter().flatten().map(Kept::heap_bytes).sum();
        Sizes {
            accounts: self.places.capacity() * size_of::<Place>()
                + self.kept.capacity() * size_of::<Option<Kept>>()
                + self.since.capacity() * size_of::<Count>()
                + self.floors.capacity() * size_of::<i64>()
                + kept
                + self.free.capacity() * size_of::<Seat>()
                + self.directory.bytes()
                + self.timers.bytes(),
            edges: fences
                .map(|fences| fences.bids.bytes() + fences.asks.bytes())
                .sum(),
            positions: legs.sum::<usize>() * size_of::<leg::Leg>(),
            history: self.history.bytes(),
        }
    }

    /// The seat of an account that is awake.
    fn find(&self, login: Login) -> Option<Seat> {
        let seat = self.directory.find(login, &self.places);
        seat.filter(|seat| !self.places[seat.index()].is_asleep)
    }

    /// In the order of logins.
    fn all_seats(&self) -> impl Iterator<Item = Seat> + use<> {
        let here: Vec<Seat> = self.directory.seats().collect();
        here.into_iter()
    }

    /// Accounts are told and worked on in the order of logins, whenever they were opened.
    fn in_order_of_logins(&self, seats: &mut Vec<Seat>) {
        if seats.len() > 1 {
            seats.sort_unstable_by_key(|seat| self.places[seat.index()].login);
            seats.dedup();
        }
    }
}
