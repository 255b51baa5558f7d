//! `kill -9` again and again under load: afterwards every purchase is at its end, nobody has paid
//! for nothing, nothing was delivered twice, and what a customer was told is what stands.

mod bridge;
mod customer;
mod dice;
mod firm;
mod firm_text;
mod ledger;
mod staff;
mod trading;

use crate::support::{SECRET, Server, run, text, touchstone};
use bridge::Bridge;
use customer::{BillOf, Customer};
use dice::Dice;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use touchstone_store::testing::{TestDatabase, databases};

/// How often the server is killed.
const KILLS: usize = 20;
/// How long the last purchases may take to reach their end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A life of the server, which ends with the answer that makes `wanted` of them.
pub struct Round {
    answered: watch::Sender<usize>,
    wanted: usize,
    server: Mutex<Option<Server>>,
}

impl Round {
    fn new(wanted: usize, server: Option<Server>) -> Self {
        Self {
            answered: watch::Sender::default(),
            wanted,
            server: Mutex::new(server),
        }
    }

    /// Counts an answer. Whoever got the last one kills the server on the spot: what he was told
    /// is on the disk, or it is lost now. The requests of everybody else are in the air.
    pub fn count(&self) {
        let mut last = false;
        self.answered.send_modify(|answered| {
            *answered += 1;
            last = *answered == self.wanted;
        });
        if last {
            let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
            server.take().into_iter().for_each(Server::kill);
        }
    }

    /// Nobody begins anything new.
    pub fn is_closing(&self) -> bool {
        *self.answered.borrow() >= self.wanted
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_the_built_in_trading_server() {
    for database in databases() {
        play(&database, None, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_a_remote_trading_server() {
    for database in databases() {
        let bridge = Bridge::start(2).await;
        play(&database, Some(&bridge), 2).await;
    }
}

async fn play(database: &TestDatabase, bridge: Option<&Bridge>, seed: u64) {
    let home = tempfile::tempdir().unwrap();
    let url = database.url().to_string();
    prepare(home.path(), &url);
    let dice = Dice::new(seed);
    let mut server = Server::start(serve(home.path(), &url, bridge));
    let mut customers = Vec::new();
    for number in firm::CUSTOMERS {
        customers.push(Customer::sign_in(&server.url, number, seed).await);
    }
    let staff = staff::sign_in(&server.url).await;
    for kill in 1..=KILLS {
        let wanted = 10 + usize::from(dice.throw()) % 40;
        let url_now = server.url.clone();
        let round = Arc::new(Round::new(wanted, Some(server)));
        let tasks: Vec<_> = customers
            .drain(..)
            .map(|customer| {
                tokio::spawn(customer.shop(url_now.clone(), staff.clone(), round.clone()))
            })
            .collect();
        let mut answered = round.answered.subscribe();
        timeout(PATIENCE, answered.wait_for(|answered| *answered >= wanted))
            .await
            .unwrap_or_else(|_| panic!("kill {kill}: {wanted} answers never came"))
            .unwrap();
        for task in tasks {
            customers.push(task.await.unwrap());
        }
        server = Server::start(serve(home.path(), &url, bridge));
    }
    let round = Round::new(0, None);
    for customer in &mut customers {
        customer
            .repeat_unanswered(&server.url, &staff, &round)
            .await;
        assert!(
            customer.has_every_answer(),
            "a request stays without an answer"
        );
    }
    if let Some(bridge) = bridge {
        bridge.behave();
    }
    staff::decline_withdrawals(&server.url, &staff).await;
    let begun = Instant::now();
    for customer in &mut customers {
        while !customer.is_at_rest(&server.url, &staff).await {
            assert!(
                begun.elapsed() < PATIENCE,
                "a purchase does not reach its end"
            );
        }
        ledger::compare(customer, &server.url, bridge).await;
    }
    met(&customers, bridge.is_some());
    let (status, log) = server.stop("-TERM");
    assert_eq!(status.code(), Some(0), "{log}");
    let check = run(home.path(), &["check", "--database", &url]);
    assert!(check.status.success(), "{}", text(&check.stdout));
}

/// A run in which nothing of this happened would prove nothing about it.
fn met(customers: &[Customer], remote: bool) {
    let sum = |of: fn(&Customer) -> usize| customers.iter().map(of).sum::<usize>();
    // With the built-in trading server there is nothing under way that could be cancelled.
    assert_eq!(remote, sum(|c| c.cancelled.len()) > 0);
    assert!(sum(|c| c.cut) >= KILLS, "hardly a request was cut off");
    assert!(
        sum(|c| c.bought.len()) >= KILLS,
        "hardly anything was bought"
    );
    assert_ne!(0, sum(|c| c.keyless.1.len()));
    assert_ne!(0, sum(|c| c.declined.len()));
    let kinds: [fn(&BillOf) -> bool; 3] = [
        |is| matches!(is, BillOf::Journey(_)),
        |is| matches!(is, BillOf::Deposit),
        |is| matches!(is, BillOf::Withdrawal),
    ];
    let paid: Vec<&BillOf> = customers
        .iter()
        .flat_map(|c| &c.paid)
        .map(|b| &b.is)
        .collect();
    for wanted in kinds {
        assert!(paid.iter().any(|is| wanted(is)), "{paid:?}");
    }
}

/// A migrated database with a firm, and the files that a server reads.
fn prepare(folder: &Path, database: &str) {
    fs::write(folder.join("secret"), SECRET).unwrap();
    fs::write(folder.join("bank"), customer::BANK_SECRET).unwrap();
    fs::write(folder.join("bridge"), bridge::SECRET).unwrap();
    fs::write(folder.join("firm.toml"), firm::file()).unwrap();
    for args in [
        vec!["migrate", "--database", database],
        vec!["apply", "firm.toml", "--yes", "--database", database],
    ] {
        let output = run(folder, &args);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
}

fn serve(folder: &Path, database: &str, bridge: Option<&Bridge>) -> Command {
    let mut command = touchstone(folder, &["serve", "--database", database]);
    command.args(["--master-secret-file", "secret", "--listen", "127.0.0.1:0"]);
    command.args(["--rate-limit-per-minute", "0", "--log-filter", "warn"]);
    command.args([
        "--payment-webhook-files",
        "bank=bank",
        "--pending-journeys-limit",
        "100000",
        "--pending-deposits-limit",
        "100000",
        "--pending-withdrawals-limit",
        "100000",
    ]);
    if let Some(bridge) = bridge {
        command.args(["--remote-trading-url", &bridge.url]);
        command.args(["--remote-trading-secret-file", "bridge"]);
        command.args(["--remote-trading-call-timeout-ms", "300"]);
        command.args(["--remote-trading-answer-within-ms", "400"]);
        command.args(["--remote-trading-retry-after-ms", "20"]);
        command.args(["--remote-trading-retry-at-most-ms", "100"]);
        command.args(["--remote-trading-calls-limit", "100000"]);
    }
    command
}
