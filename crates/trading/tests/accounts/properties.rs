//! What holds whatever a trader and a market do.

use crate::desk::Desk;
use proptest::prelude::*;
use std::collections::BTreeMap;
use touchstone_domain::{
    Currency, DayNumber, OrderId, PositionId, Price, Quote, Side, Symbol, UnixMicros, Volume,
};
use touchstone_trading::{
    Account, Band, Booking, Command, Deal, Effect, Entry, Input, OrderKind, OrderRequest,
    Protection, Standing, TermsPatch,
};

/// Symbol, price at the start, usual step.
const SYMBOLS: [(&str, i64, i64); 3] = [
    ("EURUSD", 108_500, 60),
    ("USDJPY", 150_000, 80),
    ("GER40", 180_000, 200),
];
const TUESDAY_NOON: i64 = 1_783_425_600;

#[derive(Clone, Copy, Debug)]
struct Op {
    what: u8,
    symbol: usize,
    a: i64,
    b: i64,
}

fn ops(length: usize) -> impl Strategy<Value = Vec<Op>> {
    let op = (0_u8..24, 0_usize..3, -100_i64..=100, -100_i64..=100);
    let op = op.prop_map(|(what, symbol, a, b)| Op { what, symbol, a, b });
    prop::collection::vec(op, 1..length)
}

fn symbol(op: Op) -> Symbol {
    SYMBOLS[op.symbol].0.parse().unwrap()
}

struct World {
    desk: Desk,
    mids: [i64; 3],
    initial_minor: i64,
    booked_minor: i64,
    filled: Vec<OrderId>,
    traded: BTreeMap<PositionId, i64>,
}

impl World {
    fn new(booking: Booking, initial_minor: i64) -> Self {
        let mut desk = Desk::new(Currency::USD, 100, booking, initial_minor);
        desk.now = UnixMicros::from_seconds(TUESDAY_NOON);
        let mut world = Self {
            desk,
            mids: SYMBOLS.map(|(_, start, _)| start),
            initial_minor,
            booked_minor: 0,
            filled: Vec::new(),
            traded: BTreeMap::new(),
        };
        for (index, (name, ..)) in SYMBOLS.iter().enumerate() {
            let quote = world.quote(index, 10);
            world.desk.set(name.parse().unwrap(), quote);
        }
        world
    }

    fn quote(&self, index: usize, spread: i64) -> Quote {
        let bid = self.mids[index].max(100);
        Quote::new(Price(bid), Price(bid + spread)).unwrap()
    }

    fn run(&mut self, op: Op) {
        self.desk.now = self.desk.now.plus_seconds(1 + op.a.abs() / 20);
        if op.what < 12 {
            return self.tick(op);
        }
        let input = match op.what {
            22 => Input::Rollover {
                day: DayNumber(i64::try_from(self.filled.len() + self.traded.len()).unwrap()),
            },
            23 => match op.b {
                90.. => Input::Liquidate { only: None },
                80.. => Input::Standing(Standing::CloseOnly),
                _ => Input::Standing(Standing::Active),
            },
            _ => Input::Command {
                client_id: None,
                command: self.command(op),
            },
        };
        let before = self.desk.account.clone();
        let told = match &input {
            Input::Command { command, .. } => Some(self.desk.preflight(command).unwrap()),
            _ => None,
        };
        let margin_before = self.desk.figures().margin_minor;
        let effects = self.desk.give(&input).unwrap();
        if let Some(told) = told {
            let refusal = effects.iter().find_map(|effect| match effect {
                Effect::Refused { code } => Some(*code),
                _ => None,
            });
            assert_eq!(told.refusal, refusal, "the preflight says otherwise");
            if refusal.is_none() {
                let after = self.desk.figures();
                assert_eq!(told.margin_minor, after.margin_minor - margin_before);
                assert_eq!(told.free_margin_after_minor, after.free_margin_minor);
            }
        }
        if effects.iter().any(|e| matches!(e, Effect::Refused { .. })) {
            let expired = effects.len() - 1;
            assert_eq!(
                before.orders.len() - expired,
                self.desk.account.orders.len()
            );
            assert_eq!(before.positions, self.desk.account.positions);
        }
        self.look(&effects);
    }

