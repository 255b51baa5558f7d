//! `touchstone programs`

use crate::support::{run, text};

#[test]
fn lists_and_shows_every_ready_made_program() {
    let folder = tempfile::tempdir().unwrap();
    let listed = run(folder.path(), &["programs", "list"]);
    assert!(listed.status.success());
    let listed = text(&listed.stdout);
    let codes: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split_once(' ').map(|(code, _)| code))
        .filter(|code| !code.is_empty())
        .collect();
    let wanted = [
        "two-step-static",
        "one-step-end-of-day",
        "intraday-trailing",
        "instant-funding",
    ];
    assert_eq!(codes, wanted);
    for code in codes {
        let shown = run(folder.path(), &["programs", "show", code]);
        let file = text(&shown.stdout);
        assert!(file.contains("[[brands.programs]]"), "{file}");
        let told = run(folder.path(), &["programs", "show", code, "--text"]);
        let told = text(&told.stdout);
        assert!(
            told.contains("- Maximum loss: ") && told.contains("- https://"),
            "{told}"
        );
    }
    let unknown = run(folder.path(), &["programs", "show", "three-step"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("there are two-step-static, "));
}

#[test]
fn a_ready_made_program_is_applied_once_and_off_sale() {
    let folder = tempfile::tempdir().unwrap();
    let database = "sqlite:a.db";
    let migrated = run(folder.path(), &["migrate", "--database", database]);
    assert!(migrated.status.success());
    let apply = |code: &str, more: &[&str]| {
        let mut args = vec![
            "programs",
            "apply",
            code,
            "--brand",
            "mine",
            "--database",
            database,
        ];
        args.extend(more);
        run(folder.path(), &args)
    };
    let planned = apply("two-step-static", &["--plan"]);
    assert!(planned.status.success(), "{}", text(&planned.stderr));
    let plan = text(&planned.stdout);
    assert!(plan.contains("+ create brand \"mine\""), "{plan}");
    assert!(plan.contains("status: disabled"), "{plan}");
    assert!(!plan.contains("warning"), "{plan}");
    assert!(plan.contains("nothing was changed"), "{plan}");

    let applied = apply("two-step-static", &["--yes"]);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    let again = apply("two-step-static", &[]);
    assert!(text(&again.stdout).contains("0 to create, 0 to update"));
    // Another one finds brand and groups as they are.
    let other = apply("instant-funding", &["--yes"]);
    let told = text(&other.stdout);
    assert!(told.contains("1 to create, 0 to update"), "{told}");
}
