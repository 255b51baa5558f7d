-- Wrong codes of the second factor in a row, and when the last one came: guesses are counted for the person, wherever
-- they come from and whichever server they reach.
ALTER TABLE totp ADD COLUMN wrong_codes {bigint} NOT NULL DEFAULT 0;
ALTER TABLE totp ADD COLUMN wrong_at {bigint};
