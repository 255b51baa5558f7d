//! An account: its positions, and the phase that judges them.

use crate::judge::Found;
use crate::market::Worth;
use crate::{Finding, Market, News, Order, Phase, RulesError, SymbolId, Void, add, sub};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use touchstone_domain::rule_set::{ConductEffect, ConductRule};
use touchstone_domain::{Currency, Login, NewsId, RuleSet, Side, UnixMicros, Volume};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PositionId(pub i64);

/// An open position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub id: PositionId,
    pub symbol: SymbolId,
    pub side: Side,
    pub volume: Volume,
    /// The sum of each part's opening price times its volume, in points times ten-thousandths of a lot: an average
    /// price is seldom a whole point.
    pub cost: i64,
    pub opened_at: UnixMicros,
}

/// What happens to one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Balance and equity as another system valued them. A change of the balance counts as a closed trade, and an
    /// equity beside the balance as one open position.
    Marked {
        balance_minor: i64,
        equity_minor: i64,
    },
    /// A deal that opens a position or adds to one, which is held like this afterwards. `cost_minor` is booked on the
    /// balance: below 0 for a commission.
    Opened {
        position: Position,
        cost_minor: i64,
    },
    /// A deal that closes a position, or a part of it.
    Closed {
        id: PositionId,
        /// What is held of it afterwards.
        left: Option<Position>,
        /// Without costs.
        profit_minor: i64,
        /// Swap and commission; below 0 where the trader pays.
        cost_minor: i64,
    },
    /// Swap or commission beside a deal.
    Cost {
        minor: i64,
    },
    /// Money that is no result of trading, or takes one back; below 0 when it goes out.
    Money {
        kind: MoneyKind,
        minor: i64,
    },
    /// An order before it is taken: judged by the rules of conduct.
    Ordered(Order),
    /// All deals of the order that was asked about are told.
    OrderDone,
    News(News),
    /// What was told of is not to come any more.
    NewsDropped(NewsId),
    /// Staff set the day's anchor.
    AnchorSet {
        minor: i64,
    },
    /// A breach is taken back: the phase goes on as it was.
    Reverted,
    /// The account has grown by so much, above 0: its size, its balance, and all that is counted from them.
    Grown {
        minor: i64,
    },
    /// The phase is judged by these from here on.
    Rules(#[serde(with = "crate::change::shared")] Arc<RuleSet>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoneyKind {
    Deposit,
    Withdrawal,
    Correction,
    Payout,
    /// A payout that was rejected: peak, floor and window are as if it had not been asked for.
    PayoutReturned,
    /// Takes a result of trading back: the profit of a trade that does not count, the loss of a breach that was
    /// reverted. No anchor and no floor moves with it.
    Undo,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub login: Login,
    pub currency: Currency,
    pub(crate) phase: Phase,
    pub(crate) positions: Vec<Position>,
    pub(crate) news: Vec<News>,
    pub(crate) void: Void,
}

impl Account {
    pub fn new(login: Login, currency: Currency, phase: Phase) -> Self {
        Self {
            login,
            currency,
            phase,
            positions: Vec::new(),
            news: Vec::new(),
            void: Void::default(),
        }
    }

    /// Goes on from a checkpoint of the phase, with the positions and the news that it had.
    pub const fn restore(
        login: Login,
        currency: Currency,
        phase: Phase,
        positions: Vec<Position>,
        news: Vec<News>,
    ) -> Self {
        Self {
            login,
            currency,
            phase,
            positions,
            news,
            void: Void::NONE,
        }
    }

    /// The account as if it held these positions.
    #[must_use]
    pub fn holding(&self, positions: Vec<Position>) -> Self {
        let mut account = self.clone();
        account.positions = positions;
        account.count_open();
        account
    }

    pub fn news(&self) -> &[News] {
        &self.news
    }

    pub const fn phase(&self) -> &Phase {
        &self.phase
    }

    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// The next instant at which something can happen without an input; `None` when the phase is over.
    ///
    /// # Errors
    /// An instant outside of the calendar.
    pub fn next_timer(&self) -> Result<Option<UnixMicros>, RulesError> {
        let flat = self.next_flat()?.map(|(at, _)| at);
        Ok(self.phase.next_timer()?.into_iter().chain(flat).min())
    }

