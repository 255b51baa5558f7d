//! `POST /prop/news/import`: a calendar from a table, as calendars of news can be downloaded.

use super::error::{ApiError, ValidationError};
use super::extract::SlateQuery;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{self, Segment};
use crate::limits;
use axum::Json;
use axum::extract::{Request, State};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use touchstone_app::news::AddNews;
use touchstone_domain::rule_set::Impact;
use touchstone_domain::{Currency, UnixMicros};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// The zone of times without one, as `America/New_York`; UTC when it is not given.
    time_zone: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct NewsImported {
    added: usize,
    /// Rows that stood in the calendar before.
    known: usize,
    /// Rows of the past, by which nothing can be judged any more.
    past: usize,
}

/// One row as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at: String,
    impact: String,
    #[serde(default)]
    currency: String,
    title: String,
}

/// Import News
///
/// Takes a table in CSV with the columns `at`, `impact`, `currency` and `title` in any order, the first line naming them.
/// `at` is an instant of RFC 3339, or a local time like `2026-05-08 08:30`; `currency` may be empty. Every row is looked
/// at first: with one that is wrong nothing is imported, and each wrong row is named with its line.
#[utoipa::path(
    post,
    path = "/prop/news/import",
    operation_id = "import_news",
    tag = "Prop trading",
    params(ImportQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "Successful Response", body = NewsImported)),
    security(("bearerAuth" = [])),
)]
pub async fn import(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<ImportQuery>,
    request: Request,
) -> Result<Json<NewsImported>, ApiError> {
    let zone = match &query.time_zone {
        None => TimeZone::UTC,
        Some(name) => TimeZone::get(name)
            .map_err(|_| wrong("time_zone", "a name like Europe/Prague is wanted"))?,
    };
    let body = input::read_bytes(request, &state).await?;
    let rows = read(&body, &zone)?;
    let done = state.app.import_news(caller, rows).await?;
    Ok(Json(NewsImported {
        added: done.added,
        known: done.known,
        past: done.past,
    }))
}

fn wrong(place: &str, said: &str) -> ApiError {
    ApiError::invalid_body([Segment::Key(place.to_owned())], said)
}

fn read(body: &[u8], zone: &TimeZone) -> Result<Vec<AddNews>, ApiError> {
    let mut table = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(body);
    let names = table
        .headers()
        .map_err(|error| wrong("line 1", &text_of(&error)))?;
    for name in ["at", "impact", "title"] {
        if names.iter().all(|known| known != name) {
            return Err(wrong("line 1", &format!("a column {name} is wanted")));
        }
    }
    let names = names.clone();
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for row in table.records() {
        if rows.len() + faults.len() == limits::NEWS_IMPORT_MAX {
            let said = format!("at most {} rows at once", limits::NEWS_IMPORT_MAX);
            return Err(wrong("rows", &said));
        }
        // A title of two lines moves what follows it down.
        let place = match &row {
            Ok(row) => row.position(),
            Err(error) => error.position(),
        };
        let place = place.map_or(1, csv::Position::line);
        match row.and_then(|row| row.deserialize::<Line>(Some(&names))) {
            Ok(line) => match one(line, zone) {
                Ok(add) => rows.push(add),
                Err((field, said)) => faults.push(fault(place, field, said)),
            },
            Err(error) => faults.push(fault(place, "row", &text_of(&error))),
        }
    }
    match faults.is_empty() {
        true => Ok(rows),
        false => Err(ApiError::validation(faults)),
    }
}

fn text_of(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        csv::ErrorKind::Utf8 { err, .. } => err.to_string(),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{len} columns, where the first line has {expected_len}"),
        _ => "it cannot be read as CSV".to_owned(),
    }
}

fn fault(line: u64, field: &str, said: &str) -> ValidationError {
    let path = [
        Segment::Key(format!("line {line}")),
        Segment::Key(field.to_owned()),
    ];
    ValidationError::of_body(path, said)
}

fn one(line: Line, zone: &TimeZone) -> Result<AddNews, (&'static str, &'static str)> {
    let impact = match line.impact.to_ascii_lowercase().as_str() {
        "low" => Impact::Low,
        "medium" => Impact::Medium,
        "high" => Impact::High,
        _ => return Err(("impact", "low, medium or high is wanted")),
    };
    let currency = match line.currency.as_str() {
        "" => None,
        code => {
            let code = code.to_ascii_uppercase().parse::<Currency>();
            Some(code.map_err(|_| ("currency", "a code of three letters is wanted"))?)
        }
    };
    if line.title.is_empty() || line.title.chars().count() > limits::NEWS_TITLE_MAX {
        return Err(("title", "1 to 200 characters are wanted"));
    }
    // A quote that is not closed takes the rows that follow into a title.
    if line.title.chars().any(char::is_control) {
        return Err(("title", "one line of text is wanted"));
    }
    let at = instant(&line.at, zone);
    Ok(AddNews {
        at: at.ok_or(("at", "an instant of RFC 3339 or a local time is wanted"))?,
        impact,
        currency,
        title: line.title,
    })
}

/// A local time that does not exist, or exists twice, is none.
fn instant(text: &str, zone: &TimeZone) -> Option<UnixMicros> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(UnixMicros(instant.as_microsecond()));
    }
    let local: DateTime = text.parse().ok()?;
    let zoned = zone.to_ambiguous_zoned(local).unambiguous().ok()?;
    Some(UnixMicros(zoned.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str, zone: &str) -> Option<String> {
        let zone = TimeZone::get(zone).expect("a zone");
        instant(text, &zone).map(UnixMicros::rfc3339)
    }

    #[test]
    fn a_local_time_is_one_instant_or_none() {
        for (text, zone, wanted) in [
            (
                "2026-05-08T12:30:00Z",
                "America/New_York",
                Some("2026-05-08T12:30:00.000000Z"),
            ),
            (
                "2026-05-08 08:30",
                "America/New_York",
                Some("2026-05-08T12:30:00.000000Z"),
            ),
            (
                "2026-12-08 08:30",
                "America/New_York",
                Some("2026-12-08T13:30:00.000000Z"),
            ),
            // The clock jumps over it, and shows it twice.
            ("2026-03-08 02:30", "America/New_York", None),
            ("2026-11-01 01:30", "America/New_York", None),
            ("tomorrow", "UTC", None),
        ] {
            assert_eq!(seconds(text, zone).as_deref(), wanted, "{text} {zone}");
        }
    }
}
