//! So many requests a minute for each API token, by the limit that it was given.

use super::allowance::{Allowance, Standing};
use super::clock::LimiterClock;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use touchstone_domain::ApiTokenId;

/// Different limits that are remembered; a firm that gives each of its tokens another one stays far below.
const LIMITS_MAX: usize = 1_000;
/// Tokens that are remembered for each limit.
const TOKENS_MAX: usize = 10_000;

/// An allowance for each limit that tokens have: a limit that is changed begins anew.
pub(super) struct TokenAllowances {
    clock: LimiterClock,
    by_limit: Mutex<HashMap<NonZeroU32, Allowance<ApiTokenId>>>,
}

impl TokenAllowances {
    pub(super) fn new(clock: LimiterClock) -> Self {
        Self {
            clock,
            by_limit: Mutex::default(),
        }
    }

    pub(super) fn count(&self, id: ApiTokenId, per_minute: NonZeroU32) -> Standing {
        let mut by_limit = self.by_limit.lock().unwrap_or_else(PoisonError::into_inner);
        if by_limit.len() >= LIMITS_MAX && !by_limit.contains_key(&per_minute) {
            by_limit.clear();
        }
        let new = || Allowance::new(per_minute, TOKENS_MAX, self.clock.clone());
        by_limit.entry(per_minute).or_insert_with(new).count(id)
    }
}
