//! The rules in the words that a trader reads. They are made from the rule set, so they cannot say anything else.

use super::{
    AfterPayout, Amount, CapComparator, Comparator, Consistency, ConsistencyAt, ConsistencyOf,
    CountedIn, CountsAsDay, DailyAmount, DailyAnchor, DailyCheck, DailyLoss, DailyProfitCap,
    Effect, JudgedOn, Lock, MaxLoss, MaxLossAmount, MaxLossMode, Measure, Passing, RuleSet,
    TimeFrom,
};
use crate::{BasisPoints, Money};

/// One rule in words, and its place in the JSON form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    pub place: &'static str,
    pub text: String,
}

impl RuleSet {
    /// The rules of an account that was opened with `initial`, a sentence or a few for each.
    pub fn text(&self, initial: Money) -> Vec<RuleText> {
        let words = Words { initial };
        let mut lines = Vec::new();
        let mut say = |place, text: String| lines.push(RuleText { place, text });
        say(
            "trading_day",
            format!(
                "A new trading day begins at {}. Where the clock jumps over that time, it begins at the jump; where that time comes twice, with the first.",
                self.trading_day
            ),
        );
        if let Some(rule) = self.daily_loss {
            say("daily_loss", words.daily_loss(&rule));
        }
        if let Some(cap) = self.daily_profit_cap {
            say("daily_profit_cap", words.cap(&cap));
        }
        if let Some(rule) = self.max_loss {
            let target = self.target_profit_minor(initial.minor);
            say("max_loss", words.max_loss(&rule, target));
        }
        if !self.passing.is_off() {
            say("passing", words.passing(&self.passing));
        }
        if let Some(rule) = self.consistency {
            say("consistency", consistency(&rule));
        }
        for (place, text) in super::conduct_text::lines(&self.conduct) {
            say(place, text);
        }
        if let Some(payout) = &self.payout {
            say("payout", super::payout_text::text(&words, payout));
        }
        lines
    }
}

pub(super) struct Words {
    initial: Money,
}

impl Words {
    pub(super) fn money(&self, minor: i64) -> String {
        let money = Money::new(minor, self.initial.currency);
        format!("{} {}", money.fixed(), money.currency)
    }

    /// What a share of the initial balance comes to.
    fn of_initial(&self, share: BasisPoints) -> String {
        let part = share.of(self.initial.minor);
        let part = part.map_or_else(String::new, |minor| format!(" ({})", self.money(minor)));
        format!("{} of the initial balance{part}", percent(share))
    }

    pub(super) fn amount(&self, amount: Amount) -> String {
        match amount {
            Amount::FixedMinor(minor) => self.money(minor),
            Amount::PercentOfInitial(share) => self.of_initial(share),
        }
    }

    fn daily_amount(&self, amount: DailyAmount) -> String {
        match amount {
            DailyAmount::FixedMinor(minor) => self.money(minor),
            DailyAmount::PercentOfInitial(share) => self.of_initial(share),
            DailyAmount::PercentOfAnchor(share) => {
                format!("{} of that, worked out anew each day", percent(share))
            }
            DailyAmount::PercentOfIntradayPeak(share) => {
                format!("{} of the day's highest value", percent(share))
            }
        }
    }

    /// What the amount is on the first day, when the anchor and the peak are the initial balance.
    fn first_day(&self, amount: DailyAmount) -> Option<i64> {
        match amount {
            DailyAmount::FixedMinor(minor) => Some(minor),
            DailyAmount::PercentOfInitial(share)
            | DailyAmount::PercentOfAnchor(share)
            | DailyAmount::PercentOfIntradayPeak(share) => share.of(self.initial.minor),
        }
    }

