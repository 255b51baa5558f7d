//! Tells those who remember something of a customer that it may be old.

use super::Hub;
use std::collections::HashMap;
use std::hash::Hash;
use tokio::sync::watch::{Receiver, Sender, channel};
use touchstone_domain::{CustomerId, SessionId};

/// How often something has happened to each that somebody asks after.
#[derive(Debug)]
pub(super) struct Rings<K>(HashMap<K, Sender<u64>>);

impl<K> Default for Rings<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Rings<K> {
    fn hang(&mut self, of: K) -> Receiver<u64> {
        let sender = self.0.entry(of).or_insert_with(|| channel(0).0);
        sender.subscribe()
    }

    pub(super) fn ring(&self, of: &K) {
        if let Some(sender) = self.0.get(of) {
            sender.send_modify(|count| *count += 1);
        }
    }

    /// The last one to listen goes.
    fn take_down(&mut self, of: &K) {
        if self.0.get(of).is_some_and(|one| one.receiver_count() <= 1) {
            self.0.remove(of);
        }
    }
}

/// Rings when something has happened to a customer, and when a session has ended.
#[derive(Debug)]
pub struct Bell {
    hub: Hub,
    customer: (CustomerId, Receiver<u64>),
    session: Option<(SessionId, Receiver<u64>)>,
    heard: u64,
}

impl Hub {
    pub fn hang(&self, customer: CustomerId, session: Option<SessionId>) -> Bell {
        let mut listeners = self.listeners();
        let happened = listeners.happened.hang(customer);
        let ended = session.map(|session| (session, listeners.ended.hang(session)));
        drop(listeners);
        let mut bell = Bell {
            hub: self.clone(),
            customer: (customer, happened),
            session: ended,
            heard: 0,
        };
        bell.heard = bell.rings();
        bell
    }
}

impl Bell {
    /// How often it has rung.
    pub fn rings(&self) -> u64 {
        let of_session = self
            .session
            .as_ref()
            .map_or(0, |(_, ended)| *ended.borrow());
        *self.customer.1.borrow() + of_session
    }

    /// Up to there it was listened to.
    pub fn heard(&mut self, rings: u64) {
        self.heard = rings;
    }

    pub fn has_rung(&self) -> bool {
        self.rings() != self.heard
    }

    /// Waits until it has rung; nothing is lost when the future is dropped.
    pub async fn rung(&mut self) {
        while !self.has_rung() {
            let ended = async {
                match &mut self.session {
                    Some((_, ended)) => ended.changed().await,
                    None => std::future::pending().await,
                }
            };
            // An error is the end of the hub, which lives as long as this.
            let _ = tokio::select! {
                changed = self.customer.1.changed() => changed,
                changed = ended => changed,
            };
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let mut listeners = self.hub.listeners();
        listeners.happened.take_down(&self.customer.0);
        if let Some((session, _)) = &self.session {
            listeners.ended.take_down(session);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn it_rings_for_its_customer_and_its_session_and_is_taken_down_by_the_last() {
        let hub = Hub::default();
        let mut bell = hub.hang(CustomerId(1), Some(SessionId(7)));
        let second = hub.hang(CustomerId(1), None);
        assert!(bell.rung().now_or_never().is_none());
        hub.happened_to(CustomerId(2));
        assert!(!bell.has_rung());
        hub.happened_to(CustomerId(1));
        assert!(bell.rung().now_or_never().is_some() && second.has_rung());
        bell.heard(bell.rings());
        hub.end(SessionId(7));
        assert!(bell.rung().now_or_never().is_some());
        drop(bell);
        assert!(hub.listeners().ended.0.is_empty());
        assert_eq!(hub.listeners().happened.0.len(), 1);
        drop(second);
        assert!(hub.listeners().happened.0.is_empty());
    }
}
