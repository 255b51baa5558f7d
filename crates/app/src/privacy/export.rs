//! Everything that the firm holds of a customer, as it was at one instant.

use crate::certificates::Certificate;
use crate::identity::{
    CustomerCaller, SessionError, StaffCaller, require_live_customer, require_live_staff,
};
use crate::trading_desk::{BookedDeal, OrderView, TradeError, order_views};
use crate::transactions::{TransactionFilter, TransactionView};
use crate::{App, Customer};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use touchstone_domain::access::Permission;
use touchstone_domain::breach::Breach;
use touchstone_domain::challenge::{Challenge, Phase};
use touchstone_domain::claim::FeeClaim;
use touchstone_domain::kyc::Kyc;
use touchstone_domain::ledger::Entry;
use touchstone_domain::payout::Payout;
use touchstone_domain::purchase::Purchase;
use touchstone_domain::{
    Account, BrandId, BreachId, ChallengeId, CustomerId, Group, OrderNo, UnixMicros,
};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::desk::{breaches, history};
use touchstone_store::repo::exports::{self, Accepted, Change, KycMessage, Mailed, SignIn};
use touchstone_store::repo::sessions::SubjectKind;
use touchstone_store::repo::transactions::Deposits;
use touchstone_store::repo::{self, payouts, transaction_list};
use touchstone_store::{StoreError, Tx};

/// Rows of one list.
pub const LIST_MAX: i64 = 5_000;
/// Orders, and deals, of all accounts together: some ten megabytes.
pub const HISTORY_MAX: i64 = 20_000;
/// How often one customer is exported, by himself and by staff together.
pub const EXPORTS_AN_HOUR: i64 = 10;
const HOUR_SECONDS: i64 = 3_600;

/// One is made at a time.
#[derive(Clone)]
pub(crate) struct ExportPlace(Arc<Semaphore>);

