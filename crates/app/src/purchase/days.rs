//! How each trading day of a challenge closed. Days before anything had happened to an account are not stored: they
//! follow from its rules alone, and are worked out here.

use super::queries::{QueryError, own_challenge};
use crate::App;
use crate::desk::{day_row, rules_of};
use crate::identity::{CustomerCaller, require_live_customer};
use std::sync::Arc;
use touchstone_domain::challenge::{Challenge, Phase};
use touchstone_domain::{ChallengeId, Currency, Login, RuleSet, UnixMicros};
use touchstone_rules::{Account, DayRecord, Finding, Input, Market, Opening, Plain, RulesError};
use touchstone_store::repo;
pub use touchstone_store::repo::desk::curves::Day;
use touchstone_store::repo::desk::{curves, history};
use touchstone_store::{StoreError, Tx};

/// Days of a challenge's phases, newest first.
#[derive(Clone, Debug)]
pub struct DayPage {
    pub items: Vec<Day>,
    /// How many there are on all pages.
    pub total: i64,
    /// Of the accounts.
    pub currency: Currency,
}

impl App {
    /// # Errors
    /// [`QueryError::NotFound`] for an unknown challenge and for someone else's.
    pub async fn challenge_days(
        &self,
        caller: CustomerCaller,
        id: ChallengeId,
        limit: i64,
        offset: i64,
    ) -> Result<DayPage, QueryError> {
        let now = self.now();
        let judges_here = self.ports.remote_trading.is_none();
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let challenge = own_challenge(tx, &caller, id)?;
                let version = repo::programs::version(tx, challenge.version_id)?
                    .ok_or(QueryError::NotFound)?;
                let account = repo::accounts::get(tx, challenge.account_login)?;
                let currency = account.map_or(version.terms.price.currency, |(account, _)| {
                    account.currency
                });
                let mut days = Vec::new();
                for phase in repo::challenges::phases(tx, id)? {
                    if judges_here {
                        days.extend(quiet(tx, &challenge, &phase, now)?);
                    }
                    days.extend(curves::days(tx, phase.account_login, phase.id)?);
                }
                days.sort_by_key(|day| std::cmp::Reverse((day.closed_at, day.phase_id)));
                let total = i64::try_from(days.len()).unwrap_or(i64::MAX);
                let [skipped, taken] =
                    [offset, limit].map(|count| usize::try_from(count).unwrap_or(usize::MAX));
                Ok(DayPage {
                    items: days.into_iter().skip(skipped).take(taken).collect(),
                    total,
                    currency,
                })
            })
            .await
    }
}

/// The days of a phase until something happened to its account for the first time.
fn quiet(
    tx: &mut Tx<'_>,
    challenge: &Challenge,
    phase: &Phase,
    now: UnixMicros,
) -> Result<Vec<Day>, StoreError> {
    let ended = phase.ended_at.unwrap_or(now);
    let first = history::first_event_at(tx, phase.account_login)?;
    let until = first.map_or(ended, |first| first.min(ended));
    if until <= phase.started_at {
        return Ok(Vec::new());
    }
    let Some(purchase) = repo::purchases::get(tx, challenge.purchase_id)? else {
        return Ok(Vec::new());
    };
    let (version, addons) = (challenge.version_id, purchase.all_addon_codes());
    let Some(rules) = rules_of(tx, version, phase.phase_index, &addons)? else {
        return Ok(Vec::new());
    };
    let bought_at = purchase.created_at;
    let opening = Opening {
        initial_minor: phase.initial_balance_minor,
        purchased_at: phase.purchased_at.unwrap_or(bought_at),
        activated_at: phase.started_at,
    };
    let login = phase.account_login;
    match quiet_days(rules, opening, login, until) {
        Ok(days) => Ok(days
            .iter()
            .map(|day| day_row(login, phase.id, day))
            .collect()),
        Err(error) => {
            tracing::error!(login = login.0, %error, "its first days cannot be worked out");
            Ok(Vec::new())
        }
    }
}

fn quiet_days(
    rules: Arc<RuleSet>,
    opening: Opening,
    login: Login,
    until: UnixMicros,
) -> Result<Vec<DayRecord>, RulesError> {
    let phase = touchstone_rules::Phase::open(rules, opening)?;
    let mut judged = Plain::new(Market::default());
    // Without a position its currency decides nothing.
    judged.open(Account::new(login, Currency::USD, phase))?;
    let verdicts = judged.apply(until, Input::Time)?;
    let days = verdicts
        .into_iter()
        .filter_map(|verdict| match verdict.finding {
            Finding::DayClosed(day) => Some(day),
            _ => None,
        });
    Ok(days.collect())
}
