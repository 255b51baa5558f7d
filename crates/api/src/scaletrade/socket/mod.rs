//! ScaleTrade's WebSocket: `GET /` and `GET /ws` with an upgrade. A client says who he is, names the symbols that he
//! watches, and is sent arrays: `t` prices, `b` money, `o` positions, `n` notifications.

mod client;
mod session;
mod words;

use crate::ApiState;
use crate::auth::Visitor;
use crate::limits;
use axum::extract::State;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::response::{IntoResponse, Redirect, Response};

/// A terminal opens the host itself; a browser is led to the console.
pub async fn root(
    state: State<ApiState>,
    visitor: Visitor,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match upgrade {
        Ok(upgrade) => open(state, visitor, Ok(upgrade)).await,
        Err(_) => Redirect::temporary("/console/").into_response(),
    }
}

/// Opens the socket. Nothing is told before the client has said who he is.
pub async fn open(
    State(state): State<ApiState>,
    _visitor: Visitor,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match upgrade {
        Ok(upgrade) => upgrade
            .max_message_size(limits::SOCKET_MESSAGE_BYTES_MAX)
            .max_frame_size(limits::SOCKET_MESSAGE_BYTES_MAX)
            .on_upgrade(|socket| async move {
                let open = state.sockets.token();
                client::serve(state, socket).await;
                drop(open);
            }),
        Err(rejection) => rejection.into_response(),
    }
}
