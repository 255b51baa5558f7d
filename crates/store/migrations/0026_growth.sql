-- What an account has grown by since it was opened, by its program's scaling plan.
ALTER TABLE phase ADD COLUMN grown_minor {bigint} NOT NULL DEFAULT 0;

-- One growth of a funded account. `through_payout` is the newest payout that was counted for it.
CREATE TABLE growth (
    login {bigint} NOT NULL REFERENCES account (login),
    number {bigint} NOT NULL,
    phase_id {bigint} NOT NULL,
    at {bigint} NOT NULL,
    amount_minor {bigint} NOT NULL CHECK (amount_minor > 0),
    through_payout {bigint} NOT NULL REFERENCES payout (id),
    order_no {bigint} NOT NULL,
    PRIMARY KEY (login, number)
) {strict_clustered};

-- When an account that may have earned a growth is looked at.
CREATE TABLE growth_look (
    login {bigint} PRIMARY KEY REFERENCES account (login),
    due_at {bigint} NOT NULL
) {strict};
CREATE INDEX growth_look_due ON growth_look (due_at);
