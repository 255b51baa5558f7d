//! Ticks at a steady pace, each timed until it is durable.

use std::{collections::BTreeMap, future::poll_fn, sync::Arc, task::Poll, time::Duration};

use anyhow::{Context, ensure};
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval},
};
use touchstone_app::{App, desk::DeskError};
use touchstone_domain::{Price, Symbol};
use touchstone_trading::Tick;

use super::{DeskArgs, fill::Plan};

const SOURCE: &str = "bench";
const SPREAD_POINTS: i64 = 10;

/// What the ticks came to.
#[derive(Debug, Default)]
pub struct Fed {
    /// Accounts that were breached since the beginning.
    pub killed: u64,
    pub ticks: u64,
    pub took: Duration,
    /// Microseconds until each tick was durable.
    pub all_us: Vec<u64>,
    /// Of those that breached an account.
    pub breaches_us: Vec<u64>,
}

/// Until the desk has built its memory.
pub async fn wait_for_desk(app: &App) {
    while app.desk.wake().await.is_err() {
        tokio::task::yield_now().await;
    }
}

pub async fn first_prices(app: &App, plan: &Plan) -> anyhow::Result<()> {
    for (symbol, points) in &plan.quotes {
        send(app, tick(app, *symbol, *points)).await?;
    }
    Ok(())
}

fn tick(app: &App, symbol: Symbol, points: i64) -> Tick {
    Tick {
        symbol,
        bid: Price(points),
        ask: Price(points + SPREAD_POINTS),
        fed_at: app.now(),
        sequence: None,
    }
}

async fn send(app: &App, tick: Tick) -> Result<(), anyhow::Error> {
    let report = app.desk.feed(Arc::from(SOURCE), vec![tick]).await;
    let report = report.map_err(|error: DeskError| anyhow::anyhow!("a tick was lost: {error}"))?;
    ensure!(report.accepted == 1, "a tick was not taken in: {report:?}");
    Ok(())
}

/// Feeds for `length`; `killed` accounts were breached before.
pub async fn run(
    app: &App,
    plan: &Arc<Plan>,
    args: &DeskArgs,
    length: Duration,
    killed: u64,
) -> anyhow::Result<Fed> {
    let mut fed = Fed {
        killed,
        ..Fed::default()
    };
    let mut pace = interval(Duration::from_nanos(1_000_000_000 / args.ticks));
    pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let others: Vec<Symbol> = plan.quotes.keys().copied().collect();
    let mut sent = JoinSet::new();
    let mut offsets: BTreeMap<Symbol, i64> = BTreeMap::new();
    let begun = Instant::now();
    while begun.elapsed() < length {
        pace.tick().await;
        fed.ticks += 1;
        let is_breach = args.breach_every > 0 && fed.ticks.is_multiple_of(args.breach_every);
        let (symbol, points) = if is_breach {
            fed.killed += 1;
            let fallen = i64::try_from(fed.killed)?;
            let begins = plan.quotes[&plan.victims_symbol];
            (plan.victims_symbol, begins - fallen)
        } else {
            let place = usize::try_from(fed.ticks)? % others.len();
            let symbol = if others[place] == plan.victims_symbol {
                others[(place + 1) % others.len()]
            } else {
                others[place]
            };
            let offset = offsets.entry(symbol).or_default();
            *offset = (*offset + 7) % 20;
            (symbol, plan.quotes[&symbol] + *offset)
        };
        let (app, tick) = (app.clone(), tick(app, symbol, points));
        let at = Instant::now();
        let mut sending = Box::pin(async move { send(&app, tick).await });
        // Handed in at once, so that ticks come in their order.
        let first = poll_fn(|context| Poll::Ready(sending.as_mut().poll(context))).await;
        sent.spawn(async move {
            match first {
                Poll::Ready(answer) => answer?,
                Poll::Pending => sending.await?,
            }
            let took_us = u64::try_from(at.elapsed().as_micros())?;
            anyhow::Ok((is_breach, took_us))
        });
    }
    while let Some(done) = sent.join_next().await {
        let (is_breach, took_us) = done.context("a feeder has panicked")??;
        fed.all_us.push(took_us);
        if is_breach {
            fed.breaches_us.push(took_us);
        }
    }
    fed.took = begun.elapsed();
    Ok(fed)
}
