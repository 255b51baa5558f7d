//! The room of an account, split among the prices that it depends on.
//!
//! Each price may move so far that all of them together cannot leave the room. With `slope` minor units for each point
//! and any `stride`, a price may move `room * stride / sum(slope * stride)` points: then the moves in minor units sum up
//! to no more than the room. Slopes are rounded up, moves down; each position may round by one unit, which is taken off
//! first. Strides decide only how seldom an edge is passed: with `pace` points for each tick, the fewest looks come from
//! shares of the room that grow with `(slope * pace)^(2/3)`.
//!
//! A profit that is converted depends on two prices. From the present point the price moves first, at the present rate,
//! and then the rate, on a gain that is no larger than it was before plus what the price may add: its moves are held
//! below a cap, so that the slope of the rate is known beforehand.

use super::fence::Edge;
use super::leg::Leg;
use super::terms::{Board, Row, Terms};
use touchstone_domain::{Price, Quote, Side, Through};

/// Binary digits after the point of a slope.
const SLOPE_BITS: u32 = 24;
/// Binary digits after the point of a reach.
const REACH_BITS: u32 = 32;

/// The edges of one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edges {
    pub price: Edge,
    pub rate_bid: Edge,
    pub rate_ask: Edge,
}

impl Edges {
    pub const ENDLESS: Self = Self {
        price: Edge::ENDLESS,
        rate_bid: Edge::ENDLESS,
        rate_ask: Edge::ENDLESS,
    };
}

/// What one position adds to the split.
#[derive(Clone, Copy, Debug)]
struct Part {
    exit: i64,
    stride: u64,
    /// Points times volume, before conversion.
    gain: i128,
    rate: Option<RatePart>,
    /// Both slopes times their strides.
    weight: u128,
}

#[derive(Clone, Copy, Debug)]
struct RatePart {
    quote: Quote,
    stride: u64,
    /// How far the price may move at most.
    cap: i64,
    is_over: bool,
}

/// How far prices may move, for each unit of stride.
#[derive(Clone, Copy, Debug)]
struct Reach {
    per_stride: Option<u128>,
}

impl Reach {
    fn of(room: i64, legs: usize, weight: u128) -> Self {
        if room == i64::MAX {
            return Self { per_stride: None };
        }
        let room = u128::try_from(room.saturating_sub(legs as i64)).unwrap_or(0);
        Self {
            per_stride: Some((room << (SLOPE_BITS + REACH_BITS)) / weight.max(1)),
        }
    }

    fn points(self, stride: u64) -> i64 {
        match self.per_stride {
            None => i64::MAX,
            Some(reach) => {
                let points = reach.saturating_mul(u128::from(stride)) >> REACH_BITS;
                i64::try_from(points).unwrap_or(i64::MAX)
            }
        }
    }
}

/// The edges of each leg, in which the equity leaves neither side of the room. All legs must have prices.
pub(super) fn split(
    legs: &[Leg],
    terms: &[Terms],
    board: &Board,
    (down, up): (i64, i64),
    mut file: impl FnMut(usize, Edges),
) {
    if down == i64::MAX && up == i64::MAX {
        return (0..legs.len()).for_each(|index| file(index, Edges::ENDLESS));
    }
    // Nearly every account has no more positions than this; of others, the rest is worked out twice.
    let mut known = [None; 6];
    let part = |leg: &Leg| part(leg, &terms[leg.symbol().0 as usize], board);
    let mut sum = Some(0_u128);
    for (index, leg) in legs.iter().enumerate() {
        let part = part(leg);
        sum = sum.and_then(|sum| sum.checked_add(part?.weight));
        if let Some(place) = known.get_mut(index) {
            *place = part;
        }
    }
    let (down, up) = match sum {
        Some(sum) => (
            Reach::of(down, legs.len(), sum),
            Reach::of(up, legs.len(), sum),
        ),
        // What cannot be bounded is looked at with every price.
        None => (Reach::of(0, 0, 1), Reach::of(0, 0, 1)),
    };
    for (index, leg) in legs.iter().enumerate() {
        let part = known.get(index).copied().unwrap_or_else(|| part(leg));
        let here = || pinned(leg, &terms[leg.symbol().0 as usize], board);
        file(
            index,
            part.map_or_else(here, |part| part.edges(leg, down, up)),
        );
    }
}

