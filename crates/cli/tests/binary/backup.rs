use std::{fs, path::Path, process::Output};

use crate::support::{Server, run, text, touchstone};

fn demo(folder: &Path) -> Server {
    Server::start(touchstone(
        folder,
        &["demo", "--listen", "127.0.0.1:0", "--data", "data"],
    ))
}

fn backup(folder: &Path, file: &str) -> Output {
    run(folder, &["backup", "--data", "data", file])
}

#[test]
fn a_backup_of_a_running_demo_is_proved_and_makes_a_database_that_is_proved_too() {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path());
    let copied = backup(folder.path(), "copy.db");
    assert_eq!(copied.status.code(), Some(0), "{}", text(&copied.stderr));
    let said = text(&copied.stdout);
    assert!(said.contains("is copied to copy.db"), "{said}");
    assert!(said.contains("\nall "), "{said}");
    assert!(server.stop("-TERM").0.success());

    let target = "sqlite:restored.db";
    let made = run(folder.path(), &["restore", "copy.db", "--database", target]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    assert!(text(&made.stdout).contains("touchstone check --database"));
    let proved = run(folder.path(), &["check", "--database", target]);
    assert_eq!(proved.status.code(), Some(0), "{}", text(&proved.stdout));
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    assert!(demo(folder.path()).stop("-TERM").0.success());
    fs::write(folder.path().join("copy.db"), "mine").unwrap();
    let refused = backup(folder.path(), "copy.db");
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("copy.db is there already"));
    assert_eq!(fs::read(folder.path().join("copy.db")).unwrap(), b"mine");
    let made = run(
        folder.path(),
        &["restore", "copy.db", "--database", "sqlite:new.db"],
    );
    assert_eq!(made.status.code(), Some(1));
    assert!(
        text(&made.stderr).contains("is damaged"),
        "{}",
        text(&made.stderr)
    );
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().contains("new.db"))
        .collect();
    assert!(names.is_empty(), "{names:?}");
}
