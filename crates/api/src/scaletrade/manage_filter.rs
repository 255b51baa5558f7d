//! `POST /prop/manage/programs/filter`: MngGetPropProgramsByFilter over HTTP.

use super::error::{ApiError, Code};
use super::extract::ScaleJson;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::Within;
use crate::limits;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cmp::Ordering;
use touchstone_app::templates::Template;
use touchstone_domain::basis_points::parse_decimal;
use utoipa::ToSchema;

/// Decimals that numbers are compared with.
const SCALE: u32 = 6;

const COLUMNS: [&str; 13] = [
    "id",
    "brand",
    "name",
    "description",
    "price",
    "price_currency",
    "profit_split",
    "status",
    "sort_index",
    "phases_count",
    "version",
    "created_time",
    "updated_time",
];

/// Conditions must all hold. Each begins with a column of `structure`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ProgramFilterRequest {
    #[schema(inline)]
    limit: Within<1, { limits::PROGRAM_ROWS_MAX }>,
    #[schema(inline)]
    offset: Within<0, { limits::OFFSET_MAX }>,
    /// `[column, operator, value]`: =, !=, <, <=, >, >=, or like (with % for any text).
    #[serde(default, rename = "where")]
    wanted: Vec<Vec<Value>>,
    /// As `where`; these must not hold.
    #[serde(default, rename = "whereNot")]
    unwanted: Vec<Vec<Value>>,
    /// `[column, [value, ...]]`
    #[serde(default, rename = "whereIn")]
    within: Vec<Vec<Value>>,
    #[serde(default, rename = "whereNotIn")]
    not_within: Vec<Vec<Value>>,
    /// `[column, [from, to]]`, both included.
    #[serde(default, rename = "whereBetween")]
    between: Vec<Vec<Value>>,
    #[serde(default, rename = "whereNotBetween")]
    not_between: Vec<Vec<Value>>,
    /// `[column, "asc" or "desc"]`
    #[serde(default, rename = "orderBy")]
    order: Vec<Vec<Value>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramTable {
    structure: Vec<&'static str>,
    #[schema(value_type = Vec<Vec<Value>>)]
    rows: Vec<Vec<Cell>>,
    /// How many there are on all pages.
    count: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Cell {
    Whole(i64),
    Decimal(Number),
    Text(String),
}

impl Cell {
    /// Numbers are compared as numbers, texts in any case.
    fn compare(&self, other: &Value) -> Option<Ordering> {
        let text = match other {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        match self {
            Self::Text(own) => Some(own.to_lowercase().cmp(&text.to_lowercase())),
            _ => Some(self.number()?.cmp(&parse_decimal(&text, SCALE)?)),
        }
    }

    fn number(&self) -> Option<i64> {
        match self {
            Self::Whole(whole) => whole.checked_mul(10_i64.pow(SCALE)),
            Self::Decimal(number) => parse_decimal(&serde_json::to_string(number).ok()?, SCALE),
            Self::Text(_) => None,
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
            _ => self.number().cmp(&other.number()),
        }
    }

    fn is_like(&self, pattern: &str) -> bool {
        let Self::Text(text) = self else { return false };
        let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
        let mut parts = pattern.split('%');
        let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
            return false;
        };
        let mut parts: Vec<&str> = parts.collect();
        let Some(last) = parts.pop() else {
            return rest.is_empty();
        };
        for part in parts {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

fn row(brand: &str, template: &Template) -> Vec<Cell> {
    let program = &template.program;
    let terms = &program.current.terms;
    let whole = |count: usize| Cell::Whole(i64::try_from(count).unwrap_or(i64::MAX));
    vec![
        Cell::Whole(program.id.0),
        Cell::Text(brand.to_owned()),
        Cell::Text(terms.name.clone()),
        Cell::Text(terms.description.clone()),
        Cell::Decimal(Number::money(terms.price)),
        Cell::Text(terms.currency().to_string()),
        Cell::Decimal(Number::ratio(terms.profit_split())),
        Cell::Whole(program.status.code()),
        Cell::Whole(program.sort_index),
        whole(terms.steps.len()),
        Cell::Whole(program.current.number),
        Cell::Whole(program.created_at.seconds()),
        Cell::Whole(program.updated_at.seconds()),
    ]
}

/// What a row is asked for.
enum Test {
    Compare(fn(Ordering) -> bool, Value),
    Like(String),
    In(Vec<Value>),
    Between(Value, Value),
}

struct Condition {
    column: usize,
    test: Test,
    holds: bool,
}

impl Condition {
    fn admits(&self, row: &[Cell]) -> bool {
        let cell = &row[self.column];
        let holds = match &self.test {
            Test::Compare(wanted, value) => cell.compare(value).is_some_and(wanted),
            Test::Like(pattern) => cell.is_like(pattern),
            Test::In(values) => values
                .iter()
                .any(|value| cell.compare(value) == Some(Ordering::Equal)),
            Test::Between(from, to) => {
                cell.compare(from).is_some_and(Ordering::is_ge)
                    && cell.compare(to).is_some_and(Ordering::is_le)
            }
        };
        holds == self.holds
    }
}

fn refused(field: &str, place: usize, message: &str) -> ApiError {
    let field = format!("{field}[{place}]");
    ApiError::new(Code::InvalidData, format!("`{field}` {message}")).with("field", field)
}

fn column(field: &str, place: usize, value: Option<&Value>) -> Result<usize, ApiError> {
    let name = value.and_then(Value::as_str);
    let found = COLUMNS.iter().position(|column| Some(*column) == name);
    found.ok_or_else(|| {
        let message = format!("must begin with a column: one of {}", COLUMNS.join(", "));
        refused(field, place, &message)
    })
}

impl ProgramFilterRequest {
    fn conditions(&self) -> Result<Vec<Condition>, ApiError> {
        let mut conditions = Vec::new();
        let lists = [
            ("where", &self.wanted, true),
            ("whereNot", &self.unwanted, false),
            ("whereIn", &self.within, true),
            ("whereNotIn", &self.not_within, false),
            ("whereBetween", &self.between, true),
            ("whereNotBetween", &self.not_between, false),
        ];
        for (field, list, holds) in lists {
            for (place, parts) in list.iter().enumerate() {
                let column = column(field, place, parts.first())?;
                let test = match field {
                    "where" | "whereNot" => comparison(parts),
                    _ => match parts.get(1..) {
                        Some([Value::Array(values)]) if field.ends_with("In") => {
                            Some(Test::In(values.clone()))
                        }
                        Some([Value::Array(ends)]) => match ends.as_slice() {
                            [from, to] => Some(Test::Between(from.clone(), to.clone())),
                            _ => None,
                        },
                        _ => None,
                    },
                };
                let test = test.ok_or_else(|| {
                    let message = match field {
                        "where" | "whereNot" => {
                            "must be [column, operator, value] with =, !=, <, <=, >, >= or like"
                        }
                        "whereIn" | "whereNotIn" => "must be [column, [value, ...]]",
                        _ => "must be [column, [from, to]]",
                    };
                    refused(field, place, message)
                })?;
                conditions.push(Condition {
                    column,
                    test,
                    holds,
                });
            }
        }
        Ok(conditions)
    }

    /// Columns and whether they go down.
    fn orders(&self) -> Result<Vec<(usize, bool)>, ApiError> {
        let order = |(place, parts): (usize, &Vec<Value>)| {
            let column = column("orderBy", place, parts.first())?;
            match parts.get(1).map(Value::as_str) {
                None | Some(Some("asc")) => Ok((column, false)),
                Some(Some("desc")) => Ok((column, true)),
                _ => Err(refused("orderBy", place, "must end with asc or desc")),
            }
        };
        self.order.iter().enumerate().map(order).collect()
    }
}

fn comparison(parts: &[Value]) -> Option<Test> {
    let [_, Value::String(operator), value] = parts else {
        return None;
    };
    let wanted: fn(Ordering) -> bool = match operator.as_str() {
        "=" => Ordering::is_eq,
        "!=" => Ordering::is_ne,
        "<" => Ordering::is_lt,
        "<=" => Ordering::is_le,
        ">" => Ordering::is_gt,
        ">=" => Ordering::is_ge,
        "like" => return Some(Test::Like(value.as_str()?.to_owned())),
        _ => return None,
    };
    let comparable = value.is_number() || value.is_string();
    comparable.then(|| Test::Compare(wanted, value.clone()))
}

/// Get Prop Programs by Filter
///
/// MngGetPropProgramsByFilter: the brand's programs as a table, whatever their status, in the order in which customers
/// see them where `orderBy` says nothing else.
#[utoipa::path(
    post,
    path = "/prop/manage/programs/filter",
    operation_id = "MngGetPropProgramsByFilter",
    tag = "ScaleTrade management",
    request_body = ProgramFilterRequest,
    responses((status = 200, description = "The table", body = ProgramTable)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn filter(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    ScaleJson(body): ScaleJson<ProgramFilterRequest>,
) -> Result<Json<ProgramTable>, ApiError> {
    let (conditions, orders) = (body.conditions()?, body.orders()?);
    let found = state.app.managed_programs(caller, None).await?;
    let rows = found
        .programs
        .iter()
        .map(|program| row(&found.brand, program));
    let mut rows: Vec<_> = rows
        .filter(|row| conditions.iter().all(|condition| condition.admits(row)))
        .collect();
    rows.sort_by(|a, b| {
        let by = |(column, down): &(usize, bool)| {
            let order = a[*column].order(&b[*column]);
            if *down { order.reverse() } else { order }
        };
        orders
            .iter()
            .map(by)
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    let size = |value: i64| usize::try_from(value).unwrap_or(usize::MAX);
    let count = rows.len();
    let rows = rows.into_iter();
    Ok(Json(ProgramTable {
        structure: COLUMNS.to_vec(),
        rows: rows
            .skip(size(body.offset.get()))
            .take(size(body.limit.get()))
            .collect(),
        count,
    }))
}
