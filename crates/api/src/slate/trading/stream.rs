//! `GET /accounts/{login}/stream`.

use super::super::error::{ApiError, Code};
use super::super::extract::SlatePath;
use super::account_object::AccountState;
use crate::ApiState;
use crate::auth::{Person, SignedIn};
use crate::input::Id;
use crate::limits;
use crate::streams::{self, StreamPlace};
use axum::extract::State;
use axum::response::Response;
use axum::response::sse::Event;
use futures_util::stream;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;
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
    let reader = Reader {
        shutdown: state.shutdown.clone(),
        watch: Watch::new(state, caller, login),
        first: Some(first),
        looks,
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

/// One reader of one account.
struct Reader {
    shutdown: CancellationToken,
    watch: Watch,
    first: Option<AccountState>,
    looks: Interval,
    _place: StreamPlace,
}

impl Reader {
    /// The next event; `None` when it is over.
    async fn next(&mut self) -> Option<Event> {
        if let Some(first) = self.first.take() {
            return told(self.watch.show(first));
        }
        loop {
            tokio::select! {
                () = self.shutdown.cancelled() => return None,
                _ = self.looks.tick() => {}
            }
            match self.watch.look().await {
                Look::Changed(now) => return told(&now),
                Look::Same => {}
                Look::Over => return None,
            }
        }
    }
}

/// The account as an event.
pub(crate) fn told(now: &AccountState) -> Option<Event> {
    Event::default().event("state").json_data(now).ok()
}

/// An account that is looked at again and again.
pub(crate) struct Watch {
    state: ApiState,
    caller: Caller,
    login: Login,
    shown: Option<AccountState>,
}

/// What a look has found.
pub(crate) enum Look {
    Changed(Box<AccountState>),
    Same,
    /// The session has ended, or the account is not the caller's any more.
    Over,
}

impl Watch {
    pub(crate) const fn new(state: ApiState, caller: Caller, login: Login) -> Self {
        Self {
            state,
            caller,
            login,
            shown: None,
        }
    }

    pub(crate) async fn look(&mut self) -> Look {
        let app = &self.state.app;
        match app.account_standing(self.caller, self.login).await {
            Ok(standing) => {
                let now = AccountState::new(app, &standing);
                let is_new = match &self.shown {
                    Some(shown) => !now.stands_as(shown),
                    None => true,
                };
                if is_new {
                    return Look::Changed(Box::new(self.show(now).clone()));
                }
                Look::Same
            }
            Err(TradeError::Session(_) | TradeError::NotFound) => Look::Over,
            // The desk or the store is away for a moment: what is shown still holds.
            Err(error) => {
                tracing::debug!(%error, "a stream could not look");
                Look::Same
            }
        }
    }

    fn show(&mut self, now: AccountState) -> &AccountState {
        self.shown.insert(now)
    }
}
