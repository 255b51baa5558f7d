-- Where the firm's own programs are told what happens. `events` are kinds and beginnings (`payout.*`) with commas between
-- them, nothing is every kind. The secrets are sealed. Events up to `after_seq` are not sent by themselves; the four
-- `replay_` columns are a stretch of the outbox that is told once more: numbers above `replay_after`, up to `replay_through`.
CREATE TABLE webhook_endpoint (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    description TEXT NOT NULL,
    enabled {bigint} NOT NULL,
    disabled_by {bigint},
    sealed_secret {blob} NOT NULL,
    old_secret {blob},
    old_secret_until {bigint},
    failing_since {bigint},
    after_seq {bigint} NOT NULL,
    replay_after {bigint},
    replay_through {bigint},
    replay_since {bigint},
    replay_until {bigint},
    created_by {bigint} NOT NULL REFERENCES staff (id),
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL,
    deleted_at {bigint}
) {strict};
CREATE INDEX webhook_endpoint_by_brand ON webhook_endpoint (brand_id, id);

-- One event for one endpoint; `seq` is the event's number, and none for a test. What is sent is made from the event when it
-- is sent. Of a `lane` only the first that waits has a `due_at`.
CREATE TABLE webhook_delivery (
    id {bigint} PRIMARY KEY,
    endpoint_id {bigint} NOT NULL REFERENCES webhook_endpoint (id),
    seq {bigint},
    kind TEXT NOT NULL,
    lane {text} NOT NULL,
    state {bigint} NOT NULL,
    attempts {bigint} NOT NULL,
    due_at {bigint},
    claimed_until {bigint},
    response_status {bigint},
    response_body TEXT NOT NULL,
    last_error TEXT NOT NULL,
    created_at {bigint} NOT NULL,
    attempted_at {bigint},
    ended_at {bigint}
) {strict};
CREATE UNIQUE INDEX webhook_delivery_by_event ON webhook_delivery (endpoint_id, seq) WHERE seq IS NOT NULL;
CREATE INDEX webhook_delivery_by_endpoint ON webhook_delivery (endpoint_id, id);
CREATE INDEX webhook_delivery_by_state ON webhook_delivery (endpoint_id, state, id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, due_at) WHERE state = 0 AND due_at IS NOT NULL;
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (endpoint_id, lane, seq) WHERE state = 0;
CREATE INDEX webhook_delivery_ended ON webhook_delivery (ended_at) WHERE ended_at IS NOT NULL;
