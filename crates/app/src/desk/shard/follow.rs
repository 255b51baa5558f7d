//! What follows from a verdict.

use super::super::market::Taken;
use super::evidence::{ClosedThen, PositionThen};
use super::{AtVerdict, Booked, End, Entered, Evidence, NotClosed, Shard, ShardError, Told};
use crate::claims::ClaimAsk;
use std::collections::VecDeque;
use touchstone_domain::rule_set::{ConductEffect, ConductRule, NewsAction};
use touchstone_domain::{Login, PositionId, Price, UnixMicros};
use touchstone_rules::{Finding, Status, Verdict};
use touchstone_trading::{Account, Effect, Figures, Input, Scene, Standing};

impl Shard {
    /// Does what each verdict asks for; what that leads to comes after it.
    pub(super) fn follow(&mut self, verdicts: Vec<Verdict>) -> Result<(), ShardError> {
        let mut waiting: VecDeque<Verdict> = verdicts.into();
        while let Some(verdict) = waiting.pop_front() {
            waiting.extend(self.consequence(verdict)?);
        }
        Ok(())
    }

    fn consequence(&mut self, verdict: Verdict) -> Result<Vec<Verdict>, ShardError> {
        let Verdict { login, at, finding } = verdict;
        if finding.ends_the_phase() {
            self.end(login, at, finding)?;
            return Ok(Vec::new());
        }
        match &finding {
            Finding::Paused { .. } => self.pause(login, at, finding),
            Finding::Warned(_) | Finding::Struck { .. } => {
                self.cross(login, at, finding)?;
                Ok(Vec::new())
            }
            Finding::Resumed => {
                self.standing(login, Standing::Active)?;
                self.notice(login, at, "resumed");
                Ok(Vec::new())
            }
            Finding::DayClosed(day) => {
                // Days before anything has happened follow from the rules alone: they are worked out when somebody asks.
                if self
                    .accounts
                    .get(&login)
                    .is_some_and(|live| live.event_no > 0)
                {
                    self.calm_changes(login).days.push(*day);
                }
                Ok(Vec::new())
            }
            Finding::Conduct(found) => {
                let (rule, effect, void) = (found.rule, found.effect, found.void_minor);
                if effect == ConductEffect::RejectOrder {
                    return Ok(Vec::new());
                }
                if effect == ConductEffect::ClosePosition && is_told_by_time(rule) {
                    let only = self.against_news(login, rule)?;
                    return self.flatten(login, at, finding, &only);
                }
                self.cross(login, at, finding)?;
                match effect {
                    ConductEffect::VoidProfit if void > 0 => self.void(login, void),
                    _ => Ok(Vec::new()),
                }
            }
            Finding::AnchorProvisional { .. } => {
                let notices = &mut self.calm_changes(login).notices;
                notices.push((at, "anchor_provisional"));
                Ok(Vec::new())
            }
            // As many accounts as hold the symbol, and nothing about them is new: it follows from the stored prices,
            // and whoever looks at the account sees it.
            Finding::JudgementSuspended | Finding::JudgementResumed => Ok(Vec::new()),
            Finding::ConsistencyUnmet(_) => self.told(login, at, "consistency_unmet"),
            // These end the phase.
            Finding::Breached(_) | Finding::Passed(_) | Finding::TimeUp(_) => Ok(Vec::new()),
        }
    }

    fn told(
        &mut self,
        login: Login,
        at: UnixMicros,
        kind: &'static str,
    ) -> Result<Vec<Verdict>, ShardError> {
        self.notice(login, at, kind);
        Ok(Vec::new())
    }

    fn notice(&mut self, login: Login, at: UnixMicros, kind: &'static str) {
        self.changes(login).notices.push((at, kind));
    }

    fn standing(&mut self, login: Login, standing: Standing) -> Result<(), ShardError> {
        self.turn(login, &Input::Standing(standing)).map(drop)
    }

    /// A crossed limit or a rule of conduct that does not end the phase.
    fn cross(&mut self, login: Login, at: UnixMicros, finding: Finding) -> Result<(), ShardError> {
        if let Some(evidence) = self.evidence(login, &finding)? {
            self.keep(login, at, finding, evidence);
        }
        Ok(())
    }

    fn keep(&mut self, login: Login, at: UnixMicros, finding: Finding, evidence: Evidence) {
        let after_event_no = self.accounts.get(&login).map_or(0, |live| live.event_no);
        let seq = self.seq;
        self.changes(login).crossings.push(Told {
            at,
            finding,
            evidence,
            seq,
            after_event_no,
        });
    }

