//! Staff take a breach back.

use super::handle::{DeskError, Restore, Revert, ReviewOutcome, SetAnchor};
use super::instruments::Instruments;
use super::read::{Found, Read};
use super::run::{Runner, TurnError};
use super::shard::{Evidence, PositionThen, Revived};
use crate::journeys::under_way;
use touchstone_domain::breach::{Breach, Decision, Review, Severity};
use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::purchase::State;
use touchstone_rules::{Account as Judged, Event, MoneyKind, Position};
use touchstone_store::repo;
use touchstone_store::repo::desk::history::Deal;
use touchstone_store::repo::desk::{accounts, breaches, history};
use touchstone_trading::Account;

impl Runner {
    /// What staff are told; what has to be stored for it waits for the commit.
    pub(super) fn revert(
        &mut self,
        revert: &Revert,
    ) -> Result<Result<ReviewOutcome, DeskError>, TurnError> {
        let Some(mut breach) = self.breach_of(revert)? else {
            return Ok(Err(DeskError::NoBreach));
        };
        // What is read below must be how the account stands: the same may be asked for twice in one turn, or a price
        // may have closed what the breach had left open.
        if self.store_changes_of(breach.login)? {
            let Some(again) = self.breach_of(revert)? else {
                return Ok(Err(DeskError::NoBreach));
            };
            breach = again;
        }
        if breach.review == Review::Reverted {
            return Ok(Ok(ReviewOutcome::Unchanged));
        }
        if breach.review.decide(Decision::Revert).is_none() {
            return Ok(Err(DeskError::NotRevertible("BREACH_REVIEWED")));
        }
        // A warning has changed nothing that could be put back: its review is no affair of the desk.
        if breach.severity == Severity::Warning {
            return Ok(Err(DeskError::NotRevertible("BREACH_NOT_TERMINAL")));
        }
        self.revive(revert, &breach)
    }

    fn breach_of(&self, revert: &Revert) -> Result<Option<Breach>, TurnError> {
        let id = revert.breach;
        let breach = self
            .store()
            .read_blocking(move |tx| breaches::get(tx, id))?;
        Ok(breach.filter(|breach| breach.brand_id == revert.brand_id))
    }

    /// Staff set the day's anchor of an account that runs.
    pub(super) fn set_anchor(
        &mut self,
        set: &SetAnchor,
    ) -> Result<Result<(), DeskError>, TurnError> {
        self.open(set.login)?;
        let Some(shard) = self.shard() else {
            return Ok(Err(DeskError::Unavailable));
        };
        let live = shard.live(set.login);
        if live.is_none_or(|live| live.owner.brand_id != set.brand_id) {
            return Ok(Err(DeskError::NotTraded));
        }
        if !set.may_breach && shard.anchor_crosses(set.login, set.anchor_minor)? {
            return Ok(Err(DeskError::AnchorCrosses));
        }
        let is_set = shard.set_anchor(set.login, set.staff, set.anchor_minor, &set.reason)?;
        Ok(if is_set {
            Ok(())
        } else {
            Err(DeskError::NotTraded)
        })
    }

