-- An add-on that is bought for a challenge that runs is a purchase: it makes no challenge of its own.
ALTER TABLE purchase ADD COLUMN adds_to {bigint};
CREATE INDEX purchase_by_addition ON purchase (adds_to) WHERE adds_to IS NOT NULL;
-- Of the purchase that has made the challenge: codes of what was bought later, in the order in which that was applied.
ALTER TABLE purchase ADD COLUMN late_addon_codes TEXT NOT NULL DEFAULT '[]';
-- How many of these the phase began with.
ALTER TABLE phase ADD COLUMN late_addons {bigint} NOT NULL DEFAULT 0;
