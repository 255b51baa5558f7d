//! Positions for the accounts: most far from their floors, and some that one price after the other breaches.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::Context;
use touchstone_app::desk::{Body, Instruments, settings};
use touchstone_app::ports::{Random, SeededRandom};
use touchstone_domain::{ChallengeId, PositionId, Price, Side, Symbol, UnixMicros, Volume};
use touchstone_rules::{Opening, Phase};
use touchstone_store::{
    Store, StoreError,
    repo::{
        desk::{
            self,
            accounts::{self, Live, Saved},
        },
        programs,
    },
};
use touchstone_trading::{Account, Booking, Position, Protection};

/// Whose price falls by a point to breach the next account; a point of a lot is a dollar.
pub const VICTIMS_SYMBOL: &str = "AUDUSD";
const PAGE: i64 = 1_000;
/// Where each symbol is quoted at first, in points; symbols that are not here are not held.
const QUOTES: [(&str, i64); 8] = [
    ("AUDUSD", 66_000),
    ("EURUSD", 108_500),
    ("GBPUSD", 127_000),
    ("NZDUSD", 60_500),
    ("USDJPY", 150_000),
    ("USDCHF", 88_500),
    ("USDCAD", 136_400),
    ("EURJPY", 162_750),
];

/// What was made, and what it takes to breach it.
#[derive(Debug)]
pub struct Plan {
    pub quotes: BTreeMap<Symbol, i64>,
    pub victims_symbol: Symbol,
}

struct Draws(Box<dyn Random>);

impl Draws {
    fn below(&self, bound: u64) -> u64 {
        u64::from_le_bytes(self.0.bytes::<8>()) % bound
    }
}

impl Plan {
    pub fn new() -> anyhow::Result<Self> {
        let instruments = Instruments::built_in();
        let quotes: BTreeMap<Symbol, i64> = QUOTES
            .iter()
            .map(|(name, points)| Ok((name.parse::<Symbol>()?, *points)))
            .collect::<anyhow::Result<_>>()?;
        anyhow::ensure!(
            quotes
                .keys()
                .all(|symbol| instruments.get(*symbol).is_some()),
            "the catalogue lacks a symbol of the bench"
        );
        Ok(Self {
            quotes,
            victims_symbol: VICTIMS_SYMBOL.parse()?,
        })
    }
}

/// Gives every live account positions, as of the last stored tick; the first `victims` of them are breached one point
/// after the other.
pub async fn positions(
    store: &Store,
    plan: &Plan,
    victims: usize,
    seed: u64,
    now: UnixMicros,
) -> anyhow::Result<()> {
    let draws = Draws(Box::new(SeededRandom::new(seed)));
    let shard = store.read(|tx| desk::shard(tx, settings::SHARD)).await?;
    let as_of_seq = shard.context("the desk was never there")?.last_seq;
    let first = store
        .read(|tx| accounts::live_after(tx, ChallengeId(0), 1))
        .await?;
    let first = first.first().context("there is no account")?;
    let version = first.challenge.version_id;
    let version = store.read(move |tx| programs::version(tx, version)).await?;
    let terms = version.context("the program is gone")?.terms;
    let rules = Arc::new(terms.rules_of(0).context("the program has no step")?);
    let mut number = 0_usize;
    let mut after = ChallengeId(0);
    loop {
        let from = after;
        let page = store
            .read(move |tx| accounts::live_after(tx, from, PAGE))
            .await?;
        let Some(last) = page.last() else { break };
        after = last.challenge.id;
        let mut rows = Vec::with_capacity(page.len());
        for live in &page {
            let phase = Phase::open(
                Arc::clone(&rules),
                Opening {
                    initial_minor: live.phase.initial_balance_minor,
                    purchased_at: live.purchased_at,
                    activated_at: live.phase.started_at,
                },
            )?;
            let held = if number < victims {
                victim(plan, &phase, number, now)?
            } else {
                harmless(plan, &draws, number, now)
            };
            rows.push(row(live, &phase, held, as_of_seq)?);
            number += 1;
        }
        store
            .write(move |tx| {
                for saved in &rows {
                    accounts::save(tx, saved)?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
    }
    Ok(())
}

/// One lot that reaches its floor when the price has fallen by `number` + 1 points.
fn victim(
    plan: &Plan,
    phase: &Phase,
    number: usize,
    now: UnixMicros,
) -> anyhow::Result<Vec<Position>> {
    let limits = phase.limits()?;
    let floor = limits.iter().map(|limit| limit.level_minor).max();
    let floor = floor.context("the program has no floor")?;
    let room_points = (phase.opening().initial_minor - floor) / 100;
    let begins = plan.quotes[&plan.victims_symbol];
    let opened = begins - 1 - i64::try_from(number)? + room_points;
    Ok(vec![position(
        1,
        plan.victims_symbol,
        Side::Long,
        10_000,
        opened,
        now,
    )])
}

/// 1 to 5 positions of a tenth of a lot, that no tick of the bench brings near a floor.
fn harmless(plan: &Plan, draws: &Draws, number: usize, now: UnixMicros) -> Vec<Position> {
    let symbols: Vec<(Symbol, i64)> = plan
        .quotes
        .iter()
        .filter(|(symbol, _)| **symbol != plan.victims_symbol)
        .map(|(symbol, points)| (*symbol, *points))
        .collect();
    let count = 1 + i64::try_from(draws.below(5)).unwrap_or(0);
    (1..=count)
        .map(|id| {
            let place = usize::try_from(draws.below(symbols.len() as u64)).unwrap_or(number);
            let (symbol, points) = symbols[place % symbols.len()];
            let side = if draws.below(2) == 0 {
                Side::Long
            } else {
                Side::Short
            };
            let away = i64::try_from(draws.below(400)).unwrap_or(0) - 200;
            position(id, symbol, side, 1_000, points + away, now)
        })
        .collect()
}

fn position(
    id: i64,
    symbol: Symbol,
    side: Side,
    volume: i64,
    points: i64,
    now: UnixMicros,
) -> Position {
    Position {
        id: PositionId(id),
        symbol,
        side,
        volume: Volume(volume),
        cost: Price(points).0 * volume,
        protection: Protection::default(),
        margin_minor: volume / 10,
        opened_at: now,
    }
}

fn row(live: &Live, phase: &Phase, held: Vec<Position>, as_of_seq: i64) -> anyhow::Result<Saved> {
    let mut state = phase.state().clone();
    let open_positions = u32::try_from(held.len())?;
    state.reading.open_positions = open_positions;
    state.first_trade_at = Some(live.phase.started_at);
    state.last_deal_at = Some(live.phase.started_at);
    let mut account = Account::new(
        live.login,
        live.leverage,
        Booking::Hedging,
        live.balance_minor,
    );
    account.positions = held;
    let body = Body {
        account,
        phase: state,
        news: Vec::new(),
        closing: BTreeSet::new(),
        void: Default::default(),
        void_orders: Default::default(),
        verdict: None,
    };
    Ok(Saved {
        login: live.login,
        challenge_id: live.challenge.id,
        phase_id: live.phase.id,
        version: 1,
        as_of_seq,
        last_event_no: 1,
        winding_up: false,
        open_positions: open_positions.into(),
        margin_called: false,
        body: serde_json::to_string(&body)?,
    })
}
