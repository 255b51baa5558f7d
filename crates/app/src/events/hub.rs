//! Who listens on this server. The outbox is read once for all of them, and each is given what he hears; whoever has not
//! taken in what was given to him before is let go, so that nobody waits for him.

use super::bell::Rings;
use super::{Kind, PublicEvent};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use touchstone_domain::access::Permissions;
use touchstone_domain::{BrandId, CustomerId, SessionId, StaffId};

/// Events that wait for one listener. Whoever is further behind reads them from the store again.
pub const BUFFER: usize = 256;

/// An event on its way to listeners.
#[derive(Debug)]
pub struct Told {
    pub event: PublicEvent,
    pub kind: &'static Kind,
    pub brand: BrandId,
    /// Who of the firm looks after the customer.
    pub owner: Option<StaffId>,
}

/// Whose events are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Customer(BrandId, CustomerId),
    Staff {
        brand: BrandId,
        permissions: Permissions,
        /// Only those of customers that he looks after.
        owner: Option<StaffId>,
    },
}

impl Audience {
    pub fn hears(&self, told: &Told) -> bool {
        match *self {
            Self::Customer(brand, customer) => {
                told.kind.is_for_customer
                    && told.brand == brand
                    && told.event.customer_id == Some(customer.0)
            }
            Self::Staff {
                brand,
                permissions,
                owner,
            } => {
                told.brand == brand
                    && permissions.has(told.kind.permission)
                    && (owner.is_none() || owner == told.owner)
            }
        }
    }
}

#[derive(Debug)]
struct Listener {
    number: u64,
    audience: Audience,
    sender: mpsc::Sender<Arc<Told>>,
}

#[derive(Debug, Default)]
pub(super) struct Listeners {
    customers: HashMap<CustomerId, Vec<Listener>>,
    staff: HashMap<BrandId, Vec<Listener>>,
    sessions: HashMap<SessionId, Vec<(Audience, u64)>>,
    pub(super) happened: Rings<CustomerId>,
    pub(super) ended: Rings<SessionId>,
}

/// The listeners of one server.
#[derive(Clone, Debug, Default)]
pub struct Hub(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    listeners: Mutex<Listeners>,
    next: AtomicU64,
    /// Up to which event the listeners were told.
    position: AtomicI64,
}

/// A place among the listeners; it is given back when this is dropped.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    number: u64,
    audience: Audience,
    session: Option<SessionId>,
    receiver: mpsc::Receiver<Arc<Told>>,
}

impl Subscription {
    /// The next event; `None` for whoever was too slow, or whose session has ended.
    pub async fn next(&mut self) -> Option<Arc<Told>> {
        self.receiver.recv().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut listeners = self.hub.listeners();
        listeners.leave(self.audience, self.number);
        if let Some(session) = self.session
            && let Some(of_session) = listeners.sessions.get_mut(&session)
        {
            of_session.retain(|(_, number)| *number != self.number);
            if of_session.is_empty() {
                listeners.sessions.remove(&session);
            }
        }
    }
}

impl Hub {
    /// One that begins after an event.
    pub(crate) fn after(position: i64) -> Self {
        let hub = Self::default();
        hub.0.position.store(position, Ordering::Release);
        hub
    }

    pub(super) fn position(&self) -> i64 {
        self.0.position.load(Ordering::Acquire)
    }

    /// From now on every event that is told is heard.
    pub fn subscribe(&self, audience: Audience, session: Option<SessionId>) -> Subscription {
        let (sender, receiver) = mpsc::channel(BUFFER);
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let listener = Listener {
            number,
            audience,
            sender,
        };
        let mut listeners = self.listeners();
        match audience {
            Audience::Customer(_, customer) => {
                listeners
                    .customers
                    .entry(customer)
                    .or_default()
                    .push(listener);
            }
            Audience::Staff { brand, .. } => {
                listeners.staff.entry(brand).or_default().push(listener);
            }
        }
        if let Some(session) = session {
            let of_session = listeners.sessions.entry(session).or_default();
            of_session.push((audience, number));
        }
        Subscription {
            hub: self.clone(),
            number,
            audience,
            session,
            receiver,
        }
    }

    /// Tells an event to whoever hears it.
    pub(super) fn tell(&self, told: &Arc<Told>) {
        let mut listeners = self.listeners();
        if let Some(customer) = told.event.customer_id.map(CustomerId) {
            give(&mut listeners.customers, customer, told);
        }
        give(&mut listeners.staff, told.brand, told);
    }

    /// Something has happened to him, of which nobody may be told.
    pub(super) fn happened_to(&self, customer: CustomerId) {
        self.listeners().happened.ring(&customer);
    }

    /// Lets go who listens in a session that has ended.
    pub(super) fn end(&self, session: SessionId) {
        let mut listeners = self.listeners();
        listeners.ended.ring(&session);
        for (audience, number) in listeners.sessions.remove(&session).unwrap_or_default() {
            listeners.leave(audience, number);
        }
    }

    /// Everything up to there was told.
    pub(super) fn reached(&self, position: i64) {
        self.0.position.store(position, Ordering::Release);
    }

    /// How many listen.
    pub fn len(&self) -> usize {
        let listeners = self.listeners();
        let customers = listeners.customers.values().map(Vec::len);
        customers.sum::<usize>() + listeners.staff.values().map(Vec::len).sum::<usize>()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.0
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listeners {
    fn leave(&mut self, audience: Audience, number: u64) {
        match audience {
            Audience::Customer(_, customer) => leave(&mut self.customers, customer, number),
            Audience::Staff { brand, .. } => leave(&mut self.staff, brand, number),
        }
    }
}

fn give<K: Eq + Hash>(all: &mut HashMap<K, Vec<Listener>>, key: K, told: &Arc<Told>) {
    let Some(listening) = all.get_mut(&key) else {
        return;
    };
    listening.retain(|one| !one.audience.hears(told) || one.sender.try_send(told.clone()).is_ok());
    if listening.is_empty() {
        all.remove(&key);
    }
}

fn leave<K: Eq + Hash>(all: &mut HashMap<K, Vec<Listener>>, key: K, number: u64) {
    if let Some(listening) = all.get_mut(&key) {
        listening.retain(|one| one.number != number);
        if listening.is_empty() {
            all.remove(&key);
        }
    }
}
