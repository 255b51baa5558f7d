//! What would become of an order, without it.

use super::request::{PlaceWords, instrument};
use super::{Obstacle, TradeError, account, obstacle};
use crate::App;
use crate::desk::{Asked, DeskError};
use crate::identity::{Caller, require_live};
use touchstone_domain::access::Permission;
use touchstone_domain::{Currency, Login, Side, UnixMicros};
use touchstone_rules::{Origin, Status};
use touchstone_store::Tx;
use touchstone_store::repo::desk::accounts;
use touchstone_trading::Refusal;
use touchstone_trading::{Command, Instrument, OrderKind, OrderRequest, Preflight, Protection};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreflightAction {
    /// A new order, now or when its price comes.
    Open,
    /// The end of what is held, by the trader or by a stop or target.
    Close,
}

#[derive(Clone, Debug)]
pub struct PreflightRequest {
    /// May be left out by who has one account that is traded.
    pub login: Option<Login>,
    pub symbol: String,
    pub action: PreflightAction,
    /// The very order; without it the smallest one is looked at.
    pub order: Option<PlaceWords>,
    pub origin: Origin,
}

#[derive(Clone, Debug)]
pub struct PreflightAnswer {
    pub login: Login,
    pub currency: Currency,
    pub against: Option<Obstacle>,
    /// When that is over, where it can be told.
    pub ends_at: Option<UnixMicros>,
    /// Of the order that was named.
    pub figures: Option<Preflight>,
}

impl App {
    /// # Errors
    /// As [`App::trading_account`]; [`TradeError::WhichAccount`] when none is named and the caller has not exactly one
    /// that is traded; what cannot be read, and the desk's.
    pub async fn order_preflight(
        &self,
        caller: Caller,
        request: PreflightRequest,
    ) -> Result<PreflightAnswer, TradeError> {
        let now = self.now();
        let login = request.login;
        let found = self
            .store
            .read(move |tx| {
                let login = match login {
                    Some(login) => login,
                    None => only_account(tx, &caller, now)?,
                };
                account::find(tx, &caller, login, now)
            })
            .await?;
        let login = found.account.login;
        let instruments = self.desk.instruments();
        let instrument = instrument(instruments, &request.symbol)?;
        let command = match (&request.order, request.action) {
            (Some(words), PreflightAction::Open) => Command::Place(words.read(instruments)?),
            (None, PreflightAction::Open) => Command::Place(smallest(instrument)),
            (_, PreflightAction::Close) => Command::CloseAll {
                symbol: Some(instrument.symbol),
            },
        };
        let asked = Asked {
            login,
            client_id: None,
            command,
            origin: request.origin,
        };
        let disabled = Refusal::AccountDisabled;
        let answer = match found.is_traded() {
            true if found.is_suspended => Err(crate::desk::Answer::Refused(disabled)),
            true => match self.desk.preflight(asked).await {
                Err(DeskError::NotTraded) => Err(crate::desk::Answer::NotTraded),
                answer => answer?,
            },
            false => Err(crate::desk::Answer::NotTraded),
        };
        let mut rule_ends_at = None;
        let (against, figures) = match answer {
            Ok(figures) => (figures.refusal.map(Obstacle::Refused), Some(figures)),
            Err(answer) => {
                if let crate::desk::Answer::AgainstRule { until, .. } = answer {
                    rule_ends_at = until;
                }
                (obstacle(&answer), None)
            }
        };
        let ends_at = match against {
            Some(Obstacle::Refused(Refusal::MarketClosed)) => instrument.hours.next_open(now),
            Some(Obstacle::Paused) => self.paused_until(login).await?,
            Some(Obstacle::AgainstRule(_)) => rule_ends_at,
            _ => None,
        };
        Ok(PreflightAnswer {
            login,
            currency: found.account.currency,
            against,
            ends_at,
            figures: figures.filter(|figures| {
                let is_worked_out = matches!(figures.refusal, None | Some(Refusal::NoMoney));
                is_worked_out && request.order.is_some()
            }),
        })
    }

    async fn paused_until(&self, login: Login) -> Result<Option<UnixMicros>, TradeError> {
        let view = self.desk.view(login).await?;
        Ok(match view.and_then(|view| view.rules) {
            Some(rules) => match rules.status {
                Status::Paused { until } => Some(until),
                _ => Some(rules.day_ends_at),
            },
            None => None,
        })
    }
}

/// The one account of the caller that is traded.
fn only_account(tx: &mut Tx<'_>, caller: &Caller, now: UnixMicros) -> Result<Login, TradeError> {
    require_live(tx, caller, Permission::ViewAccounts, now)?;
    match caller {
        Caller::Account(caller) => Ok(caller.login),
        Caller::Staff(_) => Err(TradeError::WhichAccount),
        Caller::Customer(caller) => match accounts::running_of(tx, caller.customer_id)?[..] {
            [login] => Ok(login),
            _ => Err(TradeError::WhichAccount),
        },
    }
}

fn smallest(instrument: &Instrument) -> OrderRequest {
    OrderRequest {
        symbol: instrument.symbol,
        side: Side::Long,
        volume: instrument.lot_min,
        kind: OrderKind::Market,
        protection: Protection::default(),
        expires_at: None,
    }
}
