//! What is known of a customer's identity: staff, or a provider through staff's session, say it.

mod provider;

pub use provider::{KycNotice, KycPage, KycTold};

use crate::App;
use crate::identity::{
    CustomerCaller, SessionError, StaffCaller, require_live_customer, require_live_staff,
};
use touchstone_domain::access::Permission;
use touchstone_domain::kyc::Kyc;
use touchstone_domain::{BrandId, CustomerId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::{NewEvent, StoreError, Tx, repo};

#[derive(Debug, thiserror::Error)]
pub enum KycError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such customer")]
    NotFound,
    /// Nothing is kept of him any more.
    #[error("the customer was erased")]
    Erased,
    /// A provider's event with another content.
    #[error("event {event_id:?} was sent before with another content")]
    Conflict { event_id: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KycStanding {
    pub customer_id: CustomerId,
    pub kyc: Kyc,
    /// `None` while nobody has said anything.
    pub since: Option<UnixMicros>,
}

fn standing(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    customer_id: CustomerId,
    permission: Permission,
    now: UnixMicros,
) -> Result<KycStanding, KycError> {
    let pass = require_live_staff(tx, caller, permission, now)?;
    if !pass.sees(tx, customer_id)? {
        return Err(KycError::NotFound);
    }
    let (kyc, since) = repo::customers::kyc(tx, customer_id)?;
    Ok(KycStanding {
        customer_id,
        kyc,
        since,
    })
}

impl App {
    /// # Errors
    /// See [`KycError`].
    pub async fn kyc(&self, caller: StaffCaller, id: CustomerId) -> Result<KycStanding, KycError> {
        let now = self.now();
        self.store
            .read(move |tx| standing(tx, &caller, id, Permission::ViewCustomers, now))
            .await
    }

    /// The caller's own.
    ///
    /// # Errors
    /// The session's.
    pub async fn own_kyc(&self, caller: CustomerCaller) -> Result<KycStanding, KycError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let (kyc, since) = repo::customers::kyc(tx, caller.customer_id)?;
                Ok(KycStanding {
                    customer_id: caller.customer_id,
                    kyc,
                    since,
                })
            })
            .await
    }

    /// Says what is known of a customer's identity from now on. A repeat changes nothing.
    ///
    /// # Errors
    /// See [`KycError`].
    pub async fn set_kyc(
        &self,
        caller: StaffCaller,
        id: CustomerId,
        kyc: Kyc,
        reason: String,
    ) -> Result<KycStanding, KycError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                repo::customers::lock(tx, id)?;
                let before = standing(tx, &caller, id, Permission::SetKyc, now)?;
                if repo::customers::is_erased(tx, id)? {
                    return Err(KycError::Erased);
                }
                if before.kyc == kyc {
                    return Ok(before);
                }
                repo::customers::set_kyc(tx, id, kyc, "", now)?;
                let actor = ("staff", caller.staff_id.0, caller.brand_id);
                write_down(tx, actor, &before, kyc, &reason, now)?;
                Ok(KycStanding {
                    kyc,
                    since: Some(now),
                    ..before
                })
            })
            .await
    }
}

fn write_down(
    tx: &mut Tx<'_>,
    (actor_kind, actor_id, brand_id): (&'static str, i64, BrandId),
    before: &KycStanding,
    kyc: Kyc,
    reason: &str,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let text = |kyc: Kyc| serde_json::json!({ "kyc": kyc.name() }).to_string();
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id,
            actor_kind,
            actor_id,
            action: "customer.set_kyc",
            subject_kind: "customer",
            subject_id: before.customer_id.0,
            before: Some(&text(before.kyc)),
            after: Some(&text(kyc)),
            note: reason,
        },
    )?;
    tx.append_event(&NewEvent {
        at_us: now.0,
        brand_id: brand_id.0,
        kind: "customer.kyc_changed",
        subject_kind: "customer",
        subject_id: before.customer_id.0,
        challenge_id: None,
        customer_id: Some(before.customer_id.0),
        body: &text(kyc),
    })
}
