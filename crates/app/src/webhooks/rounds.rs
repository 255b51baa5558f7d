//! What runs by itself: endpoints are told, each at its own pace, and the log is kept short.

use super::WebhookSender;
use super::post::Post;
use crate::App;
use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval, sleep};
use touchstone_domain::WebhookId;
use touchstone_store::{StoreError, repo};

/// How often what is due is looked for when nothing happens.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Looks are so far apart however much happens, or is replayed.
const LOOK_PAUSE: Duration = Duration::from_millis(50);
/// How long the log goes back.
const KEPT_SECONDS: i64 = 30 * 86_400;
/// Deliveries that one commit takes out of it.
const FORGET_LIMIT: i64 = 1_000;

/// Endpoints to which something is being sent.
#[derive(Default)]
struct Running {
    tasks: JoinSet<Result<usize, StoreError>>,
    /// Whom each tells of events, and how it is told that something has become due. Tests are not here.
    of: HashMap<Id, (WebhookId, Arc<Notify>)>,
}

impl App {
    /// Tells endpoints what happens. An endpoint that is slow or fails keeps no other one waiting. It never returns: drop it
    /// to stop. Several servers may run it on one database.
    pub async fn run_webhooks(&self, sender: Arc<dyn WebhookSender>) {
        describe();
        let post = Post::new(&sender);
        let mut events = self.store.subscribe();
        let mut ticks = interval(LOOK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut running, mut goes_on) = (Running::default(), false);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                Ok(()) = events.changed() => {}
                Some(()) = running.ended() => {}
                () = ready(()), if goes_on => {}
            }
            goes_on = match self.look(&mut running, &post).await {
                Ok(goes_on) => goes_on,
                Err(error) => {
                    tracing::warn!(%error, "webhooks could not be looked after");
                    false
                }
            };
            sleep(LOOK_PAUSE).await;
        }
    }

    /// Whether there is something to do at once.
    async fn look(&self, running: &mut Running, post: &Post) -> Result<bool, StoreError> {
        running.take_ended();
        let queued = self.queue_webhooks().await?;
        self.give_up_webhooks().await?;
        let (due, tests) = self.due_webhooks().await?;
        for id in tests {
            let (app, post) = (self.clone(), post.clone());
            let task = async move { app.send_tests_to(id, &post).await };
            running.tasks.spawn(task);
        }
        for id in due {
            if let Some((_, more)) = running.of.values().find(|(running, _)| *running == id) {
                more.notify_one();
                continue;
            }
            let (app, post, more) = (self.clone(), post.clone(), Arc::default());
            let told = (id, Arc::clone(&more));
            let task = running
                .tasks
                .spawn(async move { app.send_webhooks_to(id, &post, &more).await });
            running.of.insert(task.id(), told);
        }
        Ok(queued.goes_on)
    }

    /// Takes what ended long ago out of the log; gives how much.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn forget_webhook_deliveries(&self) -> Result<u64, StoreError> {
        let before = self.now().plus_seconds(-KEPT_SECONDS);
        self.store
            .write(move |tx| repo::webhook_deliveries::forget(tx, before, FORGET_LIMIT))
            .await
    }
}

fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_gauge!(
        "touchstone_webhook_behind_events",
        "Events that were not looked at yet for any endpoint"
    );
    describe_counter!(
        "touchstone_webhook_attempts_total",
        "Attempts to tell an endpoint, by what has come of them"
    );
    describe_histogram!(
        "touchstone_webhook_attempt_seconds",
        Unit::Seconds,
        "Time of one attempt"
    );
    describe_counter!(
        "touchstone_webhook_disabled_total",
        "Endpoints that were switched off by themselves"
    );
}

impl Running {
    /// Waits for one to end; `None` when there is none.
    async fn ended(&mut self) -> Option<()> {
        let ended = self.tasks.join_next_with_id().await?;
        self.forget(ended);
        Some(())
    }

    fn take_ended(&mut self) {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.forget(ended);
        }
    }

    fn forget(&mut self, ended: Result<(Id, Result<usize, StoreError>), JoinError>) {
        let (task, ended) = match ended {
            Ok((task, ended)) => (task, ended),
            Err(error) => {
                tracing::error!(%error, "an endpoint's deliveries were given up");
                (error.id(), Ok(0))
            }
        };
        self.of.remove(&task);
        if let Err(error) = ended {
            tracing::warn!(%error, "a webhook's deliveries could not be made");
        }
    }
}