    fn daily_loss(&self, rule: &DailyLoss) -> String {
        let when = match rule.check {
            DailyCheck::EveryTouch => "at any moment",
            DailyCheck::AtDayClose => "when the day ends",
        };
        let base = if rule.follows_intraday_peak {
            format!(
                "the day's highest value of it, and no lower than {}",
                anchor(rule.anchor)
            )
        } else {
            anchor(rule.anchor).to_owned()
        };
        let floor = self
            .first_day(rule.amount)
            .and_then(|amount| self.initial.minor.checked_sub(amount))
            .map_or_else(String::new, |floor| {
                format!(
                    " A day that begins at the initial balance has its floor at {}.",
                    self.money(floor)
                )
            });
        format!(
            "Daily loss: {} must not be {} the day's floor {when}. The floor is {base}, less {}.{floor} Deposits, withdrawals, corrections, payouts and growth move it by their amount. {}",
            measure(rule.measure),
            comparator(rule.comparator),
            self.daily_amount(rule.amount),
            effect(rule.effect),
        )
    }

    fn cap(&self, cap: &DailyProfitCap) -> String {
        let past = match cap.comparator {
            CapComparator::AtOrAbove => "reach or pass",
            CapComparator::Above => "pass",
        };
        format!(
            "Daily profit: {} must not {past} {}, plus {}. {}",
            measure(cap.measure),
            anchor(cap.anchor),
            self.daily_amount(cap.amount),
            effect(cap.effect),
        )
    }

    fn max_loss(&self, rule: &MaxLoss, target: Option<i64>) -> String {
        let amount = match rule.amount {
            MaxLossAmount::FixedMinor(minor) => self.money(minor),
            MaxLossAmount::PercentOfInitial(share) => self.of_initial(share),
            MaxLossAmount::PercentOfPeak(share) => format!("{} of it", percent(share)),
        };
        let (base, note) = match rule.mode {
            MaxLossMode::Static if rule.after_payout == AfterPayout::Keep => {
                ("the initial balance", " It never moves.")
            }
            MaxLossMode::Static => ("the initial balance", " Only a payout moves it."),
            MaxLossMode::TrailingEndOfDayBalance => (
                "the highest balance at the end of a trading day",
                " It moves only at the reset, and holds all day.",
            ),
            MaxLossMode::TrailingEndOfDayHigherOfBalanceAndEquity => (
                "the highest of balance and equity at the end of a trading day",
                " It moves only at the reset, and holds all day.",
            ),
            MaxLossMode::TrailingClosedBalance => ("the highest balance so far", ""),
            MaxLossMode::TrailingIntradayEquity => (
                "the highest equity so far (floating profit included, to the tick)",
                "",
            ),
        };
        let lock = match rule.lock {
            Lock::Never => String::new(),
            Lock::AtInitial => format!(
                " When the floor reaches the initial balance ({}), it stays there for good.",
                self.money(self.initial.minor)
            ),
            Lock::AtInitialPlus(lock) => {
                let level = lock.offset.minor(self.initial.minor);
                let level = level.and_then(|offset| self.initial.minor.checked_add(offset));
                level.map_or_else(String::new, |level| {
                    format!(" When the floor reaches {}, it stays there for good.", self.money(level))
                })
            }
            Lock::AtTargetBalance => target
                .and_then(|target| self.initial.minor.checked_add(target))
                .map_or_else(String::new, |level| {
                    format!(
                        " When the peak reaches the profit target's balance ({}), the floor stays where it is for good.",
                        self.money(level)
                    )
                }),
        };
        let payout = match rule.after_payout {
            AfterPayout::Keep => "",
            AfterPayout::MoveByPayout => " A payout lowers the floor by what was paid.",
            AfterPayout::Restart => {
                " After a payout the floor begins again behind the balance that is left."
            }
            AfterPayout::LockAtInitial => {
                " After a payout the floor is the initial balance, for good."
            }
        };
        format!(
            "Maximum loss: equity must not be {} the floor. The floor is {base}, less {amount}.{note}{lock}{payout} {}",
            comparator(rule.comparator),
            effect(rule.effect),
        )
    }

