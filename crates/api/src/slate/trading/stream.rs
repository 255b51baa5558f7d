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
use std::sync::Arc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use touchstone_app::App;
use touchstone_app::identity::Caller;
use touchstone_app::trading_desk::{AccountWatch, TradeError};
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
    let watch = Box::pin(Watch::begin(&state, caller, login)).await?;
    let place = state
        .streams
        .enter(Person::of(&caller))
        .ok_or(Code::TooManyStreams)?;
    let reader = Reader {
        shutdown: state.shutdown.clone(),
        first: watch.shown(),
        watch,
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
    first: Option<Box<AccountState>>,
    _place: StreamPlace,
}

impl Reader {
    /// The next event; `None` when it is over.
    async fn next(&mut self) -> Option<Event> {
        if let Some(first) = self.first.take() {
            return told(&first);
        }
        tokio::select! {
            () = self.shutdown.cancelled() => None,
            next = Box::pin(self.watch.next()) => next.and_then(|next| told(&next)),
        }
    }
}

/// The account as an event.
pub(crate) fn told(now: &AccountState) -> Option<Event> {
    Event::default().event("state").json_data(now).ok()
}

/// An account, told whenever it has changed, at most every [`limits::STREAM_INTERVAL`].
pub(crate) struct Watch {
    app: Arc<App>,
    account: AccountWatch,
    /// As it was told last, or is about to be.
    shown: Option<Box<AccountState>>,
    /// When the next look may be at the earliest.
    next_at: Instant,
}

impl Watch {
    /// Looks at it for the first time.
    ///
    /// # Errors
    /// An account that the caller may not see, and the desk's.
    pub(crate) async fn begin(
        state: &ApiState,
        caller: Caller,
        login: Login,
    ) -> Result<Self, TradeError> {
        let mut watch = Self {
            app: state.app.clone(),
            account: state.app.watch_account(caller, login).await?,
            shown: None,
            next_at: Instant::now(),
        };
        watch.look().await?;
        Ok(watch)
    }

    /// As it was seen last.
    pub(crate) fn shown(&self) -> Option<Box<AccountState>> {
        self.shown.clone()
    }

    /// The account when it stands otherwise than it was seen; `None`: the session has ended, or it is not the caller's any
    /// more. Nothing is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> Option<Box<AccountState>> {
        loop {
            sleep_until(self.next_at).await;
            self.account.changed().await;
            match self.look().await {
                Ok(true) => return self.shown.clone(),
                Ok(false) => {}
                Err(TradeError::Session(_) | TradeError::NotFound) => return None,
                // The desk or the store is away for a moment: what is shown still holds.
                Err(error) => {
                    tracing::debug!(%error, "a stream could not look");
                    self.next_at = Instant::now() + limits::STREAM_INTERVAL;
                }
            }
        }
    }

    /// Whether it stands otherwise.
    async fn look(&mut self) -> Result<bool, TradeError> {
        let now = AccountState::new(&self.app, &self.account.look().await?);
        self.next_at = Instant::now() + limits::STREAM_INTERVAL;
        let before = self.shown.as_ref();
        let is_new = before.is_none_or(|before| !now.stands_as(before));
        if is_new {
            self.shown = Some(Box::new(now));
        }
        Ok(is_new)
    }
}
