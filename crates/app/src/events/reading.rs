//! Reading events from any number on: first what is stored, then what is told. No event is missed between the two, and
//! none comes twice.

use super::hub::{Audience, Subscription, Told};
use super::{find, public};
use crate::App;
use crate::identity::{Caller, SessionError, require_live_customer, staff_pass};
use std::collections::VecDeque;
use std::sync::Arc;
use touchstone_domain::{BrandId, CustomerId, SessionId, UnixMicros};
use touchstone_store::repo::events::Owned;
use touchstone_store::{StoreError, Tx, repo};

/// Events of one read.
const PAGE: u32 = 200;

#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A trading account has a stream of its own.
    #[error("the session of a customer or of a staff member is wanted")]
    Account,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a reader wants of what he hears.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Names of kinds; empty for all.
    pub kinds: Vec<&'static str>,
}

impl Wanted {
    fn has(&self, told: &Told) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&told.kind.name)
    }
}

/// One reader of the outbox.
pub struct EventReader {
    app: App,
    audience: Audience,
    session: Option<SessionId>,
    wanted: Wanted,
    /// Up to there everything was read or told.
    last: i64,
    waiting: VecDeque<Arc<Told>>,
    subscription: Option<Subscription>,
    has_caught_up: bool,
}

impl App {
    /// What a caller hears; it changes with his rights.
    ///
    /// # Errors
    /// See [`ListenError`].
    pub async fn audience(&self, caller: Caller) -> Result<Audience, ListenError> {
        let now = self.now();
        self.store
            .read(move |tx| match &caller {
                Caller::Customer(customer) => {
                    require_live_customer(tx, customer, now)?;
                    Ok(Audience::Customer(customer.brand_id, customer.customer_id))
                }
                Caller::Staff(staff) => {
                    let pass = staff_pass(tx, staff, now)?;
                    Ok(Audience::Staff {
                        brand: pass.brand_id,
                        permissions: pass.permissions,
                        owner: pass.owner(),
                    })
                }
                Caller::Account(_) => Err(ListenError::Account),
            })
            .await
    }

    /// A reader that goes on after the event `last`, or with what happens from now on.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn read_events(
        &self,
        caller: &Caller,
        audience: Audience,
        wanted: Wanted,
        last: Option<i64>,
    ) -> Result<EventReader, StoreError> {
        let newest = self.store.read(|tx| tx.newest_event()).await?;
        Ok(EventReader {
            app: self.clone(),
            audience,
            session: caller.session_id(),
            wanted,
            // A number that is still to come is of a database that was put back: he goes on from now.
            last: last.unwrap_or(newest).min(newest),
            waiting: VecDeque::new(),
            subscription: None,
            has_caught_up: false,
        })
    }

    /// Tells the listeners what has happened since the last time; gives how many events there were.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn tell_events(&self) -> Result<usize, StoreError> {
        let mut count = 0;
        loop {
            let from = self.events.position();
            let read = move |tx: &mut Tx<'_>| repo::events::after(tx, from, PAGE);
            let page = self.store.read(read).await?;
            let Some(last) = page.last().map(|owned| owned.event.seq) else {
                return Ok(count);
            };
            count += page.len();
            for owned in page {
                if let Some(customer) = owned.event.customer_id {
                    self.events.happened_to(CustomerId(customer));
                }
                if let Some(told) = self.told(owned) {
                    self.events.tell(&Arc::new(told));
                }
            }
            self.events.reached(last);
        }
    }

    /// `None` for what is not told to others.
    fn told(&self, owned: Owned) -> Option<Told> {
        Some(Told {
            kind: find(&owned.event.kind)?,
            brand: BrandId(owned.event.brand_id),
            owner: owned.owner,
            event: public(&owned.event, &self.public_ids)?,
        })
    }

    /// Lets go who listens in a session that was ended since `since`.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn end_listeners(&self, since: UnixMicros) -> Result<(), StoreError> {
        let read = move |tx: &mut Tx<'_>| repo::sessions::revoked_since(tx, since);
        for session in self.store.read(read).await? {
            self.events.end(session);
        }
        Ok(())
    }
}

impl EventReader {
    /// The next event that is heard and wanted; `None` for a reader that was too slow or whose
    /// session has ended, who goes on from [`Self::last`].
    /// Nothing is lost when the future is dropped.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn next(&mut self) -> Result<Option<Arc<Told>>, StoreError> {
        loop {
            while let Some(told) = self.waiting.pop_front() {
                if told.event.id <= self.last {
                    continue;
                }
                self.last = told.event.id;
                if self.audience.hears(&told) && self.wanted.has(&told) {
                    return Ok(Some(told));
                }
            }
            if !self.has_caught_up {
                self.catch_up().await?;
                continue;
            }
            let Some(subscription) = &mut self.subscription else {
                return Ok(None);
            };
            match subscription.next().await {
                Some(told) => self.waiting.push_back(told),
                None => return Ok(None),
            }
        }
    }

    /// Up to which event there is nothing more to be told.
    pub const fn last(&self) -> i64 {
        self.last
    }

    /// What is read after the place among the listeners was taken reaches what they are told of.
    async fn catch_up(&mut self) -> Result<(), StoreError> {
        let (from, audience) = (self.last, self.audience);
        let page = self
            .app
            .store
            .read(move |tx| match audience {
                Audience::Customer(_, customer) => {
                    repo::events::of_customer_after(tx, customer, from, PAGE)
                }
                Audience::Staff { .. } => repo::events::after(tx, from, PAGE),
            })
            .await?;
        let is_last = page.len() < PAGE as usize;
        let end = page.last().map(|owned| owned.event.seq);
        let told = page.into_iter().filter_map(|owned| self.app.told(owned));
        self.waiting.extend(told.map(Arc::new));
        if let Some(end) = end.filter(|_| self.waiting.is_empty()) {
            // None of them is told to others.
            self.last = end;
        }
        if is_last {
            self.has_caught_up = self.subscription.is_some();
            if self.subscription.is_none() {
                self.subscription = Some(self.app.events.subscribe(self.audience, self.session));
            }
        }
        Ok(())
    }
}
