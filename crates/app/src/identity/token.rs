//! Access tokens: signed claims that name a session. Nothing in them has to be looked up to trust
//! them; whether the session still lives is told inside the transaction that acts for it.

use super::{Credential, CustomerCaller, StaffCaller};
use crate::keys::Keys;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use touchstone_domain::{BrandId, CustomerId, Login, SessionId, StaffId, UnixMicros};

const ISSUER: &str = "touchstone";

/// A trading account that was signed in to with its own password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountCaller {
    pub session_id: SessionId,
    pub brand_id: BrandId,
    pub login: Login,
}

/// Whoever holds a valid access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    Customer(CustomerCaller),
    Staff(StaffCaller),
    Account(AccountCaller),
}

impl Caller {
    /// Kind and key of the caller, as the audit names them.
    pub const fn actor(&self) -> (&'static str, i64) {
        match self {
            Self::Customer(caller) => ("customer", caller.customer_id.0),
            Self::Staff(caller) => ("staff", caller.staff_id.0),
            Self::Account(caller) => ("account", caller.login.0),
        }
    }

    /// `None` for an API token.
    pub const fn session_id(&self) -> Option<SessionId> {
        match self {
            Self::Customer(caller) => Some(caller.session_id),
            Self::Staff(caller) => caller.session_id(),
            Self::Account(caller) => Some(caller.session_id),
        }
    }
}

/// Forged, damaged, out of date, or no token of ours: the holder is told no more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid; sign in again")]
pub struct InvalidToken;

/// The documented values of the claim `type`, and one for the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Customer,
    User,
    Account,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    #[serde(rename = "type")]
    kind: Kind,
    /// The key of the customer or staff member, or the login.
    sub: String,
    sid: i64,
    brand: i64,
    /// A customer's first account, for terminals that open with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<i64>,
    /// Seconds since the epoch.
    iat: i64,
    /// Seconds since the epoch; at that second the token is worth nothing.
    exp: i64,
}

/// A token for `caller` from `now` on. `primary_login` is shown to terminals and grants nothing.
pub fn issue(
    keys: &Keys,
    caller: Caller,
    primary_login: Option<Login>,
    now: UnixMicros,
    life_seconds: i64,
) -> String {
    // A program's token is no session, and is never turned into one.
    let session_id = caller.session_id().unwrap_or(SessionId(0));
    let (kind, subject, brand_id) = match caller {
        Caller::Customer(c) => (Kind::Customer, c.customer_id.0, c.brand_id),
        Caller::Staff(s) => (Kind::User, s.staff_id.0, s.brand_id),
        Caller::Account(a) => (Kind::Account, a.login.0, a.brand_id),
    };
    let claims = Claims {
        iss: ISSUER.to_owned(),
        kind,
        sub: subject.to_string(),
        sid: session_id.0,
        brand: brand_id.0,
        login: primary_login.map(|login| login.0),
        iat: now.seconds(),
        exp: now.plus_seconds(life_seconds).seconds(),
    };
    let key = EncodingKey::from_secret(keys.access_token());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
        .expect("claims of numbers and names can be signed")
}

/// # Errors
/// [`InvalidToken`] unless the token is ours and has not ended.
pub fn verify(keys: &Keys, token: &str, now: UnixMicros) -> Result<Caller, InvalidToken> {
    verify_until(keys, token, now).map(|(caller, _)| caller)
}

/// With the instant from which on the token is worth nothing.
///
/// # Errors
/// As [`verify`].
pub fn verify_until(
    keys: &Keys,
    token: &str,
    now: UnixMicros,
) -> Result<(Caller, UnixMicros), InvalidToken> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["iss"]);
    // The library would read the machine's clock; ours is compared below.
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(keys.access_token());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
        .map_err(|_| InvalidToken)?
        .claims;
    if claims.exp <= now.seconds() {
        return Err(InvalidToken);
    }
    let subject: i64 = claims.sub.parse().map_err(|_| InvalidToken)?;
    let session_id = SessionId(claims.sid);
    let brand_id = BrandId(claims.brand);
    let caller = match claims.kind {
        Kind::Customer => Caller::Customer(CustomerCaller {
            session_id,
            brand_id,
            customer_id: CustomerId(subject),
        }),
        Kind::User => Caller::Staff(StaffCaller {
            credential: Credential::Session(session_id),
            brand_id,
            staff_id: StaffId(subject),
        }),
        Kind::Account => Caller::Account(AccountCaller {
            session_id,
            brand_id,
            login: Login(subject),
        }),
    };
    Ok((caller, UnixMicros::from_seconds(claims.exp)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretBox;

    const NOW: UnixMicros = UnixMicros::from_seconds(1_778_160_000);

    fn keys(byte: u8) -> Keys {
        Keys::new(&SecretBox::new(Box::new([byte; 32])))
    }

    fn customer() -> Caller {
        Caller::Customer(CustomerCaller {
            session_id: SessionId(9),
            brand_id: BrandId(1),
            customer_id: CustomerId(5),
        })
    }

    #[test]
    fn every_caller_comes_back_as_he_was() {
        let staff = Caller::Staff(StaffCaller {
            credential: Credential::Session(SessionId(1)),
            brand_id: BrandId(2),
            staff_id: StaffId(3),
        });
        let account = Caller::Account(AccountCaller {
            session_id: SessionId(1),
            brand_id: BrandId(2),
            login: Login(2_000_100),
        });
        for caller in [customer(), staff, account] {
            let token = issue(&keys(1), caller, Some(Login(100_001)), NOW, 900);
            assert_eq!(verify(&keys(1), &token, NOW), Ok(caller));
        }
    }

    #[test]
    fn a_token_ends_at_its_second() {
        let token = issue(&keys(1), customer(), None, NOW, 900);
        assert!(verify(&keys(1), &token, NOW.plus_seconds(899)).is_ok());
        assert_eq!(
            verify(&keys(1), &token, NOW.plus_seconds(900)),
            Err(InvalidToken)
        );
    }

    #[test]
    fn what_we_did_not_sign_is_worth_nothing() {
        let token = issue(&keys(1), customer(), None, NOW, 900);
        assert_eq!(verify(&keys(2), &token, NOW), Err(InvalidToken));
        for forged in [
            token.trim_end_matches(|_| true),
            "a.b.c",
            &token[..token.len() - 2],
        ] {
            assert_eq!(verify(&keys(1), forged, NOW), Err(InvalidToken));
        }
    }

    #[test]
    fn another_algorithm_is_refused() {
        // The same key and claims under HS512, and under "none".
        let claims = serde_json::json!({"iss": ISSUER, "type": "customer", "sub": "5", "sid": 9,
            "brand": 1, "iat": NOW.seconds(), "exp": NOW.seconds() + 900});
        let key = EncodingKey::from_secret(keys(1).access_token());
        let other = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims, &key).unwrap();
        assert_eq!(verify(&keys(1), &other, NOW), Err(InvalidToken));
        let payload = other.split('.').nth(1).unwrap();
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
        assert_eq!(verify(&keys(1), &unsigned, NOW), Err(InvalidToken));
    }
}
