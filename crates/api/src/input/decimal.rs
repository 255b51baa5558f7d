//! A decimal number as it was sent.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{AnyOfBuilder, Object, ObjectBuilder, Schema, Type},
    },
};

use super::error::{Broken, Rule};

/// The name under which our readers hand over the digits of a number.
pub(super) const DIGITS: &str = "$touchstone::digits";

/// More digits than any amount of money has.
const LENGTH_MAX: usize = 40;

/// Of one that is sent as text.
const PATTERN: &str = r"^-?[0-9]+(\.[0-9]+)?$";

/// The digits of a decimal number, sent as a number or as text: `-12.50`. No exponent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(String);

impl Decimal {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(DIGITS, Digits)
    }
}

struct Digits;

impl Visitor<'_> for Digits {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Decimal, E> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let is_digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if text.len() <= LENGTH_MAX && is_digits(whole) && is_digits(fraction) {
            return Ok(Decimal(text.to_owned()));
        }
        Err(E::custom(Broken {
            rule: Rule::Decimal,
            message: "Input should be a valid decimal".to_owned(),
        }))
    }
}

impl PartialSchema for Decimal {
    fn schema() -> RefOr<Schema> {
        AnyOfBuilder::new()
            .item(Object::with_type(Type::Number))
            .item(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some(PATTERN))
                    .max_length(Some(LENGTH_MAX)),
            )
            .into()
    }
}

impl ToSchema for Decimal {}
