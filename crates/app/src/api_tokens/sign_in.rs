//! Who a token stands for.

use super::{secret, view};
use crate::App;
use crate::identity::{Credential, InvalidToken, StaffCaller};
use ipnet::IpNet;
use std::net::IpAddr;
use touchstone_domain::{ApiTokenId, UnixMicros};
use touchstone_store::repo::{self, api_tokens::ApiToken};
use touchstone_store::{StoreError, Tx};

/// A use is noted when the last one that was noted is this old: reading does not become writing.
const NOTED_EVERY_SECONDS: i64 = 60;

/// Somebody who came in with a token.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub caller: StaffCaller,
    pub token_id: ApiTokenId,
    /// Requests a minute, where the token has its own limit.
    pub rate_limit: Option<u32>,
}

#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Unknown, revoked, ended or switched off: the holder is told no more than that.
    #[error(transparent)]
    Invalid(#[from] InvalidToken),
    #[error("the token is not for this address")]
    Address,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Whether a text in the place of an access token is meant as an API token.
    pub fn is_api_token(text: &str) -> bool {
        secret::is_token(text)
    }

    /// Who comes in with a token from an address. What he may do is asked in the transaction that acts for him.
    ///
    /// # Errors
    /// See [`EntryError`].
    pub async fn enter_with_token(&self, text: &str, address: IpAddr) -> Result<Entry, EntryError> {
        let id = secret::number(text).ok_or(InvalidToken)?;
        let now = self.now();
        let found = self
            .store
            .read(move |tx| usable(tx, id, now))
            .await?
            .filter(|token| secret::fits(text, &token.secret_hash))
            .ok_or(InvalidToken)?;
        if !is_allowed(&found, address) {
            return Err(EntryError::Address);
        }
        let noted_before = now.plus_seconds(-NOTED_EVERY_SECONDS);
        if found.last_used_at.is_none_or(|at| at < noted_before) {
            self.store
                .write(move |tx| repo::api_tokens::note_use(tx, id, now, noted_before))
                .await?;
        }
        Ok(Entry {
            caller: StaffCaller {
                credential: Credential::Token(id),
                brand_id: found.brand_id,
                staff_id: found.created_by,
            },
            token_id: id,
            rate_limit: found.rate_limit.and_then(|limit| u32::try_from(limit).ok()),
        })
    }
}

fn usable(
    tx: &mut Tx<'_>,
    id: ApiTokenId,
    now: UnixMicros,
) -> Result<Option<ApiToken>, StoreError> {
    let Some(token) = repo::api_tokens::get(tx, id)? else {
        return Ok(None);
    };
    let maker = repo::staff::get(tx, token.created_by)?;
    let status = view::status(&token, maker.is_some_and(|staff| staff.enabled), now);
    Ok((status == view::TokenStatus::Active).then_some(token))
}

fn is_allowed(token: &ApiToken, address: IpAddr) -> bool {
    let mut networks = view::networks(token).peekable();
    let address = address.to_canonical();
    networks.peek().is_none()
        || networks.any(|network| {
            let network = network.parse::<IpNet>();
            network.is_ok_and(|network| network.contains(&address))
        })
}