impl Default for ExportPlace {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, another brand's, or outside of the caller's view scope.
    #[error("there is no such customer")]
    NotFound,
    /// As often as may be in an hour.
    #[error("the customer was exported too often")]
    TooOften { retry_after: Duration },
    /// A server makes one at a time.
    #[error("another export is being made")]
    Busy,
    /// What is stored cannot be read.
    #[error("an order cannot be read: {0}")]
    Broken(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TradeError> for ExportError {
    fn from(error: TradeError) -> Self {
        match error {
            TradeError::Store(error) => Self::Store(error),
            other => Self::Broken(other.to_string()),
        }
    }
}

/// A list, and whether it is all there is.
#[derive(Clone, Debug)]
pub struct Part<T> {
    pub items: Vec<T>,
    pub is_complete: bool,
}

impl<T> Part<T> {
    /// Of what was read with one row more than there may be.
    fn of(mut items: Vec<T>, most: i64) -> Self {
        let most = usize::try_from(most).unwrap_or(0);
        let is_complete = items.len() <= most;
        items.truncate(most);
        Self { items, is_complete }
    }
}

#[derive(Clone, Debug)]
pub struct AccountExport {
    pub account: Account,
    pub group: Group,
    pub entries: Part<Entry>,
    pub orders: Part<OrderView>,
    pub deals: Part<BookedDeal>,
}

#[derive(Clone, Debug)]
pub struct ChallengeExport {
    pub challenge: Challenge,
    pub program: String,
    pub phases: Vec<Phase>,
    pub breaches: Part<Breach>,
}

/// Newest first, where nothing else is said.
#[derive(Clone, Debug)]
pub struct CustomerExport {
    pub at: UnixMicros,
    pub brand: Arc<str>,
    pub customer: Customer,
    pub deposits: Option<Deposits>,
    pub kyc: (Kyc, Option<UnixMicros>),
    pub kyc_provider: String,
    pub kyc_messages: Part<KycMessage>,
    pub second_factor_since: Option<UnixMicros>,
    pub sign_ins: Part<SignIn>,
    pub accepted: Part<Accepted>,
    /// In the order in which they were opened.
    pub accounts: Vec<AccountExport>,
    pub transactions: Part<TransactionView>,
    pub purchases: Part<Purchase>,
    pub challenges: Part<ChallengeExport>,
    /// Oldest first.
    pub claims: Vec<FeeClaim>,
    pub payouts: Part<Payout>,
    pub certificates: Part<Certificate>,
    pub mails: Part<Mailed>,
    pub audit: Part<Change>,
}

impl App {
    /// Everything of the caller.
    ///
    /// # Errors
    /// See [`ExportError`].
    pub async fn export_oneself(
        &self,
        caller: CustomerCaller,
    ) -> Result<CustomerExport, ExportError> {
        let (now, id) = (self.now(), caller.customer_id);
        let _place = self.export_place()?;
        self.store
            .write(move |tx| {
                repo::customers::lock(tx, id)?;
                require_live_customer(tx, &caller, now)?;
                note(tx, caller.brand_id, id, ("customer", id.0), now)
            })
            .await?;
        self.gather(caller.brand_id, id, now).await
    }

    /// # Errors
    /// See [`ExportError`].
    pub async fn export_customer(
        &self,
        caller: StaffCaller,
        id: CustomerId,
    ) -> Result<CustomerExport, ExportError> {
        let now = self.now();
        let _place = self.export_place()?;
        self.store
            .write(move |tx| {
                repo::customers::lock(tx, id)?;
                let pass = require_live_staff(tx, &caller, Permission::ExportCustomer, now)?;
                if !pass.sees(tx, id)? {
                    return Err(ExportError::NotFound);
                }
                note(tx, caller.brand_id, id, ("staff", caller.staff_id.0), now)
            })
            .await?;
        self.gather(caller.brand_id, id, now).await
    }

    fn export_place(&self) -> Result<OwnedSemaphorePermit, ExportError> {
        let places = self.exporting.0.clone();
        places.try_acquire_owned().map_err(|_| ExportError::Busy)
    }

    async fn gather(
        &self,
        brand: BrandId,
        id: CustomerId,
        at: UnixMicros,
    ) -> Result<CustomerExport, ExportError> {
        let app = self.clone();
        self.store
            .read(move |tx| app.gather_in(tx, brand, id, at))
            .await
    }

    fn gather_in(
        &self,
        tx: &mut Tx<'_>,
        brand: BrandId,
        id: CustomerId,
        at: UnixMicros,
    ) -> Result<CustomerExport, ExportError> {
        let list = LIST_MAX + 1;
        let customer = repo::customers::get(tx, id)?.ok_or(ExportError::NotFound)?;
        let factor = repo::totp::get(tx, (SubjectKind::Customer, id.0))?;
        let transactions = TransactionFilter {
            customer: Some(id),
            ..TransactionFilter::default()
        };
        let payouts_of = payouts::Filter {
            customer: Some(id),
            ..payouts::Filter::default()
        };
        let accounts = accounts(tx, id)?;
        Ok(CustomerExport {
            at,
            brand: self.brand_name(tx, brand)?,
            customer,
            deposits: repo::transactions::deposits(tx, id)?,
            kyc: repo::customers::kyc(tx, id)?,
            kyc_provider: exports::kyc_provider(tx, id)?,
            kyc_messages: Part::of(exports::kyc_messages(tx, id, list)?, LIST_MAX),
            second_factor_since: factor.and_then(|factor| factor.confirmed_at),
            sign_ins: Part::of(sign_ins(tx, id, &accounts)?, LIST_MAX),
            accepted: Part::of(exports::accepted(tx, id, list)?, LIST_MAX),
            transactions: Part::of(
                transaction_list::page(tx, brand, &transactions, list, 0)?,
                LIST_MAX,
            ),
            purchases: Part::of(repo::purchases::all_of_customer(tx, id, list)?, LIST_MAX),
            challenges: challenges(tx, id)?,
            claims: repo::claims::of_customer(tx, id)?,
            payouts: Part::of(payouts::page(tx, brand, payouts_of, list, 0)?, LIST_MAX),
            certificates: Part::of(self.certificates_of(tx, id, list, 0)?, LIST_MAX),
            mails: Part::of(exports::mails(tx, id, list)?, LIST_MAX),
            audit: Part::of(exports::changes(tx, id, list)?, LIST_MAX),
            accounts,
        })
    }
}

/// The row of the audit, by which they are counted.
fn note(
    tx: &mut Tx<'_>,
    brand_id: BrandId,
    id: CustomerId,
    (actor_kind, actor_id): (&str, i64),
    now: UnixMicros,
) -> Result<(), ExportError> {
    let (made, first) = exports::made_since(tx, id, now.plus_seconds(-HOUR_SECONDS))?;
    if made >= EXPORTS_AN_HOUR {
        let free_at = first.map_or(now, |first| first.plus_seconds(HOUR_SECONDS));
        let wait = u64::try_from(free_at.0 - now.0).unwrap_or(0);
        return Err(ExportError::TooOften {
            retry_after: Duration::from_micros(wait),
        });
    }
    Ok(repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id,
            actor_kind,
            actor_id,
            action: "customer.export",
            subject_kind: "customer",
            subject_id: id.0,
            before: None,
            after: None,
            note: "",
        },
    )?)
}