    fn passing(&self, passing: &Passing) -> String {
        let mut text = Vec::new();
        if let Some(target) = passing.profit_target {
            let on = match target.judged_on {
                JudgedOn::Equity => "equity",
                JudgedOn::ClosedBalance => "the balance, with no position open",
            };
            text.push(format!(
                "Passing: a profit of {}, judged on {on}.",
                self.amount(target.amount)
            ));
        }
        if passing.min_trading_days > 0 {
            text.push(format!(
                "At least {} are needed.",
                days(passing.min_trading_days, "trading day")
            ));
        }
        let counts = match passing.counts_as_day {
            CountsAsDay::PositionOpened => "A day counts when a position is opened.".to_owned(),
            CountsAsDay::OpenedOrClosed => {
                "A day counts when a position is opened or closed.".to_owned()
            }
            CountsAsDay::Closed => "A day counts when a position is closed.".to_owned(),
            CountsAsDay::ProfitAtLeast(amount) => format!(
                "A day counts when it ends with a profit of at least {}.",
                self.amount(amount)
            ),
            CountsAsDay::ChangeAtLeast(amount) => format!(
                "A day counts when it ends with a profit or a loss of at least {}.",
                self.amount(amount)
            ),
        };
        text.push(counts);
        if let Some(wanted) = passing.min_profitable_days {
            text.push(format!(
                "At least {} with a closed profit of {} or more are needed.",
                days(wanted.days, "day"),
                self.amount(wanted.at_least)
            ));
        }
        if passing.flat_to_pass {
            text.push("No position may be open at the pass.".to_owned());
        }
        for limit in &passing.time_limits {
            let from = match limit.from {
                TimeFrom::Purchase => "the purchase",
                TimeFrom::Activation => "the activation",
                TimeFrom::FirstTrade => "the first trade",
            };
            let unit = match limit.counted_in {
                CountedIn::CalendarDays => "calendar day",
                CountedIn::TradingDays => "trading day",
            };
            let within = days(limit.days, unit);
            text.push(match passing.profit_target {
                Some(_) => {
                    format!("The phase fails when it is not passed within {within} from {from}.")
                }
                None => format!("The phase ends as failed {within} after {from}."),
            });
        }
        text.join(" ")
    }
}

fn consistency(rule: &Consistency) -> String {
    let (best, of) = match rule.of {
        ConsistencyOf::TotalProfit => ("best day", "the total profit"),
        ConsistencyOf::PositiveDays => ("best day", "the sum of all days with a profit"),
        ConsistencyOf::BestTradeOfTotal => ("best trade", "the total profit"),
    };
    let when = match rule.enforced {
        ConsistencyAt::Pass => "It is asked for at the pass.",
        ConsistencyAt::Payout => "It is asked for at a payout.",
        ConsistencyAt::PayoutWindow => {
            "It is asked for at a payout, for the days since the payout before."
        }
        ConsistencyAt::Warning => "Nothing is refused for it; you are warned.",
    };
    format!(
        "Consistency: the {best} may make up at most {} of {of}, on closed balance. Without a profit it is not met. {when}",
        percent(rule.share)
    )
}

pub(super) fn percent(share: BasisPoints) -> String {
    let text = share.percent();
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}

pub(super) fn days(count: u32, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

const fn anchor(anchor: DailyAnchor) -> &'static str {
    match anchor {
        DailyAnchor::Balance => "the balance at the reset",
        DailyAnchor::Equity => "the equity at the reset",
        DailyAnchor::HigherOfBalanceAndEquity => "the higher of balance and equity at the reset",
        DailyAnchor::Initial => "the initial balance",
    }
}

const fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Equity => "equity (floating profit, swap and commission counted)",
        Measure::Balance => "the balance",
        Measure::RealisedOnly => {
            "the balance at the beginning of the day with the profit of what was closed since (swap and commission left out)"
        }
    }
}

const fn comparator(comparator: Comparator) -> &'static str {
    match comparator {
        Comparator::AtOrBelow => "at or below",
        Comparator::Below => "below",
    }
}

fn effect(effect: Effect) -> String {
    match effect {
        Effect::Fail => "Otherwise the phase has failed.".to_owned(),
        Effect::PauseUntilReset => {
            "Otherwise all positions are closed, and no order is taken until the next reset."
                .to_owned()
        }
        Effect::Warn => "Otherwise you are warned.".to_owned(),
        Effect::Strike { fails_at: 1 } => "Otherwise the phase has failed.".to_owned(),
        Effect::Strike { fails_at } => format!(
            "Otherwise it is a strike, at most one a day; with strike {fails_at} the phase has failed."
        ),
    }
}
