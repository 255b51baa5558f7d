use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use crate::support::{Server, run, text, touchstone};

fn start(folder: &Path) -> Server {
    Server::start(touchstone(
        folder,
        &["demo", "--listen", "127.0.0.1:0", "--data", "data"],
    ))
}

#[tokio::test]
async fn can_be_stopped_and_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    assert_eq!(server.get("/readyz").await.0, 200);
    assert_eq!(server.get("/docs/").await.0, 200);
    let secret = folder.path().join("data/master.secret");
    let first = fs::read(&secret).unwrap();
    assert_eq!(
        fs::metadata(&secret).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let (status, log) = server.stop("-INT");
    assert!(status.success(), "{log}");

    let server = start(folder.path());
    assert_eq!(server.get("/readyz").await.0, 200);
    assert_eq!(fs::read(&secret).unwrap(), first);
    assert!(server.stop("-TERM").0.success());
}

#[test]
fn a_damaged_secret_is_told_and_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let secret = folder.path().join("data/master.secret");
    fs::write(&secret, "half").unwrap();
    let output = run(
        folder.path(),
        &["demo", "--listen", "127.0.0.1:0", "--data", "data"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("does not hold 64 hexadecimal digits"));
    assert_eq!(fs::read(&secret).unwrap(), b"half");
}
