//! Body, path and query of a Slate request. What does not fit is a 422 in the words of pydantic.

use std::borrow::Cow;

use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::{ApiError, Code, Location, ValidationError};
use crate::input::{self, BodyError, InputError, Mismatch, Params};

/// A JSON body. Unknown properties are ignored, but by the bodies that deny them.
#[derive(Debug)]
pub struct SlateJson<T>(pub T);

/// A JSON body that may be left out.
#[derive(Debug)]
pub struct SlateOptionalJson<T>(pub Option<T>);

/// The parameters in the path: a struct, or one value when there is one.
#[derive(Debug)]
pub struct SlatePath<T>(pub T);

/// The parameters of the query. Unknown ones are ignored.
#[derive(Debug)]
pub struct SlateQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for SlateJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        Ok(Self(input::read_json(request, state).await?))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for SlateOptionalJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match input::read_json(request, state).await {
            Ok(body) => Ok(Self(body)),
            Err(BodyError::Empty) => Ok(Self(None)),
            Err(error) => Err(error.into()),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for SlatePath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let raw = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| {
                ApiError::validation(vec![entry(
                    "path",
                    [],
                    "value_error",
                    "Value error, not valid UTF-8",
                )])
            })?;
        Params::collect(raw.iter())
            .read()
            .map(Self)
            .map_err(|error| ApiError::validation(vec![validation_error("path", &error)]))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for SlateQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        input::query(&parts.uri)
            .read()
            .map(Self)
            .map_err(|error| ApiError::validation(vec![validation_error("query", &error)]))
    }
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Empty => {
                Self::validation(vec![entry("body", [], "missing", "Field required")])
            }
            BodyError::MediaType => Code::UnsupportedMediaType.into(),
            BodyError::TooLarge => Self::new(Code::PayloadTooLarge, input::too_large_message()),
            BodyError::TimedOut => Code::RequestTimeout.into(),
            BodyError::Broken => Self::validation(vec![entry(
                "body",
                [],
                "json_invalid",
                "The body could not be read to its end",
            )]),
            BodyError::Syntax { reason, offset } => Self::validation(vec![entry(
                "body",
                [Location::Index(offset)],
                "json_invalid",
                &format!("JSON decode error: {reason}"),
            )]),
            BodyError::Input(error) => Self::validation(vec![validation_error("body", &error)]),
        }
    }
}

fn entry(
    place: &str,
    path: impl IntoIterator<Item = Location>,
    kind: &str,
    message: &str,
) -> ValidationError {
    ValidationError {
        loc: std::iter::once(Location::Name(place.to_owned()))
            .chain(path)
            .collect(),
        msg: message.to_owned(),
        r#type: kind.to_owned(),
        ctx: None,
    }
}

fn validation_error(place: &str, error: &InputError) -> ValidationError {
    let (kind, message) = wording(&error.mismatch);
    entry(
        place,
        error.path().cloned().map(Location::from),
        kind,
        &message,
    )
}

/// pydantic's `type` and `msg`.
fn wording(mismatch: &Mismatch) -> (&'static str, Cow<'static, str>) {
    match mismatch {
        Mismatch::Missing => ("missing", "Field required".into()),
        Mismatch::Unknown => ("extra_forbidden", "Extra inputs are not permitted".into()),
        Mismatch::Doubled => (
            "value_error",
            "Value error, the field is there more than once".into(),
        ),
        Mismatch::Integer => ("int_type", "Input should be a valid integer".into()),
        Mismatch::IntegerText => (
            "int_parsing",
            "Input should be a valid integer, unable to parse string as an integer".into(),
        ),
        Mismatch::IntegerFraction => (
            "int_from_float",
            "Input should be a valid integer, got a number with a fractional part".into(),
        ),
        Mismatch::IntegerSize => (
            "int_parsing_size",
            "Unable to parse input string as an integer, exceeded maximum size".into(),
        ),
        Mismatch::Number => ("float_type", "Input should be a valid number".into()),
        Mismatch::NumberText => (
            "float_parsing",
            "Input should be a valid number, unable to parse string as a number".into(),
        ),
        Mismatch::Decimal => (
            "decimal_type",
            "Decimal input should be an integer, float, string or Decimal object".into(),
        ),
        Mismatch::Text => ("string_type", "Input should be a valid string".into()),
        Mismatch::NulCharacter => (
            "value_error",
            "Value error, null characters are not allowed".into(),
        ),
        Mismatch::Boolean => ("bool_type", "Input should be a valid boolean".into()),
        Mismatch::BooleanText => (
            "bool_parsing",
            "Input should be a valid boolean, unable to interpret input".into(),
        ),
        Mismatch::List => ("list_type", "Input should be a valid list".into()),
        Mismatch::Object => (
            "model_attributes_type",
            "Input should be a valid dictionary or object to extract fields from".into(),
        ),
        Mismatch::Uuid(reason) => (
            "uuid_parsing",
            format!("Input should be a valid UUID, {reason}").into(),
        ),
        Mismatch::OneOf(expected) => (
            "enum",
            format!("Input should be {}", alternatives(expected)).into(),
        ),
        Mismatch::Rule(rule, sentence) => (rule.as_str(), sentence.clone().into()),
    }
}

/// `'a', 'b' or 'c'`
fn alternatives(expected: &[&str]) -> String {
    let quoted: Vec<String> = expected.iter().map(|text| format!("'{text}'")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
