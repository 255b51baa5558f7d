//! One trader: how he trades, day after day, until his challenge or the time is over.

use super::SimulateError;
use super::chance::Chance;
use super::market::{SECONDS_PER_DAY, Walk};
use super::offer::{Course, Step};
use super::payday::Payday;
use super::population::{Kind, RiskOf};
use super::sale::{PhaseEnd, PhaseLived, Point, Sale, cause_of, days_between};
use super::seat::Seat;
use crate::desk::Answer;
use touchstone_domain::program::PhaseType;
use touchstone_domain::{BasisPoints, PositionId, Price, Quote, Side, UnixMicros, Volume};
use touchstone_rules::{Phase, RuleName};
use touchstone_trading::{Command, OrderKind, OrderRequest, Protection, Refusal};

/// Hours of a day, in UTC, between which all of them trade.
const OPENS: i64 = 7 * 3_600;
const CLOSES: i64 = 20 * 3_600;
/// Nothing new is begun so shortly before the end.
const LAST_ENTRY: i64 = CLOSES - 1_800;
/// A price is told to the desk when it has moved by this part of the stop's distance, and when it reaches the stop or
/// the target.
const TOLD_PARTS: i64 = 8;
/// After losses in a row he risks no more than so many times the usual.
const MOST_STAKES: i64 = 8;
/// Without the money for it he tries half as much, so many times.
const HALVINGS: u32 = 4;
/// The year in which all of it happens: 2026-01-05 is a Monday. Each begins on some day of it, as days differ.
const FIRST_DAY: i64 = 20_458;
const FIRST_DAYS: u64 = 364;

/// How long it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Horizon {
    pub evaluation_days: u32,
    pub funded_days: u32,
    pub payout_every_days: u32,
}

pub(super) struct Trader<'a> {
    course: &'a Course,
    kind: &'a Kind,
    horizon: Horizon,
    chance: Chance,
    walk: Walk<'a>,
    pub seat: Seat<'a>,
    sale: Sale,
    /// Counted from 0.
    step: usize,
    began_at: UnixMicros,
    payday: Payday,
    losses_in_a_row: u32,
    losses_today: u32,
    held: Option<Held>,
    draws_curve: bool,
}

/// The position that is open.
#[derive(Clone, Copy, Debug)]
struct Held {
    position: PositionId,
    side: Side,
    stop_points: i64,
    target_points: i64,
    stop: Price,
    target: Price,
    balance_before_minor: i64,
    risk_minor: i64,
}

impl<'a> Trader<'a> {
    pub fn new(
        course: &'a Course,
        kinds: &'a [Kind],
        place: usize,
        horizon: Horizon,
        mut chance: Chance,
        draws_curve: bool,
    ) -> Result<Self, SimulateError> {
        let day = FIRST_DAY + i64::try_from(chance.below(FIRST_DAYS)).unwrap_or(0);
        let at = UnixMicros::from_seconds(day * SECONDS_PER_DAY + OPENS - 3_600);
        Ok(Self {
            course,
            kind: &kinds[place],
            horizon,
            chance,
            walk: Walk::new(&course.board),
            seat: Seat::new(&course.board, at)?,
            sale: Sale {
                kind: place,
                ..Sale::default()
            },
            step: 0,
            began_at: at,
            payday: Payday::default(),
            losses_in_a_row: 0,
            losses_today: 0,
            held: None,
            draws_curve,
        })
    }

    /// Everything that happens, from the purchase to the end.
    pub fn live(mut self) -> Result<Sale, SimulateError> {
        self.run()?;
        Ok(self.sale)
    }

    pub fn run(&mut self) -> Result<(), SimulateError> {
        let purchased_at = self.seat.at();
        self.begin_phase()?;
        let mut midnight = purchased_at.seconds().div_euclid(SECONDS_PER_DAY) * SECONDS_PER_DAY;
        loop {
            self.seat
                .advance(UnixMicros::from_seconds(midnight + OPENS - 3_600))?;
            if self.is_phase_over()? && !self.next_phase()? {
                return Ok(());
            }
            let weekday = (midnight / SECONDS_PER_DAY + 4) % 7;
            if (1..=5).contains(&weekday) {
                self.day(midnight, weekday == 5)?;
            }
            if self.draws_curve && self.step == 0 {
                let day = days_between(purchased_at, UnixMicros::from_seconds(midnight));
                self.draw(day.saturating_sub(1))?;
            }
            if self.is_phase_over()? && !self.next_phase()? {
                return Ok(());
            }
            self.seat.keep();
            midnight += SECONDS_PER_DAY;
        }
    }

    #[cfg(test)]
    pub const fn sale(&self) -> &Sale {
        &self.sale
    }

