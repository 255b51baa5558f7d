//! A bounded queue between callers and the threads that serve them.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::StoreError;

pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    limit: usize,
}

struct State<T> {
    waiting: VecDeque<T>,
    /// How many must wait before it is worth waking anyone.
    wanted: usize,
    closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(limit: usize) -> Self {
        Queue {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                wanted: 1,
                closed: false,
            }),
            filled: Condvar::new(),
            limit,
        }
    }

    /// Takes an item in, or refuses it at once.
    pub(crate) fn push(&self, item: T) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.closed {
            return Err(StoreError::Closed);
        }
        if state.waiting.len() >= self.limit {
            return Err(StoreError::Overloaded);
        }
        state.waiting.push_back(item);
        let enough = state.waiting.len() >= state.wanted;
        drop(state);
        if enough {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Waits for items and takes up to `max`. `false`: closed and empty.
    pub(crate) fn wait(&self, max: usize, into: &mut Vec<T>) -> bool {
        let mut state = self.lock();
        while state.waiting.is_empty() {
            if state.closed {
                return false;
            }
            state = self
                .filled
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let taken = max.min(state.waiting.len());
        into.extend(state.waiting.drain(..taken));
        true
    }

    /// Waits until `wanted` items wait, but no longer than `patience`. For a queue with one consumer.
    pub(crate) fn gather(&self, wanted: usize, patience: Duration) {
        let mut state = self.lock();
        state.wanted = wanted;
        let too_few = |state: &mut State<T>| state.waiting.len() < wanted && !state.closed;
        let waited = self.filled.wait_timeout_while(state, patience, too_few);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.wanted = 1;
    }

    /// Waits for one item. `None`: closed and empty.
    pub(crate) fn wait_one(&self) -> Option<T> {
        let mut one = Vec::with_capacity(1);
        self.wait(1, &mut one);
        one.pop()
    }

    /// Refuses new items; what waits is still served.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    fn drained(queue: &Queue<u32>) -> Vec<u32> {
        let mut items = Vec::new();
        queue.wait(100, &mut items);
        items
    }

    #[test]
    fn gathering_ends_when_enough_wait_or_time_is_up_or_it_is_closed() {
        let queue = Queue::new(10);
        queue.push(1).unwrap();
        queue.gather(1, LONG);
        queue.gather(2, Duration::from_millis(1));
        assert_eq!(drained(&queue), [1]);
        std::thread::scope(|scope| {
            scope.spawn(|| (1..=3).for_each(|item| queue.push(item).unwrap()));
            queue.gather(3, LONG);
        });
        assert_eq!(drained(&queue), [1, 2, 3]);
        std::thread::scope(|scope| {
            scope.spawn(|| queue.close());
            queue.gather(3, LONG);
        });
    }

    #[test]
    fn a_limit_refuses_and_closing_leaves_what_waits() {
        let queue = Queue::new(2);
        queue.push(1).unwrap();
        queue.push(2).unwrap();
        assert_eq!(queue.push(3), Err(StoreError::Overloaded));
        queue.close();
        assert_eq!(queue.push(4), Err(StoreError::Closed));
        assert_eq!(drained(&queue), [1, 2]);
        assert_eq!(queue.wait_one(), None);
    }
}
