//! What must stand in the end.

use super::bridge::Bridge;
use super::customer::{Bill, BillOf, Customer};
use super::firm::{self, PRICE_MINOR, WALLET_MINOR};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub async fn compare(customer: &Customer, url: &str, bridge: Option<&Bridge>) {
    let purchases = customer.purchases(url).await;
    let by_id: BTreeMap<i64, &Value> = purchases
        .iter()
        .map(|purchase| (purchase["id"].as_i64().expect("an id"), purchase))
        .collect();
    assert_eq!(by_id.len(), purchases.len());

    // Every key is one purchase, and the one that was answered.
    let mut keys = BTreeMap::new();
    for (id, purchase) in &by_id {
        let key = purchase["idempotency_key"].as_str().expect("a key");
        if !key.is_empty() {
            assert!(
                keys.insert(key.to_owned(), *id).is_none(),
                "{key} is two purchases"
            );
        }
    }
    let asked: BTreeSet<&String> = customer.keys.iter().collect();
    assert!(keys.keys().all(|key| asked.contains(key)));
    for (key, id) in &customer.bought {
        assert_eq!(keys.get(key), Some(id), "{key} was answered with {id}");
    }
    for key in customer.enrolled.keys() {
        assert!(keys.contains_key(key), "the journey of {key} is lost");
    }

    // What was asked for without a key stands at most once, and surely when it was answered.
    let (asked, answered) = &customer.keyless;
    let keyless = by_id.len() - keys.len();
    assert!(
        (answered.len()..=*asked).contains(&keyless),
        "{keyless} of {asked}"
    );
    assert!(answered.iter().all(|id| by_id.contains_key(id)));

    // The wallet paid for what it got, and for nothing else.
    let is_active = |purchase: &&&Value| purchase["status_name"] == "active";
    let from_wallet = |purchase: &&&Value| purchase["payer_login"] != 0;
    let active: Vec<&&Value> = by_id.values().filter(is_active).collect();
    let prices = active.iter().copied().filter(from_wallet).map(price_minor);
    let spent: i64 = prices.sum();
    let moved = count(&customer.paid, |is| matches!(is, BillOf::Deposit))
        - count(&customer.paid, |is| matches!(is, BillOf::Withdrawal));
    assert_eq!(
        customer.wallet_minor(url).await,
        WALLET_MINOR - spent + moved * PRICE_MINOR
    );
    journeys(customer, &keys, &by_id, bridge.is_some());
    for id in &customer.cancelled {
        assert_ne!(by_id[id]["status_name"], "active", "cancelled {id}");
    }

    let logins: BTreeSet<i64> = active.iter().map(|p| account(p)).collect();
    assert_eq!(
        logins.len(),
        active.len(),
        "an account was opened for two purchases"
    );

    let Some(bridge) = bridge else { return };
    assert_eq!(bridge.taken_minor(firm::wallet(customer.number)), spent);
    for purchase in by_id.values() {
        let standing = match account(purchase) {
            0 => Vec::new(),
            login => bridge.standing(login),
        };
        let wanted: &[&str] = match is_active(&purchase) {
            true => &["enable", "grant_balance", "open_account"],
            false => &[],
        };
        assert_eq!(standing, wanted, "{purchase}");
    }
}

fn count(bills: &[Bill], wanted: impl Fn(&BillOf) -> bool) -> i64 {
    let count = bills.iter().filter(|bill| wanted(&bill.is)).count();
    i64::try_from(count).expect("a few")
}

/// What was answered as paid is delivered, or given back where the trading server refused; what
/// was declined is neither.
fn journeys(
    customer: &Customer,
    keys: &BTreeMap<String, i64>,
    by_id: &BTreeMap<i64, &Value>,
    may_be_refused: bool,
) {
    let stand = |bills: &[Bill]| -> Vec<String> {
        let fees = bills.iter().filter_map(|bill| match &bill.is {
            BillOf::Journey(key) => Some(key),
            _ => None,
        });
        let status = |key| by_id[&keys[key]]["payment_status"].as_str();
        fees.map(|key| status(key).expect("a status").to_owned())
            .collect()
    };
    for status in stand(&customer.paid) {
        let given_back = may_be_refused && status == "refund_pending";
        assert!(status == "paid" || given_back, "paid, and then {status}");
    }
    assert!(stand(&customer.declined).iter().all(|s| s == "failed"));
    let active: BTreeSet<&String> = keys
        .iter()
        .filter(|(_, id)| by_id[id]["payer_login"] == 0)
        .filter(|(_, id)| by_id[id]["status_name"] == "active" && price_minor(&by_id[id]) > 0)
        .map(|(key, _)| key)
        .collect();
    let paid = |key: &String| {
        customer
            .paid
            .iter()
            .any(|bill| matches!(&bill.is, BillOf::Journey(of) if of == key))
    };
    assert!(active.into_iter().all(paid), "delivered, but never paid");
}

fn account(purchase: &Value) -> i64 {
    purchase["account_login"].as_i64().expect("a login")
}

fn price_minor(purchase: &&Value) -> i64 {
    match purchase["amount"].to_string().as_str() {
        "0.0" => 0,
        "499.0" => PRICE_MINOR,
        other => panic!("an unknown price {other}"),
    }
}
