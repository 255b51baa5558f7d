//! Worlds of many symbols, currencies, accounts and rules, in which anything can happen, run through both engines.

mod rules;

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_domain::rule_set::Impact;
use touchstone_domain::{Currency, Login, NewsId, Price, Quote, Side, UnixMicros, Volume};
use touchstone_rules::*;

/// 20 March 2026: a week before the clocks change in Europe.
const START: i64 = 1_774_000_000;

/// Digits, contract size, base, profit, and the bid that it begins with.
const SYMBOLS: [(u32, i64, Option<&str>, &str, i64); 8] = [
    (5, 100_000, Some("EUR"), "USD", 108_500),
    (3, 100_000, Some("USD"), "JPY", 150_000),
    (5, 100_000, Some("GBP"), "USD", 127_000),
    (3, 100_000, Some("EUR"), "JPY", 162_000),
    (1, 10, None, "EUR", 180_000),
    (2, 100, None, "USD", 202_000),
    // Nothing converts it, until the last one is listed.
    (5, 100_000, Some("AUD"), "NZD", 109_000),
    (5, 100_000, Some("NZD"), "USD", 61_000),
];
const LISTED_AT_FIRST: usize = 7;
const CURRENCIES: [&str; 4] = ["USD", "USD", "EUR", "JPY"];

#[derive(Clone, Debug)]
pub struct Setting {
    rules: Vec<(rules::Rules, u8)>,
    history_ticks: usize,
    /// How far a price of a walk moves, in hundred-thousandths.
    step: i64,
    has_prices: bool,
}

pub fn setting() -> impl Strategy<Value = Setting> {
    (
        prop::collection::vec((rules::rules(), 0_u8..4), 1..6),
        prop_oneof![Just(0_usize), Just(1_000)],
        prop_oneof![Just(2_i64), Just(20), Just(200)],
        any::<bool>(),
    )
        .prop_map(|(rules, history_ticks, step, has_prices)| Setting {
            rules,
            history_ticks,
            step,
            has_prices,
        })
}

/// What happens, to whom, and three numbers for it.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    kind: u8,
    who: u8,
    symbol: u8,
    a: u32,
    b: i64,
    seconds: i64,
}

pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let seconds = prop_oneof![6 => 0_i64..30, 2 => 0_i64..20_000, 1 => 20_000_i64..200_000];
    let op = (
        0_u8..42,
        0_u8..8,
        0_u8..8,
        any::<u32>(),
        -300_000_i64..300_000,
        seconds,
    );
    let op = op.prop_map(|(kind, who, symbol, a, b, seconds)| Op {
        kind,
        who,
        symbol,
        a,
        b,
        seconds,
    });
    prop::collection::vec(op, 1..120)
}

pub struct World {
    plain: Plain,
    fast: Fast,
    rules: Vec<(rules::Rules, u8)>,
    symbols: Vec<SymbolId>,
    bids: Vec<i64>,
    logins: Vec<Login>,
    /// What the desk would be woken by.
    watches: BTreeMap<Login, (Vec<WatchEdges>, Option<i64>)>,
    /// Accounts that were taken out, and may come back. Some of them sleep meanwhile, watched by this equity.
    away: Vec<(Account, Option<(Asleep, i64)>)>,
    next_login: i64,
    next_position: i64,
    micros: i64,
    step: i64,
    random: u64,
    pub verdicts: usize,
    pub ticks: usize,
    /// After an overflow nothing is promised any more.
    pub is_over: bool,
}

type Same = Result<(), String>;

fn passes(edges: &WatchEdges, quote: Quote) -> bool {
    let below = |low: Option<Price>, price| low.is_some_and(|low| price < low);
    let above = |high: Option<Price>, price| high.is_some_and(|high| price > high);
    below(edges.bid_low, quote.bid())
        || above(edges.bid_high, quote.bid())
        || below(edges.ask_low, quote.ask())
        || above(edges.ask_high, quote.ask())
}

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn terms(index: usize) -> SymbolTerms {
    let (digits, contract_size, base, profit, _) = SYMBOLS[index];
    SymbolTerms {
        digits,
        contract_size,
        base: base.map(currency),
        profit: currency(profit),
    }
}

