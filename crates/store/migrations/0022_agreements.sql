-- Texts that a customer agrees to before he buys. A text never changes: a change is a further version.
CREATE TABLE agreement (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    kind {text} NOT NULL,
    number {bigint} NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    url TEXT NOT NULL,
    -- 1 while it is asked for.
    is_current {bigint} NOT NULL,
    published_by {bigint} NOT NULL REFERENCES staff (id),
    published_at {bigint} NOT NULL
) {strict};
CREATE UNIQUE INDEX agreement_by_number ON agreement (brand_id, kind, number);
CREATE UNIQUE INDEX agreement_current ON agreement (brand_id, kind) WHERE is_current = 1;

-- Who has agreed to what, when, and from which address.
CREATE TABLE acceptance (
    customer_id {bigint} NOT NULL REFERENCES customer (id),
    agreement_id {bigint} NOT NULL REFERENCES agreement (id),
    accepted_at {bigint} NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (customer_id, agreement_id)
) {strict_clustered};
CREATE INDEX acceptance_by_agreement ON acceptance (agreement_id);
