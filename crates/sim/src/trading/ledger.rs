//! What trading must have done to a balance, reckoned from nothing but the deals: no code of the desk is used.

use std::collections::{BTreeMap, VecDeque};
use touchstone_store::repo::desk::history::Deal;

/// The symbols of these worlds are quoted in dollars and cents, one coin a lot: a point of a lot is a cent.
const PARTS_OF_A_LOT: i128 = 10_000;

#[derive(Clone, Copy, Debug)]
pub struct Held {
    pub is_long: bool,
    pub volume: i64,
    /// Price times volume of what is left.
    pub cost: i128,
}

/// An account by its deals.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub balance_minor: i64,
    pub held: BTreeMap<i64, (String, Held)>,
    /// What staff were told that was given back, and stands in no deal yet.
    pub owed_minor: i64,
    /// What payouts have to take or to bring back, part by part, and stands in no deal yet.
    pub parts: VecDeque<(&'static str, i64)>,
}

/// `top / bottom`, rounded half away from zero.
fn rounded(top: i128, bottom: i128) -> i64 {
    let twice = 2 * top.abs() + bottom;
    let size = i64::try_from(twice / (2 * bottom)).unwrap_or(i64::MAX);
    if top < 0 { -size } else { size }
}

impl Ledger {
    /// Takes a deal in, and says what is wrong with it.
    pub fn take(&mut self, deal: &Deal) -> Option<String> {
        let mut wrong = None;
        match deal.kind.as_str() {
            "in" => {
                let held = Held {
                    is_long: deal.side == 0,
                    volume: deal.volume,
                    cost: i128::from(deal.price) * i128::from(deal.volume),
                };
                if deal.profit_minor != 0 || deal.swap_minor != 0 {
                    wrong = Some("an opening has no profit".to_owned());
                }
                self.held
                    .insert(deal.position_id, (deal.symbol.clone(), held));
            }
            "out" => wrong = self.close(deal),
            "swap" => {
                if !self.held.contains_key(&deal.position_id) {
                    wrong = Some("a night of nothing".to_owned());
                }
            }
            "correction" => {
                if deal.profit_minor != self.owed_minor {
                    let (owed, given) = (self.owed_minor, deal.profit_minor);
                    wrong = Some(format!("{owed} was to be given back, not {given}"));
                }
                self.owed_minor = 0;
            }
            "payout" | "payout_returned" => {
                let part = self.parts.pop_front();
                if part != Some((deal.kind.as_str(), deal.profit_minor)) {
                    wrong = Some(format!("{part:?} was to be moved by a payout"));
                }
            }
            other => wrong = Some(format!("{other} is no deal")),
        }
        self.balance_minor += deal.profit_minor + deal.commission_minor + deal.swap_minor;
        if self.balance_minor != deal.balance_minor {
            let (ours, theirs) = (self.balance_minor, deal.balance_minor);
            wrong = wrong.or(Some(format!("the balance is {ours}, not {theirs}")));
        }
        wrong
    }

    fn close(&mut self, deal: &Deal) -> Option<String> {
        let Some((_, held)) = self.held.get_mut(&deal.position_id) else {
            return Some("it was not held".to_owned());
        };
        if deal.volume > held.volume || held.is_long != (deal.side == 1) {
            return Some("more was closed than was held, or the wrong side".to_owned());
        }
        let volume = i128::from(deal.volume);
        let cost = if deal.volume == held.volume {
            held.cost
        } else {
            (2 * held.cost * volume + i128::from(held.volume)) / (2 * i128::from(held.volume))
        };
        let worth = i128::from(deal.price) * volume;
        let profit = if held.is_long {
            worth - cost
        } else {
            cost - worth
        };
        let profit_minor = rounded(profit, PARTS_OF_A_LOT);
        held.cost -= cost;
        held.volume -= deal.volume;
        if held.volume == 0 {
            self.held.remove(&deal.position_id);
        }
        (profit_minor != deal.profit_minor)
            .then(|| format!("its profit is {profit_minor}, not {}", deal.profit_minor))
    }

    /// With every position at what it could be closed at; `None` without a price.
    pub fn equity_minor(&self, prices: &BTreeMap<String, (i64, i64)>) -> Option<i64> {
        let mut equity = self.balance_minor;
        for (symbol, held) in self.held.values() {
            let (bid, ask) = prices.get(symbol)?;
            let volume = i128::from(held.volume);
            let profit = if held.is_long {
                i128::from(*bid) * volume - held.cost
            } else {
                held.cost - i128::from(*ask) * volume
            };
            equity += rounded(profit, PARTS_OF_A_LOT);
        }
        Some(equity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchstone_domain::{BrandId, Login, UnixMicros};

    fn deal(kind: &str, side: i64, volume: i64, price: i64, profit: i64, balance: i64) -> Deal {
        Deal {
            login: Login(1),
            id: 1,
            brand_id: BrandId(1),
            at: UnixMicros(0),
            kind: kind.to_owned(),
            reason: "order".to_owned(),
            order_id: None,
            position_id: 1,
            symbol: "BTCUSD".to_owned(),
            side,
            volume,
            price,
            profit_minor: profit,
            commission_minor: 0,
            swap_minor: 0,
            balance_minor: balance,
        }
    }

    #[test]
    fn a_deal_that_does_not_add_up_is_found() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.take(&deal("in", 0, 10_000, 9_500_000, 0, 0)), None);
        let prices = BTreeMap::from([("BTCUSD".to_owned(), (9_500_100, 9_500_200))]);
        assert_eq!(ledger.equity_minor(&prices), Some(100));
        let mut other = ledger.clone();
        assert_eq!(
            other.take(&deal("out", 1, 10_000, 9_500_100, 100, 100)),
            None
        );
        assert!(
            ledger
                .clone()
                .take(&deal("out", 1, 10_000, 9_500_100, 99, 99))
                .is_some()
        );
        assert!(
            ledger
                .clone()
                .take(&deal("out", 1, 10_000, 9_500_100, 100, 99))
                .is_some()
        );
        assert!(
            ledger
                .clone()
                .take(&deal("out", 0, 10_000, 9_500_100, 100, 100))
                .is_some()
        );
        assert!(
            ledger
                .clone()
                .take(&deal("out", 1, 10_001, 9_500_100, 100, 100))
                .is_some()
        );
        assert!(ledger.take(&deal("gift", 1, 1, 1, 0, 0)).is_some());
    }

    #[test]
    fn a_payout_takes_what_was_asked_for_and_nothing_else() {
        let taken = deal("payout", 0, 0, 0, -80, -80);
        let mut ledger = Ledger::default();
        assert!(ledger.clone().take(&taken).is_some());
        ledger.parts = VecDeque::from([("payout", -80), ("payout", -20)]);
        assert!(
            ledger
                .clone()
                .take(&deal("payout", 0, 0, 0, -81, -81))
                .is_some()
        );
        assert!(
            ledger
                .clone()
                .take(&deal("payout_returned", 0, 0, 0, -80, -80))
                .is_some()
        );
        assert_eq!(ledger.take(&taken), None);
        assert!(ledger.take(&deal("payout", 0, 0, 0, -80, -160)).is_some());
    }
}