impl World {
    pub fn new(setting: &Setting) -> Self {
        let mut market = Market::default();
        let symbols = (0..LISTED_AT_FIRST).map(|index| market.list(terms(index)).unwrap());
        let symbols = symbols.collect();
        let settings = Settings {
            history_ticks: setting.history_ticks,
            max_history_ticks: 1 << 12,
        };
        let mut world = Self {
            plain: Plain::new(market.clone()),
            fast: Fast::with_settings(market, settings),
            rules: setting.rules.clone(),
            symbols,
            bids: SYMBOLS.iter().map(|symbol| symbol.4).collect(),
            logins: Vec::new(),
            watches: BTreeMap::new(),
            away: Vec::new(),
            next_login: 1,
            next_position: 1,
            micros: START * 1_000_000,
            step: setting.step,
            random: 7,
            verdicts: 0,
            ticks: 0,
            is_over: false,
        };
        for index in 0..setting.rules.len() {
            world.open(index).unwrap();
        }
        if setting.has_prices {
            for index in 0..world.symbols.len() {
                let quote = world.quote(index, 3);
                let symbol = world.symbols[index];
                world.both(Input::Tick { symbol, quote }).unwrap();
            }
        }
        world
    }

    fn at(&self) -> UnixMicros {
        UnixMicros(self.micros)
    }

    fn open(&mut self, index: usize) -> Same {
        let (rules, money) = &self.rules[index % self.rules.len()];
        let currency = currency(CURRENCIES[usize::from(*money)]);
        let opening = Opening {
            initial_minor: 10_000_000,
            purchased_at: UnixMicros(self.micros - 86_400_000_000),
            activated_at: self.at(),
        };
        let phase = Phase::open(Arc::new(rules.set.clone()), opening).unwrap();
        let login = Login(self.next_login);
        self.next_login += 1;
        self.begin(Account::new(login, currency, phase));
        Ok(())
    }

    fn begin(&mut self, account: Account) {
        self.logins.push(account.login);
        self.plain.open(account.clone()).unwrap();
        self.fast.open(account).unwrap();
    }

    fn wake(&mut self, account: Account, asleep: Asleep, floor: i64) {
        let login = account.login;
        self.logins.push(login);
        self.plain.open(account).unwrap();
        self.fast.wake(asleep);
        self.watches.insert(login, (Vec::new(), Some(floor)));
    }

    /// One input for both.
    fn both(&mut self, input: Input) -> Same {
        let touched = match input {
            Input::Tick { symbol, quote } => self.fast.touched(symbol, quote).unwrap(),
            _ => Vec::new(),
        };
        let equity = |plain: &Plain, login| {
            let account = plain.account(login)?;
            account.phase().equity_minor().ok()
        };
        let before: Vec<_> = self
            .watches
            .keys()
            .map(|login| equity(&self.plain, *login))
            .collect();
        let plain = self.plain.apply(self.at(), input.clone());
        let fast = self.fast.apply(self.at(), input.clone());
        if let Input::Tick { symbol, quote } = input {
            for ((login, (edges, floor)), before) in self.watches.iter().zip(before) {
                let after = equity(&self.plain, *login);
                let falls = floor.is_some_and(|floor| before > Some(floor) && after <= Some(floor));
                let is_passed = edges
                    .iter()
                    .any(|edges| edges.symbol == symbol && passes(edges, quote));
                if (falls || is_passed) && !touched.contains(login) {
                    return Err(format!("{login:?} is not touched by {input:?}"));
                }
            }
        }
        self.same(&format!("{input:?}"), plain, fast)
    }

    fn same(
        &mut self,
        input: &str,
        plain: Result<Vec<Verdict>, RulesError>,
        fast: Result<Vec<Verdict>, RulesError>,
    ) -> Same {
        self.is_over |= plain == Err(RulesError::Overflow);
        self.verdicts += plain.as_ref().map_or(0, Vec::len);
        if plain == fast || (self.is_over && fast.is_err()) {
            return Ok(());
        }
        Err(format!(
            "at {} {input}:\nplain {plain:#?}\nfast {fast:#?}",
            self.micros
        ))
    }

    pub fn compare_accounts(&self) -> Same {
        if self.is_over {
            return Ok(());
        }
        if self.plain.next_timer().unwrap() != self.fast.next_timer() {
            return Err(format!(
                "next timer: plain {:?}, fast {:?}",
                self.plain.next_timer(),
                self.fast.next_timer()
            ));
        }
        let all: Vec<Account> = self.fast.accounts().map(Result::unwrap).collect();
        // In the order of logins, whenever each was opened.
        let (mut all, mut logins) = (all.into_iter(), self.logins.clone());
        logins.sort_unstable();
        for login in &logins {
            let plain = self.plain.account(*login).unwrap();
            let fast = self.fast.account(*login).unwrap().unwrap();
            if *plain != fast || all.next().as_ref() != Some(plain) {
                return Err(format!("{login:?}: plain {plain:#?}\nfast {fast:#?}"));
            }
        }
        Ok(())
    }

    fn next_random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    fn quote(&self, index: usize, spread: u32) -> Quote {
        let bid = self.bids[index];
        Quote::new(Price(bid), Price(bid + i64::from(spread % 40))).unwrap()
    }

