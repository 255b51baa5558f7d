//! What may not stand in a source file. Words are put together here, so that this file breaks no rule itself.

use crate::tree;

/// The rooms where money and verdicts are decided and kept.
const BELOW_APP: [&str; 4] = [
    "crates/domain/src",
    "crates/rules/src",
    "crates/store/src",
    "crates/trading/src",
];
const OURS: [&str; 2] = ["crates", "xtask"];
const LONGEST_FILE_LINES: usize = 600;

fn refuse(lines: &[String], why: &str) {
    assert!(lines.is_empty(), "{why}:\n{}", lines.join("\n"));
}

#[test]
fn no_float_below_app() {
    let lines = tree::rust_lines(&BELOW_APP, names_a_float);
    refuse(
        &lines,
        "money is i64 minor units: a float rounds it in ways no ledger can explain",
    );
}

/// `f64`, `as_f64` and `1.5f64`, but not the hexadecimal `0xf64`.
fn names_a_float(line: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let number = word.trim_end_matches("f32").trim_end_matches("f64");
        number.len() < word.len() && number.chars().all(|c| c.is_ascii_digit())
    })
}

#[test]
fn floats_are_found_in_every_form() {
    let check = |line: &str, expect: bool| assert_eq!(names_a_float(line), expect, "{line}");
    check("let x: f64 = y;", true);
    check("value.as_f64()", true);
    check("let x = 2f32;", true);
    check("let x = 0.5_f64;", true);
    check("const MAGIC: u32 = 0xf64;", false);
    check("let half64 = i64::MAX;", false);
}

/// The rooms that hold what was typed in and what is handed out.
const ABOVE_STORE: [&str; 2] = ["crates/app/src", "crates/api/src"];

#[test]
fn nothing_that_holds_a_secret_can_be_printed() {
    let lines: Vec<String> = tree::files(&ABOVE_STORE)
        .into_iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .flat_map(|(path, text)| {
            let told = printable_secrets(&text).into_iter();
            told.map(|line| format!("{path}: {line}"))
                .collect::<Vec<_>>()
        })
        .collect();
    refuse(
        &lines,
        "one `{:?}` in a log line would show it: leave Debug away, write it by hand, or use SecretString",
    );
}

/// Fields of bare text with the name of a secret, in types that derive Debug.
fn printable_secrets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut derives, mut prints) = (String::new(), false);
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[derive(") {
            derives = line.to_owned();
        } else if line.contains("struct ") && line.ends_with('{') {
            prints = std::mem::take(&mut derives).contains("Debug");
        } else if line == "}" || line.contains("enum ") {
            derives.clear();
            prints = false;
        } else if prints && is_bare_secret(line) {
            found.push(line.to_owned());
        }
    }
    found
}

fn is_bare_secret(line: &str) -> bool {
    let field = line
        .split_once(": ")
        .filter(|_| !line.starts_with("//") && line.ends_with(','));
    field.is_some_and(|(name, kind)| {
        let name = name.rsplit(' ').next().unwrap_or_default();
        let is_secret = name.ends_with("password") || name.ends_with("token");
        is_secret && (kind.contains("String") || kind.contains("Text<")) && !kind.contains("Secret")
    })
}

#[test]
fn printable_secrets_are_found() {
    let check = |text: &str, expect: usize| {
        assert_eq!(printable_secrets(text).len(), expect, "{text}");
    };
    let with = |derive: &str, field: &str| {
        format!("#[derive({derive})]\n#[serde(x)]\npub struct A {{\n    {field}\n}}\n")
    };
    check(
        &with("Clone, Debug", "pub temporary_password: Option<String>,"),
        1,
    );
    check(&with("Debug, Deserialize", "token: Text<1, 256>,"), 1);
    check(&with("Clone", "token: String,"), 0);
    check(&with("Debug", "password: SecretString,"), 0);
    check(&with("Debug", "token_type: &'static str,"), 0);
    let enum_before = with("Debug", "A,").replace("struct", "enum");
    check(
        &(enum_before + "pub struct B {\n    token: String,\n}\n"),
        0,
    );
    check(&with("Debug", "/// Its token: a String,"), 0);
}

#[test]
fn no_clock_id_or_randomness_below_app() {
    let calls = [
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "Uuid::new_v4",
        "Uuid::now_v",
        "rand::",
        "getrandom",
        "OsRng",
        // The databases' own.
        "CURRENT_TIMESTAMP",
        "clock_timestamp(",
        "datetime('now'",
        "gen_random_uuid",
        "RANDOM()",
        "randomblob(",
    ];
    let lines = tree::rust_lines(&BELOW_APP, |line| {
        calls.iter().any(|call| line.contains(call))
    });
    refuse(
        &lines,
        "time, ids and random numbers come in as values, so that a run can be repeated",
    );
}

#[test]
fn nothing_is_left_unfinished() {
    let words = [
        concat!("to", "do!("),
        concat!("unim", "plemented!("),
        concat!("db", "g!("),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
    ];
    let lines = tree::rust_lines(&OURS, |line| words.iter().any(|word| line.contains(word)));
    refuse(
        &lines,
        "finish it, or leave it away: nobody comes back to a note",
    );
}

#[test]
fn no_file_is_too_long_to_be_one_idea() {
    let long: Vec<String> = tree::files(&OURS)
        .into_iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE_LINES)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    refuse(&long, "a file is one idea: split it");
}
