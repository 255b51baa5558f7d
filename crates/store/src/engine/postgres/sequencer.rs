//! Numbers the events that commands have committed, without a gap.
//!
//! Of all servers on one database, the one whose connection holds the lock does it, and it numbers on
//! that very connection: when it is lost, so is the right to number. Events are numbered because they
//! have no number, so that one whose command commits late is never skipped; of one challenge they come
//! in the order of `id`, which is the order in which commands held the lock on it.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_postgres::{Client, Statement};

use super::error::text;
use super::link::Connector;

/// The lock's name, beside that of the schema: "seq".
const LOCK: &str = "SELECT pg_try_advisory_lock(7562609, hashtext(current_schema()))";
const LAST: &str = "SELECT COALESCE(MAX(seq), 0) FROM event WHERE seq IS NOT NULL";
/// Numbers up to 1000 events; gives how many it did, and the highest number.
const NUMBER: &str =
    "WITH last AS (SELECT COALESCE(MAX(seq), 0) AS seq FROM event WHERE seq IS NOT NULL),
    waiting AS (SELECT id FROM event WHERE seq IS NULL ORDER BY id LIMIT 1000),
    placed AS (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM waiting),
    numbered AS (UPDATE event SET seq = last.seq + placed.place FROM placed, last
        WHERE event.id = placed.id RETURNING event.seq)
    SELECT COUNT(*), COALESCE(MAX(numbered.seq), (SELECT seq FROM last)) FROM numbered";

/// Every event that was numbered leaves a dead entry in the index of those that are not. A plain scan
/// of that index marks them as it goes; the plans that are cheaper at first sight look at them all, and
/// at more of them each time.
const BY_INDEX: &str =
    "SET enable_bitmapscan = off; SET enable_seqscan = off; SET enable_sort = off";

/// How long to leave a server alone that does not answer.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

pub(super) struct Sequencer {
    pub(super) connector: Connector,
    pub(super) poll: Duration,
    pub(super) appended: mpsc::Receiver<()>,
    pub(super) events: watch::Sender<i64>,
}

struct Link {
    client: Client,
    lock: Statement,
    last: Statement,
    number: Statement,
    leads: bool,
}

impl Sequencer {
    /// Works until every writer has ended, and numbers what they left.
    pub(super) async fn run(mut self) {
        let mut link = None;
        let mut open = true;
        let mut pause = self.poll;
        while open {
            tokio::select! {
                appended = self.appended.recv() => open = appended.is_some(),
                () = tokio::time::sleep(pause) => {}
            }
            pause = self.poll;
            if let Err(error) = self.turn(&mut link).await {
                tracing::warn!(error = %text(&error), "events wait for their numbers; connecting again");
                link = None;
                pause = pause.max(AFTER_FAILURE);
            }
        }
    }

    async fn turn(&self, link: &mut Option<Link>) -> Result<(), tokio_postgres::Error> {
        let link = match link {
            Some(link) => link,
            None => link.insert(Link::connect(&self.connector).await?),
        };
        if !link.leads {
            link.leads = link.client.query_one(&link.lock, &[]).await?.try_get(0)?;
        }
        if !link.leads {
            self.tell(link.client.query_one(&link.last, &[]).await?.try_get(0)?);
            return Ok(());
        }
        loop {
            let row = link.client.query_one(&link.number, &[]).await?;
            self.tell(row.try_get(1)?);
            if row.try_get::<_, i64>(0)? == 0 {
                return Ok(());
            }
        }
    }

    fn tell(&self, last: i64) {
        self.events
            .send_if_modified(|told| std::mem::replace(told, last) != last);
    }
}

impl Link {
    async fn connect(connector: &Connector) -> Result<Self, tokio_postgres::Error> {
        let client = connector.ready().await?;
        client.batch_execute(BY_INDEX).await?;
        let lock = client.prepare(LOCK).await?;
        let last = client.prepare(LAST).await?;
        let number = client.prepare(NUMBER).await?;
        Ok(Link {
            client,
            lock,
            last,
            number,
            leads: false,
        })
    }
}
