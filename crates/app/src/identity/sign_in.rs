//! Sign-in of customers, staff and accounts.

use super::passwords::{HashingError, PASSWORD_BYTES_MAX};
use super::refresh::{RefreshNonce, RefreshToken};
use super::{AccountCaller, Caller, Credential, CustomerCaller, StaffCaller, issue, may_be_used};
use crate::App;
use crate::keys::SealError;
use crate::totp::{CodeError, kept, require_second};
use secrecy::{ExposeSecret, SecretString};
use touchstone_domain::{Account, AccountKind, BrandId, Group, Login, SessionId, UnixMicros};
use touchstone_store::repo::accounts::Passwords;
use touchstone_store::repo::sessions::{Session, SubjectKind};
use touchstone_store::repo::transactions::Deposits;
use touchstone_store::repo::{self, counters, customers::Customer, staff::Staff};
use touchstone_store::{StoreError, Tx};

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown, or the password does not fit: the caller is not told which.
    #[error("unknown address, or the password does not fit")]
    Wrong,
    #[error("this sign-in is disabled; ask support")]
    Disabled,
    /// The password fits, and a code of the second factor is wanted too.
    #[error("a code of the second factor is wanted")]
    CodeWanted,
    #[error("the code of the second factor does not fit, is out of date, or was taken before")]
    WrongCode,
    /// Too many wrong codes in a row; this one was not looked at.
    #[error("too many wrong codes of the second factor; wait {wait_seconds} seconds")]
    CodeTooSoon { wait_seconds: i64 },
    /// The secret of the second factor was sealed by another installation.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// The address and password fit in several brands.
    #[error("name the brand that you want to sign in to")]
    BrandWanted,
    #[error(transparent)]
    Hashing(#[from] HashingError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionLife {
    /// A terminal's `__token`: one token for a longer session.
    Terminal,
    /// A short access token and a refresh token that rotates.
    Refreshing,
}

/// The tokens of a new session.
pub struct Tokens {
    pub session_id: SessionId,
    pub access_token: String,
    /// Life of the access token.
    pub expires_in_seconds: i64,
    /// `None` for a terminal.
    pub refresh_token: Option<String>,
}

pub struct CustomerSignedIn {
    pub customer: Customer,
    pub brand: String,
    pub accounts: Vec<(Account, Group)>,
    /// `None` for a customer who has not deposited yet.
    pub deposits: Option<Deposits>,
    /// The second factor is on.
    pub has_totp: bool,
    pub tokens: Tokens,
}

/// What was typed in.
pub struct Credentials {
    /// `None`: every brand is looked through.
    pub brand: Option<String>,
    pub email: String,
    pub password: SecretString,
    /// Of the second factor, or one for who has lost the device.
    pub code: Option<String>,
}

impl From<CodeError> for SignInError {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Wanted => Self::CodeWanted,
            CodeError::Wrong => Self::WrongCode,
            CodeError::TooSoon { wait_seconds } => Self::CodeTooSoon { wait_seconds },
            CodeError::Sealed(error) => Self::Sealed(error),
            CodeError::Store(error) => Self::Store(error),
        }
    }
}

impl App {
    /// # Errors
    /// See [`SignInError`]; a wrong sign-in changes nothing.
    pub async fn sign_in_customer(
        &self,
        credentials: Credentials,
        life: SessionLife,
    ) -> Result<CustomerSignedIn, SignInError> {
        let (email, brand) = (normal_email(&credentials.email), credentials.brand.clone());
        let known = self
            .store
            .read(move |tx| {
                let brand = named_brand(tx, brand.as_deref())?;
                let customers = repo::customers::of_any_brand(tx, &email)?;
                Ok::<_, StoreError>(
                    customers
                        .into_iter()
                        .filter(|c| brand.is_none_or(|id| id == Some(c.brand_id)))
                        .filter(|c| c.password_hash.is_some())
                        .collect::<Vec<_>>(),
                )
            })
            .await?;
        let hashes = known
            .iter()
            .filter_map(|c| c.password_hash.clone())
            .collect();
        let customer = self
            .only_fitting(known, credentials.password, hashes)
            .await?;
        self.open_customer_session(customer, credentials.code, life)
            .await
    }

