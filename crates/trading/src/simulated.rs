//! A market that nobody trades in, for demos and tests: the same for the same seed.
//!
//! Every currency, metal and coin has a value in dollars that walks by chance, pushed by two forces that all of them
//! share (the dollar and the mood of those who take risks) and by one of its own. A pair's price is the ratio of two
//! values, so that crosses agree with their majors. Nights are quiet, openings are busy, and now and then news make a
//! few minutes violent. Integers only.

use crate::{Catalogue, Instrument, Tick};
use touchstone_domain::{Price, Quote, Symbol, UnixMicros};

const STEP_MICROS: i64 = 250_000;
const MICROS_PER_MINUTE: i64 = 60_000_000;
/// After a longer pause the market makes one leap, so that a clock that is set ahead by days is no flood of ticks.
const LONGEST_WALK_MICROS: i64 = 3_600_000_000;
/// One dollar; a trillionth of it is the least that a value can move by.
const UNIT: i64 = 1_000_000_000_000;
const BILLION: i128 = 1_000_000_000;
/// How much a force weighs: 64 is its full weight.
const FULL: i64 = 64;
/// What a step pulls back of the way to where a value began: in about three days.
const PULL: i128 = 1 << 20;
/// News come once in so many steps, about every two hours.
const NEWS_EVERY: u64 = 28_800;
/// Percent of the usual movement, by the hour in UTC.
const ACTIVITY: [i64; 24] = [
    60, 60, 55, 50, 50, 55, 80, 130, 150, 130, 110, 110, 130, 170, 180, 170, 140, 110, 90, 80, 70,
    40, 40, 50,
];
const VIOLENT: i64 = 5;

struct AssetTerms {
    name: &'static str,
    /// Trillionths of a dollar; of an index, of the currency it is quoted in.
    value: i64,
    /// Usual movement of a step, in billionths: 8,500 are about half a percent a day.
    movement: i64,
    dollar: i64,
    risk: i64,
}

/// `millionths` of a dollar are where it begins.
const fn asset(
    name: &'static str,
    millionths: i64,
    movement: i64,
    dollar: i64,
    risk: i64,
) -> AssetTerms {
    AssetTerms {
        name,
        value: millionths * (UNIT / 1_000_000),
        movement,
        dollar,
        risk,
    }
}

const ASSETS: [AssetTerms; 18] = [
    asset("EUR", 1_085_000, 8_500, 50, 8),
    asset("GBP", 1_270_000, 9_000, 46, 14),
    asset("JPY", 6_667, 10_000, 40, -22),
    asset("CHF", 1_130_000, 8_500, 48, -14),
    asset("CAD", 733_000, 7_500, 40, 22),
    asset("AUD", 660_000, 10_500, 42, 30),
    asset("NZD", 605_000, 10_500, 42, 28),
    asset("XAU", 2_650_000_000, 17_000, 36, -10),
    asset("XAG", 31_000_000, 32_000, 34, 6),
    asset("BTC", 95_000_000_000, 52_000, 10, 36),
    asset("ETH", 3_400_000_000, 66_000, 10, 38),
    asset("US30", 43_500_000_000, 15_000, 0, 56),
    asset("US500", 5_950_000_000, 16_000, 0, 58),
    asset("NAS100", 20_900_000_000, 22_000, 0, 56),
    asset("GER40", 19_800_000_000, 17_000, 0, 48),
    asset("UK100", 8_300_000_000, 13_000, 0, 44),
    asset("JP225", 38_900_000_000, 19_000, -10, 44),
    asset("USD", 1_000_000, 0, 0, 0),
];

#[derive(Clone, Debug)]
struct Listed {
    instrument: Instrument,
    base: usize,
    /// `None`: the value of the base is the price.
    quote: Option<usize>,
    is_open: bool,
    last: Option<(Price, Price)>,
}

/// See the module. [`SimulatedMarket::next`] depends on the seed and the instants that it was given, and nothing else.
#[derive(Clone, Debug)]
pub struct SimulatedMarket {
    chance: Chance,
    at: UnixMicros,
    values: [i64; ASSETS.len()],
    listed: Vec<Listed>,
    minute: Option<i64>,
    violent_steps: u64,
    sequence: u64,
}

