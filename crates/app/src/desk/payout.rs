//! A payout is looked at, asked for, or refused.

use super::handle::DeskError;
use super::read::{Found, Read};
use super::run::{Runner, TurnError};
use super::shard::{AskedPayout, ReturnedPayout};
use crate::identity::StaffActor;
use touchstone_domain::payout::{Eligibility, Event, Past, Trigger, transition};
use touchstone_domain::{BrandId, Login, PayoutId, UnixMicros};
use touchstone_store::StoreError;
use touchstone_store::repo::desk::accounts;
use touchstone_store::repo::{claims, customers, payouts};

/// Somebody wants to know what keeps a payout, or wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayoutAsk {
    pub brand_id: BrandId,
    pub login: Login,
    /// `None`: it is only looked at.
    pub ask: Option<Trigger>,
}

/// What a payout would come to, or has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutLook {
    pub eligibility: Eligibility,
    pub number: i64,
    pub cycle_from: UnixMicros,
    pub at: UnixMicros,
    /// When the cycle ends, where payouts are made by themselves.
    pub cycle_ends_at: Option<UnixMicros>,
}

/// Staff refuse a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutReject {
    pub brand_id: BrandId,
    pub id: PayoutId,
    pub staff: StaffActor,
    pub reason: String,
}

impl Runner {
    /// What there is to know of it; when it was asked for, that waits for the commit.
    pub(super) fn payout(
        &mut self,
        ask: PayoutAsk,
    ) -> Result<Result<PayoutLook, DeskError>, TurnError> {
        let PayoutAsk { login, .. } = ask;
        self.open(login)?;
        // What is read below must be how things stand: the same may be asked for twice in one turn.
        self.store_changes_of(login)?;
        let Some(shard) = self.shard() else {
            return Ok(Err(DeskError::Unavailable));
        };
        let live = shard.live(login);
        let live = live.filter(|live| live.owner.brand_id == ask.brand_id && live.ended.is_none());
        let Some(owner) = live.map(|live| live.owner.clone()) else {
            return Ok(Err(DeskError::NotTraded));
        };
        let (number, last_at, in_flight, kyc, cycle_ends_at, is_disputed) =
            self.store().read_blocking(move |tx| {
                let (made, last_at, in_flight) = payouts::past(tx, owner.challenge_id, login)?;
                let (kyc, _) = customers::kyc(tx, owner.customer_id)?;
                let cycle = payouts::cycle_of(tx, login)?;
                let rests = claims::suspends(tx, owner.challenge_id)?;
                Ok::<_, StoreError>((made + 1, last_at, in_flight, kyc, cycle, rests))
            })?;
        let past = Past {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            last_at,
            in_flight,
            kyc,
            is_disputed,
        };
        let Some(shard) = self.shard() else {
            return Ok(Err(DeskError::Unavailable));
        };
        let Some(eligibility) = shard.eligibility(login, &past)? else {
            return Ok(Err(DeskError::NotFunded));
        };
        let Some(judged) = shard.judged(login)? else {
            return Ok(Err(DeskError::NotTraded));
        };
        let phase = judged.phase();
        let activated_at = phase.opening().activated_at;
        let cycle = phase.rules().payout.as_ref();
        let cycle = cycle.and_then(|rules| rules.cadence.days());
        let cycle_from = last_at.unwrap_or(activated_at).max(activated_at);
        let look = PayoutLook {
            eligibility,
            number,
            cycle_from,
            at: shard.at(),
            cycle_ends_at: cycle_ends_at.filter(|_| cycle.is_some()),
        };
        let Some(trigger) = ask.ask else {
            return Ok(Ok(look));
        };
        if trigger == Trigger::OnDemand && cycle.is_some() {
            return Ok(Err(DeskError::NotOnDemand));
        }
        // One that is in flight is no cycle that ends again: there would be a second row for the same profit.
        if let Some(payout) = in_flight.filter(|_| trigger == Trigger::OnDemand) {
            return Ok(Err(DeskError::PayoutInFlight(payout)));
        }
        let next_cycle = match (trigger, cycle) {
            (Trigger::Scheduled, Some(days)) => {
                let day = &phase.rules().trading_day;
                Some(
                    crate::payouts::cycle_after(day, activated_at, days, shard.at())
                        .map_err(super::shard::ShardError::from)?,
                )
            }
            _ => None,
        };
        shard.pay_out(
            login,
            AskedPayout {
                trigger,
                number,
                cycle_from,
                decided: look.eligibility.clone(),
                next_cycle,
            },
        )?;
        Ok(Ok(look))
    }

    /// Gives the profit of a refused payout back; what staff are told waits for the commit.
    pub(super) fn reject_payout(
        &mut self,
        reject: &PayoutReject,
    ) -> Result<Result<(), DeskError>, TurnError> {
        let PayoutReject { brand_id, id, .. } = *reject;
        let read = |runner: &Self| {
            let payout = runner
                .store()
                .read_blocking(move |tx| payouts::get(tx, id))?;
            Ok::<_, TurnError>(payout.filter(|payout| payout.brand_id == brand_id))
        };
        let Some(mut payout) = read(self)? else {
            return Ok(Err(DeskError::NoPayout));
        };
        let login = payout.login;
        if self.store_changes_of(login)? {
            let Some(again) = read(self)? else {
                return Ok(Err(DeskError::NoPayout));
            };
            payout = again;
        }
        if let Err(refused) = transition(payout.state, Event::Reject) {
            return Ok(Err(DeskError::PayoutRefused(refused)));
        }
        self.open(login)?;
        let is_here = self
            .shard()
            .is_some_and(|shard| shard.live(login).is_some());
        if !is_here {
            // Its phase is over: the account is taken in for this, and forgotten when it is stored.
            let row = self
                .store()
                .read_blocking(move |tx| accounts::of_login(tx, login))?;
            let Some(row) = row else {
                return Ok(Err(DeskError::NotTraded));
            };
            let (store, instruments, shared) = self.parts();
            let Some(Found { loaded, .. }) = shared.find(store, instruments, Read::of(&row))?
            else {
                return Ok(Err(DeskError::NotTraded));
            };
            if let Some(shard) = self.shard() {
                loaded.open(shard)?;
            }
        }
        let returned = ReturnedPayout {
            id,
            staff: reject.staff,
            reason: reject.reason.clone(),
        };
        let Some(shard) = self.shard() else {
            return Ok(Err(DeskError::Unavailable));
        };
        shard.take_back_payout(login, returned, [payout.trader_minor, payout.firm_minor])?;
        Ok(Ok(()))
    }
}
