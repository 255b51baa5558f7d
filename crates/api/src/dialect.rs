//! Which of the two documents a path belongs to, and the answers that depend on nothing else.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use touchstone_app::{
    StoreError,
    identity::{HashingError, SessionError},
    purchase::{QueryError, SaleError},
};
use touchstone_domain::access::Permission;

use crate::{limits, scaletrade, slate};

/// The published API a request speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    ScaleTrade,
    Slate,
}

/// Where ScaleTrade's endpoints stand. Everything else is answered as Slate would.
const SCALETRADE_ROOTS: [&str; 6] = [
    "/prop/programs",
    "/prop/manage",
    "/prop/challenge",
    "/prop/challenges",
    "/prop/purchases",
    "/customer",
];

impl Dialect {
    #[must_use]
    pub fn of(path: &str) -> Self {
        let is_scaletrade = SCALETRADE_ROOTS.iter().any(|root| {
            path.strip_prefix(root)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if is_scaletrade {
            Self::ScaleTrade
        } else {
            Self::Slate
        }
    }
}

/// A refusal that does not depend on the resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No such path.
    NotFound,
    MethodNotAllowed,
    /// No valid token.
    Unauthorized,
    /// A valid token of the wrong kind; the text says which one is wanted.
    WrongKind(&'static str),
    /// A person of the firm whose role, or a token whose scopes, do not allow this.
    NotPermitted(Permission),
    /// An account whose owner still has to set his own password.
    PasswordChangeWanted,
    /// A person of a firm whose staff need a second factor, and who has none yet.
    FactorWanted,
    RateLimited {
        retry_after: Duration,
    },
    Internal,
    Unavailable {
        retry_after: Duration,
    },
}

impl Refusal {
    /// Too many wrong codes of a second factor.
    pub(crate) fn code_too_soon(wait_seconds: i64) -> Self {
        let seconds = u64::try_from(wait_seconds).unwrap_or(0);
        Self::RateLimited {
            retry_after: Duration::from_secs(seconds),
        }
    }

    #[must_use]
    pub fn in_dialect(self, dialect: Dialect) -> Response {
        match dialect {
            Dialect::ScaleTrade => scaletrade::error::ApiError::from(self).into_response(),
            Dialect::Slate => slate::error::ApiError::from(self).into_response(),
        }
    }
}

impl From<StoreError> for Refusal {
    /// What may pass by itself is worth a repeat; anything else is a bug, and told to the log alone.
    fn from(error: StoreError) -> Self {
        if error.is_passing() {
            tracing::warn!(%error, "the store could not answer");
            return Self::Unavailable {
                retry_after: limits::UNAVAILABLE_RETRY_AFTER,
            };
        }
        tracing::error!(%error, "the store failed");
        Self::Internal
    }
}

impl From<SessionError> for Refusal {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Ended => Self::Unauthorized,
            SessionError::PasswordChangeWanted => Self::PasswordChangeWanted,
            SessionError::FactorWanted => Self::FactorWanted,
            SessionError::PersonWanted => Self::WrongKind("This needs the session of a person"),
            SessionError::NotPermitted(permission) => Self::NotPermitted(permission),
            SessionError::Store(error) => error.into(),
        }
    }
}

impl From<HashingError> for Refusal {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::Unavailable {
                retry_after: limits::UNAVAILABLE_RETRY_AFTER,
            },
            HashingError::Failed => Self::Internal,
        }
    }
}

impl From<SaleError> for Refusal {
    fn from(error: SaleError) -> Self {
        match error {
            SaleError::Store(error) => error.into(),
            other => {
                tracing::error!(error = %other, "a purchase broke a rule of the house");
                Self::Internal
            }
        }
    }
}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Session(error) => error.into(),
            QueryError::NotFound => Self::NotFound,
            QueryError::Store(error) => error.into(),
        }
    }
}

macro_rules! in_words_of {
    ($dialect:ident, $unauthorized:ident) => {
        impl From<Refusal> for $dialect::error::ApiError {
            fn from(refusal: Refusal) -> Self {
                use $dialect::error::Code;
                match refusal {
                    Refusal::NotFound => Code::NotFound.into(),
                    Refusal::MethodNotAllowed => Code::MethodNotAllowed.into(),
                    Refusal::Unauthorized => Code::$unauthorized.into(),
                    Refusal::PasswordChangeWanted => Code::PasswordChangeRequired.into(),
                    Refusal::FactorWanted => Code::TotpEnrollmentRequired.into(),
                    Refusal::WrongKind(wanted) => Self::new(Code::Forbidden, wanted),
                    Refusal::NotPermitted(permission) => Self::new(
                        Code::Forbidden,
                        format!("This needs the permission `{}`", permission.name()),
                    ),
                    Refusal::RateLimited { retry_after } => {
                        Self::from(Code::RateLimited).retry_after(retry_after)
                    }
                    Refusal::Internal => Code::InternalError.into(),
                    Refusal::Unavailable { retry_after } => {
                        Self::from(Code::Unavailable).retry_after(retry_after)
                    }
                }
            }
        }

        told_by_refusal!($dialect: StoreError, SessionError, HashingError, SaleError, QueryError);
    };
}

/// Errors of use cases that say nothing about the resource.
macro_rules! told_by_refusal {
    ($dialect:ident: $($error:ty),+) => {$(
        impl From<$error> for $dialect::error::ApiError {
            fn from(error: $error) -> Self {
                Refusal::from(error).into()
            }
        }
    )+};
}

in_words_of!(scaletrade, InvalidCustomerSession);
in_words_of!(slate, Unauthorized);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_passwords_is_worth_a_repeat() {
        let answer = Refusal::from(HashingError::Busy).in_dialect(Dialect::Slate);
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.headers()["retry-after"], "1");
        assert_eq!(Refusal::from(HashingError::Failed), Refusal::Internal);
    }

    #[test]
    fn trouble_that_passes_is_worth_a_repeat_and_a_bug_is_not() {
        for error in [
            StoreError::Overloaded,
            StoreError::Contended,
            StoreError::OutcomeUnknown,
        ] {
            let answer = Refusal::from(error).in_dialect(Dialect::Slate);
            assert_eq!(answer.status(), 503);
            assert_eq!(answer.headers()["retry-after"], "1");
        }
        let duplicate = StoreError::Duplicate {
            constraint: "customer.email".to_owned(),
        };
        assert_eq!(Refusal::from(duplicate), Refusal::Internal);
        assert_eq!(Refusal::from(SessionError::Ended), Refusal::Unauthorized);
    }
}
