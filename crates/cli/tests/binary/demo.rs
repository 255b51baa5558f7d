use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use serde_json::{Value, json};

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

async fn post(server: &Server, path: &str, token: &str, body: Value) -> Value {
    let client = reqwest::Client::new();
    let request = client
        .post(format!("{}{path}", server.url))
        .bearer_auth(token);
    let response = request
        .header("Content-Type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap()
}

async fn get(server: &Server, path: &str, token: &str) -> Value {
    let client = reqwest::Client::new();
    let request = client
        .get(format!("{}{path}", server.url))
        .bearer_auth(token);
    let text = request.send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

/// States of a challenge as ScaleTrade numbers them.
const ACTIVE: i64 = 1;
const PASSED: i64 = 2;
const FAILED: i64 = 3;

/// Two minutes pass at once: the prices go with the clock, and the scripted traders' challenges end as they should.
#[tokio::test]
async fn its_clock_takes_prices_and_traders_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--data",
        "data",
        "--clock",
        "manual",
    ];
    let server = Server::start(touchstone(folder.path(), &args));
    let staff = json!({"email": "admin@demo.test", "password": "demo-admin-1"});
    let staff = post(&server, "/users/login", "", staff).await;
    let staff = staff["access_token"].as_str().unwrap();
    let before = get(&server, "/feed/status", staff).await;
    let advance = json!({"seconds": 120});
    let now = post(&server, "/demo/clock/advance", "", advance).await["now"].clone();
    let after = get(&server, "/feed/status", staff).await;
    assert_eq!(after["at"], now, "everything was judged up to now");
    assert!(after["last_seq"].as_i64() > before["last_seq"].as_i64());
    let mut open = after["symbols"].as_array().unwrap().iter();
    let coin = open.find(|row| row["symbol"] == "BTCUSD").unwrap();
    assert_eq!(
        (&coin["source"], &coin["freshness"]),
        (&json!("demo"), &json!("fresh"))
    );

    for (email, password, status) in [
        ("climber@demo.test", "demo-climber-1", PASSED),
        ("diver@demo.test", "demo-diver-1", FAILED),
        ("surfer@demo.test", "demo-surfer-1", FAILED),
        ("graduate@demo.test", "demo-graduate-1", ACTIVE),
    ] {
        let credentials = json!({"email": email, "password": password});
        let session = post(&server, "/customer/auth/login", "", credentials).await;
        let token = session["__token"].as_str().unwrap();
        let list = get(&server, "/prop/challenges", token).await;
        let challenges = list["challenges"].as_array().unwrap();
        assert_eq!(challenges.len(), 1, "{list}");
        assert_eq!(challenges[0]["status"], status, "{email}");
        let phase = &challenges[0]["current_phase_index"];
        assert_eq!(*phase, if status == ACTIVE { 2 } else { 1 }, "{email}");
    }
    assert!(server.stop("-TERM").0.success());
}
