-- What has become of a fee since it was earned: 0 nothing, 1 a refund is owed, 2 refunded, 3 charged back.
ALTER TABLE purchase ADD COLUMN fee_state {bigint} NOT NULL DEFAULT 0;

-- One time that an earned fee went away again. kind: 0 refund, 1 chargeback; effect on the challenge: 0 it has ended,
-- 1 it rests as long as the claim is in force. A dispute that was won has its mirror: reversal and reversal_order.
CREATE TABLE fee_claim (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    customer_id {bigint} NOT NULL REFERENCES customer (id),
    challenge_id {bigint} NOT NULL REFERENCES challenge (id),
    purchase_id {bigint} NOT NULL REFERENCES purchase (id),
    kind {bigint} NOT NULL,
    effect {bigint} NOT NULL,
    amount_minor {bigint} NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    is_override {bigint} NOT NULL,
    transaction_id {bigint} REFERENCES payment_transaction (id),
    order_no {bigint} NOT NULL,
    reason TEXT NOT NULL,
    made_at {bigint} NOT NULL,
    reversal {bigint} REFERENCES payment_transaction (id),
    reversal_order {bigint},
    reversed_at {bigint}
) {strict};
-- A fee is away once.
CREATE UNIQUE INDEX fee_claim_in_force ON fee_claim (purchase_id) WHERE reversed_at IS NULL;
CREATE INDEX fee_claim_by_challenge ON fee_claim (challenge_id);

-- What staff did by hand is undone once (11 and 12 are the kinds of that).
CREATE UNIQUE INDEX manual_undone_once ON payment_transaction (related_id) WHERE kind IN (11, 12);