    /// A session for a customer whose password fitted, as he was read then.
    async fn open_customer_session(
        &self,
        customer: Customer,
        code: Option<String>,
        life: SessionLife,
    ) -> Result<CustomerSignedIn, SignInError> {
        let (app, now, refresh) = (self.clone(), self.now(), self.refresh_for(life));
        self.opening(move |tx| {
            still_fits(tx, &customer)?;
            let of = (SubjectKind::Customer, customer.id.0);
            let has_totp = require_second(&app, tx, of, code.as_deref(), now)?;
            let session = app.new_session(
                tx,
                customer.brand_id,
                (SubjectKind::Customer, customer.id.0),
                refresh.as_ref(),
                now,
            )?;
            repo::customers::set_last_login(tx, customer.id, now)?;
            let accounts = repo::accounts::of_customer(tx, customer.id)?;
            let primary = primary_login(&accounts);
            let caller = Caller::Customer(CustomerCaller {
                session_id: session.id,
                brand_id: customer.brand_id,
                customer_id: customer.id,
            });
            Ok(CustomerSignedIn {
                brand: app.brand_name(tx, customer.brand_id)?.to_string(),
                customer: customer.clone(),
                accounts,
                deposits: repo::transactions::deposits(tx, customer.id)?,
                has_totp,
                tokens: app.tokens(caller, session, primary, now),
            })
        })
        .await
    }

    /// # Errors
    /// See [`SignInError`]; a wrong sign-in changes nothing.
    pub async fn sign_in_staff(
        &self,
        credentials: Credentials,
    ) -> Result<(Staff, Tokens), SignInError> {
        let (email, brand) = (normal_email(&credentials.email), credentials.brand.clone());
        let known = self
            .store
            .read(move |tx| {
                let brand = named_brand(tx, brand.as_deref())?;
                let staff = repo::staff::of_any_brand(tx, &email)?;
                Ok::<_, StoreError>(
                    staff
                        .into_iter()
                        .filter(|s| brand.is_none_or(|id| id == Some(s.brand_id)))
                        .collect::<Vec<_>>(),
                )
            })
            .await?;
        let code = credentials.code;
        let hashes = known.iter().map(|s| s.password_hash.clone()).collect();
        let staff = self
            .only_fitting(known, credentials.password, hashes)
            .await?;
        let (app, now, refresh) = (
            self.clone(),
            self.now(),
            self.refresh_for(SessionLife::Refreshing),
        );
        self.opening(move |tx| {
            repo::staff::lock(tx, staff.id)?;
            let stored = repo::staff::get(tx, staff.id)?
                .filter(|stored| stored.password_hash == staff.password_hash);
            if !stored.ok_or(SignInError::Wrong)?.enabled {
                return Err(SignInError::Disabled);
            }
            let of = (SubjectKind::Staff, staff.id.0);
            require_second(&app, tx, of, code.as_deref(), now)?;
            let session = app.new_session(
                tx,
                staff.brand_id,
                (SubjectKind::Staff, staff.id.0),
                refresh.as_ref(),
                now,
            )?;
            let caller = Caller::Staff(StaffCaller {
                credential: Credential::Session(session.id),
                brand_id: staff.brand_id,
                staff_id: staff.id,
            });
            Ok((staff.clone(), app.tokens(caller, session, None, now)))
        })
        .await
    }

