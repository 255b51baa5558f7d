//! A customer who buys, enrols and pays, and repeats what was not answered.

use super::Round;
use super::dice::Dice;
use super::firm::{self, FREE, PAID};
use super::staff;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use touchstone_app::cashier::WebhookSecret;
use touchstone_app::ports::{Clock, SystemClock};

pub const BANK_SECRET: &str = "a secret of the bank, long enough";

/// Something that a customer wants until he has its answer. A repeat is the same request.
#[derive(Clone, Debug)]
enum Wish {
    Buy { key: String, program: i64 },
    Enroll { key: String, template: String },
    Pay { event: String, bill: Bill },
    Approve { bill: Bill },
    Decline { bill: Bill },
}

/// A transaction that waits for a decision.
#[derive(Clone, Debug)]
pub struct Bill {
    transaction: String,
    pub is: BillOf,
}

#[derive(Clone, Debug)]
pub enum BillOf {
    /// The fee of the journey with this key.
    Journey(String),
    Deposit,
    Withdrawal,
}

pub struct Customer {
    pub number: i64,
    client: Client,
    token: String,
    dice: Dice,
    wishes: u64,
    unanswered: VecDeque<Wish>,
    templates: Vec<String>,
    /// Bills that nobody has begun to pay.
    open: Vec<Bill>,
    /// Bills about which an answer said that they are paid, or that they are not.
    pub paid: Vec<Bill>,
    pub declined: Vec<Bill>,
    /// Purchases whose cancelling was answered, and that nobody tried again.
    pub cancelled: BTreeSet<i64>,
    /// Purchases that were answered, by their key.
    pub bought: BTreeMap<String, i64>,
    /// Journeys that were answered, by their key.
    pub enrolled: BTreeMap<String, String>,
    /// Keys of all that was ever asked for.
    pub keys: Vec<String>,
    /// Requests that were never answered.
    pub cut: usize,
    /// Purchases without a key: how many were asked for, and which were answered.
    pub keyless: (usize, Vec<i64>),
}

pub async fn answer(request: RequestBuilder) -> Option<(u16, Value)> {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    // An answer that breaks off is none.
    let bytes = response.bytes().await.ok()?;
    Some((
        status,
        serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    ))
}

impl Customer {
    pub async fn sign_in(url: &str, number: i64, seed: u64) -> Self {
        let client = Client::builder()
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        let body = json!({"email": firm::email(number), "password": firm::PASSWORD});
        let request = client
            .post(format!("{url}/customer/auth/login"))
            .json(&body);
        let (_, signed_in) = answer(request).await.expect("an answer");
        let token = signed_in["__token"].as_str().expect("a token").to_owned();
        let request = client.get(format!("{url}/challenges")).bearer_auth(&token);
        let (_, catalogue) = answer(request).await.expect("an answer");
        let templates = catalogue["items"].as_array().expect("items").iter();
        Self {
            number,
            client,
            token,
            dice: Dice::new(seed * 1_000 + u64::try_from(number).unwrap()),
            wishes: 0,
            unanswered: VecDeque::new(),
            templates: templates
                .filter_map(|item| item["template_id"].as_str().map(str::to_owned))
                .collect(),
            open: Vec::new(),
            paid: Vec::new(),
            declined: Vec::new(),
            cancelled: BTreeSet::new(),
            bought: BTreeMap::new(),
            enrolled: BTreeMap::new(),
            keys: Vec::new(),
            cut: 0,
            keyless: (0, Vec::new()),
        }
    }

