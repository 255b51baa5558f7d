-- What schema 5 added: tokens of staff.
INSERT INTO password_reset (token_hash, subject_kind, subject_id, expires_at, used_at) VALUES
({hex:0000000000000000000000000000000000000000000000000000000000000005}, 1, 1, 1778170000000000, 1778160000000000);
