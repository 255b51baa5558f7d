//! `GET /accounts/{login}/stream`.

use super::super::error::{ApiError, Code};
use super::super::extract::SlatePath;
use super::account_object::AccountState;
use crate::ApiState;
use crate::auth::{Person, SignedIn};
use crate::input::Id;
use crate::limits;
use crate::streams::StreamPlace;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::convert::Infallible;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use touchstone_app::identity::Caller;
use touchstone_app::trading_desk::TradeError;
use touchstone_domain::Login;

/// Account Stream
///
/// Server-sent events named `state`, each with the whole account as `GET /accounts/{login}` tells it: one at once, then
/// one whenever it has changed, at most every 500 ms. Comments keep the connection alive. It ends with the session and
/// when the server stops; connect again then.
#[utoipa::path(
    get,
    path = "/accounts/{login}/stream",
    operation_id = "account_stream",
    tag = "Streams (SSE)",
    params(("login" = Id, Path)),
    responses((status = 200, description = "Successful Response", body = serde_json::Value, content_type = "text/event-stream")),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "too_many_streams", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"
    ])))
)]
pub async fn stream(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlatePath(login): SlatePath<Id>,
) -> Result<Response, ApiError> {
    let login = Login(login.get());
    let first = state.app.account_standing(caller, login).await?;
    let place = state
        .streams
        .enter(Person::of(&caller))
        .ok_or(Code::TooManyStreams)?;
    let first = AccountState::new(&state.app, &first);
    let mut looks = interval_at(
        Instant::now() + limits::STREAM_INTERVAL,
        limits::STREAM_INTERVAL,
    );
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watch = Watch {
        state,
        caller,
        login,
        shown: None,
        first: Some(first),
        looks,
        _place: place,
    };
    let events = stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok::<_, Infallible>(event), watch))
    });
    let alive = KeepAlive::new()
        .interval(limits::STREAM_HEARTBEAT)
        .text("heartbeat");
    let mut response = Sse::new(events).keep_alive(alive).into_response();
    // A proxy that collects answers would keep them from their reader.
    let headers = response.headers_mut();
    headers.insert(
        "x-accel-buffering",
        axum::http::HeaderValue::from_static("no"),
    );
    Ok(response)
}

/// One reader of one account.
struct Watch {
    state: ApiState,
    caller: Caller,
    login: Login,
    shown: Option<AccountState>,
    first: Option<AccountState>,
    looks: Interval,
    _place: StreamPlace,
}

impl Watch {
    /// The next event; `None` when it is over.
    async fn next(&mut self) -> Option<Event> {
        if let Some(first) = self.first.take() {
            return self.show(first);
        }
        loop {
            tokio::select! {
                () = self.state.shutdown.cancelled() => return None,
                _ = self.looks.tick() => {}
            }
            let app = &self.state.app;
            match app.account_standing(self.caller, self.login).await {
                Ok(standing) => {
                    let now = AccountState::new(app, &standing);
                    if self
                        .shown
                        .as_ref()
                        .is_none_or(|shown| !now.stands_as(shown))
                    {
                        return self.show(now);
                    }
                }
                Err(TradeError::Session(_) | TradeError::NotFound) => return None,
                // The desk or the store is away for a moment: what is shown still holds.
                Err(error) => tracing::debug!(%error, "a stream could not look"),
            }
        }
    }

    fn show(&mut self, now: AccountState) -> Option<Event> {
        let event = Event::default().event("state").json_data(&now).ok()?;
        self.shown = Some(now);
        Some(event)
    }
}
