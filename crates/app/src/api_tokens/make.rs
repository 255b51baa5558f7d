//! A token is made, and the list of them.

use super::secret::Secret;
use super::view::{Expiry, TokenView, view};
use crate::App;
use crate::identity::{SessionError, StaffCaller, StaffPass, require_live_staff};
use ipnet::IpNet;
use touchstone_domain::access::{Permission, Permissions};
use touchstone_domain::{ApiTokenId, UnixMicros};
use touchstone_store::repo::api_tokens::ApiToken;
use touchstone_store::repo::{self, audit::AuditRow, counters};
use touchstone_store::{StoreError, Tx};

/// Tokens of a brand that are not revoked.
const TOKENS_MAX: i64 = 500;

#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such token")]
    NotFound,
    #[error("you may not do `{}` yourself", .0.name())]
    AboveYou(Permission),
    /// A token that could make others would never end.
    #[error("`{}` is for people only", .0.name())]
    NotForTokens(Permission),
    #[error("the token was revoked")]
    Revoked,
    #[error("a firm has at most {limit} tokens; revoke one first")]
    TooMany { limit: i64 },
    /// Whoever got the secret, or more scopes, would act under the name of somebody else.
    #[error(
        "somebody else has made the token: you can revoke it, switch it off, rename it or take scopes away"
    )]
    NotYours,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a token is for.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub name: String,
    pub scopes: Permissions,
    pub expiry: Expiry,
    /// Empty for every address.
    pub ip_allowlist: Vec<IpNet>,
    /// Requests a minute.
    pub rate_limit: Option<i64>,
}

impl App {
    /// Makes a token for the caller. Its secret is shown by this answer and never again.
    ///
    /// # Errors
    /// See [`TokenError`]; nothing was made.
    pub async fn make_api_token(
        &self,
        caller: StaffCaller,
        new: NewToken,
    ) -> Result<(TokenView, Secret), TokenError> {
        let now = self.now();
        let drawn = self.ports.random.bytes::<32>();
        self.store
            .write(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ManageApiTokens, now)?;
                require_within(&pass, new.scopes)?;
                if repo::api_tokens::count_kept(tx, caller.brand_id)? >= TOKENS_MAX {
                    return Err(TokenError::TooMany { limit: TOKENS_MAX });
                }
                let id = ApiTokenId(tx.next_id(counters::API_TOKEN)?);
                let secret = Secret::new(id, drawn);
                let (prefix, last4) = secret.shown();
                let token = ApiToken {
                    id,
                    brand_id: caller.brand_id,
                    created_by: caller.staff_id,
                    name: new.name.clone(),
                    prefix,
                    last4,
                    secret_hash: secret.hash().to_vec(),
                    scopes: new.scopes,
                    ip_allowlist: networks_text(&new.ip_allowlist),
                    rate_limit: new.rate_limit,
                    expires_at: new.expiry.from(now),
                    enabled: true,
                    revoked_at: None,
                    created_at: now,
                    updated_at: now,
                    last_used_at: None,
                };
                repo::api_tokens::insert(tx, &token)?;
                write_down(tx, &caller, "api_token.create", None, &token, now)?;
                Ok((view(tx, &token, now)?, secret))
            })
            .await
    }

    /// The brand's tokens, newest first.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn api_tokens(
        &self,
        caller: StaffCaller,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<TokenView>, TokenError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewApiTokens, now)?;
                let found = repo::api_tokens::of_brand(tx, caller.brand_id, limit, offset)?;
                let mut views = Vec::with_capacity(found.len());
                for token in &found {
                    views.push(view(tx, token, now)?);
                }
                Ok(views)
            })
            .await
    }
}

/// A token may what its maker may, and makes no tokens.
pub(super) fn require_within(pass: &StaffPass, scopes: Permissions) -> Result<(), TokenError> {
    for scope in scopes.iter() {
        if !scope.is_for_tokens() {
            return Err(TokenError::NotForTokens(scope));
        }
        if !pass.permissions.has(scope) {
            return Err(TokenError::AboveYou(scope));
        }
    }
    Ok(())
}

pub(super) fn networks_text(networks: &[IpNet]) -> String {
    let texts: Vec<_> = networks.iter().map(IpNet::to_string).collect();
    texts.join(",")
}

/// Without anything of the secret but what is shown.
fn picture(token: &ApiToken) -> String {
    let scopes: Vec<_> = token.scopes.iter().map(Permission::name).collect();
    serde_json::json!({
        "name": token.name,
        "prefix": token.prefix,
        "scopes": scopes,
        "ip_allowlist": token.ip_allowlist,
        "rate_limit": token.rate_limit,
        "expires_at": token.expires_at.map(|at| at.rfc3339()),
        "is_active": token.enabled,
        "revoked_at": token.revoked_at.map(|at| at.rfc3339()),
    })
    .to_string()
}

pub(super) fn write_down(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    action: &str,
    before: Option<&ApiToken>,
    after: &ApiToken,
    now: UnixMicros,
) -> Result<(), StoreError> {
    repo::audit::insert(
        tx,
        &AuditRow {
            before: before.map(picture).as_deref(),
            after: Some(&picture(after)),
            ..caller.audited(now, action, ("api_token", after.id.0))
        },
    )
}
