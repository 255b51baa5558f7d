//! The catalogue that a firm starts with, and what a group makes of it.

use rstest::rstest;
use std::collections::BTreeMap;
use touchstone_domain::{BasisPoints, Currency, Symbol, Volume};
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

#[test]
fn a_patch_and_conditions_have_a_text() {
    let text = r#"{"margin_percent":"5.0","lots":{"max":"5.0"},"commission_ppm":0,"swap":{"unit":"points",
        "long":"-7.36","short":"2.11","triple":"wed"},"stops_distance":0,"trading":"close_only"}"#;
    let text: String = text.split_whitespace().collect();
    let patch: TermsPatch = serde_json::from_str(&text).unwrap();
    assert_eq!(patch.margin_rate, Some(BasisPoints(500)));
    assert_eq!((patch.lot_min, patch.lot_max), (None, Some(Volume(50_000))));
    assert_eq!(serde_json::to_string(&patch).unwrap(), text);
    assert_eq!(serde_json::to_string(&TermsPatch::default()).unwrap(), "{}");
    let wrong = serde_json::from_str::<TermsPatch>(r#"{"margin_percent":"5 %"}"#).unwrap_err();
    let told = "margin_percent is \"5 %\", a decimal with at most 2 decimals is wanted";
    assert!(wrong.to_string().starts_with(told), "{wrong}");
    let conditions: Conditions = serde_json::from_str(r#"{"stop_out":3000}"#).unwrap();
    let expect = Conditions {
        stop_out: BasisPoints(3_000),
        ..Conditions::default()
    };
    assert_eq!(conditions, expect);
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
         NOTHING_TO_CHANGE TOO_MANY_ORDERS TOO_MANY_POSITIONS NO_MONEY TOO_LARGE"
    );
}
