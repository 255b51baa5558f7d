//! One account with its market, as a trace or a property drives it.

use std::collections::BTreeMap;
use touchstone_domain::{Currency, Login, Quote, Symbol, UnixMicros};
use touchstone_trading::{
    Account, Booking, Catalogue, Conditions, Effect, Fault, Figures, GroupTerms, Input, Preflight,
    Prices, Scene, TermsPatch, preflight, step,
};

pub struct Desk {
    pub catalogue: Catalogue,
    pub currency: Currency,
    pub conditions: Conditions,
    pub patches: BTreeMap<Symbol, TermsPatch>,
    pub terms: GroupTerms,
    pub prices: Prices,
    pub account: Account,
    pub now: UnixMicros,
    next_id: i64,
}

impl Desk {
    pub fn new(currency: Currency, leverage: i64, booking: Booking, balance_minor: i64) -> Self {
        let catalogue = Catalogue::parse(Catalogue::DEFAULT).unwrap();
        let (conditions, patches) = (Conditions::default(), BTreeMap::new());
        Self {
            terms: GroupTerms::new(&catalogue, currency, conditions, &patches).unwrap(),
            catalogue,
            currency,
            conditions,
            patches,
            prices: Prices::default(),
            account: Account::new(Login(100_001), leverage, booking, balance_minor),
            now: UnixMicros(0),
            next_id: 1,
        }
    }

    /// Takes in changed conditions and patches.
    pub fn renew(&mut self) {
        let (catalogue, patches) = (&self.catalogue, &self.patches);
        self.terms = GroupTerms::new(catalogue, self.currency, self.conditions, patches).unwrap();
    }

    pub fn scene(&self) -> Scene<'_> {
        Scene {
            terms: &self.terms,
            prices: &self.prices,
            now: self.now,
        }
    }

    pub fn digits(&self, symbol: Symbol) -> u32 {
        self.catalogue.get(symbol).map_or(5, |i| i.digits)
    }

    pub fn set(&mut self, symbol: Symbol, quote: Quote) {
        self.prices.set(symbol, quote, self.now);
    }

    /// Does it, and holds what must hold after everything: the account is what the effects have made of it, and no more
    /// numbers were taken than was said.
    pub fn give(&mut self, input: &Input) -> Result<Vec<Effect>, Fault> {
        let outcome = step(&self.account, input, &self.scene(), self.next_id)?;
        let mut told = self.account.clone();
        for effect in &outcome.effects {
            told.apply(effect);
        }
        assert_eq!(*outcome.account, told, "the effects tell another story");
        let most = 2 * (self.account.positions.len() + self.account.orders.len()) + 4;
        let used = usize::try_from(outcome.next_id - self.next_id).expect("numbers grow");
        assert!(used <= most, "{used} numbers of at most {most}");
        let (next_id, effects) = (outcome.next_id, outcome.effects);
        self.next_id = next_id;
        self.account = told;
        Ok(effects)
    }

    /// A price, what it wakes, and the judgement.
    pub fn tick(&mut self, symbol: Symbol, quote: Quote) -> Result<Vec<Effect>, Fault> {
        self.set(symbol, quote);
        let mut effects = self.give(&Input::Tick { symbol })?;
        effects.extend(self.give(&Input::Judge)?);
        Ok(effects)
    }

    pub fn figures(&self) -> Figures {
        Figures::of(&self.account, &self.scene()).unwrap()
    }

    pub fn preflight(&self, command: &touchstone_trading::Command) -> Result<Preflight, Fault> {
        preflight(&self.account, command, &self.scene())
    }
}
