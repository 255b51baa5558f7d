-- What lists of accounts are narrowed by, as the desk left it.
ALTER TABLE desk_account ADD COLUMN open_positions {bigint} NOT NULL DEFAULT 0;
ALTER TABLE desk_account ADD COLUMN margin_called {bigint} NOT NULL DEFAULT 0;
