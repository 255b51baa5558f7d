//! What one does with one's own second factor.

use super::code::{BACKUP_CODES, CodeError, SECRET_BYTES, backup_code, codes, kept};
use crate::App;
use crate::identity::{
    Caller, CustomerCaller, SessionError, StaffCaller, require_live_customer, require_person,
};
use touchstone_domain::{BrandId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::sessions::SubjectKind;
use touchstone_store::repo::totp::{self, Subject, Totp};
use touchstone_store::{StoreError, Tx, repo};

#[derive(Debug, thiserror::Error)]
pub enum TotpError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Trading accounts have none.
    #[error("a trading account has no second factor; its customer has")]
    NotForAccounts,
    #[error("the second factor is on; switch it off first")]
    IsOn,
    #[error("the second factor is not on")]
    IsOff,
    /// Nothing that a code could confirm.
    #[error("ask for a secret first")]
    NotEnrolled,
    #[error(transparent)]
    Code(#[from] CodeError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the device is told; it asks for nothing before a code has confirmed it.
pub struct Enrolment {
    /// Base32.
    pub secret: String,
    /// `otpauth://totp/...`
    pub uri: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TotpStanding {
    /// `None` while it is off.
    pub confirmed_at: Option<UnixMicros>,
    pub backup_codes_left: i64,
}

/// Whose factor it is.
pub(super) struct Person {
    pub of: Subject,
    pub brand_id: BrandId,
    email: String,
}

fn person(tx: &mut Tx<'_>, caller: &Caller, now: UnixMicros) -> Result<Person, TotpError> {
    match caller {
        Caller::Customer(caller) => customer(tx, caller, now),
        Caller::Staff(caller) => staff(tx, caller, now),
        Caller::Account(_) => Err(TotpError::NotForAccounts),
    }
}

fn customer(
    tx: &mut Tx<'_>,
    caller: &CustomerCaller,
    now: UnixMicros,
) -> Result<Person, TotpError> {
    repo::customers::lock(tx, caller.customer_id)?;
    require_live_customer(tx, caller, now)?;
    let found = repo::customers::get(tx, caller.customer_id)?;
    Ok(Person {
        of: (SubjectKind::Customer, caller.customer_id.0),
        brand_id: caller.brand_id,
        email: found.ok_or(SessionError::Ended)?.email,
    })
}

fn staff(tx: &mut Tx<'_>, caller: &StaffCaller, now: UnixMicros) -> Result<Person, TotpError> {
    require_person(tx, caller, now)?;
    repo::staff::lock(tx, caller.staff_id)?;
    let found = repo::staff::get(tx, caller.staff_id)?;
    Ok(Person {
        of: (SubjectKind::Staff, caller.staff_id.0),
        brand_id: caller.brand_id,
        email: found.ok_or(SessionError::Ended)?.email,
    })
}

impl App {
    /// # Errors
    /// See [`TotpError`].
    pub async fn totp_standing(&self, caller: Caller) -> Result<TotpStanding, TotpError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                let person = person(tx, &caller, now)?;
                let confirmed_at = totp::get(tx, person.of)?.and_then(|t| t.confirmed_at);
                Ok(TotpStanding {
                    confirmed_at,
                    backup_codes_left: totp::count_backup_codes(tx, person.of)?,
                })
            })
            .await
    }

    /// A new secret for a device; the one before, if no code has confirmed it, is forgotten.
    ///
    /// # Errors
    /// [`TotpError::IsOn`] while a factor is on.
    pub async fn enrol_totp(&self, caller: Caller) -> Result<Enrolment, TotpError> {
        let (app, now) = (self.clone(), self.now());
        let secret = self.ports.random.bytes::<SECRET_BYTES>();
        let nonce = self.ports.random.bytes::<24>();
        self.store
            .write(move |tx| {
                let person = person(tx, &caller, now)?;
                let before = totp::lock(tx, person.of)?;
                if before.as_ref().is_some_and(|t| t.confirmed_at.is_some()) {
                    return Err(TotpError::IsOn);
                }
                let factor = Totp {
                    sealed_secret: app.keys.seal_totp(person.of, &secret, &nonce),
                    confirmed_at: None,
                    last_step: 0,
                    created_at: now,
                    // A new secret gives no new guesses.
                    wrong_codes: before.as_ref().map_or(0, |t| t.wrong_codes),
                    wrong_at: before.and_then(|t| t.wrong_at),
                };
                totp::put(tx, person.of, &factor)?;
                write_down(tx, &person, "totp.enrol", (None, None), now)?;
                let brand = app.brand_name(tx, person.brand_id)?;
                let codes = codes(&secret, &brand, &person.email).ok_or(CodeError::Wrong)?;
                Ok(Enrolment {
                    secret: totp_rs::Secret::from(secret.to_vec()).to_base32(),
                    uri: codes.to_url().map_err(|_| CodeError::Wrong)?,
                })
            })
            .await
    }

    /// Switches the factor on with a first code; gives the codes for who loses the device, which are shown this once.
    ///
    /// # Errors
    /// See [`TotpError`]; nothing was changed.
    pub async fn confirm_totp(
        &self,
        caller: Caller,
        code: String,
    ) -> Result<Vec<String>, TotpError> {
        let (app, now, spare) = (self.clone(), self.now(), self.draw_backup_codes());
        self.taking(move |tx| {
            let person = person(tx, &caller, now)?;
            let factor = totp::lock(tx, person.of)?;
            let mut factor = factor.ok_or(TotpError::NotEnrolled)?;
            if factor.confirmed_at.is_some() {
                return Err(TotpError::IsOn);
            }
            app.take_code(tx, person.of, &mut factor, &code, now)?;
            factor.confirmed_at = Some(now);
            totp::put(tx, person.of, &factor)?;
            app.keep_backup_codes(tx, person.of, &spare)?;
            let told = (Some(false), Some(true));
            write_down(tx, &person, "totp.enable", told, now)?;
            Ok(spare.clone())
        })
        .await
    }

    /// Switches the factor off, with a code.
    ///
    /// # Errors
    /// See [`TotpError`]; nothing was changed.
    pub async fn disable_totp(&self, caller: Caller, code: String) -> Result<(), TotpError> {
        let (app, now) = (self.clone(), self.now());
        self.taking(move |tx| {
            let person = app.person_with_code(tx, &caller, &code, now)?;
            totp::remove(tx, person.of)?;
            let told = (Some(true), Some(false));
            write_down(tx, &person, "totp.disable", told, now)?;
            Ok(())
        })
        .await
    }

    /// Other codes for who loses the device, with a code; the ones before are worth nothing from now on.
    ///
    /// # Errors
    /// See [`TotpError`]; nothing was changed.
    pub async fn renew_backup_codes(
        &self,
        caller: Caller,
        code: String,
    ) -> Result<Vec<String>, TotpError> {
        let (app, now, spare) = (self.clone(), self.now(), self.draw_backup_codes());
        self.taking(move |tx| {
            let person = app.person_with_code(tx, &caller, &code, now)?;
            app.keep_backup_codes(tx, person.of, &spare)?;
            write_down(tx, &person, "totp.backup_codes", (None, None), now)?;
            Ok(spare.clone())
        })
        .await
    }

    /// A transaction that takes a code before it changes anything.
    async fn taking<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, TotpError> + Send + 'static,
    ) -> Result<T, TotpError> {
        let is_wrong = |error: &TotpError| matches!(error, TotpError::Code(CodeError::Wrong));
        self.store.write(move |tx| kept(work(tx), is_wrong)).await?
    }

    fn person_with_code(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        code: &str,
        now: UnixMicros,
    ) -> Result<Person, TotpError> {
        let person = person(tx, caller, now)?;
        let factor = totp::lock(tx, person.of)?.filter(|factor| factor.confirmed_at.is_some());
        let mut factor = factor.ok_or(TotpError::IsOff)?;
        self.take_code(tx, person.of, &mut factor, code, now)?;
        Ok(person)
    }

    fn draw_backup_codes(&self) -> Vec<String> {
        let draw = |_| backup_code(self.ports.random.bytes());
        (0..BACKUP_CODES).map(draw).collect()
    }

    fn keep_backup_codes(
        &self,
        tx: &mut Tx<'_>,
        of: Subject,
        codes: &[String],
    ) -> Result<(), StoreError> {
        let hashes = codes.iter().map(|code| self.backup_hash(of, code));
        totp::set_backup_codes(tx, of, &hashes.collect::<Vec<_>>())
    }
}

/// By the person himself.
fn write_down(
    tx: &mut Tx<'_>,
    person: &Person,
    action: &str,
    (before, after): (Option<bool>, Option<bool>),
    now: UnixMicros,
) -> Result<(), StoreError> {
    let kind = match person.of.0 {
        SubjectKind::Staff => "staff",
        SubjectKind::Customer | SubjectKind::Account => "customer",
    };
    let text = |is_on: bool| serde_json::json!({ "totp_enabled": is_on }).to_string();
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id: person.brand_id,
            actor_kind: kind,
            actor_id: person.of.1,
            action,
            subject_kind: kind,
            subject_id: person.of.1,
            before: before.map(text).as_deref(),
            after: after.map(text).as_deref(),
            note: "",
        },
    )
}
