use std::fs;

use crate::support::{run, text};

const FIRM: &str = "[[brands]]\nname = \"my-brand\"\n\n[[brands.groups]]\nname = \"EVAL\"\nmode = \"DEMO\"\ncurrency = \"USD\"\nleverage = 100\ndefault_deposit = \"100000.00\"\n";

#[test]
fn shows_the_plan_and_applies_it_only_when_told_to() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("firm.toml"), FIRM).unwrap();
    assert!(
        run(folder.path(), &["migrate", "--database", "sqlite:a.db"])
            .status
            .success()
    );
    let apply = |more: &[&str]| {
        let mut args = vec!["apply", "firm.toml", "--database", "sqlite:a.db"];
        args.extend(more);
        run(folder.path(), &args)
    };

    let unasked = apply(&[]);
    assert_eq!(unasked.status.code(), Some(1));
    assert!(text(&unasked.stderr).contains("--yes applies the plan"));

    let planned = apply(&["--plan"]);
    assert!(planned.status.success());
    assert!(
        text(&planned.stdout).contains("+ create group")
            && text(&planned.stdout).contains("nothing was changed")
    );

    let applied = apply(&["--yes"]);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    assert!(text(&applied.stdout).contains("+ create group"));

    let again = apply(&[]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("0 to create, 0 to update"));
}

#[test]
fn a_fault_is_told_with_its_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("firm.toml"),
        FIRM.replace("100000.00", "-1"),
    )
    .unwrap();
    assert!(
        run(folder.path(), &["migrate", "--database", "sqlite:a.db"])
            .status
            .success()
    );
    let output = run(
        folder.path(),
        &["apply", "firm.toml", "--database", "sqlite:a.db", "--yes"],
    );
    assert_eq!(output.status.code(), Some(1));
    let log = text(&output.stderr);
    assert!(log.contains("firm.toml: line 5"), "{log}");
}
