//! What applying a firm file would change, line by line, before anything is changed.

use std::fmt;
use touchstone_domain::conversion::Conversion;
use touchstone_domain::program::{Program, Terms, TermsWarning};
use touchstone_domain::promotion::Promotion;
use touchstone_domain::{Group, Login, Money, ProgramId};
use touchstone_store::Counter;
use touchstone_store::repo::{brands::Brand, customers::Customer, staff::Staff};
use touchstone_trading::GroupTrading;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Update,
    Unchanged,
    /// In the database and not in the file: it stays as it is.
    Left,
}

/// `old` is empty where something is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub old: Option<String>,
    pub new: String,
}

#[derive(Clone, Debug)]
pub struct PlanLine {
    pub action: Action,
    pub subject: String,
    pub fields: Vec<Field>,
    /// What is odd about a program that is made or changed.
    pub warnings: Vec<String>,
    pub(super) change: Option<Change>,
}

/// What carries a line out. Keys that are not known yet are 0.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Setting {
        name: &'static str,
        value: String,
    },
    NewBrand(Brand),
    Brand(Brand),
    /// `None`: the brand converts no more.
    Conversion {
        brand: String,
        conversion: Option<Conversion>,
    },
    NewGroup {
        brand: String,
        group: Group,
        trading: GroupTrading,
    },
    Group {
        group: Group,
        trading: GroupTrading,
    },
    NewStaff {
        brand: String,
        staff: Staff,
    },
    Staff(Staff),
    NewCustomer {
        brand: String,
        customer: Box<Customer>,
    },
    NewAccount {
        brand: String,
        group: String,
        customer: touchstone_domain::CustomerId,
        login: Login,
        opening: Money,
    },
    /// With `id`, or with the next number.
    NewProgram {
        brand: String,
        id: Option<ProgramId>,
        program: Box<Program>,
    },
    Program {
        before: Box<Program>,
        after: Box<Program>,
        version_is_new: bool,
    },
    /// One that stands has its number; the programs are told by name.
    Promotion {
        brand: String,
        promotion: Box<Promotion>,
        programs: Vec<String>,
    },
    NextNumber(Counter, i64),
}

/// The lines in the order in which they are carried out.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub lines: Vec<PlanLine>,
}

impl Plan {
    pub fn changes_nothing(&self) -> bool {
        self.lines.iter().all(|line| line.change.is_none())
    }

    pub fn count(&self, action: Action) -> usize {
        self.lines
            .iter()
            .filter(|line| line.action == action)
            .count()
    }

    /// Both would do the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }

    pub(super) fn push(
        &mut self,
        action: Action,
        subject: String,
        fields: Vec<Field>,
        change: Option<Change>,
    ) {
        let terms = match &change {
            Some(Change::NewProgram { program, .. }) => Some(&program.current.terms),
            Some(Change::Program { after, .. }) => Some(&after.current.terms),
            _ => None,
        };
        let warnings = terms.map(Terms::warnings).unwrap_or_default();
        let warning = |warning: TermsWarning| {
            format!("{}: {} [{}]", warning.place(), warning.text, warning.code)
        };
        self.lines.push(PlanLine {
            action,
            subject,
            fields,
            warnings: warnings.into_iter().map(warning).collect(),
            change,
        });
    }

    pub(super) fn unchanged(&mut self, subject: String) {
        self.push(Action::Unchanged, subject, Vec::new(), None);
    }

    pub(super) fn left(&mut self, subject: String) {
        self.push(Action::Left, subject, Vec::new(), None);
    }
}

impl Field {
    pub(super) fn new(name: &str, value: impl ToString) -> Self {
        Self {
            name: name.to_owned(),
            old: None,
            new: value.to_string(),
        }
    }
}

/// The pairs that differ.
pub(super) fn differences<T: ToString>(pairs: Vec<(&str, T, T)>) -> Vec<Field> {
    pairs
        .into_iter()
        .map(|(name, old, new)| (name, old.to_string(), new.to_string()))
        .filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| Field {
            name: name.to_owned(),
            old: Some(old),
            new,
        })
        .collect()
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            let (mark, note) = match line.action {
                Action::Create => ('+', "create"),
                Action::Update => ('~', "update"),
                Action::Unchanged => ('=', "unchanged"),
                Action::Left => ('.', "not in the file, left alone:"),
            };
            writeln!(f, "{mark} {note} {}", line.subject)?;
            for field in &line.fields {
                match &field.old {
                    Some(old) => writeln!(f, "      {}: {old} -> {}", field.name, field.new)?,
                    None => writeln!(f, "      {}: {}", field.name, field.new)?,
                }
            }
            for warning in &line.warnings {
                writeln!(f, "      warning: {warning}")?;
            }
        }
        write!(
            f,
            "{} to create, {} to update, {} unchanged, {} left alone",
            self.count(Action::Create),
            self.count(Action::Update),
            self.count(Action::Unchanged),
            self.count(Action::Left)
        )
    }
}