impl SimulatedMarket {
    /// Quotes every instrument of the catalogue whose currencies it knows, from `start` on.
    pub fn new(catalogue: &Catalogue, seed: u64, start: UnixMicros) -> Self {
        Self {
            chance: Chance(seed),
            at: UnixMicros(start.0.div_euclid(STEP_MICROS) * STEP_MICROS),
            values: std::array::from_fn(|index| ASSETS[index].value),
            listed: catalogue.iter().filter_map(listed).collect(),
            minute: None,
            violent_steps: 0,
            sequence: 0,
        }
    }

    /// Every tick since the last call, up to `now`. As long as no pause is above an hour it does not matter how often
    /// one asks.
    pub fn next(&mut self, now: UnixMicros) -> Vec<Tick> {
        let mut ticks = Vec::new();
        if now.micros_since(self.at) > LONGEST_WALK_MICROS {
            self.pass(UnixMicros(
                (now.0.div_euclid(STEP_MICROS) - 1) * STEP_MICROS,
            ));
        }
        while now.micros_since(self.at) >= STEP_MICROS {
            self.at = self.at.plus_micros(STEP_MICROS);
            self.step(&mut ticks);
        }
        ticks
    }

    /// Goes on at a price that was known before: what it is the price of is worth so much now.
    pub fn go_on(&mut self, symbol: Symbol, last: Quote) {
        let Some(listed) = self.listed.iter().find(|of| of.instrument.symbol == symbol) else {
            return;
        };
        let unit = 10_i128.pow(listed.instrument.digits);
        // Twice the middle.
        let price = (i128::from(last.bid().0) + i128::from(last.ask().0)).max(1);
        let one = i128::from(UNIT);
        let is_dollar = |asset: usize| ASSETS[asset].name == "USD";
        let (asset, value) = match (listed.base, listed.quote) {
            (base, None) => (base, price * one / (2 * unit)),
            (base, Some(quote)) if is_dollar(quote) => (base, price * one / (2 * unit)),
            (base, Some(quote)) if is_dollar(base) => (quote, 2 * unit * one / price),
            // A cross follows from its two currencies.
            _ => return,
        };
        self.set(asset, value);
    }

    fn set(&mut self, asset: usize, value: i128) {
        let begins = i128::from(ASSETS[asset].value);
        let value = value.clamp(begins / 4, begins * 4);
        self.values[asset] = i64::try_from(value).unwrap_or(ASSETS[asset].value);
    }

    /// One price of everything that is open at `now`, after a walk as wide as the time that has passed.
    pub fn leap(&mut self, now: UnixMicros) -> Vec<Tick> {
        let at = UnixMicros(now.0.div_euclid(STEP_MICROS) * STEP_MICROS).max(self.at);
        self.pass(at);
        self.look_at_hours();
        let mut ticks = Vec::new();
        for place in 0..self.listed.len() {
            if self.listed[place].is_open {
                let spread = self.listed[place].instrument.typical_spread;
                ticks.push(self.tick(place, spread));
            }
        }
        ticks
    }

    fn pass(&mut self, to: UnixMicros) {
        let steps = to.micros_since(self.at) / STEP_MICROS;
        self.at = to;
        self.violent_steps = 0;
        // A walk of n steps is as wide as the root of n; a week is as wide as it gets.
        self.walk(steps.isqrt().min(1_500) * 100);
    }

    fn step(&mut self, ticks: &mut Vec<Tick>) {
        let minute = self.look_at_hours();
        if self.chance.one_in(NEWS_EVERY) {
            self.violent_steps = 240 + self.chance.below(480);
        }
        let hour = usize::try_from(minute.div_euclid(60).rem_euclid(24)).unwrap_or(0);
        let mut activity = ACTIVITY[hour];
        if self.violent_steps > 0 {
            self.violent_steps -= 1;
            activity *= VIOLENT;
        }
        self.walk(activity);
        self.quote(activity, ticks);
    }

