//! What the programs promise, written down a second time and as plainly as can be.

use touchstone_domain::{TradingDay, UnixMicros};

pub const INITIAL_MINOR: i64 = 10_000_000;
pub const DAY_MICROS: i64 = 86_400_000_000;
const HOUR_MICROS: i64 = 3_600_000_000;

/// What a phase of a program asks for.
#[derive(Clone, Debug)]
pub struct Asks {
    pub day: TradingDay,
    pub daily_minor: Option<i64>,
    pub max: Max,
    pub target_minor: Option<i64>,
    /// Of a funded phase.
    pub payout: Option<Payable>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Max {
    Static(i64),
    /// Behind every new high of the equity.
    Trailing(i64),
    /// Behind every new high of the balance.
    Closed(i64),
    /// Behind the balance at the end of each day.
    EndOfDay(i64),
}

impl Max {
    pub const fn amount_minor(self) -> i64 {
        match self {
            Self::Static(minor)
            | Self::Trailing(minor)
            | Self::Closed(minor)
            | Self::EndOfDay(minor) => minor,
        }
    }

    const fn widened(self, by: i64) -> Self {
        match self {
            Self::Static(minor) => Self::Static(minor + by),
            Self::Trailing(minor) => Self::Trailing(minor + by),
            Self::Closed(minor) => Self::Closed(minor + by),
            Self::EndOfDay(minor) => Self::EndOfDay(minor + by),
        }
    }
}

/// What a payout does to the floor of the maximum loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Keep,
    Move,
    Restart,
    Lock,
}

/// When and how much is paid out.
#[derive(Clone, Debug)]
pub struct Payable {
    /// 0: on demand.
    pub cycle_days: i64,
    pub first_after_days: i64,
    pub days_between: i64,
    pub trading_days: usize,
    pub least_minor: i64,
    pub most_minor: Option<i64>,
    pub most_of_balance: Option<i64>,
    pub buffer_minor: i64,
    pub needs_kyc: bool,
    pub needs_flat: bool,
    /// In hundredths of a percent, each from a payout on.
    pub shares: Vec<(i64, i64)>,
    /// With which payout the fee goes back.
    pub fee_with: Option<i64>,
    pub after: After,
}

impl Payable {
    fn of(share: i64, after: After) -> Self {
        Self {
            cycle_days: 0,
            first_after_days: 0,
            days_between: 0,
            trading_days: 0,
            least_minor: 0,
            most_minor: None,
            most_of_balance: None,
            buffer_minor: 0,
            needs_kyc: false,
            needs_flat: false,
            shares: vec![(1, share)],
            fee_with: None,
            after,
        }
    }

    pub fn share(&self, number: i64) -> i64 {
        let reached = self.shares.iter().filter(|(from, _)| *from <= number);
        reached.map(|(_, share)| *share).max().unwrap_or(0)
    }
}

fn day(zone: &str, reset: &str) -> Option<TradingDay> {
    TradingDay::new(zone, reset.parse().ok()?).ok()
}

/// The phases of each program, as the firm file has them.
pub fn asks(program: i64, phase_index: i64) -> Option<Asks> {
    let plain = |day, max| Asks {
        day,
        daily_minor: None,
        max,
        target_minor: None,
        payout: None,
    };
    let utc = day("UTC", "00:00")?;
    let new_york = day("America/New_York", "17:00")?;
    let prague = day("Europe/Prague", "00:00")?;
    Some(match (program, phase_index) {
        (1, 1 | 2) => Asks {
            daily_minor: Some(300_000),
            target_minor: Some(if phase_index == 1 { 300_000 } else { 200_000 }),
            ..plain(utc, Max::Static(500_000))
        },
        (1, 3) => Asks {
            payout: Some(Payable {
                needs_kyc: true,
                needs_flat: true,
                ..Payable::of(8_000, After::Keep)
            }),
            ..plain(utc, Max::Static(500_000))
        },
        (2, 1) => plain(new_york, Max::Trailing(300_000)),
        (3, 1) => plain(prague, Max::EndOfDay(300_000)),
        (4, 1) => Asks {
            daily_minor: Some(400_000),
            payout: Some(Payable {
                first_after_days: 1,
                trading_days: 1,
                least_minor: 10_000,
                most_minor: Some(200_000),
                buffer_minor: 5_000,
                needs_kyc: true,
                needs_flat: true,
                shares: vec![(1, 8_000), (2, 9_000)],
                fee_with: Some(1),
                ..Payable::of(8_000, After::Restart)
            }),
            ..plain(utc, Max::Closed(600_000))
        },
        (5, 1) => Asks {
            payout: Some(Payable {
                cycle_days: 7,
                buffer_minor: 50_000,
                ..Payable::of(7_000, After::Lock)
            }),
            ..plain(prague, Max::Static(800_000))
        },
        (6, 1) => Asks {
            payout: Some(Payable {
                days_between: 1,
                most_of_balance: Some(100),
                shares: vec![(1, 7_500), (2, 8_000), (3, 8_500)],
                fee_with: Some(2),
                ..Payable::of(7_500, After::Move)
            }),
            ..plain(new_york, Max::Trailing(600_000))
        },
        _ => return None,
    })
}