    fn step(&self) -> &'a Step {
        &self.course.steps[self.step]
    }

    fn begin_phase(&mut self) -> Result<(), SimulateError> {
        self.seat.begin(self.step())?;
        self.began_at = self.seat.at();
        self.payday = Payday::default();
        self.held = None;
        (self.losses_in_a_row, self.losses_today) = (0, 0);
        Ok(())
    }

    /// Whether it has ended, by a verdict or by the end of the simulation.
    fn is_phase_over(&mut self) -> Result<bool, SimulateError> {
        if self.seat.is_over() {
            return Ok(true);
        }
        let is_funded = self.step().phase_type == PhaseType::Funded;
        let most = match is_funded {
            true => self.horizon.funded_days,
            false => self.horizon.evaluation_days,
        };
        let is_over = days_between(self.began_at, self.seat.at()) > most;
        if is_over && is_funded {
            // What he has earned by then is his.
            self.ask_payout(true)?;
        }
        Ok(is_over)
    }

    /// Notes how the phase has ended; `false` when none comes after it.
    fn next_phase(&mut self) -> Result<bool, SimulateError> {
        self.settle();
        let (end, at) = match self.seat.ended() {
            Some(ended) if ended.passed => (PhaseEnd::Passed, ended.at),
            Some(ended) => {
                let cause = ended.finding.as_ref().map_or("other", cause_of);
                (PhaseEnd::Failed(cause), ended.at)
            }
            None => (PhaseEnd::Open, self.seat.at()),
        };
        let passed = end == PhaseEnd::Passed;
        self.sale.phases.push(PhaseLived {
            end,
            days: days_between(self.began_at, at),
            trading_days: self.seat.trading_days()?,
        });
        self.step += 1;
        if !passed || self.step >= self.course.steps.len() {
            return Ok(false);
        }
        self.begin_phase()?;
        Ok(true)
    }

    /// From the opening to the close.
    fn day(&mut self, midnight: i64, is_friday: bool) -> Result<(), SimulateError> {
        let at = |seconds: i64| UnixMicros::from_seconds(midnight + seconds);
        self.walk.begin_day(&mut self.chance);
        self.losses_today = 0;
        let keeps = self.kind.overnight && !is_friday;
        if self.held.is_some() {
            self.walk
                .night(&mut self.chance, SECONDS_PER_DAY - (CLOSES - OPENS));
            self.tell(at(OPENS))?;
        } else {
            self.seat.advance(at(OPENS))?;
        }
        if self.step().phase_type == PhaseType::Funded {
            self.ask_payout(false)?;
        }
        let mut now = OPENS;
        if self.held.is_some() {
            now = self.hold(midnight, now, keeps)?;
        }
        let mut left = self.trades_today();
        while left > 0 && !self.has_enough() && self.held.is_none() {
            let span = u64::try_from((LAST_ENTRY - now).max(0)).unwrap_or(0);
            now += i64::try_from(self.chance.below(2 * span / (left + 1) + 1)).unwrap_or(0);
            if now >= LAST_ENTRY {
                break;
            }
            left -= 1;
            if !self.enter(at(now))? {
                break;
            }
            if self.held.is_some() {
                now = self.hold(midnight, now, keeps)?;
            }
        }
        Ok(())
    }

    fn trades_today(&mut self) -> u64 {
        let hundredths = u64::try_from(self.kind.trades).unwrap_or(0);
        let more = self.chance.below(100) < hundredths % 100;
        hundredths / 100 + u64::from(more)
    }

    fn has_enough(&self) -> bool {
        let most = self.kind.stops_after_losses;
        self.seat.is_over() || (most > 0 && self.losses_today >= most)
    }

    /// Tries to open a position; `false` when nothing more is to be had today.
    fn enter(&mut self, at: UnixMicros) -> Result<bool, SimulateError> {
        self.tell(at)?;
        let Some(quote) = self.walk.quote() else {
            return Ok(false);
        };
        let Some(judged) = self.seat.judged()? else {
            return Ok(false);
        };
        let day = self.course.board.day_points(quote.ask());
        let least = self.least_distance();
        let stop_points = BasisPoints(self.kind.stop)
            .of(day)
            .unwrap_or(i64::MAX / 4)
            .max(least);
        let target_points = stop_points.saturating_mul(self.kind.reward) / 100;
        let target_points = target_points.max(least);
        let Some(mut volume) = self.volume(judged.phase(), stop_points)? else {
            self.note_refused("TOO_SMALL");
            return Ok(false);
        };
        let side = match self.chance.is_heads() {
            true => Side::Long,
            false => Side::Short,
        };
        let entry = side.entry(quote).0;
        let (stop, target) = match side {
            Side::Long => (entry - stop_points, entry + target_points),
            Side::Short => (entry + stop_points, entry - target_points),
        };
        if stop <= 0 || target <= 0 {
            return Ok(false);
        }
        let balance_before_minor = self.seat.balance_minor();
        for _ in 0..=HALVINGS {
            let answer = self.place(side, volume, Price(stop), Price(target))?;
            match answer {
                Answer::Done { deals, .. } => {
                    // A rule of conduct may have closed it at once, or the costs have crossed a floor.
                    self.held = deals.first().map(|deal| Held {
                        position: deal.position,
                        side,
                        stop_points,
                        target_points,
                        stop: Price(stop),
                        target: Price(target),
                        balance_before_minor,
                        risk_minor: self.risk_of(volume, stop_points).unwrap_or(0).max(1),
                    });
                    self.settle();
                    return Ok(true);
                }
                Answer::Refused(Refusal::NoMoney) => {
                    self.note_refused(Refusal::NoMoney.code());
                    let step = self.lot_step();
                    volume = Volume(volume.0 / 2 / step * step);
                    if volume < self.lot_min() {
                        return Ok(false);
                    }
                }
                other => {
                    self.note_refused(&code_of(&other));
                    return Ok(!matches!(other, Answer::Paused | Answer::NotTraded));
                }
            }
        }
        Ok(false)
    }

    fn place(
        &mut self,
        side: Side,
        volume: Volume,
        stop: Price,
        target: Price,
    ) -> Result<Answer, SimulateError> {
        self.seat.command(Command::Place(OrderRequest {
            symbol: self.course.board.symbol,
            side,
            volume,
            kind: OrderKind::Market,
            protection: Protection {
                stop_loss: Some(stop),
                take_profit: Some(target),
                trailing_points: None,
            },
            expires_at: None,
        }))
    }

    /// Follows the price until the position is closed, or the day is over; answers the second of the day.
    fn hold(&mut self, midnight: i64, from: i64, keeps: bool) -> Result<i64, SimulateError> {
        let (mut now, step) = (from, self.course.board.step_seconds);
        let Some(held) = self.held else {
            return Ok(now);
        };
        let drift = self
            .walk
            .drift(self.kind.edge, held.stop_points, held.target_points);
        let drift = match held.side {
            Side::Long => drift,
            Side::Short => -drift,
        };
        let apart = (held.stop_points / TOLD_PARTS).max(1);
        let mut told = self.walk.quote();
        while now + step < CLOSES {
            now += step;
            self.walk.step(&mut self.chance, drift);
            let quote = self.walk.quote();
            if !is_worth_telling(told, quote, &held, apart) {
                continue;
            }
            told = quote;
            self.tell(UnixMicros::from_seconds(midnight + now))?;
            if self.held.is_none() {
                return Ok(now);
            }
        }
        if !keeps {
            self.tell(UnixMicros::from_seconds(midnight + CLOSES))?;
            if self.held.is_some() {
                let close = Command::Close {
                    position: held.position,
                    volume: None,
                };
                self.seat.command(close)?;
                self.settle();
            }
        }
        Ok(CLOSES)
    }

    /// The desk hears of the price.
    fn tell(&mut self, at: UnixMicros) -> Result<(), SimulateError> {
        if let Some(quote) = self.walk.quote() {
            self.sale.prices += 1;
            self.seat.tick(at, quote)?;
        }
        self.settle();
        Ok(())
    }

    /// What a position that is gone has brought.
    fn settle(&mut self) {
        let Some(held) = self.held else { return };
        let mut open = self.seat.positions().iter();
        if open.any(|position| position.id == held.position) {
            return;
        }
        self.held = None;
        let result = self.seat.balance_minor() - held.balance_before_minor;
        let trades = &mut self.sale.trades;
        trades.count += 1;
        let milli = i128::from(result) * 1_000 / i128::from(held.risk_minor);
        trades.result_milli += i64::try_from(milli).unwrap_or(0);
        match result > 0 {
            true => {
                trades.won += 1;
                self.losses_in_a_row = 0;
            }
            false => {
                self.losses_in_a_row += 1;
                self.losses_today += 1;
            }
        }
    }

    /// How much he trades; `None` where it is too little to be traded.
    fn volume(&self, phase: &Phase, stop_points: i64) -> Result<Option<Volume>, SimulateError> {
        if self.kind.coasts && only_days_are_missing(phase)? {
            return Ok(Some(self.lot_min()));
        }
        let equity = phase.equity_minor()?;
        let room = floor_of(phase)?.map(|floor| (equity - floor).max(0));
        let of = match self.kind.risk_of {
            RiskOf::Balance => phase.state().reading.balance_minor,
            RiskOf::Initial => phase.initial_minor()?,
            RiskOf::Room => room.unwrap_or(equity),
        };
        let mut risk = BasisPoints(self.kind.risk).of(of).unwrap_or(0);
        let usual = risk;
        for _ in 0..self.losses_in_a_row.min(20) {
            risk = BasisPoints(self.kind.martingale).of(risk).unwrap_or(risk);
        }
        risk = risk.clamp(0, usual.saturating_mul(MOST_STAKES));
        if let Some(room) = room.filter(|_| self.kind.keeps_room < BasisPoints::WHOLE.0) {
            risk = risk.min(BasisPoints(self.kind.keeps_room).of(room).unwrap_or(risk));
        }
        let of_one = self.risk_of(Volume::ONE_LOT, stop_points).unwrap_or(0);
        if of_one <= 0 {
            return Ok(None);
        }
        let units = i128::from(risk) * i128::from(Volume::ONE_LOT.0) / i128::from(of_one);
        let step = self.lot_step();
        let units = i64::try_from(units).unwrap_or(i64::MAX / 4) / step * step;
        let most = self
            .traded()
            .map_or(units, |terms| terms.instrument.lot_max.0);
        // Where it is less than can be traded, he trades the least there is.
        Ok(Some(Volume(units.min(most)).max(self.lot_min())))
    }

    /// What a stop so far away would cost.
    fn risk_of(&self, volume: Volume, points: i64) -> Option<i64> {
        let terms = self.traded()?;
        let board = &self.course.board;
        let rate = board
            .rates
            .iter()
            .find(|(symbol, _)| Some(*symbol) == terms.rate_symbol);
        let rate = match terms.rate_symbol {
            Some(symbol) if symbol == board.symbol => self.walk.quote(),
            _ => rate.map(|(_, quote)| *quote),
        };
        let lost = terms.valuation.minor(-i128::from(points), volume, rate);
        lost.ok().map(i64::abs)
    }

    fn traded(&self) -> Option<&'a touchstone_trading::Terms> {
        self.step().terms.get(self.course.board.symbol)
    }

    fn lot_min(&self) -> Volume {
        self.traded()
            .map_or(Volume::ONE_LOT, |terms| terms.instrument.lot_min)
    }

    fn lot_step(&self) -> i64 {
        self.traded()
            .map_or(1, |terms| terms.instrument.lot_step.0)
            .max(1)
    }

    /// Stops and targets must stay so far away, in points.
    fn least_distance(&self) -> i64 {
        let least = self
            .traded()
            .map_or(0, |terms| terms.instrument.stops_distance);
        least + self.course.board.spread + 1
    }

    fn note_refused(&mut self, code: &str) {
        *self.sale.refused.entry(code.to_owned()).or_default() += 1;
    }

    fn ask_payout(&mut self, at_the_end: bool) -> Result<(), SimulateError> {
        if self.seat.is_over() {
            return Ok(());
        }
        let every_days = self.horizon.payout_every_days;
        self.payday
            .ask(&mut self.seat, &mut self.sale, every_days, at_the_end)
    }

    fn draw(&mut self, day: u32) -> Result<(), SimulateError> {
        let point = match self.seat.judged()? {
            Some(judged) => Point {
                day,
                equity_minor: judged.phase().equity_minor()?,
                floor_minor: floor_of(judged.phase())?,
            },
            None => Point {
                day,
                equity_minor: self.seat.balance_minor(),
                floor_minor: self.sale.curve.last().and_then(|last| last.floor_minor),
            },
        };
        self.sale.curve.push(point);
        Ok(())
    }
}

