//! Who watches all accounts: they are gone through some in each turn, so that ticks and orders come in between, and for
//! all who wait at once. Of each board only as many places are kept as it shows.

use super::handle::{DeskError, Reply};
use super::run::Pending;
use super::settings::{BOARD_STEPS, BOARDS_LIMIT};
use super::shard::{BoardRow, Shard, ShardError};
use std::collections::BinaryHeap;
use touchstone_domain::{BrandId, Login, UnixMicros};

/// What is left of what a floor lets an account lose is little, from here down: a tenth.
const LITTLE: i64 = 100_000;

/// What somebody wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardAsk {
    pub brand_id: BrandId,
    /// Only these, in order; `None` for all of the brand.
    pub logins: Option<Vec<Login>>,
    pub has_open_positions: Option<bool>,
    /// Only accounts that have at most so much left of what their nearest floor lets them lose, in ten-thousandths of a
    /// percent.
    pub near: Option<i64>,
    pub limit: usize,
    pub offset: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardView {
    /// Those that are closest to a floor first.
    pub rows: Vec<BoardRow>,
    /// How many there are on all pages.
    pub total: usize,
    pub sums: BoardSums,
    pub at: UnixMicros,
}

/// Of all that were asked for, however near they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoardSums {
    pub running: usize,
    /// Not more than a tenth is left of what the nearest floor lets them lose.
    pub near: usize,
    /// A price is too old to judge them by.
    pub suspended: usize,
}

/// An account's place: its distance, the farthest for one without a floor.
type Place = (i64, Login);

struct Board {
    ask: BoardAsk,
    reply: Reply<BoardView>,
    /// The nearest so far, the farthest of them on top; no more than are shown or skipped.
    places: BinaryHeap<Place>,
    total: usize,
    sums: BoardSums,
}

#[derive(Default)]
pub(super) struct Boards {
    waiting: Vec<Board>,
    /// Those that the present round is for.
    looking: Vec<Board>,
    /// How far the round has come.
    after: Option<Login>,
}

fn place(row: &BoardRow) -> Place {
    (row.distance().unwrap_or(i64::MAX), row.login)
}

impl Board {
    fn wants(&self, login: Login, brand: BrandId) -> bool {
        let logins = self.ask.logins.as_ref();
        self.ask.brand_id == brand
            && logins.is_none_or(|logins| logins.binary_search(&login).is_ok())
    }

    fn shows(&self, row: &BoardRow) -> bool {
        let near = self.ask.near;
        near.is_none_or(|most| row.room_left().is_some_and(|left| left <= most))
    }

    fn take(&mut self, row: &BoardRow) {
        let holds = row.open_positions > 0;
        let asked = self.ask.has_open_positions;
        if asked.is_some_and(|asked| asked != holds) {
            return;
        }
        self.sums.running += 1;
        self.sums.near += usize::from(row.room_left().is_some_and(|left| left <= LITTLE));
        self.sums.suspended += usize::from(row.is_suspended);
        if !self.shows(row) {
            return;
        }
        self.total += 1;
        self.places.push(place(row));
        if self.places.len() > self.ask.offset.saturating_add(self.ask.limit) {
            self.places.pop();
        }
    }

    /// The rows as they are now, which is a little later.
    fn view(&mut self, shard: &Shard) -> Result<BoardView, ShardError> {
        let places = std::mem::take(&mut self.places).into_sorted_vec();
        let mut rows = Vec::new();
        for (_, login) in places.into_iter().skip(self.ask.offset) {
            rows.extend(shard.board_row(login)?);
        }
        rows.sort_by_key(place);
        Ok(BoardView {
            rows,
            total: self.total,
            sums: self.sums,
            at: shard.at(),
        })
    }
}

impl Boards {
    pub fn add(&mut self, ask: BoardAsk, reply: Reply<BoardView>) {
        if self.waiting.len() >= BOARDS_LIMIT {
            let _ = reply.send(Err(DeskError::Overloaded));
            return;
        }
        self.waiting.push(Board {
            ask,
            reply,
            places: BinaryHeap::new(),
            total: 0,
            sums: BoardSums::default(),
        });
    }

    /// Whether something is left for the next turn.
    pub const fn is_looked_for(&self) -> bool {
        !self.waiting.is_empty() || !self.looking.is_empty()
    }

    /// Goes on for a while.
    pub fn look(&mut self, shard: &Shard, pending: &mut Vec<Pending>) -> Result<(), ShardError> {
        if self.looking.is_empty() {
            self.after = None;
            self.looking = std::mem::take(&mut self.waiting);
        }
        self.looking.retain(|board| !board.reply.is_closed());
        if self.looking.is_empty() {
            return Ok(());
        }
        let most = shard.limits().boards.max(1);
        let mut looks = 0;
        for (step, (login, owner)) in shard.after(self.after).enumerate() {
            if looks >= most || step >= most.saturating_mul(BOARD_STEPS) {
                return Ok(());
            }
            self.after = Some(login);
            let mut watched = self.looking.iter();
            if !watched.any(|board| board.wants(login, owner.brand_id)) {
                continue;
            }
            looks += 1;
            let Some(row) = shard.board_row(login)? else {
                continue;
            };
            for board in &mut self.looking {
                if board.wants(login, row.owner.brand_id) {
                    board.take(&row);
                }
            }
        }
        for mut board in std::mem::take(&mut self.looking) {
            let view = board.view(shard)?;
            pending.push(Box::new(move |told| {
                let _ = board.reply.send(told.map(|()| view));
            }));
        }
        Ok(())
    }
}
