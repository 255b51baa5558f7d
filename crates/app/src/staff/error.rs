//! What can keep somebody from changing the staff.

use crate::identity::{HashingError, PasswordError, SessionError};
use touchstone_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such person of the firm")]
    NotFound,
    /// Unknown, another brand's, or outside of the caller's view scope.
    #[error("there is no such customer")]
    NoCustomer,
    #[error("a person of the firm has this e-mail already")]
    EmailTaken,
    /// Nobody raises himself, and nobody locks himself out.
    #[error("your own role, view scope and access are changed by somebody else")]
    Oneself,
    #[error("this is the last owner who can sign in")]
    LastOwner,
    /// The person, as he is or as he would be, may do something that the caller may not.
    #[error("the role may do more than you may")]
    AboveYou,
    #[error("an owner sees every customer")]
    OwnerSeesAll,
    /// Who looks after customers must be able to sign in.
    #[error("the person is disabled")]
    Disabled,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<HashingError> for StaffError {
    fn from(error: HashingError) -> Self {
        Self::Password(error.into())
    }
}
