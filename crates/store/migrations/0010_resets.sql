-- A reset is a purchase of another attempt at the phase that a challenge has failed in: it has no challenge of its own.
ALTER TABLE purchase ADD COLUMN resets {bigint};
CREATE INDEX purchase_by_reset ON purchase (resets) WHERE resets IS NOT NULL;
-- When the attempt was bought; empty for what was bought with the challenge.
ALTER TABLE phase ADD COLUMN purchased_at {bigint};
