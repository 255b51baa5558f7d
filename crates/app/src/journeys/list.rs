//! Journeys a page at a time: a brand's for staff, his own for a customer.

use crate::App;
use crate::identity::{
    CustomerCaller, SessionError, StaffCaller, require_live_customer, require_live_staff,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_domain::access::{Permission, Permissions};
use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::program::{ProgramVersion, StepTerms};
use touchstone_domain::{
    BrandId, Currency, CustomerId, Money, ProgramId, ProgramVersionId, StaffId, TransactionId,
};
use touchstone_store::repo::journey_list::{self, Filter, Listed, StateFilter};
use touchstone_store::{StoreError, Tx, repo};

/// Slate's words for where a journey is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JourneyStatus {
    PendingPayment,
    Active,
    /// Run to its end, passed or failed.
    Completed,
    Abandoned,
}

#[derive(Clone, Debug, Default)]
pub struct JourneyFilter {
    pub status: Option<JourneyStatus>,
    pub template: Option<ProgramId>,
    pub customer: Option<CustomerId>,
    /// Part of the customer's name or address, or the login of the account.
    pub text: Option<String>,
}

/// A journey with the version of the template that it began with.
#[derive(Clone, Debug)]
pub struct JourneyView {
    pub listed: Listed,
    pub version: Arc<ProgramVersion>,
}

#[derive(Clone, Debug)]
pub struct JourneyPage {
    pub items: Vec<JourneyView>,
    /// How many there are on all pages.
    pub total: i64,
    pub aggregates: Aggregates,
    /// What a person of the firm who asks may do; nothing for a customer.
    pub allowed: Permissions,
}

/// Of all journeys that the filter lets through, whatever their status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aggregates {
    pub active: i64,
    pub completed: i64,
    /// Of the completed ones, those that failed.
    pub breached: i64,
    /// What was paid in USD for journeys that became active, and for their resets.
    pub revenue_usd_minor: i64,
    /// Of the payouts of the customer and the template that are asked for, whatever the text.
    pub paid_out_usd_minor: i64,
    pub pending_payout_usd_minor: i64,
}

impl JourneyStatus {
    const fn states(self) -> StateFilter {
        let (one, other) = match self {
            Self::PendingPayment => (ChallengeState::Pending, ChallengeState::AwaitingReset),
            Self::Active => (ChallengeState::Active, ChallengeState::Active),
            Self::Completed => (ChallengeState::Passed, ChallengeState::Failed),
            Self::Abandoned => (ChallengeState::Cancelled, ChallengeState::Cancelled),
        };
        StateFilter(one, other)
    }
}

impl JourneyView {
    /// The step that the journey is at.
    pub fn step(&self) -> Option<&StepTerms> {
        self.step_at(self.listed.challenge.current_phase_index)
    }

    /// The step with this number, counted from 1.
    pub fn step_at(&self, phase_index: i64) -> Option<&StepTerms> {
        let index = usize::try_from(phase_index).ok()?;
        self.version.terms.steps.get(index.checked_sub(1)?)
    }

    /// What the account of the current phase begins with, and what it has grown by since.
    pub fn initial_balance(&self) -> Option<Money> {
        let begins = self.step()?.initial_balance_minor;
        let minor = begins.saturating_add(self.listed.grown_minor);
        Some(Money::new(minor, self.listed.account_currency))
    }

    /// What the account has above its initial balance; nothing before it was funded.
    pub fn profit(&self) -> Money {
        let initial = self.initial_balance().map_or(0, |initial| initial.minor);
        let is_funded = self.listed.challenge.started_at.is_some();
        let minor = self.listed.account_balance_minor.saturating_sub(initial);
        Money::new(
            if is_funded { minor } else { 0 },
            self.listed.account_currency,
        )
    }

    /// What the current phase wants; 0 where it wants nothing.
    pub fn profit_target(&self) -> Money {
        let minor = self
            .step()
            .zip(self.initial_balance())
            .and_then(|(step, initial)| step.profit_target.of(initial.minor));
        Money::new(minor.unwrap_or(0), self.listed.account_currency)
    }

    /// What the customer has paid for it and its resets, and not got back.
    pub fn paid(&self) -> Money {
        let listed = &self.listed;
        let price = match listed.challenge.started_at {
            Some(_) => listed.price.minor,
            None => 0,
        };
        let paid = price.saturating_add(listed.resets_minor);
        let minor = paid.saturating_sub(listed.claimed_minor).max(0);
        Money::new(minor, listed.price.currency)
    }

