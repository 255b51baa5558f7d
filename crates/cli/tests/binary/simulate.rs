use std::path::Path;

use crate::support::{run, text};

fn simulate(args: &[&str]) -> (Option<i32>, String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let args: Vec<&str> = ["simulate"].iter().chain(args).copied().collect();
    let output = run(&folder, &args);
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn tells_the_same_for_a_seed_as_text_and_as_json() {
    let few = ["1", "--traders", "20", "--days", "20"];
    let (code, told, _) = simulate(&[&few[..], &["--threads", "1"]].concat());
    assert_eq!(code, Some(0));
    assert!(
        told.starts_with("100K Challenge: 20 simulated sales, seed 1\n"),
        "{told}"
    );
    assert!(told.contains("  the firm keeps "), "{told}");
    let (_, again, _) = simulate(&[&few[..], &["--threads", "2"]].concat());
    assert_eq!(told, again);
    let (_, json, _) = simulate(&[&few[..], &["--json", "-"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["phases"][0]["entered"]["count"], 20);
    assert_eq!(json["money"]["fee"], "499.00");
}

#[test]
fn a_fee_in_another_currency_needs_a_rate() {
    let few = ["4", "--traders", "5", "--evaluation-days", "5"];
    let (_, told, _) = simulate(&few);
    assert!(told.contains("not known: the fee is in EUR"), "{told}");
    let (_, told, _) = simulate(&[&few[..], &["--rate", "1.085"]].concat());
    assert!(told.contains("the firm keeps      498.02 "), "{told}");
}

#[test]
fn every_ready_made_program_can_be_tried() {
    for code in [
        "two-step-static",
        "one-step-end-of-day",
        "intraday-trailing",
        "instant-funding",
    ] {
        let (status, told, error) = simulate(&[code, "--traders", "10", "--days", "30"]);
        assert_eq!(status, Some(0), "{code}: {error}");
        assert!(told.contains(": 10 simulated sales"), "{told}");
    }
}

#[test]
fn draws_pictures_that_need_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("new/pictures");
    let (code, ..) = simulate(&[
        "2",
        "--traders",
        "5",
        "--pictures",
        pictures.to_str().unwrap(),
    ]);
    assert_eq!(code, Some(0));
    for name in ["funnel", "days", "causes", "kept", "curves"] {
        let drawn = std::fs::read_to_string(pictures.join(format!("{name}.svg"))).unwrap();
        assert!(
            drawn.starts_with("<svg ") && drawn.ends_with("</svg>\n"),
            "{drawn}"
        );
        let outside = drawn.replace("http://www.w3.org/2000/svg", "");
        for word in ["http", "<style", "<script", "NaN"] {
            assert!(!outside.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn says_what_is_wrong_and_how_to_go_on() {
    let check = |args: &[&str], said: &str| {
        let (code, _, told) = simulate(args);
        assert_ne!(code, Some(0), "{args:?}");
        assert!(told.contains(said), "{args:?}: {told}");
    };
    check(
        &["99"],
        "there is no program \"99\"; there are: 1 \"100K Challenge\" of brand-a",
    );
    check(
        &["1", "--brand", "nobody"],
        "there is no program \"1\"; there are: 1",
    );
    check(&["1", "--traders", "0"], "traders must be 1 to 1,000,000");
    check(&["1", "--spread=-1"], "spread must be 0 to 100,000 points");
    check(&["1", "--rate", "0"], "rate must be above 0");
    check(&["1", "--volatility", "21"], "0.01 to 20 percent");
    check(
        &["1", "--symbol", "NOTHING"],
        "there is no instrument NOTHING",
    );
    check(&["1", "--ticks", "samples/eurusd-histdata.csv"], "--symbol");
    check(&["1", "--population", "Cargo.toml"], "Cargo.toml: ");
    check(&["1", "--firm", "nowhere.toml"], "nowhere.toml");
}

#[test]
fn takes_recorded_prices_of_both_layouts() {
    for (symbol, file) in [
        ("EURUSD", "samples/eurusd-histdata.csv"),
        ("USDJPY", "samples/usdjpy-truefx.csv"),
    ] {
        let args = ["1", "--traders", "5", "--symbol", symbol, "--step", "5"];
        let (code, told, error) = simulate(&[&args[..], &["--ticks", file]].concat());
        assert_eq!(code, Some(0), "{error}");
        assert!(told.contains("Prices recorded: "), "{told}");
    }
}