    fn revive(
        &mut self,
        revert: &Revert,
        breach: &Breach,
    ) -> Result<Result<ReviewOutcome, DeskError>, TurnError> {
        let login = breach.login;
        let row = self
            .store()
            .read_blocking(move |tx| accounts::of_login(tx, login))?;
        let is_its_own = |row: &accounts::Live| {
            row.phase.id == breach.phase_id
                && row.phase.state == ChallengeState::Failed
                && matches!(
                    row.challenge.state,
                    ChallengeState::Failed | ChallengeState::AwaitingReset
                )
                && row.challenge.account_login == login
        };
        let Some(row) = row.filter(is_its_own) else {
            return Ok(Err(DeskError::NotRevertible("PHASE_HAS_MOVED_ON")));
        };
        let customer = breach.customer_id;
        if self
            .store()
            .read_blocking(move |tx| repo::customers::is_erased(tx, customer))?
        {
            return Ok(Err(DeskError::NotRevertible("CUSTOMER_ERASED")));
        }
        let challenge = row.challenge.id;
        let reset = self
            .store()
            .read_blocking(move |tx| under_way(tx, challenge))?;
        if reset.is_some_and(|reset| reset.state != State::AwaitingPayment) {
            return Ok(Err(DeskError::NotRevertible("RESET_IS_PAID")));
        }
        let evidence: Option<Evidence> = serde_json::from_str(&breach.evidence).ok();
        let from = breach.at;
        let deals = self
            .store()
            .read_blocking(move |tx| history::deals_since(tx, login, from))?;
        let (store, instruments, shared) = self.parts();
        let found = shared.find(store, instruments, Read::of(&row))?;
        let Some(Found { loaded, .. }) = found else {
            return Ok(Err(DeskError::NotTraded));
        };
        let correction_minor = match (revert.restore, &evidence) {
            (Restore::None, _) => 0,
            (Restore::EquityBefore, Some(evidence)) => cost_of(evidence, &loaded.live.account),
            (Restore::EquityBefore, None) => {
                return Ok(Err(DeskError::NotRevertible("EVIDENCE_UNREADABLE")));
            }
        };
        let left = evidence.map_or_else(Vec::new, |evidence| {
            closed_later(&evidence, &loaded.live.account, instruments)
        });
        let mut events = events_of(&left, &deals);
        events.extend(returned(&deals));
        let judged = with_left(loaded.judged, left);
        let revived = Revived {
            breach: breach.id,
            staff: revert.staff,
            reason: revert.reason.clone(),
            restore: revert.restore.name(),
            correction_minor,
        };
        if let Some(shard) = self.shard() {
            shard.revive(loaded.live, judged, revived, events)?;
        }
        Ok(Ok(ReviewOutcome::Reverted { correction_minor }))
    }
}

/// What closing has cost, at the breach and later: the equity before it, less what is there now. What is still open
/// counts as it did then: its present worth is the trader's own.
fn cost_of(evidence: &Evidence, account: &Account) -> i64 {
    let is_open = |then: &&PositionThen| account.position(then.id).is_some();
    let open = evidence.positions.iter().filter(is_open);
    let floating_minor: i64 = open.filter_map(|then| then.profit_minor).sum();
    evidence.equity_before_minor - account.balance_minor - floating_minor
}

/// Positions that could not be closed at the breach, and are closed now, as they were then.
fn closed_later(
    evidence: &Evidence,
    account: &Account,
    instruments: &Instruments,
) -> Vec<Position> {
    let failed = |then: &&PositionThen| {
        let mut not_closed = evidence.not_closed.iter();
        not_closed.any(|failed| failed.position == then.id) && account.position(then.id).is_none()
    };
    let judged = |then: &PositionThen| {
        Some(Position {
            id: touchstone_rules::PositionId(then.id.0),
            symbol: instruments.place(then.symbol)?,
            side: then.side,
            volume: then.volume,
            cost: then.cost,
            opened_at: then.opened_at,
        })
    };
    let left = evidence.positions.iter().filter(failed);
    left.filter_map(judged).collect()
}

/// What the rules have to know of deals with these positions.
fn events_of(left: &[Position], deals: &[Deal]) -> Vec<Event> {
    let event = |deal: &Deal| {
        let id = touchstone_rules::PositionId(deal.position_id);
        left.iter().find(|position| position.id == id)?;
        match deal.kind.as_str() {
            "out" => Some(Event::Closed {
                id,
                left: None,
                profit_minor: deal.profit_minor,
                cost_minor: deal.commission_minor,
            }),
            _ => None,
        }
    };
    deals.iter().filter_map(event).collect()
}

/// What staff have given back of a payout since then: the rules were not told, as the phase was over.
fn returned(deals: &[Deal]) -> Option<Event> {
    let lines = deals
        .iter()
        .filter(|deal| deal.kind == history::PAYOUT_RETURNED);
    let minor: i64 = lines.map(Deal::amount_minor).sum();
    let kind = MoneyKind::PayoutReturned;
    (minor > 0).then_some(Event::Money { kind, minor })
}

fn with_left(judged: Judged, left: Vec<Position>) -> Judged {
    let mut positions = judged.positions().to_vec();
    positions.extend(left);
    Judged::restore(
        judged.login,
        judged.currency,
        judged.phase().clone(),
        positions,
        judged.news().to_vec(),
    )
    .with_void(judged.void().clone())
}
