//! The groups that accounts are opened in, each with its terms and the programs that use it.

use super::edit::TemplateError;
use crate::App;
use crate::desk::group;
use crate::identity::{StaffCaller, require_live_staff};
use std::collections::BTreeMap;
use touchstone_domain::access::Permission;
use touchstone_domain::program::{Program, ProgramStatus};
use touchstone_domain::{Group, GroupId, Symbol};
use touchstone_store::repo;
use touchstone_trading::{GroupTerms, GroupTrading};

#[derive(Clone, Debug)]
pub struct GroupView {
    pub group: Group,
    pub trading: GroupTrading,
    /// What its accounts trade; where the desk could not run it, why not.
    pub terms: Result<GroupTerms, String>,
    /// What it cannot trade.
    pub left_out: Vec<Symbol>,
    /// Those that are not archived and open accounts in it, each with the names of the phases.
    pub programs: Vec<(Program, Vec<String>)>,
}

impl App {
    /// Every group of the brand.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn groups(&self, caller: StaffCaller) -> Result<Vec<GroupView>, TemplateError> {
        let now = self.now();
        let instruments = self.desk.instruments();
        let (groups, tradings, programs) = self
            .store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewPrograms, now)?;
                Ok::<_, TemplateError>((
                    repo::groups::of_brand(tx, caller.brand_id)?,
                    repo::groups::tradings(tx)?,
                    repo::programs::of_brand(tx, caller.brand_id)?,
                ))
            })
            .await?;
        let tradings: BTreeMap<GroupId, String> = tradings.into_iter().collect();
        let view = |one: Group| {
            let read = group::read(tradings.get(&one.id).map(String::as_str));
            let trading = read.as_ref().cloned().unwrap_or_default();
            let terms = match read {
                Ok(trading) => instruments
                    .terms_of(&one, &trading)
                    .map_err(|f| f.to_string()),
                Err(fault) => Err(fault.to_string()),
            };
            let left_out = terms
                .as_ref()
                .map(|terms| terms.left_out(instruments.catalogue()));
            GroupView {
                left_out: left_out.unwrap_or_default(),
                programs: users(&programs, &one.name),
                group: one,
                trading,
                terms,
            }
        };
        Ok(groups.into_iter().map(view).collect())
    }
}

fn users(programs: &[Program], group: &str) -> Vec<(Program, Vec<String>)> {
    let offered = programs.iter();
    let offered = offered.filter(|program| program.status != ProgramStatus::Archived);
    let with_phases = offered.map(|program| {
        let steps = program.current.terms.steps.iter();
        let here = steps.filter(|step| step.group == group);
        (
            program.clone(),
            here.map(|step| step.name.clone()).collect(),
        )
    });
    with_phases
        .filter(|(_, phases): &(_, Vec<String>)| !phases.is_empty())
        .collect()
}
