-- Staff of the brand do nothing before they have switched a second factor on.
ALTER TABLE brand ADD COLUMN staff_totp_required {bigint} NOT NULL DEFAULT 0;
