//! The text of a letter, and what becomes of it.

use super::LetterKind;
use super::facts::Facts;
use minijinja::{Environment, UndefinedBehavior, Value};
use std::collections::BTreeSet;

/// Longest subject and body, as templates and as mails, in characters.
const SUBJECT_MAX: usize = 200;
const BODY_MAX: usize = 20_000;
/// Steps that a template may take: enough for every letter, and not for a loop without end.
const FUEL: u64 = 20_000;

/// Subject and body, as a template or as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub body: String,
}

/// What keeps a text from being a template of a letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    /// With the place in the text.
    #[error("{0}")]
    Syntax(String),
    #[error("there is no {name}; this letter knows {known}")]
    Unknown { name: String, known: String },
    /// What could take a server's memory or stack stands in no letter.
    #[error(
        "`{0}`: in {{{{ }}}} and {{% %}} stand names, texts, comparisons, filters without arguments, and if, elif, else, endif"
    )]
    Language(String),
    #[error("with sample values it comes to nothing")]
    Empty,
    #[error("a subject has one line")]
    Lines,
    #[error("with sample values it is longer than {0} characters")]
    Long(usize),
}

impl LetterKind {
    /// The letter of a brand that has no words of its own.
    pub fn standard_letter(self) -> Letter {
        let text = self.standard();
        let (subject, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let subject = subject.trim().strip_prefix("Subject:").unwrap_or(subject);
        Letter {
            subject: subject.trim().to_owned(),
            body: body.trim_end().to_owned(),
        }
    }
}

impl Letter {
    /// The mail that the template comes to.
    ///
    /// # Errors
    /// Which of the two is wrong, and why.
    pub(super) fn filled(&self, facts: &Facts) -> Result<Self, (&'static str, TemplateFault)> {
        let subject = rendered(&self.subject, facts).and_then(|text| {
            let text = text.trim().to_owned();
            if text.contains(['\n', '\r']) {
                return Err(TemplateFault::Lines);
            }
            sized(text, SUBJECT_MAX)
        });
        let body = rendered(&self.body, facts)
            .and_then(|text| sized(text.trim_end().to_owned(), BODY_MAX));
        Ok(Self {
            subject: subject.map_err(|fault| ("subject", fault))?,
            body: body.map_err(|fault| ("body", fault))?,
        })
    }

    /// What it would be with sample values.
    ///
    /// # Errors
    /// Which of the two is wrong, and why; also what a sample does not reach.
    pub(super) fn checked(&self, kind: LetterKind) -> Result<Self, (&'static str, TemplateFault)> {
        let known = kind.variables();
        names(&self.subject, &known).map_err(|fault| ("subject", fault))?;
        names(&self.body, &known).map_err(|fault| ("body", fault))?;
        self.filled(&Facts::sample(kind))
    }
}

/// Where a tag ends: not within a text in quotes, as the parser sees it.
fn tag_length(tag: &str, end: &str) -> Option<usize> {
    let mut quote = None;
    let mut is_escaped = false;
    for (place, letter) in tag.char_indices() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(_) if letter == '\\' => is_escaped = true,
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None if tag[place..].starts_with(end) => return Some(place),
            None => {}
        }
    }
    None
}

/// Longest text between two braces.
const TAG_MAX: usize = 300;

/// Only what takes a time and a memory that the text's length bounds: no loops, no values of one's own, no calls.
fn plain(text: &str) -> Result<(), TemplateFault> {
    let mut rest = text;
    while let Some((_, tag)) = rest.split_once('{') {
        rest = tag;
        let end = match tag.chars().next() {
            Some('{') => "}}",
            Some('%') => "%}",
            _ => continue,
        };
        let Some(length) = tag_length(&tag[1..], end) else {
            // The parser says where.
            return Ok(());
        };
        let (inside, after) = tag[1..].split_at(length);
        rest = &after[end.len()..];
        let is_statement = end == "%}";
        let inside = inside.trim_matches('-').trim();
        let word = inside.split_whitespace().next().unwrap_or_default();
        let is_known = !is_statement || matches!(word, "if" | "elif" | "else" | "endif");
        let is_calm = !inside.contains(['*', '(', ')', '[', ']', '{', '}', '-', '~', '+']);
        if !is_known || !is_calm || inside.chars().count() > TAG_MAX {
            let shown = inside.chars().take(40).collect();
            return Err(TemplateFault::Language(shown));
        }
    }
    Ok(())
}

