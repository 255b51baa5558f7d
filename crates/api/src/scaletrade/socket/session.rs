//! What a client who has said who he is watches.

use super::words;
use crate::ApiState;
use crate::auth::Person;
use crate::limits;
use crate::slate::trading::account_object::{AccountState, PositionObject};
use crate::slate::trading::instruments::QuoteObject;
use crate::slate::trading::stream::Watch;
use crate::streams::StreamPlace;
use std::collections::{BTreeSet, HashMap};
use std::future::pending;
use touchstone_app::events::{Audience, EventReader, ListenError, Wanted};
use touchstone_app::identity::{self, Caller};
use touchstone_app::trading_desk::{BookedDeal, TradeError};
use touchstone_domain::{Login, Symbol};

/// Why somebody is not let in, or told nothing more: a code and a text.
pub struct Refused(pub &'static str, pub &'static str);

const INVALID: Refused = Refused("INVALID_TOKEN", "The token is not valid; sign in again");

/// Deals that are told one by one; of more at once only what has become of the positions is.
const DEALS_AT_ONCE: i64 = 500;

/// The account that a client watches.
struct Watched {
    login: i64,
    watch: Watch,
    /// As it was told last.
    told: Option<Box<AccountState>>,
    /// What is about to be told.
    now: Option<Box<AccountState>>,
    /// The last deal of which it was told.
    deal: i64,
}

/// What a client is told by itself.
pub enum News {
    Notification(String),
    Account(Vec<String>),
    /// He has to begin anew: he was too slow.
    Missed,
    /// The session is over.
    Over,
}

/// One client.
pub struct Session {
    pub caller: Caller,
    state: ApiState,
    symbols: BTreeSet<Symbol>,
    /// The number of each symbol's price that was told last.
    told: HashMap<Symbol, Option<i64>>,
    account: Option<Box<Watched>>,
    /// `None` for the session of a trading account.
    events: Option<(Audience, EventReader)>,
    _place: StreamPlace,
}

impl Session {
    /// # Errors
    /// A token that is none, or of somebody who has no terminal.
    pub async fn begin(state: &ApiState, token: &str) -> Result<Self, Refused> {
        let token = token.strip_prefix("Bearer ").unwrap_or(token);
        let app = &state.app;
        let Ok(caller) = identity::verify(&app.keys, token, app.now()) else {
            return Err(INVALID);
        };
        if matches!(caller, Caller::Staff(_)) {
            return Err(Refused(
                "UNSUPPORTED_SESSION",
                "This is for customers and trading accounts",
            ));
        }
        let place = state.streams.enter(Person::of(&caller)).ok_or(Refused(
            "TOO_MANY_STREAMS",
            "As many are open as may be at once; close one",
        ))?;
        let events = match app.audience(caller).await {
            Ok(audience) => {
                let read = app
                    .read_events(&caller, audience, Wanted::default(), None)
                    .await;
                Some((audience, read.map_err(|_| UNAVAILABLE)?))
            }
            Err(ListenError::Account) => None,
            Err(ListenError::Session(_)) => return Err(INVALID),
            Err(ListenError::Store(_)) => return Err(UNAVAILABLE),
        };
        let mut session = Self {
            state: state.clone(),
            caller,
            symbols: BTreeSet::new(),
            told: HashMap::new(),
            account: None,
            events,
            _place: place,
        };
        if let Caller::Account(account) = caller {
            session.switch(account.login.0).await.map_err(|_| INVALID)?;
        }
        Ok(session)
    }

    /// Watches an account from now on.
    ///
    /// # Errors
    /// One that there is not, or that is somebody else's.
    pub async fn switch(&mut self, login: i64) -> Result<(), Refused> {
        match Box::pin(Watch::begin(&self.state, self.caller, Login(login))).await {
            Ok(watch) => {
                let mut watched = Watched {
                    login,
                    watch,
                    told: None,
                    now: None,
                    deal: 0,
                };
                let deals = watched.deals(&self.state, self.caller, 1).await;
                watched.deal = deals.last().map_or(0, |deal| deal.id);
                self.account = Some(Box::new(watched));
                Ok(())
            }
            Err(TradeError::Session(_) | TradeError::NotFound) => {
                Err(Refused("NOT_FOUND", "There is no such account"))
            }
            Err(_) => Err(UNAVAILABLE),
        }
    }

    /// # Errors
    /// What is no symbol of this server, or more than may be; then nothing is changed.
    pub fn subscribe(&mut self, names: &[&str]) -> Result<(), Refused> {
        let mut wanted = self.symbols.clone();
        for name in names {
            let symbol = name.parse().ok();
            let known =
                symbol.filter(|symbol| self.state.app.desk.instruments().get(*symbol).is_some());
            wanted.insert(known.ok_or(Refused("INVALID_SYMBOL", "There is no such symbol"))?);
        }
        if wanted.len() > limits::STREAM_SYMBOLS_MAX {
            return Err(Refused(
                "TOO_MANY_SYMBOLS",
                "So many symbols are not sent at once",
            ));
        }
        self.symbols = wanted;
        Ok(())
    }

