//! Every account at every input: slow, and plainly right.

use crate::judge::Found;
use crate::{Account, Event, Market, RulesError, SymbolId, Verdict};
use touchstone_domain::{Login, Quote, UnixMicros};

/// What comes in, in order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// An accepted price: both sides of it are one tick.
    Tick {
        symbol: SymbolId,
        quote: Quote,
    },
    /// The last price of the symbol can no longer be trusted; the next tick, or `Fresh`, ends it.
    Stale(SymbolId),
    Fresh(SymbolId),
    Of {
        login: Login,
        event: Event,
    },
    /// Nothing but time.
    Time,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plain {
    market: Market,
    /// In the order of logins.
    accounts: Vec<Account>,
}

impl Plain {
    pub const fn new(market: Market) -> Self {
        Self {
            market,
            accounts: Vec::new(),
        }
    }

    pub const fn market_mut(&mut self) -> &mut Market {
        &mut self.market
    }

    /// # Errors
    /// [`RulesError::AccountTwice`].
    pub fn open(&mut self, account: Account) -> Result<(), RulesError> {
        let place = self
            .accounts
            .binary_search_by_key(&account.login, |own| own.login);
        let Err(place) = place else {
            return Err(RulesError::AccountTwice);
        };
        self.accounts.insert(place, account);
        Ok(())
    }

    /// The account is judged no more.
    pub fn remove(&mut self, login: Login) -> Option<Account> {
        let place = self.accounts.iter().position(|a| a.login == login)?;
        Some(self.accounts.remove(place))
    }

    /// The next instant at which something can happen to any account without an input.
    ///
    /// # Errors
    /// An instant outside of the calendar.
    pub fn next_timer(&self) -> Result<Option<UnixMicros>, RulesError> {
        let mut next: Option<UnixMicros> = None;
        for account in &self.accounts {
            next = next.into_iter().chain(account.next_timer()?).min();
        }
        Ok(next)
    }

    pub const fn market(&self) -> &Market {
        &self.market
    }

    pub fn account(&self, login: Login) -> Option<&Account> {
        self.accounts.iter().find(|account| account.login == login)
    }

    /// Verdicts in the order of logins, and of time in each. What happens by itself up to this
    /// instant comes before the input, at the prices from before it.
    ///
    /// # Errors
    /// Why the input could not be taken in. Then nothing has changed, but for [`RulesError::Overflow`] at a tick and
    /// an instant beyond the calendar: after these the world must be built anew.
    pub fn apply(&mut self, at: UnixMicros, input: Input) -> Result<Vec<Verdict>, RulesError> {
        let now = self
            .accounts
            .iter()
            .map(|account| account.phase.state.now)
            .max();
        if let Some(now) = now
            && at < now
        {
            return Err(RulesError::OutOfOrder { at, now });
        }
        match input {
            Input::Of { login, event } => self.event(at, login, event),
            Input::Tick { symbol, quote } => self.tick(at, symbol, quote, &[]),
            Input::Stale(symbol) => self.moved(at, &[], |market| market.set_stale(symbol, true)),
            Input::Fresh(symbol) => self.moved(at, &[], |market| market.set_stale(symbol, false)),
            Input::Time => {
                let market = &self.market;
                each(&mut self.accounts, |account, found| {
                    account.advance(at, market, found)
                })
            }
        }
    }

    /// A price and what was filled by it, as one tick: accounts are looked at once, with the fills.
    ///
    /// # Errors
    /// As [`Plain::apply`]; a fill that cannot be taken in leaves the accounts before it changed.
    pub fn tick(
        &mut self,
        at: UnixMicros,
        symbol: SymbolId,
        quote: Quote,
        fills: &[(Login, Event)],
    ) -> Result<Vec<Verdict>, RulesError> {
        self.in_order(at)?;
        self.moved(at, fills, |market| market.quoted(symbol, quote))
    }

    fn in_order(&self, at: UnixMicros) -> Result<(), RulesError> {
        let now = self
            .accounts
            .iter()
            .map(|account| account.phase.state.now)
            .max();
        match now {
            Some(now) if at < now => Err(RulesError::OutOfOrder { at, now }),
            _ => Ok(()),
        }
    }

    fn event(
        &mut self,
        at: UnixMicros,
        login: Login,
        event: Event,
    ) -> Result<Vec<Verdict>, RulesError> {
        let account = self.account(login).ok_or(RulesError::UnknownAccount)?;
        // Tried on a copy: an event that is refused leaves nothing behind.
        let (mut account, mut own) = (account.clone(), Vec::new());
        account.advance(at, &self.market, &mut own)?;
        account.take(event, &self.market, &mut own)?;
        account.look(&self.market, &mut own)?;
        let mut own = Some((account, own));
        let market = &self.market;
        each(&mut self.accounts, |account, found| {
            if account.login != login {
                return account.advance(at, market, found);
            }
            if let Some((changed, told)) = own.take() {
                *account = changed;
                *found = told;
            }
            Ok(())
        })
    }

    fn moved(
        &mut self,
        at: UnixMicros,
        fills: &[(Login, Event)],
        change: impl FnOnce(&mut Market) -> Result<(), RulesError>,
    ) -> Result<Vec<Verdict>, RulesError> {
        let mut market = self.market.clone();
        change(&mut market)?;
        let verdicts = each(&mut self.accounts, |account, found| {
            account.advance(at, &market, found)?;
            let login = account.login;
            for (_, event) in fills.iter().filter(|(of, _)| *of == login) {
                account.take(event.clone(), &market, found)?;
            }
            account.look(&market, found)
        });
        self.market = market;
        verdicts
    }
}

fn each(
    accounts: &mut [Account],
    mut step: impl FnMut(&mut Account, &mut Found) -> Result<(), RulesError>,
) -> Result<Vec<Verdict>, RulesError> {
    let mut verdicts = Vec::new();
    for account in accounts {
        let mut found = Vec::new();
        step(account, &mut found)?;
        let login = account.login;
        let told = found.into_iter();
        verdicts.extend(told.map(|(at, finding)| Verdict { login, at, finding }));
    }
    Ok(verdicts)
}
