//! What can be traded, on which terms, and at which price just now.

use super::{TradeError, account};
use crate::App;
use crate::desk::{QuoteView, group};
use crate::identity::{Caller, require_live};
use std::collections::BTreeMap;
use touchstone_domain::access::Permission;
use touchstone_domain::{Login, Symbol};
use touchstone_store::repo::groups;
use touchstone_trading::Instrument;

#[derive(Clone, Debug)]
pub struct InstrumentView {
    pub instrument: Instrument,
    /// Whether the account that was named can trade it.
    pub is_offered: bool,
    pub is_open: bool,
    /// None where no desk runs.
    pub quote: Option<QuoteView>,
}

impl App {
    /// Every instrument, in the order of their symbols; on the terms of the group of `login`, where it is given.
    ///
    /// # Errors
    /// The session's; [`TradeError::NotFound`] for an account that is not the caller's to see.
    pub async fn instruments(
        &self,
        caller: Caller,
        login: Option<Login>,
    ) -> Result<Vec<InstrumentView>, TradeError> {
        let now = self.now();
        let group = self
            .store
            .read(move |tx| match login {
                Some(login) => {
                    let group = account::find(tx, &caller, login, now)?.group;
                    let trading = groups::trading(tx, group.id)?;
                    Ok(Some((group, trading)))
                }
                None => require_live(tx, &caller, Permission::ViewMarket, now)
                    .map(|_| None)
                    .map_err(TradeError::from),
            })
            .await?;
        let instruments = self.desk.instruments();
        let terms = group.map(|(group, trading)| {
            let trading = group::read(trading.as_deref()).map_err(|fault| fault.to_string())?;
            let terms = instruments.terms_of(&group, &trading);
            terms.map_err(|fault| fault.to_string())
        });
        let terms = terms.transpose().map_err(|fault| TradeError::Broken {
            login: login.map_or(0, |login| login.0),
            fault,
        })?;
        let quotes: BTreeMap<Symbol, QuoteView> = match self.desk.quotes().await {
            Ok(quotes) => quotes.into_iter().map(|q| (q.symbol, q)).collect(),
            // Terms do not depend on prices.
            Err(_) => BTreeMap::new(),
        };
        let view = |instrument: &Instrument| {
            let own = terms.as_ref().and_then(|t| t.get(instrument.symbol));
            let instrument = own.map_or(instrument, |own| &own.instrument).clone();
            InstrumentView {
                is_offered: terms.is_none() || own.is_some(),
                is_open: instrument.hours.is_open(now),
                quote: quotes.get(&instrument.symbol).cloned(),
                instrument,
            }
        };
        Ok(instruments.catalogue().iter().map(view).collect())
    }

    /// # Errors
    /// As [`App::instruments`], and [`TradeError::NoInstrument`].
    pub async fn instrument(
        &self,
        caller: Caller,
        login: Option<Login>,
        symbol: &str,
    ) -> Result<InstrumentView, TradeError> {
        let all = self.instruments(caller, login).await?;
        let mut all = all.into_iter();
        all.find(|view| view.instrument.symbol.as_str() == symbol)
            .ok_or(TradeError::NoInstrument)
    }

    /// The last price of every symbol.
    ///
    /// # Errors
    /// The session's and the desk's.
    pub async fn quotes(&self, caller: Caller) -> Result<Vec<QuoteView>, TradeError> {
        let now = self.now();
        self.store
            .read(move |tx| require_live(tx, &caller, Permission::ViewMarket, now))
            .await?;
        Ok(self.desk.quotes().await?)
    }
}
