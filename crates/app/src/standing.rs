//! How a phase stands: as the desk has it now, or else as it was last stored.

use crate::App;
use crate::desk::{AccountView, AtVerdict, Body, rules_of};
use std::sync::Arc;
use touchstone_domain::basis_points::percent_of;
use touchstone_domain::challenge::{ChallengeState, Phase};
use touchstone_domain::purchase::Purchase;
use touchstone_domain::rule_set::{
    Amount, CountedIn, DailyAmount, MaxLossAmount, RuleSet, TimeFrom,
};
use touchstone_domain::{BasisPoints, Login, Symbol, UnixMicros};
pub use touchstone_rules::{AnchorSource, ConsistencyView, Deadline, Limit, Progress, RuleName};
use touchstone_rules::{Opening, Status};
use touchstone_store::repo::desk::{accounts, curves};
use touchstone_store::{StoreError, Tx, repo};

/// Amounts in minor units of the account's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub at: UnixMicros,
    /// The desk values it at present prices; otherwise it is as it was last stored.
    pub is_live: bool,
    /// The account's size: what it was opened with, and what it has grown by since.
    pub initial_minor: i64,
    pub balance_minor: i64,
    pub equity_minor: i64,
    /// The equity that losses and profits are told by: of a phase that is over, at the instant of its verdict.
    pub judged_equity_minor: i64,
    /// What the day's loss is counted from.
    pub day_start_minor: i64,
    pub trading_days: i64,
    pub open_positions: i64,
    /// Every limit that is on.
    pub limits: Vec<Limit>,
    pub progress: Option<Progress>,
    pub day_ends_at: Option<UnixMicros>,
    pub paused_until: Option<UnixMicros>,
    /// A price is too old: nothing is judged.
    pub is_suspended: bool,
    /// The symbols whose prices it waits for; known while the desk runs.
    pub suspended_by: Vec<Symbol>,
    /// Limits that are left alone until the measure is on their good side again.
    pub resting: Vec<RuleName>,
    /// Of a phase that runs.
    pub deadlines: Vec<Deadline>,
    /// No order is taken.
    pub is_close_only: bool,
}

/// A phase's rules as the numbers that both dialects show; 0 where a rule is off. Shares in ten-thousandths of a percent
/// of what they are a share of; fixed amounts of the initial balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub daily_loss: i64,
    pub total_loss: i64,
    pub profit_target: i64,
    pub target_minor: i64,
    pub min_trading_days: i64,
    pub max_trading_days: i64,
    pub duration_days: i64,
    pub max_positions: i64,
}

/// A phase with how it stands and what it wants.
#[derive(Clone, Debug)]
pub struct PhaseStanding {
    pub phase: Phase,
    pub standing: Standing,
    pub wanted: Wanted,
    /// What it is judged by, bought add-ons counted in.
    pub rules: Option<Arc<RuleSet>>,
}

impl Wanted {
    pub fn of(rules: &RuleSet, initial_minor: i64) -> Self {
        let share = |share: BasisPoints| share.0.saturating_mul(100);
        let fixed = |minor| percent_of(minor, initial_minor);
        let daily_loss = rules.daily_loss.map_or(0, |rule| match rule.amount {
            DailyAmount::FixedMinor(minor) => fixed(minor),
            DailyAmount::PercentOfInitial(part)
            | DailyAmount::PercentOfAnchor(part)
            | DailyAmount::PercentOfIntradayPeak(part) => share(part),
        });
        let total_loss = rules.max_loss.map_or(0, |rule| match rule.amount {
            MaxLossAmount::FixedMinor(minor) => fixed(minor),
            MaxLossAmount::PercentOfInitial(part) | MaxLossAmount::PercentOfPeak(part) => {
                share(part)
            }
        });
        let passing = &rules.passing;
        let profit_target = passing
            .profit_target
            .map_or(0, |target| match target.amount {
                Amount::FixedMinor(minor) => fixed(minor),
                Amount::PercentOfInitial(part) => share(part),
            });
        let days = |wanted: &dyn Fn(&touchstone_domain::rule_set::TimeLimit) -> bool| {
            let mut limits = passing.time_limits.iter();
            limits
                .find(|limit| wanted(limit))
                .map_or(0, |limit| i64::from(limit.days))
        };
        Self {
            daily_loss,
            total_loss,
            profit_target,
            target_minor: rules.target_profit_minor(initial_minor).unwrap_or(0),
            min_trading_days: i64::from(passing.min_trading_days),
            max_trading_days: days(&|limit| limit.counted_in == CountedIn::TradingDays),
            duration_days: days(&|limit| {
                limit.counted_in == CountedIn::CalendarDays && limit.from != TimeFrom::FirstTrade
            }),
            max_positions: rules
                .conduct
                .max_positions
                .map_or(0, |rule| i64::from(rule.limit)),
        }
    }
}

