//! Changes templates: each change of what is promised is a new version; who has bought keeps his.

use super::{FieldFault, Template, TemplateChange};
use crate::App;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use touchstone_domain::program::{Program, ProgramStatus, ProgramVersion};
use touchstone_domain::{EntityKind, ProgramId, ProgramVersionId, UnixMicros};
use touchstone_store::repo::{self, audit::AuditRow, counters};
use touchstone_store::{StoreError, Tx};

#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such template")]
    NotFound,
    #[error("the template is a seed and read-only: clone it and change the clone")]
    ReadOnly,
    #[error("the template cannot be changed so")]
    Faults(Vec<FieldFault>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Changes a template. Where the terms become others they are a new version; a change that
    /// changes nothing writes nothing.
    ///
    /// # Errors
    /// See [`TemplateError`]; nothing was changed.
    pub async fn change_template(
        &self,
        caller: StaffCaller,
        id: ProgramId,
        change: TemplateChange,
    ) -> Result<Template, TemplateError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, now)?;
                let before = repo::programs::lock(tx, caller.brand_id, id)?
                    .ok_or(TemplateError::NotFound)?;
                if before.is_seed {
                    return Err(TemplateError::ReadOnly);
                }
                let groups = repo::groups::of_brand(tx, caller.brand_id)?;
                let (status, terms) = change
                    .clone()
                    .apply(&before, &groups)
                    .map_err(TemplateError::Faults)?;
                let version_is_new = terms != before.current.terms;
                let mut program = before.clone();
                program.status = status;
                if version_is_new {
                    program.current = ProgramVersion {
                        id: ProgramVersionId(tx.next_id(counters::PROGRAM_VERSION)?),
                        program_id: id,
                        number: before.current.number + 1,
                        terms,
                    };
                }
                if program != before {
                    program.updated_at = now;
                    repo::programs::update(tx, &program, version_is_new)?;
                    let action = "template.update";
                    audit(tx, &caller, action, Some(&before), &program, "", now)?;
                }
                Ok(Template {
                    program,
                    groups: groups.into(),
                })
            })
            .await
    }

    /// A template of its own with everything that the other one has, under another name.
    ///
    /// # Errors
    /// See [`TemplateError`]; nothing was changed.
    pub async fn clone_template(
        &self,
        caller: StaffCaller,
        id: ProgramId,
        name: String,
    ) -> Result<Template, TemplateError> {
        let now = self.now();
        let created_by = self
            .public_ids
            .uuid(EntityKind::Staff, caller.staff_id.0)
            .to_string();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, now)?;
                let original =
                    repo::programs::get(tx, caller.brand_id, id)?.ok_or(TemplateError::NotFound)?;
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
                    return Err(TemplateError::Faults(
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
            at: now,
            brand_id: caller.brand_id,
            actor_kind: "staff",
            actor_id: caller.staff_id.0,
            action,
            subject_kind: "program",
            subject_id: after.id.0,
            before: before.as_deref(),
            after: Some(&picture(after)),
            note,
        },
    )
}

/// What can change of a program, as JSON.
fn picture(program: &Program) -> String {
    let version = &program.current;
    serde_json::json!({
        "status": program.status,
        "version": version.number,
        "terms": version.terms,
    })
    .to_string()
}
