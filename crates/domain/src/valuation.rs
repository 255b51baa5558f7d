//! The one way in which a position becomes money.
//!
//! Desk, store, simulator and replay all use it, so that they cannot disagree. Prices are whole points and volumes
//! whole units, so a profit is an exact fraction until it is rounded: once for each position, after the conversion,
//! half away from zero. The result never falls when the price moves in the position's favour, so the extremes of a
//! profit over a range of prices are reached at the ends of the range.

use crate::Currency;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Units of the last digit of a symbol: 108_523 is 1.08523 where the symbol has five digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Price(pub i64);

/// What one can sell at and buy at. `bid` is above 0 and not above `ask`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quote {
    bid: Price,
    ask: Price,
}

impl Quote {
    /// `None` for a price of 0 or less, and for a bid above the ask.
    pub const fn new(bid: Price, ask: Price) -> Option<Self> {
        if bid.0 > 0 && bid.0 <= ask.0 {
            Some(Self { bid, ask })
        } else {
            None
        }
    }

    pub const fn bid(self) -> Price {
        self.bid
    }

    pub const fn ask(self) -> Price {
        self.ask
    }
}

/// Ten-thousandths of a lot: 100 is 0.01 lots.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Volume(pub i64);

impl Volume {
    pub const ONE_LOT: Self = Self(10_000);
}

/// Whether a position gains when the price rises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Long,
    Short,
}

impl Side {
    /// The price that ends a position of this side: a long one is sold at the bid.
    pub const fn exit(self, quote: Quote) -> Price {
        match self {
            Side::Long => quote.bid,
            Side::Short => quote.ask,
        }
    }

    /// The price that begins a position of this side.
    pub const fn entry(self, quote: Quote) -> Price {
        match self {
            Side::Long => quote.ask,
            Side::Short => quote.bid,
        }
    }
}

/// How an instrument's profit reaches the currency of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Through {
    /// The account is kept in the profit's currency.
    Nothing,
    /// The symbol's base is the profit's currency, and it is quoted in the account's: EURUSD for EUR in USD.
    Times { digits: u32 },
    /// The symbol's base is the account's currency, and it is quoted in the profit's: USDJPY for JPY in USD.
    Over { digits: u32 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValuationError {
    #[error("the value does not fit into 64 bits of minor units")]
    Overflow,
    #[error("no price is known that the profit could be converted at")]
    NoRate,
    #[error("contract size and digits are outside of what can be valued")]
    BadTerms,
}

/// What a point is worth: `points * volume * numerator / denominator` minor units of the account's currency, times or
/// over the points of the conversion's price where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Valuation {
    numerator: i128,
    denominator: i128,
    /// The same two where they fit, and 0 where they do not: nearly every value is worked out in 64 bits.
    short: (i64, i64),
    through: Through,
}

/// The highest price that one could sell at and the lowest that one could buy at, over some time: unlike in a quote,
/// the bid may lie above the ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BestPrices {
    pub bid: Price,
    pub ask: Price,
}

impl From<Quote> for BestPrices {
    fn from(quote: Quote) -> Self {
        Self {
            bid: quote.bid,
            ask: quote.ask,
        }
    }
}

impl BestPrices {
    const fn exit(self, side: Side) -> Price {
        match side {
            Side::Long => self.bid,
            Side::Short => self.ask,
        }
    }
}

