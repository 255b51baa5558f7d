//! The price that a trader sees.

use super::chance::Chance;
use super::{Settings, SimulateError};
use crate::desk::Instruments;
use std::collections::BTreeSet;
use std::io::BufRead;
use touchstone_domain::{BasisPoints, Currency, Price, Quote, Symbol};
use touchstone_trading::{Catalogue, GroupTerms, Instrument, TickFile};

pub(super) const SECONDS_PER_DAY: i64 = 86_400;
const BILLION: i128 = 1_000_000_000;
/// Parts of a point in which a price walks.
const MICRO: i64 = 1_000_000;
/// Percent of the usual movement that a generated day has, one as likely as the other: quiet days and wild ones.
const DAYS: [i64; 8] = [55, 70, 80, 90, 100, 110, 130, 145];
/// Fewer moves of a file tell nothing about a day.
const FEWEST_MOVES: usize = 60;
/// A file that has no tick for so long has a gap: the move over it is left out.
const LONGEST_GAP_STEPS: i64 = 40;

/// Where prices come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prices {
    /// A walk by chance with this movement on a usual day, in hundredths of a percent (one standard deviation).
    Generated {
        day_bp: i64,
    },
    Recorded(Recorded),
}

/// Days of a tick file, as moves from step to step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub name: String,
    /// The symbol that its prices are of.
    pub symbol: Symbol,
    /// Of each day, in billionths of the price.
    days: Vec<Vec<i64>>,
    ticks: u64,
}

impl Recorded {
    /// Reads a file in either layout of the replay. Every `step_seconds` its last middle is taken.
    ///
    /// # Errors
    /// A line that cannot be read, and a file with too little in it.
    pub fn read(
        name: &str,
        file: impl BufRead,
        instrument: &Instrument,
        step_seconds: i64,
    ) -> Result<Self, SimulateError> {
        let fault = |what: String| SimulateError::Ticks {
            name: name.to_owned(),
            what,
        };
        let mut days: Vec<Vec<i64>> = Vec::new();
        // The day, the step and the middle of the last step that has ended, and the newest middle.
        let mut last: Option<(i64, i64, i64)> = None;
        let mut newest: Option<(i64, i64)> = None;
        let mut ticks = 0;
        for tick in TickFile::new(file, instrument.digits) {
            let tick = tick.map_err(|error| fault(error.to_string()))?;
            let seconds = tick.fed_at.seconds();
            let step = seconds.div_euclid(step_seconds);
            ticks += 1;
            if let Some((of, middle)) = newest
                && step != of
            {
                take_move(&mut days, &mut last, of, middle, step_seconds);
            }
            let middle = i128::from(tick.bid.0) + i128::from(tick.ask.0);
            let middle = i64::try_from(middle * i128::from(MICRO) / 2).unwrap_or(0);
            if middle <= 0 {
                return Err(fault(format!(
                    "line {}: the price is not above 0",
                    tick.line
                )));
            }
            newest = Some((step, middle));
        }
        if let Some((of, middle)) = newest {
            take_move(&mut days, &mut last, of, middle, step_seconds);
        }
        days.retain(|moves| !moves.is_empty());
        let moves: usize = days.iter().map(Vec::len).sum();
        if moves < FEWEST_MOVES {
            return Err(fault(format!(
                "it holds {moves} moves of {step_seconds} seconds, and at least {FEWEST_MOVES} are wanted: take a longer \
                 file, or a smaller --step"
            )));
        }
        if days.iter().flatten().all(|step| *step == 0) {
            return Err(fault("its price never moves".to_owned()));
        }
        Ok(Self {
            name: name.to_owned(),
            symbol: instrument.symbol,
            days,
            ticks,
        })
    }

    pub fn told(&self) -> String {
        let moves: usize = self.days.iter().map(Vec::len).sum();
        format!(
            "{}: {} ticks of {} on {} days, {moves} moves",
            self.name,
            self.ticks,
            self.symbol,
            self.days.len()
        )
    }

    /// The usual size of a move, in billionths.
    fn step_ppb(&self) -> i64 {
        let moves = || self.days.iter().flatten();
        let count = u128::try_from(moves().count()).unwrap_or(1).max(1);
        let squares: u128 = moves()
            .map(|step| u128::from(step.unsigned_abs()).pow(2))
            .sum();
        i64::try_from((squares / count).isqrt())
            .unwrap_or(i64::MAX)
            .max(1)
    }
}

