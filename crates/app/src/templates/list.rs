//! Templates as staff look through them: those that are not on sale too.

use super::Template;
use super::edit::TemplateError;
use crate::App;
use crate::firm::presets::{self, Preset};
use crate::identity::{CustomerCaller, StaffCaller, require_live_customer, require_live_staff};
use std::sync::Arc;
use touchstone_domain::ProgramId;
use touchstone_domain::access::Permission;
use touchstone_domain::program::{Program, ProgramStatus};
use touchstone_store::repo;

#[derive(Clone, Debug, Default)]
pub struct TemplateFilter {
    pub is_active: Option<bool>,
    /// Part of the name, in any case.
    pub text: Option<String>,
    /// Archived ones are left out unless they are asked for.
    pub with_archived: bool,
}

#[derive(Clone, Debug)]
pub struct TemplatePage {
    pub items: Vec<Template>,
    /// How many there are on all pages.
    pub total: usize,
}

impl App {
    /// A page of the brand's templates, in the order in which they are shown to customers.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn templates(
        &self,
        caller: StaffCaller,
        filter: TemplateFilter,
        limit: usize,
        offset: usize,
    ) -> Result<TemplatePage, TemplateError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewPrograms, now)?;
                let groups: Arc<[_]> = repo::groups::of_brand(tx, caller.brand_id)?.into();
                let mut programs = repo::programs::of_brand(tx, caller.brand_id)?;
                programs.retain(|program| filter.admits(program));
                let total = programs.len();
                let page = programs.into_iter().skip(offset).take(limit);
                let items = page
                    .map(|program| Template {
                        program,
                        groups: groups.clone(),
                    })
                    .collect();
                Ok(TemplatePage { items, total })
            })
            .await
    }

    /// What the customer can enrol in, in the order in which it is shown.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn templates_on_sale(
        &self,
        caller: CustomerCaller,
    ) -> Result<Vec<Template>, TemplateError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let groups: Arc<[_]> = repo::groups::of_brand(tx, caller.brand_id)?.into();
                let mut programs = repo::programs::of_brand(tx, caller.brand_id)?;
                programs.retain(|program| program.status == ProgramStatus::Active);
                let with_groups = |program| Template {
                    program,
                    groups: groups.clone(),
                };
                Ok(programs.into_iter().map(with_groups).collect())
            })
            .await
    }

    /// The ready-made programs that a template can begin from.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn program_presets(
        &self,
        caller: StaffCaller,
    ) -> Result<&'static [Preset], TemplateError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewPrograms, now)?;
                Ok(presets::all())
            })
            .await
    }

    /// One template, archived or not.
    ///
    /// # Errors
    /// [`TemplateError::NotFound`] also for another brand's.
    pub async fn template(
        &self,
        caller: StaffCaller,
        id: ProgramId,
    ) -> Result<Template, TemplateError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewPrograms, now)?;
                let program =
                    repo::programs::get(tx, caller.brand_id, id)?.ok_or(TemplateError::NotFound)?;
                Ok(Template {
                    program,
                    groups: repo::groups::of_brand(tx, caller.brand_id)?.into(),
                })
            })
            .await
    }
}

impl TemplateFilter {
    fn admits(&self, program: &Program) -> bool {
        let is_active = program.status == ProgramStatus::Active;
        let has_text = |text: &String| {
            let name = program.current.terms.name.to_lowercase();
            name.contains(&text.to_lowercase())
        };
        (self.with_archived || program.status != ProgramStatus::Archived)
            && self.is_active.is_none_or(|wanted| wanted == is_active)
            && self.text.as_ref().is_none_or(has_text)
    }
}
