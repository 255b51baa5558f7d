//! Fifty symbols, accounts of one to five positions, and ticks: all from a seed.

use std::sync::Arc;
use touchstone_domain::{Currency, Login, Price, Quote, RuleSet, Side, UnixMicros, Volume};
use touchstone_rules::{
    Account, Market, Opening, Phase, Position, PositionId, SymbolId, SymbolTerms,
};

/// 20 March 2026, 12:00 UTC; a run is over before the next reset.
pub const START: UnixMicros = UnixMicros(1_774_008_000_000_000);
pub const INITIAL_MINOR: i64 = 10_000_000;
const TICK_MICROS: i64 = 200;

/// How the floor of the maximum loss moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Mix {
    Static,
    /// The floor moves at the reset only
    EndOfDay,
    /// Every floor follows the equity
    Trailing,
    /// Half of the floors follow the equity
    Half,
}

impl Mix {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::EndOfDay => "end of day",
            Self::Trailing => "trailing",
            Self::Half => "half trailing",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// From 0 to 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[derive(Clone, Debug)]
pub struct Symbol {
    pub terms: SymbolTerms,
    pub start: f64,
    pub spread: i64,
    /// The symbol that turns its profit into dollars.
    pub rate: Option<usize>,
}

fn currency(code: &str) -> Currency {
    code.parse().expect("a currency")
}

/// 28 symbols with a profit in dollars, and 22 whose profit must be converted: at five rates, which are traded too.
pub fn symbols() -> Vec<Symbol> {
    let mut symbols = Vec::new();
    let mut list =
        |base: Option<&str>, profit: &str, digits, contract_size, start, spread, rate| {
            symbols.push(Symbol {
                terms: SymbolTerms {
                    digits,
                    contract_size,
                    base: base.map(currency),
                    profit: currency(profit),
                },
                start,
                spread,
                rate,
            });
        };
    list(Some("EUR"), "USD", 5, 100_000, 108_500.0, 6, None);
    list(Some("USD"), "JPY", 3, 100_000, 150_000.0, 8, Some(1));
    list(Some("USD"), "CHF", 5, 100_000, 88_000.0, 10, Some(2));
    list(Some("USD"), "CAD", 5, 100_000, 136_000.0, 10, Some(3));
    list(Some("GBP"), "USD", 5, 100_000, 127_000.0, 8, None);
    for (index, base) in ["EUR", "GBP", "AUD", "NZD", "CHF", "CAD"]
        .iter()
        .enumerate()
    {
        list(
            Some(base),
            "JPY",
            3,
            100_000,
            90_000.0 + 18_000.0 * index as f64,
            15,
            Some(1),
        );
    }
    for base in ["EUR", "GBP", "AUD"] {
        list(Some(base), "CHF", 5, 100_000, 95_000.0, 15, Some(2));
    }
    for base in ["EUR", "GBP", "AUD"] {
        list(Some(base), "CAD", 5, 100_000, 148_000.0, 15, Some(3));
    }
    for index in 0..4 {
        // Indices in euros.
        list(
            None,
            "EUR",
            1,
            10,
            45_000.0 * f64::from(index + 1),
            10,
            Some(0),
        );
    }
    for index in 0..3 {
        // Indices in pounds.
        list(
            None,
            "GBP",
            1,
            10,
            78_000.0 + 1_000.0 * f64::from(index),
            10,
            Some(4),
        );
    }
    for index in 0..10 {
        // Metals, energy and shares in dollars.
        list(None, "USD", 2, 100, 8_000.0 * f64::from(index + 1), 6, None);
    }
    for index in 0..16 {
        // Indices and crypto in dollars.
        list(
            None,
            "USD",
            3,
            10,
            150_000.0 * f64::from(index + 1),
            30,
            None,
        );
    }
    symbols
}

pub fn market(symbols: &[Symbol]) -> Market {
    let mut market = Market::default();
    for symbol in symbols {
        market.list(symbol.terms).expect("terms");
    }
    market
}

/// Prices that walk in even steps; one symbol moves with each tick.
#[derive(Clone, Debug)]
pub struct Prices {
    random: Random,
    bids: Vec<f64>,
    spreads: Vec<i64>,
    count: i64,
}

#[derive(Clone, Copy, Debug)]
pub struct Tick {
    pub at: UnixMicros,
    pub symbol: SymbolId,
    pub quote: Quote,
}

impl Prices {
    pub fn new(symbols: &[Symbol], seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            bids: symbols.iter().map(|symbol| symbol.start).collect(),
            spreads: symbols.iter().map(|symbol| symbol.spread).collect(),
            count: 0,
        }
    }

    pub fn quote(&self, symbol: usize) -> Quote {
        let bid = self.bids[symbol].round() as i64;
        Quote::new(Price(bid), Price(bid + self.spreads[symbol])).expect("a quote")
    }

    pub fn now(&self) -> UnixMicros {
        START.plus_micros(self.count * TICK_MICROS)
    }