    /// Asks for one thing after the other until the server is gone.
    pub async fn shop(mut self, url: String, staff: String, round: Arc<Round>) -> Self {
        self.repeat_unanswered(&url, &staff, &round).await;
        while !round.is_closing() {
            let chance = self.dice.throw();
            let is_answered = match chance {
                0..25 => self.buy_without_key(&url).await,
                25..35 => self.move_wallet(&url, "deposit", BillOf::Deposit).await,
                35..45 => self.move_wallet(&url, "withdraw", BillOf::Withdrawal).await,
                45..60 => self.change_mind(&url).await,
                60..85 if !self.bought.is_empty() => self.repeat(&url).await,
                _ => {
                    let wish = self.wish(chance);
                    self.unanswered.push_back(wish);
                    self.answer_next(&url, &staff).await
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

    pub async fn repeat_unanswered(&mut self, url: &str, staff: &str, round: &Round) {
        while !self.unanswered.is_empty() && self.answer_next(url, staff).await {
            round.count();
        }
    }

    pub fn has_every_answer(&self) -> bool {
        self.unanswered.is_empty()
    }

    fn wish(&mut self, chance: u8) -> Wish {
        self.wishes += 1;
        let key = format!("{}-{}", self.number, self.wishes);
        if let Some(bill) = self.open.pop() {
            return match (chance % 8, &bill.is) {
                (0, _) => Wish::Decline { bill },
                (1 | 2, _) | (_, BillOf::Withdrawal) => Wish::Approve { bill },
                _ => Wish::Pay { event: key, bill },
            };
        }
        self.keys.push(key.clone());
        match chance % 8 {
            0 => Wish::Buy { key, program: FREE },
            1..4 => {
                let place = usize::from(chance) % self.templates.len();
                let template = self.templates[place].clone();
                Wish::Enroll { key, template }
            }
            _ => Wish::Buy { key, program: PAID },
        }
    }

    /// Whether the oldest wish got its answer.
    async fn answer_next(&mut self, url: &str, staff: &str) -> bool {
        let Some(wish) = self.unanswered.front().cloned() else {
            return true;
        };
        let request = self.request(url, staff, &wish);
        let Some((status, answer)) = answer(request).await else {
            return false;
        };
        self.learn(&wish, status, &answer);
        self.unanswered.pop_front();
        true
    }

    fn request(&self, url: &str, staff: &str, wish: &Wish) -> RequestBuilder {
        let post = |path: &str| self.client.post(format!("{url}{path}"));
        match wish {
            Wish::Buy { key, program } => post("/prop/challenge/buy")
                .bearer_auth(&self.token)
                .json(&self.purchase(*program, Some(key))),
            Wish::Enroll { key, template } => post(&format!("/challenges/{template}/enroll"))
                .bearer_auth(&self.token)
                .header("Idempotency-Key", key)
                .json(&json!({})),
            Wish::Pay { event, bill } => {
                let body = json!({
                    "event_id": event, "type": "payment.received", "transaction_id": bill.transaction,
                    "amount": firm::PRICE, "currency": "USD",
                })
                .to_string();
                let now = SystemClock.now().seconds();
                let secret = WebhookSecret::new(BANK_SECRET.to_owned()).expect("a long secret");
                post("/payments/webhook/bank")
                    .header("Content-Type", "application/json")
                    .header("X-Touchstone-Timestamp", now.to_string())
                    .header(
                        "X-Touchstone-Signature",
                        format!("v1={}", secret.sign(now, body.as_bytes())),
                    )
                    .body(body)
            }
            Wish::Approve { bill } | Wish::Decline { bill } => {
                let verb = match wish {
                    Wish::Approve { .. } => "approve",
                    _ => "decline",
                };
                self.client
                    .patch(format!("{url}/transactions/{}/{verb}", bill.transaction))
                    .bearer_auth(staff)
                    .json(&json!({}))
            }
        }
    }

    fn purchase(&self, program: i64, key: Option<&str>) -> Value {
        json!({
            "program_id": program,
            "payer_login": firm::wallet(self.number),
            "idempotency_key": key,
        })
    }

    fn learn(&mut self, wish: &Wish, status: u16, answer: &Value) {
        match wish {
            Wish::Buy { key, .. } => {
                let id = purchase_id(answer);
                if let Some(id) = id {
                    self.bought.insert(key.clone(), id);
                }
                // What the trading server refuses is an error, and the purchase is kept.
                assert!(id.is_some() || status >= 500, "{wish:?}: {status} {answer}");
            }
            Wish::Enroll { key, .. } => {
                assert_eq!(status, 201, "{wish:?}: {answer}");
                let journey = answer["journey_id"].as_str().expect("an id").to_owned();
                let known = self.enrolled.insert(key.clone(), journey.clone());
                assert!(
                    known.is_none_or(|known| known == journey),
                    "{wish:?}: {answer}"
                );
                if answer["fee_amount"] != "0.00" {
                    let fee = answer["pending_tx_id"].as_str().expect("an id");
                    // A repeat names the same fee.
                    self.open.push(Bill {
                        transaction: fee.to_owned(),
                        is: BillOf::Journey(key.clone()),
                    });
                }
            }
            Wish::Pay { bill, .. } => {
                assert_eq!(status, 200, "{wish:?}: {answer}");
                assert_eq!(answer["outcome"], "approved", "{wish:?}");
                self.paid.push(bill.clone());
            }
            // Nobody else decides about it, so a repeat that comes too late was done before.
            Wish::Approve { bill } => {
                assert!(matches!(status, 200 | 409), "{wish:?}: {status} {answer}");
                self.paid.push(bill.clone());
            }
            Wish::Decline { bill } => {
                assert!(matches!(status, 200 | 409), "{wish:?}: {status} {answer}");
                self.declined.push(bill.clone());
            }
        }
    }

    async fn buy_without_key(&mut self, url: &str) -> bool {
        self.keyless.0 += 1;
        let request = self
            .client
            .post(format!("{url}/prop/challenge/buy"))
            .bearer_auth(&self.token)
            .json(&self.purchase(PAID, None));
        let Some((_, answer)) = answer(request).await else {
            return false;
        };
        self.keyless.1.extend(purchase_id(&answer));
        true
    }

    /// A deposit or a withdrawal; what is not answered is never paid.
    async fn move_wallet(&mut self, url: &str, way: &str, is: BillOf) -> bool {
        let request = self
            .client
            .post(format!("{url}/customers/me/{way}"))
            .bearer_auth(&self.token)
            .json(&json!({"amount": firm::PRICE}));
        let Some((status, answer)) = answer(request).await else {
            return false;
        };
        assert_eq!(status, 201, "{way}: {answer}");
        let transaction = answer["transaction_id"].as_str().expect("an id").to_owned();
        self.open.push(Bill { transaction, is });
        true
    }

    /// Cancels what can be cancelled, or tries again what can be tried again.
    async fn change_mind(&mut self, url: &str) -> bool {
        let newest = self
            .client
            .get(format!("{url}/prop/challenges?limit=20"))
            .bearer_auth(&self.token);
        let Some((200, page)) = answer(newest).await else {
            return false;
        };
        let purchases = page["purchases"].as_array().expect("purchases");
        let bought = purchases.iter().filter(|p| p["payer_login"] != 0);
        let mut wanted = bought.filter_map(|p| {
            let way = match (&p["can_cancel"], &p["can_retry"]) {
                (Value::Bool(true), _) => "cancel",
                (_, Value::Bool(true)) => "retry",
                _ => return None,
            };
            Some((p["id"].as_i64()?, way))
        });
        let Some((id, way)) = wanted.next_back() else {
            return true;
        };
        if way == "retry" {
            self.cancelled.remove(&id);
        }
        let request = self
            .client
            .post(format!("{url}/prop/purchases/{id}/{way}"))
            .bearer_auth(&self.token);
        let Some((status, answer)) = answer(request).await else {
            return false;
        };
        assert!(
            status < 500 || answer["purchase"]["id"] == id,
            "{way} {id}: {status} {answer}"
        );
        if (status, way) == (200, "cancel") {
            self.cancelled.insert(id);
        }
        true
    }

    /// A purchase that was answered before is answered again, and is the same.
    async fn repeat(&mut self, url: &str) -> bool {
        let place = usize::from(self.dice.throw()) % self.bought.len();
        let Some((key, id)) = self.bought.iter().nth(place) else {
            return true;
        };
        // The program belongs to the key: the purchase knows which it was.
        let request = self
            .client
            .post(format!("{url}/prop/challenge/buy"))
            .bearer_auth(&self.token)
            .json(&self.purchase(PAID, Some(key)));
        let Some((status, answer)) = answer(request).await else {
            return false;
        };
        match purchase_id(&answer) {
            Some(found) => assert_eq!(found, *id, "{key}"),
            None => assert!(status == 409 || status >= 500, "{key}: {status} {answer}"),
        }
        true
    }

    /// All purchases of the customer.
    pub async fn purchases(&self, url: &str) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let before = all.last().and_then(|purchase| purchase["id"].as_i64());
            let mut path = format!("{url}/prop/challenges?limit=500");
            if let Some(before) = before {
                path += &format!("&before_id={before}");
            }
            let request = self.client.get(path).bearer_auth(&self.token);
            let (status, page) = answer(request).await.expect("an answer");
            assert_eq!(status, 200, "{page}");
            let rows = page["purchases"].as_array().expect("purchases").clone();
            if rows.is_empty() {
                return all;
            }
            all.extend(rows);
        }
    }

    /// Whether nothing of his is on its way; what waits for staff, their list has to name.
    pub async fn is_at_rest(&self, url: &str, staff: &str) -> bool {
        let listed = staff::refunds_due(url, staff).await;
        let purchases = self.purchases(url).await;
        let moves = |purchase: &Value| match purchase["next_action"].as_str() {
            Some("WAIT") => true,
            Some("WAIT_FOR_REFUND") => {
                let id = purchase["id"].as_i64();
                id.is_none_or(|id| !listed.contains(&id))
            }
            _ => false,
        };
        !purchases.iter().any(moves)
    }

    /// Minor units of his wallet.
    pub async fn wallet_minor(&self, url: &str) -> i64 {
        let request = self
            .client
            .get(format!("{url}/prop/programs/{PAID}/payer-accounts"))
            .bearer_auth(&self.token);
        let (_, accounts) = answer(request).await.expect("an answer");
        let rows = accounts["rows"].as_array().expect("rows");
        let wallet = rows
            .iter()
            .find(|row| row["login"] == firm::wallet(self.number));
        let balance = wallet.expect("a wallet")["balance"].to_string();
        touchstone_domain::basis_points::parse_decimal(&balance, 2).expect("an amount")
    }
}

fn purchase_id(answer: &Value) -> Option<i64> {
    answer["purchase"]["id"].as_i64()
}
