//! Makes and changes programs, for both dialects: each change of what is promised is a new version; who has bought
//! keeps his.

use super::{FieldFault, Template, TemplateChange};
use crate::App;
use crate::firm::presets;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_domain::program::{Program, ProgramStatus, ProgramVersion, Terms};
use touchstone_domain::{
    Currency, EntityKind, Group, Money, ProgramId, ProgramVersionId, UnixMicros,
};
use touchstone_store::repo::{self, audit::AuditRow, counters};
use touchstone_store::{StoreError, Tx};

/// Why a program was not made or changed; `F` is how the dialect tells a fault.
#[derive(Debug, thiserror::Error)]
pub enum EditError<F: std::fmt::Debug> {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such program")]
    NotFound,
    #[error("the program is a seed and read-only: clone it and change the clone")]
    ReadOnly,
    #[error("the program was changed meanwhile: its version is {current}")]
    VersionConflict { current: i64 },
    #[error("there is no such preset")]
    NoPreset,
    #[error("the program cannot be so")]
    Faults(Vec<F>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub type TemplateError = EditError<FieldFault>;

/// What can change of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub status: ProgramStatus,
    pub sort_index: i64,
    pub terms: Terms,
}

impl Draft {
    fn of(program: &Program) -> Self {
        Self {
            status: program.status,
            sort_index: program.sort_index,
            terms: program.current.terms.clone(),
        }
    }

    /// Itself, if it can be saved after `before`. What is not on sale and promises nothing else is not looked at again.
    ///
    /// # Errors
    /// Everything that is wrong with its terms.
    pub(super) fn settled<F: From<touchstone_domain::program::TermsFault>>(
        mut self,
        before: &Self,
        groups: &[Group],
    ) -> Result<Self, Vec<F>> {
        if self.terms != before.terms {
            self.terms.conduct.settle();
            // Add-ons stand in the firm file. One that changes nothing any more is no longer offered.
            self.terms.drop_idle_addons();
        } else if self.status != ProgramStatus::Active {
            return Ok(self);
        }
        let on_sale = self.status == ProgramStatus::Active;
        let faults = self.terms.faults(groups, on_sale);
        match faults.is_empty() {
            true => Ok(self),
            false => Err(faults.into_iter().map(F::from).collect()),
        }
    }
}

/// What a new program begins from, before anything is said of it.
#[derive(Clone, Debug, Default)]
pub struct Beginning {
    /// A ready-made program.
    pub preset: Option<String>,
    /// Of the price; otherwise the preset's.
    pub currency: Option<Currency>,
}

impl Beginning {
    fn draft<F: std::fmt::Debug>(
        &self,
        programs: &[Program],
        groups: &[Group],
    ) -> Result<Draft, EditError<F>> {
        let terms = match &self.preset {
            None => {
                let currency = self.currency.unwrap_or(Currency::USD);
                Terms::blank(String::new(), Money::zero(currency))
            }
            Some(code) => {
                let preset = presets::find(code).ok_or(EditError::NoPreset)?;
                preset.terms_in(groups).ok_or(EditError::NoPreset)?
            }
        };
        let last = programs.iter().map(|program| program.sort_index).max();
        Ok(Draft {
            status: ProgramStatus::Disabled,
            sort_index: last.unwrap_or(0).saturating_add(1),
            terms,
        })
    }
}

/// How an edit makes the next draft of the one before it.
pub(super) trait Edit: Clone + Send + Sync + 'static {
    type Fault: From<touchstone_domain::program::TermsFault> + std::fmt::Debug + Send + 'static;

    /// # Errors
    /// Everything that is wrong.
    fn apply(self, before: &Draft, groups: &[Group]) -> Result<Draft, Vec<Self::Fault>>;
}

impl Edit for TemplateChange {
    type Fault = FieldFault;

    fn apply(self, before: &Draft, groups: &[Group]) -> Result<Draft, Vec<FieldFault>> {
        Self::apply(self, before, groups)
    }
}

