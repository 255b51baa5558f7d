//! The last prices, asked of the desk once for all who watch them.

use crate::limits;
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::time::Instant;
use touchstone_app::App;
use touchstone_app::desk::{DeskError, QuoteView};

/// What the desk said last, for a moment.
#[derive(Clone, Default)]
pub struct QuoteBoard(Arc<Mutex<Option<Kept>>>);

struct Kept {
    at: Instant,
    quotes: Arc<[QuoteView]>,
}

impl QuoteBoard {
    /// Prices that are at most [`limits::QUOTES_KEPT_FOR`] old. Those who come at once wait for one answer.
    ///
    /// # Errors
    /// The desk's.
    pub async fn latest(&self, app: &App) -> Result<Arc<[QuoteView]>, DeskError> {
        let mut kept = self.0.lock().await;
        if let Some(kept) = kept.as_ref()
            && kept.at.elapsed() < limits::QUOTES_KEPT_FOR
        {
            return Ok(kept.quotes.clone());
        }
        let quotes: Arc<[QuoteView]> = app.desk.quotes().await?.into();
        *kept = Some(Kept {
            at: Instant::now(),
            quotes: quotes.clone(),
        });
        Ok(quotes)
    }
}
