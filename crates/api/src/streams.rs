//! How many streams one person reads at once, and what every stream has around it.

use crate::auth::Person;
use crate::limits;
use axum::http::HeaderValue;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

/// Server-sent events with heartbeats.
pub fn answer(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    use futures_util::StreamExt;
    let alive = KeepAlive::new()
        .interval(limits::STREAM_HEARTBEAT)
        .text("heartbeat");
    let events = events.map(Ok::<_, Infallible>);
    let mut response = Sse::new(events).keep_alive(alive).into_response();
    // A proxy that collects answers would keep them from their reader.
    let headers = response.headers_mut();
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// The streams of one server that are open.
#[derive(Clone, Debug, Default)]
pub struct Streams(Arc<Mutex<HashMap<Person, usize>>>);

/// One open stream; when it is dropped there is room for another.
#[derive(Debug)]
pub struct StreamPlace {
    streams: Streams,
    person: Person,
}

impl Streams {
    /// `None` when the person reads as many as may be.
    pub fn enter(&self, person: Person) -> Option<StreamPlace> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(person).or_default();
        if *count >= limits::STREAMS_PER_PERSON_MAX {
            return None;
        }
        *count += 1;
        Some(StreamPlace {
            streams: self.clone(),
            person,
        })
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut open = self
            .streams
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchstone_domain::{CustomerId, StaffId};

    #[test]
    fn a_person_has_so_many_places_and_gets_them_back() {
        let streams = Streams::default();
        let trader = Person::Customer(CustomerId(1));
        let mut places: Vec<_> = (0..limits::STREAMS_PER_PERSON_MAX)
            .map(|_| streams.enter(trader).expect("a place"))
            .collect();
        assert!(streams.enter(trader).is_none());
        assert!(streams.enter(Person::Staff(StaffId(1))).is_some());
        places.pop();
        assert!(streams.enter(trader).is_some());
        places.clear();
        assert!(streams.0.lock().unwrap().is_empty());
    }
}