impl App {
    /// Changes a template. Where the terms become others they are a new version; a change that
    /// changes nothing writes nothing. `version` is the one that the change was made for.
    ///
    /// # Errors
    /// See [`EditError`]; nothing was changed.
    pub async fn change_template(
        &self,
        caller: StaffCaller,
        id: ProgramId,
        version: Option<i64>,
        change: TemplateChange,
    ) -> Result<Template, TemplateError> {
        self.edit_program(caller, id, version, change, "template.update")
            .await
    }

    /// Makes a template, not on sale where nothing else is said.
    ///
    /// # Errors
    /// See [`EditError`]; nothing was made.
    pub async fn create_template(
        &self,
        caller: StaffCaller,
        beginning: Beginning,
        change: TemplateChange,
    ) -> Result<Template, TemplateError> {
        self.make_program(caller, beginning, change, "template.create")
            .await
    }

    /// What [`App::create_template`] or [`App::change_template`] would make, unsaved.
    ///
    /// # Errors
    /// See [`EditError`].
    pub async fn validate_template(
        &self,
        caller: StaffCaller,
        id: Option<ProgramId>,
        beginning: Beginning,
        change: TemplateChange,
    ) -> Result<Draft, TemplateError> {
        self.try_program(caller, id, beginning, change).await
    }

