//! What is known of a customer's identity: staff, or a provider through staff's session, say it.

use crate::App;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use touchstone_domain::kyc::Kyc;
use touchstone_domain::{CustomerId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::{NewEvent, StoreError, Tx, repo};

#[derive(Debug, thiserror::Error)]
pub enum KycError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such customer")]
    NotFound,
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
    now: UnixMicros,
) -> Result<KycStanding, KycError> {
    require_live_staff(tx, caller, now)?;
    repo::customers::get(tx, customer_id)?
        .filter(|customer| customer.brand_id == caller.brand_id)
        .ok_or(KycError::NotFound)?;
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
            .read(move |tx| standing(tx, &caller, id, now))
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
                let before = standing(tx, &caller, id, now)?;
                if before.kyc == kyc {
                    return Ok(before);
                }
                repo::customers::set_kyc(tx, id, kyc, now)?;
                write_down(tx, &caller, &before, kyc, &reason, now)?;
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
    caller: &StaffCaller,
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
            brand_id: caller.brand_id,
            actor_kind: "staff",
            actor_id: caller.staff_id.0,
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
        brand_id: caller.brand_id.0,
        kind: "customer.kyc_changed",
        subject_kind: "customer",
        subject_id: before.customer_id.0,
        challenge_id: None,
        body: &text(kyc),
    })
}
