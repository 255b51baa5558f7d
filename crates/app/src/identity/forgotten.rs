//! Customers and staff who forgot their password: a token is mailed, and sets a new one.

use super::PasswordError;
use super::sign_in::{named_brand, normal_email};
use crate::App;
use crate::keys::token_hash;
use secrecy::SecretString;
use touchstone_domain::{BrandId, CustomerId, StaffId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::password_resets::{self, Owner, Request};
use touchstone_store::repo::{self, sessions::SubjectKind};
use touchstone_store::{StoreError, Tx};

/// Requests that are read at once.
const ASKED_LIMIT: i64 = 50;
/// Tokens of one person that are good at once: nobody floods his mailbox.
const GOOD_TOKENS_MAX: i64 = 3;

/// A customer or a staff member who may want a new password.
struct Person {
    owner: Owner,
    brand_id: BrandId,
    email: String,
}

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

    /// Queues a mail with a token for each person who was meant; gives how many there were.
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
        let mut mails = 0;
        for person in people(tx, request)? {
            lock(tx, person.owner)?;
            if !is_still_there(tx, &person)? {
                continue;
            }
            password_resets::forget_old(tx, person.owner, now)?;
            if password_resets::count_good(tx, person.owner, now)? < GOOD_TOKENS_MAX {
                self.mail_token(tx, &person, &token_of(seed, person.owner), now)?;
                mails += 1;
            }
        }
        Ok(mails)
    }

    fn mail_token(
        &self,
        tx: &mut Tx<'_>,
        person: &Person,
        token: &str,
        now: UnixMicros,
    ) -> Result<(), StoreError> {
        let life_seconds = self.settings.password_reset_seconds;
        let until = now.plus_seconds(life_seconds);
        password_resets::insert(tx, &token_hash(token), person.owner, until)?;
        let brand = self.brand_name(tx, person.brand_id)?;
        let whose = match person.owner.0 {
            SubjectKind::Staff => "your password as its staff",
            SubjectKind::Customer | SubjectKind::Account => "your password",
        };
        let body = format!(
            "Somebody, probably you, asked {brand} to set {whose} anew.\n\n\
             Token: {token}\n\n\
             Send it with your new password to {}/auth/password-reset/confirm within {} minutes.\n\
             If it was not you, do nothing: your password stays as it is.",
            self.settings.public_url,
            life_seconds / 60
        );
        let subject = "Set a new password";
        let customer = match person.owner {
            (SubjectKind::Customer, id) => Some(CustomerId(id)),
            (SubjectKind::Staff | SubjectKind::Account, _) => None,
        };
        let mail = repo::mail::Draft {
            brand: person.brand_id,
            customer,
            recipient: &person.email,
            subject,
            body: &body,
        };
        repo::mail::queue(tx, &mail, now)
    }

    /// Sets a password by a mailed token. Every session of the person ends, those of a customer's
    /// accounts too, and so does every other token that was mailed to him.
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
            .read(move |tx| password_resets::owner_of(tx, &token, now))
            .await?;
        // Only who was mailed a token makes us hash a password.
        let owner = known.ok_or(PasswordError::Token)?;
        let hash = self.hash_new_password(password).await?;
        self.store
            .write(move |tx| {
                lock(tx, owner)?;
                // It may have been used up meanwhile.
                password_resets::owner_of(tx, &token, now)?.ok_or(PasswordError::Token)?;
                let brand_id = set_password(tx, owner, &hash, now)?.ok_or(PasswordError::Token)?;
                password_resets::use_all(tx, owner, now)?;
                repo::sessions::revoke_all(tx, owner.0, owner.1, now)?;
                audit(tx, owner, brand_id, now)?;
                Ok(())
            })
            .await
    }
}

/// Everybody with the address who may sign in.
fn people(tx: &mut Tx<'_>, request: &Request) -> Result<Vec<Person>, StoreError> {
    let customers = repo::customers::of_any_brand(tx, &request.email)?;
    let customers = customers.into_iter().filter(|c| c.enabled).map(|c| Person {
        owner: (SubjectKind::Customer, c.id.0),
        brand_id: c.brand_id,
        email: c.email,
    });
    let staff = repo::staff::of_any_brand(tx, &request.email)?;
    let staff = staff.into_iter().filter(|s| s.enabled).map(|s| Person {
        owner: (SubjectKind::Staff, s.id.0),
        brand_id: s.brand_id,
        email: s.email,
    });
    let is_meant = |p: &Person| request.brand_id.is_none_or(|brand| brand == p.brand_id);
    Ok(customers.chain(staff).filter(is_meant).collect())
}

/// A customer may have been erased before he was locked.
fn is_still_there(tx: &mut Tx<'_>, person: &Person) -> Result<bool, StoreError> {
    Ok(match person.owner {
        (SubjectKind::Customer, id) => {
            repo::customers::get(tx, CustomerId(id))?.is_some_and(|c| c.erased_at.is_none())
        }
        (SubjectKind::Staff | SubjectKind::Account, _) => true,
    })
}

/// What concerns one person's passwords waits here for what concerns them already.
fn lock(tx: &mut Tx<'_>, (kind, id): Owner) -> Result<(), StoreError> {
    match kind {
        SubjectKind::Customer => repo::customers::lock(tx, CustomerId(id))?,
        SubjectKind::Staff => repo::staff::lock(tx, StaffId(id))?,
        SubjectKind::Account => false,
    };
    Ok(())
}

/// Gives the person's brand; `None` for one who is not there.
fn set_password(
    tx: &mut Tx<'_>,
    (kind, id): Owner,
    hash: &str,
    now: UnixMicros,
) -> Result<Option<BrandId>, StoreError> {
    match kind {
        SubjectKind::Customer => {
            let id = CustomerId(id);
            let Some(customer) = repo::customers::get(tx, id)? else {
                return Ok(None);
            };
            repo::customers::set_password(tx, id, hash, now)?;
            for (account, _) in repo::accounts::of_customer(tx, id)? {
                repo::sessions::revoke_all(tx, SubjectKind::Account, account.login.0, now)?;
            }
            Ok(Some(customer.brand_id))
        }
        SubjectKind::Staff => {
            let Some(staff) = repo::staff::get(tx, StaffId(id))? else {
                return Ok(None);
            };
            repo::staff::set_password(tx, staff.id, hash)?;
            // Whoever was in may have made some.
            repo::api_tokens::switch_off_all(tx, staff.id, now)?;
            Ok(Some(staff.brand_id))
        }
        // No token is of an account: its owner renews its password.
        SubjectKind::Account => Ok(None),
    }
}

fn audit(
    tx: &mut Tx<'_>,
    (kind, id): Owner,
    brand_id: BrandId,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let (actor_kind, action) = match kind {
        SubjectKind::Staff => ("staff", "staff.password_reset"),
        SubjectKind::Customer | SubjectKind::Account => ("customer", "customer.password_reset"),
    };
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id,
            actor_kind,
            actor_id: id,
            action,
            subject_kind: actor_kind,
            subject_id: id,
            before: None,
            after: None,
            note: "",
        },
    )
}

/// A token for each person who was meant: none of them tells another's, which may be of another
/// brand.
fn token_of(seed: &str, (kind, id): Owner) -> String {
    hex::encode(token_hash(&format!("{seed}/{}/{id}", kind.code())))
}
