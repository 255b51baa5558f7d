//! Webhooks: what endpoints are told, in which order, and what becomes of those that fail.

mod delivery;
mod failing;
mod pace;
mod published;
mod replay;
mod staff;

use crate::support::{START, World, world_with};
use std::collections::{HashMap, VecDeque};
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, Semaphore};
use touchstone_app::webhooks::{
    Answer, Delivery, Endpoint, Message, NewWebhook, Secret, WebhookPatch, WebhookSender,
};
use touchstone_domain::{BrandId, WebhookDeliveryId, WebhookId};
use touchstone_store::testing::TestDatabase;
use touchstone_store::{NewEvent, StoreError};

/// What a receiver does with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    Answers(u16),
    /// It never answers.
    Hangs,
    /// It answers with 200 when the gate is open.
    Waits,
}

/// What a receiver was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    pub url: String,
    pub id: String,
    pub kind: String,
    /// Of the event's data.
    pub what: String,
    pub timestamp: i64,
    pub signatures: String,
    pub body: String,
}

/// Receivers by their paths. What is not told otherwise is answered with 200.
#[derive(Default)]
pub struct Receivers {
    got: Mutex<Vec<Got>>,
    does: Mutex<HashMap<String, VecDeque<Does>>>,
    always: Mutex<HashMap<String, Does>>,
    pub came: Notify,
    /// How many wait for the gate, and how many did at most.
    pub waiting: Arc<Mutex<(usize, usize)>>,
    pub gate: Arc<Gate>,
}

/// What opens once and for all.
pub struct Gate(Semaphore);

impl Default for Gate {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Gate {
    pub fn open(&self) {
        self.0.add_permits(1);
    }

    async fn passed(&self) {
        drop(self.0.acquire().await);
    }
}

impl Receivers {
    /// What is done with the next messages to a path, or to a path about something: `path what`.
    pub fn next(&self, path: &str, does: impl IntoIterator<Item = Does>) {
        let mut all = self.does.lock().unwrap();
        all.entry(path.to_owned()).or_default().extend(does);
    }

    pub fn always(&self, path: &str, does: Does) {
        self.always.lock().unwrap().insert(path.to_owned(), does);
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// Waits until something came that was not asked for yet.
    pub async fn reached(&self) {
        while self.got().is_empty() {
            self.came.notified().await;
        }
    }

    /// Waits until something like this was sent.
    pub async fn has(&self, is_it: impl Fn(&Got) -> bool) {
        while !self.got().iter().any(&is_it) {
            self.came.notified().await;
        }
    }

    /// `path: what` of everything that came since the last call.
    pub fn told(&self) -> Vec<String> {
        let got = std::mem::take(&mut *self.got.lock().unwrap());
        let line = |got: Got| format!("{}: {}", got.url, got.what);
        got.into_iter().map(line).collect()
    }
}

impl WebhookSender for Receivers {
    fn send<'a>(
        &'a self,
        message: &'a Message,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        let path = message.url.path().trim_start_matches('/').to_owned();
        let body: serde_json::Value = serde_json::from_str(&message.body).expect("JSON");
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        self.got.lock().unwrap().push(Got {
            url: path.clone(),
            id: message.id.clone(),
            kind: text(&body["type"]),
            what: text(&body["data"]["kyc"]),
            timestamp: message.timestamp,
            signatures: message.signatures.clone(),
            body: message.body.clone(),
        });
        self.came.notify_one();
        let one = format!("{path} {}", text(&body["data"]["kyc"]));
        let scripted = [one, path.clone()].into_iter().find_map(|name| {
            let mut all = self.does.lock().unwrap();
            all.get_mut(&name).and_then(VecDeque::pop_front)
        });
        let does = scripted.or_else(|| self.always.lock().unwrap().get(&path).cloned());
        let (waiting, gate) = (Arc::clone(&self.waiting), Arc::clone(&self.gate));
        Box::pin(async move {
            match does.unwrap_or(Does::Answers(200)) {
                Does::Hangs => pending().await,
                Does::Waits => {
                    {
                        let (now, most) = &mut *waiting.lock().unwrap();
                        *now += 1;
                        *most = (*most).max(*now);
                    }
                    gate.passed().await;
                    waiting.lock().unwrap().0 -= 1;
                    Answer::Answered {
                        status: 200,
                        body: String::new(),
                    }
                }
                Does::Answers(status) => Answer::Answered {
                    status,
                    body: format!("said {status}"),
                },
            }
        })
    }
}

/// A firm with receivers.
pub struct Hooks {
    pub w: World,
    pub receivers: Arc<Receivers>,
    pub sender: Arc<dyn WebhookSender>,
}

pub async fn hooks(database: &TestDatabase) -> Hooks {
    let w = world_with(database, false, |_| {}).await;
    let receivers = Arc::new(Receivers::default());
    let sender = receivers.clone();
    Hooks {
        w,
        receivers,
        sender,
    }
}

pub fn new(path: &str, events: &[&str]) -> NewWebhook {
    NewWebhook {
        url: format!("https://hooks.example.com/{path}"),
        events: events.iter().map(|one| (*one).to_owned()).collect(),
        description: String::new(),
        secret: None,
    }
}

impl Hooks {
    pub async fn make(&self, path: &str, events: &[&str]) -> (Endpoint, Secret) {
        let made = self.w.app.make_webhook(self.w.admin, new(path, events));
        made.await.expect("a webhook")
    }

