//! A history that goes through the rule engine line by line.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, anyhow, bail};
use touchstone_domain::{
    Currency, Login, Money, NewsId, Price, Quote, RuleSet, UnixMicros, Volume,
};
use touchstone_rules::{
    Account, Event, Input, News, Opening, Order, Origin, Phase, Plain, Position, PositionId,
    SymbolId, SymbolTerms, Verdict,
};

use super::line::{CloseLine, Decimal, Line, OpenLine, OrderLine, SymbolLine, TickLine};

/// The one account of a history.
const LOGIN: Login = Login(1);
const LOT_DECIMALS: u32 = 4;

pub struct History {
    rules: Arc<RuleSet>,
    currency: Currency,
    initial_minor: Option<i64>,
    /// What the account was just opened with.
    opened_minor: Option<i64>,
    plain: Plain,
    symbols: BTreeMap<String, (SymbolId, u32)>,
}

impl History {
    pub fn new(rules: RuleSet, currency: Currency, initial: Option<&str>) -> anyhow::Result<Self> {
        let initial = initial.map(|text| Money::from_major(text, currency));
        let initial = initial.transpose().context("--initial")?;
        Ok(Self {
            rules: Arc::new(rules),
            currency,
            initial_minor: initial.map(|money| money.minor),
            opened_minor: None,
            plain: Plain::default(),
            symbols: BTreeMap::new(),
        })
    }

    pub fn account(&self) -> anyhow::Result<&Account> {
        let found = self.plain.account(LOGIN);
        found.context("the account is not open yet: begin with a balance and an equity, with \"phase\", or with --initial")
    }

    /// What the account was opened with by the last line, told once.
    pub fn take_opening(&mut self) -> Option<i64> {
        self.opened_minor.take()
    }

    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Takes a line in. `None` when there is nothing to tell of it.
    pub fn step(&mut self, text: &str) -> anyhow::Result<Option<Vec<Verdict>>> {
        let line: Line = serde_json::from_str(text)?;
        let at = instant(&line.at)?;
        if let [first, second, ..] = line.said()[..] {
            bail!("a line says one thing, this one says \"{first}\" and \"{second}\"");
        }
        if let Some(symbol) = &line.symbol {
            self.list(symbol)?;
            return Ok(None);
        }
        if let Some(phase) = &line.phase {
            let purchased = phase.purchased_at.as_deref().map(instant).transpose()?;
            let initial = self.minor(&phase.initial, "initial")?;
            self.open_account(at, purchased, initial)?;
            return Ok(Some(Vec::new()));
        }
        if self.plain.account(LOGIN).is_none() {
            let balance = line.balance.as_ref();
            let first = balance
                .map(|balance| self.minor(balance, "balance"))
                .transpose()?;
            match self.initial_minor.or(first) {
                Some(initial) => self.open_account(at, None, initial)?,
                None => self.account().map(|_| ())?,
            }
        }
        let input = self.input(at, &line)?;
        Ok(Some(self.plain.apply(at, input)?))
    }

    fn open_account(
        &mut self,
        at: UnixMicros,
        purchased: Option<UnixMicros>,
        initial_minor: i64,
    ) -> anyhow::Result<()> {
        let opening = Opening {
            initial_minor,
            purchased_at: purchased.unwrap_or(at),
            activated_at: at,
        };
        let phase = Phase::open(Arc::clone(&self.rules), opening)?;
        self.plain.open(Account::new(LOGIN, self.currency, phase))?;
        self.opened_minor = Some(initial_minor);
        Ok(())
    }

    fn list(&mut self, line: &SymbolLine) -> anyhow::Result<()> {
        if self.symbols.contains_key(&line.name) {
            bail!("the symbol {} is listed already", line.name);
        }
        let id = self.plain.market_mut().list(SymbolTerms {
            digits: line.digits,
            contract_size: line.contract_size,
            base: line.base,
            profit: line.profit,
        })?;
        self.symbols.insert(line.name.clone(), (id, line.digits));
        Ok(())
    }

    fn input(&self, at: UnixMicros, line: &Line) -> anyhow::Result<Input> {
        if let Some(tick) = &line.tick {
            return self.tick(tick);
        }
        if let Some(name) = &line.stale {
            return Ok(Input::Stale(self.symbol(name)?.0));
        }
        if let Some(name) = &line.fresh {
            return Ok(Input::Fresh(self.symbol(name)?.0));
        }
        let event = self.event(at, line)?;
        Ok(event.map_or(Input::Time, |event| Input::Of {
            login: LOGIN,
            event,
        }))
    }

