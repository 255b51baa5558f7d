//! Programs: what is promised differently becomes a new version; the rest is changed in place.

use super::decide::{Decider, LATER};
use super::plan::{Action, Change, Field, differences};
use super::standing::StandingBrand;
use super::terms_text::terms_text;
use super::{BrandSpec, ProgramSpec};
use std::collections::BTreeSet;
use touchstone_domain::program::{Program, ProgramStatus, ProgramVersion, Terms};
use touchstone_domain::{BrandId, Group, ProgramId, ProgramVersionId};

/// `groups` are the brand's groups as they will stand.
pub(super) fn decide(
    decider: &mut Decider<'_>,
    is_demo: bool,
    spec: &BrandSpec,
    standing: Option<&StandingBrand>,
    groups: &[Group],
) {
    let old_groups: &[Group] = standing.map_or(&[], |s| &s.groups);
    let programs: &[Program] = standing.map_or(&[], |s| &s.programs);
    let changed = ChangedGroups {
        old: old_groups,
        new: groups,
    };
    let named_by_id: BTreeSet<ProgramId> = spec.programs.iter().filter_map(|p| p.id).collect();
    let mut seen = BTreeSet::new();
    for wanted in &spec.programs {
        let subject = subject(wanted.id, &wanted.terms.name, &spec.name);
        match find(wanted, programs, &named_by_id) {
            Err(message) => decider.fault(wanted.line, subject, message),
            Ok(Some(old)) => {
                seen.insert(old.id);
                keep(decider, &spec.name, wanted, old, groups, &changed);
            }
            Ok(None) => create(decider, is_demo, &spec.name, subject, wanted),
        }
    }
    for old in programs.iter().filter(|p| !seen.contains(&p.id)) {
        leave(decider, spec, old, groups, &changed);
    }
}

fn subject(id: Option<ProgramId>, name: &str, brand: &str) -> String {
    match id {
        Some(id) => format!("program {id} {name:?} of {brand:?}"),
        None => format!("program {name:?} of {brand:?}"),
    }
}

/// By its id where the file gives one, else by its name.
fn find<'a>(
    wanted: &ProgramSpec,
    programs: &'a [Program],
    named_by_id: &BTreeSet<ProgramId>,
) -> Result<Option<&'a Program>, &'static str> {
    if let Some(id) = wanted.id {
        return Ok(programs.iter().find(|p| p.id == id));
    }
    let mut same = programs
        .iter()
        .filter(|p| p.current.terms.name == wanted.terms.name && !named_by_id.contains(&p.id));
    match (same.next(), same.next()) {
        (Some(_), Some(_)) => {
            Err("several programs have this name: say with id which one is meant")
        }
        (found, _) => Ok(found),
    }
}

fn create(
    decider: &mut Decider<'_>,
    is_demo: bool,
    brand: &str,
    subject: String,
    wanted: &ProgramSpec,
) {
    if let Some(id) = wanted.id {
        if decider.standing.program_brands.contains_key(&id) {
            decider.fault(
                wanted.line,
                subject,
                "the id belongs to another brand's program",
            );
            return;
        }
        if !is_demo {
            decider.fault(
                wanted.line,
                subject,
                "there is no program with this id: leave the id away to make one",
            );
            return;
        }
    }
    let program = Program {
        id: ProgramId(0),
        brand_id: BrandId(0),
        status: wanted.status,
        sort_index: wanted.sort_index,
        is_seed: wanted.is_seed,
        current: ProgramVersion {
            id: ProgramVersionId(0),
            program_id: ProgramId(0),
            number: 1,
            terms: wanted.terms.clone(),
        },
        created_by: super::ACTOR.into(),
        created_at: LATER,
        updated_at: LATER,
    };
    let fields = vec![
        Field::new("price", super::decide::money_text(wanted.terms.price)),
        Field::new("steps", wanted.terms.steps.len()),
        Field::new("status", status_name(wanted.status)),
    ];
    let change = Change::NewProgram {
        brand: brand.to_owned(),
        id: wanted.id,
        program: Box::new(program),
    };
    decider
        .plan
        .push(Action::Create, subject, fields, Some(change));
}

