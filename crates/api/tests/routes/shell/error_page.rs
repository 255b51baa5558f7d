//! `docs/errors.md` is made from the tables. `UPDATE_TABLES=1` writes it anew.

use std::{env, fmt::Write as _, fs, path::Path};

use axum::http::StatusCode;
use touchstone_api::{scaletrade, slate};

const HEAD: &str = "\
# Error codes

Every code of both dialects. A code is stable, and is always answered with the same status; the text beside it is for people and may change. Made from the tables in `crates/api/src/*/error.rs` by a test: `UPDATE_TABLES=1 cargo test -p touchstone-api` writes it anew.
";

fn table(
    page: &mut String,
    title: &str,
    intro: &str,
    lines: impl Iterator<Item = (&'static str, StatusCode, &'static str)>,
) {
    let _ = write!(
        page,
        "\n## {title}\n{intro}\n\n| Status | Code | When |\n|---|---|---|\n"
    );
    for (code, status, meaning) in lines {
        let _ = writeln!(page, "| {} | `{code}` | {meaning} |", status.as_u16());
    }
}

#[test]
fn the_page_of_errors_is_that_of_the_tables() {
    let mut page = HEAD.to_owned();
    table(
        &mut page,
        "ScaleTrade",
        "`{\"error\": CODE, \"message\": text}`; some codes have further properties beside these.",
        scaletrade::error::Code::ALL
            .iter()
            .map(|c| (c.as_str(), c.status(), c.meaning())),
    );
    table(
        &mut page,
        "Slate",
        "`{\"detail\": text, \"error\": code}`; a 422 has an array of `{loc, msg, type}` in `detail`.",
        slate::error::Code::ALL
            .iter()
            .map(|c| (c.as_str(), c.status(), c.meaning())),
    );
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    if env::var_os("UPDATE_TABLES").is_some() {
        fs::write(&file, &page).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == page,
        "docs/errors.md differs from the tables (UPDATE_TABLES=1 rewrites it)"
    );
}

#[test]
fn no_code_stands_twice_in_a_table() {
    let scaletrade: Vec<&str> = scaletrade::error::Code::ALL
        .iter()
        .map(|c| c.as_str())
        .collect();
    let slate: Vec<&str> = slate::error::Code::ALL.iter().map(|c| c.as_str()).collect();
    for table in [scaletrade, slate] {
        for (index, code) in table.iter().enumerate() {
            assert!(!table[..index].contains(code), "{code}");
        }
    }
}
