//! Which seat an account has: four bytes each, in order of logins.

use super::Seat;
use super::seats::Place;
use touchstone_domain::Login;

#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    seats: Vec<Seat>,
}

impl Directory {
    fn search(&self, login: Login, places: &[Place]) -> Result<usize, usize> {
        let of = |seat: &Seat| places[seat.index()].login;
        // New accounts have the highest logins.
        match self.seats.last() {
            Some(last) if of(last) < login => Err(self.seats.len()),
            _ => self.seats.binary_search_by_key(&login, of),
        }
    }

    pub fn find(&self, login: Login, places: &[Place]) -> Option<Seat> {
        let index = self.search(login, places).ok()?;
        self.seats.get(index).copied()
    }

    pub fn insert(&mut self, seat: Seat, places: &[Place]) {
        if let Err(index) = self.search(places[seat.index()].login, places) {
            self.seats.insert(index, seat);
        }
    }

    pub fn remove(&mut self, login: Login, places: &[Place]) {
        if let Ok(index) = self.search(login, places) {
            self.seats.remove(index);
        }
    }

    pub fn clear(&mut self) {
        self.seats.clear();
    }

    pub const fn len(&self) -> usize {
        self.seats.len()
    }

    pub fn reserve(&mut self, accounts: usize) {
        self.seats.reserve_exact(accounts);
    }

    pub const fn bytes(&self) -> usize {
        self.seats.capacity() * size_of::<Seat>()
    }
}
