//! One account: whose it is, and how it stands.

use super::TradeError;
use crate::App;
use crate::desk::{AccountView, Body, RulesView, rules_of};
use crate::identity::{Caller, require_live};
use touchstone_domain::access::Permission;
use touchstone_domain::challenge::{Challenge, ChallengeState, Phase};
use touchstone_domain::program::PhaseType;
use touchstone_domain::{Account, BrandId, CustomerId, Group, Login, UnixMicros};
use touchstone_rules::Opening;
use touchstone_store::repo::desk::accounts::{self as live_accounts, Live};
use touchstone_store::{Tx, repo};

/// An account that its caller may see. Nobody else can make one.
#[derive(Clone, Debug)]
pub struct TradingAccount {
    pub account: Account,
    pub group: Group,
    pub(super) row: Option<Live>,
    /// Its challenge rests: the owner can do nothing, only staff can.
    pub(super) is_suspended: bool,
    /// It rests, whoever asks.
    rests: bool,
}

/// What an account of a challenge is for.
#[derive(Clone, Debug)]
pub struct JourneyPlace {
    pub challenge: Challenge,
    pub phase: Phase,
    /// Name of the phase's step.
    pub name: String,
    pub phase_type: Option<PhaseType>,
}

#[derive(Clone, Debug)]
pub struct Standing {
    pub account: Account,
    pub group: Group,
    /// None of an account that was opened by its owner, or whose journey waits for payment.
    pub journey: Option<JourneyPlace>,
    /// None when the account is not traded.
    pub live: Option<AccountView>,
    /// Also of a phase that is over; none of one that never began.
    pub rules: Option<RulesView>,
    /// The fee was taken back by a bank, and staff let the challenge rest: its owner can do nothing.
    pub rests: bool,
    /// Without positions it is the balance; none when it cannot be told.
    pub equity_minor: Option<i64>,
    pub as_of: UnixMicros,
}

/// What is stored of an account, without what the desk knows.
pub(super) struct Stored {
    found: TradingAccount,
    journey: Option<JourneyPlace>,
    rules: Option<RulesView>,
    /// Not at a remote trading server.
    is_here: bool,
}

impl TradingAccount {
    /// Whether the desk should have it: its phase runs, or positions are left of it.
    pub(super) fn is_traded(&self) -> bool {
        self.row.as_ref().is_some_and(|row| {
            let runs = [row.challenge.state, row.phase.state] == [ChallengeState::Active; 2];
            let winds_up = row.saved.as_ref().is_some_and(|saved| saved.winding_up);
            (runs && self.account.enabled) || winds_up
        })
    }
}

pub(super) fn may_see(caller: &Caller, brand: BrandId, account: &Account) -> bool {
    account.brand_id == brand
        && match caller {
            Caller::Customer(caller) => account.customer_id == caller.customer_id,
            Caller::Account(caller) => account.login == caller.login,
            Caller::Staff(_) => true,
        }
}

/// The account, if the session lives and it is the caller's to see.
pub(super) fn find(
    tx: &mut Tx<'_>,
    caller: &Caller,
    login: Login,
    now: UnixMicros,
) -> Result<TradingAccount, TradeError> {
    let pass = require_live(tx, caller, Permission::ViewAccounts, now)?;
    let (account, group) = repo::accounts::get(tx, login)?
        .filter(|(account, _)| may_see(caller, pass.brand_id, account))
        .ok_or(TradeError::NotFound)?;
    if !pass.sees(tx, account.customer_id)? {
        return Err(TradeError::NotFound);
    }
    let row = live_accounts::of_login(tx, login)?;
    let is_owner = !matches!(caller, Caller::Staff(_));
    let rests = match &row {
        Some(row) => repo::claims::suspends(tx, row.challenge.id)?,
        None => false,
    };
    Ok(TradingAccount {
        account,
        group,
        row,
        is_suspended: rests && is_owner,
        rests,
    })
}

impl App {
    /// # Errors
    /// [`TradeError::NotFound`] also for somebody else's, [`TradeError::Session`] and the store's.
    pub async fn trading_account(
        &self,
        caller: Caller,
        login: Login,
    ) -> Result<TradingAccount, TradeError> {
        let now = self.now();
        self.store
            .read(move |tx| find(tx, &caller, login, now))
            .await
    }