fn sized(text: String, most: usize) -> Result<String, TemplateFault> {
    match text.chars().count() {
        0 => Err(TemplateFault::Empty),
        length if length > most => Err(TemplateFault::Long(most)),
        _ => Ok(text),
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    for name in ["namespace", "debug", "range", "dict"] {
        environment.remove_global(name);
    }
    environment
}

fn fault(error: &minijinja::Error) -> TemplateFault {
    let line = error.line().map(|line| format!("line {line}: "));
    let detail = error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned);
    TemplateFault::Syntax(line.unwrap_or_default() + &detail)
}

/// Every name that the template asks for is one that the letter knows, in each of its branches.
fn names(text: &str, known: &[&'static str]) -> Result<(), TemplateFault> {
    plain(text)?;
    let environment = environment();
    let template = environment
        .template_from_str(text)
        .map_err(|error| fault(&error))?;
    let asked: BTreeSet<String> = template.undeclared_variables(false).into_iter().collect();
    let is_global = |name: &str| environment.globals().any(|(global, _)| global == name);
    let mut unknown = asked
        .into_iter()
        .filter(|name| !known.contains(&name.as_str()) && !is_global(name));
    match unknown.next() {
        None => Ok(()),
        Some(name) => Err(TemplateFault::Unknown {
            name,
            known: known.join(", "),
        }),
    }
}

fn rendered(text: &str, facts: &Facts) -> Result<String, TemplateFault> {
    plain(text)?;
    let context = Value::from_pairs(facts.pairs());
    environment()
        .render_str(text, context)
        .map_err(|error| fault(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_standard_letter_is_a_good_template_and_tells_its_reader_something() {
        for kind in LetterKind::ALL {
            let letter = kind.standard_letter();
            let filled = letter
                .checked(kind)
                .unwrap_or_else(|fault| panic!("{kind:?}: {fault:?}"));
            assert!(
                filled.body.starts_with("Hello Alex,"),
                "{kind:?}: {filled:?}"
            );
            assert!(!filled.body.contains("{{"), "{kind:?}: {filled:?}");
            for name in kind.variables() {
                let value = Facts::sample(kind).get(name).map(str::to_owned);
                assert!(
                    value.is_some_and(|value| !value.is_empty()),
                    "{kind:?}: {name}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_template_is_refused_with_its_place() {
        let long = "x".repeat(201);
        let unary = format!("{{{{ {} brand }}}}", "not ".repeat(200));
        for (subject, body, place, said) in [
            ("{{ brand", "x", "subject", "unexpected end"),
            ("x", "{% if x %}", "body", "unexpected end"),
            (
                "x",
                "{{ nonsense }}",
                "body",
                "there is no nonsense; this letter knows brand",
            ),
            (
                "x",
                "{% if status == 'none of it' %}{{ amuont }}{% endif %}y",
                "body",
                "there is no amuont",
            ),
            ("", "x", "subject", "comes to nothing"),
            (
                "x",
                "{% if not brand %}y{% endif %}",
                "body",
                "comes to nothing",
            ),
            ("a\nb", "x", "subject", "one line"),
            (&long, "x", "subject", "longer than 200"),
            (
                "x",
                "{% for n in range(9999) %}{{ brand }}{% endfor %}",
                "body",
                "stand names",
            ),
            ("x", "{% set a = brand %}{{ a }}", "body", "stand names"),
            ("x", "{{ namespace() }}", "body", "stand names"),
            (
                "x",
                "{{ '\"' == \"}}\" or namespace() }}",
                "body",
                "stand names",
            ),
            ("x", "{{ 'x' * 100000000 }}", "body", "stand names"),
            ("x", "{{ ---1 }}y{{ 1 -1 }}", "body", "stand names"),
            ("x", &unary, "body", "stand names"),
            ("x", "{{ brand|nonsense }}", "body", "nonsense"),
            ("x", "{% include 'a' %}", "body", ""),
        ] {
            let letter = Letter {
                subject: subject.to_owned(),
                body: body.to_owned(),
            };
            let (at, fault) = letter.checked(LetterKind::Payout).expect_err(body);
            assert_eq!(at, place, "{subject} {body}: {fault}");
            assert!(
                fault.to_string().contains(said),
                "{subject} {body}: {fault}"
            );
        }
    }
}
