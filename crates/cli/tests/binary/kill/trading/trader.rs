//! A trader who buys challenges and trades them, and repeats what was not answered.

use super::super::Round;
use super::super::customer::answer;
use super::super::dice::Dice;
use super::firm::{self, Role};
use super::market::Moved;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Something that he wants until he has its answer. A repeat is the same request.
#[derive(Clone, Debug)]
enum Wish {
    Buy {
        key: String,
    },
    Order {
        login: i64,
        key: String,
        body: Value,
    },
    CloseAll {
        login: i64,
        key: String,
    },
}

#[derive(Clone, Debug)]
pub struct Confirmed {
    /// The server's number.
    pub order: i64,
    wish: Wish,
}

/// A challenge that he has bought.
#[derive(Clone, Debug)]
pub struct Run {
    pub challenge: i64,
    /// Of its first phase.
    pub login: i64,
    /// Of the phase after it, once he knows of it.
    pub funded: Option<i64>,
    /// He has ordered what he waits for.
    is_in: bool,
    pub is_over: bool,
}

pub struct Trader {
    pub role: Role,
    place: usize,
    client: Client,
    token: String,
    dice: Dice,
    traded: (&'static str, i64),
    keys: u64,
    wish: Option<Wish>,
    pub runs: Vec<Run>,
    /// Commands that were confirmed, by the account and his own name of it.
    pub confirmed: BTreeMap<(i64, String), Confirmed>,
    /// Commands that were refused.
    pub refused: BTreeSet<(i64, String)>,
    refusal: Value,
    /// Requests that were never answered.
    pub cut: usize,
}

impl Trader {
    pub async fn sign_in(url: &str, place: usize, traded: (&'static str, i64), seed: u64) -> Self {
        let client = Client::builder()
            .timeout(Duration::from_secs(30))
            .build()
            .expect("a client");
        let body = json!({"email": firm::email(place), "password": firm::PASSWORD});
        let request = client
            .post(format!("{url}/customer/auth/login"))
            .json(&body);
        let (_, signed_in) = answer(request).await.expect("an answer");
        Self {
            role: firm::ROLES[place],
            place,
            client,
            token: signed_in["__token"].as_str().expect("a token").to_owned(),
            dice: Dice::new(seed * 1_000 + u64::try_from(place).expect("a few")),
            traded,
            keys: 0,
            wish: None,
            runs: Vec::new(),
            confirmed: BTreeMap::new(),
            refused: BTreeSet::new(),
            refusal: Value::Null,
            cut: 0,
        }
    }

    /// Asks for one thing after the other until the server is gone. Who only looks waits for the next move in between.
    pub async fn trade(
        mut self,
        url: String,
        round: Arc<Round>,
        mut moved: watch::Receiver<Moved>,
    ) -> Self {
        while !round.is_closing() {
            if self.wish.is_none() {
                let climbed = moved.borrow().climbed;
                self.wish = self.next(climbed);
            }
            let is_answered = match self.wish.clone() {
                Some(wish) => self.ask(&url, wish).await,
                None => {
                    let seen = moved.borrow().moves;
                    let more = moved.wait_for(|moved| moved.moves > seen || moved.is_over);
                    more.await.expect("a market");
                    self.look(&url).await
                }
            };
            if !is_answered {
                self.cut += 1;
                break;
            }
            round.count();
        }
        self
    }

    /// How far he has come, for who reads why a test failed.
    pub fn stand(&self) -> String {
        let over = self.runs.iter().filter(|run| run.is_over).count();
        let (role, last, wish) = (self.role, self.runs.last(), &self.wish);
        format!(
            "{role:?}: {over} over, now {last:?}, wants {wish:?}, last refusal {:?}",
            self.refusal
        )
    }

    /// Repeats the last thing that was not answered.
    pub async fn settle(&mut self, url: &str) {
        while let Some(wish) = self.wish.clone() {
            assert!(self.ask(url, wish).await, "the server is gone");
        }
    }

    /// What he wants now; `None` when he waits, and only looks.
    fn next(&mut self, climbed: Option<i64>) -> Option<Wish> {
        let Some(run) = self.runs.last().filter(|run| !run.is_over).cloned() else {
            let key = self.key();
            return Some(Wish::Buy { key });
        };
        let (_, lots) = self.traded;
        let chance = self.dice.throw();
        match (self.role, run.funded) {
            (Role::Scalper, _) => Some(self.scalp(run.login, chance)),
            (Role::Climber, Some(funded)) => Some(self.order(funded, json!("0.01"), "buy")),
            _ if run.is_in => None,
            // What the price has still before it is more than he needs.
            (Role::Diver, _) if climbed.is_none_or(|climbed| climbed < 70) => None,
            (Role::Climber | Role::Surfer, _) if climbed.is_none_or(|climbed| climbed > 30) => None,
            _ => Some(self.order(run.login, json!(lots), "buy")),
        }
    }

    fn scalp(&mut self, login: i64, chance: u8) -> Wish {
        match chance {
            0..25 => {
                let key = self.key();
                Wish::CloseAll { login, key }
            }
            25..120 => self.order(login, json!("0.01"), "sell"),
            // What was confirmed before is asked for again.
            120..150 => match self.some_confirmed(login) {
                Some(wish) => wish,
                None => self.order(login, json!("0.01"), "buy"),
            },
            _ => self.order(login, json!("0.01"), "buy"),
        }
    }

    fn some_confirmed(&self, login: i64) -> Option<Wish> {
        let own = self.confirmed.iter().filter(|((of, _), _)| *of == login);
        let own: Vec<_> = own.map(|(_, confirmed)| &confirmed.wish).collect();
        let place = usize::from(self.dice.throw()) % own.len().max(1);
        own.get(place).copied().cloned()
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("{}-{}", self.place, self.keys)
    }

    fn order(&mut self, login: i64, volume: Value, side: &str) -> Wish {
        let (key, (symbol, _)) = (self.key(), self.traded);
        let body =
            json!({"symbol": symbol, "side": side, "volume": volume, "client_order_id": key});
        Wish::Order { login, key, body }
    }

    async fn ask(&mut self, url: &str, wish: Wish) -> bool {
        let post = |path: String| self.client.post(path).bearer_auth(&self.token);
        let request = match &wish {
            Wish::Buy { key } => post(format!("{url}/prop/challenge/buy")).json(&json!({
                "program_id": self.role.program(),
                "payer_login": firm::wallet(self.place),
                "idempotency_key": key,
            })),
            Wish::Order { login, body, .. } => {
                post(format!("{url}/accounts/{login}/orders")).json(body)
            }
            Wish::CloseAll { login, key } => {
                post(format!("{url}/accounts/{login}/positions/close-all"))
                    .header("Idempotency-Key", key)
                    .json(&json!({}))
            }
        };
        let Some((status, told)) = answer(request).await else {
            return false;
        };
        // Nobody knows, or nobody is there: the wish stays.
        if status != 503 {
            self.learn(&wish, status, &told);
            self.wish = None;
        }
        true
    }

    fn learn(&mut self, wish: &Wish, status: u16, told: &Value) {
        match wish {
            Wish::Buy { .. } => {
                assert_eq!(told["purchase"]["status_name"], "active", "{status} {told}");
                self.runs.push(Run {
                    challenge: told["challenge"]["id"].as_i64().expect("an id"),
                    login: told["purchase"]["account_login"].as_i64().expect("a login"),
                    funded: None,
                    is_in: false,
                    is_over: false,
                });
            }
            Wish::Order { login, key, .. } | Wish::CloseAll { login, key } => {
                let name = (*login, key.clone());
                match told["order_id"].as_i64() {
                    Some(order) => {
                        assert!(matches!(status, 200 | 201), "{status} {told}");
                        let wish = wish.clone();
                        let before = self.confirmed.insert(name, Confirmed { order, wish });
                        let same = before.is_none_or(|before| before.order == order);
                        assert!(same, "another order under one name: {told}");
                        self.has_ordered(*login);
                    }
                    None => {
                        assert!(matches!(status, 404 | 409), "{status} {told}");
                        self.refused.insert(name);
                        self.refusal = told.clone();
                    }
                }
            }
        }
    }

    fn has_ordered(&mut self, login: i64) {
        if let Some(run) = self.runs.last_mut() {
            run.is_in |= run.login == login;
            // The funded account can be traded: that was all he wanted to know.
            run.is_over |= run.funded == Some(login);
        }
    }

    /// How his challenge stands.
    async fn look(&mut self, url: &str) -> bool {
        let Some(challenge) = self.runs.last().map(|run| run.challenge) else {
            return true;
        };
        let request = self.get(url, &format!("/prop/challenges/{challenge}"));
        let Some((status, told)) = answer(request).await else {
            return false;
        };
        assert_eq!(status, 200, "{told}");
        let phases = told["phases"].as_array().expect("phases");
        let next = phases
            .get(1)
            .and_then(|phase| phase["account_login"].as_i64());
        if let Some(run) = self.runs.last_mut() {
            run.funded = next;
            run.is_over |= told["current_phase"]["status_name"] != "active";
        }
        true
    }

    fn get(&self, url: &str, path: &str) -> RequestBuilder {
        let path = format!("{url}{path}");
        self.client.get(path).bearer_auth(&self.token)
    }

    pub async fn told(&self, url: &str, path: &str) -> Value {
        let (status, told) = answer(self.get(url, path)).await.expect("an answer");
        assert_eq!(status, 200, "{path}: {told}");
        told
    }

    /// Every item of a list that is read from the newest backwards.
    pub async fn all(&self, url: &str, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let page = match &cursor {
                Value::Null => format!("{path}?limit=100"),
                before => format!("{path}?limit=100&before_id={before}"),
            };
            let page = self.told(url, &page).await;
            all.extend(page["items"].as_array().expect("items").iter().cloned());
            cursor = page["next_cursor"].clone();
            if cursor.is_null() {
                return all;
            }
        }
    }
}
