//! How messages leave, and how many are under way at once.

use super::WebhookSender;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Messages to one endpoint at once; to one that fails, one.
pub(super) const AT_ONCE: usize = 4;
/// Messages to all endpoints together. Whoever waits for a place gets one in his turn.
const AT_ONCE_TO_ALL: usize = 64;
/// Tests have places of their own: somebody looks whether his arrives.
const TESTS_AT_ONCE: usize = 16;

#[derive(Clone)]
pub(super) struct Post {
    pub sender: Arc<dyn WebhookSender>,
    places: Arc<Semaphore>,
    for_tests: Arc<Semaphore>,
}

impl Post {
    pub fn new(sender: &Arc<dyn WebhookSender>) -> Self {
        Self {
            sender: Arc::clone(sender),
            places: Arc::new(Semaphore::new(AT_ONCE_TO_ALL)),
            for_tests: Arc::new(Semaphore::new(TESTS_AT_ONCE)),
        }
    }

    /// Waits for a place, and takes more of them as long as nobody else waits.
    pub async fn places(&self, most: usize) -> Vec<OwnedSemaphorePermit> {
        if most == 0 {
            return Vec::new();
        }
        let first = Arc::clone(&self.places).acquire_owned().await;
        first
            .into_iter()
            .chain(free(&self.places, most - 1))
            .collect()
    }

    /// None while all of them are taken.
    pub fn places_for_tests(&self) -> Vec<OwnedSemaphorePermit> {
        free(&self.for_tests, AT_ONCE).collect()
    }
}

fn free(places: &Arc<Semaphore>, most: usize) -> impl Iterator<Item = OwnedSemaphorePermit> {
    let take = || Arc::clone(places).try_acquire_owned().ok();
    std::iter::from_fn(take).take(most)
}