    pub(super) async fn edit_program<E: Edit>(
        &self,
        caller: StaffCaller,
        id: ProgramId,
        version: Option<i64>,
        edit: E,
        action: &'static str,
    ) -> Result<Template, EditError<E::Fault>> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditPrograms, now)?;
                let before =
                    repo::programs::lock(tx, caller.brand_id, id)?.ok_or(EditError::NotFound)?;
                if before.is_seed {
                    return Err(EditError::ReadOnly);
                }
                let current = before.current.number;
                if version.is_some_and(|version| version != current) {
                    return Err(EditError::VersionConflict { current });
                }
                let groups = repo::groups::of_brand(tx, caller.brand_id)?;
                let draft = edit.clone().apply(&Draft::of(&before), &groups);
                let draft = draft.map_err(EditError::Faults)?;
                let version_is_new = draft.terms != before.current.terms;
                let mut program = before.clone();
                program.status = draft.status;
                program.sort_index = draft.sort_index;
                if version_is_new {
                    program.current = ProgramVersion {
                        id: ProgramVersionId(tx.next_id(counters::PROGRAM_VERSION)?),
                        program_id: id,
                        number: current + 1,
                        terms: draft.terms,
                    };
                }
                if program != before {
                    program.updated_at = now;
                    repo::programs::update(tx, &program, version_is_new)?;
                    audit(tx, &caller, action, Some(&before), &program, "", now)?;
                }
                Ok(Template {
                    program,
                    groups: groups.into(),
                })
            })
            .await
    }

    pub(super) async fn make_program<E: Edit>(
        &self,
        caller: StaffCaller,
        beginning: Beginning,
        edit: E,
        action: &'static str,
    ) -> Result<Template, EditError<E::Fault>> {
        let now = self.now();
        let created_by = self.staff_uuid(&caller);
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditPrograms, now)?;
                let groups = repo::groups::of_brand(tx, caller.brand_id)?;
                let programs = repo::programs::of_brand(tx, caller.brand_id)?;
                let draft = new_draft(&beginning, edit.clone(), &programs, &groups)?;
                let id = ProgramId(tx.next_id(counters::PROGRAM)?);
                let program = Program {
                    id,
                    brand_id: caller.brand_id,
                    status: draft.status,
                    sort_index: draft.sort_index,
                    is_seed: false,
                    current: ProgramVersion {
                        id: ProgramVersionId(tx.next_id(counters::PROGRAM_VERSION)?),
                        program_id: id,
                        number: 1,
                        terms: draft.terms,
                    },
                    created_by: created_by.clone(),
                    created_at: now,
                    updated_at: now,
                };
                repo::programs::insert(tx, &program)?;
                let note = beginning.preset.as_deref().unwrap_or_default();
                audit(tx, &caller, action, None, &program, note, now)?;
                Ok(Template {
                    program,
                    groups: groups.into(),
                })
            })
            .await
    }

    pub(super) async fn try_program<E: Edit>(
        &self,
        caller: StaffCaller,
        id: Option<ProgramId>,
        beginning: Beginning,
        edit: E,
    ) -> Result<Draft, EditError<E::Fault>> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewPrograms, now)?;
                let groups = repo::groups::of_brand(tx, caller.brand_id)?;
                let Some(id) = id else {
                    let programs = repo::programs::of_brand(tx, caller.brand_id)?;
                    return new_draft(&beginning, edit.clone(), &programs, &groups);
                };
                let program =
                    repo::programs::get(tx, caller.brand_id, id)?.ok_or(EditError::NotFound)?;
                let before = Draft::of(&program);
                edit.clone()
                    .apply(&before, &groups)
                    .map_err(EditError::Faults)
            })
            .await
    }

    fn staff_uuid(&self, caller: &StaffCaller) -> String {
        let uuid = self.public_ids.uuid(EntityKind::Staff, caller.staff_id.0);
        uuid.to_string()
    }

    /// A template of its own with everything that the other one has, under another name.
    ///
    /// # Errors
    /// See [`EditError`]; nothing was changed.
    pub async fn clone_template(
        &self,
        caller: StaffCaller,
        id: ProgramId,
        name: String,
    ) -> Result<Template, TemplateError> {
        let now = self.now();
        let created_by = self.staff_uuid(&caller);
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditPrograms, now)?;
                let original =
                    repo::programs::get(tx, caller.brand_id, id)?.ok_or(EditError::NotFound)?;
                let groups = repo::groups::of_brand(tx, caller.brand_id)?;
                let mut program = original;
                program.id = ProgramId(tx.next_id(counters::PROGRAM)?);
                program.is_seed = false;
                program.created_by.clone_from(&created_by);
                program.created_at = now;
                program.updated_at = now;
                program.current.id = ProgramVersionId(tx.next_id(counters::PROGRAM_VERSION)?);
                program.current.program_id = program.id;
                program.current.number = 1;
                program.current.terms.rename(&name);
                program.current.terms.conduct.settle();
                let on_sale = program.status == ProgramStatus::Active;
                let faults = program.current.terms.faults(&groups, on_sale);
                if !faults.is_empty() {
                    return Err(EditError::Faults(
                        faults.into_iter().map(FieldFault::from).collect(),
                    ));
                }
                repo::programs::insert(tx, &program)?;
                let note = format!("clone of program {id}");
                audit(tx, &caller, "template.clone", None, &program, &note, now)?;
                Ok(Template {
                    program,
                    groups: groups.into(),
                })
            })
            .await
    }
}

fn new_draft<E: Edit>(
    beginning: &Beginning,
    edit: E,
    programs: &[Program],
    groups: &[Group],
) -> Result<Draft, EditError<E::Fault>> {
    let before = beginning.draft(programs, groups)?;
    let mut draft = edit.apply(&before, groups).map_err(EditError::Faults)?;
    draft.terms.conduct.settle();
    let faults = draft
        .terms
        .faults(groups, draft.status == ProgramStatus::Active);
    match faults.is_empty() {
        true => Ok(draft),
        false => Err(EditError::Faults(
            faults.into_iter().map(E::Fault::from).collect(),
        )),
    }
}

fn audit(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    action: &str,
    before: Option<&Program>,
    after: &Program,
    note: &str,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let before = before.map(picture);
    repo::audit::insert(
        tx,
        &AuditRow {
            before: before.as_deref(),
            after: Some(&picture(after)),
            note,
            ..caller.audited(now, action, ("program", after.id.0))
        },
    )
}

/// What can change of a program, as JSON.
fn picture(program: &Program) -> String {
    let version = &program.current;
    serde_json::json!({
        "status": program.status,
        "sort_index": program.sort_index,
        "version": version.number,
        "terms": version.terms,
    })
    .to_string()
}