    /// Flattens the account and lets nothing be opened until the reset.
    fn pause(
        &mut self,
        login: Login,
        at: UnixMicros,
        finding: Finding,
    ) -> Result<Vec<Verdict>, ShardError> {
        self.standing(login, Standing::CloseOnly)?;
        self.flatten(login, at, finding, &[None])
    }

    /// What a rule has closed: everything, or one position after the other.
    fn against_news(
        &self,
        login: Login,
        rule: ConductRule,
    ) -> Result<Vec<Option<PositionId>>, ShardError> {
        let judged = self.rules.account(login)?;
        let Some(judged) = judged.filter(|_| rule == ConductRule::NewsWindow) else {
            return Ok(vec![None]);
        };
        let mut against = Vec::new();
        for held in judged.positions() {
            if judged.is_forbidden(NewsAction::Hold, held.symbol, self.rules.market(), self.at)? {
                against.push(Some(PositionId(held.id.0)));
            }
        }
        Ok(against)
    }

    /// Closes everything, or these, and keeps what it was closed for. What cannot be closed now is at the first price
    /// there is.
    fn flatten(
        &mut self,
        login: Login,
        at: UnixMicros,
        finding: Finding,
        each: &[Option<PositionId>],
    ) -> Result<Vec<Verdict>, ShardError> {
        let evidence = self.evidence(login, &finding)?;
        let after_event_no = self.accounts.get(&login).map_or(0, |live| live.event_no);
        let (mut effects, mut events) = (Vec::new(), Vec::new());
        for only in each {
            let closed = self.turn(login, &Input::Liquidate { only: *only })?;
            effects.extend(closed.0);
            events.extend(closed.1);
        }
        self.note_not_closed(login, &effects);
        if let Some(mut evidence) = evidence {
            self.complete(login, &mut evidence, &effects);
            let seq = self.seq;
            self.changes(login).crossings.push(Told {
                at,
                finding,
                evidence,
                seq,
                after_event_no,
            });
        }
        self.tell(login, events)
    }

    /// Takes a profit back that does not count; the rules have not counted it.
    fn void(&mut self, login: Login, minor: i64) -> Result<Vec<Verdict>, ShardError> {
        self.enter(login, Entered::Voided, -minor)?;
        self.changes(login).voided_minor.push(minor);
        Ok(Vec::new())
    }

    /// Moves the balance as an entry of the ledger does, and writes the line of the statement.
    pub(super) fn enter(
        &mut self,
        login: Login,
        kind: Entered,
        amount_minor: i64,
    ) -> Result<(), ShardError> {
        self.turn(login, &Input::Balance { amount_minor })?;
        let Some(live) = self.accounts.get(&login) else {
            return Ok(());
        };
        let (at, balance_minor, id) = (self.at, live.account.balance_minor, self.next_trade_no);
        self.next_trade_no += 1;
        self.changes(login).booked.push(Booked::Entered {
            id,
            kind,
            amount_minor,
            balance_minor,
            at,
        });
        Ok(())
    }

    /// The phase is over: everything is closed, and the account rests.
    fn end(&mut self, login: Login, at: UnixMicros, finding: Finding) -> Result<(), ShardError> {
        let passed = matches!(finding, Finding::Passed(_));
        let evidence = if passed {
            None
        } else {
            self.evidence(login, &finding)?
        };
        let after_event_no = self.accounts.get(&login).map_or(0, |live| live.event_no);
        let Some(judged) = self.rules.account(login)? else {
            return Ok(());
        };
        let verdict = AtVerdict::of(judged.phase(), at)?;
        let (effects, events) = self.turn(login, &Input::Liquidate { only: None })?;
        self.standing(login, Standing::Disabled)?;
        // The rules know of it too, so that a phase that is taken up again has its true balance.
        self.tell(login, events)?;
        self.rest(login)?;
        if let Some(mut evidence) = evidence {
            self.complete(login, &mut evidence, &effects);
            let seq = self.seq;
            self.changes(login).crossings.push(Told {
                at,
                finding,
                evidence,
                seq,
                after_event_no,
            });
        }
        self.note_end(login, verdict, passed);
        Ok(())
    }

