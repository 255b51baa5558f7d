//! Which of the two documents a path belongs to, and the answers that depend on nothing else.

use std::time::Duration;

use axum::response::{IntoResponse, Response};

use crate::{scaletrade, slate};

/// The published API a request speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    ScaleTrade,
    Slate,
}

/// Where ScaleTrade's endpoints stand. Everything else is answered as Slate would.
const SCALETRADE_ROOTS: [&str; 5] = [
    "/prop/programs",
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
    RateLimited {
        retry_after: Duration,
    },
    Internal,
    Unavailable {
        retry_after: Duration,
    },
}

impl Refusal {
    #[must_use]
    pub fn in_dialect(self, dialect: Dialect) -> Response {
        match dialect {
            Dialect::ScaleTrade => scaletrade::error::ApiError::from(self).into_response(),
            Dialect::Slate => slate::error::ApiError::from(self).into_response(),
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
                    Refusal::WrongKind(wanted) => Self::new(Code::Forbidden, wanted),
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
    };
}

in_words_of!(scaletrade, InvalidCustomerSession);
in_words_of!(slate, Unauthorized);