    /// Answers the minute.
    fn look_at_hours(&mut self) -> i64 {
        let minute = self.at.0.div_euclid(MICROS_PER_MINUTE);
        if self.minute != Some(minute) {
            self.minute = Some(minute);
            for listed in &mut self.listed {
                listed.is_open = listed.instrument.hours.is_open(self.at);
            }
        }
        minute
    }

    /// Moves every value; `percent` of the usual step.
    fn walk(&mut self, percent: i64) {
        let (dollar, risk) = (self.chance.normal(), self.chance.normal());
        for (value, terms) in self.values.iter_mut().zip(&ASSETS) {
            let shared = terms.dollar * dollar + terms.risk * risk;
            let own = FULL - terms.dollar.abs().max(terms.risk.abs()) / 2;
            let force = i128::from(shared + own * self.chance.normal()) / i128::from(FULL);
            let nanos =
                force * i128::from(terms.movement * percent) / (i128::from(Chance::ONE) * 100);
            let now = i128::from(*value);
            let moved = now + now * nanos / BILLION + (i128::from(terms.value) - now) / PULL;
            let (low, high) = (i128::from(terms.value) / 4, i128::from(terms.value) * 4);
            *value = i64::try_from(moved.clamp(low, high)).unwrap_or(terms.value);
        }
    }

    fn quote(&mut self, activity: i64, ticks: &mut Vec<Tick>) {
        for place in 0..self.listed.len() {
            let listed = &self.listed[place];
            // Drawn also when the market is closed, so that its hours do not move the others.
            let (wakes, widens) = (self.chance.below(1_000), self.chance.below(100));
            let wanted = u64::try_from(activity.min(700)).unwrap_or(0);
            if !listed.is_open || wakes >= wanted {
                continue;
            }
            let usual = listed.instrument.typical_spread;
            let is_wide = !(60..=200).contains(&activity) || widens < 5;
            let spread = if is_wide { usual * 2 + 1 } else { usual };
            if listed.last != Some(self.price(place, spread)) {
                ticks.push(self.tick(place, spread));
            }
        }
    }

    fn price(&self, place: usize, spread: i64) -> (Price, Price) {
        let middle = middle(&self.listed[place], &self.values);
        let bid = (middle - spread / 2).max(1);
        (Price(bid), Price(bid + spread))
    }

    fn tick(&mut self, place: usize, spread: i64) -> Tick {
        let (bid, ask) = self.price(place, spread);
        let listed = &mut self.listed[place];
        listed.last = Some((bid, ask));
        self.sequence += 1;
        Tick {
            symbol: listed.instrument.symbol,
            bid,
            ask,
            fed_at: self.at,
            sequence: Some(self.sequence),
        }
    }
}

fn listed(instrument: &Instrument) -> Option<Listed> {
    let place = |name: &str| ASSETS.iter().position(|asset| asset.name == name);
    let (base, quote) = match instrument.base {
        Some(base) => (place(base.code())?, Some(place(instrument.quote.code())?)),
        None => (place(instrument.symbol.as_str())?, None),
    };
    Some(Listed {
        instrument: instrument.clone(),
        base,
        quote,
        is_open: false,
        last: None,
    })
}

/// In points.
fn middle(listed: &Listed, values: &[i64]) -> i64 {
    let base = i128::from(values[listed.base]) * 10_i128.pow(listed.instrument.digits);
    let quote = listed.quote.map_or(UNIT, |quote| values[quote]).max(1);
    i64::try_from(base / i128::from(quote)).unwrap_or(i64::MAX / 4)
}

/// SplitMix64: the same numbers for the same seed, on every machine.
#[derive(Clone, Copy, Debug)]
struct Chance(u64);

impl Chance {
    /// The standard deviation of [`Chance::normal`].
    const ONE: i64 = 37_837;

    const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    const fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound
    }

    const fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// The sum of four equal draws, near enough to a bell; one in 512 is four times as far.
    fn normal(&mut self) -> i64 {
        let bits = self.draw();
        let part = |shift: u32| i64::from(u16::try_from((bits >> shift) & 0xFFFF).unwrap_or(0));
        let sum = part(0) + part(16) + part(32) + part(48) - 2 * 65_535;
        if self.one_in(512) { sum * 4 } else { sum }
    }
}
