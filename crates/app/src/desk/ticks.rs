//! What a feed sends: signed, as text, many ticks at once.

use super::feeds::FeedsView;
use super::handle::{DeskError, FeedReport};
use crate::App;
use crate::cashier::{WebhookRefused, WebhookSignature, verify_signature};
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use std::sync::Arc;
use touchstone_domain::access::Permission;
use touchstone_domain::{Symbol, UnixMicros};
use touchstone_store::StoreError;
use touchstone_trading::{DecimalFault, Instrument, Tick};

/// A tick as it was sent: the prices are decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentTick {
    pub symbol: String,
    pub bid: String,
    pub ask: String,
    /// The feed's own time.
    pub fed_at: UnixMicros,
    pub sequence: Option<u64>,
}

#[derive(Debug, thiserror::Error)]
pub enum TicksError {
    /// The whole batch is refused: its feed writes prices that these symbols cannot have.
    #[error("tick {index}: the {name} of {symbol} cannot be read: {fault}")]
    Price {
        index: usize,
        name: &'static str,
        symbol: Symbol,
        fault: DecimalFault,
    },
    #[error(transparent)]
    Desk(#[from] DeskError),
}

#[derive(Debug, thiserror::Error)]
pub enum FeedsError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl App {
    /// The feeds whose secrets the message is signed with.
    ///
    /// # Errors
    /// [`WebhookRefused`]; also when no feed is set up here.
    pub fn verify_feed(
        &self,
        signature: WebhookSignature<'_>,
        body: &[u8],
    ) -> Result<Vec<Arc<str>>, WebhookRefused> {
        let now = self.now();
        let mut signers = Vec::new();
        for (feed, secrets) in &self.settings.feeds {
            match verify_signature(secrets, signature, body, now) {
                Ok(()) => signers.push(Arc::clone(feed)),
                Err(WebhookRefused::Signature) => {}
                Err(refused) => return Err(refused),
            }
        }
        match signers.is_empty() {
            true => Err(WebhookRefused::Signature),
            false => Ok(signers),
        }
    }

    /// Takes ticks of a feed in, in their order; answered when they are durable.
    ///
    /// # Errors
    /// See [`TicksError`]: then nothing was taken in, or it is not known.
    pub async fn take_ticks(
        &self,
        feed: Arc<str>,
        sent: &[SentTick],
    ) -> Result<FeedReport, TicksError> {
        let instruments = self.desk.instruments();
        let mut ticks = Vec::with_capacity(sent.len());
        for (index, tick) in sent.iter().enumerate() {
            let symbol = tick.symbol.parse().ok();
            if let Some(instrument) = symbol.and_then(|symbol| instruments.get(symbol)) {
                ticks.push(tick.of(instrument, index)?);
            }
        }
        let unknown = u64::try_from(sent.len() - ticks.len()).unwrap_or(0);
        metrics::counter!("touchstone_desk_ticks_unknown_total").increment(unknown);
        let mut report = self.desk.feed(feed, ticks).await?;
        report.unknown += unknown;
        Ok(report)
    }

    /// How the feeds and the desk stand, for staff.
    ///
    /// # Errors
    /// See [`FeedsError`].
    pub async fn feeds(&self, caller: StaffCaller) -> Result<FeedsView, FeedsError> {
        let now = self.now();
        self.store
            .read(move |tx| require_live_staff(tx, &caller, Permission::ViewFeeds, now))
            .await?;
        Ok(self.desk.feeds(caller.brand_id).await?)
    }
}

impl SentTick {
    fn of(&self, instrument: &Instrument, index: usize) -> Result<Tick, TicksError> {
        let price = |name, text: &str| {
            instrument.price(text).map_err(|fault| TicksError::Price {
                index,
                name,
                symbol: instrument.symbol,
                fault,
            })
        };
        Ok(Tick {
            symbol: instrument.symbol,
            bid: price("bid", &self.bid)?,
            ask: price("ask", &self.ask)?,
            fed_at: self.fed_at,
            sequence: self.sequence,
        })
    }
}