    fn tick(&mut self, op: Op) {
        let (_, start, step) = SYMBOLS[op.symbol];
        let mid = &mut self.mids[op.symbol];
        let jump = if op.what == 0 { 20 } else { 1 };
        *mid = (*mid + op.a * step * jump / 100).clamp(start / 2, start * 2);
        let quote = self.quote(op.symbol, 1 + op.b.abs() / 5);
        let old = self.desk.prices.quote(symbol(op)).unwrap();
        let band = Band::of(&self.desk.account, symbol(op), old);
        self.desk.set(symbol(op), quote);
        let symbol = symbol(op);
        let effects = self.desk.give(&Input::Tick { symbol }).unwrap();
        if band.is_some_and(|band| band.holds(quote)) {
            let expired = |e: &Effect| matches!(e, Effect::Expired { .. });
            assert!(
                effects.iter().all(expired),
                "inside of its band: {effects:?}"
            );
        } else if band.is_some() {
            assert!(!effects.is_empty(), "outside of its band, and nothing");
        }
        self.look(&effects);
        let effects = self.desk.give(&Input::Judge).unwrap();
        self.look(&effects);
    }

    fn command(&self, op: Op) -> Command {
        let symbol = symbol(op);
        let quote = self.desk.prices.quote(symbol).unwrap();
        let side = if op.a < 0 { Side::Short } else { Side::Long };
        let away = 10 + op.b.abs() * SYMBOLS[op.symbol].2 / 100;
        let at = |points: i64| match side {
            Side::Long => Price(side.entry(quote).0 + points),
            Side::Short => Price(side.entry(quote).0 - points),
        };
        let protected = |on: bool| Protection {
            stop_loss: on.then(|| against(side, quote, 40 + op.b.abs())),
            take_profit: (on && op.b > 20).then(|| against(side, quote, -40 - op.b)),
            trailing_points: (on && op.b < -50).then_some(op.b.abs()),
        };
        let place = |kind, until: Option<i64>| {
            Command::Place(OrderRequest {
                symbol,
                side,
                volume: Volume((op.a.abs() / 4 + 1) * 1_000),
                kind,
                protection: protected(op.b % 2 == 0),
                expires_at: until.map(|seconds| self.desk.now.plus_seconds(seconds)),
            })
        };
        let positions = &self.desk.account.positions;
        let any = |n: i64| {
            let place = usize::try_from(n.unsigned_abs()).unwrap();
            positions
                .get(place % positions.len().max(1))
                .map_or(PositionId(1), |p| p.id)
        };
        match op.what {
            12..15 => place(OrderKind::Market, None),
            15 => place(OrderKind::Limit { price: at(-away) }, Some(90)),
            16 => place(OrderKind::Stop { price: at(away) }, None),
            17 => {
                let (stop, limit) = (at(away), at(away - op.b / 4));
                place(OrderKind::StopLimit { stop, limit }, Some(60))
            }
            18 => Command::Close {
                position: any(op.a),
                volume: (op.b > 0).then_some(Volume(1_000)),
            },
            19 => Command::CloseBy {
                position: any(op.a),
                opposite: any(op.b),
            },
            20 if op.b > 60 => Command::CloseAll { symbol: None },
            20 => Command::Protect {
                position: any(op.a),
                protection: protected(true),
            },
            _ => Command::Cancel {
                order: self
                    .desk
                    .account
                    .orders
                    .first()
                    .map_or(OrderId(1), |o| o.id),
            },
        }
    }

    /// What holds after every input.
    fn look(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Deal(deal) => self.deal(deal),
                Effect::Swap { amount_minor, .. } => self.booked_minor += amount_minor,
                Effect::Filled { order } => {
                    assert!(!self.filled.contains(order), "order {order} fills twice");
                    self.filled.push(*order);
                }
                _ => {}
            }
        }
        let account = &self.desk.account;
        let figures = self.desk.figures();
        assert_eq!(
            account.balance_minor,
            self.initial_minor + self.booked_minor
        );
        let profit: i64 = account.positions.iter().map(|p| self.plain_profit(p)).sum();
        assert_eq!(figures.equity_minor, account.balance_minor + profit);
        assert!(figures.margin_minor >= 0);
        for held in &account.positions {
            assert!(held.margin_minor >= 0 && held.volume.0 > 0 && held.cost > 0);
            assert_eq!(self.traded[&held.id], held.volume.0);
        }
        self.in_order(account);
    }

    fn in_order(&self, account: &Account) {
        assert!(account.positions.is_sorted_by_key(|p| p.id));
        assert!(account.orders.is_sorted_by_key(|o| o.id));
        assert!(account.orders.iter().all(|o| !self.filled.contains(&o.id)));
    }

    fn deal(&mut self, deal: &Deal) {
        self.booked_minor += deal.profit_minor + deal.commission_minor;
        assert!(deal.commission_minor <= 0);
        let volume = self.traded.entry(deal.position).or_default();
        *volume += match deal.entry {
            Entry::In => deal.volume.0,
            Entry::Out => -deal.volume.0,
        };
        assert!(*volume >= 0, "more is closed than was open");
    }

    /// Written down anew, in one fraction: points * volume * contract * 100 / (10^digits * 10,000), times or over the
    /// rate.
    fn plain_profit(&self, held: &touchstone_trading::Position) -> i64 {
        let quote = self.desk.prices.quote(held.symbol).unwrap();
        let (bid, ask) = (i128::from(quote.bid().0), i128::from(quote.ask().0));
        let (volume, cost) = (i128::from(held.volume.0), i128::from(held.cost));
        let gain = match held.side {
            Side::Long => bid * volume - cost,
            Side::Short => cost - ask * volume,
        };
        let (top, bottom) = match held.symbol.as_str() {
            "EURUSD" => (gain * 100_000 * 100, 100_000 * 10_000),
            "USDJPY" => {
                let rate = if gain >= 0 { ask } else { bid };
                (gain * 100_000 * 100 * 1_000, 1_000 * 10_000 * rate)
            }
            _ => {
                let euro = self.desk.prices.quote("EURUSD".parse().unwrap()).unwrap();
                let rate = if gain >= 0 { euro.bid() } else { euro.ask() };
                (gain * 100 * i128::from(rate.0), 10 * 10_000 * 100_000)
            }
        };
        let (size, half) = (top.abs(), bottom / 2);
        let rounded = (size + half) / bottom;
        i64::try_from(rounded * top.signum()).unwrap()
    }
}

