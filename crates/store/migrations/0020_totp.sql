-- Second factors. subject_kind: 0 customer, 1 staff, as of sessions. A secret that no code has confirmed yet asks for
-- nothing. `last_step` is the step of the newest code that was taken: no code is taken twice.
CREATE TABLE totp (
    subject_kind {bigint} NOT NULL,
    subject_id {bigint} NOT NULL,
    sealed_secret {blob} NOT NULL,
    confirmed_at {bigint},
    last_step {bigint} NOT NULL,
    created_at {bigint} NOT NULL,
    PRIMARY KEY (subject_kind, subject_id)
) {strict_clustered};

-- Codes for who has lost the device, each good once.
CREATE TABLE totp_backup_code (
    subject_kind {bigint} NOT NULL,
    subject_id {bigint} NOT NULL,
    code_hash {blob} NOT NULL,
    used_at {bigint},
    PRIMARY KEY (subject_kind, subject_id, code_hash)
) {strict_clustered};
