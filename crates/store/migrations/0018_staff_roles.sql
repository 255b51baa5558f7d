-- What a person of the firm may do, and with whose things. Whoever was there before could do everything: 0 is owner, and
-- 0 every customer.
ALTER TABLE staff ADD COLUMN role {bigint} NOT NULL DEFAULT 0;
ALTER TABLE staff ADD COLUMN view_scope {bigint} NOT NULL DEFAULT 0;
CREATE INDEX staff_by_brand ON staff (brand_id, id);

-- Who of the firm looks after a customer.
ALTER TABLE customer ADD COLUMN owner_id {bigint} REFERENCES staff (id);
CREATE INDEX customer_by_owner ON customer (owner_id) WHERE owner_id IS NOT NULL;
