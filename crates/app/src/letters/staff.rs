//! What staff make of the letters of their brand.

use super::{Letter, LetterKind, TemplateFault};
use crate::App;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_domain::{BrandId, StaffId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::letters::{self, LetterRow};
use touchstone_store::{StoreError, Tx, repo};

#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// `at` is `subject` or `body`.
    #[error("{at}: {fault}")]
    Template {
        at: &'static str,
        fault: TemplateFault,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A letter of a brand as it is sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterView {
    pub kind: LetterKind,
    pub letter: Letter,
    /// Whether it is sent at all.
    pub enabled: bool,
    /// `None` for one that nobody has changed.
    pub changed: Option<(StaffId, UnixMicros)>,
}

/// How a letter is to be from now on.
#[derive(Clone, Debug)]
pub struct SetLetter {
    pub kind: LetterKind,
    pub letter: Letter,
    pub enabled: bool,
}

pub(super) fn current(
    tx: &mut Tx<'_>,
    brand: BrandId,
    kind: LetterKind,
) -> Result<LetterView, StoreError> {
    Ok(match letters::get(tx, brand, kind.name())? {
        None => LetterView {
            kind,
            letter: kind.standard_letter(),
            enabled: true,
            changed: None,
        },
        Some(row) => LetterView {
            kind,
            letter: Letter {
                subject: row.subject,
                body: row.body,
            },
            enabled: row.enabled,
            changed: Some((row.updated_by, row.updated_at)),
        },
    })
}

impl App {
    /// Every letter of the caller's brand, as it is sent now.
    ///
    /// # Errors
    /// The session's.
    pub async fn letters(&self, caller: StaffCaller) -> Result<Vec<LetterView>, LetterError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewMail, now)?;
                let all = LetterKind::ALL.into_iter();
                let views = all.map(|kind| current(tx, caller.brand_id, kind));
                Ok(views.collect::<Result<_, StoreError>>()?)
            })
            .await
    }

    /// Words a letter anew, or leaves it unsent. What it is already changes nothing.
    ///
    /// # Errors
    /// [`LetterError::Template`] for what is no template.
    pub async fn set_letter(
        &self,
        caller: StaffCaller,
        set: SetLetter,
    ) -> Result<LetterView, LetterError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditMail, now)?;
                checked(set.kind, &set.letter)?;
                let before = current(tx, caller.brand_id, set.kind)?;
                if before.letter == set.letter && before.enabled == set.enabled {
                    return Ok(before);
                }
                let row = LetterRow {
                    subject: set.letter.subject.clone(),
                    body: set.letter.body.clone(),
                    enabled: set.enabled,
                    updated_by: caller.staff_id,
                    updated_at: now,
                };
                letters::put(tx, caller.brand_id, set.kind.name(), &row)?;
                let after = current(tx, caller.brand_id, set.kind)?;
                write_down(tx, &caller, "letter.set", &before, &after, now)?;
                Ok(after)
            })
            .await
    }

    /// Gives a letter its standard words back.
    ///
    /// # Errors
    /// The session's.
    pub async fn reset_letter(
        &self,
        caller: StaffCaller,
        kind: LetterKind,
    ) -> Result<LetterView, LetterError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditMail, now)?;
                let before = current(tx, caller.brand_id, kind)?;
                if before.changed.is_none() {
                    return Ok(before);
                }
                letters::remove(tx, caller.brand_id, kind.name())?;
                let after = current(tx, caller.brand_id, kind)?;
                write_down(tx, &caller, "letter.reset", &before, &after, now)?;
                Ok(after)
            })
            .await
    }

    /// What a template would come to, with sample values. Nothing is changed or sent.
    ///
    /// # Errors
    /// [`LetterError::Template`] for what is no template.
    pub async fn preview_letter(
        &self,
        caller: StaffCaller,
        kind: LetterKind,
        letter: Letter,
    ) -> Result<Letter, LetterError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewMail, now)?;
                checked(kind, &letter)
            })
            .await
    }
}

fn checked(kind: LetterKind, letter: &Letter) -> Result<Letter, LetterError> {
    letter
        .checked(kind)
        .map_err(|(at, fault)| LetterError::Template { at, fault })
}

fn write_down(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    action: &'static str,
    before: &LetterView,
    after: &LetterView,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let text = |view: &LetterView| {
        serde_json::json!({
            "kind": view.kind.name(),
            "subject": view.letter.subject,
            "body": view.letter.body,
            "enabled": view.enabled,
        })
        .to_string()
    };
    repo::audit::insert(
        tx,
        &AuditRow {
            before: Some(&text(before)),
            after: Some(&text(after)),
            ..caller.audited(now, action, ("brand", caller.brand_id.0))
        },
    )
}