fn take_move(
    days: &mut Vec<Vec<i64>>,
    last: &mut Option<(i64, i64, i64)>,
    step: i64,
    middle: i64,
    step_seconds: i64,
) {
    let day = (step * step_seconds).div_euclid(SECONDS_PER_DAY);
    match *last {
        Some((of, before, was)) if of == day && step - before <= LONGEST_GAP_STEPS => {
            let ratio = i128::from(middle - was) * BILLION / i128::from(was);
            if let (Some(moves), Ok(ratio)) = (days.last_mut(), i64::try_from(ratio)) {
                moves.push(ratio);
            }
        }
        Some((of, ..)) if of == day => {}
        _ => days.push(Vec::new()),
    }
    *last = Some((day, step, middle));
}

/// What is traded, by what all accounts of the program are valued, and how it moves.
#[derive(Clone, Debug)]
pub(super) struct Board {
    pub instruments: std::sync::Arc<Instruments>,
    pub symbol: Symbol,
    pub start: Price,
    pub spread: i64,
    /// Symbols that convert profits, with the price that they keep.
    pub rates: Vec<(Symbol, Quote)>,
    pub prices: Prices,
    pub step_seconds: i64,
    /// The usual move of a step, in billionths of the price.
    step_ppb: i64,
}

impl Board {
    /// The symbol that was asked for, else the first of the catalogue whose profit needs no conversion.
    pub fn symbol_for(
        catalogue: &Catalogue,
        asked: Option<Symbol>,
        currency: Currency,
    ) -> Result<Symbol, SimulateError> {
        match asked {
            Some(symbol) => match catalogue.get(symbol) {
                Some(_) => Ok(symbol),
                None => Err(SimulateError::UnknownSymbol(symbol)),
            },
            None => {
                let favourite = catalogue.iter().find(|one| one.symbol.as_str() == "EURUSD");
                let direct = favourite.into_iter().chain(catalogue.iter());
                let mut direct = direct.filter(|one| one.quote == currency);
                direct
                    .next()
                    .or_else(|| catalogue.iter().next())
                    .map(|one| one.symbol)
                    .ok_or(SimulateError::NothingToTrade)
            }
        }
    }

    /// # Errors
    /// A symbol that no account of the program can trade.
    pub fn new(
        symbol: Symbol,
        settings: &Settings,
        terms: &[GroupTerms],
    ) -> Result<Self, SimulateError> {
        let (prices, step_seconds) = (settings.prices.clone(), settings.step_seconds);
        let mut rate_symbols = BTreeSet::new();
        for terms in terms {
            let traded = terms.get(symbol);
            let traded = traded.ok_or(SimulateError::NotTraded(symbol, terms.currency))?;
            rate_symbols.extend(traded.rate_symbol);
        }
        rate_symbols.remove(&symbol);
        let kept = rate_symbols.iter().copied().chain([symbol]).collect();
        let instruments = Instruments::parse(&quiet_catalogue(&kept))
            .map_err(|error| SimulateError::Catalogue(error.to_string()))?;
        let of = |symbol: Symbol| {
            instruments
                .get(symbol)
                .ok_or(SimulateError::UnknownSymbol(symbol))
        };
        let instrument = of(symbol)?;
        let spread = settings.spread.unwrap_or(instrument.typical_spread);
        let start = beginning(instrument);
        let rates = rate_symbols.iter().map(|symbol| {
            let middle = beginning(of(*symbol)?);
            let quote = Quote::new(middle, middle).ok_or(SimulateError::UnknownSymbol(*symbol))?;
            Ok((*symbol, quote))
        });
        let rates = rates.collect::<Result<Vec<_>, SimulateError>>()?;
        let step_ppb = match &prices {
            // A day has 86,400 seconds of it; a basis point is 100,000 billionths.
            Prices::Generated { day_bp } => {
                let day = u128::from(day_bp.unsigned_abs()) * 100_000;
                let square = day * day * u128::from(step_seconds.unsigned_abs())
                    / u128::from(SECONDS_PER_DAY.unsigned_abs());
                i64::try_from(square.isqrt()).unwrap_or(i64::MAX)
            }
            Prices::Recorded(recorded) => recorded.step_ppb(),
        };
        Ok(Self {
            instruments: std::sync::Arc::new(instruments),
            symbol,
            start,
            spread,
            rates,
            prices,
            step_seconds,
            step_ppb,
        })
    }

    /// What a price moves by on a usual day, in points.
    pub fn day_points(&self, price: Price) -> i64 {
        let steps = u128::from((SECONDS_PER_DAY / self.step_seconds).unsigned_abs());
        let step = u128::from(self.step_ppb.unsigned_abs());
        let day = (step * step * steps).isqrt();
        let points = i128::try_from(day).unwrap_or(i128::MAX) * i128::from(price.0) / BILLION;
        i64::try_from(points).unwrap_or(i64::MAX)
    }

