//! Texts that customers agree to before they buy: staff publish versions of them, customers accept the current ones, and
//! nobody buys or enrols who has not. A brand without any asks for none.

use crate::App;
use crate::identity::{
    CustomerCaller, SessionError, StaffCaller, require_live_customer, require_live_staff,
};
use std::net::IpAddr;
use touchstone_domain::access::Permission;
use touchstone_domain::{AgreementId, UnixMicros};
use touchstone_store::repo::agreements;
pub use touchstone_store::repo::agreements::Agreement;
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::{self, counters};
use touchstone_store::{StoreError, Tx};

#[derive(Debug, thiserror::Error)]
pub enum AgreementError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such agreement")]
    NotFound,
    /// Another version is asked for now, or none.
    #[error("this version is not asked for any more")]
    NotCurrent,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A text that staff publish.
#[derive(Clone, Debug)]
pub struct Publish {
    pub kind: String,
    pub title: String,
    pub body: String,
    pub url: String,
}

impl App {
    /// Every version that the caller's brand has published, newest first, with how many customers have agreed to it;
    /// and how many versions there are.
    ///
    /// # Errors
    /// The session's.
    pub async fn agreements(
        &self,
        caller: StaffCaller,
        limit: i64,
        offset: i64,
    ) -> Result<(Vec<(Agreement, i64)>, i64), AgreementError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewAgreements, now)?;
                let page = agreements::page(tx, caller.brand_id, limit, offset)?;
                Ok((page, agreements::count(tx, caller.brand_id)?))
            })
            .await
    }

    /// Publishes a version, which is asked for from now on instead of the one before, and tells how many have agreed to
    /// it. The words of the current one change nothing.
    ///
    /// # Errors
    /// The session's.
    pub async fn publish_agreement(
        &self,
        caller: StaffCaller,
        publish: Publish,
    ) -> Result<(Agreement, i64), AgreementError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditAgreements, now)?;
                let before = agreements::newest(tx, caller.brand_id, &publish.kind)?;
                let current = before.as_ref().filter(|before| before.is_current);
                if let Some(same) = current.filter(|known| {
                    (&known.title, &known.body, &known.url)
                        == (&publish.title, &publish.body, &publish.url)
                }) {
                    return Ok((same.clone(), agreements::accepted_count(tx, same.id)?));
                }
                if let Some(current) = current {
                    agreements::retire(tx, current.id)?;
                }
                let agreement = Agreement {
                    id: AgreementId(tx.next_id(counters::AGREEMENT)?),
                    brand_id: caller.brand_id,
                    kind: publish.kind.clone(),
                    number: before.as_ref().map_or(1, |before| before.number + 1),
                    title: publish.title.clone(),
                    body: publish.body.clone(),
                    url: publish.url.clone(),
                    is_current: true,
                    published_by: caller.staff_id,
                    published_at: now,
                };
                agreements::insert(tx, &agreement)?;
                let after = Some(&agreement);
                write_down(tx, &caller, "agreement.publish", current, after, now)?;
                Ok((agreement, 0))
            })
            .await
    }

    /// Nobody is asked for this kind of text any more. A repeat changes nothing.
    ///
    /// # Errors
    /// [`AgreementError::NotCurrent`] for a version that was superseded.
    pub async fn withdraw_agreement(
        &self,
        caller: StaffCaller,
        id: AgreementId,
    ) -> Result<Agreement, AgreementError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::EditAgreements, now)?;
                let before = agreements::get(tx, caller.brand_id, id)?;
                let before = before.ok_or(AgreementError::NotFound)?;
                if !before.is_current {
                    let newest = agreements::newest(tx, caller.brand_id, &before.kind)?;
                    let is_newest = newest.is_some_and(|newest| newest.id == id);
                    return match is_newest {
                        true => Ok(before),
                        false => Err(AgreementError::NotCurrent),
                    };
                }
                agreements::retire(tx, id)?;
                let after = Agreement {
                    is_current: false,
                    ..before.clone()
                };
                write_down(
                    tx,
                    &caller,
                    "agreement.withdraw",
                    Some(&before),
                    Some(&after),
                    now,
                )?;
                Ok(after)
            })
            .await
    }

    /// What the caller is asked to agree to before he buys, each with when he did.
    ///
    /// # Errors
    /// The session's.
    pub async fn asked_agreements(
        &self,
        caller: CustomerCaller,
    ) -> Result<Vec<(Agreement, Option<UnixMicros>)>, AgreementError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                Ok(agreements::asked_of(
                    tx,
                    caller.brand_id,
                    caller.customer_id,
                )?)
            })
            .await
    }

    /// The caller agrees. The first time counts; a repeat changes nothing.
    ///
    /// # Errors
    /// [`AgreementError::NotCurrent`] for a text that is not asked for now.
    pub async fn accept_agreement(
        &self,
        caller: CustomerCaller,
        id: AgreementId,
        address: IpAddr,
    ) -> Result<(Agreement, Option<UnixMicros>), AgreementError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                // Whoever erases him waits, and takes the address too.
                repo::customers::lock(tx, caller.customer_id)?;
                require_live_customer(tx, &caller, now)?;
                let found = agreements::get(tx, caller.brand_id, id)?;
                let found = found.ok_or(AgreementError::NotFound)?;
                if !found.is_current {
                    return Err(AgreementError::NotCurrent);
                }
                let address = address.to_string();
                if agreements::accept(tx, id, caller.customer_id, &address, now)? {
                    accepted(tx, &caller, &found, now)?;
                }
                let mut asked =
                    agreements::asked_of(tx, caller.brand_id, caller.customer_id)?.into_iter();
                asked
                    .find(|(agreement, _)| agreement.id == id)
                    .ok_or(AgreementError::NotFound)
            })
            .await
    }
}

fn text(agreement: &Agreement) -> String {
    serde_json::json!({
        "kind": agreement.kind,
        "version": agreement.number,
        "title": agreement.title,
        "is_current": agreement.is_current,
    })
    .to_string()
}

fn write_down(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    action: &'static str,
    before: Option<&Agreement>,
    after: Option<&Agreement>,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let subject = after.or(before).map_or(0, |agreement| agreement.id.0);
    repo::audit::insert(
        tx,
        &AuditRow {
            before: before.map(text).as_deref(),
            after: after.map(text).as_deref(),
            ..caller.audited(now, action, ("agreement", subject))
        },
    )
}

fn accepted(
    tx: &mut Tx<'_>,
    caller: &CustomerCaller,
    agreement: &Agreement,
    now: UnixMicros,
) -> Result<(), StoreError> {
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id: caller.brand_id,
            actor_kind: "customer",
            actor_id: caller.customer_id.0,
            action: "agreement.accept",
            subject_kind: "agreement",
            subject_id: agreement.id.0,
            before: None,
            after: Some(&text(agreement)),
            note: "",
        },
    )
}
