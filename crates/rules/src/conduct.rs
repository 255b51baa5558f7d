//! The rules of conduct: what an order may be, and when an account must be flat.

use crate::account::FlatTime;
use crate::judge::Found;
use crate::market::Worth;
use crate::phase::Status;
use crate::{
    Account, ConductFinding, Event, Finding, Market, Position, PositionId, RulesError, SymbolId,
    SymbolTerms,
};
use serde::{Deserialize, Serialize};
use touchstone_domain::rule_set::{ConductEffect, ConductRule, Impact, NewsAction, NewsWindow};
use touchstone_domain::{BasisPoints, Currency, NewsId, Side, UnixMicros, Volume};

const MICROS: i64 = 1_000_000;

/// What a trader wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub action: OrderAction,
    pub symbol: SymbolId,
    pub side: Side,
    pub volume: Volume,
    pub has_stop_loss: bool,
    pub origin: Origin,
    /// Another account of the same customer holds the other side of the symbol.
    pub is_hedged_elsewhere: bool,
    /// The account holds one position of a symbol: the order adds to it, or turns it round.
    #[serde(default)]
    pub is_netted: bool,
    /// It is not to be filled at once, but at a price of its own.
    #[serde(default)]
    pub waits: bool,
    /// The position that is to be changed.
    #[serde(default)]
    pub position: Option<PositionId>,
    /// It was placed against this rule, which takes profits back, and is filled now.
    #[serde(default)]
    pub void: Option<ConductRule>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderAction {
    Open,
    Close,
    Modify,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Manual,
    ExpertAdvisor,
    Copy,
}

/// A piece of news that an account is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    pub id: NewsId,
    pub at: UnixMicros,
    pub impact: Impact,
    /// It matters to symbols with this currency on either side; to all symbols without one.
    pub currency: Option<Currency>,
}

impl News {
    fn matters_to(&self, symbol: &SymbolTerms) -> bool {
        self.currency
            .is_none_or(|currency| symbol.base == Some(currency) || symbol.profit == currency)
    }
}

/// A rule that was not kept, what follows, and the number that shows it.
pub(crate) type Broken = (ConductRule, ConductEffect, Option<i64>);

/// A rule that was not kept, and the number that shows it.
type Hit = (ConductRule, Option<i64>);

