-- Staff forget their passwords too: a token is of a customer (subject_kind 0) or of a staff member (1), as sessions are.
CREATE TABLE password_reset_of_anyone (
    token_hash {blob} PRIMARY KEY,
    subject_kind {bigint} NOT NULL,
    subject_id {bigint} NOT NULL,
    expires_at {bigint} NOT NULL,
    used_at {bigint}
) {strict};
INSERT INTO password_reset_of_anyone (token_hash, subject_kind, subject_id, expires_at, used_at)
    SELECT token_hash, 0, customer_id, expires_at, used_at FROM password_reset;
DROP TABLE password_reset;
ALTER TABLE password_reset_of_anyone RENAME TO password_reset;
CREATE INDEX password_reset_by_subject ON password_reset (subject_kind, subject_id);
