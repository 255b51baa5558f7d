//! Over real sockets: a shutdown answers what was accepted, and ends in any case.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, routing::get};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use touchstone_api::{Ended, ServeOptions, serve_router};

struct Running {
    address: SocketAddr,
    shutdown: CancellationToken,
    arrived: Arc<Notify>,
    go_on: Arc<Notify>,
    ended: JoinHandle<std::io::Result<Ended>>,
}

async fn start(options: ServeOptions) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let (arrived, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (seen, released) = (Arc::clone(&arrived), Arc::clone(&go_on));
    let slow = move || async move {
        seen.notify_one();
        released.notified().await;
        "done"
    };
    let app = Router::new().route("/slow", get(slow)).route(
        "/peer",
        get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }),
    );
    let ended = tokio::spawn(serve_router(listener, app, shutdown.clone(), options));
    Running {
        address,
        shutdown,
        arrived,
        go_on,
        ended,
    }
}

async fn ask(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn rest_of(mut stream: TcpStream) -> String {
    let mut text = String::new();
    // A connection that was cut may end with a reset.
    let _ = stream.read_to_string(&mut text).await;
    text
}

#[tokio::test]
async fn a_shutdown_answers_what_was_accepted() {
    let server = start(ServeOptions::default()).await;
    let idle = ask(server.address, "/peer").await;
    let slow = ask(server.address, "/slow").await;
    server.arrived.notified().await;
    server.shutdown.cancel();
    // The idle connection is closed at once: its answer came earlier, and nothing is in hand.
    assert!(rest_of(idle).await.ends_with("127.0.0.1"));
    assert!(!server.ended.is_finished());
    server.go_on.notify_one();
    assert!(rest_of(slow).await.ends_with("done"));
    assert_eq!(server.ended.await.unwrap().unwrap(), Ended::Drained);
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_shutdown_ends_although_a_request_does_not() {
    let server = start(ServeOptions {
        shutdown_timeout: Duration::from_millis(50),
        ..ServeOptions::default()
    })
    .await;
    let slow = ask(server.address, "/slow").await;
    server.arrived.notified().await;
    server.shutdown.cancel();
    assert_eq!(server.ended.await.unwrap().unwrap(), Ended::Cut);
    assert_eq!(rest_of(slow).await, "");
}

#[tokio::test]
async fn a_connection_over_the_limit_waits_for_a_place() {
    let server = start(ServeOptions {
        connections_max: 1,
        ..ServeOptions::default()
    })
    .await;
    let first = ask(server.address, "/slow").await;
    server.arrived.notified().await;
    let mut second = ask(server.address, "/peer").await;
    let mut letter = [0; 1];
    let early = tokio::time::timeout(Duration::from_millis(50), second.read(&mut letter)).await;
    assert!(early.is_err(), "answered although there was no place");
    server.go_on.notify_one();
    drop(first);
    assert_eq!(second.read(&mut letter).await.unwrap(), 1);
    server.shutdown.cancel();
    server.ended.await.unwrap().unwrap();
}
