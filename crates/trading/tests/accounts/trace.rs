//! Traces: each file of `tests/traces` is one behaviour. A line that begins with `>` is an input; what it did stands
//! below it. `UPDATE_TABLES=1` writes what happens; the comments say how the numbers were worked out by hand.

use crate::desk::Desk;
use crate::golden;
use crate::read::{self, Words};
use std::path::{Path, PathBuf};
use touchstone_domain::basis_points::parse_decimal;
use touchstone_domain::{Currency, UnixMicros};
use touchstone_trading::{Booking, ClientId, Effect, Fault, Input};

/// A Tuesday at noon, when everything is open.
const START: &str = "2026-07-07T12:00:00Z";

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_trace_happens_as_written() {
    let files = files();
    assert!(files.len() > 10, "where are the traces?");
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        golden::check(&path, &replay(&text));
    }
}

#[test]
fn a_trace_happens_twice_the_same_way() {
    for path in files() {
        let once = replay(&std::fs::read_to_string(&path).unwrap());
        assert_eq!(replay(&once), once, "{}", path.display());
    }
}

/// The text with what happens below each of its inputs.
fn replay(text: &str) -> String {
    let mut desk: Option<Desk> = None;
    let mut after = String::new();
    for line in text.lines() {
        let Some(input) = line.strip_prefix("> ") else {
            if line.is_empty() || line.starts_with('#') {
                after += line;
                after.push('\n');
            }
            continue;
        };
        after += line;
        after.push('\n');
        for happened in run(&mut desk, input) {
            after += "  ";
            after += &happened;
            after.push('\n');
        }
    }
    after
}

fn run(desk: &mut Option<Desk>, line: &str) -> Vec<String> {
    let mut words = Words::of(line);
    let mut verb = words.next();
    if verb == "account" {
        *desk = Some(account(&mut words));
        return Vec::new();
    }
    let desk = desk.as_mut().expect("a trace begins with its account");
    let client_id = verb.strip_prefix("id=").map(|id| {
        verb = words.next();
        ClientId::try_from(id.to_owned()).unwrap()
    });
    if let Some(told) = market(desk, verb, &mut words) {
        return told;
    }
    let input = match read::command(desk, verb, &mut words) {
        Some(command) => Input::Command { client_id, command },
        None => read::input(desk, verb, &mut words).unwrap_or_else(|| panic!("what is {line:?}?")),
    };
    let done = desk.give(&input);
    tell(desk, done)
}

/// `account USD 10000.00 100 hedging`
fn account(words: &mut Words<'_>) -> Desk {
    let currency: Currency = words.next().parse().unwrap();
    let balance_minor = words.decimal(currency.decimals());
    let leverage = words.number();
    let booking = match words.next() {
        "netting" => Booking::Netting,
        _ => Booking::Hedging,
    };
    let mut desk = Desk::new(currency, leverage, booking, balance_minor);
    desk.now = UnixMicros::parse(START).unwrap();
    desk
}

/// What is around the account, and questions that change nothing.
fn market(desk: &mut Desk, verb: &str, words: &mut Words<'_>) -> Option<Vec<String>> {
    match verb {
        "group" => read::group(desk, words),
        "terms" => read::terms(desk, words),
        "at" => desk.now = words.instant(),
        "wait" => desk.now = desk.now.plus_seconds(wait(words.next())),
        "price" => {
            let symbol = words.symbol();
            let quote = words.quote(desk.digits(symbol));
            desk.set(symbol, quote);
        }
        "tick" => {
            let symbol = words.symbol();
            let quote = words.quote(desk.digits(symbol));
            let done = desk.tick(symbol, quote);
            return Some(tell(desk, done));
        }
        "figures" => return Some(vec![desk.figures_line(&desk.figures())]),
        "show" => {
            let positions = desk.account.positions.iter().map(|p| desk.position(p));
            let orders = desk.account.orders.iter().map(|o| desk.order(o));
            return Some(positions.chain(orders).collect());
        }
        "preflight" => {
            let verb = words.next();
            let command = read::command(desk, verb, words).unwrap();
            let told = desk.preflight(&command).unwrap();
            return Some(vec![desk.preflight_line(&told)]);
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// "90s"
fn wait(text: &str) -> i64 {
    parse_decimal(text.strip_suffix('s').unwrap(), 0).unwrap()
}

fn tell(desk: &Desk, done: Result<Vec<Effect>, Fault>) -> Vec<String> {
    match done {
        Ok(effects) if effects.is_empty() => vec!["nothing".to_owned()],
        Ok(effects) => effects.iter().map(|effect| desk.effect(effect)).collect(),
        Err(fault) => vec![format!("fault: {fault}")],
    }
}
