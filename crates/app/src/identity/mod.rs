//! Who is asking.

mod caller;
mod ended;
mod forgotten;
mod passwords;
mod refresh;
mod registration;
mod sessions;
mod sign_in;
mod token;
mod who;

pub(crate) use caller::may_be_used;
pub use caller::{
    Credential, CustomerCaller, Pass, SessionError, StaffActor, StaffCaller, StaffPass, bare_pass,
    require_live, require_live_account, require_live_customer, require_live_staff,
    require_own_session, require_person, staff_pass,
};
pub use ended::Forgotten;
pub use passwords::{HashingError, PASSWORD_BYTES_MAX, PASSWORD_CHARACTERS_MIN, PasswordError};
pub(crate) use passwords::{HashingPlaces, hash_password};
pub use registration::{Registration, RegistrationError};
pub use sessions::EndSessionError;
pub(crate) use sign_in::normal_email;
pub use sign_in::{Credentials, CustomerSignedIn, SessionLife, SignInError, Tokens};
pub use token::{AccountCaller, Caller, InvalidToken, issue, verify, verify_until};
pub use touchstone_store::repo::transactions::Deposits;
pub use who::Who;