/// So many points against the position, as seen from where it would end now.
fn against(side: Side, quote: Quote, points: i64) -> Price {
    match side {
        Side::Long => Price(quote.bid().0 - points),
        Side::Short => Price(quote.ask().0 + points),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn money_and_volume_are_kept_in_a_hedging_account(ops in ops(150), rich in any::<bool>()) {
        let mut world = World::new(Booking::Hedging, if rich { 10_000_000 } else { 500_000 });
        ops.into_iter().for_each(|op| world.run(op));
    }

    #[test]
    fn money_and_volume_are_kept_in_a_netting_account(ops in ops(150), rich in any::<bool>()) {
        let mut world = World::new(Booking::Netting, if rich { 10_000_000 } else { 500_000 });
        ops.into_iter().for_each(|op| world.run(op));
    }

    /// Without costs and spread it is the same whether orders add up or stand beside each other. Each deal and each
    /// position is rounded by at most half a cent, and each share of a cost by far less.
    #[test]
    fn netting_earns_what_hedging_earns(steps in prop::collection::vec((-300_i64..300, -9_i64..=9), 1..60)) {
        let eurusd: Symbol = "EURUSD".parse().unwrap();
        let mut desks = [Booking::Hedging, Booking::Netting]
            .map(|booking| Desk::new(Currency::USD, 500, booking, 1_000_000_000));
        let (mut price, mut roundings) = (108_500, 0);
        for desk in &mut desks {
            desk.now = UnixMicros::from_seconds(TUESDAY_NOON);
            let free = TermsPatch { commission_ppm: Some(0), ..TermsPatch::default() };
            desk.patches.insert(eurusd, free);
            desk.renew();
        }
        for (step, lots) in steps {
            price += step;
            let quote = Quote::new(Price(price), Price(price)).unwrap();
            for desk in &mut desks {
                desk.set(eurusd, quote);
                let side = if lots < 0 { Side::Short } else { Side::Long };
                let command = Command::Place(OrderRequest {
                    symbol: eurusd,
                    side,
                    volume: Volume(lots.abs() * 100),
                    kind: OrderKind::Market,
                    protection: Protection::default(),
                    expires_at: None,
                });
                let effects = desk.give(&Input::Command { client_id: None, command }).unwrap();
                roundings += effects.len();
            }
            let [hedging, netting] = [0, 1].map(|n| desks[n].figures().equity_minor);
            prop_assert!((hedging - netting).unsigned_abs() <= roundings as u64);
        }
    }
}

/// The worlds above are worth something only if things happen in them.
#[test]
fn much_happens_in_the_worlds() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut deals: BTreeMap<String, usize> = BTreeMap::new();
    for round in 0..100 {
        use proptest::strategy::ValueTree;
        let ops = ops(150).new_tree(&mut runner).unwrap().current();
        let booking = [Booking::Hedging, Booking::Netting][round % 2];
        let mut world = World::new(booking, 500_000);
        for op in ops {
            let before = world.filled.len();
            let held = world.desk.account.positions.len();
            world.run(op);
            *deals.entry("filled".into()).or_default() += world.filled.len() - before;
            let now = world.desk.account.positions.len();
            *deals.entry("opened".into()).or_default() += now.saturating_sub(held);
            *deals.entry("closed".into()).or_default() += held.saturating_sub(now);
        }
    }
    for (what, count) in &deals {
        assert!(*count > 100, "{what}: {deals:?}");
    }
}
