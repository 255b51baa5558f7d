//! Turns what a client sent into wire types, and keeps the place and kind of every mismatch:
//! each dialect words them in its own way.

mod decimal;
mod error;
mod fields;
mod json;
mod params;

pub use decimal::Decimal;
pub use error::{Broken, InputError, Mismatch, Rule, Segment};
pub use fields::{Id, Reason, Text, Within, given};
pub use params::Params;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, Uri, header::CONTENT_TYPE},
};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::limits;

/// Why a request body could not be read.
#[derive(Debug)]
pub enum BodyError {
    /// Nothing was sent where something is wanted.
    Empty,
    /// `Content-Type` does not say JSON.
    MediaType,
    /// More than [`limits::BODY_BYTES_MAX`].
    TooLarge,
    /// The rest did not arrive within [`limits::BODY_READ_TIMEOUT`].
    TimedOut,
    /// The connection broke, or the framing is wrong.
    Broken,
    /// Not JSON: what the parser said, and the offset in characters.
    Syntax { reason: String, offset: usize },
    /// JSON, but not of the type that is wanted.
    Input(InputError),
}

/// Reads and checks a JSON body.
pub async fn read_json<T, S>(request: Request, state: &S) -> Result<T, BodyError>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    let is_json = is_json(request.headers());
    let bytes = read_bytes(request, state).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(BodyError::Empty);
    }
    if !is_json {
        return Err(BodyError::MediaType);
    }
    parse_json(&bytes)
}

/// Reads a body as it was sent.
pub(crate) async fn read_bytes<S>(request: Request, state: &S) -> Result<Bytes, BodyError>
where
    S: Send + Sync,
{
    let reading = Bytes::from_request(request, state);
    tokio::time::timeout(limits::BODY_READ_TIMEOUT, reading)
        .await
        .map_err(|_| BodyError::TimedOut)?
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => BodyError::TooLarge,
            _ => BodyError::Broken,
        })
}

/// Reads `T` from the bytes of a JSON document.
///
/// # Errors
/// Where the syntax or the type is wrong.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BodyError> {
    let syntax = |error: serde_json::Error| BodyError::Syntax {
        offset: character_offset(bytes, error.line(), error.column()),
        reason: error.to_string(),
    };
    // The whole document first, unread parts and escapes too: what follows meets no bad syntax.
    serde_json::from_slice::<serde_json::Value>(bytes).map_err(syntax)?;
    let document: &RawValue = serde_json::from_slice(bytes).map_err(syntax)?;
    T::deserialize(json::Node(document)).map_err(BodyError::Input)
}

/// The parameters of the query, decoded as forms are.
pub(crate) fn query(uri: &Uri) -> Params {
    let raw = uri.query().unwrap_or_default();
    Params::collect(
        form_urlencoded::parse(raw.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned())),
    )
}

/// What a refusal of a large body says.
pub(crate) fn too_large_message() -> String {
    format!(
        "The request body may have at most {} bytes",
        limits::BODY_BYTES_MAX
    )
}

pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(media_type)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else {
        return false;
    };
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// How many characters stand before the given line and column (both counted from 1, in bytes).
fn character_offset(bytes: &[u8], line: usize, column: usize) -> usize {
    let line_start: usize = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    let end = (line_start + column.saturating_sub(1)).min(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).chars().count()
}
