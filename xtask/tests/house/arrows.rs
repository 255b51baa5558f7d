//! Which room may know which.

use crate::tree;
use serde_json::Value;

struct Room {
    name: &'static str,
    may_know: &'static [&'static str],
    /// Further rooms that only its tests may know.
    tests_may_know: &'static [&'static str],
    why: &'static str,
}

const ROOMS: [Room; 9] = [
    Room {
        name: "domain",
        may_know: &[],
        tests_may_know: &[],
        why: "domain is pure: it decides on values, and knows neither a database nor who asks",
    },
    Room {
        name: "store",
        may_know: &["domain"],
        tests_may_know: &[],
        why: "store keeps what domain describes; use cases stand above it",
    },
    Room {
        name: "trading",
        may_know: &["domain"],
        tests_may_know: &[],
        why: "trading is pure: accounts, prices and inputs come in, effects go out, and who keeps them is no concern of it",
    },
    Room {
        name: "rules",
        may_know: &["domain"],
        tests_may_know: &[],
        why: "rules is pure: a verdict follows from the inputs alone, so that anyone can work it out again",
    },
    Room {
        name: "app",
        may_know: &["store", "rules", "trading", "domain"],
        tests_may_know: &[],
        why: "app holds the use cases; HTTP, simulation and the command line drive it, never the other way round",
    },
    Room {
        name: "api",
        may_know: &["app", "console", "domain"],
        tests_may_know: &["store"],
        why: "a handler calls a use case of app: one that reaches the store goes round transactions, ownership and audit",
    },
    Room {
        name: "console",
        may_know: &[],
        tests_may_know: &[],
        why: "console is files that were built elsewhere, and knows nothing of what they show",
    },
    Room {
        name: "sim",
        may_know: &["app", "store", "rules", "trading", "domain"],
        tests_may_know: &[],
        why: "sim drives the real app below HTTP, so that a seed decides everything",
    },
    Room {
        name: "cli",
        may_know: &["api", "sim", "app", "store", "rules", "trading", "domain"],
        tests_may_know: &[],
        why: "cli puts the rooms together; it knows all of them, and nothing else of ours",
    },
];

#[test]
fn dependencies_follow_the_arrows() {
    let wrong: Vec<String> = tree::packages().iter().flat_map(wrong_arrows).collect();
    assert!(
        wrong.is_empty(),
        "dependencies against the arrows of ARCHITECTURE.md:\n{}",
        wrong.join("\n")
    );
}

fn wrong_arrows(package: &Value) -> Vec<String> {
    let name = package["name"].as_str().unwrap();
    let ours = package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|dependency| is_ours(dependency));
    if name == "xtask" {
        let why = "xtask only starts programs, so that it builds in seconds";
        return ours
            .map(|dependency| format!("xtask -> {}: {why}", room_name(dependency)))
            .collect();
    }
    let Some(room) = ROOMS
        .iter()
        .find(|room| format!("touchstone-{}", room.name) == name)
    else {
        return vec![format!(
            "{name}: a new room needs its arrows in {}",
            file!()
        )];
    };
    ours.filter(|dependency| !room.allows(dependency))
        .map(|dependency| format!("{} -> {}: {}", room.name, room_name(dependency), room.why))
        .collect()
}

impl Room {
    fn allows(&self, dependency: &Value) -> bool {
        let to = room_name(dependency);
        let only_in_tests = dependency["kind"] == "dev";
        // A room that depends on itself in its tests switches a feature on for them.
        let in_tests = self.tests_may_know.contains(&to) || self.name == to;
        self.may_know.contains(&to) || (only_in_tests && in_tests)
    }
}

fn is_ours(dependency: &Value) -> bool {
    let name = dependency["name"].as_str().unwrap();
    name.starts_with("touchstone-") || name == "xtask"
}

fn room_name(dependency: &Value) -> &str {
    let name = dependency["name"].as_str().unwrap();
    name.strip_prefix("touchstone-").unwrap_or(name)
}

#[test]
fn a_wrong_arrow_is_named_with_its_reason() {
    let check = |from: &str, to: &str, kind: Option<&str>, expect: Option<&str>| {
        let package =
            serde_json::json!({ "name": from, "dependencies": [{ "name": to, "kind": kind }] });
        let wrong = wrong_arrows(&package).join("\n");
        match expect {
            None => assert_eq!(wrong, ""),
            Some(part) => assert!(wrong.contains(part), "{from} -> {to}: `{wrong}`"),
        }
    };
    check("touchstone-app", "touchstone-store", None, None);
    check("touchstone-app", "serde", None, None);
    check("touchstone-store", "touchstone-store", Some("dev"), None);
    check("touchstone-api", "touchstone-store", Some("dev"), None);
    check(
        "touchstone-api",
        "touchstone-store",
        None,
        Some("api -> store: a handler calls"),
    );
    check(
        "touchstone-api",
        "touchstone-store",
        Some("build"),
        Some("api -> store"),
    );
    check(
        "touchstone-domain",
        "touchstone-store",
        Some("dev"),
        Some("domain -> store: domain is pure"),
    );
    check(
        "touchstone-store",
        "touchstone-app",
        None,
        Some("store -> app"),
    );
    check(
        "touchstone-trading",
        "touchstone-store",
        None,
        Some("trading -> store: trading is pure"),
    );
    check("touchstone-sim", "touchstone-api", None, Some("sim -> api"));
    check("xtask", "touchstone-domain", None, Some("xtask -> domain"));
    check(
        "touchstone-rules",
        "touchstone-store",
        None,
        Some("rules -> store: rules is pure"),
    );
    check(
        "touchstone-attic",
        "touchstone-domain",
        None,
        Some("a new room"),
    );
}
