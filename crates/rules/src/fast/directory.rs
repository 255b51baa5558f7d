//! Which seat an account has: about four bytes each, in order of logins.

use super::Seat;
use super::seats::Place;
use touchstone_domain::Login;

/// Seats in order, in runs that are short enough to be moved for one that comes in between.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    /// None of them is empty.
    runs: Vec<Vec<Seat>>,
}

const LONGEST_RUN: usize = 1_024;

impl Directory {
    /// The run that a login belongs to, and its place there.
    fn search(&self, login: Login, places: &[Place]) -> (usize, Result<usize, usize>) {
        let of = |seat: &Seat| places[seat.index()].login;
        let begins_later = |run: &Vec<Seat>| run.first().is_none_or(|seat| of(seat) > login);
        // New accounts have the highest logins.
        let run = match self.runs.last() {
            Some(last) if !begins_later(last) => self.runs.len() - 1,
            _ => {
                let after = self.runs.partition_point(|run| !begins_later(run));
                after.saturating_sub(1)
            }
        };
        match self.runs.get(run) {
            None => (run, Err(0)),
            Some(own) => match own.last() {
                Some(last) if of(last) < login => (run, Err(own.len())),
                _ => (run, own.binary_search_by_key(&login, of)),
            },
        }
    }

    pub fn find(&self, login: Login, places: &[Place]) -> Option<Seat> {
        let (run, place) = self.search(login, places);
        self.runs.get(run)?.get(place.ok()?).copied()
    }

    pub fn insert(&mut self, seat: Seat, places: &[Place]) {
        let (run, place) = self.search(places[seat.index()].login, places);
        let Err(place) = place else {
            return;
        };
        let is_last = run + 1 >= self.runs.len();
        match self.runs.get_mut(run) {
            Some(own) if own.len() < LONGEST_RUN => own.insert(place, seat),
            Some(own) if !(is_last && place == own.len()) => {
                let mut rest = own.split_off(LONGEST_RUN / 2);
                match place.checked_sub(LONGEST_RUN / 2) {
                    Some(place) => rest.insert(place, seat),
                    None => own.insert(place, seat),
                }
                self.runs.insert(run + 1, rest);
            }
            // In the order of logins the runs are filled one after the other.
            _ => self.runs.push(vec![seat]),
        }
    }

    pub fn remove(&mut self, login: Login, places: &[Place]) {
        let (run, place) = self.search(login, places);
        let (Some(own), Ok(place)) = (self.runs.get_mut(run), place) else {
            return;
        };
        own.remove(place);
        if own.is_empty() {
            self.runs.remove(run);
        }
    }

    /// In the order of logins.
    pub fn seats(&self) -> impl Iterator<Item = Seat> {
        self.runs.iter().flatten().copied()
    }

    pub fn bytes(&self) -> usize {
        let runs = self.runs.iter().map(Vec::capacity);
        runs.sum::<usize>() * size_of::<Seat>() + self.runs.capacity() * size_of::<Vec<Seat>>()
    }
}

#[cfg(test)]
mod tests {
    use super::super::terms::CurrencyId;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use touchstone_domain::UnixMicros;

    fn place(login: i64) -> Place {
        Place {
            login: Login(login),
            legs: Box::default(),
            balance_minor: 0,
            calm_low: 0,
            calm_high: 0,
            due: UnixMicros(0),
            currency: CurrencyId::default(),
            trails: false,
            is_raw: false,
            is_fresh: false,
            is_asleep: false,
            is_watched: false,
        }
    }

    /// Opened in this order of logins, with every `gone`th taken out again.
    fn assert_finds(logins: &[i64], gone: usize) {
        let places: Vec<Place> = logins.iter().map(|login| place(*login)).collect();
        let (mut directory, mut expect) = (Directory::default(), BTreeMap::new());
        for (index, login) in logins.iter().enumerate() {
            let seat = Seat(u32::try_from(index).unwrap());
            directory.insert(seat, &places);
            expect.entry(*login).or_insert(seat);
        }
        for login in logins.iter().step_by(gone) {
            directory.remove(Login(*login), &places);
            expect.remove(login);
        }
        let seats: Vec<Seat> = directory.seats().collect();
        assert!(seats.iter().eq(expect.values()), "in the order of logins");
        for login in logins
            .iter()
            .flat_map(|login| [login - 1, *login, login + 1])
        {
            let found = directory.find(Login(login), &places);
            assert_eq!(found, expect.get(&login).copied(), "{login}");
        }
    }

    #[test]
    fn seats_are_found_in_whatever_order_they_were_taken() {
        let upwards: Vec<i64> = (0..5_000).map(|n| n * 2).collect();
        let downwards: Vec<i64> = upwards.iter().rev().copied().collect();
        let mixed: Vec<i64> = (0..5_000).map(|n| n * 7_919 % 10_007).collect();
        for logins in [&upwards, &downwards, &mixed] {
            assert_finds(logins, 3);
            assert_finds(logins, 1);
        }
        assert_finds(&[], 1);
    }

    #[test]
    fn in_order_no_run_is_half_empty() {
        let places: Vec<Place> = (0..4_096).map(place).collect();
        let mut directory = Directory::default();
        for index in 0..4_096 {
            directory.insert(Seat(index), &places);
        }
        assert_eq!(directory.runs.len(), 4);
    }

    proptest! {
        #[test]
        fn as_a_map_does(logins in prop::collection::vec(0..400_i64, 0..300), gone in 1..5_usize) {
            assert_finds(&logins, gone);
        }
    }
}
