//! New customers, and customers who forgot their password.

use super::passwords::{HashingFailed, PASSWORD_BYTES_MAX, PASSWORD_CHARACTERS_MIN};
use super::sign_in::normal_email;
use crate::App;
use crate::keys::token_hash;
use secrecy::{ExposeSecret, SecretString};
use touchstone_domain::{BrandId, CustomerId, UnixMicros};
use touchstone_store::repo::sessions::SubjectKind;
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

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error(
        "a password has at least {PASSWORD_CHARACTERS_MIN} characters and at most {PASSWORD_BYTES_MAX} bytes"
    )]
    Length,
    /// The token is unknown, used or too old.
    #[error("the token is not valid any more; ask for a new one")]
    Token,
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
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
                };
                repo::customers::insert(tx, &customer)?;
                audit_own(tx, &customer, "customer.register", now)?;
                Ok(customer)
            })
            .await
    }

    /// Mails a token to whoever has this address; the answer is the same for everybody.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn ask_password_reset(
        &self,
        brand: Option<String>,
        email: &str,
    ) -> Result<(), StoreError> {
        let email = normal_email(email);
        let token = hex::encode(self.ports.random.bytes::<32>());
        let (now, settings) = (self.now(), self.settings.clone());
        self.store
            .write(move |tx| {
                let wanted = match brand.as_deref() {
                    Some(name) => Some(repo::brands::by_name(tx, name)?.map(|brand| brand.id)),
                    None => None,
                };
                let known = repo::customers::of_any_brand(tx, &email)?;
                let known = known
                    .into_iter()
                    .filter(|c| c.enabled && wanted.is_none_or(|id| id == Some(c.brand_id)));
                for customer in known {
                    // One token for each brand's customer of this address.
                    let token = format!("{token}{}", customer.brand_id);
                    let until = now.plus_seconds(settings.password_reset_seconds);
                    repo::sessions::insert_password_reset(
                        tx,
                        &token_hash(&token),
                        customer.id,
                        until,
                    )?;
                    let body = reset_text(
                        &settings.public_url,
                        &token,
                        settings.password_reset_seconds / 60,
                    );
                    repo::mail::queue(
                        tx,
                        customer.brand_id,
                        &customer.email,
                        "Set a new password",
                        &body,
                        now,
                    )?;
                }
                Ok(())
            })
            .await
    }

    /// Sets a password by a mailed token, and ends every session of the customer.
    ///
    /// # Errors
    /// A token that is not good any more; a password that is too short or too long.
    pub async fn reset_password(
        &self,
        token: &str,
        password: SecretString,
    ) -> Result<(), PasswordError> {
        let hash = self.hash_new_password(password).await?;
        let (now, token) = (self.now(), token_hash(token));
        self.store
            .write(move |tx| {
                let id = repo::sessions::use_password_reset(tx, &token, now)?
                    .ok_or(PasswordError::Token)?;
                let customer = repo::customers::get(tx, id)?.ok_or(PasswordError::Token)?;
                repo::customers::set_password(tx, id, &hash, now)?;
                repo::sessions::revoke_all(tx, SubjectKind::Customer, id.0, now)?;
                audit_own(tx, &customer, "customer.password_reset", now)?;
                Ok(())
            })
            .await
    }

    pub(crate) async fn hash_new_password(
        &self,
        password: SecretString,
    ) -> Result<String, PasswordError> {
        let text = password.expose_secret();
        if text.chars().count() < PASSWORD_CHARACTERS_MIN || text.len() > PASSWORD_BYTES_MAX {
            return Err(PasswordError::Length);
        }
        Ok(self.hash_password(password).await?)
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

fn reset_text(public_url: &str, token: &str, minutes: i64) -> String {
    format!(
        "Somebody, probably you, asked to set a new password.\n\n\
         Token: {token}\n\n\
         Send it with your new password to {public_url}/auth/password-reset/confirm within {minutes} minutes.\n\
         If it was not you, do nothing: your password stays as it is."
    )
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
