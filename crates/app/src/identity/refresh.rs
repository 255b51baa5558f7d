//! Refresh tokens: good once, and a session whose old token comes again is ended.

use super::{Caller, CustomerCaller, SessionError, StaffCaller, Tokens, issue};
use crate::App;
use crate::keys::token_hash;
use crate::ports::Random;
use subtle::ConstantTimeEq;
use touchstone_domain::{CustomerId, SessionId, StaffId};
use touchstone_store::repo::{self, sessions::Session, sessions::SubjectKind};
use touchstone_store::{StoreError, Tx};

/// The secret part of a refresh token, and what is stored of it.
#[derive(Clone)]
pub(super) struct RefreshToken {
    secret: String,
    pub(super) hash: [u8; 32],
}

impl RefreshToken {
    /// Session, how often it was rotated, secret.
    pub(super) fn text(&self, session: SessionId, generation: i64) -> String {
        format!("{session}.{generation}.{}", self.secret)
    }
}

pub(super) fn new_refresh_token(random: &dyn Random) -> RefreshToken {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    let secret = hex::encode(bytes);
    RefreshToken {
        hash: token_hash(&secret),
        secret,
    }
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
            new_refresh_token(self.ports.random.as_ref()),
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
                    repo::sessions::revoke(tx, session, now)?;
                    return Ok(Outcome::Refused);
                }
                let fits: bool = token_hash(&secret).ct_eq(stored).into();
                if generation != found.refresh_generation || !fits {
                    return Ok(Outcome::Refused);
                }
                let until = now.plus_seconds(app.settings.refresh_token_seconds);
                repo::sessions::rotate(tx, session, &next.hash, generation + 1, until)?;
                Ok::<_, StoreError>(Outcome::Rotated(app.rotated(&found, &next, now)))
            })
            .await?;
        match outcome {
            Outcome::Rotated(tokens) => Ok(tokens),
            Outcome::Refused => Err(SessionError::Ended),
        }
    }

    fn rotated(
        &self,
        session: &Session,
        next: &RefreshToken,
        now: touchstone_domain::UnixMicros,
    ) -> Tokens {
        let caller = match session.subject_kind {
            SubjectKind::Staff => Caller::Staff(StaffCaller {
                session_id: session.id,
                brand_id: session.brand_id,
                staff_id: StaffId(session.subject_id),
            }),
            // Sessions of accounts have no refresh token.
            SubjectKind::Customer | SubjectKind::Account => Caller::Customer(CustomerCaller {
                session_id: session.id,
                brand_id: session.brand_id,
                customer_id: CustomerId(session.subject_id),
            }),
        };
        let life = self.settings.access_token_seconds;
        Tokens {
            session_id: session.id,
            access_token: issue(&self.keys, caller, None, now, life),
            expires_in_seconds: life,
            refresh_token: Some(next.text(session.id, session.refresh_generation + 1)),
        }
    }
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
