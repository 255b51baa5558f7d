//! Why an input was refused, and where in it.

use std::fmt;

use serde::de::{Expected, Unexpected};

/// One step on the way from the root of an input to the value that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    Key(String),
    Index(usize),
}

/// What is wrong with one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    Missing,
    /// There is no such field, and the body is one that takes no others.
    Unknown,
    /// The field is there more than once.
    Doubled,
    Integer,
    IntegerText,
    IntegerFraction,
    IntegerSize,
    Number,
    NumberText,
    Decimal,
    Text,
    NulCharacter,
    Boolean,
    BooleanText,
    List,
    Object,
    Uuid(String),
    OneOf(&'static [&'static str]),
    /// A rule of a newtype: a kind from [`Rule`] and a sentence.
    Rule(Rule, String),
}

/// The kinds of rule that a newtype can add to a type. Their names are Slate's `type` strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    StringTooShort,
    StringTooLong,
    TooShort,
    TooLong,
    GreaterThan,
    GreaterThanEqual,
    LessThanEqual,
    Decimal,
    Value,
}

impl Rule {
    const ALL: [Self; 9] = [
        Self::StringTooShort,
        Self::StringTooLong,
        Self::TooShort,
        Self::TooLong,
        Self::GreaterThan,
        Self::GreaterThanEqual,
        Self::LessThanEqual,
        Self::Decimal,
        Self::Value,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StringTooShort => "string_too_short",
            Self::StringTooLong => "string_too_long",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::GreaterThan => "greater_than",
            Self::GreaterThanEqual => "greater_than_equal",
            Self::LessThanEqual => "less_than_equal",
            Self::Decimal => "decimal_parsing",
            Self::Value => "value_error",
        }
    }
}

/// A broken rule on its way through [`serde::de::Error::custom`], which takes nothing but text.
#[derive(Debug, Clone)]
pub struct Broken {
    pub rule: Rule,
    pub message: String,
}

/// Stands between the rule and the sentence; no sentence of ours contains it.
const SEPARATOR: char = '\u{1f}';

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{SEPARATOR}{}", self.rule.as_str(), self.message)
    }
}

/// A refused input: the place, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError {
    /// From the innermost segment to the outermost, as the error travels up.
    reversed: Vec<Segment>,
    pub mismatch: Mismatch,
}

impl InputError {
    #[must_use]
    pub fn new(mismatch: Mismatch) -> Self {
        Self {
            reversed: Vec::new(),
            mismatch,
        }
    }

    #[must_use]
    pub fn within(mut self, segment: Segment) -> Self {
        self.reversed.push(segment);
        self
    }

    /// The place, from the root inwards.
    pub fn path(&self) -> impl Iterator<Item = &Segment> {
        self.reversed.iter().rev()
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.mismatch)
    }
}

impl std::error::Error for InputError {}

impl serde::de::Error for InputError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let text = message.to_string();
        if let Some((kind, sentence)) = text.split_once(SEPARATOR)
            && let Some(rule) = Rule::ALL.into_iter().find(|rule| rule.as_str() == kind)
        {
            return Self::new(Mismatch::Rule(rule, sentence.to_owned()));
        }
        match text.strip_prefix("UUID parsing failed: ") {
            Some(reason) => Self::new(Mismatch::Uuid(reason.to_owned())),
            None => Self::new(Mismatch::Rule(Rule::Value, text)),
        }
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match unexpected {
            Unexpected::Signed(_) | Unexpected::Unsigned(_) => Self::new(Mismatch::IntegerSize),
            other => Self::custom(format_args!("invalid value: {other}, expected {expected}")),
        }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Mismatch::Missing).within(Segment::Key(field.to_owned()))
    }

    fn unknown_field(field: &str, _expected: &'static [&'static str]) -> Self {
        Self::new(Mismatch::Unknown).within(Segment::Key(field.to_owned()))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Mismatch::Doubled).within(Segment::Key(field.to_owned()))
    }

    fn unknown_variant(_variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Mismatch::OneOf(expected))
    }
}
