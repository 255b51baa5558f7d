//! What a trader does in these tests, and the prices that come in.

use crate::world::{PROGRAM, WALLET, World};
use std::sync::Arc;
use touchstone_app::desk::{
    Answer, Asked, Command, DeskError, OrderKind, OrderRequest, Origin, Protection, Tick,
};
use touchstone_app::purchase::{BuyRequest, Choice};
use touchstone_domain::{Login, Price, Side, Volume};

/// The program that is sold; answers the first account.
pub async fn buy(world: &World) -> Login {
    let request = BuyRequest {
        program_id: PROGRAM,
        payer_login: WALLET,
        idempotency_key: None,
        choice: Choice::default(),
    };
    let bought = world.app.buy(world.customer(), request).await;
    let account = bought.expect("a purchase").account.expect("an account");
    account.0.login
}

/// In points.
pub fn tick(world: &World, symbol: &str, bid: i64) -> Tick {
    Tick {
        symbol: symbol.parse().expect("a symbol"),
        bid: Price(bid),
        ask: Price(bid + 10),
        fed_at: world.app.now(),
        sequence: None,
    }
}

/// A price a moment later, which is accepted.
pub async fn price(world: &mut World, symbol: &str, bid: i64) {
    world.clock.advance_micros(1_000);
    let (desk, tick) = (world.app.desk.clone(), tick(world, symbol, bid));
    let fed = world.ask(async move { desk.feed(Arc::from("test"), vec![tick]).await });
    assert_eq!(fed.await.expect("a report").accepted, 1);
}

/// To buy or to sell at the price that stands.
pub fn market(login: Login, symbol: &str, side: Side, volume: Volume) -> Asked {
    Asked {
        login,
        client_id: None,
        command: Command::Place(OrderRequest {
            symbol: symbol.parse().expect("a symbol"),
            side,
            volume,
            kind: OrderKind::Market,
            protection: Protection::default(),
            expires_at: None,
        }),
        origin: Origin::Manual,
    }
}

pub async fn send(world: &mut World, asked: Asked) -> Result<Answer, DeskError> {
    let desk = world.app.desk.clone();
    world.ask(async move { desk.command(asked).await }).await
}

/// Buys so many lots.
pub async fn long(world: &mut World, login: Login, symbol: &str, lots: i64) {
    let volume = Volume(lots * Volume::ONE_LOT.0);
    let answer = send(world, market(login, symbol, Side::Long, volume)).await;
    assert!(matches!(answer, Ok(Answer::Done { .. })), "{answer:?}");
}