    fn event(&self, at: UnixMicros, line: &Line) -> anyhow::Result<Option<Event>> {
        let event = match line {
            Line {
                balance: Some(balance),
                equity: Some(equity),
                ..
            } => Event::Marked {
                balance_minor: self.minor(balance, "balance")?,
                equity_minor: self.minor(equity, "equity")?,
            },
            Line {
                balance: Some(_), ..
            } => bail!("\"balance\" needs \"equity\" beside it"),
            Line {
                equity: Some(_), ..
            } => bail!("\"equity\" needs \"balance\" beside it"),
            Line {
                open: Some(open), ..
            } => self.opened(at, open)?,
            Line {
                close: Some(close), ..
            } => self.closed(close)?,
            Line {
                cost: Some(cost), ..
            } => Event::Cost {
                minor: self.minor(cost, "cost")?,
            },
            Line {
                money: Some(money), ..
            } => Event::Money {
                kind: money.kind,
                minor: self.minor(&money.amount, "amount")?,
            },
            Line {
                order: Some(order), ..
            } => Event::Ordered(self.order(order)?),
            Line {
                news: Some(news), ..
            } => Event::News(News {
                id: NewsId(instant(&news.at)?.0),
                at: instant(&news.at)?,
                impact: news.impact,
                currency: news.currency,
            }),
            Line {
                anchor: Some(anchor),
                ..
            } => Event::AnchorSet {
                minor: self.minor(anchor, "anchor")?,
            },
            Line { revert: true, .. } => Event::Reverted,
            _ => return Ok(None),
        };
        Ok(Some(event))
    }

    fn tick(&self, line: &TickLine) -> anyhow::Result<Input> {
        let (symbol, digits) = self.symbol(&line.symbol)?;
        let (bid, ask) = (price(&line.bid, digits)?, price(&line.ask, digits)?);
        let quote = Quote::new(bid, ask);
        let quote = quote.context("a price must be above 0, and the bid not above the ask")?;
        Ok(Input::Tick { symbol, quote })
    }

    fn opened(&self, at: UnixMicros, line: &OpenLine) -> anyhow::Result<Event> {
        let id = PositionId(line.position);
        if self.account()?.positions().iter().any(|held| held.id == id) {
            bail!("position {} is open already", line.position);
        }
        let (symbol, digits) = self.symbol(&line.symbol)?;
        let (volume, open) = (volume(&line.lots)?, price(&line.price, digits)?);
        let cost = volume
            .0
            .checked_mul(open.0)
            .context("the position is too large")?;
        let position = Position {
            id,
            symbol,
            side: line.side,
            volume,
            cost,
            opened_at: at,
        };
        let cost_minor = self.optional_minor(line.cost.as_ref())?;
        Ok(Event::Opened {
            position,
            cost_minor,
        })
    }

    fn closed(&self, line: &CloseLine) -> anyhow::Result<Event> {
        let id = PositionId(line.position);
        let mut held = self.account()?.positions().iter();
        let held = held.find(|held| held.id == id);
        let held = held.with_context(|| format!("position {} is not open", line.position))?;
        let closed = line.lots.as_ref().map_or(Ok(held.volume), volume)?;
        if closed > held.volume {
            bail!("more is closed than is open");
        }
        let volume = Volume(held.volume.0 - closed.0);
        // A position of a history was begun at one price.
        let cost = held.cost / held.volume.0 * volume.0;
        let left = (volume.0 > 0).then_some(Position {
            volume,
            cost,
            ..*held
        });
        Ok(Event::Closed {
            id,
            left,
            profit_minor: self.minor(&line.profit, "profit")?,
            cost_minor: self.optional_minor(line.cost.as_ref())?,
        })
    }

    fn order(&self, line: &OrderLine) -> anyhow::Result<Order> {
        Ok(Order {
            action: line.action,
            symbol: self.symbol(&line.symbol)?.0,
            side: line.side,
            volume: volume(&line.lots)?,
            has_stop_loss: line.stop_loss,
            origin: line.origin.unwrap_or(Origin::Manual),
            is_hedged_elsewhere: line.hedged_elsewhere,
            is_netted: line.netted,
            waits: line.waits,
            position: line.position.map(PositionId),
            void: None,
        })
    }

    fn symbol(&self, name: &str) -> anyhow::Result<(SymbolId, u32)> {
        let found = self.symbols.get(name).copied();
        found.with_context(|| {
            format!("the symbol {name:?} was not listed: a line with \"symbol\" must come first")
        })
    }

    fn minor(&self, amount: &Decimal, name: &str) -> anyhow::Result<i64> {
        let decimals = self.currency.decimals();
        amount.units(decimals).ok_or_else(|| {
            anyhow!(
                "\"{name}\" is {amount}: a plain number with at most {decimals} decimals is wanted"
            )
        })
    }

    fn optional_minor(&self, cost: Option<&Decimal>) -> anyhow::Result<i64> {
        cost.map_or(Ok(0), |cost| self.minor(cost, "cost"))
    }
}

fn instant(text: &str) -> anyhow::Result<UnixMicros> {
    let read = UnixMicros::parse(text);
    read.with_context(|| {
        format!("{text:?} is no instant: one like \"2026-05-04T08:00:00Z\" is wanted")
    })
}

fn price(price: &Decimal, digits: u32) -> anyhow::Result<Price> {
    let read = price.units(digits).map(Price);
    read.with_context(|| format!("{price} is no price with at most {digits} decimals"))
}

fn volume(lots: &Decimal) -> anyhow::Result<Volume> {
    let read = lots.units(LOT_DECIMALS).map(Volume);
    read.filter(|volume| volume.0 > 0).with_context(|| {
        format!("{lots} is no number of lots above 0 with at most {LOT_DECIMALS} decimals")
    })
}
