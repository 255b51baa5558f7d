//! What both dialects do around a password: wait after failures, and count them.

use crate::ApiState;
use crate::dialect::Refusal;
use crate::rate_limit::NameKind;
use std::net::IpAddr;
use touchstone_app::identity::SignInError;

/// One attempt to sign in.
pub(crate) struct Attempt<'a> {
    pub kind: NameKind,
    pub name: &'a str,
    pub address: IpAddr,
}

/// What an attempt turned out to be.
#[derive(Clone, Copy)]
pub(crate) enum Guess {
    Right,
    Wrong,
    /// It was not answered, or not for its password.
    None,
}

impl ApiState {
    /// Refuses an attempt that comes too soon after others that failed.
    pub(crate) fn admit_login(&self, attempt: &Attempt<'_>) -> Result<(), Refusal> {
        self.rate_limits
            .begin_login(attempt.kind, attempt.name, attempt.address)
            .map_err(|retry_after| Refusal::RateLimited { retry_after })
    }

    /// Remembers how an admitted attempt ended.
    pub(crate) fn note_login<T>(&self, attempt: &Attempt<'_>, outcome: &Result<T, SignInError>) {
        let guess = match outcome {
            Ok(_) => Guess::Right,
            Err(SignInError::Wrong | SignInError::WrongCode) => Guess::Wrong,
            Err(_) => Guess::None,
        };
        self.note_guess(attempt, guess);
    }

    /// Remembers what an admitted attempt turned out to be.
    pub(crate) fn note_guess(&self, attempt: &Attempt<'_>, guess: Guess) {
        let Attempt {
            kind,
            name,
            address,
        } = *attempt;
        match guess {
            Guess::Right => self.rate_limits.login_was_right(kind, name, address),
            Guess::Wrong => self.rate_limits.login_failed(),
            Guess::None => self.rate_limits.login_was_no_guess(kind, name, address),
        }
    }
}
