//! One connection: reads what the client says, and sends what has happened.

use super::session::{News, Refused, Session};
use super::words::{self, Said};
use crate::ApiState;
use crate::auth::Person;
use crate::limits;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use serde_json::Value;
use std::net::IpAddr;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};

/// Why a connection is over.
enum Over {
    /// The client has gone, or takes nothing in.
    Gone,
    Closed(u16, &'static str),
}

const ENDED: Over = Over::Closed(close_code::POLICY, "the session has ended");

pub async fn serve(state: ApiState, socket: WebSocket, address: IpAddr) {
    let mut client = Client {
        shutdown: state.shutdown.clone(),
        state,
        address,
        socket,
        session: None,
        guesses: 0,
    };
    let over = client.run().await;
    if let Over::Closed(code, reason) = over {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        // Whoever does not take it is gone.
        let _ = timeout(
            limits::SOCKET_SEND_TIMEOUT,
            client.socket.send(Message::Close(Some(frame))),
        )
        .await;
    }
}

struct Client {
    state: ApiState,
    /// Who has not said who he is, is counted by it.
    address: IpAddr,
    shutdown: tokio_util::sync::CancellationToken,
    socket: WebSocket,
    session: Option<Session>,
    /// Tokens that were none.
    guesses: u32,
}

fn every(period: tokio::time::Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

impl Client {
    async fn run(&mut self) -> Over {
        let mut looks = every(limits::STREAM_INTERVAL);
        let mut checks = every(limits::STREAM_HEARTBEAT);
        let until = Instant::now() + limits::SOCKET_AUTHORIZATION_TIMEOUT;
        loop {
            let is_in = self.session.is_some();
            let shutdown = self.shutdown.clone();
            let news = async {
                match &mut self.session {
                    Some(session) => session.news().await,
                    None => std::future::pending().await,
                }
            };
            let done = tokio::select! {
                () = shutdown.cancelled() => Err(Over::Closed(close_code::AWAY, "the server stops")),
                () = tokio::time::sleep_until(until), if !is_in => {
                    Err(Over::Closed(close_code::POLICY, "nobody has said who he is"))
                }
                said = self.socket.recv() => match said {
                    Some(Ok(message)) => self.hear(message).await,
                    Some(Err(_)) | None => Err(Over::Gone),
                },
                news = news => match news {
                    News::Notification(text) => self.send(text).await,
                    News::Account(texts) => self.send_all(texts).await,
                    News::Missed => Err(self.missed().await),
                    News::Over => Err(ENDED),
                },
                _ = looks.tick(), if is_in => self.tell_prices().await,
                _ = checks.tick() => self.check().await,
            };
            if let Err(over) = done {
                return over;
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), Over> {
        if matches!(message, Message::Text(_)) && self.is_too_soon() {
            let refused =
                words::refused("error", "RATE_LIMITED", "Too many requests; wait a moment");
            return self.say(&refused).await;
        }
        match message {
            Message::Text(text) if text.as_str() == "ping" => self.send("pong".to_owned()).await,
            Message::Text(text) => match serde_json::from_str::<Said>(&text) {
                Ok(said) => self.answer(said).await,
                Err(_) => {
                    let refused = words::refused(
                        "error",
                        "INVALID_DATA",
                        "JSON with `authorization` or `event` is wanted",
                    );
                    self.say(&refused).await
                }
            },
            Message::Binary(_) => Err(Over::Closed(close_code::UNSUPPORTED, "text is wanted")),
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(Over::Gone),
        }
    }

    /// Counts what is said like any request.
    fn is_too_soon(&self) -> bool {
        let limits = &self.state.rate_limits;
        let standing = match &self.session {
            Some(session) => limits.count_person(Person::of(&session.caller)),
            None => limits.count_address(self.address),
        };
        standing.is_some_and(|standing| standing.retry_after.is_some())
    }

    async fn answer(&mut self, said: Said) -> Result<(), Over> {
        if let Some(token) = &said.authorization {
            return self.authorize(token).await;
        }
        let name = said.event.clone().unwrap_or_default();
        let Some(session) = &mut self.session else {
            let refused = words::refused(
                &shown(&name),
                "INVALID_TOKEN",
                "Say who you are first: {\"authorization\": token}",
            );
            return self.say(&refused).await;
        };
        let done = match name.as_str() {
            "account.switch" => match said.account() {
                Some(login) => session.switch(login).await,
                None => Err(Refused(
                    "INVALID_DATA",
                    "active_login: the login of an account is wanted",
                )),
            },
            "subscribe" | "unsubscribe" => match symbols(said.data.as_ref()) {
                Some(names) if name == "subscribe" => session.subscribe(&names),
                Some(names) => {
                    session.unsubscribe(&names);
                    Ok(())
                }
                None => Err(Refused("INVALID_DATA", "data: a list of symbols is wanted")),
            },
            _ => Err(Refused(
                "UNKNOWN_EVENT",
                "subscribe, unsubscribe or account.switch is wanted",
            )),
        };
        match done {
            Ok(()) => {
                self.say(&words::done(&name)).await?;
                // What is new to him is sent at once.
                self.tell_prices().await
            }
            Err(Refused(code, message)) => {
                self.say(&words::refused(&shown(&name), code, message))
                    .await
            }
        }
    }

    async fn authorize(&mut self, token: &str) -> Result<(), Over> {
        match Session::begin(&self.state, token).await {
            Ok(session) => {
                self.session = Some(session);
                self.say(&words::done("authorization")).await
            }
            Err(Refused(code, message)) => {
                self.say(&words::refused("authorization", code, message))
                    .await?;
                self.guesses += 1;
                match self.guesses < limits::SOCKET_GUESSES_MAX {
                    true => Ok(()),
                    false => Err(Over::Closed(close_code::POLICY, "no token was valid")),
                }
            }
        }
    }

    async fn tell_prices(&mut self) -> Result<(), Over> {
        let Some(session) = &mut self.session else {
            return Ok(());
        };
        let prices = session.prices().await;
        self.send_all(prices).await
    }

    async fn send_all(&mut self, texts: Vec<String>) -> Result<(), Over> {
        for text in texts {
            self.send(text).await?;
        }
        Ok(())
    }

    /// Why no more is told: it was too much for him, or he may hear no more.
    async fn missed(&mut self) -> Over {
        match &self.session {
            Some(session) if session.still_lives().await => {
                Over::Closed(close_code::AGAIN, "connect again")
            }
            _ => ENDED,
        }
    }

    /// Whether anybody is there, and may be.
    async fn check(&mut self) -> Result<(), Over> {
        if let Some(session) = &self.session
            && !session.still_lives().await
        {
            return Err(ENDED);
        }
        self.put(Message::Ping(Vec::new().into())).await
    }

    async fn say(&mut self, what: &Value) -> Result<(), Over> {
        self.send(what.to_string()).await
    }

    async fn send(&mut self, text: String) -> Result<(), Over> {
        self.put(Message::Text(text.into())).await
    }

    async fn put(&mut self, message: Message) -> Result<(), Over> {
        match timeout(limits::SOCKET_SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Over::Gone),
        }
    }
}

fn symbols(data: Option<&Value>) -> Option<Vec<&str>> {
    data?.as_array()?.iter().map(Value::as_str).collect()
}

/// A name that a client has made up, as much of it as is worth saying again.
fn shown(name: &str) -> String {
    name.chars().take(64).collect()
}
