//! What runs by itself.

use crate::App;
use crate::mail::Mailer;
use crate::webhooks::WebhookSender;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use touchstone_domain::SessionId;

/// How often purchases that are due at a remote trading server are looked for. The first attempt
/// does not wait for this: the request that begins a purchase drives it.
const DRIVE_INTERVAL: Duration = Duration::from_millis(250);
/// How often add-ons that were paid and are not applied yet are looked for.
const APPLY_INTERVAL: Duration = Duration::from_secs(1);
/// How often what nobody paid is looked for.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);
/// How often a stretch of sessions is looked through for those that ended long ago.
const FORGET_INTERVAL: Duration = Duration::from_secs(60);
/// How often cycles of payouts that have ended, and accounts that have grown, are looked for.
const CYCLE_INTERVAL: Duration = Duration::from_secs(5);
/// How often mail that is due is looked for.
const MAIL_INTERVAL: Duration = Duration::from_secs(1);
/// How often sessions that have ended are looked for, so that their streams end too.
const LISTENERS_INTERVAL: Duration = Duration::from_secs(1);
/// A session may have been ended some time before that could be read.
const LISTENERS_OVERLAP_SECONDS: i64 = 10;
/// The pause after the outbox could not be read.
const TELL_AGAIN: Duration = Duration::from_millis(500);

impl App {
    /// Carries unfinished purchases to their end, also those that a crash left behind, and ends what
    /// nobody paid; closes cycles of payouts, and lets accounts grow; deletes sessions that ended long ago;
    /// sends mail and webhooks. It never returns: drop it to stop. Several servers may run it on one database.
    pub async fn run_chores(
        &self,
        mailer: Option<Arc<dyn Mailer>>,
        webhooks: Option<Arc<dyn WebhookSender>>,
    ) {
        tokio::join!(
            self.drive_forever(),
            self.sweep_forever(),
            self.forget_forever(),
            self.close_cycles_forever(),
            self.answer_resets_forever(),
            self.mail_forever(mailer),
            self.tell_forever(),
            self.end_listeners_forever(),
            self.webhooks_forever(webhooks)
        );
    }

    async fn drive_forever(&self) {
        // Without a remote trading server only add-ons that a request could not wait for are left.
        let every = match self.ports.remote_trading {
            Some(_) => DRIVE_INTERVAL,
            None => APPLY_INTERVAL,
        };
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.drive_due().await {
                tracing::warn!(%error, "purchases that are due could not be driven");
            }
        }
    }

    async fn sweep_forever(&self) {
        let mut ticks = interval(SWEEP_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.sweep_unpaid().await {
                Ok(0) => {}
                Ok(ended) => tracing::info!(ended, "ended what nobody paid"),
                Err(error) => tracing::warn!(%error, "what nobody paid could not be ended"),
            }
        }
    }

    async fn close_cycles_forever(&self) {
        let mut ticks = interval(CYCLE_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.close_payout_cycles().await {
                Ok(0) => {}
                Ok(closed) => tracing::info!(closed, "closed cycles of payouts"),
                Err(error) => tracing::warn!(%error, "cycles of payouts could not be closed"),
            }
            match self.grow_accounts().await {
                Ok(0) => {}
                Ok(grown) => tracing::info!(grown, "accounts have grown"),
                Err(error) => tracing::warn!(%error, "accounts could not grow"),
            }
        }
    }

    async fn forget_forever(&self) {
        let mut ticks = interval(FORGET_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut after = SessionId(0);
        loop {
            ticks.tick().await;
            match self.forget_ended_sessions(after).await {
                Ok(done) => {
                    after = done.next;
                    if done.deleted > 0 {
                        let deleted = done.deleted;
                        tracing::info!(deleted, "deleted sessions that ended long ago");
                    }
                }
                Err(error) => tracing::warn!(%error, "old sessions could not be deleted"),
            }
            if let Err(error) = self.forget_webhook_deliveries().await {
                tracing::warn!(%error, "old deliveries of webhooks could not be deleted");
            }
        }
    }

    async fn answer_resets_forever(&self) {
        let mut ticks = interval(MAIL_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.answer_password_resets().await {
                tracing::warn!(%error, "those who forgot their password could not be answered");
            }
        }
    }

    async fn tell_forever(&self) {
        let mut events = self.store.subscribe();
        loop {
            if let Err(error) = self.tell_events().await {
                tracing::warn!(%error, "listeners could not be told of events");
                tokio::time::sleep(TELL_AGAIN).await;
                continue;
            }
            if events.changed().await.is_err() {
                return;
            }
        }
    }

    async fn end_listeners_forever(&self) {
        let mut ticks = interval(LISTENERS_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut since = self.now();
        loop {
            ticks.tick().await;
            let now = self.now();
            let from = since.plus_seconds(-LISTENERS_OVERLAP_SECONDS);
            match self.end_listeners(from).await {
                Ok(()) => since = now,
                Err(error) => tracing::warn!(%error, "sessions that have ended could not be read"),
            }
        }
    }

    async fn webhooks_forever(&self, sender: Option<Arc<dyn WebhookSender>>) {
        if let Some(sender) = sender {
            self.run_webhooks(sender).await;
        }
    }

    async fn mail_forever(&self, mailer: Option<Arc<dyn Mailer>>) {
        let Some(mailer) = mailer else { return };
        let mut ticks = interval(MAIL_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.write_letters().await {
                tracing::warn!(%error, "letters to customers could not be written");
            }
            if let Err(error) = self.send_due_mail(mailer.as_ref()).await {
                tracing::warn!(%error, "mail that is due could not be sent");
            }
        }
    }
}