impl Standing {
    fn of_view(view: AccountView, initial_minor: i64) -> Self {
        let rules = view.rules;
        let progress = rules.as_ref().map(|rules| rules.progress);
        let paused_until = rules.as_ref().and_then(|rules| match rules.status {
            Status::Paused { until } => Some(until),
            _ => None,
        });
        Self {
            at: view.at,
            is_live: true,
            initial_minor,
            balance_minor: view.figures.balance_minor,
            equity_minor: view.figures.equity_minor,
            judged_equity_minor: view.figures.equity_minor,
            day_start_minor: rules
                .as_ref()
                .map_or(initial_minor, |rules| rules.day_start_minor),
            trading_days: progress.map_or(0, |progress| i64::from(progress.trading_days)),
            open_positions: i64::try_from(view.positions.len()).unwrap_or(i64::MAX),
            day_ends_at: rules.as_ref().map(|rules| rules.day_ends_at),
            is_suspended: rules.as_ref().is_some_and(|rules| rules.is_suspended),
            suspended_by: rules
                .as_ref()
                .map_or_else(Vec::new, |rules| rules.suspended_by.clone()),
            resting: rules
                .as_ref()
                .map_or_else(Vec::new, |rules| rules.resting.clone()),
            deadlines: rules
                .as_ref()
                .map_or_else(Vec::new, |rules| rules.deadlines.clone()),
            is_close_only: paused_until.is_some() || rules.is_none(),
            paused_until,
            limits: rules.map_or_else(Vec::new, |rules| rules.limits),
            progress,
        }
    }

    /// The day's loss, in minor units; 0 when there is none.
    pub const fn daily_loss_minor(&self) -> i64 {
        let loss = self
            .day_start_minor
            .saturating_sub(self.judged_equity_minor);
        if loss > 0 { loss } else { 0 }
    }

    /// The loss since the phase began; 0 when there is none.
    pub const fn total_loss_minor(&self) -> i64 {
        let loss = self.initial_minor.saturating_sub(self.judged_equity_minor);
        if loss > 0 { loss } else { 0 }
    }

    pub const fn profit_minor(&self) -> i64 {
        self.judged_equity_minor.saturating_sub(self.initial_minor)
    }
}

/// How each phase of a challenge stands as it is stored.
pub(crate) fn stored(
    tx: &mut Tx<'_>,
    purchase: &Purchase,
    phases: Vec<Phase>,
) -> Result<Vec<PhaseStanding>, StoreError> {
    let mut standings = Vec::with_capacity(phases.len());
    let (version, all) = (purchase.version_id, purchase.all_addon_codes());
    // What was bought later changes nothing for a phase that was over.
    let begun_with = match (purchase.late_addon_codes.is_empty(), phases.first()) {
        (false, Some(phase)) => repo::challenges::late_addons(tx, phase.challenge_id)?,
        _ => Vec::new(),
    };
    for (place, phase) in phases.into_iter().enumerate() {
        let late = begun_with
            .get(place + 1)
            .and_then(|late| usize::try_from(*late).ok());
        let known = late.map_or(all.len(), |late| purchase.addon_codes.len() + late);
        let addons = &all[..known.min(all.len())];
        let rules = rules_of(tx, version, phase.phase_index, addons)?;
        let initial = phase.size_minor();
        let wanted = rules
            .as_ref()
            .map_or_else(Wanted::default, |rules| Wanted::of(rules, initial));
        let purchased_at = phase.purchased_at.unwrap_or(purchase.created_at);
        let standing = of_phase(tx, &phase, rules.clone(), purchased_at)?;
        standings.push(PhaseStanding {
            phase,
            standing,
            wanted,
            rules,
        });
    }
    Ok(standings)
}

