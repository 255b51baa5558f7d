//! What can go wrong in any use case, in ScaleTrade's words.

use super::error::{ApiError, Code};
use crate::limits::UNAVAILABLE_RETRY_AFTER;
use touchstone_app::StoreError;
use touchstone_app::identity::SessionError;
use touchstone_app::purchase::{QueryError, SaleError};

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_passing() {
            tracing::warn!(%error, "the store cannot work now");
            return Self::from(Code::Unavailable).retry_after(UNAVAILABLE_RETRY_AFTER);
        }
        tracing::error!(%error, "a use case failed in the store");
        Code::InternalError.into()
    }
}

impl From<SessionError> for ApiError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Ended => Code::InvalidCustomerSession.into(),
            SessionError::Store(error) => error.into(),
        }
    }
}

impl From<SaleError> for ApiError {
    fn from(error: SaleError) -> Self {
        match error {
            SaleError::Store(error) => error.into(),
            other => {
                tracing::error!(error = %other, "a purchase broke a rule of the house");
                Code::InternalError.into()
            }
        }
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Session(error) => error.into(),
            QueryError::NotFound => Code::NotFound.into(),
            QueryError::Store(error) => error.into(),
        }
    }
}
