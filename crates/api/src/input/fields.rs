//! Types for fields with a rule, so that a handler never sees a value that breaks it.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type},
    },
};

use super::error::{Broken, Rule};

/// For a field that may be left out but not be null: `deserialize_with`, beside `default`.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn broken<E: serde::de::Error>(rule: Rule, message: String) -> E {
    E::custom(Broken { rule, message })
}

/// A positive ScaleTrade id: 1 to `i64::MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Id(i64);

impl Id {
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match i64::deserialize(deserializer)? {
            id @ 1.. => Ok(Self(id)),
            _ => Err(broken(
                Rule::GreaterThan,
                "Input should be greater than 0".to_owned(),
            )),
        }
    }
}

impl PartialSchema for Id {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(1))
            .into()
    }
}

impl ToSchema for Id {}

/// A whole number from `MIN` to `MAX`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Within<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Within<MIN, MAX> {
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Within<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = i64::deserialize(deserializer)?;
        if value < MIN {
            let message = format!("Input should be greater than or equal to {MIN}");
            return Err(broken(Rule::GreaterThanEqual, message));
        }
        if value > MAX {
            let message = format!("Input should be less than or equal to {MAX}");
            return Err(broken(Rule::LessThanEqual, message));
        }
        Ok(Self(value))
    }
}

impl<const MIN: i64, const MAX: i64> PartialSchema for Within<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(MIN))
            .maximum(Some(MAX))
            .into()
    }
}

impl<const MIN: i64, const MAX: i64> ToSchema for Within<MIN, MAX> {}

/// Text of `MIN` to `MAX` characters, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let length = text.chars().count();
        if length < MIN {
            let message = format!("String should have at least {}", characters(MIN));
            return Err(broken(Rule::StringTooShort, message));
        }
        if length > MAX {
            let message = format!("String should have at most {}", characters(MAX));
            return Err(broken(Rule::StringTooLong, message));
        }
        Ok(Self(text))
    }
}

fn characters(count: usize) -> String {
    match count {
        1 => "1 character".to_owned(),
        _ => format!("{count} characters"),
    }
}

impl<const MIN: usize, const MAX: usize> PartialSchema for Text<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length((MIN > 0).then_some(MIN))
            .max_length(Some(MAX))
            .into()
    }
}

impl<const MIN: usize, const MAX: usize> ToSchema for Text<MIN, MAX> {}

/// Why somebody does something, for those who read it later: up to `MAX` characters, and not blanks alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason<const MAX: usize>(Text<1, MAX>);

impl<const MAX: usize> Reason<MAX> {
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    #[must_use]
    pub fn into_string(self) -> String {
        self.0.into_string()
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Reason<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        if text.as_str().trim().is_empty() {
            let message = "String should hold more than blanks".to_owned();
            return Err(broken(Rule::StringTooShort, message));
        }
        Ok(Self(text))
    }
}

impl<const MAX: usize> PartialSchema for Reason<MAX> {
    fn schema() -> RefOr<Schema> {
        Text::<1, MAX>::schema()
    }
}

impl<const MAX: usize> ToSchema for Reason<MAX> {}