/// `None` when a number does not fit.
#[inline]
fn part(leg: &Leg, terms: &Terms, board: &Board) -> Option<Part> {
    let row = board.row(leg.symbol());
    let position = &leg.position;
    let exit = position.side.exit(row.quote?).0;
    let (numerator, denominator) = terms.valuation.fraction();
    let volume = i128::from(position.volume.0);
    let per_point = u128::try_from(volume.checked_mul(numerator)?).ok()?;
    let bottom = u128::try_from(denominator).ok()?;
    let Some(rate) = terms.rate else {
        let slope = over(per_point, bottom)?;
        let stride = stride(slope, row.pace);
        return Some(Part {
            exit,
            stride,
            gain: 0,
            rate: None,
            weight: slope.checked_mul(u128::from(stride))?,
        });
    };
    let value = i128::from(exit).checked_mul(volume)?;
    let gain = match position.side {
        Side::Long => value.checked_sub(i128::from(position.cost))?,
        Side::Short => i128::from(position.cost).checked_sub(value)?,
    };
    let cap = exit / 32 + 1;
    let most = gain
        .unsigned_abs()
        .checked_add((volume * i128::from(cap)).unsigned_abs())?;
    let on_gain = most.checked_mul(numerator.unsigned_abs())?;
    let Row { quote, pace, .. } = *board.row(rate);
    let quote = quote?;
    let (bid, ask) = (
        u128::try_from(quote.bid().0).ok()?,
        u128::try_from(quote.ask().0).ok()?,
    );
    let is_over = matches!(terms.valuation.through(), Through::Over { .. });
    let (slope, rate_slope) = if is_over {
        // 1/r falls by no more than 1/(r * r') for each point that r moves, where r' is the lower of the two.
        let lowest = bid - bid / 64;
        (
            over(per_point, bottom.checked_mul(bid)?)?,
            over(on_gain, bottom.checked_mul(bid)?.checked_mul(lowest)?)?,
        )
    } else {
        (
            over(per_point.checked_mul(ask)?, bottom)?,
            over(on_gain, bottom)?,
        )
    };
    let (own, rate_stride) = (stride(slope, row.pace), stride(rate_slope, pace));
    let weight = slope
        .checked_mul(u128::from(own))?
        .checked_add(rate_slope.checked_mul(u128::from(rate_stride))?)?;
    Some(Part {
        exit,
        stride: own,
        gain,
        rate: Some(RatePart {
            quote,
            stride: rate_stride,
            cap,
            is_over,
        }),
        weight,
    })
}

/// The pace over about the cube root of what a tick of it makes, in minor units.
fn stride(slope: u128, pace: u64) -> u64 {
    let moves = slope.saturating_mul(u128::from(pace)).max(1);
    let whole = moves.ilog2();
    // The logarithm with eight digits after the point, as if it were straight between two powers of two.
    let rest = ((moves << 8) >> whole) as u32 & 0xff;
    let third = (whole * 256 + rest) / 3;
    let (whole, rest) = (third / 256, u64::from(third % 256));
    let bits = 24_u32.saturating_sub(whole);
    let stride = pace.saturating_mul(512 - rest) >> 9;
    stride.saturating_mul(1 << bits).max(1)
}

/// A slope, rounded up.
fn over(top: u128, bottom: u128) -> Option<u128> {
    if top >> (128 - SLOPE_BITS) != 0 {
        return None;
    }
    if let (Ok(top), Ok(bottom)) = (u64::try_from(top << SLOPE_BITS), u64::try_from(bottom)) {
        return Some(u128::from(top.div_ceil(bottom)));
    }
    Some((top << SLOPE_BITS).div_ceil(bottom))
}

impl Part {
    fn edges(&self, leg: &Leg, down: Reach, up: Reach) -> Edges {
        let cap = self.rate.map_or(i64::MAX, |rate| rate.cap);
        let against = down.points(self.stride).min(cap);
        let along = up.points(self.stride).min(cap);
        let price = match leg.position.side {
            Side::Long => around(self.exit, against, along),
            Side::Short => around(self.exit, along, against),
        };
        let Some(rate) = self.rate else {
            return Edges {
                price,
                ..Edges::ENDLESS
            };
        };
        let volume = i128::from(leg.position.volume.0);
        let can_gain = self.gain + volume * i128::from(along) > 0;
        let can_lose = self.gain - volume * i128::from(against) < 0;
        let (bid, ask) = (rate.quote.bid().0, rate.quote.ask().0);
        let (falls, rises) = (down.points(rate.stride), up.points(rate.stride));
        let lowest = bid / 64;
        let (rate_bid, rate_ask) = if rate.is_over {
            // A gain is divided by the ask and falls when that rises; a loss is divided by the bid.
            (
                edge_if(can_lose, bid, falls.min(lowest), rises),
                edge_if(can_gain, ask, rises.min(lowest), falls),
            )
        } else {
            // A gain is sold at the bid; a loss is bought at the ask, and grows with it.
            (
                edge_if(can_gain, bid, falls, rises),
                edge_if(can_lose, ask, rises, falls),
            )
        };
        Edges {
            price,
            rate_bid,
            rate_ask,
        }
    }
}

fn edge_if(matters: bool, at: i64, low: i64, high: i64) -> Edge {
    if matters {
        around(at, low, high)
    } else {
        Edge::ENDLESS
    }
}

fn around(at: i64, low: i64, high: i64) -> Edge {
    Edge {
        low: at.saturating_sub(low),
        high: at.saturating_add(high),
    }
}

/// No move at all.
fn pinned(leg: &Leg, terms: &Terms, board: &Board) -> Edges {
    let own = board.row(leg.symbol()).quote;
    let rate = terms.rate.and_then(|rate| board.row(rate).quote);
    let at = |price: Option<Price>| price.map_or(Edge::ENDLESS, |at| around(at.0, 0, 0));
    Edges {
        price: at(own.map(|quote| leg.position.side.exit(quote))),
        rate_bid: at(rate.map(Quote::bid)),
        rate_ask: at(rate.map(Quote::ask)),
    }
}