impl Valuation {
    /// `contract_size` is how much of the base one lot is (1 to 10^9), `digits` the decimals of the symbol's price
    /// (0 to 8), `profit` its quote currency.
    ///
    /// # Errors
    /// [`ValuationError::BadTerms`] for terms outside of these ranges.
    pub fn new(
        digits: u32,
        contract_size: i64,
        profit: Currency,
        account: Currency,
        through: Through,
    ) -> Result<Self, ValuationError> {
        let rate_digits = match through {
            Through::Nothing => 0,
            Through::Times { digits } | Through::Over { digits } => digits,
        };
        let sizes = 1..=1_000_000_000;
        if digits > 8 || rate_digits > 8 || !sizes.contains(&contract_size) {
            return Err(ValuationError::BadTerms);
        }
        let ten = |power: u32| 10_i128.pow(power);
        let mut numerator = i128::from(contract_size) * ten(account.decimals());
        let mut denominator = ten(digits) * i128::from(Volume::ONE_LOT.0);
        match through {
            Through::Nothing if profit != account => return Err(ValuationError::BadTerms),
            Through::Nothing => {}
            Through::Times { digits } => denominator *= ten(digits),
            Through::Over { digits } => numerator *= ten(digits),
        }
        let shared = greatest_divisor(numerator, denominator);
        let (numerator, denominator) = (numerator / shared, denominator / shared);
        let short = |long: i128| i64::try_from(long).unwrap_or(0);
        let short = match (short(numerator), short(denominator)) {
            (0, _) | (_, 0) => (0, 0),
            both => both,
        };
        Ok(Self {
            numerator,
            denominator,
            short,
            through,
        })
    }

    /// Minor units for each point and unit of volume, as a fraction in lowest terms: times the points of the
    /// conversion's price, or over them, where there is one.
    pub const fn fraction(&self) -> (i128, i128) {
        (self.numerator, self.denominator)
    }

    pub const fn through(&self) -> Through {
        self.through
    }

    /// Profit in minor units of a position that was begun at `open` and would end at `quote`. A gain is converted at
    /// the price that its currency can be sold at, a loss at the price that it must be bought at.
    ///
    /// # Errors
    /// When it does not fit, or `rate` is wanted and missing.
    pub fn profit_minor(
        &self,
        side: Side,
        volume: Volume,
        open: Price,
        quote: Quote,
        rate: Option<Quote>,
    ) -> Result<i64, ValuationError> {
        let cost = over(i128::from(open.0), i128::from(volume.0))?;
        self.profit_at_cost_minor(side, volume, cost, quote, rate)
    }

    /// The same for a position that was begun at several prices: `cost` is the sum of each part's opening price times
    /// its volume, so that an average, which is seldom a whole point, is never rounded.
    ///
    /// # Errors
    /// When it does not fit, or `rate` is wanted and missing.
    pub fn profit_at_cost_minor(
        &self,
        side: Side,
        volume: Volume,
        cost: i128,
        quote: Quote,
        rate: Option<Quote>,
    ) -> Result<i64, ValuationError> {
        let rate = rate.map(BestPrices::from);
        self.best_minor(side, volume, cost, quote.into(), rate)
    }

    /// The highest that the position was worth while its symbol and its conversion had these best prices, if they had
    /// them at the same time; never less than what it was worth at any time.
    ///
    /// # Errors
    /// When it does not fit, or `rate` is wanted and missing.
    pub fn best_minor(
        &self,
        side: Side,
        volume: Volume,
        cost: i128,
        best: BestPrices,
        rate: Option<BestPrices>,
    ) -> Result<i64, ValuationError> {
        let exit = best.exit(side);
        if let Some(minor) = self.short_minor(side, volume, cost, exit, rate) {
            return Ok(minor);
        }
        let value = over(i128::from(exit.0), i128::from(volume.0))?;
        let gain = match side {
            Side::Long => value.checked_sub(cost),
            Side::Short => cost.checked_sub(value),
        };
        let gain = gain.ok_or(ValuationError::Overflow)?;
        self.converted(gain, 1, Volume(1), rate)
    }

