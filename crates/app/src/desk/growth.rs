//! A funded account grows by its program's scaling plan: it is looked at, or grows.

use super::handle::DeskError;
use super::run::{Runner, TurnError};
use super::shard::{Grown, ShardError};
use touchstone_domain::payout::{GrowthLook, GrowthPast, growth};
use touchstone_domain::{BrandId, Login, PayoutId};
use touchstone_store::StoreError;
use touchstone_store::repo::growth::Since;
use touchstone_store::repo::{self, claims, payouts};

/// Somebody wants to know how an account stands for its next growth, or it is to grow if it has earned it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrowthAsk {
    /// `None`: of whichever brand it is.
    pub brand_id: Option<BrandId>,
    pub login: Login,
    /// Otherwise it is only looked at.
    pub grows: bool,
}

impl Runner {
    /// How it stood before; `None` for an account whose program has no plan. When it grows, that waits for the commit.
    pub(super) fn growth(
        &mut self,
        ask: GrowthAsk,
    ) -> Result<Result<Option<GrowthLook>, DeskError>, TurnError> {
        let GrowthAsk { login, .. } = ask;
        self.open(login)?;
        // What is read below must be how things stand.
        self.store_changes_of(login)?;
        let Some(shard) = self.shard() else {
            return Ok(Err(DeskError::Unavailable));
        };
        let live = shard.live(login).filter(|live| {
            ask.brand_id
                .is_none_or(|brand| live.owner.brand_id == brand)
                && live.ended.is_none()
        });
        let Some(owner) = live.map(|live| live.owner.clone()) else {
            return Ok(Err(DeskError::NotTraded));
        };
        let (since, in_flight, is_disputed) = self.store().read_blocking(move |tx| {
            let since = repo::growth::since(tx, login)?;
            let (_, _, in_flight) = payouts::past(tx, owner.challenge_id, login)?;
            Ok::<_, StoreError>((since, in_flight, claims::suspends(tx, owner.challenge_id)?))
        })?;
        let Some(shard) = self.shard() else {
            return Ok(Err(DeskError::Unavailable));
        };
        let at = shard.at();
        let Some(judged) = shard.judged(login)? else {
            return Ok(Err(DeskError::NotTraded));
        };
        let phase = judged.phase();
        let Some(rules) = &phase.rules().payout else {
            return Ok(Err(DeskError::NotFunded));
        };
        let opening = phase.opening();
        let past = past(&since, opening.activated_at, in_flight, is_disputed);
        let newest_of = |takes: usize| Some(since.payouts.get(takes.checked_sub(1)?)?.0);
        let look = growth(
            &rules.scaling,
            &phase.rules().trading_day,
            opening.initial_minor,
            &past,
            !phase.state().status.is_over(),
            at,
        )
        .map_err(ShardError::from)?;
        let next = look.as_ref().and_then(|look| look.next.as_ref());
        let earned = next.filter(|next| ask.grows && next.is_met());
        let earned = earned.and_then(|next| Some((next, newest_of(next.takes)?)));
        if let Some((next, through_payout)) = earned {
            let grown = Grown {
                number: since.taken + 1,
                minor: next.by_minor,
                at,
                through_payout,
            };
            shard.grow(login, grown)?;
        }
        Ok(Ok(look))
    }
}

fn past(
    since: &Since,
    activated_at: touchstone_domain::UnixMicros,
    in_flight: Option<PayoutId>,
    is_disputed: bool,
) -> GrowthPast {
    GrowthPast {
        taken: u32::try_from(since.taken).unwrap_or(u32::MAX),
        since: since.last_at.unwrap_or(activated_at).max(activated_at),
        payouts: since.payouts.iter().map(|(_, took)| *took).collect(),
        in_flight,
        is_disputed,
    }
}
