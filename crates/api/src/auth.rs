//! Who is asking: the extractors that stand in a handler's arguments.
//!
//! They trust the token, not the session: that it was not revoked is told by the use case, in the
//! transaction that acts for the caller.

use std::net::IpAddr;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
    response::Response,
};
use touchstone_app::App;
use touchstone_app::api_tokens::EntryError;
use touchstone_app::identity::{self, AccountCaller, Caller, CustomerCaller, StaffCaller};
use touchstone_domain::{ApiTokenId, CustomerId, Login, StaffId};

use crate::{
    ApiState,
    console::cookies::Unproved,
    dialect::{Dialect, Refusal},
    edge::CountedStanding,
    rate_limit::Standing,
};

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Person {
    Customer(CustomerId),
    Staff(StaffId),
    Account(Login),
    /// A program that acts for a person of the firm.
    Token(ApiTokenId),
}

impl Person {
    pub const fn of(caller: &Caller) -> Self {
        match caller {
            Caller::Customer(customer) => Self::Customer(customer.customer_id),
            Caller::Staff(staff) => Self::Staff(staff.staff_id),
            Caller::Account(account) => Self::Account(account.login),
        }
    }
}

/// A trader.
#[derive(Debug, Clone, Copy)]
pub struct Customer(pub CustomerCaller);

/// A person of the firm.
#[derive(Debug, Clone, Copy)]
pub struct Staff(pub StaffCaller);

/// A trading account that was signed in to with its own password.
#[derive(Debug, Clone, Copy)]
pub struct AccountUser(pub AccountCaller);

/// Who may trade: a customer, or the session of a trading account.
#[derive(Debug, Clone, Copy)]
pub struct Trader(pub Caller);

/// Anyone who is signed in.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn(pub Caller);

/// Somebody who need not be signed in: his requests are counted by address.
#[derive(Debug, Clone, Copy)]
pub struct Visitor {
    pub address: IpAddr,
}

impl FromRequestParts<ApiState> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Response> {
        let address = state
            .trusted_proxies
            .client(&parts.headers, &parts.extensions);
        in_dialect(
            parts,
            admit(parts, state.rate_limits.count_address(address)),
        )?;
        Ok(Self { address })
    }
}

/// Where a request comes from, uncounted.
#[derive(Debug, Clone, Copy)]
pub struct Address(pub IpAddr);

impl FromRequestParts<ApiState> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &ApiState,
    ) -> Result<Self, Self::Rejection> {
        let proxies = &state.trusted_proxies;
        Ok(Self(proxies.client(&parts.headers, &parts.extensions)))
    }
}

/// An extractor for one kind of caller, or for all.
macro_rules! caller {
    ($extractor:ident, $wanted:literal, $kind:pat => $inner:expr) => {
        impl FromRequestParts<ApiState> for $extractor {
            type Rejection = Response;

            async fn from_request_parts(
                parts: &mut Parts,
                state: &ApiState,
            ) -> Result<Self, Response> {
                let caller = in_dialect(parts, signed_in(parts, state).await)?;
                match caller {
                    $kind => Ok(Self($inner)),
                    #[allow(unreachable_patterns, reason = "one extractor takes every kind")]
                    _ => in_dialect(parts, Err(Refusal::WrongKind($wanted))),
                }
            }
        }
    };
}

caller!(Customer, "This needs the session of a customer", Caller::Customer(caller) => caller);
caller!(Staff, "This needs the session of a staff member", Caller::Staff(caller) => caller);
caller!(AccountUser, "This needs the session of a trading account", Caller::Account(caller) => caller);
caller!(Trader, "This needs the session of a customer or of a trading account",
    trader @ (Caller::Customer(_) | Caller::Account(_)) => trader);
caller!(SignedIn, "This needs a session", caller => caller);

/// Reads the token and counts the request.
async fn signed_in(parts: &Parts, state: &ApiState) -> Result<Caller, Refusal> {
    let dialect = Dialect::of(parts.uri.path());
    let Some(token) = token(&parts.headers, dialect) else {
        let unproved = parts.extensions.get::<Unproved>();
        return Err(unproved.map_or(Refusal::Unauthorized, |why| Refusal::WrongKind(why.0)));
    };
    if App::is_api_token(token) {
        return program(parts, state, token).await;
    }
    let caller = identity::verify(&state.app.keys, token, state.app.now())
        .map_err(|identity::InvalidToken| Refusal::Unauthorized)?;
    let person = Person::of(&caller);
    admit(parts, state.rate_limits.count_person(person))?;
    Ok(caller)
}

/// A program that acts for a person of the firm. Tokens that are none are counted by address.
async fn program(parts: &Parts, state: &ApiState, token: &str) -> Result<Caller, Refusal> {
    let proxies = &state.trusted_proxies;
    let address = proxies.client(&parts.headers, &parts.extensions);
    let entry = match state.app.enter_with_token(token, address).await {
        Ok(entry) => entry,
        Err(error) => {
            admit(parts, state.rate_limits.count_address(address))?;
            return Err(match error {
                EntryError::Invalid(_) => Refusal::Unauthorized,
                EntryError::Address => Refusal::WrongKind("The token is not for this address"),
                EntryError::Store(error) => error.into(),
            });
        }
    };
    let limits = &state.rate_limits;
    admit(parts, limits.count_token(entry.token_id, entry.rate_limit))?;
    Ok(Caller::Staff(entry.caller))
}

/// Notes the standing for the answer's headers, and refuses whoever has used up his allowance.
fn admit(parts: &Parts, standing: Option<Standing>) -> Result<(), Refusal> {
    let Some(standing) = standing else {
        return Ok(());
    };
    if let Some(counted) = parts.extensions.get::<CountedStanding>() {
        counted.set(standing);
    }
    match standing.retry_after {
        None => Ok(()),
        Some(retry_after) => Err(Refusal::RateLimited { retry_after }),
    }
}

#[expect(
    clippy::result_large_err,
    reason = "an extractor refuses with a whole answer"
)]
fn in_dialect<T>(parts: &Parts, result: Result<T, Refusal>) -> Result<T, Response> {
    result.map_err(|refusal| refusal.in_dialect(Dialect::of(parts.uri.path())))
}

/// The token of `Authorization: Bearer X`; ScaleTrade's clients may send the bare token.
fn token(headers: &HeaderMap, dialect: Dialect) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?.trim();
    let token = match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim_start(),
        None if dialect == Dialect::ScaleTrade => value,
        _ => return None,
    };
    (!token.is_empty()).then_some(token)
}
