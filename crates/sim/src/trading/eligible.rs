//! What keeps a payout and what it comes to, reckoned from what is known of the account.

use super::model::Model;
use super::terms::{DAY_MICROS, INITIAL_MINOR, Payable};
use std::collections::{BTreeMap, BTreeSet};
use touchstone_domain::UnixMicros;
use touchstone_domain::payout::Eligibility;

/// What else a payout depends on.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    pub now: UnixMicros,
    pub number: i64,
    /// When the challenge's last payout was asked for that was not rejected.
    pub last_at: Option<UnixMicros>,
    pub is_in_flight: bool,
    pub is_known: bool,
    /// Every price of what is open can be trusted.
    pub is_fresh: bool,
}

/// A payout as it must be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reckoned {
    /// In the order in which they are shown; `None` where this reckoning is too coarse to say.
    pub conditions: Vec<(&'static str, Option<bool>)>,
    pub share: i64,
    pub profit_minor: i64,
    pub taken_minor: i64,
    pub trader_minor: i64,
    /// The prices are too old to say what it comes to.
    pub is_vague: bool,
}

/// A position needs a fifth of what it is worth.
const MARGIN_OF_WORTH: i128 = 5;
/// What a coarse reckoning of the margin may be wrong by.
const COARSE_MINOR: i64 = 10_000;

/// `None` for an account without payouts.
pub fn reckon(
    model: &Model,
    prices: &BTreeMap<String, (i64, i64)>,
    around: Around,
) -> Option<Reckoned> {
    let terms = model.asks.payout.as_ref()?;
    let Around { now, number, .. } = around;
    let balance = model.ledger.balance_minor;
    let equity = model.ledger.equity_minor(prices).unwrap_or(balance);
    let profit_minor = (balance.min(equity) - INITIAL_MINOR).max(0);
    let mut taken_minor = (profit_minor - terms.buffer_minor).max(0);
    if let Some(most) = terms.most_minor {
        taken_minor = taken_minor.min(most);
    }
    if let Some(share) = terms.most_of_balance {
        taken_minor = taken_minor.min(part(balance, share)).max(0);
    }
    let share = terms.share(number);
    let trader_minor = part(taken_minor, share);
    let mut reckoned = Reckoned {
        conditions: Vec::new(),
        share,
        profit_minor,
        taken_minor,
        trader_minor,
        is_vague: !around.is_fresh,
    };
    let has_open = !model.ledger.held.is_empty();
    let mut say = |name, is_met| reckoned.conditions.push((name, is_met));
    say("account_active", Some(true));
    say("no_payout_in_flight", Some(!around.is_in_flight));
    if terms.needs_kyc {
        say("kyc", Some(around.is_known));
    }
    if terms.needs_flat {
        say("no_open_positions", Some(!has_open));
    } else if has_open {
        say("fresh_prices", Some(around.is_fresh));
    }
    if let Some((name, at)) = not_before(terms, model.began_at, around.last_at) {
        say(name, Some(now >= at));
    }
    if terms.trading_days > 0 {
        say(
            "trading_days",
            Some(model.trading_days() >= terms.trading_days),
        );
    }
    say("profit", Some(taken_minor > 0));
    if terms.least_minor > 0 {
        say("minimum_amount", Some(trader_minor >= terms.least_minor));
    }
    if taken_minor > 0 {
        let mut then = model.clone();
        then.pay_out(taken_minor, now);
        let (daily, max) = then.floors();
        let highest = daily.map_or(max, |daily| daily.max(max));
        say("above_floor", Some(equity - taken_minor > highest));
    }
    if has_open {
        let free = equity - margin(model);
        let is_clear = is_one_sided(model) && (free - taken_minor).abs() > COARSE_MINOR;
        say("free_margin", is_clear.then_some(free >= taken_minor));
    }
    Some(reckoned)
}

/// So many hundredths of a percent, rounded half away from zero.
fn part(minor: i64, share: i64) -> i64 {
    let product = i128::from(minor) * i128::from(share);
    let rounded = (2 * product.abs() + 10_000) / 20_000;
    let size = i64::try_from(rounded).unwrap_or(i64::MAX);
    if product < 0 { -size } else { size }
}

/// No clock is set in the zones of programs that ask for days while a world lasts: a calendar day is one of 24 hours.
fn not_before(
    terms: &Payable,
    began_at: UnixMicros,
    last_at: Option<UnixMicros>,
) -> Option<(&'static str, UnixMicros)> {
    let later = |at: UnixMicros, days: i64| UnixMicros(at.0 + days * DAY_MICROS);
    match last_at {
        None if terms.first_after_days > 0 => Some((
            "first_payout_delay",
            later(began_at, terms.first_after_days),
        )),
        Some(last) if terms.days_between > 0 => {
            Some(("days_between", later(last, terms.days_between)))
        }
        _ => None,
    }
}

fn margin(model: &Model) -> i64 {
    let worth: i128 = model.ledger.held.values().map(|(_, held)| held.cost).sum();
    i64::try_from(worth / 10_000 / MARGIN_OF_WORTH).unwrap_or(i64::MAX)
}

fn is_one_sided(model: &Model) -> bool {
    let sides = model.ledger.held.values();
    let sides: BTreeSet<(&str, bool)> = sides
        .map(|(symbol, held)| (symbol.as_str(), held.is_long))
        .collect();
    let symbols: BTreeSet<&str> = sides.iter().map(|(symbol, _)| *symbol).collect();
    sides.len() == symbols.len()
}

impl Reckoned {
    pub fn is_met(&self) -> Option<bool> {
        let mut all = Some(true);
        for (_, is_met) in &self.conditions {
            match is_met {
                Some(true) => {}
                Some(false) => return Some(false),
                None => all = None,
            }
        }
        all
    }

    /// What is wrong with what was shown.
    pub fn differs(&self, shown: &Eligibility) -> Option<String> {
        let told = shown.conditions.iter();
        let mut told: Vec<(&str, bool)> = told.map(|one| (one.name.name(), one.is_met)).collect();
        let mut ours = self.conditions.clone();
        if self.is_vague {
            // With old prices nothing is known from the profit on.
            told.truncate(told.iter().take_while(|one| one.0 != "profit").count());
            ours.truncate(ours.iter().take_while(|one| one.0 != "profit").count());
        }
        let is_same = |(ours, theirs): (&(&str, Option<bool>), &(&str, bool))| {
            ours.0 == theirs.0 && ours.1.is_none_or(|is_met| is_met == theirs.1)
        };
        if told.len() != ours.len() || !ours.iter().zip(&told).all(is_same) {
            return Some(format!("{ours:?}, not {told:?}"));
        }
        let amounts = &shown.amounts;
        let parts = (amounts.trader_minor, amounts.firm_minor);
        let wanted = (self.trader_minor, self.taken_minor - self.trader_minor);
        let all = amounts.buffer_minor + amounts.capped_minor + amounts.taken_minor;
        let differs = amounts.share.0 != self.share
            || amounts.taken_minor != self.taken_minor
            || amounts.profit_minor != self.profit_minor
            || parts != wanted
            || all != self.profit_minor;
        (differs && !self.is_vague).then(|| format!("{self:?}, not {amounts:?}"))
    }
}