    /// How an account stands: from the desk while it is traded, from the store otherwise.
    ///
    /// # Errors
    /// As [`App::trading_account`], and the desk's.
    pub async fn account_standing(
        &self,
        caller: Caller,
        login: Login,
    ) -> Result<Standing, TradeError> {
        let stored = self.stored_account(caller, login).await?;
        let now = self.now();
        let live = match stored.is_traded_here() {
            true => self.desk.view(login).await?,
            false => None,
        };
        Ok(stored.standing(live, now))
    }

    pub(super) async fn stored_account(
        &self,
        caller: Caller,
        login: Login,
    ) -> Result<Stored, TradeError> {
        let now = self.now();
        let is_here = self.ports.remote_trading.is_none();
        self.store
            .read(move |tx| {
                let found = find(tx, &caller, login, now)?;
                Ok(Stored {
                    journey: place(tx, &found)?,
                    rules: stored_rules(tx, &found)?,
                    found,
                    is_here,
                })
            })
            .await
    }
}

impl Stored {
    pub(super) const fn customer_id(&self) -> CustomerId {
        self.found.account.customer_id
    }

    /// Whether the desk of this server should have it.
    pub(super) fn is_traded_here(&self) -> bool {
        self.is_here && self.found.is_traded()
    }

    pub(super) fn standing(&self, live: Option<AccountView>, now: UnixMicros) -> Standing {
        let found = &self.found;
        let saved = found.row.as_ref().and_then(|row| row.saved.as_ref());
        let is_flat = saved.is_none_or(|saved| saved.open_positions == 0);
        let of_balance = (is_flat && self.is_here).then_some(found.account.balance_minor);
        let rules = live.as_ref().and_then(|view| view.rules.clone());
        Standing {
            equity_minor: live
                .as_ref()
                .map_or(of_balance, |view| Some(view.figures.equity_minor)),
            as_of: live.as_ref().map_or(now, |view| view.at),
            account: found.account.clone(),
            group: found.group.clone(),
            journey: self.journey.clone(),
            rules: rules.or_else(|| self.rules.clone()),
            rests: found.rests,
            live,
        }
    }
}

fn place(tx: &mut Tx<'_>, found: &TradingAccount) -> Result<Option<JourneyPlace>, TradeError> {
    let Some(row) = &found.row else {
        return Ok(None);
    };
    let version = repo::programs::version(tx, row.challenge.version_id)?;
    let index = usize::try_from(row.phase.phase_index - 1).ok();
    let steps = version.as_ref().map(|version| &version.terms.steps);
    let step = steps.zip(index).and_then(|(steps, index)| steps.get(index));
    Ok(Some(JourneyPlace {
        challenge: row.challenge.clone(),
        phase: row.phase.clone(),
        name: step.map(|step| step.name.clone()).unwrap_or_default(),
        phase_type: step.map(|step| step.phase_type),
    }))
}

/// The phase as it was stored last.
fn stored_rules(tx: &mut Tx<'_>, found: &TradingAccount) -> Result<Option<RulesView>, TradeError> {
    let Some((row, saved)) = found
        .row
        .as_ref()
        .and_then(|r| Some((r, r.saved.as_ref()?)))
    else {
        return Ok(None);
    };
    let broken = |fault: String| TradeError::Broken {
        login: row.login.0,
        fault,
    };
    let body: Body = serde_json::from_str(&saved.body).map_err(|e| broken(e.to_string()))?;
    let Some(rules) = rules_of(
        tx,
        row.challenge.version_id,
        row.phase.phase_index,
        row.addons_after(body.phase.rules_no),
    )?
    else {
        return Ok(None);
    };
    let opening = Opening {
        initial_minor: row.phase.initial_balance_minor,
        purchased_at: row.purchased_at,
        activated_at: row.phase.started_at,
    };
    let phase = touchstone_rules::Phase::restore(rules, opening, body.phase);
    let mut view = RulesView::of(&phase).map_err(|error| broken(error.to_string()))?;
    // A phase that is over stays as it was judged; what its closing has changed since is in the balance.
    if let Some(verdict) = body.verdict {
        view.limits = verdict.limits;
        view.progress = verdict.progress;
        view.progress.open_positions = u32::try_from(saved.open_positions).unwrap_or(u32::MAX);
        view.day_start_minor = verdict.day_start_minor;
    }
    Ok(Some(view))
}
