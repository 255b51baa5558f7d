//! A trader asks for something. What he called it by is looked for in the store first, whose memory is long; the desk's
//! own knows the newest ones, so that of two at once one is done.

use super::request::{PatchWords, PlaceWords, ProtectWords, instrument, kind_of, lots};
use super::{TradeError, TradingAccount, obstacle};
use crate::App;
use crate::desk::{Answer, Asked, DeskError};
use touchstone_domain::{Login, OrderId, PositionId, Symbol};
use touchstone_rules::Origin;
use touchstone_store::repo::desk::history::{self, Deal, OrderRow};
use touchstone_trading::{ClientId, Command, Refusal};

/// What a trader asks for, in people's words.
#[derive(Clone, Debug)]
pub enum Wish {
    Place(PlaceWords),
    Modify(OrderId, PatchWords),
    Cancel(OrderId),
    Protect(PositionId, ProtectWords),
    /// The whole position, or so many lots of it.
    Close(PositionId, Option<String>),
    CloseBy(PositionId, PositionId),
    /// Of one symbol, or all.
    CloseAll(Option<String>),
}

/// A command that was taken, now or before.
#[derive(Clone, Debug)]
pub struct Executed {
    pub order: OrderRow,
    /// What it has come to so far.
    pub deals: Vec<Deal>,
    /// Positions that were to be closed and could not be; told once, not with a repeat.
    pub not_closed: Vec<(PositionId, Refusal)>,
    /// It was taken before.
    pub replayed: bool,
}

/// What the store knows of a wish beforehand.
struct Known {
    prior: Option<OrderRow>,
    /// Of the order or position that it is about.
    symbol: Option<Symbol>,
}

pub(super) fn command_of(row: &OrderRow) -> Result<Command, TradeError> {
    serde_json::from_str(&row.command).map_err(|error| TradeError::Broken {
        login: row.login.0,
        fault: format!("order {}: {error}", row.id),
    })
}

/// The symbol of an order, or of the position that it opened.
pub(super) fn symbol_of(
    tx: &mut touchstone_store::Tx<'_>,
    login: Login,
    order: i64,
) -> Result<Option<Symbol>, TradeError> {
    let Some(row) = history::order_by_id(tx, login, order)? else {
        return Ok(None);
    };
    match command_of(&row)? {
        Command::Place(order) => Ok(Some(order.symbol)),
        _ => Ok(None),
    }
}

impl App {
    /// Asks the desk for it; answered when it is durable.
    ///
    /// # Errors
    /// What stands against it, what cannot be read, and the desk's.
    pub async fn trade(
        &self,
        account: &TradingAccount,
        client_id: Option<ClientId>,
        origin: Origin,
        wish: Wish,
    ) -> Result<Executed, TradeError> {
        let login = account.account.login;
        let known = self.known_of(login, client_id.clone(), &wish).await?;
        if let Some(prior) = known.prior {
            let stored = command_of(&prior)?;
            let again = self.command(&wish, known.symbol, Some(&stored), login);
            return if again.await? == stored {
                self.executed(login, prior.id, Vec::new(), true).await
            } else {
                Err(Refusal::ClientIdReused.into())
            };
        }
        if account.is_suspended {
            return Err(Refusal::AccountDisabled.into());
        }
        let command = self.command(&wish, known.symbol, None, login).await?;
        let asked = Asked {
            login,
            client_id,
            command,
            origin,
        };
        let answer = match self.desk.command(asked).await {
            Err(DeskError::NotTraded) => Answer::NotTraded,
            answer => answer?,
        };
        if let Some(obstacle) = obstacle(&answer) {
            return Err(TradeError::Against(obstacle));
        }
        match answer {
            Answer::Done {
                order, not_closed, ..
            } => self.executed(login, order.0, not_closed, false).await,
            Answer::Repeated(order) => self.executed(login, order.0, Vec::new(), true).await,
            _ => Err(DeskError::Unknown.into()),
        }
    }

