//! How a customer's own journey stands, in one answer: what is asked of him, what he has reached, and his days.

use super::queries::QueryError;
use super::{ChallengeDetail, DayPage};
use crate::App;
use crate::breaches::BreachView;
use crate::identity::CustomerCaller;
use crate::standing::PhaseStanding;
use touchstone_domain::ChallengeId;
use touchstone_domain::rule_set::JudgedOn;
use touchstone_store::repo::claims;
use touchstone_store::repo::desk::breaches;

#[derive(Clone, Debug)]
pub struct Overview {
    pub detail: ChallengeDetail,
    /// Newest first, of all phases.
    pub days: DayPage,
    /// The one that ended the newest phase and was not taken back.
    pub ended_by: Option<BreachView>,
    /// A chargeback keeps it from going on.
    pub is_suspended: bool,
}

/// What an objective is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    Money,
    Days,
    Positions,
}

/// One thing that is asked for before a phase is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objective {
    pub name: &'static str,
    pub counted: Counted,
    pub wanted: i64,
    pub reached: i64,
    /// What is still to be done; 0 where it is met.
    pub missing: i64,
    pub is_met: bool,
}

impl Objective {
    fn at_least(name: &'static str, counted: Counted, wanted: i64, reached: i64) -> Self {
        Self {
            name,
            counted,
            wanted,
            reached,
            missing: wanted.saturating_sub(reached).max(0),
            is_met: reached >= wanted,
        }
    }
}

/// What the phase asks for, in the order of its rules; nothing before anything was measured.
pub fn objectives(one: &PhaseStanding) -> Vec<Objective> {
    let (Some(progress), Some(rules)) = (&one.standing.progress, &one.rules) else {
        return Vec::new();
    };
    let days = |name, wanted: u32, reached: u32| {
        let some = (wanted > 0).then_some((wanted, reached));
        some.map(|(wanted, reached)| {
            Objective::at_least(name, Counted::Days, wanted.into(), reached.into())
        })
    };
    let profit = progress.profit_minor;
    let target = progress
        .target_minor
        .map(|wanted| Objective::at_least("profit_target", Counted::Money, wanted, profit));
    let passing = &rules.passing;
    let closed = passing
        .profit_target
        .is_some_and(|target| target.judged_on == JudgedOn::ClosedBalance);
    let open = i64::from(progress.open_positions);
    let flat = (target.is_some() && (closed || passing.flat_to_pass)).then_some(Objective {
        name: "no_open_positions",
        counted: Counted::Positions,
        wanted: 0,
        reached: open,
        missing: open,
        is_met: open == 0,
    });
    let consistency = progress.consistency.map(|view| Objective {
        is_met: view.is_met,
        ..Objective::at_least(
            "consistency",
            Counted::Money,
            view.required_minor,
            view.of_minor,
        )
    });
    let all = [
        target,
        days(
            "min_trading_days",
            progress.min_trading_days,
            progress.trading_days,
        ),
        days(
            "min_profitable_days",
            progress.min_profitable_days,
            progress.profitable_days,
        ),
        consistency,
        flat,
    ];
    all.into_iter().flatten().collect()
}

impl App {
    /// # Errors
    /// [`QueryError::NotFound`] for an unknown journey and for someone else's.
    pub async fn own_overview(
        &self,
        caller: CustomerCaller,
        id: ChallengeId,
        days: i64,
    ) -> Result<Overview, QueryError> {
        let detail = self.challenge_detail(caller, id).await?;
        let days = self.challenge_days(caller, id, days, 0).await?;
        let newest = detail.phases.last().map(|one| one.phase.id);
        let app = self.clone();
        let (ended_by, is_suspended) = self
            .store
            .read(move |tx| {
                let ended = match newest {
                    Some(phase) => breaches::that_ended(tx, phase, id)?,
                    None => None,
                };
                let views = app.views(tx, ended.into_iter().collect())?;
                let ended = views.into_iter().next();
                Ok::<_, QueryError>((ended, claims::suspends(tx, id)?))
            })
            .await?;
        Ok(Overview {
            detail,
            days,
            ended_by,
            is_suspended,
        })
    }
}
