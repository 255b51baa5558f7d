-- Who asked for a new password, as he typed it. One row for a known and an unknown address alike, so that neither
-- the answer nor its time tells which; who it is is looked up afterwards, and the row goes away.
CREATE TABLE password_reset_request (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} REFERENCES brand (id),
    email {text} NOT NULL,
    asked_at {bigint} NOT NULL
) {strict};

CREATE INDEX password_reset_by_customer ON password_reset (customer_id);
