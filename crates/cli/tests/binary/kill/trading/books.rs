//! What must stand in the end.

use super::firm::Role;
use super::trader::{Run, Trader};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many challenges have come to each end.
#[derive(Debug, Default)]
pub struct Ends {
    pub passed: usize,
    pub daily_loss: usize,
    pub trailing: usize,
    pub orders: usize,
}

pub async fn compare(trader: &Trader, url: &str, ends: &mut Ends) {
    let list = trader.told(url, "/prop/challenges?limit=500").await;
    let listed = list["challenges"].as_array().expect("challenges").len();
    assert_eq!(
        listed,
        trader.runs.len(),
        "each key is one challenge: {list}"
    );
    for run in &trader.runs {
        let path = format!("/prop/challenges/{}", run.challenge);
        let told = trader.told(url, &path).await;
        ended(trader.role, run, &told, ends);
        let mut logins = Vec::new();
        for phase in told["phases"].as_array().expect("phases") {
            logins.push(phase["account_login"].as_i64().expect("a login"));
        }
        for login in logins {
            ends.orders += orders(trader, url, login).await;
        }
    }
}

/// A challenge ended as its rules say, or runs.
fn ended(role: Role, run: &Run, told: &Value, ends: &mut Ends) {
    let phases = told["phases"].as_array().expect("phases");
    let states: Vec<_> = phases.iter().map(|phase| &phase["status_name"]).collect();
    let rule = &told["latest_breach"]["rule"];
    let fitting = match role {
        Role::Scalper => states == ["active"],
        Role::Climber => states == ["active"] || states == ["passed", "active"],
        Role::Diver => states == ["active"] || (states == ["failed"] && rule == "daily_loss"),
        Role::Surfer => states == ["active"] || (states == ["failed"] && rule == "max_loss"),
    };
    assert!(fitting, "{role:?}: {told}");
    // What he was told once is so for ever.
    assert!(!run.is_over || states != ["active"], "{told}");
    if let Some(funded) = run.funded {
        assert_eq!(phases[1]["account_login"], funded);
    }
    if states == ["passed", "active"] {
        let funded = &phases[1];
        assert_eq!(funded["initial_balance"], json!(50_000.0), "{told}");
        assert_eq!(told["challenge"]["current_phase_index"], 2);
        assert_eq!(told["challenge"]["account_login"], funded["account_login"]);
        ends.passed += 1;
    }
    if states == ["failed"] {
        let last = &told["latest_breach"];
        let minor = |field: &str| {
            let amount = last[field].to_string();
            touchstone_domain::basis_points::parse_decimal(&amount, 2).expect("an amount")
        };
        assert!(minor("value") <= minor("limit"), "{last}");
        match role {
            Role::Diver => ends.daily_loss += 1,
            _ => ends.trailing += 1,
        }
    }
}

/// Every command that was confirmed stands once under its name, with its deal; what was refused stands nowhere.
async fn orders(trader: &Trader, url: &str, login: i64) -> usize {
    let history = trader
        .all(url, &format!("/accounts/{login}/orders/history"))
        .await;
    let deals = trader.all(url, &format!("/accounts/{login}/deals")).await;
    let mut stored: BTreeMap<String, i64> = BTreeMap::new();
    for order in &history {
        let name = order["client_order_id"]
            .as_str()
            .expect("a name")
            .to_owned();
        let number = order["order_id"].as_i64().expect("a number");
        let before = stored.insert(name.clone(), number);
        assert_eq!(before, None, "{name} stands twice on {login}");
        assert!(!trader.refused.contains(&(login, name)), "{order}");
        if order["action"] == "place" {
            let mut entered = deals.iter().filter(|deal| deal["order_id"] == number);
            let entry = entered.next().map(|deal| &deal["entry"]);
            assert_eq!(entry, Some(&json!("in")), "{order}");
            assert_eq!(entered.next(), None, "{order} was filled twice");
        }
    }
    let own = trader.confirmed.iter().filter(|((of, _), _)| *of == login);
    let own: BTreeMap<String, i64> = own
        .map(|((_, key), own)| (key.clone(), own.order))
        .collect();
    assert_eq!(stored, own, "account {login}");
    own.len()
}
