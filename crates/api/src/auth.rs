//! Who is asking: the extractors that stand in a handler's arguments.

use std::net::IpAddr;

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};
use touchstone_domain::{CustomerId, Login, StaffId};

use crate::{
    ApiState,
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
}

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
        admit(parts, state.rate_limits.count_address(address))
            .map_err(|refusal| refusal.in_dialect(Dialect::of(parts.uri.path())))?;
        Ok(Self { address })
    }
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