    /// `None` where 64 bits are too few on the way, or a rate is missing.
    fn short_minor(
        &self,
        side: Side,
        volume: Volume,
        cost: i128,
        exit: Price,
        rate: Option<BestPrices>,
    ) -> Option<i64> {
        let (numerator, denominator) = self.short;
        if numerator == 0 {
            return None;
        }
        let value = exit.0.checked_mul(volume.0)?;
        let cost = i64::try_from(cost).ok()?;
        let gain = match side {
            Side::Long => value.checked_sub(cost)?,
            Side::Short => cost.checked_sub(value)?,
        };
        let top = gain.checked_mul(numerator)?;
        let (top, bottom) = match self.through {
            Through::Nothing => (top, denominator),
            Through::Times { .. } => {
                let rate = rate?;
                let price = if gain >= 0 { rate.bid } else { rate.ask };
                (top.checked_mul(price.0)?, denominator)
            }
            Through::Over { .. } => {
                let rate = rate?;
                let price = if gain >= 0 { rate.ask } else { rate.bid };
                (top, denominator.checked_mul(price.0)?)
            }
        };
        let (whole, rest) = (top / bottom, top % bottom);
        let is_half = rest.unsigned_abs() >= bottom.unsigned_abs().div_ceil(2);
        whole.checked_add(if is_half { top.signum() } else { 0 })
    }

    /// The same for a move of so many points in the position's favour, or, below 0, against it.
    ///
    /// # Errors
    /// When it does not fit, or `rate` is wanted and missing.
    pub fn minor(
        &self,
        points: i128,
        volume: Volume,
        rate: Option<Quote>,
    ) -> Result<i64, ValuationError> {
        self.part_minor(points, 1, volume, rate)
    }

    /// The same for `points / parts` points: what swap, commission and margin are, as parts of a price. `parts` is
    /// above 0.
    ///
    /// # Errors
    /// When it does not fit, or `rate` is wanted and missing.
    pub fn part_minor(
        &self,
        points: i128,
        parts: i128,
        volume: Volume,
        rate: Option<Quote>,
    ) -> Result<i64, ValuationError> {
        self.converted(points, parts, volume, rate.map(BestPrices::from))
    }

    fn converted(
        &self,
        points: i128,
        parts: i128,
        volume: Volume,
        rate: Option<BestPrices>,
    ) -> Result<i64, ValuationError> {
        let top = over(over(points, i128::from(volume.0))?, self.numerator)?;
        let bottom = over(self.denominator, parts)?;
        let gain = points >= 0;
        let rate = || rate.ok_or(ValuationError::NoRate);
        let (top, bottom) = match self.through {
            Through::Nothing => (top, bottom),
            Through::Times { .. } => {
                let rate = rate()?;
                let price = if gain { rate.bid } else { rate.ask };
                (over(top, i128::from(price.0))?, bottom)
            }
            Through::Over { .. } => {
                let rate = rate()?;
                let price = if gain { rate.ask } else { rate.bid };
                (top, over(bottom, i128::from(price.0))?)
            }
        };
        round_half_away(top, bottom)
    }
}

fn over(factor: i128, by: i128) -> Result<i128, ValuationError> {
    factor.checked_mul(by).ok_or(ValuationError::Overflow)
}

/// `bottom` is above 0.
fn round_half_away(top: i128, bottom: i128) -> Result<i64, ValuationError> {
    let (whole, rest) = (top / bottom, top % bottom);
    let away = if rest.unsigned_abs() >= bottom.unsigned_abs().div_ceil(2) {
        top.signum()
    } else {
        0
    };
    i64::try_from(whole + away).map_err(|_| ValuationError::Overflow)
}

