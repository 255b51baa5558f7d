//! Time passes: resets and timers, each at its exact instant and in order, however late it is looked at.

use crate::judge::Found;
use crate::phase::{Day, Mark, Status};
use crate::{
    AnchorSource, DayRecord, Deadline, Finding, Limit, Phase, RuleName, RulesError, TimeRule,
};
use touchstone_domain::UnixMicros;
use touchstone_domain::rule_set::{CountedIn, CountsAsDay, DailyCheck, MaxLossMode, TimeFrom};

impl Phase {
    /// The next instant at which something can happen without an input; `None` when the phase is over.
    ///
    /// # Errors
    /// An instant outside of the calendar.
    pub fn next_timer(&self) -> Result<Option<UnixMicros>, RulesError> {
        if self.state.status.is_over() {
            return Ok(None);
        }
        let ends = self.time_ends()?.into_iter().map(|(at, _)| at);
        Ok(ends.chain([self.state.day.ends_at]).min())
    }

    /// Lets every reset and timer up to this instant happen. A reset comes before a timer of the same instant, and
    /// both before an input.
    pub(crate) fn advance(
        &mut self,
        until: UnixMicros,
        found: &mut Found,
    ) -> Result<(), RulesError> {
        let now = self.state.now;
        if until < now {
            return Err(RulesError::OutOfOrder { at: until, now });
        }
        while let Some(due) = self.next_timer()?
            && due <= until
        {
            // A limit can have ended before the phase began, and resets while it had failed.
            self.state.now = self.state.now.max(due);
            if due == self.state.day.ends_at {
                self.close_day(due, found)?;
            } else {
                self.time_up(due, found)?;
            }
        }
        self.state.now = until;
        Ok(())
    }

    fn time_up(&mut self, at: UnixMicros, found: &mut Found) -> Result<(), RulesError> {
        let due = self.time_ends()?.into_iter().find(|(end, _)| *end <= at);
        if let Some((_, rule)) = due {
            self.state.status = Status::Failed { at };
            found.push((at, Finding::TimeUp(rule)));
        }
        Ok(())
    }

    /// When the phase fails by time, for each such rule whose clock runs. Trading days end with a reset.
    fn time_ends(&self) -> Result<Vec<(UnixMicros, TimeRule)>, RulesError> {
        let limits = self.deadlines()?.into_iter();
        let runs = limits.filter(|limit| !limit.is_resting);
        Ok(runs
            .filter_map(|limit| Some((limit.ends_at?, limit.rule)))
            .collect())
    }

    /// Every limit of time that is on, in the rule set's order.
    ///
    /// # Errors
    /// An instant outside of the calendar.
    pub fn deadlines(&self) -> Result<Vec<Deadline>, RulesError> {
        let clock = &self.rules.trading_day;
        let activated = self.opening.activated_at;
        let mut limits = Vec::new();
        let mut add = |rule, ends_at: Option<UnixMicros>, is_resting| {
            limits.push(Deadline {
                rule,
                ends_at,
                is_resting,
            });
        };
        // What had ended when the phase was put back is forgiven.
        let is_forgiven = |end: UnixMicros| Some(end) <= self.state.forgiven_until;
        for (index, limit) in self.rules.passing.time_limits.iter().enumerate() {
            let rule = TimeRule::TimeLimit(index);
            let from = match limit.from {
                TimeFrom::Purchase => Some(self.opening.purchased_at),
                TimeFrom::Activation => Some(activated),
                TimeFrom::FirstTrade => self.state.first_trade_at,
            };
            match (from, limit.counted_in) {
                (_, CountedIn::TradingDays) => {
                    add(rule, None, self.state.trading_days >= limit.days);
                }
                (None, CountedIn::CalendarDays) => add(rule, None, false),
                (Some(from), CountedIn::CalendarDays) => {
                    let end = clock.plus_calendar_days(from, i64::from(limit.days))?;
                    add(rule, Some(end), is_forgiven(end));
                }
            }
        }
        let conduct = &self.rules.conduct;
        if conduct.inactivity_days > 0 {
            let from = self.state.last_deal_at.unwrap_or(activated);
            let end = clock.plus_calendar_days(from, i64::from(conduct.inactivity_days))?;
            add(TimeRule::Inactivity, Some(end), is_forgiven(end));
        }
        if conduct.lifetime_days > 0 {
            let end = clock.plus_calendar_days(activated, i64::from(conduct.lifetime_days))?;
            add(TimeRule::Lifetime, Some(end), is_forgiven(end));
        }
        Ok(limits)
    }

    /// The reset: the old day is judged and told, floors that move at its end move, the new day is anchored and
    /// judged at once.
    fn close_day(&mut self, at: UnixMicros, found: &mut Found) -> Result<(), RulesError> {
        self.judge_day_close(found)?;
        if self.state.status.is_over() {
            return Ok(());
        }
        let record = self.count_day(at)?;
        found.push((at, Finding::DayClosed(record)));
        self.raise_end_of_day()?;
        self.begin_day(at)?;
        if let Status::Paused { .. } = self.state.status {
            self.state.status = Status::Live;
            found.push((at, Finding::Resumed));
        }
        let day = &self.state.day;
        if let Some(anchor) = [day.loss, day.cap]
            .into_iter()
            .flatten()
            .find(|anchor| anchor.is_provisional)
        {
            let anchor_minor = anchor.minor;
            found.push((at, Finding::AnchorProvisional { anchor_minor }));
        }
        self.judge(found)?;
        if !self.state.status.is_over() {
            self.end_trading_days(at, record.is_trading_day, found);
        }
        Ok(())
    }

