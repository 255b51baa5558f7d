//! The inputs of a trace.

use crate::desk::Desk;
use touchstone_domain::basis_points::parse_decimal;
use touchstone_domain::{
    BasisPoints, DayNumber, OrderId, PositionId, Price, Quote, Side, Symbol, UnixMicros, Volume,
};
use touchstone_trading::{
    Command, HedgedMargin, Hours, Input, OrderKind, OrderRequest, Protection, Standing, Swap,
    SwapUnit, TermsPatch, Trading,
};

/// The words of a line that were not read yet.
pub struct Words<'a> {
    words: std::iter::Peekable<std::str::SplitWhitespace<'a>>,
    line: &'a str,
}

impl<'a> Words<'a> {
    pub fn of(line: &'a str) -> Self {
        Self {
            words: line.split_whitespace().peekable(),
            line,
        }
    }

    pub fn optional(&mut self) -> Option<&'a str> {
        self.words.next()
    }

    pub fn next(&mut self) -> &'a str {
        let line = self.line;
        self.words
            .next()
            .unwrap_or_else(|| panic!("a word is missing: {line}"))
    }

    fn take(&mut self, word: &str) -> bool {
        self.words.next_if_eq(&word).is_some()
    }

    pub fn decimal(&mut self, decimals: u32) -> i64 {
        let (line, text) = (self.line, self.next());
        parse_decimal(text, decimals).unwrap_or_else(|| panic!("{text:?}: {line}"))
    }

    pub fn number(&mut self) -> i64 {
        self.decimal(0)
    }

    fn count(&mut self) -> usize {
        usize::try_from(self.number()).unwrap()
    }

    pub fn symbol(&mut self) -> Symbol {
        self.next().parse().unwrap()
    }

    pub fn quote(&mut self, digits: u32) -> Quote {
        let (bid, ask) = (self.price(digits), self.price(digits));
        Quote::new(bid, ask).unwrap()
    }

    fn price(&mut self, digits: u32) -> Price {
        Price(self.decimal(digits))
    }

    fn volume(&mut self) -> Volume {
        Volume(self.decimal(4))
    }

    pub fn instant(&mut self) -> UnixMicros {
        UnixMicros::parse(self.next()).unwrap()
    }
}

/// What a command of the owner says; `None` for another word.
pub fn command(desk: &Desk, verb: &str, words: &mut Words<'_>) -> Option<Command> {
    Some(match verb {
        "buy" => place(desk, Side::Long, words),
        "sell" => place(desk, Side::Short, words),
        "modify" => modify(desk, words),
        "cancel" => Command::Cancel {
            order: OrderId(words.number()),
        },
        "protect" => {
            let position = PositionId(words.number());
            let held = desk.account.position(position);
            let digits = held.map_or(5, |held| desk.digits(held.symbol));
            Command::Protect {
                position,
                protection: tail(words, digits).0,
            }
        }
        "close" => Command::Close {
            position: PositionId(words.number()),
            volume: words
                .optional()
                .map(|text| Volume(parse_decimal(text, 4).unwrap())),
        },
        "close_by" => Command::CloseBy {
            position: PositionId(words.number()),
            opposite: PositionId(words.number()),
        },
        "close_all" => Command::CloseAll {
            symbol: words.optional().map(|text| text.parse().unwrap()),
        },
        _ => return None,
    })
}

fn place(desk: &Desk, side: Side, words: &mut Words<'_>) -> Command {
    let (volume, symbol) = (words.volume(), words.symbol());
    let digits = desk.digits(symbol);
    let kind = kind(words, digits);
    let (protection, expires_at) = tail(words, digits);
    Command::Place(OrderRequest {
        symbol,
        side,
        volume,
        kind,
        protection,
        expires_at,
    })
}

fn modify(desk: &Desk, words: &mut Words<'_>) -> Command {
    let order = OrderId(words.number());
    let standing = desk.account.order(order);
    let digits = standing.map_or(5, |order| desk.digits(order.symbol));
    let kind = kind(words, digits);
    let (protection, expires_at) = tail(words, digits);
    Command::Modify {
        order,
        kind,
        protection,
        expires_at,
    }
}

