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

#[test]
fn a_payment_provider_needs_the_file_of_its_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |file: &str| {
        let providers = format!("bank={file}");
        let args = ["demo", "--listen", "127.0.0.1:0", "--data", "data"];
        let given = ["--payment-webhook-files", providers.as_str()];
        let output = run(folder.path(), &[&args[..], &given[..]].concat());
        assert_eq!(output.status.code(), Some(2));
        text(&output.stderr)
    };
    assert!(refused("nowhere").contains("nowhere"));
    fs::write(folder.path().join("secrets"), "short\n").unwrap();
    assert!(refused("secrets").contains("16 bytes or more"));
}

/// The banner's last lines are a purchase that works when it is pasted into a shell.
#[test]
fn the_purchase_of_the_banner_can_be_pasted() {
    if std::process::Command::new("curl")
        .arg("--version")
        .output()
        .is_err()
    {
        println!("left out: there is no curl here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let args = ["demo", "--listen", "127.0.0.1:0", "--data", "data"];
    let (server, banner) = Server::start_and_read(touchstone(folder.path(), &args), "payer_login");
    let (_, commands) = banner
        .split_once("to paste into another terminal:")
        .unwrap();
    let pasted = std::process::Command::new("sh")
        .args(["-c", commands])
        .output()
        .unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&pasted.stdout)
        .unwrap_or_else(|_| panic!("{}\n{}", text(&pasted.stdout), text(&pasted.stderr)));
    assert_eq!(answer["accepted"], true, "{answer}");
    assert_eq!(answer["purchase"]["id"], 10);
    assert_eq!(answer["account"]["login"], 2_000_100);
    assert!(server.stop("-TERM").0.success());
}