    pub fn told(&self) -> String {
        let steps = format!("a price every {} seconds", self.step_seconds);
        match &self.prices {
            Prices::Generated { day_bp } => format!(
                "generated: {} walks by chance, {} % on a usual day, spread {} points, {steps}",
                self.symbol,
                BasisPoints(*day_bp).percent(),
                self.spread
            ),
            Prices::Recorded(recorded) => format!(
                "recorded: {}; days are drawn by chance and put behind each other, spread {} points, {steps}",
                recorded.told(),
                self.spread
            ),
        }
    }
}

/// The built-in catalogue, with these symbols alone; they are open always and their prices do not grow old within a day:
/// who trades here keeps hours of his own.
fn quiet_catalogue(kept: &BTreeSet<Symbol>) -> String {
    let Ok(mut table) = toml::from_str::<toml::Table>(Catalogue::DEFAULT) else {
        return Catalogue::DEFAULT.to_owned();
    };
    if let Some(toml::Value::Array(instruments)) = table.get_mut("instrument") {
        instruments.retain(|one| {
            let name = one.get("symbol").and_then(toml::Value::as_str);
            name.is_some_and(|name| kept.iter().any(|symbol| symbol.as_str() == name))
        });
        for one in instruments.iter_mut().filter_map(toml::Value::as_table_mut) {
            one.insert("hours".to_owned(), "always".into());
            one.insert(
                "stale_after_ms".to_owned(),
                toml::Value::Integer(86_400_000),
            );
        }
    }
    table.to_string()
}

/// About what it costs in 2026, which is of no consequence: what counts is how it moves. Where we know nothing, a
/// hundred of its unit.
fn beginning(instrument: &Instrument) -> Price {
    const KNOWN: [(&str, i64); 8] = [
        ("EURUSD", 108_500),
        ("GBPUSD", 127_000),
        ("USDJPY", 150_000),
        ("USDCHF", 88_500),
        ("AUDUSD", 66_000),
        ("USDCAD", 136_400),
        ("EURGBP", 85_400),
        ("XAUUSD", 265_000),
    ];
    let known = KNOWN
        .iter()
        .find(|(name, _)| *name == instrument.symbol.as_str());
    Price(known.map_or_else(|| 10_i64.pow(instrument.digits) * 100, |(_, price)| *price))
}

/// The price as one trader lives it.
#[derive(Clone, Debug)]
pub(super) struct Walk<'a> {
    board: &'a Board,
    /// Millionths of a point.
    value: i64,
    /// The usual move of a step on this day, in millionths of a point.
    step: i64,
    /// Of recorded prices: the day, and the next of its moves.
    day: usize,
    next: usize,
}

impl<'a> Walk<'a> {
    pub fn new(board: &'a Board) -> Self {
        Self {
            board,
            value: board.start.0.saturating_mul(MICRO),
            step: 0,
            day: 0,
            next: 0,
        }
    }

    /// Another day begins.
    pub fn begin_day(&mut self, chance: &mut Chance) {
        // A price that has wandered far away begins again: only its moves matter, and nothing is held then.
        let start = self.board.start.0.saturating_mul(MICRO);
        if self.value < start / 2 || self.value > start.saturating_mul(2) {
            self.value = start;
        }
        let usual = i128::from(self.value) * i128::from(self.board.step_ppb);
        let percent = match &self.board.prices {
            Prices::Generated { .. } => {
                let place = usize::try_from(chance.below(DAYS.len() as u64)).unwrap_or(0);
                DAYS[place]
            }
            Prices::Recorded(recorded) => {
                let draw = |chance: &mut Chance, of: usize| {
                    usize::try_from(chance.below(of as u64)).unwrap_or(0)
                };
                self.day = draw(chance, recorded.days.len());
                self.next = draw(chance, recorded.days[self.day].len());
                100
            }
        };
        let step = usual * i128::from(percent) / (100 * BILLION);
        self.step = i64::try_from(step).unwrap_or(i64::MAX).max(1);
    }

    /// One step. `drift` is what is added to it, in millionths of a point.
    pub fn step(&mut self, chance: &mut Chance, drift: i64) {
        let change = match &self.board.prices {
            Prices::Generated { .. } => {
                i128::from(self.step) * i128::from(chance.normal()) / i128::from(Chance::ONE)
            }
            Prices::Recorded(recorded) => {
                let moves = &recorded.days[self.day];
                self.next = (self.next + 1) % moves.len();
                i128::from(self.value) * i128::from(moves[self.next]) / BILLION
            }
        };
        self.add(change + i128::from(drift));
    }

