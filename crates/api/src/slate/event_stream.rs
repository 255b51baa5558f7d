//! `GET /events/stream`: what happens, as it happens, with an account and prices beside it.

use super::error::{ApiError, Code, ValidationError};
use super::extract::SlateQuery;
use super::trading::account_object::AccountState;
use super::trading::instruments::QuoteObject;
use super::trading::stream::{Watch, told};
use crate::ApiState;
use crate::auth::{Person, SignedIn};
use crate::dialect::Refusal;
use crate::input::{Id, Text, Within};
use crate::limits;
use crate::streams::{self, StreamPlace};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::Response;
use axum::response::sse::Event;
use futures_util::stream;
use serde::Deserialize;
use std::collections::HashMap;
use tokio::time::{Duration, Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;
use touchstone_app::events::{Audience, EventReader, KINDS, ListenError, Wanted};
use touchstone_app::identity::Caller;
use touchstone_domain::{Login, Symbol};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventStreamQuery {
    /// Kinds of events, with commas between them; `payout.*` is all that begin so. All when it is not given.
    #[param(inline)]
    types: Option<Text<1, 2000>>,
    /// As the header `Last-Event-ID`, which counts before it.
    #[param(inline)]
    last_event_id: Option<Within<0, { i64::MAX }>>,
    /// An account that the caller may see: its `state` comes too, at once and when it changes, at most every 500 ms.
    #[param(inline)]
    login: Option<Id>,
    /// Symbols, with commas between them: `quotes` come too, at most every 500 ms those that have changed.
    #[param(inline)]
    symbols: Option<Text<1, 2000>>,
}

/// Event Stream
///
/// Server-sent events. `ready` comes first, then one event for each line of the outbox that the caller may see, in order
/// and with its number as `id`: a client that connects again with `Last-Event-ID` misses none. Who reads too slowly is
/// told to `resume` and let go. Comments keep the connection alive. It ends with the session, when the caller's rights
/// change and when the server stops; connect again then. With `login` and `symbols` one connection carries an account
/// and prices too.
#[utoipa::path(
    get,
    path = "/events/stream",
    operation_id = "event_stream",
    tag = "Streams (SSE)",
    params(EventStreamQuery, ("Last-Event-ID" = Option<i64>, Header, description = "The last number that was seen: what came after it comes first")),
    responses((status = 200, description = "Successful Response", body = serde_json::Value, content_type = "text/event-stream")),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "too_many_streams", "not_found", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"
    ])))
)]
pub async fn stream(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    SlateQuery(query): SlateQuery<EventStreamQuery>,
) -> Result<Response, ApiError> {
    let kinds = kinds(query.types.as_ref().map(Text::as_str))?;
    let symbols = symbols(&state, query.symbols.as_ref().map(Text::as_str))?;
    let last = seen(&headers)?.or(query.last_event_id.map(Within::get));
    let audience = state.app.audience(caller).await?;
    let login = query.login.map(|login| Login(login.get()));
    let watch = match login {
        Some(login) => Some(Box::pin(Watch::begin(&state, caller, login)).await?),
        None => None,
    };
    let person = Person::of(&caller);
    let place = state.streams.enter(person).ok_or(Code::TooManyStreams)?;
    let wanted = Wanted { kinds };
    let events = state
        .app
        .read_events(&caller, audience, wanted, last)
        .await?;
    let reader = Reader {
        shutdown: state.shutdown.clone(),
        is_ready: false,
        is_over: false,
        first: watch.as_ref().and_then(Watch::shown),
        watch: watch.map(Box::new),
        symbols,
        shown: HashMap::new(),
        looks: every(Duration::ZERO, limits::STREAM_INTERVAL),
        checks: every(limits::STREAM_HEARTBEAT, limits::STREAM_HEARTBEAT),
        events,
        audience,
        asked_at: Instant::now(),
        caller,
        state,
        _place: place,
    };
    Ok(streams::answer(stream::unfold(
        reader,
        |mut reader| async move {
            let event = reader.next().await?;
            Some((event, reader))
        },
    )))
}