    /// Time passes up to this instant; an input of it comes afterwards.
    pub(crate) fn advance(
        &mut self,
        until: UnixMicros,
        market: &Market,
        found: &mut Found,
    ) -> Result<(), RulesError> {
        loop {
            let flat = self.next_flat()?.filter(|(at, _)| *at <= until);
            // Each day has a time of its own at which it must end flat.
            let step = match self.phase.rules.conduct.flat_overnight {
                Some(_) => self.phase.next_timer()?,
                None => None,
            };
            let now = self.phase.state.now;
            let step = step.filter(|at| *at > now && *at <= until);
            match (flat, step) {
                (Some((at, rules)), step) if step.is_none_or(|step| at <= step) => {
                    self.phase.advance(at, found)?;
                    for rule in rules {
                        self.flat_time(rule, market, found)?;
                    }
                }
                (_, Some(step)) => self.phase.advance(step, found)?,
                _ => return self.phase.advance(until, found),
            }
        }
    }

    /// Takes an event in at an instant that was advanced to; what it means for the limits a look shows.
    pub(crate) fn take(
        &mut self,
        event: Event,
        market: &Market,
        found: &mut Found,
    ) -> Result<(), RulesError> {
        self.forget_old_news();
        self.forget_asked();
        match event {
            Event::Marked {
                balance_minor,
                equity_minor,
            } => {
                self.marked(balance_minor, equity_minor)?;
            }
            Event::Opened {
                position,
                cost_minor,
            } => {
                self.opened(position, cost_minor, market)?;
                self.void_opened(position.id);
            }
            Event::Closed {
                id,
                left,
                profit_minor,
                cost_minor,
            } => {
                let result_minor = add(profit_minor, cost_minor)?;
                let broken = self.broken_by_closing(id);
                // What is taken back was never made: nothing is judged or counted by it.
                let void = match broken {
                    Some((_, ConductEffect::VoidProfit, _)) => result_minor.max(0),
                    _ => 0,
                };
                self.closed(id, left, sub(profit_minor, void)?, cost_minor)?;
                self.void_closed(id);
                if let Some((rule, effect, number)) = broken {
                    self.broken(rule, effect, number, void, found);
                }
            }
            Event::Cost { minor } => self.book(minor)?,
            Event::Money { kind, minor } => self.money(kind, minor)?,
            Event::Ordered(order) => self.ordered(&order, market, found)?,
            Event::OrderDone => self.forget_order(),
            Event::News(news) => self.remember(news),
            Event::NewsDropped(id) => self.drop_news(id),
            Event::AnchorSet { minor } => self.phase.set_anchor(minor)?,
            Event::Reverted => self.phase.revert()?,
            Event::Grown { minor } => {
                self.book(minor)?;
                self.phase.grow(minor)?;
            }
            Event::Rules(rules) => self.phase.change_rules(rules)?,
        }
        Ok(())
    }

    /// Values the positions anew and judges.
    pub(crate) fn look(&mut self, market: &Market, found: &mut Found) -> Result<(), RulesError> {
        let worth = match self.positions.is_empty() {
            true => None,
            false => Some(market.worth(&self.positions, self.currency)?),
        };
        self.seen(worth, found)
    }

    /// Judges with what the positions are worth; `None` when there are none.
    pub(crate) fn seen(
        &mut self,
        worth: Option<Worth>,
        found: &mut Found,
    ) -> Result<(), RulesError> {
        let reading = &mut self.phase.state.reading;
        let was_firm = reading.is_firm;
        reading.is_firm = matches!(worth, None | Some(Worth::Firm(_)));
        if let Some(Worth::Firm(minor) | Worth::Doubtful(minor)) = worth {
            reading.floating_minor = minor;
        }
        self.tell_firmness(was_firm, found);
        self.phase.judge(found)
    }

    fn tell_firmness(&self, was_firm: bool, found: &mut Found) {
        let state = &self.phase.state;
        if was_firm != state.reading.is_firm && !state.status.is_over() {
            let finding = match was_firm {
                true => Finding::JudgementSuspended,
                false => Finding::JudgementResumed,
            };
            found.push((state.now, finding));
        }
    }

    fn book(&mut self, minor: i64) -> Result<(), RulesError> {
        let reading = &mut self.phase.state.reading;
        reading.balance_minor = add(reading.balance_minor, minor)?;
        Ok(())
    }