    fn judge_day_close(&mut self, found: &mut Found) -> Result<(), RulesError> {
        let check = self.rules.daily_loss.map(|rule| rule.check);
        if check != Some(DailyCheck::AtDayClose) {
            return Ok(());
        }
        let Some(floor) = self.daily_floor()? else {
            return Ok(());
        };
        // Prices that cannot be trusted never fail anyone, but are told.
        let is_provisional = floor.is_provisional || !self.state.reading.is_firm;
        self.hold_against(
            vec![Limit {
                is_provisional,
                ..floor
            }],
            found,
        )
    }

    fn count_day(&mut self, ended_at: UnixMicros) -> Result<DayRecord, RulesError> {
        let initial = self.initial_minor()?;
        let today = self.today_minor()?;
        let day = self.state.day;
        let passing = &self.rules.passing;
        let reaches = |amount: touchstone_domain::rule_set::Amount, value: i64| {
            amount.minor(initial).is_some_and(|least| value >= least)
        };
        let is_trading_day = match passing.counts_as_day {
            CountsAsDay::PositionOpened | CountsAsDay::OpenedOrClosed | CountsAsDay::Closed => {
                self.counts_already()
            }
            CountsAsDay::ProfitAtLeast(amount) => reaches(amount, today),
            CountsAsDay::ChangeAtLeast(amount) => reaches(amount, today.saturating_abs()),
        };
        let is_profitable_day = passing
            .min_profitable_days
            .is_some_and(|wanted| reaches(wanted.at_least, today));
        self.state.trading_days += u32::from(is_trading_day);
        self.state.profitable_days += u32::from(is_profitable_day);
        self.state.all.close_day(today)?;
        let won = self.state.window.close_day(today)?;
        self.count_for_payout(today, won, is_trading_day)?;
        let level = |limit: Limit| limit.level_minor;
        Ok(DayRecord {
            number: day.number,
            began_at: day.began_at,
            ended_at,
            balance_minor: self.state.reading.balance_minor,
            equity_minor: self.equity_minor()?,
            day_start_minor: self.day_start_minor(),
            daily_floor_minor: self.daily_floor()?.map(level),
            max_floor_minor: self.max_floor()?.map(level),
            profit_minor: today,
            is_trading_day,
            is_profitable_day,
            is_firm: self.state.reading.is_firm,
        })
    }

    /// Whether what was done today makes it a trading day, whatever it will end with.
    pub(crate) fn counts_already(&self) -> bool {
        let day = &self.state.day;
        match self.rules.passing.counts_as_day {
            CountsAsDay::PositionOpened => day.opened,
            CountsAsDay::OpenedOrClosed => day.opened || day.closed,
            CountsAsDay::Closed => day.closed,
            CountsAsDay::ProfitAtLeast(_) | CountsAsDay::ChangeAtLeast(_) => false,
        }
    }

    /// Where the equity cannot be trusted, only the balance raises the peak: the floor stays on the trader's side.
    fn raise_end_of_day(&mut self) -> Result<(), RulesError> {
        let balance = self.state.reading.balance_minor;
        match self.rules.max_loss.map(|rule| rule.mode) {
            Some(MaxLossMode::TrailingEndOfDayBalance) => self.raise_max(balance),
            Some(MaxLossMode::TrailingEndOfDayHigherOfBalanceAndEquity) => {
                let equity = match self.state.reading.is_firm {
                    true => self.equity_minor()?,
                    false => balance,
                };
                self.raise_max(balance.max(equity))
            }
            _ => Ok(()),
        }
    }

    fn begin_day(&mut self, at: UnixMicros) -> Result<(), RulesError> {
        let clock = &self.rules.trading_day;
        let balance = self.state.reading.balance_minor;
        self.state.day = Day {
            number: clock.day_of(at)?,
            began_at: at,
            ends_at: clock.next_boundary(at)?,
            balance_minor: balance,
            flows_minor: 0,
            realised_minor: 0,
            opened: false,
            closed: false,
            loss: None,
            cap: None,
            peak_minor: balance,
            replaced: None,
        };
        self.take_anchors(AnchorSource::Reset)?;
        self.state.marks.struck = 0;
        for rule in [
            RuleName::DailyLoss,
            RuleName::DailyProfitCap,
            RuleName::MaxLoss,
        ] {
            let mark = self.mark(rule);
            *mark = Mark {
                tripped: false,
                ..*mark
            };
        }
        Ok(())
    }

    fn end_trading_days(&mut self, at: UnixMicros, counted: bool, found: &mut Found) {
        let days = self.state.trading_days;
        let limits = self.rules.passing.time_limits.iter();
        let due = limits.enumerate().find(|(_, limit)| {
            counted && limit.counted_in == CountedIn::TradingDays && days == limit.days
        });
        if let Some((index, _)) = due {
            self.state.status = Status::Failed { at };
            found.push((at, Finding::TimeUp(TimeRule::TimeLimit(index))));
        }
    }
}
