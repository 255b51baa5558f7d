//! What people can ask of a firm that holds data about them: all of it as one document, and that it be erased. The books
//! stay whole: what is erased is who somebody was, not what was bought, traded and paid (ADR 0024).

pub(crate) use export::ExportPlace;

mod erase;
mod export;

pub use erase::{EraseError, EraseOwn, Erased};
pub use export::{
    AccountExport, ChallengeExport, CustomerExport, EXPORTS_AN_HOUR, ExportError, HISTORY_MAX,
    LIST_MAX, Part,
};
pub use touchstone_store::repo::exports::{Accepted, Change, KycMessage, Mailed, SignIn};
