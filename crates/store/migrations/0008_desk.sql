-- What is needed to trade a challenge and to judge it. Prices are points, volumes ten-thousandths of a lot.

CREATE INDEX challenge_live ON challenge (id) WHERE state = 1;
ALTER TABLE phase ADD COLUMN final_balance_minor {bigint};
ALTER TABLE phase ADD COLUMN final_equity_minor {bigint};

-- One row for each loop that owns live accounts. `token` grows with each owner: a commit names the one that it was
-- decided under. Everything up to tick `last_seq` is durable.
CREATE TABLE desk_shard (
    id {bigint} PRIMARY KEY,
    token {bigint} NOT NULL,
    seen_at {bigint} NOT NULL,
    last_seq {bigint} NOT NULL,
    at {bigint} NOT NULL,
    next_trade_no {bigint} NOT NULL,
    last_breach_hash {blob} NOT NULL
) {strict};

-- What came from the market, in order; a body begins with the prices before it.
CREATE TABLE tick_block (
    first_seq {bigint} PRIMARY KEY,
    last_seq {bigint} NOT NULL,
    first_at {bigint} NOT NULL,
    last_at {bigint} NOT NULL,
    body {blob} NOT NULL
) {strict};
CREATE INDEX tick_block_by_time ON tick_block (last_at);

-- An account that has traded, as it was after tick `as_of_seq` and its own event `last_event_no`.
CREATE TABLE desk_account (
    login {bigint} PRIMARY KEY REFERENCES account (login),
    challenge_id {bigint} NOT NULL REFERENCES challenge (id),
    phase_id {bigint} NOT NULL,
    version {bigint} NOT NULL,
    as_of_seq {bigint} NOT NULL,
    last_event_no {bigint} NOT NULL,
    -- The phase is over, and positions are left that could not be closed yet.
    winding_up {bigint} NOT NULL,
    body TEXT NOT NULL
) {strict};
CREATE INDEX desk_account_winding_up ON desk_account (login) WHERE winding_up = 1;

-- Everything but prices that was judged with, in order: what a verdict is worked out from again.
CREATE TABLE account_event (
    login {bigint} NOT NULL,
    no {bigint} NOT NULL,
    after_seq {bigint} NOT NULL,
    -- Filled by that very tick, and judged together with it.
    in_tick {bigint} NOT NULL,
    at {bigint} NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (login, no)
) {strict_clustered};

-- Each row is a balanced entry of the notional book: profit, commission and swap go from the house to the account.
-- Never changed, never deleted.
CREATE TABLE deal (
    login {bigint} NOT NULL,
    id {bigint} NOT NULL,
    brand_id {bigint} NOT NULL,
    at {bigint} NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    order_id {bigint},
    position_id {bigint} NOT NULL,
    symbol TEXT NOT NULL,
    side {bigint} NOT NULL,
    volume {bigint} NOT NULL,
    price {bigint} NOT NULL,
    profit_minor {bigint} NOT NULL,
    commission_minor {bigint} NOT NULL,
    swap_minor {bigint} NOT NULL,
    balance_minor {bigint} NOT NULL,
    PRIMARY KEY (login, id)
) {strict_clustered};

-- What a trader asked for, and what became of it.
CREATE TABLE trade_order (
    login {bigint} NOT NULL,
    id {bigint} NOT NULL,
    client_id {text},
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    command TEXT NOT NULL,
    placed_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL,
    PRIMARY KEY (login, id)
) {strict_clustered};
CREATE UNIQUE INDEX trade_order_by_client ON trade_order (login, client_id) WHERE client_id IS NOT NULL;

-- A rule that was crossed. `severity` 0 warning, 1 the phase failed by it. Each hash covers the body and the hash before.
CREATE TABLE breach (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL,
    challenge_id {bigint} NOT NULL REFERENCES challenge (id),
    phase_id {bigint} NOT NULL,
    login {bigint} NOT NULL,
    customer_id {bigint} NOT NULL,
    rule TEXT NOT NULL,
    severity {bigint} NOT NULL,
    review {bigint} NOT NULL,
    at {bigint} NOT NULL,
    seq {bigint} NOT NULL,
    after_event_no {bigint} NOT NULL,
    evidence TEXT NOT NULL,
    previous_hash {blob} NOT NULL,
    hash {blob} NOT NULL,
    reviewed_by {bigint},
    reviewed_at {bigint},
    review_reason TEXT NOT NULL,
    created_at {bigint} NOT NULL
) {strict};
CREATE INDEX breach_by_challenge ON breach (challenge_id, id);
CREATE INDEX breach_by_brand ON breach (brand_id, at);

-- Now and then how an account stands with its floors, for curves.
CREATE TABLE metric (
    login {bigint} NOT NULL,
    at {bigint} NOT NULL,
    no {bigint} NOT NULL,
    phase_id {bigint} NOT NULL,
    balance_minor {bigint} NOT NULL,
    equity_minor {bigint} NOT NULL,
    daily_floor_minor {bigint},
    max_floor_minor {bigint},
    day_start_minor {bigint} NOT NULL,
    trading_days {bigint} NOT NULL,
    open_positions {bigint} NOT NULL,
    PRIMARY KEY (login, at, no)
) {strict_clustered};

-- How each trading day of a phase closed.
CREATE TABLE day_record (
    login {bigint} NOT NULL,
    phase_id {bigint} NOT NULL,
    day {bigint} NOT NULL,
    closed_at {bigint} NOT NULL,
    balance_minor {bigint} NOT NULL,
    equity_minor {bigint} NOT NULL,
    profit_minor {bigint} NOT NULL,
    is_trading_day {bigint} NOT NULL,
    is_profitable_day {bigint} NOT NULL,
    is_firm {bigint} NOT NULL,
    PRIMARY KEY (login, phase_id, day)
) {strict_clustered};
