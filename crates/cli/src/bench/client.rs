//! Just enough of HTTP/1.1 to ask one server the same thing very often: the processors that this
//! side takes are missing on the other.

use std::net::SocketAddr;

use anyhow::{Context, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection that stays open from request to request.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Connection {
    pub async fn open(server: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(4_096),
        })
    }

    /// Sends a whole request and waits for its whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.received.clear();
        let head = loop {
            match Head::read(&self.received)? {
                Some(head) if self.received.len() >= head.end() => break head,
                _ => {}
            }
            let read = self.stream.read_buf(&mut self.received).await?;
            ensure!(
                read > 0,
                "the server closed a connection before it had answered"
            );
        };
        ensure!(
            self.received.len() == head.end(),
            "the server sent more than was asked for"
        );
        Ok(Answer {
            status: head.status,
            body: &self.received[head.length..],
        })
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Bytes up to the body.
    length: usize,
    body_length: usize,
}

impl Head {
    const fn end(&self) -> usize {
        self.length + self.body_length
    }

    /// `None`: more has to come.
    fn read(received: &[u8]) -> anyhow::Result<Option<Self>> {
        let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&received[..end])?;
        let status = text.get(9..12).and_then(|status| status.parse().ok());
        let mut lines = text
            .split("\r\n")
            .skip(1)
            .filter_map(|line| line.split_once(':'));
        let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let Some((_, length)) = length else {
            bail!("an answer without a length: {text}");
        };
        Ok(Some(Self {
            status: status.with_context(|| format!("an answer without a status: {text}"))?,
            length: end + 4,
            body_length: length.trim().parse()?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::Head;

    #[test]
    fn an_answer_is_read_to_its_end_and_no_further() {
        let whole = b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 2\r\n\r\n{}";
        let head = Head::read(whole).unwrap().unwrap();
        assert_eq!(
            (head.status, head.body_length, head.end()),
            (200, 2, whole.len())
        );
        assert_eq!(Head::read(&whole[..20]).unwrap(), None);
        assert!(Head::read(b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n").is_err());
    }
}
