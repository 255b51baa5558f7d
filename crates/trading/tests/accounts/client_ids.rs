//! How long the client's own numbers are remembered.

use crate::desk::Desk;
use touchstone_domain::{Currency, OrderId, Price, Quote, Side, Symbol, UnixMicros, Volume};
use touchstone_trading::{
    Booking, ClientId, Command, Effect, Input, OrderKind, OrderRequest, Protection, SEEN_KEPT,
};

fn place(number: usize) -> Input {
    let client_id = ClientId::try_from(format!("order-{number}")).unwrap();
    Input::Command {
        client_id: Some(client_id),
        command: Command::Place(OrderRequest {
            symbol: "EURUSD".parse().unwrap(),
            side: Side::Long,
            volume: Volume(100),
            kind: OrderKind::Market,
            protection: Protection::default(),
            expires_at: None,
        }),
    }
}

#[test]
fn the_latest_numbers_are_remembered_and_the_oldest_is_forgotten_first() {
    let mut desk = Desk::new(Currency::USD, 100, Booking::Netting, 100_000_000);
    desk.now = UnixMicros::parse("2026-07-07T12:00:00Z").unwrap();
    let eurusd: Symbol = "EURUSD".parse().unwrap();
    desk.set(eurusd, Quote::new(Price(108_500), Price(108_510)).unwrap());
    for number in 0..=SEEN_KEPT {
        desk.give(&place(number)).unwrap();
    }
    assert_eq!(desk.account.seen.len(), SEEN_KEPT);
    for number in [1, SEEN_KEPT] {
        // Each order took two numbers, its own and that of its deal.
        let order = OrderId(1 + 2 * i64::try_from(number).unwrap());
        let effects = desk.give(&place(number)).unwrap();
        assert_eq!(effects, [Effect::Repeated { order }]);
    }
    let effects = desk.give(&place(0)).unwrap();
    assert!(matches!(effects[0], Effect::Accepted { .. }));
}

#[test]
fn an_account_and_its_effects_can_be_kept_as_json() {
    let mut desk = Desk::new(Currency::USD, 100, Booking::Hedging, 1_000_000);
    desk.now = UnixMicros::parse("2026-07-07T12:00:00Z").unwrap();
    let eurusd: Symbol = "EURUSD".parse().unwrap();
    desk.set(eurusd, Quote::new(Price(108_500), Price(108_510)).unwrap());
    let effects = desk.give(&place(1)).unwrap();
    let json = serde_json::to_string(&desk.account).unwrap();
    assert_eq!(
        serde_json::from_str::<touchstone_trading::Account>(&json).unwrap(),
        desk.account
    );
    let json = serde_json::to_string(&effects).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Effect>>(&json).unwrap(), effects);
}

#[test]
fn a_number_of_the_client_is_short_and_visible() {
    for wrong in ["", " ", "a b", "ü", &"a".repeat(65)] {
        assert!(ClientId::try_from(wrong.to_owned()).is_err(), "{wrong:?}");
    }
    assert!(ClientId::try_from("a".repeat(64)).is_ok());
}