    fn walk(&mut self, ticks: u32, seed: u32) -> Same {
        self.random = u64::from(seed) + 1;
        for _ in 0..ticks {
            let random = self.next_random();
            let index = usize::try_from(random % self.symbols.len() as u64).unwrap();
            let far = if random & 0xff0000 == 0 { 20 } else { 1 };
            let reach = (self.bids[index] * self.step * far / 100_000).max(2);
            let moved = i64::try_from((random >> 32) % (2 * reach as u64 + 1)).unwrap() - reach;
            self.bids[index] = (self.bids[index] + moved).clamp(1_000, 10_000_000);
            self.micros += i64::try_from((random >> 24) & 0xfffff).unwrap();
            let quote = self.quote(index, (random >> 40) as u32);
            self.ticks += 1;
            let symbol = self.symbols[index];
            self.both(Input::Tick { symbol, quote })?;
            if self.is_over {
                break;
            }
        }
        Ok(())
    }

    pub fn step(&mut self, op: &Op) -> Same {
        self.micros += op.seconds * 1_000_000;
        let index = usize::from(op.symbol) % self.symbols.len();
        let symbol = self.symbols[index];
        match op.kind {
            0..=9 => self.walk(op.a % 120, op.a)?,
            10 => self.walk(op.a % 600, op.a)?,
            11 => {
                self.bids[index] =
                    (self.bids[index] + self.bids[index] * op.b / 3_000_000).max(1_000);
                let quote = self.quote(index, op.a);
                self.both(Input::Tick { symbol, quote })?;
            }
            12 => self.both(Input::Stale(symbol))?,
            13 => self.both(Input::Fresh(symbol))?,
            14 => self.both(Input::Time)?,
            15 if !self.away.is_empty() => {
                let (account, asleep) = self.away.remove(0);
                match asleep {
                    None => self.begin(account),
                    Some((asleep, floor)) => self.wake(account, asleep, floor),
                }
            }
            15 if self.logins.len() < 12 => self.open(op.a as usize)?,
            16 => self.remove(op)?,
            17 if op.a.is_multiple_of(4) => self.list()?,
            18 => self.fill(op, index)?,
            19 => self.watch(op)?,
            20 => self.compare_accounts()?,
            _ => {
                let Some(login) = self.who(op) else {
                    return Ok(());
                };
                if let Some(event) = self.event(login, op, index) {
                    self.both(Input::Of { login, event })?;
                }
            }
        }
        Ok(())
    }

    fn who(&self, op: &Op) -> Option<Login> {
        let index = usize::from(op.who).checked_rem(self.logins.len())?;
        Some(self.logins[index])
    }

    fn remove(&mut self, op: &Op) -> Same {
        let Some(login) = self.who(op).filter(|_| op.a.is_multiple_of(2)) else {
            return Ok(());
        };
        let plain = self.plain.remove(login);
        let fast = self.fast.remove(login).unwrap();
        self.logins.retain(|own| *own != login);
        self.watches.remove(&login);
        if plain != fast {
            return Err(format!("removed: plain {plain:#?}\nfast {fast:#?}"));
        }
        let floor = 9_500_000 + op.b;
        let asleep = fast.filter(|_| op.a.is_multiple_of(4));
        let asleep = asleep.map(|account| (self.fast.seat(account, Some(floor)).unwrap(), floor));
        self.away.extend(plain.map(|account| (account, asleep)));
        Ok(())
    }

    fn list(&mut self) -> Same {
        if self.symbols.len() < SYMBOLS.len() {
            let terms = terms(self.symbols.len());
            let plain = self.plain.market_mut().list(terms).unwrap();
            let fast = self.fast.list(terms).unwrap();
            assert_eq!(plain, fast);
            self.symbols.push(plain);
        }
        Ok(())
    }

    /// A tick with what it fills.
    fn fill(&mut self, op: &Op, index: usize) -> Same {
        self.bids[index] += op.b % 100;
        let quote = self.quote(index, op.a);
        let symbol = self.symbols[index];
        let mut fills = Vec::new();
        for (place, login) in self.logins.clone().into_iter().enumerate() {
            if op.a >> place & 3 == 0
                && let Some(event) = self.event(
                    login,
                    &Op {
                        kind: 21 + (op.a >> 4) as u8 % 8,
                        ..*op
                    },
                    index,
                )
            {
                fills.push((login, event));
            }
        }
        let plain = self.plain.tick(self.at(), symbol, quote, &fills);
        let fast = self.fast.tick(self.at(), symbol, quote, &fills);
        // A fill that cannot be taken in leaves nothing to compare.
        self.is_over |= plain.is_err();
        self.same(&format!("{fills:?}"), plain, fast)
    }

