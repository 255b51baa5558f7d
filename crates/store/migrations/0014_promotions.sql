-- Promotion codes. Code and discount never change; a percentage in hundredths of a percent, or an amount of a currency.
-- `programs` is a list of program numbers, empty for all. The two counts are those of `promotion_use`.
CREATE TABLE promotion (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    code {text} NOT NULL,
    description TEXT NOT NULL,
    percent_bp {bigint},
    amount_minor {bigint},
    currency TEXT,
    valid_from {bigint},
    valid_to {bigint},
    total_limit {bigint},
    customer_limit {bigint},
    programs TEXT NOT NULL,
    first_purchase_only {bigint} NOT NULL,
    enabled {bigint} NOT NULL,
    reserved {bigint} NOT NULL CHECK (reserved >= 0),
    used {bigint} NOT NULL CHECK (used >= 0),
    created_by TEXT NOT NULL,
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL,
    UNIQUE (brand_id, code)
) {strict};

-- One purchase with a code. state: 0 reserved, 1 used, 2 freed.
CREATE TABLE promotion_use (
    id {bigint} PRIMARY KEY,
    promotion_id {bigint} NOT NULL REFERENCES promotion (id),
    customer_id {bigint} NOT NULL REFERENCES customer (id),
    purchase_id {bigint} NOT NULL REFERENCES purchase (id),
    state {bigint} NOT NULL,
    full_minor {bigint} NOT NULL,
    off_minor {bigint} NOT NULL CHECK (off_minor > 0),
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL
) {strict};
CREATE INDEX promotion_use_by_customer ON promotion_use (promotion_id, customer_id);
-- A purchase has one code at a time.
CREATE UNIQUE INDEX promotion_use_by_purchase ON promotion_use (purchase_id) WHERE state <> 2;

-- The code of a purchase, and what it took off the price with add-ons.
ALTER TABLE purchase ADD COLUMN promo_code TEXT;
ALTER TABLE purchase ADD COLUMN off_minor {bigint} NOT NULL DEFAULT 0;