    /// No rule has ended it: everything is closed, and the account rests, because its fee goes away.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub(crate) fn call_off(&mut self, login: Login, claim: ClaimAsk) -> Result<(), ShardError> {
        self.cause = super::Cause::Event;
        self.charge_night_of(login)?;
        let Some(judged) = self.rules.account(login)? else {
            return Ok(());
        };
        let verdict = AtVerdict::of(judged.phase(), self.at)?;
        let (effects, events) = self.turn(login, &Input::Liquidate { only: None })?;
        self.note_not_closed(login, &effects);
        self.standing(login, Standing::Disabled)?;
        self.tell(login, events)?;
        self.rest(login)?;
        self.note_end(login, verdict, false);
        self.changes(login).called_off = Some(claim);
        self.watch_changed()
    }

    fn note_end(&mut self, login: Login, verdict: AtVerdict, passed: bool) {
        let figures = self.figures(login);
        let live = self.accounts.get_mut(&login);
        let balance_minor = live.map_or(0, |live| {
            live.verdict = Some(Box::new(verdict.clone()));
            live.account.balance_minor
        });
        self.changes(login).end = Some(End {
            at: verdict.at,
            passed,
            verdict,
            final_balance_minor: balance_minor,
            final_equity_minor: figures.map_or(balance_minor, |figures| figures.equity_minor),
        });
    }

    /// The rules judge the account no more.
    fn rest(&mut self, login: Login) -> Result<(), ShardError> {
        let judged = self.rules.remove(login)?;
        if let (Some(judged), Some(live)) = (judged, self.accounts.get_mut(&login)) {
            live.ended = Some(Box::new(judged.phase().state().clone()));
        }
        self.reindex(login);
        Ok(())
    }

    /// `None` for an account that is not here, or holds something that has no price yet.
    pub(super) fn figures(&self, login: Login) -> Option<Figures> {
        let live = self.accounts.get(&login)?;
        let scene = Scene {
            terms: &live.terms,
            prices: &self.prices,
            now: self.at,
        };
        Figures::of(&live.account, &scene).ok()
    }

    /// Everything at the instant of the verdict, before anything is done about it.
    fn evidence(&self, login: Login, finding: &Finding) -> Result<Option<Evidence>, ShardError> {
        let (Some(live), Some(judged)) = (self.accounts.get(&login), self.rules.account(login)?)
        else {
            return Ok(None);
        };
        let limits = judged.phase().limits()?;
        let mut prices: Vec<Taken> = live
            .symbols()
            .iter()
            .filter_map(|symbol| self.known.get(symbol))
            .map(|known| known.last.clone())
            .collect();
        prices.sort_by_key(|tick| tick.seq);
        let tick = prices.last().cloned();
        let previous_tick = tick
            .as_ref()
            .and_then(|tick| self.known.get(&tick.symbol))
            .and_then(|known| known.previous.clone());
        let reading = judged.phase().state().reading;
        let equity_minor = judged.phase().equity_minor()?;
        let version = live.owner.version_id;
        Ok(Some(Evidence {
            finding: finding.clone(),
            cause: self.cause,
            tick,
            previous_tick,
            prices,
            positions: self.positions_then(login, &live.account),
            balance_before_minor: reading.balance_minor,
            equity_before_minor: equity_minor,
            balance_after_minor: reading.balance_minor,
            equity_after_minor: equity_minor,
            closed: Vec::new(),
            not_closed: Vec::new(),
            limits,
            program_version: version.0,
            phase_index: live.owner.phase_index,
            rules_no: judged.phase().state().rules_no,
        }))
    }

    fn positions_then(&self, login: Login, account: &Account) -> Vec<PositionThen> {
        let then = |held: &touchstone_trading::Position| {
            let price: Option<Price> = self
                .prices
                .quote(held.symbol)
                .map(|quote| held.side.exit(quote));
            PositionThen {
                id: held.id,
                symbol: held.symbol,
                side: held.side,
                volume: held.volume,
                cost: held.cost,
                opened_at: held.opened_at,
                price,
                profit_minor: self.profit_of(login, held),
            }
        };
        account.positions.iter().map(then).collect()
    }

    /// What the closing has brought.
    fn complete(&self, login: Login, evidence: &mut Evidence, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Deal(deal) => evidence.closed.push(ClosedThen {
                    position: deal.position,
                    deal: deal.id.0,
                    price: deal.price,
                    profit_minor: deal.profit_minor,
                    commission_minor: deal.commission_minor,
                }),
                Effect::NotClosed { position, code } => evidence.not_closed.push(NotClosed {
                    position: *position,
                    code: code.code().to_owned(),
                }),
                _ => {}
            }
        }
        if let Some(figures) = self.figures(login) {
            evidence.balance_after_minor = figures.balance_minor;
            evidence.equity_after_minor = figures.equity_minor;
        }
    }

    /// Whether the account's phase takes orders now.
    pub(super) fn is_paused(&self, login: Login) -> bool {
        let judged = self.rules.account(login).ok().flatten();
        judged.is_some_and(|judged| matches!(judged.phase().state().status, Status::Paused { .. }))
    }
}

/// Rules that are looked at when time passes, and not for one order.
const fn is_told_by_time(rule: ConductRule) -> bool {
    matches!(
        rule,
        ConductRule::FlatBeforeWeekend | ConductRule::FlatOvernight | ConductRule::NewsWindow
    )
}
