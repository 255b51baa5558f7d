//! Plain revaluation, the strongest simple way: the positions of a symbol in one flat array in the order of their
//! accounts, each with its last value, and a division that is a multiplication wherever that is exact.

use crate::world::{INITIAL_MINOR, Symbol, TARGET_MINOR};
use touchstone_domain::rule_set::{MaxLossAmount, MaxLossMode};
use touchstone_domain::{Currency, Quote, Side, Through, Valuation};
use touchstone_rules::{Account, Market, SymbolId, SymbolTerms};

/// 24 bytes, in the array of its symbol.
#[derive(Clone, Copy, Debug)]
struct Held {
    account: u32,
    /// Below 0 for a short position.
    volume: i32,
    cost: i64,
    value: i64,
}

/// An equity outside of `low..high` needs a look: the floor, and the target or the next new high.
#[derive(Clone, Copy, Debug)]
struct Standing {
    equity: i64,
    low: i64,
    high: i64,
}

/// What is only needed at such a look.
#[derive(Clone, Copy, Debug)]
struct Terms {
    login: i64,
    amount: i64,
    trails: bool,
}

#[derive(Clone, Copy, Debug)]
struct Worth {
    numerator: i64,
    denominator: i64,
    through: Through,
    rate: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    pub tick: u64,
    pub login: i64,
    pub passed: bool,
    pub equity: i64,
}

pub struct Flat {
    held: Vec<Vec<Held>>,
    standing: Vec<Standing>,
    terms: Vec<Terms>,
    worth: Vec<Worth>,
    /// The symbols that each one converts, itself left out.
    converts: Vec<Vec<usize>>,
    /// Where the positions of an account are: first in `places`, symbol and index.
    first: Vec<u32>,
    places: Vec<(u16, u32)>,
    quotes: Vec<Quote>,
    over: Vec<(u32, bool, i64)>,
}

/// A division by a number that stays the same for a whole array.
#[derive(Clone, Copy)]
struct Divisor {
    by: u64,
    magic: u64,
    /// The largest number that is multiplied.
    most: u64,
}

impl Divisor {
    fn new(by: i64) -> Self {
        let by = by as u64;
        Self {
            by,
            magic: (u64::MAX / by).wrapping_add(1),
            most: if by > 1 { u64::MAX / by - 1 } else { 0 },
        }
    }

    /// Rounded half away from zero. Exact: `n * by` is below 2^64 where it multiplies. Without a branch on the sign,
    /// which no processor could foretell.
    #[inline(always)]
    fn round(self, top: i64) -> i64 {
        let sign = top >> 63;
        let n = ((top ^ sign).wrapping_sub(sign) as u64).wrapping_add(self.by / 2);
        let whole = if n <= self.most {
            ((u128::from(n) * u128::from(self.magic)) >> 64) as i64
        } else {
            (n / self.by) as i64
        };
        (whole ^ sign).wrapping_sub(sign)
    }
}

impl Flat {
    /// Goes on from where the accounts are.
    pub fn new(
        accounts: impl Iterator<Item = Account>,
        symbols: &[Symbol],
        market: &Market,
    ) -> Self {
        let quote = |symbol: usize| market.quote(SymbolId(symbol as u32)).expect("a price");
        let mut flat = Self {
            held: vec![Vec::new(); symbols.len()],
            standing: Vec::new(),
            terms: Vec::new(),
            worth: (0..symbols.len())
                .map(|index| worth(index, symbols))
                .collect(),
            converts: vec![Vec::new(); symbols.len()],
            first: vec![0],
            places: Vec::new(),
            quotes: (0..symbols.len()).map(quote).collect(),
            over: Vec::new(),
        };
        for (index, symbol) in symbols.iter().enumerate() {
            if let Some(rate) = symbol.rate.filter(|rate| *rate != index) {
                flat.converts[rate].push(index);
            }
        }
        for account in accounts {
            flat.take(&account);
        }
        flat
    }

