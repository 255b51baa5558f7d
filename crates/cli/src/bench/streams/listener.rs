//! One stream, read as it comes. What it costs here is missing on the other side, so it is only looked for what counts.

use anyhow::{Context, bail, ensure};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
    time::Instant,
};
use touchstone_domain::Login;

/// What is listened to.
#[derive(Clone, Copy)]
pub enum What {
    /// Purchases, in a stream of events that may carry a wallet too.
    Purchases(Option<Login>),
    /// An account.
    Account(Login),
}

impl What {
    fn path(self) -> String {
        match self {
            Self::Purchases(None) => "/events/stream".to_owned(),
            Self::Purchases(Some(login)) => format!("/events/stream?login={login}"),
            Self::Account(login) => format!("/accounts/{login}/stream"),
        }
    }

    const fn event(self) -> &'static [u8] {
        match self {
            Self::Purchases(_) => b"event: challenge.activated",
            Self::Account(_) => b"event: state",
        }
    }

    /// What comes first.
    const fn beginning(self) -> &'static [u8] {
        match self {
            Self::Purchases(_) => b"event: ready",
            Self::Account(_) => b"event: state",
        }
    }
}

pub struct Listener {
    what: What,
    stream: TcpStream,
    /// Which of the buyers it is.
    number: Option<usize>,
    received: Vec<u8>,
}

/// When each event was told, in their order.
pub struct Heard {
    pub number: Option<usize>,
    pub at: Vec<Instant>,
}

impl Listener {
    /// Opens the stream, and waits until it is ready.
    pub async fn open(
        server: SocketAddr,
        token: &str,
        what: What,
        number: Option<usize>,
    ) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(server).await?;
        let path = what.path();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {server}\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut received = Vec::with_capacity(1_024);
        while find(&received, what.beginning()).is_none() {
            let read = stream.read_buf(&mut received).await?;
            ensure!(
                read > 0,
                "a stream has ended before it began: {}",
                text(&received)
            );
            if received.starts_with(b"HTTP/1.1 ") && !received.starts_with(b"HTTP/1.1 200") {
                bail!("a stream was refused: {}", text(&received));
            }
        }
        received.clear();
        Ok(Self {
            what,
            stream,
            number,
            received,
        })
    }

    /// Reads to the end; counts each event in `count`.
    pub async fn read(mut self, count: watch::Sender<usize>) -> anyhow::Result<Heard> {
        let mut at = Vec::new();
        let event = self.what.event();
        loop {
            let read = self
                .stream
                .read_buf(&mut self.received)
                .await
                .context("a stream was cut")?;
            let now = Instant::now();
            while let Some(place) = find(&self.received, event) {
                self.received.drain(..place + event.len());
                at.push(now);
                count.send_modify(|count| *count += 1);
            }
            // The beginning of a name may stand at the end.
            let keep = self.received.len().min(event.len() - 1);
            let gone = self.received.len() - keep;
            self.received.drain(..gone);
            if read == 0 {
                return Ok(Heard {
                    number: self.number,
                    at,
                });
            }
        }
    }
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|part| part == what)
}

fn text(received: &[u8]) -> String {
    String::from_utf8_lossy(received)
        .chars()
        .take(400)
        .collect()
}
