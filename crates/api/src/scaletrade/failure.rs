//! What can go wrong in any use case, in ScaleTrade's words.

use super::error::{ApiError, Code};
use touchstone_app::purchase::{QueryError, SaleError};

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