    /// What is to be paid now, if anything is: the fee, or that of a reset.
    pub fn to_be_paid(&self) -> Option<TransactionId> {
        match self.listed.challenge.state {
            ChallengeState::Pending => self.listed.transaction_id,
            ChallengeState::AwaitingReset => self.listed.reset_transaction_id,
            _ => None,
        }
    }
}

impl App {
    /// A page of the brand's journeys, newest first.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn journeys(
        &self,
        caller: StaffCaller,
        filter: JourneyFilter,
        limit: i64,
        offset: i64,
    ) -> Result<JourneyPage, SessionError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewJourneys, now)?;
                let narrowed = JourneyFilter {
                    customer: pass.narrowed(tx, filter.customer)?,
                    ..filter.clone()
                };
                let found = page(tx, caller.brand_id, &narrowed, pass.owner(), limit, offset)?;
                Ok(JourneyPage {
                    allowed: pass.permissions,
                    ..found
                })
            })
            .await
    }

    /// A page of the customer's own journeys, newest first.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn own_journeys(
        &self,
        caller: CustomerCaller,
        status: Option<JourneyStatus>,
        limit: i64,
        offset: i64,
    ) -> Result<JourneyPage, SessionError> {
        let now = self.now();
        let filter = JourneyFilter {
            status,
            customer: Some(caller.customer_id),
            ..JourneyFilter::default()
        };
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                Ok(page(tx, caller.brand_id, &filter, None, limit, offset)?)
            })
            .await
    }
}

fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    wanted: &JourneyFilter,
    owner: Option<StaffId>,
    limit: i64,
    offset: i64,
) -> Result<JourneyPage, StoreError> {
    let filter = Filter {
        customer: wanted.customer,
        owner,
        program: wanted.template,
        state: wanted.status.map(JourneyStatus::states),
        text: wanted.text.clone(),
    };
    let listed = journey_list::page(tx, brand, &filter, limit, offset)?;
    let mut page = JourneyPage {
        items: with_versions(tx, listed)?,
        total: 0,
        allowed: Permissions::NONE,
        aggregates: Aggregates::default(),
    };
    for counted in journey_list::count(tx, brand, &filter, Currency::USD)? {
        let all = &mut page.aggregates;
        let state = counted.state;
        match state {
            ChallengeState::Active => all.active += counted.count,
            ChallengeState::Passed => all.completed += counted.count,
            ChallengeState::Failed => {
                all.completed += counted.count;
                all.breached += counted.count;
            }
            ChallengeState::Pending | ChallengeState::Cancelled | ChallengeState::AwaitingReset => {
            }
        }
        all.revenue_usd_minor += counted.price_minor;
        let asked = filter.state.is_none_or(|asked| asked.lets_through(state));
        if asked {
            page.total += counted.count;
        }
    }
    page.aggregates.revenue_usd_minor +=
        journey_list::sum_later(tx, brand, &filter, Currency::USD)?;
    page.aggregates.revenue_usd_minor -=
        journey_list::sum_claims(tx, brand, &filter, Currency::USD)?;
    let payouts = repo::payouts::Filter {
        customer: wanted.customer,
        owner,
        ..repo::payouts::Filter::default()
    };
    let program = wanted.template;
    let sums = repo::payouts::sums(tx, brand, payouts, program, Currency::USD)?;
    (
        page.aggregates.paid_out_usd_minor,
        page.aggregates.pending_payout_usd_minor,
    ) = sums;
    Ok(page)
}

/// Each version is read once.
pub(super) fn with_versions(
    tx: &mut Tx<'_>,
    listed: Vec<Listed>,
) -> Result<Vec<JourneyView>, StoreError> {
    let mut versions: BTreeMap<ProgramVersionId, Arc<ProgramVersion>> = BTreeMap::new();
    let mut views = Vec::with_capacity(listed.len());
    for listed in listed {
        let id = listed.challenge.version_id;
        let version = match versions.get(&id) {
            Some(version) => version.clone(),
            None => {
                let version = repo::programs::version(tx, id)?;
                let version = Arc::new(version.ok_or(StoreError::Column {
                    index: 5,
                    expected: "a version of a program",
                })?);
                versions.insert(id, version.clone());
                version
            }
        };
        views.push(JourneyView { listed, version });
    }
    Ok(views)
}