impl Account {
    pub(crate) fn ordered(
        &mut self,
        order: &Order,
        market: &Market,
        found: &mut Found,
    ) -> Result<(), RulesError> {
        self.forget_order();
        let hits = self.hits(order, market)?;
        let effects = self.phase.rules.conduct.effects();
        let effect_of = |rule: ConductRule| {
            let (_, effect) = effects.iter().find(|(on, _)| *on == rule)?;
            Some(match order.action {
                OrderAction::Open => rule.effect_on_opening(*effect),
                OrderAction::Close | OrderAction::Modify => *effect,
            })
        };
        let hits: Vec<(Hit, ConductEffect)> = hits
            .into_iter()
            .filter_map(|hit| Some((hit, effect_of(hit.0)?)))
            .collect();
        let rejects = |effect| effect == ConductEffect::RejectOrder;
        // An order that is rejected has not happened: no other rule is broken by it.
        let is_rejected = hits.iter().any(|(_, effect)| rejects(*effect));
        if let Some(rule) = order.void.filter(|_| !is_rejected) {
            self.void_what_comes(rule, order, found);
        }
        for ((rule, number), effect) in hits {
            match effect {
                // Told when there is a result.
                ConductEffect::VoidProfit if !is_rejected => {
                    self.void_what_comes(rule, order, found);
                }
                effect if rejects(effect) || !is_rejected => {
                    self.broken(rule, effect, number, 0, found);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether any rule of conduct is on.
    pub fn has_conduct(&self) -> bool {
        !self.phase.rules.conduct.effects().is_empty()
    }

    /// What an order would lead to at this instant, without it.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn answers(
        &self,
        order: &Order,
        market: &Market,
        now: UnixMicros,
    ) -> Result<Vec<(ConductRule, ConductEffect)>, RulesError> {
        let (mut tried, mut found) = (self.clone(), Vec::new());
        tried.advance(now, market, &mut found)?;
        found.clear();
        tried.ordered(order, market, &mut found)?;
        let answers = found.into_iter().filter_map(|(_, finding)| match finding {
            Finding::Conduct(found) => Some((found.rule, found.effect)),
            _ => None,
        });
        Ok(answers.collect())
    }

    /// The rule that an order would be rejected by at this instant, without it.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn rejects(
        &self,
        order: &Order,
        market: &Market,
        now: UnixMicros,
    ) -> Result<Option<ConductRule>, RulesError> {
        let answers = self.answers(order, market, now)?;
        let mut rejects = answers.into_iter();
        let rejects = rejects.find(|(_, effect)| *effect == ConductEffect::RejectOrder);
        Ok(rejects.map(|(rule, _)| rule))
    }

    fn hits(&self, order: &Order, market: &Market) -> Result<Vec<Hit>, RulesError> {
        let conduct = &self.phase.rules.conduct;
        let now = self.phase.state.now;
        let mut hits = Vec::new();
        let mut hit = |rule, is_broken: bool, number| {
            if is_broken {
                hits.push((rule, number));
            }
        };
        let news: &[NewsAction] = match order.action {
            // What must not be held must not be opened either.
            OrderAction::Open if order.waits => {
                &[NewsAction::Open, NewsAction::Hold, NewsAction::Modify]
            }
            OrderAction::Open => &[NewsAction::Open, NewsAction::Hold],
            OrderAction::Close => &[NewsAction::Close],
            OrderAction::Modify => &[NewsAction::Modify],
        };
        let after = self.after(order)?;
        let turns = self
            .positions
            .iter()
            .any(|held| order.is_netted && held.symbol == order.symbol && held.side != order.side);
        let mut is_in_news = self.is_in_news(news, order.symbol, market, now)?;
        if order.action == OrderAction::Open && turns {
            is_in_news |= self.is_in_news(&[NewsAction::Close], order.symbol, market, now)?;
        }
        hit(ConductRule::NewsWindow, is_in_news, None);
        let by = |origin| order.origin == origin;
        hit(
            ConductRule::NoExpertAdvisors,
            by(Origin::ExpertAdvisor),
            None,
        );
        hit(ConductRule::NoCopyTrading, by(Origin::Copy), None);
        let takes_it_away = order.action == OrderAction::Modify && !order.has_stop_loss;
        hit(ConductRule::StopLossRequired, takes_it_away, None);
        if order.action != OrderAction::Open {
            return Ok(hits);
        }
        let lots = |keep: &dyn Fn(&Position) -> bool| {
            let kept = after.iter().filter(|open| keep(open));
            kept.map(|open| open.volume.0).try_fold(0, crate::add)
        };
        let all = lots(&|_| true)?;
        let too_many = conduct.max_lots.is_some_and(|limit| all > limit.limit.0);
        hit(ConductRule::MaxLots, too_many, Some(all));
        let count = |positions: usize| i64::try_from(positions).map_err(|_| RulesError::Overflow);
        let added = crate::sub(count(after.len())?, count(self.positions.len())?)?;
        let open = i64::from(self.phase.state.reading.open_positions);
        let count = crate::add(open, added)?;
        let too_many = conduct
            .max_positions
            .is_some_and(|limit| count > i64::from(limit.limit));
        hit(ConductRule::MaxPositions, too_many, Some(count));
        let on = |open: &Position, side| open.symbol == order.symbol && open.side == side;
        let long = lots(&|open| on(open, Side::Long))?;
        let short = lots(&|open| on(open, Side::Short))?;
        let net = crate::sub(long, short)?.saturating_abs();
        let exposure = conduct.max_exposure_per_symbol;
        let too_much = exposure.is_some_and(|limit| net > limit.limit.0);
        hit(ConductRule::MaxExposurePerSymbol, too_much, Some(net));
        if let Some(limit) = conduct.max_leverage {
            let leverage = self.leverage_of(&after, market)?;
            let too_high = leverage.is_none_or(|leverage| leverage > limit.limit);
            hit(
                ConductRule::MaxLeverage,
                too_high,
                leverage.map(|leverage| leverage.0),
            );
        }
        hit(ConductRule::StopLossRequired, !order.has_stop_loss, None);
        let is_hedged = long > 0 && short > 0;
        hit(ConductRule::NoHedgingInAccount, is_hedged, None);
        hit(
            ConductRule::NoHedgingAcrossAccounts,
            order.is_hedged_elsewhere,
            None,
        );
        hit(
            ConductRule::FlatBeforeWeekend,
            self.is_weekend_close(now)?,
            None,
        );
        let left = self.phase.state.day.ends_at.micros_since(now) / MICROS;
        let overnight = conduct.flat_overnight;
        let too_late = overnight.is_some_and(|limit| left <= i64::from(limit.limit));
        hit(ConductRule::FlatOvernight, too_late, None);
        Ok(hits)
    }

    /// What the account would hold with an order that opens, without costs.
    fn after(&self, order: &Order) -> Result<Vec<Position>, RulesError> {
        let mut positions = self.positions.clone();
        let (mut side, mut volume) = (order.side, order.volume);
        if order.is_netted {
            let is_same = |held: &Position| held.symbol == order.symbol;
            for held in positions.iter().filter(|held| is_same(held)) {
                volume = Volume(match held.side == side {
                    true => crate::add(volume.0, held.volume.0)?,
                    false => crate::sub(volume.0, held.volume.0)?,
                });
                if volume.0 < 0 {
                    (side, volume) = (held.side, Volume(-volume.0));
                }
            }
            positions.retain(|held| !is_same(held));
        }
        if volume.0 > 0 {
            positions.push(Position {
                id: PositionId(0),
                symbol: order.symbol,
                side,
                volume,
                cost: 0,
                opened_at: self.phase.state.now,
            });
        }
        Ok(positions)
    }

    /// Worth of positions over equity; `None` without equity or without a price.
    fn leverage_of(
        &self,
        positions: &[Position],
        market: &Market,
    ) -> Result<Option<BasisPoints>, RulesError> {
        let equity = i128::from(self.phase.equity_minor()?);
        let worth = match market.notional(positions, self.currency)? {
            Worth::Firm(minor) | Worth::Doubtful(minor) => i128::from(minor),
            Worth::Unknown => return Ok(None),
        };
        if equity <= 0 {
            return Ok(None);
        }
        // Rounded up, so that a leverage a hair above the limit is above it.
        let times = (worth * i128::from(BasisPoints::WHOLE.0) + equity - 1) / equity;
        let times = i64::try_from(times).map_err(|_| RulesError::Overflow)?;
        Ok(Some(BasisPoints(times)))
    }

    /// Takes news in, in the place of what was known of them before.
    pub(crate) fn remember(&mut self, news: News) {
        self.news.retain(|known| known.id != news.id);
        self.news.push(news);
    }

    pub(crate) fn drop_news(&mut self, id: NewsId) {
        self.news.retain(|known| known.id != id);
    }

    /// Keeps what can still matter.
    pub(crate) fn forget_old_news(&mut self) {
        let now = self.phase.state.now;
        let window = self.phase.rules.conduct.news_window.as_ref();
        let after = window.map_or(0, |window| i64::from(window.seconds_after));
        self.news.retain(|news| news.at.plus_seconds(after) >= now);
    }

    /// Until when a rule that stands at an instant stands against an order in a symbol; `None` where no time ends it.
    ///
    /// # Errors
    /// A symbol that is not listed.
    pub fn is_against_until(
        &self,
        rule: ConductRule,
        symbol: SymbolId,
        market: &Market,
        now: UnixMicros,
    ) -> Result<Option<UnixMicros>, RulesError> {
        Ok(match rule {
            ConductRule::FlatBeforeWeekend | ConductRule::FlatOvernight => {
                Some(self.phase.day_ends_at())
            }
            ConductRule::NewsWindow => {
                let symbol = market.symbol(symbol)?;
                let window = self.phase.rules.conduct.news_window.as_ref();
                let ends = window.into_iter().flat_map(|window| {
                    let news = self
                        .news
                        .iter()
                        .filter(|news| news.matters_to(symbol) && covers(window, news, now));
                    let after = i64::from(window.seconds_after);
                    news.map(move |news| news.at.plus_seconds(after))
                });
                ends.max()
            }
            _ => None,
        })
    }

    /// The account as if it had been told what these say of news.
    #[must_use]
    pub fn hearing(&self, events: &[Event]) -> Self {
        let mut account = self.clone();
        for event in events {
            match event {
                Event::News(news) => account.remember(*news),
                Event::NewsDropped(id) => account.drop_news(*id),
                _ => {}
            }
        }
        account
    }

    fn is_in_news(
        &self,
        actions: &[NewsAction],
        symbol: SymbolId,
        market: &Market,
        now: UnixMicros,
    ) -> Result<bool, RulesError> {
        let Some(window) = &self.phase.rules.conduct.news_window else {
            return Ok(false);
        };
        if !actions.iter().any(|action| window.actions.contains(action)) {
            return Ok(false);
        }
        let symbol = market.symbol(symbol)?;
        let mut news = self.news.iter();
        Ok(news.any(|news| news.matters_to(symbol) && covers(window, news, now)))
    }

    /// Whether news forbid an action in a symbol at an instant.
    ///
    /// # Errors
    /// A symbol that is not listed.
    pub fn is_forbidden(
        &self,
        action: NewsAction,
        symbol: SymbolId,
        market: &Market,
        now: UnixMicros,
    ) -> Result<bool, RulesError> {
        self.is_in_news(&[action], symbol, market, now)
    }

    /// From the close of the week until the reset after it, so within one trading day.
    fn is_weekend_close(&self, now: UnixMicros) -> Result<bool, RulesError> {
        let Some(close) = self.phase.rules.conduct.flat_before_weekend else {
            return Ok(false);
        };
        let before_day = self.phase.state.day.began_at.plus_micros(-1);
        let clock = &self.phase.rules.trading_day;
        let close = clock.next_weekly(before_day, close.weekday.civil(), close.time)?;
        Ok(close <= now)
    }

    /// The next instant at which no position may be open any more, and by which rules.
    pub(crate) fn next_flat(&self) -> Result<FlatTime, RulesError> {
        if self.phase.state.status.is_over() {
            return Ok(None);
        }
        let conduct = &self.phase.rules.conduct;
        let now = self.phase.state.now;
        let mut times = Vec::new();
        if let Some(close) = conduct.flat_before_weekend {
            let clock = &self.phase.rules.trading_day;
            let at = clock.next_weekly(now, close.weekday.civil(), close.time)?;
            times.push((at, ConductRule::FlatBeforeWeekend));
        }
        if let Some(limit) = conduct.flat_overnight {
            let reset = self.phase.state.day.ends_at;
            let at = reset.plus_seconds(-i64::from(limit.limit));
            times.push((at, ConductRule::FlatOvernight));
        }
        if let Some(window) = &conduct.news_window
            && window.actions.contains(&NewsAction::Hold)
        {
            let matters = self
                .news
                .iter()
                .filter(|news| news.impact >= window.min_impact);
            times.extend(matters.map(|news| {
                let at = news.at.plus_seconds(-i64::from(window.seconds_before));
                (at, ConductRule::NewsWindow)
            }));
        }
        times.retain(|(at, _)| *at > now);
        let Some(first) = times.iter().map(|(at, _)| *at).min() else {
            return Ok(None);
        };
        let due = times.into_iter().filter(|(at, _)| *at == first);
        let mut rules: Vec<ConductRule> = due.map(|(_, rule)| rule).collect();
        // Several pieces of news can begin to matter at once.
        rules.dedup();
        // What fails comes first: nothing else is told of a phase that is over.
        let effects = conduct.effects();
        let fails = |rule: &ConductRule| effects.contains(&(*rule, ConductEffect::Fail));
        rules.sort_by_key(|rule| !fails(rule));
        Ok(Some((first, rules)))
    }

    pub(crate) fn flat_time(
        &mut self,
        rule: ConductRule,
        market: &Market,
        found: &mut Found,
    ) -> Result<(), RulesError> {
        let now = self.phase.state.now;
        let mut open = self.phase.state.reading.open_positions;
        let mut against = Vec::new();
        // Of an account that is only marked nobody knows what it holds.
        if rule == ConductRule::NewsWindow && !self.positions.is_empty() {
            for held in &self.positions {
                if self.is_forbidden(NewsAction::Hold, held.symbol, market, now)? {
                    against.push(held.id);
                }
            }
            open = u32::try_from(against.len()).unwrap_or(u32::MAX);
        }
        let effects = self.phase.rules.conduct.effects();
        let effect = effects.iter().find(|(on, _)| *on == rule);
        if let Some((_, ConductEffect::VoidProfit)) = effect {
            for id in against {
                self.void_held(id, rule);
            }
            return Ok(());
        }
        if let Some((_, effect)) = effect
            && open > 0
            && !self.phase.state.status.is_over()
        {
            self.broken(rule, *effect, Some(i64::from(open)), 0, found);
        }
        Ok(())
    }

    /// What closing a position now breaks: it was held too short, or its profit does not count.
    pub(crate) fn broken_by_closing(&self, id: PositionId) -> Option<Broken> {
        let mut held = self.positions.iter();
        let held = held.find(|held| held.id == id)?;
        let seconds = self.phase.state.now.micros_since(held.opened_at) / MICROS;
        let limit = self.phase.rules.conduct.min_seconds_in_trade;
        let too_short = limit.filter(|limit| seconds < i64::from(limit.limit));
        let too_short =
            too_short.map(|limit| (ConductRule::MinSecondsInTrade, limit.effect, Some(seconds)));
        let voids = |broken: &Broken| broken.1 == ConductEffect::VoidProfit;
        let void = self.void_rule(id);
        let void = void.map(|rule| (rule, ConductEffect::VoidProfit, None));
        // A profit that does not count anyway is taken back for both.
        void.filter(|_| !too_short.as_ref().is_some_and(voids))
            .or(too_short)
    }

    pub(crate) fn broken(
        &mut self,
        rule: ConductRule,
        effect: ConductEffect,
        number: Option<i64>,
        void_minor: i64,
        found: &mut Found,
    ) {
        let fail_at = self.phase.rules.conduct.strikes_fail_at;
        let state = &mut self.phase.state;
        if state.status.is_over() {
            return;
        }
        let bit = 1_u16 << rule as u16;
        if effect == ConductEffect::Strike && state.marks.struck & bit != 0 {
            return;
        }
        let strikes = state.conduct_strikes + u32::from(effect == ConductEffect::Strike);
        let fails = match effect {
            ConductEffect::Fail => true,
            ConductEffect::Strike => strikes >= fail_at,
            _ => false,
        };
        if fails {
            // The last strike is not counted: a phase that is put back has the strikes that it had.
            state.status = Status::Failed { at: state.now };
        } else {
            state.conduct_strikes = strikes;
            if effect == ConductEffect::Strike {
                state.marks.struck |= bit;
            }
        }
        let finding = ConductFinding {
            rule,
            effect,
            found: number,
            void_minor,
            strikes,
            fails,
        };
        found.push((state.now, Finding::Conduct(finding)));
    }
}

fn covers(window: &NewsWindow, news: &News, now: UnixMicros) -> bool {
    news.impact >= window.min_impact
        && now >= news.at.plus_seconds(-i64::from(window.seconds_before))
        && now <= news.at.plus_seconds(i64::from(window.seconds_after))
}
