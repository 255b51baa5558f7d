//! A token as it is shown, without its secret.

use touchstone_domain::access::Permissions;
use touchstone_domain::{ApiTokenId, StaffId, UnixMicros};
use touchstone_store::repo::api_tokens::ApiToken;
use touchstone_store::{StoreError, Tx, repo};

const DAY_SECONDS: i64 = 86_400;

/// How long a token is good from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expiry {
    Days30,
    #[default]
    Days90,
    Year,
    Never,
}

impl Expiry {
    pub(super) fn from(self, now: UnixMicros) -> Option<UnixMicros> {
        let days = match self {
            Self::Days30 => 30,
            Self::Days90 => 90,
            Self::Year => 365,
            Self::Never => return None,
        };
        Some(now.plus_seconds(days * DAY_SECONDS))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStatus {
    Active,
    /// Switched off, or its maker may not sign in.
    Disabled,
    Revoked,
    Expired,
}

impl TokenStatus {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

#[derive(Clone, Debug)]
pub struct TokenView {
    pub id: ApiTokenId,
    pub name: String,
    pub prefix: String,
    pub last4: String,
    pub scopes: Permissions,
    pub ip_allowlist: Vec<String>,
    /// Requests a minute.
    pub rate_limit: Option<i64>,
    pub expires_at: Option<UnixMicros>,
    pub status: TokenStatus,
    pub created_by: StaffId,
    pub created_at: UnixMicros,
    /// To the minute.
    pub last_used_at: Option<UnixMicros>,
}

pub(super) fn status(token: &ApiToken, maker_enabled: bool, now: UnixMicros) -> TokenStatus {
    if token.revoked_at.is_some() {
        TokenStatus::Revoked
    } else if token.expires_at.is_some_and(|at| at <= now) {
        TokenStatus::Expired
    } else if token.enabled && maker_enabled {
        TokenStatus::Active
    } else {
        TokenStatus::Disabled
    }
}

pub(super) fn networks(token: &ApiToken) -> impl Iterator<Item = &str> {
    let all = token.ip_allowlist.split(',');
    all.filter(|network| !network.is_empty())
}

pub(super) fn view(
    tx: &mut Tx<'_>,
    token: &ApiToken,
    now: UnixMicros,
) -> Result<TokenView, StoreError> {
    let maker = repo::staff::get(tx, token.created_by)?;
    let maker_enabled = maker.is_some_and(|staff| staff.enabled);
    Ok(TokenView {
        id: token.id,
        name: token.name.clone(),
        prefix: token.prefix.clone(),
        last4: token.last4.clone(),
        scopes: token.scopes,
        ip_allowlist: networks(token).map(str::to_owned).collect(),
        rate_limit: token.rate_limit,
        expires_at: token.expires_at,
        status: status(token, maker_enabled, now),
        created_by: token.created_by,
        created_at: token.created_at,
        last_used_at: token.last_used_at,
    })
}
