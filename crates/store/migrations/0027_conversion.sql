-- How the brand converts prices into the currency of a payer, as JSON; without it prices are paid in their own.
ALTER TABLE brand ADD COLUMN conversion TEXT;

-- What a wallet of another currency pays for the price: the amount in its currency, so much of that for one of the price's
-- in units of 10^-10, where the rate came from (0 written down, 1 the server's prices) and of when it was.
ALTER TABLE purchase ADD COLUMN paid_minor {bigint};
ALTER TABLE purchase ADD COLUMN paid_currency TEXT;
ALTER TABLE purchase ADD COLUMN rate {bigint};
ALTER TABLE purchase ADD COLUMN rate_source {bigint};
ALTER TABLE purchase ADD COLUMN rate_at {bigint};
