//! Deliveries go out: claimed in one commit, sent outside of any, settled in another.

use super::claim::Claimed;
use super::post::{AT_ONCE, Post};
use super::{Answer, WebhookSender};
use crate::App;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use touchstone_domain::WebhookId;
use touchstone_store::repo::webhooks;
use touchstone_store::{StoreError, Tx};

/// What is under way to one endpoint.
struct Sending {
    tasks: JoinSet<Result<(), StoreError>>,
    /// How many attempts have ended, or what has gone wrong.
    ended: Result<usize, StoreError>,
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            tasks: JoinSet::new(),
            ended: Ok(0),
        }
    }
}

impl Sending {
    /// Waits for one to end; `None` when there is none.
    async fn one_ended(&mut self) -> Option<()> {
        let sent = self.tasks.join_next().await?.unwrap_or(Ok(()));
        match (sent, &mut self.ended) {
            (Ok(()), Ok(attempts)) => *attempts += 1,
            (Err(error), ended @ Ok(_)) => *ended = Err(error),
            (_, Err(_)) => {}
        }
        Some(())
    }
}

impl App {
    /// Sends everything that is due, to each endpoint by itself; gives how many attempts were made.
    ///
    /// # Errors
    /// Only the store's: what an endpoint refuses is tried again later.
    pub async fn send_due_webhooks(
        &self,
        sender: &Arc<dyn WebhookSender>,
    ) -> Result<usize, StoreError> {
        let post = Post::new(sender);
        let (due, tests) = self.due_webhooks().await?;
        let mut sending = JoinSet::new();
        for id in tests {
            let (app, post) = (self.clone(), post.clone());
            sending.spawn(async move { app.send_tests_to(id, &post).await });
        }
        for id in due {
            let (app, post) = (self.clone(), post.clone());
            sending.spawn(async move { app.send_webhooks_to(id, &post, &Notify::new()).await });
        }
        let mut attempts = 0;
        while let Some(sent) = sending.join_next().await {
            attempts += sent.unwrap_or(Ok(0))?;
        }
        Ok(attempts)
    }

    /// Endpoints to which events are due, and those to which tests are.
    pub(super) async fn due_webhooks(
        &self,
    ) -> Result<(Vec<WebhookId>, Vec<WebhookId>), StoreError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                Ok((
                    webhooks::with_due(tx, now)?,
                    webhooks::with_due_tests(tx, now)?,
                ))
            })
            .await
    }

    /// Tells one endpoint what is due until nothing is; gives how many attempts were made. `more` says that something has
    /// become due meanwhile.
    pub(super) async fn send_webhooks_to(
        &self,
        id: WebhookId,
        post: &Post,
        more: &Notify,
    ) -> Result<usize, StoreError> {
        let mut sending = Sending::default();
        let ended = self.keep_sending(id, post, more, &mut sending).await;
        // What is under way is not cut off by what happens beside it.
        while sending.one_ended().await.is_some() {}
        ended?;
        sending.ended
    }

    async fn keep_sending(
        &self,
        id: WebhookId,
        post: &Post,
        more: &Notify,
        sending: &mut Sending,
    ) -> Result<(), StoreError> {
        loop {
            let under_way = sending.tasks.len();
            let places = post.places(AT_ONCE - under_way).await;
            let wanted = places.len();
            let claimed = match wanted {
                0 => Vec::new(),
                _ => {
                    let (app, now) = (self.clone(), self.now());
                    let write =
                        move |tx: &mut Tx<'_>| app.claim_webhooks(tx, id, (wanted, under_way), now);
                    self.store.write(write).await?
                }
            };
            let has_more = wanted > 0 && claimed.len() == wanted;
            for (one, place) in claimed.into_iter().zip(places) {
                let (app, sender) = (self.clone(), Arc::clone(&post.sender));
                sending.tasks.spawn(async move {
                    let sent = app.send_webhook(one, sender.as_ref()).await;
                    drop(place);
                    sent
                });
            }
            if has_more && sending.tasks.len() < AT_ONCE {
                continue;
            }
            tokio::select! {
                ended = sending.one_ended() => match ended {
                    Some(()) => {}
                    None => return Ok(()),
                },
                () = more.notified() => {}
            }
        }
    }

    /// Sends tests that are due to one endpoint, whatever else is under way there.
    pub(super) async fn send_tests_to(
        &self,
        id: WebhookId,
        post: &Post,
    ) -> Result<usize, StoreError> {
        let places = post.places_for_tests();
        if places.is_empty() {
            return Ok(0);
        }
        let (app, now, wanted) = (self.clone(), self.now(), places.len());
        let write = move |tx: &mut Tx<'_>| app.claim_tests(tx, id, wanted, now);
        let mut sending = Sending::default();
        for (one, place) in self.store.write(write).await?.into_iter().zip(places) {
            let (app, sender) = (self.clone(), Arc::clone(&post.sender));
            sending.tasks.spawn(async move {
                let sent = app.send_webhook(one, sender.as_ref()).await;
                drop(place);
                sent
            });
        }
        while sending.one_ended().await.is_some() {}
        sending.ended
    }

    async fn send_webhook(
        &self,
        claimed: Claimed,
        sender: &dyn WebhookSender,
    ) -> Result<(), StoreError> {
        let begun = tokio::time::Instant::now();
        let answer = match self.message(&claimed) {
            Ok(message) => sender.send(&message).await,
            Err(reason) => Answer::Unreachable { reason },
        };
        let outcome = match &answer {
            answer if answer.is_success() => "delivered",
            Answer::Answered { .. } => "refused",
            Answer::Unreachable { .. } => "unreachable",
        };
        metrics::counter!("touchstone_webhook_attempts_total", "outcome" => outcome).increment(1);
        metrics::histogram!("touchstone_webhook_attempt_seconds").record(begun.elapsed());
        let (app, now) = (self.clone(), self.now());
        let chance = self.ports.random.bytes::<1>()[0];
        self.store
            .write(move |tx| app.settle_webhook(tx, &claimed, &answer, chance, now))
            .await
    }
}