    /// Sign-in to one trading account with its own or its temporary password.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in_account(
        &self,
        login: Login,
        password: SecretString,
    ) -> Result<(Account, Group, Tokens), SignInError> {
        let found = self
            .store
            .read(move |tx| {
                let account = repo::accounts::get(tx, login)?;
                Ok::<_, StoreError>(account.zip(repo::accounts::passwords(tx, login)?))
            })
            .await?;
        let held = found.as_ref().map(|(_, passwords)| passwords);
        let own = held.and_then(|passwords| passwords.own_hash.clone());
        let temporary = held.and_then(|passwords| passwords.temporary_hash.as_deref());
        let fits_temporary = temporary.is_some_and(|hash| {
            self.keys
                .is_temporary_password(login, password.expose_secret(), hash)
        });
        let fits_own = !self
            .fitting_password(bounded(password)?, own.into_iter().collect())
            .await?
            .is_empty();
        let Some((_, fitted)) = found.filter(|_| fits_temporary || fits_own) else {
            return Err(SignInError::Wrong);
        };
        self.open_account_session(login, fitted).await
    }

    /// A session for an account whose password fitted, as its passwords were read then.
    async fn open_account_session(
        &self,
        login: Login,
        fitted: Passwords,
    ) -> Result<(Account, Group, Tokens), SignInError> {
        let (app, now) = (self.clone(), self.now());
        self.store
            .write(move |tx| {
                repo::accounts::lock(tx, login)?.ok_or(SignInError::Wrong)?;
                if repo::accounts::passwords(tx, login)?.as_ref() != Some(&fitted) {
                    return Err(SignInError::Wrong);
                }
                let (account, group) = repo::accounts::get(tx, login)?.ok_or(SignInError::Wrong)?;
                if !may_be_used(tx, &account)? {
                    return Err(SignInError::Disabled);
                }
                let session = app.new_session(
                    tx,
                    account.brand_id,
                    (SubjectKind::Account, login.0),
                    None,
                    now,
                )?;
                let caller = Caller::Account(AccountCaller {
                    session_id: session.id,
                    brand_id: account.brand_id,
                    login,
                });
                let tokens = app.tokens(caller, session, Some(login), now);
                Ok((account, group, tokens))
            })
            .await
    }

    /// A transaction that takes a code before it changes anything.
    async fn opening<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, SignInError> + Send + 'static,
    ) -> Result<T, SignInError> {
        let is_wrong = |error: &SignInError| matches!(error, SignInError::WrongCode);
        self.store.write(move |tx| kept(work(tx), is_wrong)).await?
    }

    /// The one candidate whose password fits.
    async fn only_fitting<T>(
        &self,
        mut known: Vec<T>,
        password: SecretString,
        hashes: Vec<String>,
    ) -> Result<T, SignInError> {
        match self
            .fitting_password(bounded(password)?, hashes)
            .await?
            .as_slice()
        {
            [] => Err(SignInError::Wrong),
            [only] => Ok(known.swap_remove(*only)),
            _ => Err(SignInError::BrandWanted),
        }
    }

    fn refresh_for(&self, life: SessionLife) -> Option<RefreshNonce> {
        (life == SessionLife::Refreshing).then(|| RefreshNonce::new(self.ports.random.bytes()))
    }

    fn new_session(
        &self,
        tx: &mut Tx<'_>,
        brand_id: BrandId,
        (subject_kind, subject_id): (SubjectKind, i64),
        refresh: Option<&RefreshNonce>,
        now: UnixMicros,
    ) -> Result<NewSession, StoreError> {
        let id = SessionId(tx.next_id(counters::SESSION)?);
        let life = match refresh {
            Some(_) => self.settings.refresh_token_seconds,
            None => self.settings.terminal_session_seconds,
        };
        let mut session = Session {
            id,
            brand_id,
            subject_kind,
            subject_id,
            refresh_hash: None,
            refresh_generation: 0,
            expires_at: now.plus_seconds(life),
            revoked_at: None,
            created_at: now,
        };
        let refresh = refresh.map(|nonce| RefreshToken::new(&self.keys, &session, 0, nonce));
        session.refresh_hash = refresh.as_ref().map(|token| token.hash.to_vec());
        repo::sessions::insert(tx, &session)?;
        Ok(NewSession { id, refresh })
    }

    fn tokens(
        &self,
        caller: Caller,
        session: NewSession,
        primary: Option<Login>,
        now: UnixMicros,
    ) -> Tokens {
        let life = match session.refresh {
            Some(_) => self.settings.access_token_seconds,
            None => self.settings.terminal_session_seconds,
        };
        Tokens {
            session_id: session.id,
            access_token: issue(&self.keys, caller, primary, now, life),
            expires_in_seconds: life,
            refresh_token: session.refresh.map(|token| token.text),
        }
    }
}

/// A session that was just written, with its first refresh token if it has one.
struct NewSession {
    id: SessionId,
    refresh: Option<RefreshToken>,
}

/// Checking a password takes its time, and the password may have been changed meanwhile: whoever
/// changed it has ended every session, and wants no new one of the old password.
fn still_fits(tx: &mut Tx<'_>, customer: &Customer) -> Result<(), SignInError> {
    repo::customers::lock(tx, customer.id)?;
    let stored = repo::customers::get(tx, customer.id)?
        .filter(|stored| stored.password_hash == customer.password_hash)
        .ok_or(SignInError::Wrong)?;
    if stored.enabled {
        Ok(())
    } else {
        Err(SignInError::Disabled)
    }
}

/// The account that a terminal opens with.
pub(super) fn primary_login(accounts: &[(Account, Group)]) -> Option<Login> {
    let personal = |(account, _): &&(Account, Group)| account.kind == AccountKind::Personal;
    accounts.iter().find(personal).map(|(a, _)| a.login)
}

/// Addresses are compared without their case.
pub(crate) fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

fn bounded(password: SecretString) -> Result<SecretString, SignInError> {
    if password.expose_secret().len() > PASSWORD_BYTES_MAX {
        Err(SignInError::Wrong)
    } else {
        Ok(password)
    }
}

/// `None`: no brand was named. `Some(None)`: a brand that does not exist.
pub(super) fn named_brand(
    tx: &mut Tx<'_>,
    name: Option<&str>,
) -> Result<Option<Option<BrandId>>, StoreError> {
    match name {
        None => Ok(None),
        Some(name) => Ok(Some(repo::brands::by_name(tx, name)?.map(|brand| brand.id))),
    }
}