    fn take(&mut self, account: &Account) {
        let index = self.standing.len() as u32;
        let phase = account.phase();
        let rule = phase.rules().max_loss.expect("a maximum loss");
        let MaxLossAmount::PercentOfInitial(share) = rule.amount else {
            unreachable!("every amount is a share")
        };
        let trails = rule.mode == MaxLossMode::TrailingIntradayEquity;
        let limits = phase.limits().expect("limits");
        let mut standing = Standing {
            equity: INITIAL_MINOR,
            low: limits[0].level_minor,
            high: INITIAL_MINOR + TARGET_MINOR,
        };
        if let (true, Some(peak)) = (trails, limits[0].peak_minor) {
            standing.high = standing.high.min(peak + 1);
        }
        for position in account.positions() {
            let symbol = position.symbol.0 as usize;
            let sign = if position.side == Side::Long { 1 } else { -1 };
            let mut held = Held {
                account: index,
                volume: (position.volume.0 * sign) as i32,
                cost: position.cost * sign,
                value: 0,
            };
            held.value = self.value(symbol, &held);
            standing.equity += held.value;
            self.places
                .push((symbol as u16, self.held[symbol].len() as u32));
            self.held[symbol].push(held);
        }
        self.first.push(self.places.len() as u32);
        self.standing.push(standing);
        self.terms.push(Terms {
            login: account.login.0,
            amount: share.of(INITIAL_MINOR).expect("an amount"),
            trails,
        });
    }

    pub fn len(&self) -> usize {
        self.standing.len()
    }

    pub fn bytes(&self) -> usize {
        let held: usize = self
            .held
            .iter()
            .map(|held| held.len() * size_of::<Held>())
            .sum();
        held + self.standing.len() * (size_of::<Standing>() + size_of::<Terms>())
    }

    fn value(&self, symbol: usize, held: &Held) -> i64 {
        let worth = self.worth[symbol];
        let quote = self.quotes[symbol];
        let rate = worth.rate.map_or(quote, |rate| self.quotes[rate]);
        Pass::new(&worth, quote, rate).value(held)
    }

    /// One tick; every verdict of it in order of accounts.
    pub fn tick(&mut self, symbol: usize, quote: Quote) -> &[(u32, bool, i64)] {
        self.quotes[symbol] = quote;
        self.over.clear();
        if self.converts[symbol].is_empty() {
            self.revalue(symbol, true);
        } else {
            // An account can depend on it through several positions: it is judged after all of them.
            self.revalue(symbol, false);
            for index in 0..self.converts[symbol].len() {
                self.revalue(self.converts[symbol][index], false);
            }
            self.judge_all(symbol);
            for index in 0..self.converts[symbol].len() {
                self.judge_all(self.converts[symbol][index]);
            }
            self.over.sort_unstable();
        }
        &self.over
    }

    fn revalue(&mut self, symbol: usize, judges: bool) {
        let worth = self.worth[symbol];
        let quote = self.quotes[symbol];
        let rate = worth.rate.map_or(quote, |rate| self.quotes[rate]);
        let pass = Pass::new(&worth, quote, rate);
        for held in &mut self.held[symbol] {
            let value = pass.value(held);
            let standing = &mut self.standing[held.account as usize];
            standing.equity = standing.equity.wrapping_add(value).wrapping_sub(held.value);
            held.value = value;
            if judges && (standing.equity <= standing.low || standing.equity >= standing.high) {
                look(held.account, standing, &self.terms, &mut self.over);
            }
        }
    }

    fn judge_all(&mut self, symbol: usize) {
        for held in &self.held[symbol] {
            let standing = &mut self.standing[held.account as usize];
            if standing.equity <= standing.low || standing.equity >= standing.high {
                look(held.account, standing, &self.terms, &mut self.over);
            }
        }
    }