    fn watch(&mut self, op: &Op) -> Same {
        let Some(login) = self.who(op) else {
            return Ok(());
        };
        let at = |index: usize, by: i64| Some(Price(self.bids[index] + by));
        let edges: Vec<WatchEdges> = (0..self.symbols.len())
            .filter(|index| op.a >> index & 1 == 0)
            .map(|index| WatchEdges {
                symbol: self.symbols[index],
                bid_low: at(index, -(op.b.abs() % 500)),
                bid_high: None,
                ask_low: None,
                ask_high: at(index, op.b.abs() % 300),
            })
            .collect();
        let floor = (op.b > 0).then_some(9_500_000 + op.b);
        self.fast.watch(login, &edges, floor).unwrap();
        self.watches.insert(login, (edges, floor));
        Ok(())
    }

    fn event(&mut self, login: Login, op: &Op, index: usize) -> Option<Event> {
        let account = self.plain.account(login)?;
        let held = account.positions();
        let one = (op.a as usize)
            .checked_rem(held.len())
            .map(|place| held[place]);
        let money = |kind, minor| Some(Event::Money { kind, minor });
        let balance_minor = account.phase().state().reading.balance_minor;
        match op.kind {
            21..=27 => {
                let side = if op.a.is_multiple_of(2) {
                    Side::Long
                } else {
                    Side::Short
                };
                let volume = Volume(1 + i64::from(op.a % 60_000));
                let entry = side.entry(self.quote(index, op.a % 5));
                let id = PositionId(self.next_position);
                self.next_position += 1;
                let position = Position {
                    id,
                    symbol: self.symbols[index],
                    side,
                    volume,
                    cost: entry.0 * volume.0 + op.b % 7,
                    opened_at: self.at(),
                };
                let cost_minor = -i64::from(op.a % 900);
                Some(Event::Opened {
                    position,
                    cost_minor,
                })
            }
            28..=30 => {
                let one = one?;
                let part = one.volume.0 / 2;
                let left = (op.b > 0 && part > 0).then(|| Position {
                    volume: Volume(part),
                    cost: one.cost / one.volume.0 * part,
                    ..one
                });
                Some(Event::Closed {
                    id: one.id,
                    left,
                    profit_minor: op.b,
                    cost_minor: -(op.b.abs() % 500),
                })
            }
            31 => Some(Event::Cost { minor: op.b / 100 }),
            32 => money(MoneyKind::Payout, -op.b.abs()),
            33 if op.a.is_multiple_of(2) => money(MoneyKind::Deposit, op.b.abs()),
            33 => money(MoneyKind::PayoutReturned, op.b.abs()),
            34 => money(
                [
                    MoneyKind::Correction,
                    MoneyKind::Withdrawal,
                    MoneyKind::Undo,
                ][op.a as usize % 3],
                -op.b / 10,
            ),
            35 => Some(Event::AnchorSet {
                minor: balance_minor,
            }),
            36 => {
                let impact = [Impact::Low, Impact::High][op.a as usize % 2];
                let at = self.at().plus_seconds(op.b % 3_000);
                let id = NewsId(i64::from(op.a % 3));
                let currency = [None, Some(Currency::USD), Some(Currency::EUR)][op.a as usize % 3];
                Some(match op.b % 5 {
                    0 => Event::NewsDropped(id),
                    _ => Event::News(News {
                        id,
                        at,
                        impact,
                        currency,
                    }),
                })
            }
            37 => Some(Event::Ordered(Order {
                action: OrderAction::Open,
                symbol: self.symbols[index],
                side: Side::Long,
                volume: Volume(1 + i64::from(op.a % 100_000)),
                has_stop_loss: op.b > 0,
                origin: [Origin::Manual, Origin::ExpertAdvisor][usize::from(op.b % 2 == 0)],
                is_hedged_elsewhere: false,
                is_netted: op.a.is_multiple_of(2),
                waits: op.a.is_multiple_of(3),
                position: None,
                void: None,
            })),
            38 if held.is_empty() => Some(Event::Marked {
                balance_minor: balance_minor + op.b / 3,
                equity_minor: balance_minor + op.b,
            }),
            40..=41 => {
                let (rules, _) = &self.rules[op.a as usize % self.rules.len()];
                let mut rules = rules.set.clone();
                rules.trading_day = account.phase().rules().trading_day.clone();
                Some(Event::Rules(Arc::new(rules)))
            }
            42 => {
                let minor = 1 + op.b.abs() * 10;
                let can_grow = account.phase().can_grow(minor);
                can_grow.then_some(Event::Grown { minor })
            }
            _ => Some(Event::Reverted),
        }
    }
}
