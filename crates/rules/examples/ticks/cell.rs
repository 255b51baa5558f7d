//! One measurement: the fast engine first, then plain revaluation from the same state on the same ticks.

use crate::Args;
use crate::flat::{Flat, Told};
use crate::table::Measured;
use crate::world::{self, Mix, Prices, Rules, Symbol, Tick};
use std::time::{Duration, Instant};
use touchstone_domain::UnixMicros;
use touchstone_rules::{Fast, Finding, Input, Verdict};

const CHUNK: usize = 1 << 14;

pub struct World {
    symbols: Vec<Symbol>,
    rules: Rules,
    fast: Fast,
    prices: Prices,
    accounts: usize,
    mix: Mix,
    next_login: u64,
}

/// Only this file reads a clock.
#[expect(
    clippy::disallowed_methods,
    reason = "a measurement is what the clock is for"
)]
fn now() -> Instant {
    Instant::now()
}

/// Processor time of this thread where the system tells it, so that what else runs on the machine slows neither engine
/// down; elsewhere the time on the clock.
fn used(since: Instant) -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
    nanos.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// How long each tick took: a count for each power of the 16th root of 2, in nanoseconds.
struct Latencies {
    counts: Vec<u64>,
    worst: Duration,
}

impl Latencies {
    fn new() -> Self {
        Self {
            counts: vec![0; 1_024],
            worst: Duration::ZERO,
        }
    }

    fn add(&mut self, took: Duration) {
        let nanos = took.as_nanos().max(1) as f64;
        self.counts[((nanos.log2() * 16.0) as usize).min(1_023)] += 1;
        self.worst = self.worst.max(took);
    }

    fn p999_us(&self) -> f64 {
        let all: u64 = self.counts.iter().sum();
        let mut above = all / 1_000;
        for (place, count) in self.counts.iter().enumerate().rev() {
            if *count > above {
                return 2_f64.powf((place + 1) as f64 / 16.0) / 1_000.0;
            }
            above -= count;
        }
        0.0
    }
}

impl World {
    pub fn new(accounts: usize, mix: Mix, args: &Args) -> Self {
        eprintln!("{accounts} accounts, {}: opening", mix.name());
        let symbols = world::symbols();
        let rules = Rules::new(mix);
        let mut fast = Fast::new(world::market(&symbols));
        let prices = Prices::new(&symbols, args.seed);
        for symbol in 0..symbols.len() {
            let quote = prices.quote(symbol);
            let symbol = touchstone_rules::SymbolId(symbol as u32);
            fast.tick(prices.now(), symbol, quote, &[])
                .expect("a first price");
        }
        // With places for some that begin again.
        fast.reserve(accounts + accounts / 16);
        for login in 0..accounts as u64 {
            let account = world::account(login, &rules, &symbols, fast.market());
            fast.open(account).expect("a new account");
        }
        let mut world = Self {
            symbols,
            rules,
            fast,
            prices,
            accounts,
            mix,
            next_login: accounts as u64,
        };
        eprintln!("{accounts} accounts, {}: spreading them out", mix.name());
        for _ in 0..args.warm_up {
            let tick = world.prices.tick(10.0);
            world.judge(&tick, 0, &mut Vec::new());
        }
        world
    }

    /// One tick; finished accounts begin again.
    #[inline]
    fn judge(&mut self, tick: &Tick, count: u64, told: &mut Vec<Told>) {
        let Tick { at, symbol, quote } = *tick;
        let verdicts = self.fast.apply(at, Input::Tick { symbol, quote });
        let verdicts = verdicts.expect("a tick");
        if !verdicts.is_empty() {
            self.take(at, count, &verdicts, told);
        }
    }

    #[cold]
    fn take(&mut self, at: UnixMicros, tick: u64, verdicts: &[Verdict], told: &mut Vec<Told>) {
        for verdict in verdicts {
            let (passed, equity) = match &verdict.finding {
                Finding::Breached(crossing) => (false, crossing.measured_minor),
                Finding::Passed(progress) => (true, world::INITIAL_MINOR + progress.profit_minor),
                other => unreachable!("{other:?}"),
            };
            let login = verdict.login.0;
            told.push(Told {
                tick,
                login,
                passed,
                equity,
            });
            let account = self
                .fast
                .remove(verdict.login)
                .expect("its value")
                .expect("its account");
            let held: Vec<_> = account
                .positions()
                .iter()
                .map(|own| (own.symbol.0 as usize, own.side, own.volume.0))
                .collect();
            let set = self.rules.shared(account.phase().rules());
            let next = self.next_login;
            self.next_login += 1;
            let account = world::begin(next, set, &held, self.fast.market(), at);
            self.fast.open(account).expect("a new account");
        }
    }

