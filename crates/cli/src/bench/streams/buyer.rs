//! Purchases at a steady rate, and how long after each its event arrived.

use super::{connect, listener::Heard};
use crate::bench::{
    figures::Rate,
    wallets::{PROGRAM_ID, Wallet},
};
use anyhow::{Context, ensure};
use serde_json::Value;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval_at},
};
use touchstone_domain::Login;

/// Connections that buy.
const CONNECTIONS: u32 = 16;

/// One purchase.
pub struct Bought {
    /// Which of the buyers it is.
    pub number: usize,
    /// Of the account that was opened.
    pub login: Login,
    pub sent: Instant,
    pub answered: Instant,
}

/// From the request on: to its answer, and to its event.
pub struct Times {
    pub purchases: usize,
    pub answer: Rate,
    pub event: Rate,
}

/// Buys in turn for each of them.
pub async fn buy(
    server: SocketAddr,
    buyers: &[Wallet],
    each_second: u32,
    window: Duration,
) -> anyhow::Result<Vec<Bought>> {
    let connections = CONNECTIONS
        .min(each_second)
        .min(u32::try_from(buyers.len())?);
    let pause = Duration::from_secs(1) * connections / each_second;
    let mut work = JoinSet::new();
    for number in 0..connections {
        let mine = buyers
            .iter()
            .enumerate()
            .skip(number as usize)
            .step_by(connections as usize);
        let mine: Vec<_> = mine
            .map(|(number, wallet)| (number, request(wallet)))
            .collect();
        let begin = Instant::now() + pause * number / connections;
        work.spawn(async move {
            let mut connection = connect(server).await?;
            let mut ticks = interval_at(begin, pause);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut bought = Vec::new();
            for (number, request) in mine.iter().cycle() {
                ticks.tick().await;
                let sent = Instant::now();
                if sent >= begin + window {
                    break;
                }
                let answer = connection.ask(request).await?;
                let answered = Instant::now();
                let status = answer.status;
                ensure!(status == 200, "a purchase was answered {status}");
                let told: Value = serde_json::from_slice(answer.body)?;
                let login = told["purchase"]["account_login"].as_i64();
                bought.push(Bought {
                    number: *number,
                    login: Login(login.context("a purchase has opened no account")?),
                    sent,
                    answered,
                });
            }
            Ok::<_, anyhow::Error>(bought)
        });
    }
    let mut all = Vec::new();
    while let Some(one) = work.join_next().await {
        all.extend(one??);
    }
    Ok(all)
}

/// Without a key each is a purchase of its own.
fn request(wallet: &Wallet) -> Vec<u8> {
    let body = format!(
        "{{\"program_id\":{PROGRAM_ID},\"payer_login\":{}}}",
        wallet.login
    );
    format!(
        "POST /prop/challenge/buy HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        wallet.token,
        body.len()
    )
    .into_bytes()
}

impl Bought {
    /// Each buyer's purchases and events are in the same order.
    pub fn times(bought: &[Self], heard: &[Heard]) -> anyhow::Result<Times> {
        let (mut answer, mut event) = (Vec::new(), Vec::new());
        for one in heard {
            let Some(number) = one.number else {
                ensure!(one.at.is_empty(), "somebody was told of another's purchase");
                continue;
            };
            let own = || bought.iter().filter(|bought| bought.number == number);
            let count = own().count();
            ensure!(
                one.at.len() == count,
                "buyer {number} has bought {count} times, and was told of {} purchases",
                one.at.len()
            );
            for (bought, told) in own().zip(&one.at) {
                answer.push(u64::try_from((bought.answered - bought.sent).as_micros())?);
                event.push(u64::try_from((*told - bought.sent).as_micros())?);
            }
        }
        let window = Duration::from_secs(1);
        Ok(Times {
            purchases: bought.len(),
            answer: Rate::of(answer, window).context("nothing was bought")?,
            event: Rate::of(event, window).context("nothing was told")?,
        })
    }
}
