//! What a customer can see of programs, purchases and challenges before and after he buys.

use super::buy::check;
use super::choice::{Choice, Stop, check_choice, quote_choice};
use crate::App;
use crate::breaches::BreachView;
use crate::identity::{Caller, CustomerCaller, SessionError, require_live, require_live_customer};
use crate::standing::{self, PhaseStanding};
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_domain::access::Permission;
use touchstone_domain::challenge::{Challenge, Phase};
use touchstone_domain::conversion::Converted;
use touchstone_domain::program::{Program, ProgramStatus, ProgramVersion, RefundPolicy};
use touchstone_domain::purchase::{Applied, Block, Purchase};
use touchstone_domain::{
    Account, BrandId, BreachId, ChallengeId, Currency, Group, Login, Money, PhaseId, ProgramId,
    PurchaseId, UnixMicros,
};
use touchstone_store::repo;
use touchstone_store::repo::desk::{breaches, curves};
use touchstone_store::{StoreError, Tx};

#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or not the caller's.
    #[error("there is no such thing")]
    NotFound,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A program with the name of its brand and the groups of its steps.
#[derive(Clone, Debug)]
pub struct Offer {
    pub brand: Arc<str>,
    pub program: Program,
    /// The brand's groups by name: currencies of the steps' balances.
    pub currencies: Arc<BTreeMap<String, Currency>>,
}

/// One of the customer's accounts as a payer.
#[derive(Clone, Debug)]
pub struct Payer {
    pub account: Account,
    pub block: Option<Block>,
}

/// What a purchase would cost, or what stands in its way.
#[derive(Clone, Debug)]
pub struct Preview {
    /// What would be paid; of a choice that cannot be priced, the program's own price.
    pub price: Money,
    /// What that comes to just now, where the payer's currency is another.
    pub conversion: Option<Converted>,
    /// What a promotion code takes off.
    pub promotion: Option<Applied>,
    /// `None` where the account is not the caller's.
    pub payer: Option<Account>,
    pub stop: Option<Stop>,
    /// When it is given back to whoever asks.
    pub refund: Option<RefundPolicy>,
}

/// A page of a customer's purchases, newest first, with the challenges that came of them.
#[derive(Clone, Debug)]
pub struct PurchasePage {
    pub purchases: Vec<Purchase>,
    pub challenges: Vec<Challenge>,
}

/// A page of how a challenge's accounts stood.
#[derive(Clone, Debug)]
pub struct MetricPage {
    pub items: Vec<curves::Metric>,
    /// How many there are on all pages.
    pub total: i64,
    pub phases: Vec<Phase>,
    /// By which its accounts have grown: the phase, when, and how much.
    pub growths: Vec<(PhaseId, UnixMicros, i64)>,
    /// Of the accounts.
    pub currency: Currency,
}

impl MetricPage {
    /// What losses and profits of a phase were counted from at an instant.
    pub fn size_minor(&self, phase: PhaseId, at: UnixMicros) -> i64 {
        let begun = self.phases.iter().find(|known| known.id == phase);
        let begun = begun.map_or(0, |phase| phase.initial_balance_minor);
        let grown = self
            .growths
            .iter()
            .filter(|(of, when, _)| *of == phase && *when <= at);
        grown.fold(begun, |sum, (_, _, minor)| sum.saturating_add(*minor))
    }
}

/// Everything about one challenge.
#[derive(Clone, Debug)]
pub struct ChallengeDetail {
    pub challenge: Challenge,
    pub purchase: Purchase,
    pub offer: Offer,
    /// The version that was bought, which may be older than the one on sale.
    pub version: ProgramVersion,
    /// In the order in which they were begun.
    pub phases: Vec<PhaseStanding>,
    /// Groups of the phases' accounts.
    pub accounts: BTreeMap<Login, (Account, Group)>,
    /// Of the newest phase.
    pub latest_breach: Option<BreachView>,
}