    /// What a night brings at once: the square root of its steps.
    pub fn night(&mut self, chance: &mut Chance, seconds: i64) {
        let steps = u64::try_from(seconds / self.board.step_seconds).unwrap_or(0);
        let root = i128::from(steps.isqrt());
        let change = i128::from(self.step) * root * i128::from(chance.normal());
        self.add(change / i128::from(Chance::ONE));
    }

    fn add(&mut self, change: i128) {
        let value = i128::from(self.value) + change;
        let least = i128::from(self.board.spread + 2) * i128::from(MICRO);
        self.value = i64::try_from(value.max(least)).unwrap_or(i64::MAX / 4);
    }

    /// How much a step must be pushed so that a trade with this stop and target, in points, brings `edge` of what it
    /// risks. A driftless walk takes the product of both distances over the square of a step until it leaves between
    /// them; as it goes in steps it leaves 0.583 of one later on either side (Siegmund), and one in 512 is four times as
    /// long, which makes their square 1.03 times as large.
    pub fn drift(&self, edge: i64, stop_points: i64, target_points: i64) -> i64 {
        let step = i128::from(self.step);
        let later = step * 583 / 1_000;
        let far = |points: i64| i128::from(points.max(1)) * i128::from(MICRO);
        let (stop, target) = (far(stop_points), far(target_points));
        let wanted = stop * i128::from(edge) / i128::from(BasisPoints::WHOLE.0);
        let drift = wanted * (step * step * 103 / 100) / ((stop + later) * (target + later));
        i64::try_from(drift).unwrap_or(0)
    }

    pub fn quote(&self) -> Option<Quote> {
        let middle = self.value.div_euclid(MICRO);
        let below = self.board.spread / 2;
        Quote::new(
            Price(middle - below),
            Price(middle - below + self.board.spread),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn read(lines: &str) -> Result<Recorded, SimulateError> {
        let instrument = crate::simulate::instrument("EURUSD".parse().unwrap()).unwrap();
        Recorded::read("file", lines.as_bytes(), &instrument, 60)
    }

    /// A tick at each of these seconds of a day.
    fn ticks(day: u32, prices: impl Iterator<Item = (u32, u32)>) -> String {
        let mut lines = String::new();
        for (second, points) in prices {
            let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
            let price = format!("1.{points:05}");
            writeln!(
                lines,
                "202607{day:02} {hour:02}{minute:02}{second:02}000,{price},{price},0"
            )
            .unwrap();
        }
        lines
    }

    #[test]
    fn a_file_is_cut_into_days_and_gaps_are_left_out() {
        // 70 minutes, a gap of two hours, 10 minutes; another day of 31 minutes.
        let first = (0..70)
            .chain(190..200)
            .map(|minute| (minute * 60, 8_000 + minute % 2 * 10));
        let second = (0..31).map(|minute| (minute * 60 + 30, 9_000));
        // The times of the layout are those of New York without summer time.
        let recorded = read(&(ticks(6, first) + &ticks(7, second))).unwrap();
        let moves: Vec<usize> = recorded.days.iter().map(Vec::len).collect();
        assert_eq!(moves, [69 + 9, 30]);
        assert_eq!(recorded.days[0][0], 92_592);
        assert_eq!(recorded.days[0][1], -92_584);
        assert!(recorded.days[1].iter().all(|step| *step == 0));
    }

    #[test]
    fn a_file_that_tells_nothing_is_refused() {
        let still = read(&ticks(6, (0..100).map(|minute| (minute * 60, 8_000))));
        assert!(still.unwrap_err().to_string().contains("never moves"));
        let short = read(&ticks(
            6,
            (0..10).map(|minute| (minute * 60, 8_000 + minute)),
        ));
        assert!(
            short
                .unwrap_err()
                .to_string()
                .contains("at least 60 are wanted")
        );
        let broken = read("20260706 000000000,1.08,x,0\n");
        assert!(broken.unwrap_err().to_string().contains("line 1: the ask"));
    }

    #[test]
    fn a_walk_moves_as_much_as_it_should() {
        const DAYS: i64 = 300;
        let settings = Settings::default();
        let terms = crate::simulate::proof::terms();
        let board = Board::new("EURUSD".parse().unwrap(), &settings, &terms).unwrap();
        // 0.6 % of 1.08500.
        assert!(board.day_points(board.start).abs_diff(651) <= 2);
        let mut chance = Chance::new(1, 1);
        let mut walk = Walk::new(&board);
        let mut squares = 0;
        for _ in 0..DAYS {
            let before = walk.value;
            walk.begin_day(&mut chance);
            for _ in 0..1_440 {
                walk.step(&mut chance, 0);
            }
            let moved = (walk.value - before) / MICRO;
            squares += moved * moved;
        }
        let usual = (squares / DAYS).isqrt();
        assert!((580..730).contains(&usual), "{usual}");
    }
}
