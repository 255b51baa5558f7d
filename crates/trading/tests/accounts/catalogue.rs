//! The catalogue that a firm starts with, and what a group makes of it.

use rstest::rstest;
use std::collections::BTreeMap;
use touchstone_domain::{BasisPoints, Currency, Symbol};
use touchstone_trading::{Catalogue, Conditions, GroupTerms, Refusal, TermsFault, TermsPatch};

fn catalogue() -> Catalogue {
    Catalogue::parse(Catalogue::DEFAULT).unwrap()
}

#[test]
fn accounts_in_dollars_and_euros_trade_everything() {
    let catalogue = catalogue();
    assert_eq!(catalogue.iter().count(), 22);
    for currency in [Currency::USD, Currency::EUR] {
        let (conditions, none) = (Conditions::default(), BTreeMap::new());
        let terms = GroupTerms::new(&catalogue, currency, conditions, &none).unwrap();
        assert_eq!(terms.left_out(&catalogue), []);
    }
}

#[test]
fn what_cannot_be_converted_is_left_out_and_named() {
    let catalogue = catalogue();
    let (conditions, none) = (Conditions::default(), BTreeMap::new());
    let francs = "CHF".parse().unwrap();
    let terms = GroupTerms::new(&catalogue, francs, conditions, &none).unwrap();
    let uk: Symbol = "UK100".parse().unwrap();
    assert!(terms.left_out(&catalogue).contains(&uk));
    assert!(terms.get("EURUSD".parse().unwrap()).is_some());
}

#[test]
fn a_group_changes_terms_within_their_ranges() {
    let catalogue = catalogue();
    let make = |symbol: &str, patch: TermsPatch| {
        let patches = BTreeMap::from([(symbol.parse().unwrap(), patch)]);
        GroupTerms::new(&catalogue, Currency::USD, Conditions::default(), &patches)
    };
    let double = TermsPatch {
        margin_rate: Some(BasisPoints(200)),
        ..TermsPatch::default()
    };
    let terms = make("EURUSD", double.clone()).unwrap();
    let rate = |symbol: &str| {
        terms
            .get(symbol.parse().unwrap())
            .unwrap()
            .instrument
            .margin_rate
    };
    assert_eq!(
        (rate("EURUSD"), rate("GBPUSD")),
        (BasisPoints(200), BasisPoints(100))
    );
    let none = TermsPatch {
        margin_rate: Some(BasisPoints(0)),
        ..TermsPatch::default()
    };
    let told = |made: Result<GroupTerms, TermsFault>| made.unwrap_err().to_string();
    assert_eq!(
        told(make("EURUSD", none)),
        "EURUSD: margin_rate must be 0.01 to 100 percent"
    );
    assert_eq!(
        told(make("GONE", double)),
        "GONE stands in no catalogue of this firm"
    );
}

#[rstest]
#[case("digits = 5", "digits = 7", "EURUSD: digits must be 0 to 6")]
#[case(
    "margin_percent = \"1\"",
    "margin_percent = \"1%\"",
    "margin_percent is \"1%\""
)]
#[case("min = \"0.01\"", "min = \"0.015\"", "whole steps")]
#[case("triple = \"wed\"", "triple = \"someday\"", "no day of the week")]
#[case("hours = \"fx\"", "hours = \"moon\"", "no hours named \"moon\"")]
#[case("Sun 17:05", "Sun 17h05", "is no session")]
#[case("\"GBPUSD\"", "\"EURUSD\"", "EURUSD stands in the catalogue twice")]
#[case("typical_spread = 2", "spread = 2", "unknown field")]
fn what_is_wrong_in_a_catalogue_is_named(#[case] from: &str, #[case] to: &str, #[case] told: &str) {
    let text = Catalogue::DEFAULT.replacen(from, to, 1);
    assert_ne!(text, Catalogue::DEFAULT);
    let fault = Catalogue::parse(&text).unwrap_err().to_string();
    assert!(fault.contains(told), "{fault}");
}

#[test]
fn every_refusal_has_a_code_of_its_own_and_a_reason() {
    let codes: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    for (index, refusal) in Refusal::ALL.iter().enumerate() {
        assert!(!codes[..index].contains(&refusal.code()));
        assert!(refusal.reason().ends_with('.'), "{}", refusal.reason());
        let json = serde_json::to_string(refusal).unwrap();
        assert_eq!(json, format!("\"{}\"", refusal.code()));
    }
    assert_eq!(
        codes.join(" "),
        "CLIENT_ID_REUSED ACCOUNT_DISABLED UNKNOWN_ORDER UNKNOWN_POSITION UNKNOWN_SYMBOL SYMBOL_DISABLED CLOSE_ONLY \
         MARKET_CLOSED NO_PRICE STALE_PRICE BAD_VOLUME BAD_PRICE BAD_STOPS BAD_EXPIRY NOT_OPPOSITE NOTHING_TO_CLOSE \
         TOO_MANY_ORDERS TOO_MANY_POSITIONS NO_MONEY TOO_LARGE"
    );
}