/// What a challenge of the program costs.
pub const fn price_minor(program: i64) -> i64 {
    match program {
        4 => 4_900,
        6 => 2_000,
        _ => 0,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adds {
    Room { daily_minor: i64, max_minor: i64 },
    Share(i64),
    Nothing,
}

impl Asks {
    /// As they are with what was bought.
    pub fn add(&mut self, adds: Adds) {
        match adds {
            Adds::Room {
                daily_minor,
                max_minor,
            } => {
                self.daily_minor = self.daily_minor.map(|minor| minor + daily_minor);
                self.max = self.max.widened(max_minor);
            }
            Adds::Share(share) => {
                if let Some(payout) = &mut self.payout {
                    payout.shares.push((1, share));
                }
            }
            Adds::Nothing => {}
        }
    }
}

/// An add-on of a program.
#[derive(Clone, Copy, Debug)]
pub struct Addon {
    pub code: &'static str,
    pub price_minor: i64,
    pub adds: Adds,
}

/// What can be bought for a challenge of the program later.
pub fn addons(program: i64) -> Vec<Addon> {
    let addon = |code, price_minor, adds| Addon {
        code,
        price_minor,
        adds,
    };
    let room = |daily_minor, max_minor| {
        let adds = Adds::Room {
            daily_minor,
            max_minor,
        };
        addon("room", 900, adds)
    };
    let split = |share| addon("split", 60_000, Adds::Share(share));
    match program {
        1 => {
            let wide = Adds::Room {
                daily_minor: 200_000,
                max_minor: 300_000,
            };
            vec![
                room(100_000, 200_000),
                addon("wide", 120_000, wide),
                split(9_000),
                addon("call", 300, Adds::Nothing),
            ]
        }
        2 => vec![room(0, 200_000), addon("call", 0, Adds::Nothing)],
        3 => vec![room(0, 100_000)],
        4 => vec![room(100_000, 200_000), split(9_500)],
        5 => vec![room(0, 200_000), split(8_500)],
        6 => vec![room(0, 200_000), split(9_500)],
        _ => Vec::new(),
    }
}

/// Prague sets its clocks at 01:00 UTC on 2026-03-29.
const PRAGUE_SUMMER: UnixMicros = UnixMicros::from_seconds(1_774_746_000);

/// The first end of a cycle of so many days in Prague after `now`.
pub fn cycle_after(began_at: UnixMicros, days: i64, now: UnixMicros) -> UnixMicros {
    let hours = |at: i64| if at >= PRAGUE_SUMMER.0 { 2 } else { 1 };
    let local = began_at.0 + hours(began_at.0) * HOUR_MICROS;
    let mut end = began_at.0;
    let mut cycle = 0;
    while end <= now.0 {
        cycle += 1;
        let wanted = local + cycle * days * DAY_MICROS;
        end = wanted - 2 * HOUR_MICROS;
        if end < PRAGUE_SUMMER.0 {
            end = wanted - HOUR_MICROS;
        }
    }
    UnixMicros(end)
}
