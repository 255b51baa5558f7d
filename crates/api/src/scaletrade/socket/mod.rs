//! ScaleTrade's WebSocket: `GET /` and `GET /ws` with an upgrade. A client says who he is, names the symbols that he
//! watches, and is sent arrays: `t` prices, `b` money, `o` positions, `n` notifications.

mod client;
mod session;
mod words;

use super::error::{ApiError, Code};
use crate::ApiState;
use crate::auth::Visitor;
use crate::limits;
use crate::serve::ConnectionPlace;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::response::{IntoResponse, Redirect, Response};

/// A terminal opens the host itself; a browser is led to the console.
pub async fn root(
    state: State<ApiState>,
    visitor: Visitor,
    place: Option<Extension<ConnectionPlace>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match upgrade {
        Ok(upgrade) => open(state, visitor, place, Ok(upgrade)).await,
        Err(_) => Redirect::temporary("/console/").into_response(),
    }
}

/// Opens the socket. Nothing is told before the client has said who he is.
pub async fn open(
    State(state): State<ApiState>,
    visitor: Visitor,
    place: Option<Extension<ConnectionPlace>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match upgrade {
        Ok(upgrade) => upgrade
            .max_message_size(limits::SOCKET_MESSAGE_BYTES_MAX)
            .max_frame_size(limits::SOCKET_MESSAGE_BYTES_MAX)
            .on_upgrade(move |socket| async move {
                let open = state.sockets.token();
                client::serve(state, socket, visitor.address).await;
                drop((open, place));
            }),
        Err(_) => {
            let message = "A WebSocket is opened here: ask for an upgrade";
            ApiError::new(Code::InvalidData, message).into_response()
        }
    }
}