/// What is left of a number of rows that several lists share.
struct Budget(i64);

impl Budget {
    fn part<T>(&mut self, items: Vec<T>) -> Part<T> {
        let part = Part::of(items, self.0);
        self.0 -= i64::try_from(part.items.len()).unwrap_or(0);
        part
    }
}

fn accounts(tx: &mut Tx<'_>, id: CustomerId) -> Result<Vec<AccountExport>, ExportError> {
    let mut found = Vec::new();
    let mut orders_left = Budget(HISTORY_MAX);
    let mut deals_left = Budget(HISTORY_MAX);
    for (account, group) in repo::accounts::of_customer(tx, id)? {
        let login = account.login;
        let entries = repo::ledger::of_account(tx, login, OrderNo(i64::MAX), LIST_MAX + 1)?;
        let rows = history::orders(tx, login, i64::MAX, orders_left.0 + 1)?;
        let orders = orders_left.part(rows);
        let deals = history::deals(tx, login, i64::MAX, deals_left.0 + 1)?;
        found.push(AccountExport {
            account,
            group,
            entries: Part::of(entries, LIST_MAX),
            orders: Part {
                items: order_views(tx, login, orders.items)?,
                is_complete: orders.is_complete,
            },
            deals: deals_left.part(deals),
        });
    }
    Ok(found)
}

fn sign_ins(
    tx: &mut Tx<'_>,
    id: CustomerId,
    accounts: &[AccountExport],
) -> Result<Vec<SignIn>, StoreError> {
    let mut found = exports::sign_ins(tx, (SubjectKind::Customer, id.0), LIST_MAX + 1)?;
    for one in accounts {
        if i64::try_from(found.len()).is_ok_and(|found| found > LIST_MAX) {
            break;
        }
        let of = (SubjectKind::Account, one.account.login.0);
        found.extend(exports::sign_ins(tx, of, LIST_MAX + 1)?);
    }
    Ok(found)
}

fn challenges(tx: &mut Tx<'_>, id: CustomerId) -> Result<Part<ChallengeExport>, StoreError> {
    let newest = ChallengeId(i64::MAX);
    let rows = repo::challenges::of_customer(tx, id, newest, LIST_MAX + 1)?;
    let rows = Part::of(rows, LIST_MAX);
    let mut breaches_left = Budget(LIST_MAX);
    let mut items = Vec::with_capacity(rows.items.len());
    for challenge in rows.items {
        let version = repo::programs::version(tx, challenge.version_id)?;
        let (of, limit) = (challenge.id, breaches_left.0 + 1);
        let found = breaches::of_challenge(tx, of, BreachId(i64::MAX), limit)?;
        items.push(ChallengeExport {
            program: version.map_or_else(String::new, |v| v.terms.shown_name().to_owned()),
            phases: repo::challenges::phases(tx, of)?,
            breaches: breaches_left.part(found),
            challenge,
        });
    }
    Ok(Part {
        items,
        is_complete: rows.is_complete,
    })
}