    /// A step of so many basis points at most.
    pub fn tick(&mut self, bp: f64) -> Tick {
        let symbol = self.random.below(self.bids.len() as u64) as usize;
        let step = (self.random.unit() * 2.0 - 1.0) * bp / 10_000.0;
        self.bids[symbol] = (self.bids[symbol] * (1.0 + step)).max(1_000.0);
        self.count += 1;
        Tick {
            at: self.now(),
            symbol: SymbolId(symbol as u32),
            quote: self.quote(symbol),
        }
    }
}

/// The floor is so many hundredths of a percent below: a rule set for each.
const DISTANCES: [i64; 8] = [500, 600, 700, 800, 900, 1_000, 1_100, 1_200];
pub const TARGET_MINOR: i64 = INITIAL_MINOR / 100 * 8;

#[derive(Debug)]
pub struct Rules {
    fixed: Vec<Arc<RuleSet>>,
    moving: Vec<Arc<RuleSet>>,
}

impl Rules {
    pub fn new(mix: Mix) -> Self {
        let sets = |mode: &str| DISTANCES.map(|distance| rule_set(mode, distance)).to_vec();
        let trailing = "trailing_intraday_equity";
        let (fixed, moving) = match mix {
            Mix::Static => ("static", "static"),
            Mix::EndOfDay => ("trailing_end_of_day_balance", "trailing_end_of_day_balance"),
            Mix::Trailing => (trailing, trailing),
            Mix::Half => ("static", trailing),
        };
        Self {
            fixed: sets(fixed),
            moving: sets(moving),
        }
    }
}

impl Rules {
    /// The shared copy of a rule set.
    pub fn shared(&self, set: &RuleSet) -> Arc<RuleSet> {
        let mut all = self.fixed.iter().chain(&self.moving);
        all.find(|own| ***own == *set).expect("a known one").clone()
    }
}

fn rule_set(mode: &str, distance: i64) -> Arc<RuleSet> {
    let text = format!(
        r#"{{"version":1,"trading_day":{{"zone":"Europe/Prague","reset":"00:00"}},
        "max_loss":{{"mode":"{mode}","amount":{{"percent_of_initial":{distance}}}}},
        "passing":{{"profit_target":{{"amount":{{"percent_of_initial":800}},"judged_on":"equity"}}}}}}"#
    );
    Arc::new(serde_json::from_str(&text).expect("a rule set"))
}

/// Draws the account of a login; the draw is the same however often it is made.
pub fn account(login: u64, rules: &Rules, symbols: &[Symbol], market: &Market) -> Account {
    let mut random = Random::new(login + 77);
    random.next();
    let sets = if random.next().is_multiple_of(2) {
        &rules.fixed
    } else {
        &rules.moving
    };
    let set = sets[random.below(sets.len() as u64) as usize].clone();
    let mut taken = Vec::new();
    let mut positions = Vec::new();
    for _ in 0..1 + random.below(5) {
        let symbol = random.below(symbols.len() as u64) as usize;
        let side = if random.next().is_multiple_of(2) {
            Side::Long
        } else {
            Side::Short
        };
        let share = 0.2 + 1.8 * random.unit();
        if taken.contains(&symbol) {
            continue;
        }
        taken.push(symbol);
        let notional = share * INITIAL_MINOR as f64;
        let volume = (notional / minor_per_unit(symbol, symbols))
            .round()
            .max(1.0) as i64;
        positions.push((symbol, side, volume));
    }
    begin(login, set, &positions, market, START)
}

/// Minor units that one unit of volume is worth at the first prices.
fn minor_per_unit(symbol: usize, symbols: &[Symbol]) -> f64 {
    let own = &symbols[symbol];
    let price = |symbol: &Symbol| symbol.start / 10_f64.powi(symbol.terms.digits as i32);
    let rate = own.rate.map_or(1.0, |rate| {
        let rate = &symbols[rate];
        let dollars = currency("USD");
        if rate.terms.profit == dollars {
            price(rate)
        } else {
            1.0 / price(rate)
        }
    });
    price(own) * own.terms.contract_size as f64 / 10_000.0 * rate * 100.0
}

/// An account that has just opened all of these.
pub fn begin(
    login: u64,
    set: Arc<RuleSet>,
    held: &[(usize, Side, i64)],
    market: &Market,
    at: UnixMicros,
) -> Account {
    let opening = Opening {
        initial_minor: INITIAL_MINOR,
        purchased_at: START,
        activated_at: at,
    };
    let phase = Phase::open(set.clone(), opening).expect("a phase");
    let mut state = phase.state().clone();
    state.reading.open_positions = held.len() as u32;
    let phase = Phase::restore(set, opening, state);
    let each = held.iter().enumerate();
    let positions = each.map(|(place, (symbol, side, volume))| {
        let symbol = SymbolId(*symbol as u32);
        let quote = market.quote(symbol).expect("a price");
        Position {
            id: PositionId(place as i64),
            symbol,
            side: *side,
            volume: Volume(*volume),
            cost: side.entry(quote).0 * volume,
            opened_at: at,
        }
    });
    Account::restore(
        Login(login as i64),
        currency("USD"),
        phase,
        positions.collect(),
        Vec::new(),
    )
}
