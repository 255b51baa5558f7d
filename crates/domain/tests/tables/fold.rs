//! Every combination of the facts of a purchase, and tables that name only those that matter.

use touchstone_domain::purchase::{Facts, FailureReason, Funding};

const SIZES: [usize; 6] = [4, 2, 9, 2, 2, 2];
type Coordinates = [usize; 6];

fn every_coordinate() -> Vec<Coordinates> {
    let mut all = vec![[0; 6]];
    for (dimension, size) in SIZES.into_iter().enumerate() {
        all = all
            .into_iter()
            .flat_map(|at| (0..size).map(move |value| with(at, dimension, value)))
            .collect();
    }
    all
}

const fn with(mut at: Coordinates, dimension: usize, value: usize) -> Coordinates {
    at[dimension] = value;
    at
}

fn facts(at: Coordinates) -> Facts {
    Facts {
        funding: Funding::ALL[at[0]],
        free: at[1] == 1,
        reason: at[2].checked_sub(1).map(|index| FailureReason::ALL[index]),
        fee_taken: at[3] == 1,
        balance_given: at[4] == 1,
        adds: at[5] == 1,
    }
}

/// Funding, price, reason, what the trading server has answered, and whether it adds to a challenge, in words.
pub fn words(facts: Facts) -> [&'static str; 6] {
    [
        match facts.funding {
            Funding::Wallet => "wallet",
            Funding::Cashier => "cashier",
            Funding::Grant => "grant",
            Funding::Reset => "reset",
        },
        if facts.free { "free" } else { "paid" },
        facts.reason.map_or("no_reason", FailureReason::name),
        if facts.fee_taken {
            "fee_taken"
        } else {
            "fee_not_taken"
        },
        if facts.balance_given {
            "balance_given"
        } else {
            "balance_not_given"
        },
        if facts.adds { "adds" } else { "makes" },
    ]
}

/// Every combination of facts there is, possible or not.
pub fn every_fact() -> Vec<Facts> {
    every_coordinate().into_iter().map(facts).collect()
}

/// Which of the six facts change what `outcome` says.
pub fn matters(outcome: impl Fn(Facts) -> String) -> [bool; 6] {
    std::array::from_fn(|dimension| {
        every_coordinate()
            .into_iter()
            .any(|at| outcome(facts(at)) != outcome(facts(with(at, dimension, 0))))
    })
}

/// One line for each combination of the facts that matter: their words (`any` when none does)
/// and the outcome. Nothing is lost: facts that are not named do not change the outcome.
pub fn fold(outcome: impl Fn(Facts) -> String) -> Vec<(String, String)> {
    let matters = matters(&outcome);
    every_coordinate()
        .into_iter()
        .filter(|at| (0..6).all(|d| matters[d] || at[d] == 0))
        .map(|at| (label(facts(at), matters), outcome(facts(at))))
        .collect()
}

fn label(facts: Facts, matters: [bool; 6]) -> String {
    let named: Vec<&str> = words(facts)
        .into_iter()
        .zip(matters)
        .filter_map(|(word, named)| named.then_some(word))
        .collect();
    if named.is_empty() {
        "any".into()
    } else {
        named.join(" ")
    }
}

/// The same for people: only facts that `possible` holds, those of one outcome in few words.
pub fn describe(possible: &[Facts], outcome: impl Fn(Facts) -> String) -> Vec<(String, String)> {
    let matters = matters(&outcome);
    let mut rows: Vec<(String, Vec<[Vec<&str>; 6]>)> = Vec::new();
    for facts in possible {
        let mut words = words(*facts).map(|word| vec![word]);
        for (dimension, named) in matters.into_iter().enumerate() {
            if !named {
                words[dimension].clear();
            }
        }
        let told = outcome(*facts);
        match rows.iter_mut().find(|(other, _)| *other == told) {
            Some((_, cases)) if cases.contains(&words) => {}
            Some((_, cases)) => cases.push(words),
            None => rows.push((told, vec![words])),
        }
    }
    rows.into_iter()
        .map(|(told, cases)| (in_words(cases), told))
        .collect()
}

/// Joins cases that differ in one fact only, and leaves out a fact that can be anything.
fn in_words(mut cases: Vec<[Vec<&'static str>; 6]>) -> String {
    for dimension in 0..SIZES.len() {
        let mut joined: Vec<[Vec<&str>; 6]> = Vec::new();
        for case in cases {
            let alike =
                |other: &&mut [Vec<&str>; 6]| (0..6).all(|d| d == dimension || other[d] == case[d]);
            match joined.iter_mut().find(alike) {
                Some(other) => other[dimension].extend_from_slice(&case[dimension]),
                None => joined.push(case),
            }
        }
        for case in &mut joined {
            if case[dimension].len() == SIZES[dimension] {
                case[dimension].clear();
            }
        }
        cases = joined;
    }
    let told: Vec<String> = cases
        .into_iter()
        .map(|case| {
            let parts = case.into_iter().filter(|words| !words.is_empty());
            parts
                .map(|words| words.join(" or "))
                .collect::<Vec<_>>()
                .join(", ")
        })
        .collect();
    told.join("; ")
}
