-- A purchase writes to as few scattered places as it can: what belongs to it is found through its customer's purchases
-- and its own number, which grows, and not through the number of its payer.
DROP INDEX entry_by_login;
CREATE INDEX entry_by_purchase ON entry (purchase_id) WHERE purchase_id IS NOT NULL;
CREATE INDEX entry_by_login ON entry (login) WHERE purchase_id IS NULL;
DROP INDEX account_by_customer;
CREATE INDEX account_by_customer ON account (customer_id) WHERE kind = 0;
