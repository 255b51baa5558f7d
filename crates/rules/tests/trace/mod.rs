//! Reads a trace, runs it, and writes it with what was found.

use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_domain::basis_points::parse_decimal;
use touchstone_domain::rule_set::Impact;
use touchstone_domain::{
    Currency, Login, Money, NewsId, Price, Quote, RuleSet, Side, UnixMicros, Volume,
};
use touchstone_rules::*;

const LOGIN: Login = Login(1);

pub struct World {
    plain: Plain,
    /// Says and remembers the same, line by line.
    fast: Fast,
    symbols: BTreeMap<String, (SymbolId, u32)>,
    currency: Currency,
    shown: String,
}

type Read<T> = Result<T, String>;

/// The trace as it should be written.
pub fn run(text: &str) -> Read<String> {
    let mut world = World {
        plain: Plain::default(),
        fast: Fast::new(Market::default()),
        symbols: BTreeMap::new(),
        currency: Currency::USD,
        shown: String::new(),
    };
    let mut told = String::new();
    let mut rules = String::new();
    let mut in_rules = false;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with(['=', '!', '~']) {
            continue;
        }
        told += line;
        told.push('\n');
        let fault = |error: String| format!("line {}: {error}: {line}", index + 1);
        match line.trim() {
            "rules" => in_rules = true,
            "end" => in_rules = false,
            json if in_rules => rules += json,
            "" => {}
            comment if comment.starts_with('#') => {}
            line => told += &world.line(line, &rules).map_err(fault)?,
        }
    }
    Ok(told)
}

