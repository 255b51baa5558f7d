//! One input of one account.

mod checks;
mod close;
mod commands;
mod fill;
mod judge;
mod rollover;
mod tick;

pub(crate) use commands::trailed;
pub(crate) use tick::{reached, wakes};

use crate::{
    Account, ClientId, Command, Deal, Effect, Fault, Figures, GroupTerms, Input, Prices, Refusal,
};
use std::borrow::Cow;
use touchstone_domain::{OrderId, UnixMicros};

/// What an account does not own, and its state hangs on.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub terms: &'a GroupTerms,
    pub prices: &'a Prices,
    /// Never earlier than at the input before.
    pub now: UnixMicros,
}

/// The account after an input, and what has happened, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// Borrowed when nothing has happened.
    pub account: Cow<'a, Account>,
    pub effects: Vec<Effect>,
    /// The first number that was not used for an order or a deal.
    pub next_id: i64,
}

/// What `input` makes of `account`. Orders and deals take their numbers from `first_id` on, at most two for each position
/// and order of the account and four more; it is above every number that the account's orders have had.
///
/// # Errors
/// When the account cannot be valued: nothing has happened then. What a trader can cause is a refusal among the effects.
pub fn step<'a>(
    account: &'a Account,
    input: &Input,
    scene: &Scene<'a>,
    first_id: i64,
) -> Result<Outcome<'a>, Fault> {
    let mut turn = Turn::new(account, scene, first_id);
    match input {
        Input::Command { client_id, command } => turn.command(client_id.as_ref(), command)?,
        Input::Tick { symbol } => turn.tick(*symbol)?,
        Input::Judge => turn.judge()?,
        Input::Timer => turn.expire(),
        Input::Rollover { day } => turn.rollover(*day)?,
        Input::Balance { amount_minor } => turn.balance(*amount_minor)?,
        Input::Standing(standing) => turn.standing(*standing),
        Input::Revoke { order, rule } => turn.revoke(*order, *rule),
        Input::Liquidate { only } => turn.liquidate(*only)?,
    }
    Ok(Outcome {
        account: turn.account,
        effects: turn.effects,
        next_id: turn.next_id,
    })
}

/// What a command would do, without doing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preflight {
    pub refusal: Option<Refusal>,
    /// The further margin it takes, or, below 0, sets free.
    pub margin_minor: i64,
    /// 0 or less.
    pub commission_minor: i64,
    /// With the spread that it costs to open, and the commission.
    pub free_margin_after_minor: i64,
}

/// Runs a command as [`step`] would, with the same checks, on a copy. Without the money for it the figures tell what it
/// would take.
///
/// # Errors
/// When the account cannot be valued.
pub fn preflight(
    account: &Account,
    command: &Command,
    scene: &Scene<'_>,
) -> Result<Preflight, Fault> {
    let before = Figures::of(account, scene)?;
    let mut turn = Turn::new(account, scene, account.unused_id());
    turn.ignores_money = true;
    turn.command(None, command)?;
    let after = turn.figures()?;
    let effects = turn.effects;
    let commission = |effect: &Effect| match effect {
        Effect::Deal(Deal {
            commission_minor, ..
        }) => *commission_minor,
        _ => 0,
    };
    let refused = effects.iter().find_map(|effect| match effect {
        Effect::Refused { code } => Some(*code),
        _ => None,
    });
    let poor = is_too_poor(&before, &after).then_some(Refusal::NoMoney);
    Ok(Preflight {
        refusal: refused.or(poor),
        margin_minor: after.margin_minor - before.margin_minor,
        commission_minor: effects.iter().map(commission).sum(),
        free_margin_after_minor: after.free_margin_minor,
    })
}

/// What sets margin free is always allowed, however little there is.
fn is_too_poor(before: &Figures, after: &Figures) -> bool {
    after.margin_minor > before.margin_minor && after.free_margin_minor < 0
}

/// Why a part of a turn was not done.
enum Stop {
    Refused(Refusal),
    Fault(Fault),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for Stop {
    /// An amount that does not fit is the fault of who asked for it.
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Overflow => Self::Refused(Refusal::TooLarge),
            other => Self::Fault(other),
        }
    }
}

#[derive(Clone)]
struct Turn<'a> {
    account: Cow<'a, Account>,
    effects: Vec<Effect>,
    scene: Scene<'a>,
    next_id: i64,
    /// For a preflight, which tells how much is missing.
    ignores_money: bool,
}

impl<'a> Turn<'a> {
    const fn new(account: &'a Account, scene: &Scene<'a>, first_id: i64) -> Self {
        Self {
            account: Cow::Borrowed(account),
            effects: Vec::new(),
            scene: *scene,
            next_id: first_id,
            ignores_money: false,
        }
    }

    fn emit(&mut self, effect: Effect) {
        self.account.to_mut().apply(&effect);
        self.effects.push(effect);
    }

    /// Notes what changes nothing of the account.
    fn note(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn id(&mut self) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    fn figures(&self) -> Result<Figures, Fault> {
        Figures::of(&self.account, &self.scene)
    }

    /// Does all of `work` or, when it is refused, none of it.
    fn whole<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Result<T, Stop> {
        let before = self.clone();
        let result = work(self);
        if result.is_err() {
            *self = before;
        }
        result
    }

    fn command(&mut self, client_id: Option<&ClientId>, command: &Command) -> Result<(), Fault> {
        self.expire();
        if let Some(seen) = client_id.and_then(|id| self.seen(id, command)) {
            self.note(seen);
            return Ok(());
        }
        let done = self.whole(|turn| {
            let order = OrderId(turn.id());
            let seen = client_id.map(|id| Box::new((id.clone(), command.clone())));
            turn.emit(Effect::Accepted { order, seen });
            turn.obey(order, command)
        });
        match done {
            Ok(()) => {}
            Err(Stop::Refused(code)) => self.note(Effect::Refused { code }),
            Err(Stop::Fault(fault)) => return Err(fault),
        }
        Ok(())
    }

    fn seen(&self, client_id: &ClientId, command: &Command) -> Option<Effect> {
        let seen = self
            .account
            .seen
            .iter()
            .find(|s| s.client_id == *client_id)?;
        Some(if seen.command == *command {
            Effect::Repeated { order: seen.order }
        } else {
            Effect::Refused {
                code: Refusal::ClientIdReused,
            }
        })
    }

    fn balance(&mut self, amount_minor: i64) -> Result<(), Fault> {
        self.account
            .balance_minor
            .checked_add(amount_minor)
            .ok_or(Fault::Overflow)?;
        self.emit(Effect::Balance { amount_minor });
        Ok(())
    }

    fn standing(&mut self, standing: crate::Standing) {
        if self.account.standing != standing {
            self.emit(Effect::Standing(standing));
        }
    }
}