fn of_phase(
    tx: &mut Tx<'_>,
    phase: &Phase,
    rules: Option<Arc<RuleSet>>,
    purchased_at: UnixMicros,
) -> Result<Standing, StoreError> {
    let initial = phase.size_minor();
    let runs = phase.state == ChallengeState::Active;
    let mut standing = Standing {
        at: phase.ended_at.unwrap_or(phase.started_at),
        is_live: false,
        initial_minor: initial,
        balance_minor: initial,
        equity_minor: initial,
        judged_equity_minor: initial,
        day_start_minor: initial,
        trading_days: 0,
        open_positions: 0,
        limits: Vec::new(),
        progress: None,
        day_ends_at: None,
        paused_until: None,
        is_suspended: false,
        suspended_by: Vec::new(),
        resting: Vec::new(),
        deadlines: Vec::new(),
        is_close_only: !runs,
    };
    let saved = accounts::saved_of(tx, phase.account_login)?;
    let saved = saved.filter(|saved| saved.phase_id == phase.id);
    let still_open = saved.as_ref().map_or(0, |saved| saved.open_positions);
    let body = saved.map(|saved| serde_json::from_str::<Body>(&saved.body));
    let verdict = match &body {
        Some(Ok(body)) => body.verdict.clone(),
        _ => None,
    };
    if let Some(rules) = rules {
        let opening = Opening {
            initial_minor: phase.initial_balance_minor,
            purchased_at,
            activated_at: phase.started_at,
        };
        standing.recall(rules, opening, body);
    }
    if let Some(metric) = curves::latest_metric(tx, phase.account_login)?
        && metric.phase_id == phase.id
    {
        standing.at = metric.at.max(standing.at);
        standing.balance_minor = metric.balance_minor;
        standing.equity_minor = metric.equity_minor;
        standing.judged_equity_minor = metric.equity_minor;
        standing.day_start_minor = metric.day_start_minor;
        standing.trading_days = metric.trading_days;
        standing.open_positions = metric.open_positions;
    }
    if !runs {
        standing.close(phase, verdict, still_open);
    }
    Ok(standing)
}

impl Standing {
    /// What the rules remembered when the account was last saved, or how they begin.
    fn recall(
        &mut self,
        rules: Arc<RuleSet>,
        opening: Opening,
        body: Option<serde_json::Result<Body>>,
    ) {
        let phase = match body {
            Some(Ok(body)) => touchstone_rules::Phase::restore(rules, opening, body.phase),
            Some(Err(_)) => return,
            None => match touchstone_rules::Phase::open(rules, opening) {
                Ok(phase) => phase,
                Err(_) => return,
            },
        };
        if let (Ok(limits), Ok(progress)) = (phase.limits(), phase.progress()) {
            self.trading_days = i64::from(progress.trading_days);
            self.open_positions = i64::from(progress.open_positions);
            self.limits = limits;
            self.progress = Some(progress);
        }
        self.at = phase.state().now;
        self.balance_minor = phase.state().reading.balance_minor;
        self.equity_minor = phase.equity_minor().unwrap_or(self.equity_minor);
        self.judged_equity_minor = self.equity_minor;
        self.day_start_minor = phase.day_start_minor();
        self.day_ends_at = Some(phase.day_ends_at());
        self.is_suspended = !phase.state().reading.is_firm;
        self.resting = phase.resting().collect();
        self.deadlines = phase.deadlines().unwrap_or_default();
        if let Status::Paused { until } = phase.state().status {
            self.paused_until = Some(until);
            self.is_close_only = true;
        }
    }
}

impl Standing {
    /// The phase is over: money and positions are as they were left, everything else as it was judged at the verdict.
    fn close(&mut self, phase: &Phase, verdict: Option<AtVerdict>, still_open: i64) {
        if let (Some(balance), Some(equity)) = (phase.final_balance_minor, phase.final_equity_minor)
        {
            self.balance_minor = balance;
            self.equity_minor = equity;
        }
        self.at = phase.ended_at.unwrap_or(self.at);
        self.open_positions = still_open;
        self.day_ends_at = None;
        self.paused_until = None;
        self.is_suspended = false;
        self.resting.clear();
        self.deadlines.clear();
        self.is_close_only = true;
        if let Some(verdict) = verdict {
            self.judged_equity_minor = verdict.equity_minor;
            self.day_start_minor = verdict.day_start_minor;
            self.trading_days = i64::from(verdict.progress.trading_days);
            self.limits = verdict.limits;
            self.progress = Some(verdict.progress);
        }
    }
}

impl App {
    /// Puts the desk's present values in place of the stored ones, for phases that run.
    pub(crate) async fn freshen(&self, standings: &mut [PhaseStanding]) {
        for one in standings {
            if one.phase.state == ChallengeState::Active
                && let Some(view) = self.view_of(one.phase.account_login).await
                && view.rules.is_some()
            {
                one.standing = Standing::of_view(view, one.phase.size_minor());
            }
        }
    }

    async fn view_of(&self, login: Login) -> Option<AccountView> {
        if !self.desk.is_running() {
            return None;
        }
        self.desk.view(login).await.ok().flatten()
    }
}
