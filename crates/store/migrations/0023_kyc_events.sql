-- Who has said what is known of a customer's identity; empty where staff did.
ALTER TABLE customer ADD COLUMN kyc_provider TEXT NOT NULL DEFAULT '';

-- What providers have told, each message once.
CREATE TABLE kyc_event (
    provider {text} NOT NULL,
    event_id {text} NOT NULL,
    customer_id {bigint} NOT NULL REFERENCES customer (id),
    status {bigint} NOT NULL,
    body_hash {blob} NOT NULL,
    received_at {bigint} NOT NULL,
    PRIMARY KEY (provider, event_id)
) {strict_clustered};
