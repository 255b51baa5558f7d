//! Refresh tokens: good once, and a session whose old token comes again is ended.

use super::sessions::owner;
use super::sign_in::primary_login;
use super::{Caller, Credential, CustomerCaller, SessionError, StaffCaller, Tokens, issue};
use crate::App;
use crate::keys::{Keys, token_hash};
use subtle::ConstantTimeEq;
use touchstone_domain::{CustomerId, SessionId, StaffId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::{self, sessions::Session, sessions::SubjectKind};
use touchstone_store::{StoreError, Tx};

/// How many hexadecimal digits of a secret are chance; the rest is the seal.
const NONCE_DIGITS: usize = 64;

/// What is drawn for a refresh token before the transaction, which may run more than once.
#[derive(Clone)]
pub(super) struct RefreshNonce(String);

impl RefreshNonce {
    pub(super) fn new(drawn: [u8; 32]) -> Self {
        Self(hex::encode(drawn))
    }
}

/// A refresh token as it is sent, and what is stored of it.
pub(super) struct RefreshToken {
    /// Session, how often it was rotated, secret.
    pub(super) text: String,
    pub(super) hash: [u8; 32],
}

impl RefreshToken {
    pub(super) fn new(
        keys: &Keys,
        session: &Session,
        generation: i64,
        RefreshNonce(nonce): &RefreshNonce,
    ) -> Self {
        let seal = keys.refresh_token_seal(session, generation, nonce);
        let secret = format!("{nonce}{}", hex::encode(seal));
        Self {
            text: format!("{}.{generation}.{secret}", session.id),
            hash: token_hash(&secret),
        }
    }
}

/// Whether this secret was issued here for that generation of the session: nobody ends a session
/// by guessing its number.
fn is_genuine(keys: &Keys, session: &Session, generation: i64, secret: &str) -> bool {
    let Some((nonce, seal)) = secret.split_at_checked(NONCE_DIGITS) else {
        return false;
    };
    let expected = hex::encode(keys.refresh_token_seal(session, generation, nonce));
    seal.as_bytes().ct_eq(expected.as_bytes()).into()
}

enum Outcome {
    Rotated(Tokens),
    /// To be committed: the session was ended because an old token came again.
    Refused,
}

impl App {
    /// A new pair of tokens for a refresh token that is good; it is worth nothing afterwards.
    ///
    /// # Errors
    /// [`SessionError::Ended`] for any other token.
    pub async fn refresh(&self, token: &str) -> Result<Tokens, SessionError> {
        let Some((session, generation, secret)) = parse(token) else {
            return Err(SessionError::Ended);
        };
        let (app, now, next) = (
            self.clone(),
            self.now(),
            RefreshNonce::new(self.ports.random.bytes()),
        );
        let outcome = self
            .store
            .write(move |tx| {
                let Some(found) = repo::sessions::lock(tx, session)? else {
                    return Ok(Outcome::Refused);
                };
                let lives =
                    found.revoked_at.is_none() && found.expires_at > now && is_enabled(tx, &found)?;
                let Some(stored) = found.refresh_hash.as_deref().filter(|_| lives) else {
                    return Ok(Outcome::Refused);
                };
                if generation < found.refresh_generation {
                    if is_genuine(&app.keys, &found, generation, &secret) {
                        end_stolen(tx, &found, now)?;
                    }
                    return Ok(Outcome::Refused);
                }
                let fits: bool = token_hash(&secret).ct_eq(stored).into();
                if generation != found.refresh_generation || !fits {
                    return Ok(Outcome::Refused);
                }
                let until = now.plus_seconds(app.settings.refresh_token_seconds);
                let next = RefreshToken::new(&app.keys, &found, generation + 1, &next);
                repo::sessions::rotate(tx, session, &next.hash, generation + 1, until)?;
                Ok::<_, StoreError>(Outcome::Rotated(app.rotated(tx, &found, next, now)?))
            })
            .await?;
        match outcome {
            Outcome::Rotated(tokens) => Ok(tokens),
            Outcome::Refused => Err(SessionError::Ended),
        }
    }

    fn rotated(
        &self,
        tx: &mut Tx<'_>,
        session: &Session,
        next: RefreshToken,
        now: UnixMicros,
    ) -> Result<Tokens, StoreError> {
        let mut primary = None;
        let caller = match session.subject_kind {
            SubjectKind::Staff => Caller::Staff(StaffCaller {
                credential: Credential::Session(session.id),
                brand_id: session.brand_id,
                staff_id: StaffId(session.subject_id),
            }),
            // Sessions of accounts have no refresh token.
            SubjectKind::Customer | SubjectKind::Account => {
                let customer_id = CustomerId(session.subject_id);
                primary = primary_login(&repo::accounts::of_customer(tx, customer_id)?);
                Caller::Customer(CustomerCaller {
                    session_id: session.id,
                    brand_id: session.brand_id,
                    customer_id,
                })
            }
        };
        let life = self.settings.access_token_seconds;
        Ok(Tokens {
            session_id: session.id,
            access_token: issue(&self.keys, caller, primary, now, life),
            expires_in_seconds: life,
            refresh_token: Some(next.text),
        })
    }
}

/// A token that was used up came again: one of the two who have it is a thief.
fn end_stolen(tx: &mut Tx<'_>, session: &Session, now: UnixMicros) -> Result<(), StoreError> {
    repo::sessions::revoke(tx, session.id, now)?;
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id: session.brand_id,
            actor_kind: "system",
            actor_id: 0,
            action: "session.reuse",
            subject_kind: "session",
            subject_id: session.id.0,
            before: Some(&owner(session)),
            after: None,
            note: "a refresh token that was used up came again",
        },
    )
}

fn is_enabled(tx: &mut Tx<'_>, session: &Session) -> Result<bool, StoreError> {
    Ok(match session.subject_kind {
        SubjectKind::Customer => {
            repo::customers::get(tx, CustomerId(session.subject_id))?.is_some_and(|c| c.enabled)
        }
        SubjectKind::Staff => {
            repo::staff::get(tx, StaffId(session.subject_id))?.is_some_and(|s| s.enabled)
        }
        SubjectKind::Account => false,
    })
}

fn parse(token: &str) -> Option<(SessionId, i64, String)> {
    let mut parts = token.splitn(3, '.');
    let session = parts.next()?.parse().ok()?;
    let generation = parts.next()?.parse().ok()?;
    Some((SessionId(session), generation, parts.next()?.to_owned()))
}
