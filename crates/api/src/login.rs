//! What both dialects do around a password: wait after failures, and count them.

use crate::ApiState;
use crate::dialect::Refusal;
use std::net::IpAddr;
use touchstone_app::identity::SignInError;

/// One attempt to sign in.
pub(crate) struct Attempt<'a> {
    pub brand: &'a str,
    pub name: &'a str,
    pub address: IpAddr,
}

impl ApiState {
    /// Refuses an attempt that comes too soon after others that failed.
    pub(crate) fn admit_login(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        self.rate_limits
            .begin_login(attempt.brand, attempt.name, attempt.address)
            .map_err(|retry_after| Refusal::RateLimited { retry_after })
    }

    /// Remembers how an admitted attempt ended.
    pub(crate) fn note_login<T>(&self, attempt: &Attempt<'_>, outcome: &Result<T, SignInError>) {
        let Attempt {
            brand,
            name,
            address,
        } = *attempt;
        match outcome {
            Ok(_) => self.rate_limits.login_was_right(brand, name, address),
            Err(SignInError::Wrong) => self.rate_limits.login_failed(),
            Err(_) => self.rate_limits.login_was_no_guess(brand, name, address),
        }
    }
}
