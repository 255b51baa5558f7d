-- Tokens with which a program does what its maker may, as far as the scopes go. Only a hash of the secret is kept.
-- `scopes` are names of permissions, `ip_allowlist` networks, both with commas between them; no network is every address.
CREATE TABLE api_token (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    created_by {bigint} NOT NULL REFERENCES staff (id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    last4 TEXT NOT NULL,
    secret_hash {blob} NOT NULL,
    scopes TEXT NOT NULL,
    ip_allowlist TEXT NOT NULL,
    rate_limit {bigint},
    expires_at {bigint},
    enabled {bigint} NOT NULL,
    revoked_at {bigint},
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL,
    last_used_at {bigint}
) {strict};
CREATE INDEX api_token_by_brand ON api_token (brand_id, id);

-- With which token a change was made.
ALTER TABLE audit ADD COLUMN api_token_id {bigint};
