use std::{fs, path::Path, process::Output};

use rstest::rstest;

use crate::support::{Server, text, touchstone};

const FILES: [(&str, &str); 2] = [
    ("EURUSD", "eurusd-histdata.csv"),
    ("USDJPY", "usdjpy-truefx.csv"),
];

fn sample(name: &str) -> String {
    format!("{}/../../samples/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A demo without prices of its own, which knows the feed `file`.
fn demo(folder: &Path, more: &[&str]) -> Server {
    fs::write(folder.join("feed.secret"), "a long secret of a feed\n").unwrap();
    let args = [
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--data",
        "data",
        "--no-market",
        "--no-traders",
        "--feed-files",
        "file=feed.secret",
    ];
    Server::start(touchstone(folder, &[&args, more].concat()))
}

fn replay(folder: &Path, url: &str, file: &str, args: &[&str]) -> Output {
    let mut command = touchstone(folder, &["replay", file, "--server", url, "--feed", "file"]);
    if !args.contains(&"--secret-file") {
        command.args(["--secret-file", "feed.secret"]);
    }
    command.args(args).output().unwrap()
}

#[rstest]
#[case::time_moves(&[])]
#[case::time_stands_still(&["--clock", "manual"])]
fn every_tick_of_both_layouts_is_taken_in_as_fast_as_it_goes(#[case] clock: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path(), clock);
    for (symbol, file) in FILES {
        let wanted = ["--symbol", symbol, "--speed", "max"];
        // A second time the numbers go on.
        for _ in 0..2 {
            let output = replay(folder.path(), &server.url, &sample(file), &wanted);
            let (said, told) = (text(&output.stdout), text(&output.stderr));
            assert!(output.status.success(), "{said}{told}");
            let ticks: u64 = said.split(' ').next().unwrap().parse().unwrap();
            assert!(ticks > 500, "{said}");
            assert!(
                said.contains(&format!("{ticks} ticks of {symbol} in ")),
                "{said}"
            );
            assert!(
                said.contains(&format!(
                    ": {ticks} accepted, 0 flagged, 0 refused, 0 unknown"
                )),
                "{said}"
            );
        }
    }
    assert!(server.stop("-TERM").0.success());
}

#[test]
fn with_a_speed_ticks_keep_their_distances() {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path(), &[]);
    let wanted = ["--symbol", "EURUSD", "--speed", "60", "--limit", "20"];
    let output = replay(folder.path(), &server.url, &sample(FILES[0].1), &wanted);
    let said = text(&output.stdout);
    assert!(
        said.starts_with("20 ticks of EURUSD in "),
        "{said}{}",
        text(&output.stderr)
    );
    assert!(said.contains("20 accepted"), "{said}");
}

#[test]
fn what_is_in_the_way_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path(), &["--clock", "manual"]);
    let file = sample(FILES[0].1);
    let refused = |url: &str, file: &str, args: &[&str]| {
        let output = replay(folder.path(), url, file, args);
        assert!(!output.status.success());
        text(&output.stderr)
    };
    let euro = ["--symbol", "EURUSD", "--speed", "max"];
    let told = refused(&server.url, &file, &["--symbol", "EURUSD", "--speed", "10"]);
    assert!(
        told.contains("stands still") && told.contains("--speed max"),
        "{told}"
    );
    let told = refused(&server.url, &file, &["--symbol", "NOSUCH"]);
    assert!(
        told.contains("NOSUCH is no symbol here; there are "),
        "{told}"
    );
    let told = refused("http://127.0.0.1:1", &file, &euro);
    assert!(
        told.contains("no server answers at http://127.0.0.1:1"),
        "{told}"
    );
    fs::write(folder.path().join("other"), "another long secret of a feed").unwrap();
    let other = [&euro[..], &["--secret-file", "other"]].concat();
    let told = refused(&server.url, &file, &other);
    assert!(told.contains("--feed-files file=PATH"), "{told}");
    let told = refused(&server.url, "nowhere.csv", &euro);
    assert!(told.contains("nowhere.csv cannot be read"), "{told}");
    fs::write(folder.path().join("notes.csv"), "some notes\n").unwrap();
    let told = refused(&server.url, "notes.csv", &euro);
    assert!(
        told.contains("line 1: this is neither the header"),
        "{told}"
    );
}