    /// The account begins again as another one, with the same positions opened at the present prices.
    pub fn refill(&mut self, account: u32, login: i64) {
        let index = account as usize;
        let (from, to) = (self.first[index] as usize, self.first[index + 1] as usize);
        let terms = &mut self.terms[index];
        terms.login = login;
        let mut standing = Standing {
            equity: INITIAL_MINOR,
            low: INITIAL_MINOR - terms.amount,
            high: INITIAL_MINOR + TARGET_MINOR,
        };
        if terms.trails {
            standing.high = INITIAL_MINOR + 1;
        }
        for place in from..to {
            let (symbol, at) = self.places[place];
            let (symbol, at) = (usize::from(symbol), at as usize);
            let mut held = self.held[symbol][at];
            let side = if held.volume > 0 {
                Side::Long
            } else {
                Side::Short
            };
            held.cost = side.entry(self.quotes[symbol]).0 * i64::from(held.volume);
            held.value = self.value(symbol, &held);
            standing.equity += held.value;
            self.held[symbol][at] = held;
        }
        self.standing[index] = standing;
    }

    pub fn login(&self, account: u32) -> i64 {
        self.terms[account as usize].login
    }
}

#[cold]
fn look(account: u32, standing: &mut Standing, terms: &[Terms], over: &mut Vec<(u32, bool, i64)>) {
    let Terms { amount, trails, .. } = terms[account as usize];
    let equity = standing.equity;
    let target = INITIAL_MINOR + TARGET_MINOR;
    if over.iter().any(|one| one.0 == account) {
        return;
    }
    if trails && equity >= standing.high {
        standing.low = standing.low.max(equity - amount);
        standing.high = target.min(equity + 1);
    }
    if equity <= standing.low {
        over.push((account, false, equity));
    } else if equity >= target {
        over.push((account, true, equity));
    }
}

/// What stays the same for one array and one tick.
#[derive(Clone, Copy)]
struct Pass {
    /// What a short position ends at, and a long one.
    prices: [i64; 2],
    /// Factor and divisor of a loss, and of a gain.
    rates: [(i64, Divisor); 2],
}

impl Pass {
    fn new(worth: &Worth, quote: Quote, rate: Quote) -> Self {
        let (bid, ask) = (rate.bid().0, rate.ask().0);
        let Worth {
            numerator,
            denominator,
            through,
            ..
        } = *worth;
        let (gain, loss) = match through {
            Through::Nothing => ((numerator, denominator), (numerator, denominator)),
            Through::Times { .. } => (
                (numerator * bid, denominator),
                (numerator * ask, denominator),
            ),
            Through::Over { .. } => (
                (numerator, denominator * ask),
                (numerator, denominator * bid),
            ),
        };
        Self {
            prices: [quote.ask().0, quote.bid().0],
            rates: [loss, gain].map(|(times, over)| (times, Divisor::new(over))),
        }
    }

    #[inline(always)]
    fn value(&self, held: &Held) -> i64 {
        let price = self.prices[usize::from(held.volume > 0)];
        let gain = price
            .wrapping_mul(i64::from(held.volume))
            .wrapping_sub(held.cost);
        let (times, over) = self.rates[usize::from(gain >= 0)];
        over.round(gain.wrapping_mul(times))
    }
}

fn worth(index: usize, symbols: &[Symbol]) -> Worth {
    let own = &symbols[index];
    let dollars = Currency::USD;
    let through = match own.rate.map(|rate| &symbols[rate].terms) {
        None => Through::Nothing,
        Some(rate) if rate.profit == dollars => Through::Times {
            digits: rate.digits,
        },
        Some(rate) => Through::Over {
            digits: rate.digits,
        },
    };
    let SymbolTerms {
        digits,
        contract_size,
        profit,
        ..
    } = own.terms;
    let valuation = Valuation::new(digits, contract_size, profit, dollars, through).expect("terms");
    let (numerator, denominator) = valuation.fraction();
    Worth {
        numerator: numerator as i64,
        denominator: denominator as i64,
        through,
        rate: own.rate,
    }
}
