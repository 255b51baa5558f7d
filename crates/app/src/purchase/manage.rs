//! What people do with a purchase after it was begun: cancel, retry, and settling what is stuck.

use super::buy::{Bought, BuyError, check};
use super::payment::lock_with_payment;
use super::sale::{Sale, SaleError, Saved};
use crate::App;
use crate::identity::{CustomerCaller, StaffCaller, require_live_customer, require_live_staff};
use crate::promotions::{Ask, quote, reserve};
use crate::transactions::{self, TransactionError};
use touchstone_domain::access::Permission;
use touchstone_domain::conversion::Exchange;
use touchstone_domain::purchase::{Event, Purchase, State};
use touchstone_domain::transaction::{Transaction, TransactionState};
use touchstone_domain::{CustomerId, PurchaseId, UnixMicros};
use touchstone_store::repo::{self, audit::AuditRow, purchases::StepRow};
use touchstone_store::{StoreError, Tx};

#[derive(Debug, thiserror::Error)]
pub enum ManageError {
    #[error(transparent)]
    Session(#[from] crate::identity::SessionError),
    #[error("there is no such purchase")]
    NotFound,
    /// `can_retry` or `can_cancel` is false.
    #[error("a purchase in state {state} cannot do that")]
    NotNow { state: String },
    /// A retry has to pass the checks of a purchase again.
    #[error(transparent)]
    Buy(#[from] BuyError),
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    #[error(transparent)]
    Sale(#[from] SaleError),
}

/// A purchase that cannot go on by itself.
#[derive(Clone, Debug)]
pub struct WantsStaff {
    pub purchase: Purchase,
    pub customer_name: String,
    pub history: Vec<StepRow>,
    /// Refunds that staff have to pay.
    pub refunds: Vec<Transaction>,
}

impl From<StoreError> for ManageError {
    fn from(error: StoreError) -> Self {
        Self::Sale(error.into())
    }
}

/// What staff decide about a purchase that wants a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Try the stuck step again.
    Retry,
    /// The stuck step was settled outside.
    Settled,
    /// Give up and undo what was done.
    Cancel,
}

impl Resolution {
    const fn event(self) -> Event {
        match self {
            Self::Retry => Event::StaffRetry,
            Self::Settled => Event::StaffSettled,
            Self::Cancel => Event::Cancel,
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Retry => "purchase.resolve.retry",
            Self::Settled => "purchase.resolve.settled",
            Self::Cancel => "purchase.resolve.cancel",
        }
    }
}

struct Actor {
    kind: &'static str,
    id: i64,
    action: &'static str,
    note: String,
}

impl App {
    /// The customer wants out of a purchase that is not delivered yet. What was taken goes back.
    ///
    /// # Errors
    /// [`ManageError::NotNow`] where `can_cancel` is false.
    pub async fn cancel_purchase(
        &self,
        caller: CustomerCaller,
        id: PurchaseId,
    ) -> Result<Bought, ManageError> {
        let app = self.clone();
        let now = self.now();
        let bought = self
            .store
            .write(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let purchase = own(tx, caller.customer_id, id)?;
                if !purchase.lifecycle().can_cancel {
                    return Err(ManageError::NotNow {
                        state: purchase.state.name(),
                    });
                }
                let by = transactions::Actor::Customer(caller.customer_id);
                if let Some(ended) = app.end_unpaid(tx, &purchase, by, "", now)? {
                    return Ok(app.show(tx, ended)?);
                }
                let actor = customer_actor(caller.customer_id, "purchase.cancel");
                let saved = change(tx, purchase, Event::Cancel, &actor, now)?;
                Ok(app.show(tx, saved.purchase)?)
            })
            .await?;
        self.await_end(bought).await
    }

    /// Another try of a purchase that failed before anything was taken; the checks of a purchase
    /// are made again.
    ///
    /// # Errors
    /// [`ManageError::NotNow`] where `can_retry` is false; the checks' own errors.
    pub async fn retry_purchase(
        &self,
        caller: CustomerCaller,
        id: PurchaseId,
    ) -> Result<Bought, ManageError> {
        let app = self.clone();
        let now = self.now();
        let bought = self
            .store
            .write(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let purchase = own(tx, caller.customer_id, id)?;
                if !purchase.lifecycle().can_retry {
                    return Err(ManageError::NotNow {
                        state: purchase.state.name(),
                    });
                }
                let payer = match purchase.payer_login {
                    Some(login) => repo::accounts::lock_own(tx, caller.customer_id, login)?,
                    None => None,
                };
                let program = repo::programs::on_sale(tx, caller.brand_id, purchase.program_id)?
                    .ok_or(BuyError::ProgramNotFound)?;
                // At the rate of the first try too.
                let pinned = repo::programs::OnSale {
                    price: purchase.paid(),
                    ..program
                };
                check(&pinned, payer.as_ref(), &Exchange::closed()).map_err(BuyError::Blocked)?;
                reserve_again(tx, &purchase, now)?;
                let actor = customer_actor(caller.customer_id, "purchase.retry");
                let saved = change(tx, purchase, Event::Retry, &actor, now)?;
                Ok::<_, ManageError>(app.show(tx, saved.purchase)?)
            })
            .await?;
        Ok(self.await_delivery(bought).await?)
    }

