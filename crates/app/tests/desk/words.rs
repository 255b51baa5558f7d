//! The words of a scenario.

use crate::world::START;
use touchstone_domain::{Price, Side, Volume};
use touchstone_trading::{ClientId, Command, OrderKind, OrderRequest, Protection};

/// "1.10000" as points: the digits without the point.
pub fn price(text: &str) -> Price {
    Price(text.replace('.', "").parse().unwrap())
}

pub fn volume(lots: &str) -> Volume {
    let (whole, part) = lots.split_once('.').unwrap_or((lots, ""));
    let part = format!("{part:0<4}");
    Volume(whole.parse::<i64>().unwrap() * 10_000 + part.parse::<i64>().unwrap())
}

pub fn micros(span: &str) -> i64 {
    let (number, unit) = span.split_at(span.len() - 1);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        other => panic!("what is {other:?}?"),
    };
    number.parse::<i64>().unwrap() * seconds * 1_000_000
}

pub fn order(words: &[&str]) -> (Command, Option<ClientId>) {
    let [side, symbol, lots, rest @ ..] = words else {
        panic!("an order is a side, a symbol and lots");
    };
    let mut request = OrderRequest {
        symbol: symbol.parse().unwrap(),
        side: match *side {
            "long" => Side::Long,
            "short" => Side::Short,
            other => panic!("what is {other:?}?"),
        },
        volume: volume(lots),
        kind: OrderKind::Market,
        protection: Protection::default(),
        expires_at: None,
    };
    let mut client_id = None;
    for pair in rest.chunks(2) {
        let [key, value] = pair else {
            panic!("{pair:?} is half")
        };
        match *key {
            "limit" => {
                request.kind = OrderKind::Limit {
                    price: price(value),
                }
            }
            "stop" => {
                request.kind = OrderKind::Stop {
                    price: price(value),
                }
            }
            "sl" => request.protection.stop_loss = Some(price(value)),
            "tp" => request.protection.take_profit = Some(price(value)),
            "trail" => request.protection.trailing_points = Some(value.parse().unwrap()),
            "until" => request.expires_at = Some(START.plus_micros(micros(value))),
            "id" => client_id = Some(ClientId::try_from((*value).to_owned()).unwrap()),
            other => panic!("what is {other:?}?"),
        }
    }
    (Command::Place(request), client_id)
}