fn greatest_divisor(a: i128, b: i128) -> i128 {
    if b == 0 {
        a
    } else {
        greatest_divisor(b, a % b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quote(bid: i64, ask: i64) -> Quote {
        Quote::new(Price(bid), Price(ask)).unwrap()
    }

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    const TIMES: Through = Through::Times { digits: 5 };
    const OVER: Through = Through::Over { digits: 3 };

    /// Terms (`digits size profit>account`), how it is converted, the position (`side volume@open`), the quote, the
    /// conversion's quote, and what it is worth.
    const ROWS: &str = "
        # EURUSD, one lot, ten points: 10 USD; short, it is bought back at the ask.
        5 100000 USD>USD | -   | long  10000@108500 | 108600 108610 | -             | 10000
        5 100000 USD>USD | -   | short 10000@108500 | 108600 108610 | -             | -11000
        # One point on 0.01 lots is one cent, on 0.005 lots half a cent, rounded away from zero.
        5 100000 USD>USD | -   | long  100@108500   | 108501 108501 | -             | 1
        5 100000 USD>USD | -   | long  50@108500    | 108501 108501 | -             | 1
        5 100000 USD>USD | -   | long  50@108500    | 108499 108499 | -             | -1
        5 100000 USD>USD | -   | long  49@108500    | 108501 108501 | -             | 0
        # USDJPY, 100 points on one lot are 10,000 JPY: a gain over 150.010, a loss over 150.000.
        3 100000 JPY>USD | / 3 | long  10000@149900 | 150000 150010 | 150000 150010 | 6666
        3 100000 JPY>USD | / 3 | long  10000@150100 | 150000 150010 | 150000 150010 | -6667
        # A German index, one point on one contract is 0.10 EUR: a gain sold at 1.08, a loss bought at 1.09.
        1 1 EUR>USD      | * 5 | long  10000@180000 | 181000 181010 | 108000 109000 | 10800
        1 1 EUR>USD      | * 5 | long  10000@182000 | 181000 181010 | 108000 109000 | -10900
        # 100 dollars into an account that has no decimals.
        5 100000 USD>JPY | * 3 | long  10000@108500 | 108600 108610 | 150000 150010 | 15000
    ";

    #[test]
    fn a_position_has_one_value() {
        let number = |text: &str| text.parse::<i64>().unwrap();
        let prices = |text: &str| {
            let (bid, ask) = text.split_once(' ')?;
            Some(quote(number(bid), number(ask)))
        };
        let rows = ROWS.lines().map(str::trim);
        for row in rows.filter(|row| !row.is_empty() && !row.starts_with('#')) {
            let cells: Vec<_> = row.split('|').map(str::trim).collect();
            let [terms, through, position, at, rate, minor] = cells[..] else {
                panic!("six cells: {row}")
            };
            let terms: Vec<_> = terms.split([' ', '>']).collect();
            let digits = |text: &str| u32::try_from(number(text)).unwrap();
            let through = match through.split_once(' ') {
                None => Through::Nothing,
                Some(("*", by)) => Through::Times { digits: digits(by) },
                Some((_, by)) => Through::Over { digits: digits(by) },
            };
            let valuation = Valuation::new(
                digits(terms[0]),
                number(terms[1]),
                currency(terms[2]),
                currency(terms[3]),
                through,
            )
            .unwrap();
            let (side, position) = position.split_once(' ').unwrap();
            let side = [Side::Short, Side::Long][usize::from(side == "long")];
            let (volume, open) = position.trim().split_once('@').unwrap();
            let (volume, open) = (Volume(number(volume)), Price(number(open)));
            let worth =
                valuation.profit_minor(side, volume, open, prices(at).unwrap(), prices(rate));
            assert_eq!(worth, Ok(number(minor)), "{row}");
        }
    }

    #[test]
    fn what_cannot_be_valued_is_an_error() {
        let (usd, jpy) = (Currency::USD, currency("JPY"));
        let make =
            |digits, size, profit, through| Valuation::new(digits, size, profit, usd, through);
        assert_eq!(
            make(9, 1, usd, Through::Nothing),
            Err(ValuationError::BadTerms)
        );
        assert_eq!(
            make(2, 0, usd, Through::Nothing),
            Err(ValuationError::BadTerms)
        );
        assert_eq!(
            make(3, 1, jpy, Through::Nothing),
            Err(ValuationError::BadTerms)
        );
        let yen = make(3, 100_000, jpy, OVER).unwrap();
        assert_eq!(yen.minor(1, Volume(1), None), Err(ValuationError::NoRate));
        let much = yen.minor(i128::from(i64::MAX), Volume(i64::MAX), Some(quote(1, 1)));
        assert_eq!(much, Err(ValuationError::Overflow));
        assert_eq!(Quote::new(Price(2), Price(1)), None);
        assert_eq!(Quote::new(Price(0), Price(1)), None);
    }

    /// 0.01 lots at 1.08500 and 0.02 at 1.08501 cost what they cost, although the average is no whole point.
    #[test]
    fn a_cost_is_never_rounded_to_an_average() {
        let dollars =
            Valuation::new(5, 100_000, Currency::USD, Currency::USD, Through::Nothing).unwrap();
        let cost = 100 * 108_500 + 200 * 108_501;
        let at = |bid| quote(bid, bid + 10);
        let long = |bid| dollars.profit_at_cost_minor(Side::Long, Volume(300), cost, at(bid), None);
        assert_eq!(long(108_501), Ok(1));
        assert_eq!(long(108_500), Ok(-2));
        let short = dollars.profit_at_cost_minor(Side::Short, Volume(300), cost, at(108_490), None);
        assert_eq!(short, Ok(2));
    }

    /// -7.36 points of swap on one lot are 7.36 USD; a third of a point on 0.03 lots is one cent.
    #[test]
    fn parts_of_a_point_are_rounded_once() {
        let dollars =
            Valuation::new(5, 100_000, Currency::USD, Currency::USD, Through::Nothing).unwrap();
        assert_eq!(
            dollars.part_minor(-736, 100, Volume::ONE_LOT, None),
            Ok(-736)
        );
        assert_eq!(dollars.part_minor(1, 3, Volume(300), None), Ok(1));
        assert_eq!(dollars.part_minor(1, 3, Volume(100), None), Ok(0));
        assert_eq!(
            dollars.part_minor(i128::MAX, 3, Volume(100), None),
            Err(ValuationError::Overflow)
        );
    }

    proptest! {
        #[test]
        fn a_better_price_is_never_worth_less(
            a in -1_000_000_i128..1_000_000,
            more in 0_i128..1_000,
            volume in 1_i64..1_000_000,
            bid in 1_i64..300_000,
            spread in 0_i64..500,
            way in 0..3,
        ) {
            let through = [Through::Nothing, TIMES, OVER][usize::try_from(way).unwrap()];
            let profit = if through == Through::Nothing { Currency::USD } else { currency("JPY") };
            let valuation = Valuation::new(5, 100_000, profit, Currency::USD, through).unwrap();
            let value = |points| valuation.minor(points, Volume(volume), Some(quote(bid, bid + spread))).unwrap();
            prop_assert!(value(a) <= value(a + more));
        }

        /// What fits into 64 bits on the way is worked out there, to the same cent.
        #[test]
        fn the_short_way_and_the_long_way_agree(
            short in any::<bool>(),
            volume in 1_i64..2_000_000,
            open in 1_i64..300_000,
            (bid, spread) in (1_i64..300_000, 0_i64..500),
            rate in (1_i64..300_000, 0_i64..500),
            way in 0..3,
        ) {
            let through = [Through::Nothing, TIMES, OVER][usize::try_from(way).unwrap()];
            let profit = if through == Through::Nothing { Currency::USD } else { currency("JPY") };
            let valuation = Valuation::new(5, 100_000, profit, Currency::USD, through).unwrap();
            let (quote, rate) = (quote(bid, bid + spread), Some(quote(rate.0, rate.0 + rate.1)));
            let side = if short { Side::Short } else { Side::Long };
            let points = match side {
                Side::Long => bid - open,
                Side::Short => open - bid - spread,
            };
            let long_way = valuation.minor(i128::from(points) * i128::from(volume), Volume(1), rate);
            prop_assert_eq!(valuation.profit_minor(side, Volume(volume), Price(open), quote, rate), long_way);
        }
    }
}
