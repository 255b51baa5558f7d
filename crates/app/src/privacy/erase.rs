//! A customer's personal data are overwritten in one commit, if nothing that is open still needs them.

use crate::identity::{
    CustomerCaller, HashingError, PASSWORD_BYTES_MAX, SessionError, StaffCaller,
    require_live_customer, require_live_staff,
};
use crate::totp::{CodeError, kept, require_second};
use crate::{App, Customer};
use secrecy::{ExposeSecret, SecretString};
use touchstone_domain::access::Permission;
use touchstone_domain::erasure::{Asker, Obstacle, obstacles};
use touchstone_domain::{BrandId, CustomerId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::sessions::SubjectKind;
use touchstone_store::repo::{self, erasure};
use touchstone_store::{NewEvent, StoreError, Tx};

#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, another brand's, or outside of the caller's view scope.
    #[error("there is no such customer")]
    NotFound,
    #[error("the password does not fit")]
    WrongPassword,
    #[error(transparent)]
    Code(#[from] CodeError),
    /// Something still needs to know who he is; everything that does.
    #[error("{}", told(.0))]
    Refused(Vec<Obstacle>),
    #[error(transparent)]
    Hashing(#[from] HashingError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn told(obstacles: &[Obstacle]) -> String {
    let names: Vec<_> = obstacles.iter().map(|one| one.name.name()).collect();
    format!("something is open still: {}", names.join(", "))
}

/// What a customer proves with that it is he who wants it.
pub struct EraseOwn {
    pub password: SecretString,
    /// Wanted where his second factor is on.
    pub code: Option<String>,
}

/// Done, now or before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    pub customer_id: CustomerId,
    pub at: UnixMicros,
}

/// Whose deed it is.
struct Deed<'a> {
    by: Asker,
    actor: (&'static str, i64),
    brand_id: BrandId,
    reason: &'a str,
    now: UnixMicros,
}

impl App {
    /// The customer wants himself to be forgotten. Whoever holds a token of one who was erased is told so: a repeat of a
    /// request whose answer was lost.
    ///
    /// # Errors
    /// See [`EraseError`]; nothing was changed.
    pub async fn erase_oneself(
        &self,
        caller: CustomerCaller,
        proof: EraseOwn,
    ) -> Result<Erased, EraseError> {
        let (app, now, id) = (self.clone(), self.now(), caller.customer_id);
        let seen = self.store.read(move |tx| own(tx, &caller, now)).await?;
        let seen = match seen {
            Found::Erased(erased) => return Ok(erased),
            Found::Here(customer) => customer,
        };
        if proof.password.expose_secret().len() > PASSWORD_BYTES_MAX {
            return Err(EraseError::WrongPassword);
        }
        let hashes = seen.password_hash.iter().cloned().collect();
        if self
            .fitting_password(proof.password, hashes)
            .await?
            .is_empty()
        {
            return Err(EraseError::WrongPassword);
        }
        let work = move |tx: &mut Tx<'_>| {
            repo::customers::lock(tx, id)?;
            let customer = match own(tx, &caller, now)? {
                Found::Erased(erased) => return Ok(erased),
                Found::Here(customer) => customer,
            };
            // It may have been changed since it was looked at.
            if customer.password_hash != seen.password_hash {
                return Err(EraseError::WrongPassword);
            }
            let of = (SubjectKind::Customer, id.0);
            require_second(&app, tx, of, proof.code.as_deref(), now)?;
            let deed = Deed {
                by: Asker::Customer,
                actor: ("customer", id.0),
                brand_id: caller.brand_id,
                reason: "",
                now,
            };
            erase(tx, id, &deed)
        };
        let is_wrong = |error: &EraseError| matches!(error, EraseError::Code(CodeError::Wrong));
        self.store.write(move |tx| kept(work(tx), is_wrong)).await?
    }

    /// Staff erase a customer. A repeat changes nothing, and answers the same.
    ///
    /// # Errors
    /// See [`EraseError`]; nothing was changed.
    pub async fn erase_customer(
        &self,
        caller: StaffCaller,
        id: CustomerId,
        reason: String,
    ) -> Result<Erased, EraseError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                repo::customers::lock(tx, id)?;
                let pass = require_live_staff(tx, &caller, Permission::EraseCustomer, now)?;
                if !pass.sees(tx, id)? {
                    return Err(EraseError::NotFound);
                }
                let customer = repo::customers::get(tx, id)?.ok_or(EraseError::NotFound)?;
                if let Found::Erased(erased) = Found::new(customer) {
                    return Ok(erased);
                }
                let deed = Deed {
                    by: Asker::Staff,
                    actor: ("staff", caller.staff_id.0),
                    brand_id: caller.brand_id,
                    reason: &reason,
                    now,
                };
                erase(tx, id, &deed)
            })
            .await
    }
}

enum Found {
    Here(Box<Customer>),
    Erased(Erased),
}

impl Found {
    fn new(customer: Customer) -> Self {
        match customer.erased_at {
            Some(at) => Self::Erased(Erased {
                customer_id: customer.id,
                at,
            }),
            None => Self::Here(Box::new(customer)),
        }
    }
}

fn own(tx: &mut Tx<'_>, caller: &CustomerCaller, now: UnixMicros) -> Result<Found, EraseError> {
    let customer = repo::customers::get(tx, caller.customer_id)?.ok_or(SessionError::Ended)?;
    let found = Found::new(customer);
    if let Found::Here(_) = found {
        require_live_customer(tx, caller, now)?;
    }
    Ok(found)
}

/// The caller holds the customer's lock.
fn erase(tx: &mut Tx<'_>, id: CustomerId, deed: &Deed<'_>) -> Result<Erased, EraseError> {
    let now = deed.now;
    // Whoever buys or takes money back waits here, or is seen below.
    for (account, _) in repo::accounts::of_customer(tx, id)? {
        repo::accounts::lock(tx, account.login)?;
    }
    let open = obstacles(&erasure::open_things(tx, id)?, deed.by);
    if !open.is_empty() {
        return Err(EraseError::Refused(open));
    }
    erasure::erase(tx, id, now)?;
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id: deed.brand_id,
            actor_kind: deed.actor.0,
            actor_id: deed.actor.1,
            action: "customer.erase",
            subject_kind: "customer",
            subject_id: id.0,
            before: None,
            after: None,
            note: deed.reason,
        },
    )?;
    let body = serde_json::json!({ "customer_id": id }).to_string();
    tx.append_event(&NewEvent {
        at_us: now.0,
        brand_id: deed.brand_id.0,
        kind: "customer.erased",
        subject_kind: "customer",
        subject_id: id.0,
        challenge_id: None,
        customer_id: Some(id.0),
        body: &body,
    })?;
    Ok(Erased {
        customer_id: id,
        at: now,
    })
}