    /// Something happens in the first brand, in a challenge or in none.
    pub async fn happens(&self, what: &'static str, challenge: Option<i64>) {
        self.happens_in(BrandId(1), "customer.kyc_changed", what, challenge)
            .await;
    }

    pub async fn happens_in(
        &self,
        brand: BrandId,
        kind: &'static str,
        what: &'static str,
        challenge: Option<i64>,
    ) {
        let at_us = self.w.app.now().0;
        let body = serde_json::json!({ "kyc": what }).to_string();
        let written = self.w.app.store.write(move |tx| {
            tx.append_event(&NewEvent {
                at_us,
                brand_id: brand.0,
                kind,
                subject_kind: "customer",
                subject_id: 5,
                customer_id: Some(5),
                challenge_id: challenge,
                body: &body,
            })
        });
        written.await.expect("an event");
        self.w.events_are_numbered().await;
    }

    /// A lot has happened: the same in each of so many challenges.
    pub async fn much_happens(&self, what: &'static str, challenges: i64) {
        let at_us = self.w.app.now().0;
        let body = serde_json::json!({ "kyc": what }).to_string();
        let written = self.w.app.store.write(move |tx| {
            for challenge in 1..=challenges {
                tx.append_event(&NewEvent {
                    at_us,
                    brand_id: 1,
                    kind: "customer.kyc_changed",
                    subject_kind: "customer",
                    subject_id: 5,
                    customer_id: Some(5),
                    challenge_id: Some(challenge),
                    body: &body,
                })?;
            }
            Ok::<_, StoreError>(())
        });
        written.await.expect("events");
        self.w.events_are_numbered().await;
    }

    /// One round: what happened is queued, what is due is sent. Gives what was told.
    pub async fn round(&self) -> Vec<String> {
        self.w.app.queue_webhooks().await.expect("a queue");
        self.send().await
    }

    pub async fn send(&self) -> Vec<String> {
        let sent = self.w.app.send_due_webhooks(&self.sender).await;
        sent.expect("a store");
        self.receivers.told()
    }

    pub async fn log(&self, id: WebhookId) -> Vec<Delivery> {
        let newest = WebhookDeliveryId(i64::MAX);
        let page = self
            .w
            .app
            .webhook_deliveries(self.w.admin, id, None, newest, 500);
        let mut items = page.await.expect("a log").items;
        items.reverse();
        items
    }

    /// State, attempts and whether it is due of each delivery, oldest first.
    pub async fn stands(&self, id: WebhookId) -> Vec<String> {
        let log = self.log(id).await.into_iter();
        log.map(|one| {
            let due = if one.due_at.is_some() { "due" } else { "-" };
            format!("{} {} {due}", one.state.name(), one.attempts)
        })
        .collect()
    }

    pub async fn endpoint(&self, id: WebhookId) -> Endpoint {
        let found = self.w.app.webhook(self.w.admin, id);
        found.await.expect("a webhook")
    }

    pub async fn switch(&self, id: WebhookId, on: bool) -> Endpoint {
        let patch = WebhookPatch {
            enabled: Some(on),
            ..WebhookPatch::default()
        };
        let changed = self.w.app.change_webhook(self.w.admin, id, patch);
        changed.await.expect("a change")
    }

    pub fn later(&self, seconds: i64) {
        self.w.clock.advance_micros(seconds * 1_000_000);
    }

    pub fn seconds(&self) -> i64 {
        self.w.app.now().micros_since(START) / 1_000_000
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let counted = self
            .w
            .app
            .store
            .read(move |tx| tx.query_one(sql, &[], |row| row.int(0)));
        let counted: Result<i64, StoreError> = counted.await;
        counted.expect("a count")
    }
}
