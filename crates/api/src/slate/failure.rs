//! What can go wrong in several use cases, in Slate's words.

use super::error::{ApiError, Code};
use touchstone_app::journeys::JourneyError;
use touchstone_app::transactions::TransactionError;
use touchstone_domain::transaction::TransactionEvent;

impl From<TransactionError> for ApiError {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Session(error) => error.into(),
            TransactionError::NotFound => Code::NotFound.into(),
            TransactionError::Refused(refused) => {
                let what = match refused.event {
                    TransactionEvent::Approve => "be approved",
                    TransactionEvent::Decline => "be declined",
                    TransactionEvent::Received { .. } => "take a payment",
                };
                let state = refused.state.name();
                Self::new(
                    Code::StateConflict,
                    format!("A transaction of this type that is {state} cannot {what}"),
                )
            }
            TransactionError::Sale(error) => error.into(),
            broken @ TransactionError::Broken { .. } => {
                tracing::error!(error = %broken, "a transaction broke a rule of the house");
                Code::InternalError.into()
            }
        }
    }
}

impl From<JourneyError> for ApiError {
    fn from(error: JourneyError) -> Self {
        match error {
            JourneyError::Session(error) => error.into(),
            JourneyError::NotFound => Code::NotFound.into(),
            JourneyError::NotPending { status } => Self::new(
                Code::StateConflict,
                format!(
                    "The journey is {status}; only one that is pending_payment can be cancelled"
                ),
            ),
            JourneyError::NotBreached { status } => Self::new(
                Code::StateConflict,
                format!(
                    "The journey is {status}; only one whose newest attempt was breached, and that waits for no reset, can be reset"
                ),
            ),
            JourneyError::CustomerDisabled => Code::CustomerDisabled.into(),
            limit @ JourneyError::TooManyPending { .. } => {
                Self::new(Code::TooManyPendingJourneys, limit.to_string())
            }
            JourneyError::NotDeliverable => Code::TemplateNotDeliverable.into(),
            JourneyError::Transaction(error) => error.into(),
        }
    }
}
