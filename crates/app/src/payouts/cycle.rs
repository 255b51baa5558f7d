//! Cycles that end by themselves.

use crate::App;
use crate::desk::{CommitError, DeskError, PayoutAsk, rules_of};
use touchstone_domain::payout::Trigger;
use touchstone_domain::{Login, ProgramVersionId, TradingDay, TradingDayError, UnixMicros};
use touchstone_store::repo::{self, payouts};
use touchstone_store::{StoreError, Tx};

/// Cycles that are closed in one go.
const CLOSED_AT_ONCE: i64 = 100;
const SECONDS_PER_DAY: i64 = 86_400;

/// The first end of a cycle after `now`, of cycles of so many calendar days since the activation.
///
/// # Errors
/// An instant outside of the calendar.
pub(crate) fn cycle_after(
    day: &TradingDay,
    activated_at: UnixMicros,
    days: i64,
    now: UnixMicros,
) -> Result<UnixMicros, TradingDayError> {
    let passed_days = now.micros_since(activated_at).max(0) / (SECONDS_PER_DAY * 1_000_000);
    // Days of 23 and 25 hours: begin one cycle early.
    let mut cycle = (passed_days / days - 1).max(0);
    loop {
        cycle += 1;
        let end = day.plus_calendar_days(activated_at, cycle * days)?;
        if end > now {
            return Ok(end);
        }
    }
}

/// Why a cycle could not be begun.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CycleError {
    #[error(transparent)]
    Day(#[from] TradingDayError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CycleError> for CommitError {
    fn from(error: CycleError) -> Self {
        match error {
            CycleError::Day(error) => Self::Day(error),
            CycleError::Store(error) => Self::Store(error),
        }
    }
}

/// Begins the cycles of an account, where its payouts are made by themselves. No add-on changes when they are.
pub(crate) fn begin_cycle(
    tx: &mut Tx<'_>,
    login: Login,
    version: ProgramVersionId,
    phase_index: i64,
    (activated_at, now): (UnixMicros, UnixMicros),
) -> Result<(), CycleError> {
    let rules = rules_of(tx, version, phase_index, &[])?;
    let days = rules.as_ref().and_then(|rules| {
        let payout = rules.payout.as_ref()?;
        Some((payout.cadence.days()?, &rules.trading_day))
    });
    if let Some((days, day)) = days {
        let due_at = cycle_after(day, activated_at, days, now)?;
        payouts::set_cycle(tx, login, due_at)?;
    }
    Ok(())
}

impl App {
    /// Closes the cycles that have ended; answers how many.
    ///
    /// # Errors
    /// The store's.
    pub async fn close_payout_cycles(&self) -> Result<usize, StoreError> {
        if !self.desk.is_running() {
            return Ok(0);
        }
        let now = self.now();
        let due = self
            .store
            .read(move |tx| payouts::due(tx, now, CLOSED_AT_ONCE))
            .await?;
        let mut closed = 0;
        for (login, _) in due {
            let account = self
                .store
                .read(move |tx| repo::accounts::get(tx, login))
                .await?;
            let Some((account, _)) = account else {
                continue;
            };
            let ask = PayoutAsk {
                brand_id: account.brand_id,
                login,
                ask: Some(Trigger::Scheduled),
            };
            match self.desk.payout(ask).await {
                Ok(_) => closed += 1,
                // Its phase is over: no cycle of it ends any more.
                Err(DeskError::NotTraded | DeskError::NotFunded) => {
                    self.store
                        .write(move |tx| payouts::end_cycle(tx, login))
                        .await?;
                }
                Err(error) => {
                    tracing::warn!(login = login.0, %error, "its cycle could not be closed yet");
                    break;
                }
            }
        }
        Ok(closed)
    }
}
