//! New customers.

use super::PasswordError;
use super::sign_in::normal_email;
use crate::App;
use secrecy::SecretString;
use touchstone_domain::{BrandId, CustomerId, UnixMicros};
use touchstone_store::repo::{self, audit::AuditRow, counters, customers::Customer};
use touchstone_store::{StoreError, Tx};

#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    #[error("there is a customer with this address already")]
    EmailTaken,
    #[error("there is no such brand")]
    UnknownBrand,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a new customer tells of himself.
#[derive(Clone, Debug)]
pub struct Registration {
    /// `None`: the firm's first brand.
    pub brand: Option<String>,
    pub email: String,
    /// `None`: it is set by a mailed token.
    pub password: Option<SecretString>,
    pub first_name: String,
    pub last_name: String,
    pub phone: String,
    pub country: String,
    /// `organic`, `affiliate`, `import` or `promo`.
    pub source: String,
}

impl App {
    /// # Errors
    /// An address that is taken in the brand, a password that is too short or too long.
    pub async fn register(
        &self,
        registration: Registration,
    ) -> Result<Customer, RegistrationError> {
        let hash = match registration.password.clone() {
            Some(password) => Some(self.hash_new_password(password).await?),
            None => None,
        };
        let now = self.now();
        self.store
            .write(move |tx| {
                let brand = brand_of(tx, registration.brand.as_deref())?;
                let email = normal_email(&registration.email);
                if repo::customers::by_email(tx, brand, &email)?.is_some() {
                    return Err(RegistrationError::EmailTaken);
                }
                let customer = Customer {
                    id: CustomerId(tx.next_id(counters::CUSTOMER)?),
                    brand_id: brand,
                    email,
                    password_hash: hash.clone(),
                    first_name: registration.first_name.clone(),
                    last_name: registration.last_name.clone(),
                    phone: registration.phone.clone(),
                    country: registration.country.clone(),
                    registration_source: registration.source.clone(),
                    enabled: true,
                    created_at: now,
                    updated_at: now,
                    last_login_at: None,
                    owner_id: None,
                    erased_at: None,
                };
                repo::customers::insert(tx, &customer)?;
                audit_own(tx, &customer, "customer.register", now)?;
                Ok(customer)
            })
            .await
            .map_err(|error| match error {
                // Two at once with one address: the other was faster.
                RegistrationError::Store(StoreError::Duplicate { .. }) => {
                    RegistrationError::EmailTaken
                }
                other => other,
            })
    }
}

fn brand_of(tx: &mut Tx<'_>, name: Option<&str>) -> Result<BrandId, RegistrationError> {
    let brand = match name {
        Some(name) => repo::brands::by_name(tx, name)?,
        None => repo::brands::all(tx)?.into_iter().next(),
    };
    brand
        .map(|brand| brand.id)
        .ok_or(RegistrationError::UnknownBrand)
}

fn audit_own(
    tx: &mut Tx<'_>,
    customer: &Customer,
    action: &str,
    now: UnixMicros,
) -> Result<(), StoreError> {
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id: customer.brand_id,
            actor_kind: "customer",
            actor_id: customer.id.0,
            action,
            subject_kind: "customer",
            subject_id: customer.id.0,
            before: None,
            after: None,
            note: "",
        },
    )
}
