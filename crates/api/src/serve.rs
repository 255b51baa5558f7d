//! Accepts connections and, when told to stop, answers what it has accepted.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::{ApiState, limits, router};

/// What an operator can set about connections.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// How long a shutdown waits for requests that were accepted; then their connections are cut.
    pub shutdown_timeout: Duration,
    /// Connections that are open at once.
    pub connections_max: usize,
    /// How long what is sent may wait for a peer who takes nothing in; then his connection is cut. Only Linux does so.
    pub take_in_timeout: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            shutdown_timeout: limits::SHUTDOWN_TIMEOUT,
            connections_max: limits::CONNECTIONS_MAX,
            take_in_timeout: limits::TAKE_IN_TIMEOUT,
        }
    }
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything that was accepted was answered.
    Drained,
    /// The deadline passed; connections with requests in hand were cut.
    Cut,
}

/// Serves until `shutdown`, then stops accepting and answers what is in hand.
///
/// # Errors
/// When the listener itself fails; a single connection never ends the server.
pub async fn serve(
    listener: TcpListener,
    state: ApiState,
    shutdown: CancellationToken,
    options: ServeOptions,
) -> io::Result<Ended> {
    let upkeep = tokio::spawn(upkeep(state.clone()));
    let sockets = state.sockets.clone();
    let ended = serve_router(listener, router(state), shutdown, options).await;
    sockets.close();
    // They say good-bye; whoever does not take it in is cut.
    let _ = tokio::time::timeout(limits::SOCKET_SEND_TIMEOUT, sockets.wait()).await;
    upkeep.abort();
    ended
}

/// [`serve`] for any routes.
///
/// # Errors
/// As for [`serve`].
pub async fn serve_router(
    listener: TcpListener,
    app: Router,
    shutdown: CancellationToken,
    options: ServeOptions,
) -> io::Result<Ended> {
    let graceful = GracefulShutdown::new();
    let (builder, cut) = (builder(), CancellationToken::new());
    let places = Arc::new(Semaphore::new(
        options.connections_max.min(Semaphore::MAX_PERMITS),
    ));
    while let Some((stream, peer, place)) = next_connection(&listener, &places, &shutdown).await? {
        let app = app.clone();
        // A WebSocket keeps it when the connection is one no more.
        let place = ConnectionPlace(Arc::new(place));
        let kept = place.clone();
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(place.clone());
            app.clone().oneshot(request.map(axum::body::Body::new))
        });
        be_patient_for(options.take_in_timeout, &stream);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let watched = graceful.watch(connection.into_owned());
        let cut = cut.clone();
        tokio::spawn(async move {
            if let Some(Err(error)) = cut.run_until_cancelled(watched).await {
                tracing::debug!(%error, "a connection ended");
            }
            drop(kept);
        });
    }
    drop(listener);
    let drained = tokio::time::timeout(options.shutdown_timeout, graceful.shutdown()).await;
    cut.cancel();
    Ok(match drained {
        Ok(()) => Ended::Drained,
        Err(_) => Ended::Cut,
    })
}

/// One of the connections that may be open at once; there is room for another when its last copy is gone.
#[derive(Clone, Debug)]
pub struct ConnectionPlace(#[expect(dead_code, reason = "it is held")] Arc<OwnedSemaphorePermit>);

type Accepted = (TcpStream, SocketAddr, OwnedSemaphorePermit);

/// The next connection for which there is a place, or nothing once the server has to stop.
async fn next_connection(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> io::Result<Option<Accepted>> {
    let accept = async {
        let place = Arc::clone(places)
            .acquire_owned()
            .await
            .map_err(io::Error::other)?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    // Answers are small and whole: waiting to fill a segment only costs time.
                    // A peer that has gone already is noticed by whoever reads from it.
                    let _ = stream.set_nodelay(true);
                    return Ok((stream, peer, place));
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // Most likely no file handles are left; closing connections gives some back.
                    tracing::error!(%error, "no connection could be accepted");
                    tokio::time::sleep(limits::ACCEPT_PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = shutdown.cancelled() => Ok(None),
        accepted = accept => accepted.map(Some),
    }
}

/// The system watches what was sent, also where the peer's own system says all the time that he has no room for it.
fn be_patient_for(timeout: Duration, stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(timeout)) {
        tracing::debug!(%error, "a connection may be kept by a peer who does not read");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (timeout, stream);
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEADER_READ_TIMEOUT);
    builder
}

/// Keeps what is remembered small.
async fn upkeep(state: ApiState) {
    let mut ticks = tokio::time::interval(limits::UPKEEP_INTERVAL);
    loop {
        ticks.tick().await;
        state.rate_limits.forget_idle();
        state.metrics.run_upkeep();
    }
}