impl World {
    fn line(&mut self, line: &str, rules: &str) -> Read<String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["open", at, balance, currency] => self.open(rules, at, at, balance, currency)?,
            ["open", at, balance, currency, "purchased", purchased] => {
                self.open(rules, at, purchased, balance, currency)?;
            }
            ["symbol", name, digits, size, pair] => self.symbol(name, digits, size, pair)?,
            ["show"] => return self.show(),
            [at, ref rest @ ..] => {
                let at = instant(at)?;
                let input = self.input(at, rest)?;
                let verdicts = self.plain.apply(at, input.clone());
                if self.fast.apply(at, input) != verdicts {
                    return Err("the fast engine says something else".to_owned());
                }
                return self.told(&verdicts.map_err(|error| error.to_string())?);
            }
            [] => {}
        }
        match self.plain.account(LOGIN) {
            Some(_) => self.told(&[]),
            None => Ok(String::new()),
        }
    }

    fn show(&self) -> Read<String> {
        let phase = self.plain.account(LOGIN).ok_or("no account")?.phase();
        let progress = phase.progress().map_err(|error| error.to_string())?;
        let mut shown = format!("~ {}\n", progress.text(self.currency));
        if phase.rules().payout.is_some() {
            let stands = phase.payout_standing().map_err(|error| error.to_string())?;
            let (days, won) = (stands.trading_days, stands.winning_days);
            shown += &format!("~ since the payout before: trading days {days}, won {won}\n");
        }
        for limit in phase.deadlines().map_err(|error| error.to_string())? {
            let ends = limit
                .ends_at
                .map_or_else(String::new, |at| format!(" until {}", at.rfc3339()));
            let rests = if limit.is_resting { ": rests" } else { "" };
            shown += &format!("~ {}{ends}{rests}\n", limit.rule.name());
        }
        Ok(shown)
    }

    fn open(
        &mut self,
        rules: &str,
        at: &str,
        purchased: &str,
        balance: &str,
        currency: &str,
    ) -> Read<()> {
        self.currency = currency.parse().map_err(|_| "no currency")?;
        let rules: RuleSet = serde_json::from_str(rules).map_err(|error| error.to_string())?;
        let opening = Opening {
            initial_minor: self.money(balance)?,
            purchased_at: instant(purchased)?,
            activated_at: instant(at)?,
        };
        let phase = Phase::open(Arc::new(rules), opening).map_err(|error| error.to_string())?;
        let account = Account::new(LOGIN, self.currency, phase);
        self.plain
            .open(account.clone())
            .and_then(|()| self.fast.open(account))
            .map_err(|error| error.to_string())
    }

    fn symbol(&mut self, name: &str, digits: &str, size: &str, pair: &str) -> Read<()> {
        let digits = digits.parse().map_err(|_| "no digits")?;
        let (base, profit) = pair.split_once('/').ok_or("no pair")?;
        let symbol = SymbolTerms {
            digits,
            contract_size: size.parse().map_err(|_| "no size")?,
            base: base.parse().ok(),
            profit: profit.parse().map_err(|_| "no currency")?,
        };
        let id = self.plain.market_mut().list(symbol);
        if self.fast.list(symbol) != id {
            return Err("the fast engine lists it otherwise".to_owned());
        }
        let id = id.map_err(|error| error.to_string())?;
        self.symbols.insert(name.to_owned(), (id, digits));
        Ok(())
    }

    fn input(&self, at: UnixMicros, words: &[&str]) -> Read<Input> {
        let event = match *words {
            ["time"] => return Ok(Input::Time),
            ["tick", name, bid, ask] => {
                let (symbol, digits) = self.named(name)?;
                let quote = Quote::new(price(bid, digits)?, price(ask, digits)?);
                return Ok(Input::Tick {
                    symbol,
                    quote: quote.ok_or("no quote")?,
                });
            }
            ["stale", name] => return Ok(Input::Stale(self.named(name)?.0)),
            ["fresh", name] => return Ok(Input::Fresh(self.named(name)?.0)),
            ["mark", balance, equity] => Event::Marked {
                balance_minor: self.money(balance)?,
                equity_minor: self.money(equity)?,
            },
            [
                side @ ("long" | "short"),
                id,
                name,
                lots,
                open,
                ref cost @ ..,
            ] => {
                let (symbol, digits) = self.named(name)?;
                let position = Position {
                    id: number(id)?,
                    symbol,
                    side: side_of(side)?,
                    volume: volume(lots)?,
                    cost: price(open, digits)?.0 * volume(lots)?.0,
                    opened_at: at,
                };
                Event::Opened {
                    position,
                    cost_minor: self.cost(cost)?,
                }
            }
            ["close", id, lots, profit, ref cost @ ..] => Event::Closed {
                id: number(id)?,
                left: self.left(number(id)?, volume(lots)?)?,
                profit_minor: self.money(profit)?,
                cost_minor: self.cost(cost)?,
            },
            ["cost", minor] => Event::Cost {
                minor: self.money(minor)?,
            },
            ["anchor", minor] => Event::AnchorSet {
                minor: self.money(minor)?,
            },
            ["revert"] => Event::Reverted,
            ["grow", minor] => Event::Grown {
                minor: self.money(minor)?,
            },
            ["rules", ref json @ ..] => {
                let rules = serde_json::from_str(&json.join(" "));
                Event::Rules(rules.map(Arc::new).map_err(|error| error.to_string())?)
            }
            ["order_done"] => Event::OrderDone,
            // Its instant names it.
            ["news", when, impact, ref currency @ ..] => Event::News(News {
                id: NewsId(instant(when)?.0),
                at: instant(when)?,
                currency: match currency {
                    [code] => Some(code.parse().map_err(|_| "no currency".to_owned())?),
                    _ => None,
                },
                impact: match impact {
                    "low" => Impact::Low,
                    "medium" => Impact::Medium,
                    _ => Impact::High,
                },
            }),
            ["drop_news", when] => Event::NewsDropped(NewsId(instant(when)?.0)),
            ["order", action, side, name, lots, ref flags @ ..] => {
                Event::Ordered(self.order(action, side, name, lots, flags)?)
            }
            [kind, minor] => {
                let kind = match kind {
                    "deposit" => MoneyKind::Deposit,
                    "withdrawal" => MoneyKind::Withdrawal,
                    "correction" => MoneyKind::Correction,
                    "payout" => MoneyKind::Payout,
                    "payout_returned" => MoneyKind::PayoutReturned,
                    "undo" => MoneyKind::Undo,
                    _ => return Err("not known".to_owned()),
                };
                Event::Money {
                    kind,
                    minor: self.money(minor)?,
                }
            }
            _ => return Err("not known".to_owned()),
        };
        Ok(Input::Of {
            login: LOGIN,
            event,
        })
    }

    fn order(
        &self,
        action: &str,
        side: &str,
        name: &str,
        lots: &str,
        flags: &[&str],
    ) -> Read<Order> {
        Ok(Order {
            action: match action {
                "open" => OrderAction::Open,
                "close" => OrderAction::Close,
                _ => OrderAction::Modify,
            },
            symbol: self.named(name)?.0,
            side: side_of(side)?,
            volume: volume(lots)?,
            has_stop_loss: flags.contains(&"sl"),
            origin: match () {
                () if flags.contains(&"ea") => Origin::ExpertAdvisor,
                () if flags.contains(&"copy") => Origin::Copy,
                () => Origin::Manual,
            },
            is_hedged_elsewhere: flags.contains(&"hedged"),
            is_netted: flags.contains(&"netted"),
            waits: flags.contains(&"waits"),
            position: flags
                .iter()
                .find_map(|flag| flag.strip_prefix('#'))
                .map(number)
                .transpose()?,
            void: None,
        })
    }

    fn told(&mut self, verdicts: &[Verdict]) -> Read<String> {
        let account = self.plain.account(LOGIN).ok_or("no account")?;
        if self.fast.account(LOGIN) != Ok(Some(account.clone())) {
            return Err("the fast engine remembers something else".to_owned());
        }
        let phase = account.phase();
        let clock = &phase.rules().trading_day;
        let mut text = String::new();
        for verdict in verdicts {
            let finding = &verdict.finding;
            text += &format!(
                "! {} {}: {}\n",
                verdict.at.rfc3339().replace(".000000Z", "Z"),
                finding.name(),
                finding.text(self.currency, clock)
            );
        }
        let limits = phase.limits().map_err(|error| error.to_string())?;
        let mut shown: Vec<String> = limits
            .iter()
            .map(|limit| limit.text(self.currency))
            .collect();
        if phase.status_name() != "live" {
            shown.push(phase.status_name().to_owned());
        }
        let shown = shown.join("; ");
        if shown != self.shown && !shown.is_empty() {
            text += &format!("= {shown}\n");
        }
        self.shown = shown;
        Ok(text)
    }

    /// What is left of a position; as much as that was begun at the same prices.
    fn left(&self, id: PositionId, closed: Volume) -> Read<Option<Position>> {
        let account = self.plain.account(LOGIN).ok_or("no account")?;
        let held = account.positions().iter().find(|open| open.id == id);
        let held = held.ok_or("no position")?;
        let volume = Volume(held.volume.0 - closed.0);
        let cost = held.cost / held.volume.0 * volume.0;
        Ok((volume.0 > 0).then_some(Position {
            volume,
            cost,
            ..*held
        }))
    }

    fn named(&self, name: &str) -> Read<(SymbolId, u32)> {
        self.symbols
            .get(name)
            .copied()
            .ok_or_else(|| "no symbol".to_owned())
    }

    fn money(&self, text: &str) -> Read<i64> {
        let money = Money::from_major(text, self.currency);
        money
            .map(|money| money.minor)
            .map_err(|error| error.to_string())
    }

    fn cost(&self, words: &[&str]) -> Read<i64> {
        words.first().map_or(Ok(0), |cost| self.money(cost))
    }
}

fn side_of(text: &str) -> Read<Side> {
    match text {
        "long" => Ok(Side::Long),
        "short" => Ok(Side::Short),
        _ => Err("no side".to_owned()),
    }
}

fn instant(text: &str) -> Read<UnixMicros> {
    UnixMicros::parse(text).ok_or_else(|| "no instant".to_owned())
}

fn price(text: &str, digits: u32) -> Read<Price> {
    parse_decimal(text, digits)
        .map(Price)
        .ok_or_else(|| "no price".to_owned())
}

fn volume(text: &str) -> Read<Volume> {
    parse_decimal(text, 4)
        .map(Volume)
        .ok_or_else(|| "no volume".to_owned())
}

fn number(text: &str) -> Read<PositionId> {
    text.parse()
        .map(PositionId)
        .map_err(|_| "no position".to_owned())
}