fn every(first: Duration, period: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + first, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// One connection.
struct Reader {
    state: ApiState,
    shutdown: CancellationToken,
    caller: Caller,
    audience: Audience,
    /// When his rights were asked for.
    asked_at: Instant,
    events: EventReader,
    is_ready: bool,
    is_over: bool,
    /// Boxed, as most have none.
    watch: Option<Box<Watch>>,
    /// How the account stands at the beginning.
    first: Option<Box<AccountState>>,
    symbols: Vec<Symbol>,
    /// The number of each symbol's price that was told last.
    shown: HashMap<Symbol, Option<i64>>,
    looks: Interval,
    checks: Interval,
    _place: StreamPlace,
}

impl Reader {
    /// The next event; `None` when it is over.
    async fn next(&mut self) -> Option<Event> {
        if !self.is_ready {
            self.is_ready = true;
            return Some(self.place("ready"));
        }
        if let Some(first) = self.first.take() {
            return told(&first);
        }
        while !self.is_over {
            let account = async {
                match &mut self.watch {
                    Some(watch) => Box::pin(watch.next()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.shutdown.cancelled() => return None,
                found = self.events.next() => match found {
                    Ok(Some(told)) => {
                        if self.asked_at.elapsed() >= limits::STREAM_RIGHTS_KEPT_FOR && !self.still_may().await {
                            return None;
                        }
                        let event = Event::default().id(told.event.id.to_string());
                        return event.event(told.event.kind).json_data(&told.event).ok();
                    }
                    Ok(None) => {
                        self.is_over = true;
                        return match self.still_may().await {
                            true => Some(self.place("resume")),
                            false => None,
                        };
                    }
                    Err(error) => {
                        tracing::debug!(%error, "a stream could not read events");
                        return None;
                    }
                },
                now = account => return now.and_then(|now| told(&now)),
                _ = self.looks.tick(), if !self.symbols.is_empty() => {
                    if let Some(event) = self.prices().await {
                        return Some(event);
                    }
                }
                _ = self.checks.tick() => {
                    if !self.still_may().await {
                        return None;
                    }
                }
            }
        }
        None
    }

    /// Whether his rights are still those that he began with.
    async fn still_may(&mut self) -> bool {
        match self.state.app.audience(self.caller).await {
            Ok(now) => {
                self.asked_at = Instant::now();
                now == self.audience
            }
            Err(error) => matches!(error, ListenError::Store(_)),
        }
    }

    /// Where the reader stands.
    fn place(&self, name: &str) -> Event {
        let last = self.events.last();
        let data = serde_json::json!({ "last_event_id": last }).to_string();
        Event::default().id(last.to_string()).event(name).data(data)
    }

    async fn prices(&mut self) -> Option<Event> {
        let all = self.state.quotes.latest(&self.state.app).await.ok()?;
        let mut changed = Vec::new();
        for symbol in &self.symbols {
            let Some(view) = all.iter().find(|view| view.symbol == *symbol) else {
                continue;
            };
            if self.shown.get(symbol) != Some(&view.seq) {
                self.shown.insert(*symbol, view.seq);
                changed.push(QuoteObject::new(&self.state.app, view));
            }
        }
        if changed.is_empty() {
            return None;
        }
        Event::default().event("quotes").json_data(&changed).ok()
    }
}

pub(crate) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The number that a client has seen last.
fn seen(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(value) = headers.get(LAST_EVENT_ID) else {
        return Ok(None);
    };
    if value.is_empty() {
        return Ok(None);
    }
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    match number.filter(|number| *number >= 0) {
        Some(number) => Ok(Some(number)),
        None => Err(wrong(
            "header",
            "last-event-id",
            "a number of an event is wanted",
        )),
    }
}

fn kinds(asked: Option<&str>) -> Result<Vec<&'static str>, ApiError> {
    let mut found = Vec::new();
    for name in parts(asked) {
        let before = found.len();
        let fits = |kind: &str| match name.strip_suffix('*') {
            Some(beginning) => kind.starts_with(beginning),
            None => kind == name,
        };
        found.extend(KINDS.iter().map(|kind| kind.name).filter(|kind| fits(kind)));
        if found.len() == before {
            let told: String = name.chars().take(64).collect();
            let sentence = format!("no kind of event is called {told}");
            return Err(wrong("query", "types", &sentence));
        }
    }
    Ok(found)
}

fn symbols(state: &ApiState, asked: Option<&str>) -> Result<Vec<Symbol>, ApiError> {
    let known = state.app.desk.instruments();
    let found: Option<Vec<Symbol>> = parts(asked)
        .map(|name| {
            let symbol = name.parse().ok();
            symbol.filter(|symbol| known.get(*symbol).is_some())
        })
        .collect();
    match found {
        Some(found) if found.len() <= limits::STREAM_SYMBOLS_MAX => Ok(found),
        Some(_) => Err(wrong("query", "symbols", "there are too many")),
        None => Err(wrong(
            "query",
            "symbols",
            "names of symbols that are traded here, with commas between them, are wanted",
        )),
    }
}

fn wrong(place: &str, name: &str, sentence: &str) -> ApiError {
    ApiError::validation(vec![ValidationError::of_parameter(place, name, sentence)])
}

fn parts(asked: Option<&str>) -> impl Iterator<Item = &str> {
    asked
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

impl From<ListenError> for ApiError {
    fn from(error: ListenError) -> Self {
        match error {
            ListenError::Session(error) => error.into(),
            ListenError::Account => {
                Refusal::WrongKind("This needs the session of a customer or of a staff member")
                    .into()
            }
            ListenError::Store(error) => error.into(),
        }
    }
}
