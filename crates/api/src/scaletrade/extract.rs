//! Body, path and query of a ScaleTrade request. What does not fit is `400 INVALID_DATA` and names the field.

use std::borrow::Cow;

use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::{ApiError, Code};
use crate::input::{self, BodyError, InputError, Mismatch, Params, Segment};

/// A JSON body. Unknown properties are ignored.
#[derive(Debug)]
pub struct ScaleJson<T>(pub T);

/// The parameters in the path: a struct, or one value when there is one.
#[derive(Debug)]
pub struct ScalePath<T>(pub T);

/// The parameters of the query. Unknown ones are ignored.
#[derive(Debug)]
pub struct ScaleQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ScaleJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        Ok(Self(input::read_json(request, state).await?))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ScalePath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let raw = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::new(Code::InvalidData, "The path is not valid UTF-8"))?;
        Ok(Self(Params::collect(raw.iter()).read()?))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ScaleQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Ok(Self(input::query(&parts.uri).read()?))
    }
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Empty => Self::new(Code::InvalidJson, "The body is empty; JSON is wanted"),
            BodyError::MediaType => Code::UnsupportedMediaType.into(),
            BodyError::TooLarge => Self::new(Code::PayloadTooLarge, input::too_large_message()),
            BodyError::TimedOut => Code::RequestTimeout.into(),
            BodyError::Broken => {
                Self::new(Code::InvalidJson, "The body could not be read to its end")
            }
            BodyError::Syntax { reason, .. } => {
                Self::new(Code::InvalidJson, format!("The body is not JSON: {reason}"))
            }
            BodyError::Input(error) => error.into(),
        }
    }
}

impl From<InputError> for ApiError {
    fn from(error: InputError) -> Self {
        let field = field_name(&error);
        if field.is_empty() {
            return Self::new(
                Code::InvalidData,
                format!("The body {}", complaint(&error.mismatch)),
            );
        }
        let message = format!("`{field}` {}", complaint(&error.mismatch));
        Self::new(Code::InvalidData, message).with("field", field)
    }
}

/// `steps[0].name`
fn field_name(error: &InputError) -> String {
    let mut name = String::new();
    for segment in error.path() {
        match segment {
            Segment::Key(key) if name.is_empty() => name.push_str(key),
            Segment::Key(key) => {
                name.push('.');
                name.push_str(key);
            }
            Segment::Index(index) => name.push_str(&format!("[{index}]")),
        }
    }
    name
}

fn complaint(mismatch: &Mismatch) -> Cow<'static, str> {
    match mismatch {
        Mismatch::Missing => "is required".into(),
        Mismatch::Unknown => "is no field of this request".into(),
        Mismatch::Doubled => "is there more than once".into(),
        Mismatch::Integer | Mismatch::IntegerText | Mismatch::IntegerFraction => {
            "must be an integer".into()
        }
        Mismatch::IntegerSize => "is out of range".into(),
        Mismatch::Number | Mismatch::NumberText | Mismatch::Decimal => "must be a number".into(),
        Mismatch::Text => "must be a string".into(),
        Mismatch::NulCharacter => "must not contain a null character".into(),
        Mismatch::Boolean | Mismatch::BooleanText => "must be true or false".into(),
        Mismatch::List => "must be a list".into(),
        Mismatch::Object => "must be an object".into(),
        Mismatch::Uuid(reason) => format!("must be a UUID: {reason}").into(),
        Mismatch::OneOf(expected) => format!("must be one of {}", expected.join(", ")).into(),
        Mismatch::Rule(_, sentence) => format!("is invalid: {sentence}").into(),
    }
}