    pub fn measure(&mut self, bp: f64, args: &Args) -> Measured {
        let name = format!("{} accounts, {}, {bp} bp", self.accounts, self.mix.name());
        eprintln!("{name}: fast");
        let mut flat = self.plain();
        let (begin, first_login) = (self.prices.clone(), self.next_login);
        let (mut told, mut ticks, mut took) = (Vec::new(), 0_u64, Duration::ZERO);
        let looks = self.fast.looks();
        let limit = Duration::from_secs_f64(args.seconds);
        let epoch = now();
        let mut is_cut = false;
        while took < limit && !is_cut {
            // Prices are drawn before the clock runs.
            let chunk = chunk(&mut self.prices, bp);
            let (started, before) = (now(), used(epoch));
            for tick in &chunk {
                self.judge(tick, ticks, &mut told);
                ticks += 1;
                is_cut = ticks.is_multiple_of(64) && started.elapsed() > limit;
                if is_cut {
                    break;
                }
            }
            took += used(epoch).saturating_sub(before);
        }
        let fast_rate = ticks as f64 / took.as_secs_f64();
        let looks = (self.fast.looks() - looks) as f64 / ticks as f64;
        let latencies = self.latencies(bp, limit / 4);
        eprintln!("{name}: plain");
        let plain = run_plain(&mut flat, begin, first_login, bp, limit, ticks);
        told.retain(|told| told.tick < plain.ticks);
        told.sort_unstable();
        let is_same = told == plain.told;
        let sizes = self.fast.sizes();
        let each = |bytes: usize| bytes as f64 / self.accounts as f64;
        Measured {
            accounts: self.accounts,
            mix: self.mix.name(),
            step_bp: bp,
            fast_ticks_per_second: fast_rate,
            plain_ticks_per_second: plain.rate,
            ratio: fast_rate / plain.rate,
            looks_per_tick: looks,
            p999_us: latencies.p999_us(),
            worst_us: latencies.worst.as_secs_f64() * 1e6,
            plain_worst_us: plain.worst.as_secs_f64() * 1e6,
            bytes_per_account: each(sizes.accounts),
            edge_bytes_per_account: each(sizes.edges),
            position_bytes_per_account: each(sizes.positions),
            history_mb: sizes.history as f64 / 1e6,
            plain_bytes_per_account: each(flat.bytes()),
            ticks_compared: plain.ticks,
            verdicts_compared: told.len(),
            is_same,
        }
    }

    /// Plain revaluation of the accounts as they are.
    fn plain(&self) -> Flat {
        let accounts = self
            .fast
            .accounts()
            .map(|account| account.expect("its value"));
        Flat::new(accounts, &self.symbols, self.fast.market())
    }

    fn latencies(&mut self, bp: f64, limit: Duration) -> Latencies {
        let mut latencies = Latencies::new();
        let mut took = Duration::ZERO;
        while took < limit {
            for tick in chunk(&mut self.prices, bp) {
                let started = now();
                self.judge(&tick, 0, &mut Vec::new());
                let one = started.elapsed();
                latencies.add(one);
                took += one;
            }
        }
        latencies
    }
}

fn chunk(prices: &mut Prices, bp: f64) -> Vec<Tick> {
    (0..CHUNK).map(|_| prices.tick(bp)).collect()
}

struct Plain {
    ticks: u64,
    rate: f64,
    worst: Duration,
    told: Vec<Told>,
}

fn run_plain(
    flat: &mut Flat,
    mut prices: Prices,
    mut next_login: u64,
    bp: f64,
    limit: Duration,
    most: u64,
) -> Plain {
    let (mut ticks, mut took, mut worst) = (0_u64, Duration::ZERO, Duration::ZERO);
    let mut told = Vec::new();
    // Few accounts take less time than the clock.
    let group = if flat.len() < 50_000 { 64 } else { 1 };
    let epoch = now();
    'all: while took < limit {
        let chunk = chunk(&mut prices, bp);
        let (first, before) = (now(), used(epoch));
        for ticks_of_group in chunk.chunks(group) {
            let started = now();
            for tick in ticks_of_group {
                let over = flat.tick(tick.symbol.0 as usize, tick.quote);
                if !over.is_empty() {
                    let over = over.to_vec();
                    refill(flat, over, ticks, &mut next_login, &mut told);
                }
                ticks += 1;
            }
            worst = worst.max(started.elapsed() / group as u32);
            if ticks >= most || first.elapsed() >= limit {
                took += used(epoch).saturating_sub(before);
                break 'all;
            }
        }
        took += used(epoch).saturating_sub(before);
    }
    told.sort_unstable();
    Plain {
        ticks,
        rate: ticks as f64 / took.as_secs_f64(),
        worst,
        told,
    }
}

/// The fast engine tells accounts in the order of logins: the one that began again last is the last.
fn refill(
    flat: &mut Flat,
    over: Vec<(u32, bool, i64)>,
    tick: u64,
    next_login: &mut u64,
    told: &mut Vec<Told>,
) {
    let mut over: Vec<_> = over
        .into_iter()
        .map(|one| (flat.login(one.0), one))
        .collect();
    over.sort_unstable();
    for (login, (account, passed, equity)) in over {
        told.push(Told {
            tick,
            login,
            passed,
            equity,
        });
        flat.refill(account, *next_login as i64);
        *next_login += 1;
    }
}