fn kind(words: &mut Words<'_>, digits: u32) -> OrderKind {
    if words.take("limit") {
        let price = words.price(digits);
        OrderKind::Limit { price }
    } else if words.take("stop") {
        let price = words.price(digits);
        OrderKind::Stop { price }
    } else if words.take("stop_limit") {
        let (stop, limit) = (words.price(digits), words.price(digits));
        OrderKind::StopLimit { stop, limit }
    } else {
        OrderKind::Market
    }
}

fn tail(words: &mut Words<'_>, digits: u32) -> (Protection, Option<UnixMicros>) {
    let (mut protection, mut expires_at) = (Protection::default(), None);
    while let Some(word) = words.optional() {
        match word {
            "sl" => protection.stop_loss = Some(words.price(digits)),
            "tp" => protection.take_profit = Some(words.price(digits)),
            "trail" => protection.trailing_points = Some(words.number()),
            "until" => expires_at = Some(words.instant()),
            other => panic!("{other:?}: {}", words.line),
        }
    }
    (protection, expires_at)
}

/// What is not asked by the owner; `None` for another word.
pub fn input(desk: &Desk, verb: &str, words: &mut Words<'_>) -> Option<Input> {
    Some(match verb {
        "judge" => Input::Judge,
        "timer" => Input::Timer,
        "rollover" => Input::Rollover {
            day: DayNumber(words.instant().seconds() / 86_400),
        },
        "balance" => Input::Balance {
            amount_minor: words.decimal(desk.currency.decimals()),
        },
        "standing" => Input::Standing(match words.next() {
            "active" => Standing::Active,
            "close_only" => Standing::CloseOnly,
            "disabled" => Standing::Disabled,
            other => panic!("{other:?}"),
        }),
        "liquidate" => Input::Liquidate {
            only: words
                .optional()
                .map(|text| PositionId(text.parse().unwrap())),
        },
        _ => return None,
    })
}

/// `group stop_out 50 margin_call 100 hedged both positions 2 orders 2`
pub fn group(desk: &mut Desk, words: &mut Words<'_>) {
    while let Some(word) = words.optional() {
        let conditions = &mut desk.conditions;
        match word {
            "stop_out" => conditions.stop_out = BasisPoints(words.decimal(2)),
            "margin_call" => conditions.margin_call = BasisPoints(words.decimal(2)),
            "hedged" => {
                conditions.hedged_margin = match words.next() {
                    "both" => HedgedMargin::Both,
                    _ => HedgedMargin::LargerLeg,
                }
            }
            "positions" => conditions.max_positions = words.count(),
            "orders" => conditions.max_orders = words.count(),
            other => panic!("{other:?}"),
        }
    }
    desk.renew();
}

/// `terms EURUSD commission 35 margin 1 distance 0 lots 0.01 5 0.01 swap points -7.36 2.11 wed trading full`
pub fn terms(desk: &mut Desk, words: &mut Words<'_>) {
    let mut patch = TermsPatch::default();
    let symbol = words.symbol();
    while let Some(word) = words.optional() {
        match word {
            "commission" => patch.commission_ppm = Some(words.number()),
            "margin" => patch.margin_rate = Some(BasisPoints(words.decimal(2))),
            "distance" => patch.stops_distance = Some(words.number()),
            "lots" => {
                patch.lot_min = Some(words.volume());
                patch.lot_max = Some(words.volume());
                patch.lot_step = Some(words.volume());
            }
            "swap" => patch.swap = Some(swap(words)),
            "trading" => {
                patch.trading = Some(match words.next() {
                    "full" => Trading::Full,
                    "close_only" => Trading::CloseOnly,
                    _ => Trading::Disabled,
                });
            }
            other => panic!("{other:?}"),
        }
    }
    desk.patches.insert(symbol, patch);
    desk.renew();
}

fn swap(words: &mut Words<'_>) -> Swap {
    let unit = match words.next() {
        "points" => SwapUnit::Points,
        _ => SwapUnit::AnnualPercent,
    };
    Swap {
        unit,
        long: words.decimal(2),
        short: words.decimal(2),
        triple_day: Hours::day(words.next()),
    }
}
