//! The edges of every account in one series of prices: who is passed by a price.
//!
//! Edges stay where they were filed, and over 64 of them stands the tightest pair, over 64 of these again, and over all.
//! To file is one write and a few compares; a price that passes nobody is two compares. What stands above may be
//! tighter than what lies below it, never wider: a block that is looked through is worked out anew.

use super::Seat;
use touchstone_domain::Price;

const FAN: usize = 64;
/// How far from its base a price can be kept; edges beyond it are as good as none.
const REACH: i64 = 1 << 30;

/// As long as a price of the series stays inside, both ends included, nothing happens to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub low: i64,
    pub high: i64,
}

impl Edge {
    pub const ENDLESS: Self = Self {
        low: i64::MIN,
        high: i64::MAX,
    };
}

/// The place of an edge in its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(u32);

impl Slot {
    pub const NONE: Self = Self(u32::MAX);
}

/// Tightest edges: the highest low one and the lowest high one.
#[derive(Clone, Copy, Debug)]
struct Tight {
    low: i32,
    high: i32,
}

impl Tight {
    const NONE: Self = Self {
        low: i32::MIN,
        high: i32::MAX,
    };

    const fn is_passed(self, price: i32) -> bool {
        price < self.low || price > self.high
    }

    fn and(self, other: Self) -> Self {
        Self {
            low: self.low.max(other.low),
            high: self.high.min(other.high),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Fence {
    /// Edges are kept as the distance from here.
    base: Option<i64>,
    edges: Vec<Tight>,
    who: Vec<Seat>,
    free: Vec<Slot>,
    blocks: Vec<Tight>,
    wards: Vec<Tight>,
    root: Tight,
}

impl Default for Fence {
    fn default() -> Self {
        Self {
            base: None,
            edges: Vec::new(),
            who: Vec::new(),
            free: Vec::new(),
            blocks: Vec::new(),
            wards: Vec::new(),
            root: Tight::NONE,
        }
    }
}

impl Fence {
    pub fn add(&mut self, seat: Seat) -> Slot {
        if let Some(slot) = self.free.pop() {
            self.who[place(slot)] = seat;
            return slot;
        }
        let slot = Slot(u32::try_from(self.edges.len()).unwrap_or(u32::MAX));
        self.edges.push(Tight::NONE);
        self.who.push(seat);
        if self.edges.len() > self.blocks.len() * FAN {
            self.blocks.push(Tight::NONE);
        }
        if self.blocks.len() > self.wards.len() * FAN {
            self.wards.push(Tight::NONE);
        }
        slot
    }

    pub fn remove(&mut self, slot: Slot) {
        self.edges[place(slot)] = Tight::NONE;
        self.who[place(slot)] = Seat::NOBODY;
        self.free.push(slot);
    }

    /// Files an edge anew.
    pub fn file(&mut self, slot: Slot, edge: Edge, price: Price) {
        if edge == Edge::ENDLESS {
            self.edges[place(slot)] = Tight::NONE;
            return;
        }
        let base = *self.base.get_or_insert(price.0);
        let place = place(slot);
        let tight = Tight {
            low: clamped(edge.low.saturating_sub(base)),
            high: clamped(edge.high.saturating_sub(base)),
        };
        self.edges[place] = tight;
        let block = &mut self.blocks[place / FAN];
        let was = *block;
        *block = was.and(tight);
        if tight.low > was.low || tight.high < was.high {
            let ward = &mut self.wards[place / FAN / FAN];
            *ward = ward.and(tight);
            self.root = self.root.and(tight);
        }
    }

    /// Whether a price passes anybody's edge; it may be asked about one that does not come.
    pub fn passed(&self, price: Price, mut each: impl FnMut(Seat)) {
        let Some(price) = self.distance(price) else {
            return self.everybody(each);
        };
        if !self.root.is_passed(price) {
            return;
        }
        let blocks = self.edges.chunks(FAN).zip(self.who.chunks(FAN));
        for (block, (edges, who)) in self.blocks.iter().zip(blocks) {
            if block.is_passed(price) {
                let edges = edges.iter().zip(who);
                edges
                    .filter(|(edge, _)| edge.is_passed(price))
                    .for_each(|(_, who)| each(*who));
            }
        }
    }

    /// Takes out whoever is passed by a price; each of them must be filed anew.
    #[inline]
    pub fn fire(&mut self, price: Price, each: impl FnMut(Seat)) {
        let Some(price) = self.distance(price) else {
            self.base = Some(price.0);
            return self.clear(each);
        };
        if self.root.is_passed(price) {
            self.fire_wards(price, each);
        }
    }

    #[cold]
    fn fire_wards(&mut self, price: i32, mut each: impl FnMut(Seat)) {
        for index in 0..self.wards.len() {
            if self.wards[index].is_passed(price) {
                self.fire_blocks(index, price, &mut each);
            }
        }
        self.root = tightest(&self.wards);
    }

    fn fire_blocks(&mut self, ward: usize, price: i32, each: &mut impl FnMut(Seat)) {
        let first = ward * FAN;
        let last = (first + FAN).min(self.blocks.len());
        for index in first..last {
            if !self.blocks[index].is_passed(price) {
                continue;
            }
            let from = index * FAN;
            let to = (from + FAN).min(self.edges.len());
            let mut left = Tight::NONE;
            let edges = self.edges[from..to].iter_mut().zip(&self.who[from..to]);
            for (edge, who) in edges {
                if edge.is_passed(price) {
                    *edge = Tight::NONE;
                    each(*who);
                }
                left = left.and(*edge);
            }
            self.blocks[index] = left;
        }
        self.wards[ward] = tightest(&self.blocks[first..last]);
    }

    /// Everybody who has a place here.
    pub fn everybody(&self, mut each: impl FnMut(Seat)) {
        for who in self.who.iter().filter(|who| **who != Seat::NOBODY) {
            each(*who);
        }
    }

    fn clear(&mut self, each: impl FnMut(Seat)) {
        for tight in [&mut self.edges, &mut self.blocks, &mut self.wards] {
            tight.fill(Tight::NONE);
        }
        self.root = Tight::NONE;
        self.everybody(each);
    }

    /// `None` when the series has moved too far from where it began.
    fn distance(&self, price: Price) -> Option<i32> {
        match self.base {
            Some(base) => near(price.0.saturating_sub(base)),
            None => Some(0),
        }
    }

    pub fn bytes(&self) -> usize {
        let tight = self.edges.capacity() + self.blocks.capacity() + self.wards.capacity();
        tight * size_of::<Tight>() + (self.who.capacity() + self.free.capacity()) * 4
    }
}

fn place(slot: Slot) -> usize {
    slot.0 as usize
}

fn near(distance: i64) -> Option<i32> {
    if distance.saturating_abs() < REACH {
        i32::try_from(distance).ok()
    } else {
        None
    }
}

/// An edge that lies out of reach is never passed, or always.
fn clamped(distance: i64) -> i32 {
    near(distance).unwrap_or(if distance < 0 { i32::MIN } else { i32::MAX })
}

fn tightest(all: &[Tight]) -> Tight {
    all.iter().fold(Tight::NONE, |sum, one| sum.and(*one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever was filed and fired before: exactly those are passed whose own edge is.
        #[test]
        fn exactly_those_are_fired_whose_edge_is_passed(
            edges in prop::collection::vec((0_i64..1_000, 0_i64..1_000), 1..10_000),
            prices in prop::collection::vec(-1_000_i64..1_000, 1..20),
            base in prop_oneof![Just(0_i64), Just(1 << 40)],
        ) {
            let mut fence = Fence::default();
            let start = Price(base);
            let slots: Vec<Slot> = (0..edges.len()).map(|index| fence.add(Seat(index as u32))).collect();
            let edge = |index: usize, from: i64| {
                let (low, high) = edges[index];
                Edge { low: from - low, high: from + high }
            };
            let mut now: Vec<Edge> = (0..edges.len()).map(|index| edge(index, base)).collect();
            for (slot, edge) in slots.iter().zip(&now) {
                fence.file(*slot, *edge, start);
            }
            for price in prices {
                let price = base + price;
                let mut expect = Vec::new();
                for (index, edge) in now.iter().enumerate() {
                    if price < edge.low || price > edge.high {
                        expect.push(index as u32);
                    }
                }
                let (mut asked, mut fired) = (Vec::new(), Vec::new());
                fence.passed(Price(price), |seat| asked.push(seat.0));
                fence.fire(Price(price), |seat| fired.push(seat.0));
                prop_assert_eq!(&asked, &expect);
                prop_assert_eq!(&fired, &expect);
                for index in fired {
                    now[index as usize] = edge(index as usize, price);
                    fence.file(slots[index as usize], now[index as usize], Price(price));
                }
            }
        }
    }

    #[test]
    fn a_price_far_from_the_base_fires_everybody() {
        let mut fence = Fence::default();
        let slot = fence.add(Seat(7));
        fence.file(
            slot,
            Edge {
                low: 5,
                high: i64::MAX,
            },
            Price(10),
        );
        let mut fired = Vec::new();
        fence.fire(Price(1 << 40), |seat| fired.push(seat));
        assert_eq!(fired, [Seat(7)]);
        fence.file(
            slot,
            Edge {
                low: (1 << 40) - 3,
                high: i64::MAX,
            },
            Price(1 << 40),
        );
        fence.fire(Price((1 << 40) - 3), |seat| fired.push(seat));
        assert_eq!(fired.len(), 1);
        fence.fire(Price((1 << 40) - 4), |seat| fired.push(seat));
        assert_eq!(fired.len(), 2);
    }
}