    /// Staff settle a purchase that is stuck.
    ///
    /// # Errors
    /// [`ManageError::NotNow`] where the table has no arrow; unknown and foreign ids alike.
    pub async fn resolve_purchase(
        &self,
        caller: StaffCaller,
        id: PurchaseId,
        resolution: Resolution,
        reason: String,
    ) -> Result<Purchase, ManageError> {
        let now = self.now();
        let purchase = self
            .store
            .write(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ResolveAttention, now)?;
                let purchase = repo::purchases::lock(tx, id)?.ok_or(ManageError::NotFound)?;
                if !pass.sees(tx, purchase.customer_id)? {
                    return Err(ManageError::NotFound);
                }
                if !matches!(purchase.state, State::Stuck(_)) {
                    return Err(ManageError::NotNow {
                        state: purchase.state.name(),
                    });
                }
                let actor = Actor {
                    kind: "staff",
                    id: caller.staff_id.0,
                    action: resolution.action(),
                    note: reason.clone(),
                };
                Ok(change(tx, purchase, resolution.event(), &actor, now)?.purchase)
            })
            .await?;
        if purchase.state.step().is_none() {
            return Ok(purchase);
        }
        self.drive_for_a_while(id).await;
        let now = self
            .store
            .read(move |tx| repo::purchases::get(tx, id))
            .await?;
        Ok(now.unwrap_or(purchase))
    }

    /// Purchases that want a person, oldest first, each with its history.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn purchases_wanting_staff(
        &self,
        caller: StaffCaller,
        limit: i64,
    ) -> Result<Vec<WantsStaff>, ManageError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewAttention, now)?;
                let purchases =
                    repo::purchases::wanting_staff(tx, caller.brand_id, pass.owner(), limit)?;
                let names =
                    repo::purchases::names_of_wanting(tx, caller.brand_id, pass.owner(), limit)?;
                let mut found = Vec::with_capacity(purchases.len());
                for purchase in purchases {
                    let history = repo::purchases::steps(tx, purchase.id)?;
                    let mut refunds =
                        repo::transactions::of_purchase(tx, purchase.customer_id, purchase.id)?;
                    refunds.retain(|t| t.kind.is_refund() && t.state == TransactionState::Pending);
                    let name = names.get(&purchase.customer_id);
                    found.push(WantsStaff {
                        customer_name: name.cloned().unwrap_or_default(),
                        purchase,
                        history,
                        refunds,
                    });
                }
                Ok(found)
            })
            .await
    }

    /// A cancelled purchase is answered when its end is known, or when a request has waited enough.
    async fn await_end(&self, bought: Bought) -> Result<Bought, ManageError> {
        match self.await_delivery(bought).await {
            Ok(bought) => Ok(bought),
            Err(BuyError::Failed { bought, .. }) => Ok(*bought),
            Err(error) => Err(error.into()),
        }
    }
}

const fn customer_actor(id: CustomerId, action: &'static str) -> Actor {
    Actor {
        kind: "customer",
        id: id.0,
        action,
        note: String::new(),
    }
}

/// A purchase of the customer's own that makes a challenge; a reset is an affair of staff.
fn own(tx: &mut Tx<'_>, customer: CustomerId, id: PurchaseId) -> Result<Purchase, ManageError> {
    lock_with_payment(tx, id)?
        .filter(|purchase| purchase.customer_id == customer)
        .filter(|purchase| purchase.resets.is_none() && purchase.adds_to.is_none())
        .ok_or(ManageError::NotFound)
}

/// Its promotion code was free for others since the purchase failed. It takes off what it took off before.
fn reserve_again(tx: &mut Tx<'_>, purchase: &Purchase, now: UnixMicros) -> Result<(), ManageError> {
    let Some(applied) = &purchase.promotion else {
        return Ok(());
    };
    let ask = Ask {
        brand: purchase.brand_id,
        customer: purchase.customer_id,
        program: purchase.program_id,
        price: purchase.full_price(),
        purchase: Some(purchase.id),
        code: &applied.code,
        now,
    };
    let quote = quote(tx, &ask, true)?.map_err(BuyError::Promotion)?;
    Ok(reserve(tx, purchase, &quote, now)?)
}

/// One event made by a person, with its audit row and its line in the purchase's history.
fn change(
    tx: &mut Tx<'_>,
    purchase: Purchase,
    event: Event,
    actor: &Actor,
    now: UnixMicros,
) -> Result<Saved, ManageError> {
    let (id, brand_id, attempt, before) = (
        purchase.id,
        purchase.brand_id,
        purchase.attempt,
        purchase.state.name(),
    );
    let mut sale = Sale::load(tx, purchase)?;
    sale.happen(tx, event, now).map_err(|error| match error {
        SaleError::Refused(refused) => ManageError::NotNow {
            state: refused.state.name(),
        },
        other => other.into(),
    })?;
    if sale.purchase().state.step().is_some() {
        sale.set_due(Some(now));
    }
    let after = sale.purchase().state.name();
    if !matches!(sale.purchase().state, State::Stuck(_)) {
        sale.set_note(String::new());
    }
    let saved = sale.save(tx)?;
    let row = StepRow {
        attempt,
        from_state: before.clone(),
        event: format!("{event:?}"),
        to_state: after.clone(),
        detail: actor.note.clone(),
        at: now,
    };
    repo::purchases::log_step(tx, id, &row)?;
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id,
            actor_kind: actor.kind,
            actor_id: actor.id,
            action: actor.action,
            subject_kind: "purchase",
            subject_id: id.0,
            before: Some(&before),
            after: Some(&after),
            note: &actor.note,
        },
    )?;
    Ok(saved)
}
