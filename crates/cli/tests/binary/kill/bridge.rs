//! A bridge over books in memory, as `docs/trading-bridge.md` asks for, that loses calls and
//! answers, refuses, is slow, and outlives the server.

use super::dice::Dice;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use touchstone_app::ports::sign;

pub const SECRET: &str = "the secret of the bridge, long enough";
/// Longer than the server waits.
const TOO_SLOW: Duration = Duration::from_millis(600);

#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    pub reference: String,
    pub step: String,
    pub undoes: Option<String>,
    pub login: i64,
    pub amount_minor: i64,
}

/// What became of a reference.
#[derive(Clone, Debug)]
enum Became {
    Done(Call),
    Refused,
    NothingToUndo,
    /// It came to be undone before it came itself.
    Barred,
    /// Done, and undone later.
    Undone,
}

struct Books {
    references: Mutex<HashMap<String, Became>>,
    dice: Dice,
    behaves: AtomicBool,
}

pub struct Bridge {
    pub url: String,
    books: Arc<Books>,
}

impl Bridge {
    pub async fn start(seed: u64) -> Self {
        let books = Arc::new(Books {
            references: Mutex::default(),
            dice: Dice::new(seed),
            behaves: AtomicBool::new(false),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/", post(take))
            .with_state(books.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, books }
    }

    /// From now on every call is carried out and answered.
    pub fn behave(&self) {
        self.books.behaves.store(true, Ordering::Relaxed);
    }

    /// Everything of an account that was done and not undone, by step. A closed account is not
    /// enabled any more.
    pub fn standing(&self, login: i64) -> Vec<String> {
        let references = self.books.references.lock().unwrap();
        let is_open = is_open(&references, login);
        let mut steps: Vec<String> = references
            .values()
            .filter_map(|became| match became {
                Became::Done(call) if call.login == login && call.undoes.is_none() => {
                    (call.step != "enable" || is_open).then(|| call.step.clone())
                }
                _ => None,
            })
            .collect();
        steps.sort();
        steps
    }

    /// What was taken from a payer and not given back, in minor units.
    pub fn taken_minor(&self, payer: i64) -> i64 {
        let references = self.books.references.lock().unwrap();
        let taken = references.values().map(|became| match became {
            Became::Done(call) if call.login == payer && call.step == "withdraw" => {
                call.amount_minor
            }
            _ => 0,
        });
        taken.sum()
    }
}

fn is_open(references: &HashMap<String, Became>, login: i64) -> bool {
    let opens = |became: &Became| matches!(became, Became::Done(call) if call.login == login && call.step == "open_account");
    references.values().any(opens)
}

async fn take(State(books): State<Arc<Books>>, headers: HeaderMap, body: Bytes) -> Response {
    if !is_signed(&headers, &body) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(call) = serde_json::from_slice::<Call>(&body) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let chance = match books.behaves.load(Ordering::Relaxed) {
        true => u8::MAX,
        false => books.dice.throw(),
    };
    match chance {
        // The call never arrives.
        0..20 => StatusCode::BAD_GATEWAY.into_response(),
        // The answer never arrives.
        20..50 => {
            books.carry_out(call, false);
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        // The answer is too late, and the call comes again meanwhile.
        50..56 => {
            let answer = books.carry_out(call, false);
            tokio::time::sleep(TOO_SLOW).await;
            Json(answer).into_response()
        }
        56..66 => Json(books.carry_out(call, true)).into_response(),
        _ => Json(books.carry_out(call, false)).into_response(),
    }
}

fn is_signed(headers: &HeaderMap, body: &[u8]) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(timestamp), Some(signature)) = (
        text("x-touchstone-timestamp"),
        text("x-touchstone-signature"),
    ) else {
        return false;
    };
    let body = String::from_utf8_lossy(body);
    signature == format!("v1={}", sign(SECRET.as_bytes(), timestamp, &body))
}

impl Books {
    /// `refuse` only what is new and undoes nothing.
    fn carry_out(&self, call: Call, refuse: bool) -> Value {
        let mut references = self.references.lock().unwrap();
        let became = match references.get(&call.reference) {
            Some(became) => became.clone(),
            None => {
                let became = match &call.undoes {
                    Some(undone) => match references.get(undone).cloned() {
                        Some(Became::Done(_)) => {
                            references.insert(undone.clone(), Became::Undone);
                            Became::Done(call.clone())
                        }
                        Some(_) => Became::NothingToUndo,
                        None => {
                            references.insert(undone.clone(), Became::Barred);
                            Became::NothingToUndo
                        }
                    },
                    None if refuse => Became::Refused,
                    None if call.step == "enable" && !is_open(&references, call.login) => {
                        Became::Refused
                    }
                    None => Became::Done(call.clone()),
                };
                references.insert(call.reference.clone(), became.clone());
                became
            }
        };
        match became {
            Became::Done(_) | Became::Undone => json!({"result": "done"}),
            Became::Refused | Became::Barred => json!({"result": "refused", "detail": "no"}),
            Became::NothingToUndo => json!({"result": "nothing_to_undo"}),
        }
    }
}
