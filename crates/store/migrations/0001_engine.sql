-- What the store itself needs, whatever it stores.

-- The numbers that people see: purchases, logins, orders.
CREATE TABLE counter (
    name {text} PRIMARY KEY,
    next {bigint} NOT NULL
) {strict_clustered};

-- The outbox. `id` grows with the order in which events are inserted; `seq` is the number by which
-- they are read: 1, 2, 3 ... without a gap, given when they are committed.
CREATE TABLE event (
    id {identity},
    seq {bigint},
    at_us {bigint} NOT NULL,
    brand_id {bigint} NOT NULL,
    kind TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id {bigint} NOT NULL,
    challenge_id {bigint},
    body TEXT NOT NULL
) {strict};
CREATE UNIQUE INDEX event_seq ON event (seq) WHERE seq IS NOT NULL;
CREATE INDEX event_unnumbered ON event (id) WHERE seq IS NULL;
