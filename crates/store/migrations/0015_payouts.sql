-- What is known of a customer's identity, and since when.
ALTER TABLE customer ADD COLUMN kyc {bigint} NOT NULL DEFAULT 0;
ALTER TABLE customer ADD COLUMN kyc_at {bigint};

-- Profit on its way to a trader. Below 10 a payout is in flight, of which an account has one.
CREATE TABLE payout (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    customer_id {bigint} NOT NULL REFERENCES customer (id),
    challenge_id {bigint} NOT NULL REFERENCES challenge (id),
    phase_id {bigint} NOT NULL,
    login {bigint} NOT NULL REFERENCES account (login),
    state {bigint} NOT NULL,
    asked_by {bigint} NOT NULL,
    number {bigint} NOT NULL,
    cycle_from {bigint} NOT NULL,
    cycle_to {bigint} NOT NULL,
    currency TEXT NOT NULL,
    profit_minor {bigint} NOT NULL CHECK (profit_minor >= 0),
    share {bigint} NOT NULL,
    trader_minor {bigint} NOT NULL CHECK (trader_minor >= 0),
    firm_minor {bigint} NOT NULL CHECK (firm_minor >= 0),
    fee_refund_minor {bigint},
    fee_refund_currency TEXT,
    -- JSON: what was asked for and what there was, as it was decided.
    conditions TEXT NOT NULL,
    first_approved_by {bigint} REFERENCES staff (id),
    approved_by {bigint} REFERENCES staff (id),
    rejected_by {bigint} REFERENCES staff (id),
    reason TEXT NOT NULL,
    reference TEXT NOT NULL,
    transaction_id {bigint},
    requested_at {bigint} NOT NULL,
    approved_at {bigint},
    disbursing_at {bigint},
    ended_at {bigint},
    updated_at {bigint} NOT NULL
) {strict};
CREATE UNIQUE INDEX payout_in_flight ON payout (login) WHERE state < 10;
CREATE INDEX payout_by_challenge ON payout (challenge_id, id);
CREATE INDEX payout_by_customer ON payout (customer_id, id);
CREATE INDEX payout_by_brand ON payout (brand_id, id);

-- The entries of the ledger that belong to a payout.
CREATE TABLE payout_entry (
    order_no {bigint} PRIMARY KEY,
    payout_id {bigint} NOT NULL REFERENCES payout (id)
) {strict};
CREATE INDEX payout_entry_by_payout ON payout_entry (payout_id);

-- When the cycle of an account ends that is paid out by itself.
CREATE TABLE payout_cycle (
    login {bigint} PRIMARY KEY REFERENCES account (login),
    due_at {bigint} NOT NULL
) {strict};
CREATE INDEX payout_cycle_due ON payout_cycle (due_at);
