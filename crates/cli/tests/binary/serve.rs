use std::{fs, path::Path, process::Command};

use serde_json::Value;

use crate::support::{SECRET, Server, run, text, touchstone};

/// A folder with a migrated database and its secret.
fn home() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        run(folder.path(), &["migrate", "--database", "sqlite:a.db"])
            .status
            .success()
    );
    fs::write(folder.path().join("secret"), SECRET).unwrap();
    folder
}

fn serve(folder: &Path, args: &[&str]) -> Command {
    let mut all = vec![
        "serve",
        "--database",
        "sqlite:a.db",
        "--master-secret-file",
        "secret",
    ];
    all.extend(args);
    touchstone(folder, &all)
}

#[tokio::test]
async fn serves_until_it_is_told_to_stop() {
    for signal in ["-TERM", "-INT"] {
        let home = home();
        let server = Server::start(serve(home.path(), &["--listen", "127.0.0.1:0"]));
        assert_eq!(server.get("/healthz").await.0, 200);
        assert_eq!(server.get("/readyz").await.0, 200);
        let (status, metrics) = server.get("/metrics").await;
        assert_eq!(status, 200);
        assert!(
            metrics.contains("touchstone_http_requests_total"),
            "{metrics}"
        );
        assert!(
            metrics.contains("touchstone_store_commits_total"),
            "{metrics}"
        );
        let (status, log) = server.stop(signal);
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(
            log.contains("everything that was accepted was answered"),
            "{log}"
        );
        assert!(!log.contains('\u{1b}'), "colours in a file: {log}");
        assert!(
            !home.path().join("a.db-wal").exists(),
            "the log of the database was not emptied"
        );
    }
}

#[tokio::test]
async fn flags_beat_the_environment_and_that_beats_the_file() {
    let home = home();
    let file = "listen = \"127.0.0.1:1\"\nrate_limit_per_minute = 11\nconnections_max = 22\nlog_format = \"json\"\n";
    fs::write(home.path().join("touchstone.toml"), file).unwrap();
    let mut command = serve(home.path(), &["--listen", "127.0.0.1:0"]);
    command
        .env("TOUCHSTONE_CONFIG", "touchstone.toml")
        .env("TOUCHSTONE_LISTEN", "127.0.0.1:2")
        .env("TOUCHSTONE_RATE_LIMIT_PER_MINUTE", "33");
    let server = Server::start(command);
    let (_, log) = server.stop("-TERM");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let value = |name: &str| {
        let line = lines.iter().find(|line| line["name"] == name);
        line.unwrap_or_else(|| panic!("{name} is not shown"))["value"].clone()
    };
    assert_eq!(value("listen"), "127.0.0.1:0");
    assert_eq!(value("rate_limit_per_minute"), "33");
    assert_eq!(value("connections_max"), "22");
    assert_eq!(value("unpaid_after_seconds"), "604800");
    assert_eq!(value("master_secret"), "(hidden)");
    assert!(!log.contains(&SECRET[..12]), "{log}");
}

#[test]
fn what_it_does_not_understand_ends_with_2_before_anything_is_done() {
    let home = home();
    fs::write(
        home.path().join("touchstone.toml"),
        "listen = \"127.0.0.1:0\"\nlisten_too = 1\n",
    )
    .unwrap();
    let output = serve(home.path(), &["--config", "touchstone.toml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let log = text(&output.stderr);
    assert!(
        log.contains("touchstone.toml:2: unknown field `listen_too`"),
        "{log}"
    );
    let output = serve(home.path(), &[])
        .env("TOUCHSTONE_LISTNE", "127.0.0.1:0")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        text(&output.stderr),
        "touchstone: TOUCHSTONE_LISTNE is no setting; `touchstone serve --help` lists them\n"
    );
    assert_eq!(
        serve(home.path(), &["--listen-too", "1"])
            .output()
            .unwrap()
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_database_that_is_not_there_ends_with_1_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret"), SECRET).unwrap();
    let output = serve(folder.path(), &["--listen", "127.0.0.1:0"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let log = text(&output.stderr);
    assert!(
        log.contains("touchstone migrate --database sqlite:a.db"),
        "{log}"
    );
    assert!(!folder.path().join("a.db").exists());
}

#[tokio::test]
async fn no_secret_of_a_request_is_ever_logged() {
    let home = home();
    let server = Server::start(serve(
        home.path(),
        &["--listen", "127.0.0.1:0", "--log-filter", "trace"],
    ));
    let response = reqwest::Client::new()
        .post(format!(
            "{}/prop/challenge/buy?token=hunter2-query",
            server.url
        ))
        .bearer_auth("hunter2-token")
        .json(&serde_json::json!({"password": "hunter2-body"}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(server.get("/nowhere/hunter2-path").await.0, 404);
    let (_, log) = server.stop("-TERM");
    assert!(
        log.contains("/prop/challenge/buy"),
        "the request left no trace: {log}"
    );
    assert!(!log.contains("hunter2"), "{log}");
    assert!(!log.contains(&SECRET[..12]), "{log}");
}
