//! What both dialects do around a password: wait after failures, and count them.

use crate::ApiState;
use crate::dialect::Refusal;
use std::net::IpAddr;
use std::time::Duration;
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
        match self
            .rate_limits
            .login_wait(attempt.brand, attempt.name, attempt.address)
        {
            Some(retry_after) if retry_after > Duration::ZERO => {
                Err(Refusal::RateLimited { retry_after })
            }
            _ => Ok(()),
        }
    }

    /// Remembers a failure.
    pub(crate) fn note_login<T>(&self, attempt: &Attempt<'_>, outcome: &Result<T, SignInError>) {
        if let Err(SignInError::Wrong) = outcome {
            self.rate_limits
                .failed_login(attempt.brand, attempt.name, attempt.address);
        }
    }
}
