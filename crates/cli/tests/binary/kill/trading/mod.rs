//! The same while challenges are traded: prices move, phases pass and breach, orders are placed, and the server is killed
//! at any moment of it. Afterwards every challenge has come to the end that its rules say, once; every breach is reached
//! again from what is stored; and every order that was confirmed is there.

mod books;
mod firm;
mod market;
mod trader;

use super::{PATIENCE, Round};
use crate::kill::customer::answer;
use crate::kill::dice::Dice;
use crate::support::{SECRET, Server, run, text, touchstone};
use books::Ends;
use market::{Market, Source};
use reqwest::Client;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::timeout;
use touchstone_app::demo::SCRIPTED;
use touchstone_store::testing::databases;
use trader::Trader;

/// How often the server is killed at least, and at most until everything was met.
const KILLS: usize = 12;
const KILLS_MAX: usize = 40;
/// Challenges that must have come to each end.
const ENDS: usize = 2;

/// A folder with all that a server needs, and how it is started there.
struct Home {
    folder: tempfile::TempDir,
    source: Source,
    /// What names the database to other commands.
    database: [String; 2],
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_demo_that_is_set_ahead() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home {
        folder,
        source: Source::Clock,
        database: ["--data".to_owned(), "data".to_owned()],
    };
    // The demo makes its database, and the firm comes to those that it has.
    assert!(home.start().stop("-TERM").0.success());
    home.apply("sqlite:data/touchstone.db");
    play(&home, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_whose_prices_are_fed() {
    for database in databases() {
        let folder = tempfile::tempdir().unwrap();
        let url = database.url().to_string();
        let home = Home {
            folder,
            source: Source::Feed,
            database: ["--database".to_owned(), url.clone()],
        };
        fs::write(home.path().join("secret"), SECRET).unwrap();
        fs::write(home.path().join("lp"), market::FEED_SECRET).unwrap();
        let migrated = run(home.path(), &["migrate", "--database", &url]);
        assert!(migrated.status.success(), "{}", text(&migrated.stderr));
        home.apply(&url);
        play(&home, 4).await;
    }
}

impl Home {
    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn apply(&self, database: &str) {
        fs::write(self.path().join("firm.toml"), firm::file()).unwrap();
        let args = ["apply", "firm.toml", "--yes", "--database", database];
        let applied = run(self.path(), &args);
        assert!(applied.status.success(), "{}", text(&applied.stderr));
    }

    fn start(&self) -> Server {
        Server::start(self.command())
    }

    fn command(&self) -> Command {
        let mut command = match self.source {
            Source::Clock => {
                let mut demo = touchstone(self.path(), &["demo", "--clock", "manual"]);
                demo.args(&self.database);
                demo
            }
            Source::Feed => {
                let mut serve = touchstone(self.path(), &["serve"]);
                serve.args(&self.database);
                serve.args(["--master-secret-file", "secret", "--log-filter", "warn"]);
                let feed = format!("{}=lp", market::FEED);
                serve.args(["--feed-files", &feed]);
                serve
            }
        };
        command.args(["--listen", "127.0.0.1:0", "--rate-limit-per-minute", "0"]);
        command
    }

    /// Runs another command on the same database.
    fn run(&self, args: &[&str]) -> std::process::Output {
        let mut all = args.to_vec();
        all.extend(self.database.iter().map(String::as_str));
        run(self.path(), &all)
    }
}

async fn play(home: &Home, seed: u64) {
    let dice = Dice::new(seed);
    let mut server = home.start();
    let mut market = Market::new(home.source, seed);
    let mut traders = Vec::new();
    for place in 0..firm::ROLES.len() {
        let traded = home.source.traded();
        traders.push(Trader::sign_in(&server.url, place, traded, seed).await);
    }
    let mut kills = 0;
    while kills < KILLS || !have_met(&traders) {
        let stand = || traders.iter().map(Trader::stand).collect::<Vec<_>>();
        assert!(kills < KILLS_MAX, "after {kills} kills: {:#?}", stand());
        kills += 1;
        // Longer lives at last, so that what is slow here comes to its end, too.
        let longer = kills.saturating_sub(KILLS) * 20;
        let wanted = 20 + usize::from(dice.throw()) % 60 + longer;
        let url = server.url.clone();
        let round = Arc::new(Round::new(wanted, Some(server)));
        let moved = Arc::new(watch::Sender::new(market.stands()));
        let moving = tokio::spawn(market.run(url.clone(), round.clone(), moved.clone()));
        let trading: Vec<_> = traders
            .drain(..)
            .map(|trader| {
                let moved = moved.subscribe();
                tokio::spawn(trader.trade(url.clone(), round.clone(), moved))
            })
            .collect();
        let mut answered = round.answered.subscribe();
        timeout(PATIENCE, answered.wait_for(|answered| *answered >= wanted))
            .await
            .unwrap_or_else(|_| panic!("kill {kills}: {wanted} answers never came"))
            .unwrap();
        market = moving.await.unwrap();
        for task in trading {
            traders.push(task.await.unwrap());
        }
        server = home.start();
    }
    // The price is fresh, so that what was asked for last can be done or refused.
    assert!(market.step(&server.url).await);
    let mut ends = Ends::default();
    for trader in &mut traders {
        trader.settle(&server.url).await;
        books::compare(trader, &server.url, &mut ends).await;
    }
    let cut: usize = traders.iter().map(|trader| trader.cut).sum();
    assert!(cut >= kills, "hardly a request was cut off");
    let mut breaches = breaches(&server.url, firm::STAFF).await;
    assert_eq!(breaches.len(), ends.daily_loss + ends.trailing);
    if home.source == Source::Clock {
        breaches.extend(the_demo_s_own(&server.url).await);
    }
    println!("{kills} kills, {cut} requests cut off, {ends:?}");
    let (status, log) = server.stop("-TERM");
    assert_eq!(status.code(), Some(0), "{log}");
    let check = home.run(&["check"]);
    assert!(check.status.success(), "{}", text(&check.stdout));
    for breach in breaches {
        let replayed = home.run(&["replay", "--breach", &breach.to_string()]);
        let (said, told) = (text(&replayed.stdout), text(&replayed.stderr));
        assert!(replayed.status.success(), "breach {breach}: {said}{told}");
    }
}

/// Whether enough challenges have come to each end, as far as their traders know.
fn have_met(traders: &[Trader]) -> bool {
    use firm::Role::{Climber, Diver, Surfer};
    [Climber, Diver, Surfer].into_iter().all(|role| {
        let of_role = traders.iter().filter(|trader| trader.role == role);
        let runs = of_role.flat_map(|trader| &trader.runs);
        runs.filter(|run| run.is_over).count() >= ENDS
    })
}

/// The demo's scripted traders come to their ends, too; answers their breaches.
async fn the_demo_s_own(url: &str) -> Vec<i64> {
    const ACTIVE: i64 = 1;
    const PASSED: i64 = 2;
    const FAILED: i64 = 3;
    let client = Client::new();
    let request = client
        .post(format!("{url}/demo/clock/advance"))
        .json(&json!({"seconds": 110}));
    assert_eq!(answer(request).await.expect("an answer").0, 200);
    for (scripted, wanted) in SCRIPTED.iter().zip([PASSED, FAILED, FAILED, ACTIVE]) {
        let request = client
            .post(format!("{url}/customer/auth/login"))
            .json(&json!({"email": scripted.email, "password": scripted.password}));
        let (_, signed_in) = answer(request).await.expect("an answer");
        let token = signed_in["__token"].as_str().expect("a token");
        let request = client
            .get(format!("{url}/prop/challenges"))
            .bearer_auth(token);
        let (_, list) = answer(request).await.expect("an answer");
        let states: Vec<_> = list["challenges"]
            .as_array()
            .expect("challenges")
            .iter()
            .map(|challenge| &challenge["status"])
            .collect();
        assert_eq!(states, [wanted], "{}", scripted.email);
    }
    let breaches = breaches(url, ("admin@demo.test", "demo-admin-1")).await;
    assert_eq!(breaches.len(), 2);
    breaches
}

/// The numbers of those that staff see.
async fn breaches(url: &str, (email, password): (&str, &str)) -> Vec<i64> {
    let client = Client::new();
    let request = client
        .post(format!("{url}/users/login"))
        .json(&json!({"email": email, "password": password}));
    let (_, signed_in) = answer(request).await.expect("an answer");
    let token = signed_in["access_token"].as_str().expect("a token");
    let told = async |path: &str| {
        let request = client.get(format!("{url}{path}")).bearer_auth(token);
        let (status, told) = answer(request).await.expect("an answer");
        assert_eq!(status, 200, "{path}: {told}");
        told
    };
    let list = told("/prop/breach-events?limit=500").await;
    let mut numbers = Vec::new();
    for item in list["items"].as_array().expect("items") {
        let id = item["id"].as_str().expect("an id");
        let one = told(&format!("/prop/breach-events/{id}")).await;
        assert_ne!(one["limits"], json!([]), "the evidence is there: {one}");
        numbers.push(one["number"].as_i64().expect("a number"));
    }
    numbers
}