    fn marked(&mut self, balance_minor: i64, equity_minor: i64) -> Result<(), RulesError> {
        if !self.positions.is_empty() {
            return Err(RulesError::MarkedWithPositions);
        }
        let before = self.phase.state.reading;
        let floating_minor = sub(equity_minor, balance_minor)?;
        let change = sub(balance_minor, before.balance_minor)?;
        if change != 0 {
            self.realised(change)?;
            self.trade(change);
            self.deal(false);
        }
        let state = &mut self.phase.state;
        state.reading.balance_minor = balance_minor;
        state.reading.floating_minor = floating_minor;
        state.reading.open_positions = u32::from(floating_minor != 0);
        if floating_minor != 0 && before.floating_minor == 0 {
            self.deal(true);
        }
        Ok(())
    }

    fn opened(
        &mut self,
        position: Position,
        cost_minor: i64,
        market: &Market,
    ) -> Result<(), RulesError> {
        if position.volume.0 <= 0 {
            return Err(RulesError::BadVolume);
        }
        market.symbol(position.symbol)?;
        self.book(cost_minor)?;
        self.positions.retain(|open| open.id != position.id);
        self.positions.push(position);
        self.deal(true);
        self.count_open();
        Ok(())
    }

    fn closed(
        &mut self,
        id: PositionId,
        left: Option<Position>,
        profit_minor: i64,
        cost_minor: i64,
    ) -> Result<(), RulesError> {
        let mut held = self.positions.iter_mut();
        let position = held.find(|open| open.id == id);
        let position = position.ok_or(RulesError::UnknownPosition(id.0))?;
        match left {
            Some(left) if left.volume.0 <= 0 || left.volume >= position.volume || left.id != id => {
                return Err(RulesError::BadVolume);
            }
            Some(left) => *position = left,
            None => self.positions.retain(|open| open.id != id),
        }
        let result = add(profit_minor, cost_minor)?;
        self.realised(profit_minor)?;
        self.trade(result);
        self.book(result)?;
        self.deal(false);
        self.count_open();
        Ok(())
    }

    fn trade(&mut self, result_minor: i64) {
        self.phase.state.window.trade(result_minor);
        if let Some(before) = &mut self.phase.state.paid.before {
            before.window.trade(result_minor);
        }
        self.phase.state.all.trade(result_minor);
    }

    fn realised(&mut self, profit_minor: i64) -> Result<(), RulesError> {
        let state = &mut self.phase.state;
        state.day.realised_minor = add(state.day.realised_minor, profit_minor)?;
        Ok(())
    }

    fn count_open(&mut self) {
        let reading = &mut self.phase.state.reading;
        reading.open_positions = u32::try_from(self.positions.len()).unwrap_or(u32::MAX);
        if self.positions.is_empty() {
            reading.floating_minor = 0;
        }
    }

    fn deal(&mut self, opens: bool) {
        let state = &mut self.phase.state;
        state.first_trade_at.get_or_insert(state.now);
        state.last_deal_at = Some(state.now);
        state.day.opened |= opens;
        state.day.closed |= !opens;
    }

    /// Money moves the day's anchors by its amount, and with it the floors of the day; what it does to the maximum
    /// loss depends on its kind.
    pub(crate) fn money(&mut self, kind: MoneyKind, minor: i64) -> Result<(), RulesError> {
        self.book(minor)?;
        if kind == MoneyKind::Undo {
            return Ok(());
        }
        let state = &mut self.phase.state;
        state.flows_minor = add(state.flows_minor, minor)?;
        let day = &mut state.day;
        day.flows_minor = add(day.flows_minor, minor)?;
        day.peak_minor = add(day.peak_minor, minor)?;
        for anchor in [&mut day.loss, &mut day.cap].into_iter().flatten() {
            anchor.minor = add(anchor.minor, minor)?;
        }
        match kind {
            MoneyKind::Payout => self.phase.paid_out(minor),
            MoneyKind::PayoutReturned => self.phase.payout_returned(minor),
            _ => self.phase.move_trailing(minor),
        }
    }
}

impl Phase {
    /// A deposit is no new high and a withdrawal no loss: a floor that still trails moves with them. A static floor and
    /// a locked one stay.
    fn move_trailing(&mut self, minor: i64) -> Result<(), RulesError> {
        let trails = self.rules.max_loss.is_some_and(|rule| rule.mode.trails());
        let peak = &mut self.state.max;
        if trails && peak.locked_floor_minor.is_none() {
            peak.moved_minor = add(peak.moved_minor, minor)?;
        }
        Ok(())
    }
}

/// The next instant at which an account must be flat, by which rules.
pub(crate) type FlatTime = Option<(UnixMicros, Vec<ConductRule>)>;