/// The highest floor there is.
fn floor_of(phase: &Phase) -> Result<Option<i64>, SimulateError> {
    let limits = phase.limits()?;
    let floors = limits
        .iter()
        .filter(|limit| limit.rule != RuleName::DailyProfitCap);
    Ok(floors.map(|limit| limit.level_minor).max())
}

fn only_days_are_missing(phase: &Phase) -> Result<bool, SimulateError> {
    let progress = phase.progress()?;
    let reached = progress
        .target_minor
        .is_some_and(|target| progress.profit_minor >= target);
    Ok(reached && progress.trading_days < progress.min_trading_days)
}

fn is_worth_telling(told: Option<Quote>, now: Option<Quote>, held: &Held, apart: i64) -> bool {
    let (Some(told), Some(now)) = (told, now) else {
        return true;
    };
    let exit = held.side.exit(now);
    let ends = match held.side {
        Side::Long => exit <= held.stop || exit >= held.target,
        Side::Short => exit >= held.stop || exit <= held.target,
    };
    ends || now.bid().0.abs_diff(told.bid().0) >= apart.unsigned_abs()
}

fn code_of(answer: &Answer) -> String {
    match answer {
        Answer::Refused(refusal) => refusal.code().to_owned(),
        Answer::AgainstRule { rule, .. } => format!("RULE_{}", rule.name().to_ascii_uppercase()),
        Answer::Paused => "PAUSED".to_owned(),
        Answer::Done { .. } | Answer::Repeated(_) | Answer::NotTraded => "NOT_TRADED".to_owned(),
    }
}
