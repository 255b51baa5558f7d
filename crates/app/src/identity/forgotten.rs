//! Customers who forgot their password: a token is mailed, and sets a new one.

use super::PasswordError;
use super::registration::audit_own;
use super::sign_in::{named_brand, normal_email};
use crate::App;
use crate::keys::token_hash;
use secrecy::SecretString;
use touchstone_domain::{CustomerId, UnixMicros};
use touchstone_store::repo::customers::Customer;
use touchstone_store::repo::password_resets::{self, Request};
use touchstone_store::repo::{self, sessions::SubjectKind};
use touchstone_store::{StoreError, Tx};

/// Requests that are read at once.
const ASKED_LIMIT: i64 = 50;
/// Tokens of one customer that are good at once: nobody floods his mailbox.
const GOOD_TOKENS_MAX: i64 = 3;

impl App {
    /// Notes that somebody wants a new password. Whether his address is known is looked up
    /// afterwards, by [`Self::answer_password_resets`]: neither this answer nor its time tells.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn ask_password_reset(
        &self,
        brand: Option<String>,
        email: &str,
    ) -> Result<(), StoreError> {
        let (now, email) = (self.now(), normal_email(email));
        self.store
            .write(move |tx| {
                let brand = match named_brand(tx, brand.as_deref())? {
                    // A brand that does not exist has no customers.
                    Some(None) => return Ok(()),
                    Some(Some(brand)) => Some(brand),
                    None => None,
                };
                password_resets::ask(tx, brand, &email, now)
            })
            .await
    }

    /// Queues a mail with a token for each customer who was meant; gives how many there were.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn answer_password_resets(&self) -> Result<usize, StoreError> {
        let mut mails = 0;
        loop {
            let asked = self
                .store
                .read(|tx| password_resets::asked(tx, ASKED_LIMIT))
                .await?;
            if asked.is_empty() {
                return Ok(mails);
            }
            for request in asked {
                let (app, now) = (self.clone(), self.now());
                let seed = hex::encode(self.ports.random.bytes::<32>());
                mails += self
                    .store
                    .write(move |tx| app.answer(tx, &request, &seed, now))
                    .await?;
            }
        }
    }

    fn answer(
        &self,
        tx: &mut Tx<'_>,
        request: &Request,
        seed: &str,
        now: UnixMicros,
    ) -> Result<usize, StoreError> {
        if !password_resets::take(tx, request.id)? {
            return Ok(0);
        }
        let known = repo::customers::of_any_brand(tx, &request.email)?;
        let meant = known
            .into_iter()
            .filter(|c| c.enabled && request.brand_id.is_none_or(|brand| brand == c.brand_id));
        let mut mails = 0;
        for customer in meant {
            repo::customers::lock(tx, customer.id)?;
            password_resets::forget_old(tx, customer.id, now)?;
            if password_resets::count_good(tx, customer.id, now)? < GOOD_TOKENS_MAX {
                self.mail_token(tx, &customer, &token_of(seed, customer.id), now)?;
                mails += 1;
            }
        }
        Ok(mails)
    }

    fn mail_token(
        &self,
        tx: &mut Tx<'_>,
        customer: &Customer,
        token: &str,
        now: UnixMicros,
    ) -> Result<(), StoreError> {
        let life_seconds = self.settings.password_reset_seconds;
        let until = now.plus_seconds(life_seconds);
        password_resets::insert(tx, &token_hash(token), customer.id, until)?;
        let brand = self.brand_name(tx, customer.brand_id)?;
        let body = text(&brand, &self.settings.public_url, token, life_seconds / 60);
        let subject = "Set a new password";
        repo::mail::queue(tx, customer.brand_id, &customer.email, subject, &body, now)
    }

    /// Sets a password by a mailed token. Every session of the customer and of his accounts ends,
    /// and so does every other token that was mailed to him.
    ///
    /// # Errors
    /// A token that is not good any more; a password that is too short or too long.
    pub async fn reset_password(
        &self,
        token: &str,
        password: SecretString,
    ) -> Result<(), PasswordError> {
        let (now, token) = (self.now(), token_hash(token));
        let known = self
            .store
            .read(move |tx| password_resets::customer_of(tx, &token, now))
            .await?;
        // Only who was mailed a token makes us hash a password.
        let id = known.ok_or(PasswordError::Token)?;
        let hash = self.hash_new_password(password).await?;
        self.store
            .write(move |tx| {
                repo::customers::lock(tx, id)?;
                let good = password_resets::customer_of(tx, &token, now)?;
                let customer = repo::customers::get(tx, good.ok_or(PasswordError::Token)?)?
                    .ok_or(PasswordError::Token)?;
                repo::customers::set_password(tx, id, &hash, now)?;
                password_resets::use_all(tx, id, now)?;
                repo::sessions::revoke_all(tx, SubjectKind::Customer, id.0, now)?;
                for (account, _) in repo::accounts::of_customer(tx, id)? {
                    repo::sessions::revoke_all(tx, SubjectKind::Account, account.login.0, now)?;
                }
                audit_own(tx, &customer, "customer.password_reset", now)?;
                Ok(())
            })
            .await
    }
}

/// A token for each customer who was meant: none of them tells another's, which may be of another
/// brand.
fn token_of(seed: &str, customer: CustomerId) -> String {
    hex::encode(token_hash(&format!("{seed}/{customer}")))
}

fn text(brand: &str, public_url: &str, token: &str, minutes: i64) -> String {
    format!(
        "Somebody, probably you, asked {brand} to set a new password.\n\n\
         Token: {token}\n\n\
         Send it with your new password to {public_url}/auth/password-reset/confirm within {minutes} minutes.\n\
         If it was not you, do nothing: your password stays as it is."
    )
}
