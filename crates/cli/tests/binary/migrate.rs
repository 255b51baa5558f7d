use crate::support::{run, text};

#[test]
fn makes_the_file_and_says_what_it_did_and_then_that_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let first = run(folder.path(), &["migrate", "--database", "sqlite:a.db"]);
    assert!(first.status.success());
    assert!(text(&first.stdout).starts_with("sqlite:a.db went from schema 0 to "));
    let second = run(folder.path(), &["migrate", "--database", "sqlite:a.db"]);
    assert!(second.status.success());
    assert!(text(&second.stdout).contains(" already"));
}

#[test]
fn a_database_that_cannot_be_reached_is_told_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgres://u:hunter2@127.0.0.1:1/none";
    let output = run(folder.path(), &["migrate", "--database", url]);
    assert_eq!(output.status.code(), Some(1));
    let log = text(&output.stderr);
    assert!(
        log.contains("cannot be reached") && !log.contains("hunter2"),
        "{log}"
    );
}