/// A program of the file that is there already.
fn keep(
    decider: &mut Decider<'_>,
    brand: &str,
    wanted: &ProgramSpec,
    old: &Program,
    groups: &[Group],
    changed: &ChangedGroups<'_>,
) {
    let mut fields = differences(vec![
        (
            "status",
            status_name(old.status).to_owned(),
            status_name(wanted.status).to_owned(),
        ),
        (
            "sort_index",
            old.sort_index.to_string(),
            wanted.sort_index.to_string(),
        ),
        (
            "is_seed",
            old.is_seed.to_string(),
            wanted.is_seed.to_string(),
        ),
    ]);
    let after = Program {
        status: wanted.status,
        sort_index: wanted.sort_index,
        is_seed: wanted.is_seed,
        ..old.clone()
    };
    let subject = subject(Some(old.id), &wanted.terms.name, brand);
    let promised = promises(old, &wanted.terms, groups, changed);
    let version_is_new = !promised.is_empty();
    fields.extend(promised);
    change(
        decider,
        subject,
        fields,
        old,
        after,
        wanted.terms.clone(),
        version_is_new,
    );
}

/// A program that the file does not name stays, with the deposits that its groups have now.
fn leave(
    decider: &mut Decider<'_>,
    spec: &BrandSpec,
    old: &Program,
    groups: &[Group],
    changed: &ChangedGroups<'_>,
) {
    let subject = subject(Some(old.id), &old.current.terms.name, &spec.name);
    let mut terms = old.current.terms.clone();
    for step in &mut terms.steps {
        if let Some(group) = groups.iter().find(|group| group.name == step.group) {
            step.initial_balance_minor = group.default_deposit_minor;
        }
    }
    let fields = promises(old, &terms, groups, changed);
    if fields.is_empty() {
        decider.plan.left(subject);
        return;
    }
    for fault in terms.faults(groups, old.status == ProgramStatus::Active) {
        let message = format!("{subject}, which is not in the file, would be broken: {fault}");
        let line = spec.groups.first().map_or(1, |group| group.line);
        decider.fault(line, format!("groups of {:?}", spec.name), message);
    }
    change(decider, subject, fields, old, old.clone(), terms, true);
}

fn change(
    decider: &mut Decider<'_>,
    subject: String,
    mut fields: Vec<Field>,
    old: &Program,
    mut after: Program,
    terms: Terms,
    version_is_new: bool,
) {
    if version_is_new {
        after.current = ProgramVersion {
            id: ProgramVersionId(0),
            program_id: old.id,
            number: old.current.number + 1,
            terms,
        };
        let number = |version: &ProgramVersion| version.number.to_string();
        fields.insert(
            0,
            Field {
                name: "version".into(),
                old: Some(number(&old.current)),
                new: number(&after.current),
            },
        );
    }
    let change = Change::Program {
        before: Box::new(old.clone()),
        after: Box::new(after),
        version_is_new,
    };
    decider.update(subject, fields, change);
}

/// Everything that makes a new version: different terms, or different conditions of a group.
fn promises(
    old: &Program,
    terms: &Terms,
    groups: &[Group],
    changed: &ChangedGroups<'_>,
) -> Vec<Field> {
    let mut fields = terms_text(&old.current.terms, groups).changed_to(&terms_text(terms, groups));
    let mut told = BTreeSet::new();
    for step in &terms.steps {
        if let Some((name, old, new)) = changed.leverage(&step.group)
            && told.insert(name)
        {
            fields.push(Field {
                name: format!("leverage of group {name:?}"),
                old: Some(old.to_string()),
                new: new.to_string(),
            });
        }
    }
    fields
}

/// Groups as they stood and as they will stand.
struct ChangedGroups<'a> {
    old: &'a [Group],
    new: &'a [Group],
}

impl<'a> ChangedGroups<'a> {
    fn before(&self, name: &str) -> Option<&'a Group> {
        self.old.iter().find(|old| old.name == name)
    }

    /// Name, old and new leverage. A deposit is told by the terms themselves.
    fn leverage(&self, group: &str) -> Option<(&'a str, i64, i64)> {
        let new = self.new.iter().find(|new| new.name == group)?;
        let old = self.before(group)?;
        (old.leverage != new.leverage).then_some((new.name.as_str(), old.leverage, new.leverage))
    }
}

const fn status_name(status: ProgramStatus) -> &'static str {
    match status {
        ProgramStatus::Active => "active",
        ProgramStatus::Disabled => "disabled",
        ProgramStatus::Archived => "archived",
    }
}