    async fn known_of(
        &self,
        login: Login,
        client_id: Option<ClientId>,
        wish: &Wish,
    ) -> Result<Known, TradeError> {
        let about = match wish {
            Wish::Modify(order, _) => Some(order.0),
            Wish::Protect(position, _) => Some(position.0),
            _ => None,
        };
        if client_id.is_none() && about.is_none() {
            return Ok(Known {
                prior: None,
                symbol: None,
            });
        }
        self.store
            .read(move |tx| {
                let prior = match &client_id {
                    Some(id) => history::order_of_client(tx, login, id.as_str())?,
                    None => None,
                };
                let symbol = match about {
                    Some(order) => symbol_of(tx, login, order)?,
                    None => None,
                };
                Ok(Known { prior, symbol })
            })
            .await
    }

    /// The command that the wish comes to. What a change leaves alone is taken from `stored`, a command of before, or
    /// else from how the account stands.
    async fn command(
        &self,
        wish: &Wish,
        symbol: Option<Symbol>,
        stored: Option<&Command>,
        login: Login,
    ) -> Result<Command, TradeError> {
        let instruments = self.desk.instruments();
        let digits = symbol.and_then(|symbol| instruments.get(symbol));
        let digits = digits.map(|instrument| instrument.digits);
        Ok(match wish {
            Wish::Place(words) => Command::Place(words.read(instruments)?),
            Wish::Cancel(order) => Command::Cancel { order: *order },
            Wish::Close(position, volume) => Command::Close {
                position: *position,
                volume: volume.as_deref().map(lots).transpose()?,
            },
            Wish::CloseBy(position, opposite) => Command::CloseBy {
                position: *position,
                opposite: *opposite,
            },
            Wish::CloseAll(symbol) => {
                let symbol = symbol.as_deref();
                let found = symbol.map(|symbol| instrument(instruments, symbol));
                let symbol = found.transpose()?.map(|instrument| instrument.symbol);
                Command::CloseAll { symbol }
            }
            Wish::Modify(order, words) => {
                let digits = digits.ok_or(Refusal::UnknownOrder)?;
                let now = match stored {
                    Some(Command::Modify {
                        kind,
                        protection,
                        expires_at,
                        ..
                    }) => (*kind, *protection, *expires_at),
                    Some(_) => return Err(Refusal::ClientIdReused.into()),
                    None => self.waiting(login, *order).await?,
                };
                words.command(*order, now, digits)?
            }
            Wish::Protect(position, words) => {
                let digits = digits.ok_or(Refusal::UnknownPosition)?;
                let now = match stored {
                    Some(Command::Protect { protection, .. }) => *protection,
                    Some(_) => return Err(Refusal::ClientIdReused.into()),
                    None => self.protection(login, *position).await?,
                };
                words.command(*position, now, digits)?
            }
        })
    }

    async fn waiting(
        &self,
        login: Login,
        id: OrderId,
    ) -> Result<
        (
            touchstone_trading::OrderKind,
            touchstone_trading::Protection,
            Option<touchstone_domain::UnixMicros>,
        ),
        TradeError,
    > {
        let view = self.desk.view(login).await?;
        let view = view.ok_or(TradeError::Against(super::Obstacle::NotTraded))?;
        let found = view.orders.iter().find(|order| order.id == id);
        let order = found.ok_or(Refusal::UnknownOrder)?;
        Ok((kind_of(order.waiting), order.protection, order.expires_at))
    }

    async fn protection(
        &self,
        login: Login,
        id: PositionId,
    ) -> Result<touchstone_trading::Protection, TradeError> {
        let view = self.desk.view(login).await?;
        let view = view.ok_or(TradeError::Against(super::Obstacle::NotTraded))?;
        let mut held = view.positions.iter().map(|view| &view.position);
        let found = held.find(|position| position.id == id);
        Ok(found.ok_or(Refusal::UnknownPosition)?.protection)
    }

    /// What is stored of a command that was taken.
    async fn executed(
        &self,
        login: Login,
        order: i64,
        not_closed: Vec<(PositionId, Refusal)>,
        replayed: bool,
    ) -> Result<Executed, TradeError> {
        let found = self
            .store
            .read(move |tx| {
                let row = history::order_by_id(tx, login, order)?;
                let deals = history::deals_of_order(tx, login, order)?;
                Ok::<_, TradeError>(row.map(|row| (row, deals)))
            })
            .await?;
        let (order, deals) = found.ok_or(DeskError::Unknown)?;
        Ok(Executed {
            order,
            deals,
            not_closed,
            replayed,
        })
    }
}
