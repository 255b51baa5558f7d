//! Over real sockets: a shutdown answers what was accepted, and ends in any case.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, routing::get};
use futures_util::stream;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
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

/// What an answer has been asked for, and whether it is still there.
struct Endless(Arc<Notify>);

impl Drop for Endless {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// A server whose only answer is so many pieces, and then never ends; it says when the answer was dropped.
async fn endless(pieces: usize, options: ServeOptions) -> (SocketAddr, Arc<Notify>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let dropped = Arc::new(Notify::new());
    let seen = Arc::clone(&dropped);
    let answer = move || async move {
        let body = stream::unfold((pieces, Endless(seen)), |(left, guard)| async move {
            if left == 0 {
                std::future::pending::<()>().await;
            }
            let piece = Ok::<_, Infallible>(vec![b'x'; 64 * 1024]);
            Some((piece, (left - 1, guard)))
        });
        Body::from_stream(body)
    };
    let app = Router::new().route("/endless", get(answer));
    tokio::spawn(serve_router(
        listener,
        app,
        CancellationToken::new(),
        options,
    ));
    (address, dropped)
}

/// A peer whose system answers everything, but who never reads.
async fn ask_without_reading(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let request = b"GET /endless HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream.write_all(request).await.unwrap();
    stream
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_peer_who_takes_nothing_in_loses_his_connection() {
    let options = ServeOptions {
        connections_max: 1,
        take_in_timeout: Duration::from_secs(1),
        ..ServeOptions::default()
    };
    let (address, dropped) = endless(usize::MAX, options).await;
    let deaf = ask_without_reading(address).await;
    tokio::time::timeout(Duration::from_secs(20), dropped.notified())
        .await
        .expect("his stream is over although he is still there");
    // There is room for somebody else.
    let mut next = ask(address, "/endless").await;
    assert_eq!(next.read(&mut [0; 1]).await.unwrap(), 1);
    drop(deaf);
}

#[tokio::test]
async fn a_peer_who_reads_slowly_keeps_his_connection() {
    let options = ServeOptions {
        take_in_timeout: Duration::from_secs(1),
        ..ServeOptions::default()
    };
    let (address, _) = endless(usize::MAX, options).await;
    let mut slow = ask(address, "/endless").await;
    let begun = tokio::time::Instant::now();
    let mut buffer = vec![0; 64 * 1024];
    while begun.elapsed() < Duration::from_secs(3) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(slow.read(&mut buffer).await.unwrap() > 0);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_peer_who_leaves_the_little_that_came_loses_his_connection() {
    let options = ServeOptions {
        take_in_timeout: Duration::from_secs(1),
        ..ServeOptions::default()
    };
    let (address, dropped) = endless(1, options).await;
    let deaf = ask_without_reading(address).await;
    tokio::time::timeout(Duration::from_secs(20), dropped.notified())
        .await
        .expect("his stream is over although he is still there");
    drop(deaf);
}