impl App {
    /// Programs on sale, in the order in which they are shown.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn programs_on_sale(&self, caller: Caller) -> Result<Vec<Offer>, QueryError> {
        let app = self.clone();
        let now = self.now();
        self.store
            .read(move |tx| {
                let brand = require_live(tx, &caller, Permission::ViewPrograms, now)?.brand_id;
                let name = app.brand_name(tx, brand)?;
                let programs = repo::programs::of_brand(tx, brand)?;
                let on_sale = programs
                    .into_iter()
                    .filter(|program| program.status == ProgramStatus::Active);
                let currencies = currencies(tx, brand)?;
                Ok(on_sale
                    .map(|program| Offer {
                        brand: name.clone(),
                        program,
                        currencies: currencies.clone(),
                    })
                    .collect())
            })
            .await
    }

    /// One program that is on sale.
    ///
    /// # Errors
    /// [`QueryError::NotFound`] also for programs that are disabled, archived or another brand's.
    pub async fn program_on_sale(
        &self,
        caller: Caller,
        id: ProgramId,
    ) -> Result<Offer, QueryError> {
        let app = self.clone();
        let now = self.now();
        self.store
            .read(move |tx| {
                let brand = require_live(tx, &caller, Permission::ViewPrograms, now)?.brand_id;
                let program = repo::programs::get(tx, brand, id)?
                    .filter(|program| program.status == ProgramStatus::Active)
                    .ok_or(QueryError::NotFound)?;
                Ok(Offer {
                    brand: app.brand_name(tx, brand)?,
                    program,
                    currencies: currencies(tx, brand)?,
                })
            })
            .await
    }

    /// The customer's accounts, each with what keeps it from paying for the program.
    ///
    /// # Errors
    /// [`QueryError::NotFound`] for an unknown program.
    pub async fn payer_accounts(
        &self,
        caller: CustomerCaller,
        id: ProgramId,
    ) -> Result<Vec<Payer>, QueryError> {
        let now = self.now();
        let rates = self.rates_now(now);
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let program = repo::programs::on_sale(tx, caller.brand_id, id)?
                    .ok_or(QueryError::NotFound)?;
                let exchange = rates.of_brand(tx, caller.brand_id)?;
                let accounts = repo::accounts::of_customer(tx, caller.customer_id)?;
                Ok(accounts
                    .into_iter()
                    .map(|(account, group)| {
                        let with_group = (account, group);
                        let block = check(&program, Some(&with_group), &exchange).err();
                        Payer {
                            account: with_group.0,
                            block,
                        }
                    })
                    .collect())
            })
            .await
    }

    /// Everything that `buy` would check, without buying.
    ///
    /// # Errors
    /// [`QueryError::NotFound`] for an unknown program.
    pub async fn preview(
        &self,
        caller: CustomerCaller,
        id: ProgramId,
        payer: Login,
        choice: Choice,
    ) -> Result<Preview, QueryError> {
        let now = self.now();
        let rates = self.rates_now(now);
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let program = repo::programs::on_sale(tx, caller.brand_id, id)?
                    .ok_or(QueryError::NotFound)?;
                let payer = repo::accounts::get(tx, payer)?
                    .filter(|(account, _)| account.customer_id == caller.customer_id);
                let quoted = quote_choice(tx, &caller, &program, &choice, false, now)?;
                let priced = quoted.priced();
                let currency = program.price.currency;
                let exchange = rates.for_payer(tx, caller.brand_id, currency, payer.as_ref())?;
                let (conversion, stop) =
                    match check_choice(&program, payer.as_ref(), &exchange, quoted) {
                        Ok(deal) => (deal.conversion, None),
                        Err(stop) => (None, Some(stop)),
                    };
                let (price, promotion) = priced.unwrap_or((program.price, None));
                let version = repo::programs::version(tx, program.version_id)?;
                Ok(Preview {
                    refund: version.and_then(|version| version.terms.refund),
                    price,
                    conversion,
                    promotion,
                    payer: payer.map(|(account, _)| account),
                    stop,
                })
            })
            .await
    }

    /// The customer's purchases below key `before`, newest first, and their challenges.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn purchases_of(
        &self,
        caller: CustomerCaller,
        before: PurchaseId,
        limit: i64,
    ) -> Result<PurchasePage, QueryError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let purchases =
                    repo::purchases::of_customer(tx, caller.customer_id, before, limit)?;
                let mut challenges = Vec::new();
                for id in purchases
                    .iter()
                    .filter_map(|purchase| purchase.challenge_id)
                {
                    challenges.extend(repo::challenges::get(tx, id)?);
                }
                Ok(PurchasePage {
                    purchases,
                    challenges,
                })
            })
            .await
    }

    /// # Errors
    /// [`QueryError::NotFound`] for an unknown challenge and for someone else's.
    pub async fn challenge_detail(
        &self,
        caller: CustomerCaller,
        id: ChallengeId,
    ) -> Result<ChallengeDetail, QueryError> {
        let app = self.clone();
        let now = self.now();
        let mut detail = self
            .store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let challenge = own_challenge(tx, &caller, id)?;
                app.detail(tx, challenge)
            })
            .await?;
        self.freshen(&mut detail.phases).await;
        Ok(detail)
    }

    /// How the challenge's accounts stood, newest first, from `from` until before `until`.
    ///
    /// # Errors
    /// [`QueryError::NotFound`] for an unknown challenge and for someone else's.
    pub async fn challenge_metrics(
        &self,
        caller: CustomerCaller,
        id: ChallengeId,
        times: (UnixMicros, UnixMicros),
        limit: i64,
        offset: i64,
    ) -> Result<MetricPage, QueryError> {
        let now = self.now();
        let (from, until) = times;
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let challenge = own_challenge(tx, &caller, id)?;
                let version = repo::programs::version(tx, challenge.version_id)?
                    .ok_or(QueryError::NotFound)?;
                let phases = repo::challenges::phases(tx, id)?;
                let account = repo::accounts::get(tx, challenge.account_login)?;
                let currency = account.map_or(version.terms.price.currency, |(account, _)| {
                    account.currency
                });
                Ok(MetricPage {
                    items: curves::metrics_of_challenge(tx, id, from, until, limit, offset)?,
                    total: curves::count_metrics_of_challenge(tx, id, from, until)?,
                    phases,
                    growths: repo::growth::of_challenge(tx, id)?,
                    currency,
                })
            })
            .await
    }

    fn detail(&self, tx: &mut Tx<'_>, challenge: Challenge) -> Result<ChallengeDetail, QueryError> {
        let purchase =
            repo::purchases::get(tx, challenge.purchase_id)?.ok_or(QueryError::NotFound)?;
        let program = repo::programs::get(tx, challenge.brand_id, challenge.program_id)?
            .ok_or(QueryError::NotFound)?;
        let mut version =
            repo::programs::version(tx, challenge.version_id)?.ok_or(QueryError::NotFound)?;
        version.terms = version.terms.bought(&purchase.all_addon_codes());
        let phases = repo::challenges::phases(tx, challenge.id)?;
        let phases = standing::stored(tx, &purchase, phases)?;
        let mut accounts = BTreeMap::new();
        for PhaseStanding { phase, .. } in &phases {
            if let Some(found) = repo::accounts::get(tx, phase.account_login)? {
                accounts.insert(phase.account_login, found);
            }
        }
        let current = phases.last().map(|one| one.phase.id);
        let mut newest = breaches::of_challenge(tx, challenge.id, BreachId(i64::MAX), 1)?;
        newest.retain(|breach| Some(breach.phase_id) == current);
        let latest_breach = self.views(tx, newest)?.pop();
        let offer = Offer {
            brand: self.brand_name(tx, challenge.brand_id)?,
            program,
            currencies: currencies(tx, challenge.brand_id)?,
        };
        Ok(ChallengeDetail {
            challenge,
            purchase,
            offer,
            version,
            phases,
            accounts,
            latest_breach,
        })
    }
}

pub(super) fn own_challenge(
    tx: &mut Tx<'_>,
    caller: &CustomerCaller,
    id: ChallengeId,
) -> Result<Challenge, QueryError> {
    repo::challenges::get(tx, id)?
        .filter(|challenge| challenge.customer_id == caller.customer_id)
        .ok_or(QueryError::NotFound)
}

fn currencies(
    tx: &mut Tx<'_>,
    brand: BrandId,
) -> Result<Arc<BTreeMap<String, Currency>>, StoreError> {
    let groups = repo::groups::of_brand(tx, brand)?;
    Ok(Arc::new(
        groups
            .into_iter()
            .map(|group| (group.name, group.currency))
            .collect(),
    ))
}
