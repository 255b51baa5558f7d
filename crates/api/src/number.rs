//! Decimal numbers on the wire, printed from integers: `499.0`, never a float in between.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use touchstone_domain::basis_points::{format_decimal, percent_of};
use touchstone_domain::conversion::Rate;
use touchstone_domain::{BasisPoints, Money};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// A JSON number with at least one decimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(String);

impl Number {
    /// Major units: 49900 cents are `499.0`.
    pub fn money(money: Money) -> Self {
        Self(money.shortest())
    }

    /// 500 basis points are `5.0`.
    pub fn percent(share: BasisPoints) -> Self {
        Self(share.percent())
    }

    /// 8000 basis points are `0.8`.
    pub fn ratio(share: BasisPoints) -> Self {
        Self(share.ratio())
    }

    /// Hundredths: 1050 are `10.5`.
    pub fn hundredths(value: i64) -> Self {
        Self(format_decimal(value, 2))
    }

    /// How much `part` is of `whole`, in percent with at most four decimals: 4500 of 8000 are `56.25`.
    pub fn percent_of(part: i64, whole: i64) -> Self {
        Self::percent_parts(percent_of(part, whole))
    }

    /// Ten-thousandths of a percent: 45,000 are `4.5`.
    pub fn percent_parts(value: i64) -> Self {
        Self(format_decimal(value, 4))
    }

    /// Units of 10^-`scale`.
    pub fn decimal(value: i64, scale: u32) -> Self {
        Self(format_decimal(value, scale))
    }

    /// So much of one currency for one of another.
    pub fn rate(rate: Rate) -> Self {
        Self(rate.to_string())
    }

    pub fn one() -> Self {
        Self("1.0".to_owned())
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.clone())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl PartialSchema for Number {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
            .into()
    }
}

impl ToSchema for Number {}
