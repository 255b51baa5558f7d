//! What becomes of a token: other terms, another secret, or its end.

use super::make::{TokenError, networks_text, require_within, write_down};
use super::secret::Secret;
use super::view::{Expiry, TokenView, view};
use crate::App;
use crate::identity::{StaffCaller, require_live_staff};
use ipnet::IpNet;
use touchstone_domain::access::{Permission, Permissions};
use touchstone_domain::{ApiTokenId, UnixMicros};
use touchstone_store::repo::{self, api_tokens::ApiToken};

/// New values for some fields; `None` leaves one as it is.
#[derive(Clone, Debug, Default)]
pub struct TokenPatch {
    pub name: Option<String>,
    pub scopes: Option<Permissions>,
    pub ip_allowlist: Option<Vec<IpNet>>,
    pub rate_limit: Option<Option<i64>>,
    /// From now on.
    pub extend: Option<Expiry>,
    pub enabled: Option<bool>,
}

enum Step {
    Patch(TokenPatch),
    Rotate(Secret),
    Revoke,
}

impl Step {
    const fn action(&self) -> &'static str {
        match self {
            Self::Patch(_) => "api_token.update",
            Self::Rotate(_) => "api_token.rotate",
            Self::Revoke => "api_token.revoke",
        }
    }

    /// Whether a token can do no more afterwards, and nobody has got a secret: then it need not be one's own.
    fn takes_away(&self, before: &ApiToken) -> bool {
        match self {
            Self::Revoke => true,
            Self::Rotate(_) => false,
            Self::Patch(patch) => {
                patch
                    .scopes
                    .is_none_or(|scopes| before.scopes.covers(scopes))
                    && patch.ip_allowlist.is_none()
                    && patch.rate_limit.is_none()
                    && patch.extend.is_none()
                    && patch.enabled != Some(true)
            }
        }
    }

    fn take(&self, token: &mut ApiToken, now: UnixMicros) {
        match self {
            Self::Patch(patch) => patch.apply(token, now),
            Self::Rotate(secret) => {
                (token.prefix, token.last4) = secret.shown();
                token.secret_hash = secret.hash().to_vec();
            }
            Self::Revoke => token.revoked_at = Some(now),
        }
    }
}

impl TokenPatch {
    fn apply(&self, token: &mut ApiToken, now: UnixMicros) {
        if let Some(name) = &self.name {
            token.name.clone_from(name);
        }
        token.scopes = self.scopes.unwrap_or(token.scopes);
        if let Some(networks) = &self.ip_allowlist {
            token.ip_allowlist = networks_text(networks);
        }
        token.rate_limit = self.rate_limit.unwrap_or(token.rate_limit);
        if let Some(extend) = self.extend {
            token.expires_at = extend.from(now);
        }
        token.enabled = self.enabled.unwrap_or(token.enabled);
    }
}

impl App {
    /// Changes what a token is for, or how long it is good.
    ///
    /// # Errors
    /// See [`TokenError`]; nothing was changed.
    pub async fn change_api_token(
        &self,
        caller: StaffCaller,
        id: ApiTokenId,
        patch: TokenPatch,
    ) -> Result<TokenView, TokenError> {
        self.step_token(caller, id, Step::Patch(patch)).await
    }

    /// Gives a token another secret, which is shown by this answer and never again; the one before is worth nothing from
    /// now on.
    ///
    /// # Errors
    /// See [`TokenError`]; nothing was changed.
    pub async fn rotate_api_token(
        &self,
        caller: StaffCaller,
        id: ApiTokenId,
    ) -> Result<(TokenView, Secret), TokenError> {
        let drawn = self.ports.random.bytes::<32>();
        let step = Step::Rotate(Secret::new(id, drawn));
        let view = self.step_token(caller, id, step).await?;
        Ok((view, Secret::new(id, drawn)))
    }

    /// Ends a token for good, at once. A repeat changes nothing.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn revoke_api_token(
        &self,
        caller: StaffCaller,
        id: ApiTokenId,
    ) -> Result<TokenView, TokenError> {
        self.step_token(caller, id, Step::Revoke).await
    }

    async fn step_token(
        &self,
        caller: StaffCaller,
        id: ApiTokenId,
        step: Step,
    ) -> Result<TokenView, TokenError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ManageApiTokens, now)?;
                let before = repo::api_tokens::lock(tx, caller.brand_id, id)?;
                let before = before.ok_or(TokenError::NotFound)?;
                if before.revoked_at.is_some() {
                    return match step {
                        Step::Revoke => Ok(view(tx, &before, now)?),
                        Step::Patch(_) | Step::Rotate(_) => Err(TokenError::Revoked),
                    };
                }
                let mut after = before.clone();
                step.take(&mut after, now);
                if before.created_by != caller.staff_id && !step.takes_away(&before) {
                    return Err(TokenError::NotYours);
                }
                // Who gets the secret must be allowed what it opens.
                if !matches!(step, Step::Revoke) {
                    require_within(&pass, after.scopes)?;
                }
                if after != before {
                    after.updated_at = now;
                    repo::api_tokens::update(tx, &after)?;
                    let action = step.action();
                    write_down(tx, &caller, action, Some(&before), &after, now)?;
                }
                Ok(view(tx, &after, now)?)
            })
            .await
    }
}
