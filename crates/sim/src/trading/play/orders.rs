//! What a trader asks for.

use super::{Play, SYMBOLS};
use crate::draws::Draws;
use touchstone_app::desk::{Answer, Asked};
use touchstone_domain::{Login, OrderId, PositionId, Price, Side, Symbol, Volume};
use touchstone_rules::Origin;
use touchstone_store::repo::desk::history;
use touchstone_store::{StoreError, Tx};
use touchstone_trading::{ClientId, Command, OrderKind, OrderRequest, Protection};

impl Play {
    pub(super) async fn command(&mut self) -> anyhow::Result<()> {
        let logins: Vec<Login> = self.models.keys().copied().collect();
        let Some(login) = self.draws.pick(&logins) else {
            return Ok(());
        };
        let held: Vec<i64> = self.models[&login].ledger.held.keys().copied().collect();
        let command = match (self.draws.below(10), self.draws.pick(&held)) {
            (0, _) => Command::CloseAll { symbol: None },
            (1..4, Some(position)) => Command::Close {
                position: PositionId(position),
                volume: self
                    .draws
                    .chance(40)
                    .then(|| Volume(100 * self.draws.between(1, 30))),
            },
            (4, Some(position)) => {
                let protection = self.protection(SYMBOLS[0].0, Side::Long);
                let position = PositionId(position);
                Command::Protect {
                    position,
                    protection,
                }
            }
            _ => Command::Place(self.order()?),
        };
        self.trade(login, command).await
    }

    pub(super) async fn trade(&mut self, login: Login, command: Command) -> anyhow::Result<()> {
        let client_id = format!("c{}", self.commands.len());
        let asked = Asked {
            login,
            client_id: ClientId::try_from(client_id).ok(),
            command,
            origin: Origin::Manual,
        };
        self.commands.push(asked.clone());
        self.send(asked).await.map(drop)
    }

    fn order(&mut self) -> anyhow::Result<OrderRequest> {
        let place = usize::try_from(self.draws.below(SYMBOLS.len() as u64))?;
        let (name, begins, ..) = SYMBOLS[place];
        let (bid, _) = self.prices.get(name).copied().unwrap_or((begins, begins));
        let side = if self.draws.chance(50) {
            Side::Long
        } else {
            Side::Short
        };
        let lots = if place == 0 { 300 } else { 1_500 };
        let away = Price(bid + self.draws.between(-bid / 50, bid / 50));
        let kind = match self.draws.below(10) {
            0 => OrderKind::Limit { price: away },
            1 => OrderKind::Stop { price: away },
            _ => OrderKind::Market,
        };
        Ok(OrderRequest {
            symbol: name.parse::<Symbol>()?,
            side,
            volume: Volume(100 * self.draws.between(1, lots)),
            kind,
            protection: self.protection(name, side),
            expires_at: self
                .draws
                .chance(20)
                .then(|| self.world.now().plus_seconds(3_600)),
        })
    }

    fn protection(&mut self, name: &str, side: Side) -> Protection {
        let (bid, _) = self.prices.get(name).copied().unwrap_or((1_000_000, 0));
        let sign = if side == Side::Long { 1 } else { -1 };
        let away = |draws: &mut Draws| draws.between(bid / 300, bid / 40);
        let stop_loss = self
            .draws
            .chance(30)
            .then(|| Price(bid - sign * away(&mut self.draws)));
        let take_profit = self
            .draws
            .chance(30)
            .then(|| Price(bid + sign * away(&mut self.draws)));
        Protection {
            stop_loss,
            take_profit,
            trailing_points: (stop_loss.is_some() && self.draws.chance(30)).then_some(bid / 100),
        }
    }

    /// The same command again: the same order, or the same refusal.
    pub(super) async fn repeat(&mut self) -> anyhow::Result<()> {
        let Some(asked) = self.draws.pick(&self.commands) else {
            return Ok(());
        };
        let before = self.order_of(&asked).await?;
        let answer = self.send(asked.clone()).await?;
        match (before, answer) {
            (Some(order), Some(Answer::Done { order: again, .. })) => {
                let row = format!("{asked:?}: order {order}, and again {again}");
                self.wrong("a repeat is the same order", row);
            }
            (Some(order), Some(Answer::Repeated(again))) if order != again => {
                let row = format!("{asked:?}: order {order}, then {again}");
                self.wrong("a repeat is the same order", row);
            }
            _ => {}
        }
        Ok(())
    }

    async fn order_of(&self, asked: &Asked) -> anyhow::Result<Option<OrderId>> {
        let (login, client_id) = (asked.login, asked.client_id.clone());
        let name = client_id.map_or_else(String::new, String::from);
        let read = move |tx: &mut Tx<'_>| history::order_of_client(tx, login, &name);
        let row: Result<_, StoreError> = self.world.store.read(read).await;
        Ok(row?.map(|row| OrderId(row.id)))
    }

    async fn send(&mut self, asked: Asked) -> anyhow::Result<Option<Answer>> {
        let (desk, login) = (self.world.app.desk.clone(), asked.login);
        let words = format!(
            "{} of {login}: {:?}",
            asked
                .client_id
                .clone()
                .map_or_else(String::new, String::from),
            asked.command
        );
        let answer = self
            .world
            .ask(async move { desk.command(asked).await })
            .await?;
        self.say(&format!("{words} -> {answer:?}"));
        self.is_there(answer.as_ref().err());
        self.take_deals(|reason| reason == "order").await?;
        Ok(answer.ok())
    }
}