    pub fn unsubscribe(&mut self, names: &[&str]) {
        for symbol in names.iter().filter_map(|name| name.parse().ok()) {
            self.symbols.remove(&symbol);
            self.told.remove(&symbol);
        }
    }

    /// What comes next by itself; waits for ever where nothing does. Nothing is lost when the future is dropped.
    pub async fn news(&mut self) -> News {
        let login = self.account.as_ref().map(|account| account.login);
        let event = async {
            match &mut self.events {
                Some((_, events)) => events.next().await,
                None => pending().await,
            }
        };
        let account = async {
            match &mut self.account {
                Some(account) => account.next(&self.state, self.caller).await,
                None => pending().await,
            }
        };
        tokio::select! {
            told = event => match told {
                Ok(Some(told)) => News::Notification(words::notification(login, &told)),
                Ok(None) | Err(_) => News::Missed,
            },
            told = account => told.map_or(News::Over, News::Account),
        }
    }

    /// Whether the session lives, with the rights it had.
    pub async fn still_lives(&self) -> bool {
        let Some((before, _)) = &self.events else {
            return true;
        };
        match self.state.app.audience(self.caller).await {
            Ok(now) => now == *before,
            Err(ListenError::Store(_)) => true,
            Err(_) => false,
        }
    }

    /// Prices that were not told yet.
    pub async fn prices(&mut self) -> Vec<String> {
        let mut news = Vec::new();
        if self.symbols.is_empty() {
            return news;
        }
        let Ok(all) = self.state.quotes.latest(&self.state.app).await else {
            return news;
        };
        for view in all
            .iter()
            .filter(|view| self.symbols.contains(&view.symbol))
        {
            if view.quote.is_none() || self.told.get(&view.symbol) == Some(&view.seq) {
                continue;
            }
            self.told.insert(view.symbol, view.seq);
            let shown = QuoteObject::new(&self.state.app, view);
            news.push(words::quote(
                view,
                shown.bid.as_deref(),
                shown.ask.as_deref(),
            ));
        }
        news
    }
}

const UNAVAILABLE: Refused = Refused("SERVICE_UNAVAILABLE", "Try again in a moment");

impl Watched {
    /// What has changed, and how it stands at once if nothing was told yet. `None`: it is over. Nothing is lost when the
    /// future is dropped.
    async fn next(&mut self, state: &ApiState, caller: Caller) -> Option<Vec<String>> {
        if self.now.is_none() {
            self.now = match &self.told {
                None => self.watch.shown(),
                Some(_) => Some(Box::pin(self.watch.next()).await?),
            };
        }
        let deals = self.deals(state, caller, DEALS_AT_ONCE).await;
        let now = self.now.take()?;
        Some(self.tell(state, now, &deals))
    }

    /// Those of which it was not told, the oldest first.
    async fn deals(&self, state: &ApiState, caller: Caller, limit: i64) -> Vec<BookedDeal> {
        let login = Login(self.login);
        let page = state.app.deals(caller, login, None, limit).await;
        let mut deals = page.map(|page| page.items).unwrap_or_default();
        deals.retain(|deal| deal.id > self.deal);
        deals.reverse();
        deals
    }

    fn tell(
        &mut self,
        state: &ApiState,
        now: Box<AccountState>,
        deals: &[BookedDeal],
    ) -> Vec<String> {
        let login = self.login;
        let mut news = vec![words::balance(login, &now)];
        let old = self.told.take();
        let old = old.as_ref().map_or(&[][..], |old| &old.positions[..]);
        let is_open = |id: i64| now.positions.iter().any(|one| one.position_id == id);
        for position in &now.positions {
            match old
                .iter()
                .find(|old| old.position_id == position.position_id)
            {
                None => news.push(words::trade("open", login, position)),
                Some(old) if old != position => news.push(words::trade("update", login, position)),
                Some(_) => {}
            }
        }
        // What has come and gone between two looks.
        let came = deals.iter().filter(|deal| deal.kind == "in");
        let came = came.filter(|deal| !is_open(deal.position_id));
        let mut gone: Vec<PositionObject> = Vec::new();
        for deal in came {
            let is_known = |one: &PositionObject| one.position_id == deal.position_id;
            if old.iter().any(is_known) || gone.iter().any(is_known) {
                continue;
            }
            if let Some(position) = PositionObject::of_deal(&state.app, deal) {
                news.push(words::trade("open", login, &position));
                gone.push(position);
            }
        }
        let closed = old.iter().filter(|old| !is_open(old.position_id));
        gone.extend(closed.cloned());
        for mut position in gone {
            let outs = deals.iter().filter(|deal| deal.kind == "out");
            let outs = outs.filter(|deal| deal.position_id == position.position_id);
            let made = outs
                .map(|deal| deal.profit_minor)
                .reduce(i64::saturating_add);
            if let Some(made) = made {
                position.profit = Some(now.money(made));
            }
            news.push(words::trade("close", login, &position));
        }
        self.deal = deals.last().map_or(self.deal, |deal| deal.id);
        self.told = Some(now);
        news
    }
}
