-- What is needed to sell a challenge. Tokens in braces become the engine's own words; see migrate/.
-- Instants are unix microseconds, money is minor units, states are the codes of the domain.

CREATE TABLE setting (
    name {text} PRIMARY KEY,
    value TEXT NOT NULL
) {strict_clustered};

CREATE TABLE brand (
    id {bigint} PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    can_open_demo {bigint} NOT NULL,
    can_open_real {bigint} NOT NULL,
    kyc_required_for_real {bigint} NOT NULL,
    created_at {bigint} NOT NULL
) {strict};

CREATE TABLE staff (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    email {text} NOT NULL,
    full_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    enabled {bigint} NOT NULL,
    created_at {bigint} NOT NULL,
    UNIQUE (brand_id, email)
) {strict};

CREATE TABLE customer (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    email {text} NOT NULL,
    password_hash TEXT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    phone TEXT NOT NULL,
    country TEXT NOT NULL,
    registration_source TEXT NOT NULL,
    enabled {bigint} NOT NULL,
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL,
    last_login_at {bigint},
    UNIQUE (brand_id, email)
) {strict};

-- One sign-in. subject_kind: 0 customer, 1 staff, 2 trading account.
CREATE TABLE session (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    subject_kind {bigint} NOT NULL,
    subject_id {bigint} NOT NULL,
    refresh_hash {blob},
    refresh_generation {bigint} NOT NULL,
    expires_at {bigint} NOT NULL,
    revoked_at {bigint},
    created_at {bigint} NOT NULL
) {strict};
CREATE INDEX session_by_subject ON session (subject_kind, subject_id) WHERE revoked_at IS NULL;

CREATE TABLE password_reset (
    token_hash {blob} PRIMARY KEY,
    customer_id {bigint} NOT NULL REFERENCES customer (id),
    expires_at {bigint} NOT NULL,
    used_at {bigint}
) {strict};

CREATE TABLE account_group (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    name TEXT NOT NULL,
    mode {bigint} NOT NULL,
    currency TEXT NOT NULL,
    leverage {bigint} NOT NULL,
    default_deposit_minor {bigint} NOT NULL,
    enabled {bigint} NOT NULL,
    public_opening {bigint} NOT NULL,
    max_positions {bigint} NOT NULL,
    UNIQUE (brand_id, name)
) {strict};

CREATE TABLE account (
    login {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL,
    customer_id {bigint} NOT NULL REFERENCES customer (id),
    group_id {bigint} NOT NULL REFERENCES account_group (id),
    kind {bigint} NOT NULL,
    currency TEXT NOT NULL,
    leverage {bigint} NOT NULL,
    enabled {bigint} NOT NULL,
    balance_minor {bigint} NOT NULL,
    held_minor {bigint} NOT NULL CHECK (held_minor >= 0),
    -- A keyed hash of the generated password, until the trader sets his own.
    temporary_password_hash {blob},
    password_hash TEXT,
    created_at {bigint} NOT NULL,
    closed_at {bigint}
) {strict};
CREATE INDEX account_by_customer ON account (customer_id);

CREATE TABLE program (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL REFERENCES brand (id),
    status {bigint} NOT NULL,
    sort_index {bigint} NOT NULL,
    is_seed {bigint} NOT NULL,
    current_version_id {bigint} NOT NULL,
    created_by TEXT NOT NULL,
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL
) {strict};
CREATE INDEX program_by_brand ON program (brand_id);

-- Never changed, never deleted. The columns beside `terms` repeat what a purchase has to look up.
CREATE TABLE program_version (
    id {bigint} PRIMARY KEY,
    program_id {bigint} NOT NULL REFERENCES program (id),
    number {bigint} NOT NULL,
    price_minor {bigint} NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL,
    first_group TEXT,
    terms TEXT NOT NULL,
    created_at {bigint} NOT NULL,
    UNIQUE (program_id, number)
) {strict};

-- The idempotency key is bound here, in the purchase's own row; the same index finds a
-- customer's purchases. `due_at` is when the runner looks at it next.
CREATE TABLE purchase (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL,
    customer_id {bigint} NOT NULL REFERENCES customer (id),
    program_id {bigint} NOT NULL,
    version_id {bigint} NOT NULL REFERENCES program_version (id),
    funding {bigint} NOT NULL,
    state {bigint} NOT NULL,
    price_minor {bigint} NOT NULL CHECK (price_minor >= 0),
    currency TEXT NOT NULL,
    addon_codes TEXT NOT NULL,
    payer_login {bigint},
    account_login {bigint},
    challenge_id {bigint},
    transaction_id {bigint},
    granted_by {bigint},
    idempotency_key {text},
    failure_reason TEXT NOT NULL,
    note TEXT NOT NULL,
    fee_order {bigint},
    initial_balance_order {bigint},
    attempt {bigint} NOT NULL,
    step_calls {bigint} NOT NULL,
    due_at {bigint},
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL,
    UNIQUE (customer_id, idempotency_key)
) {strict};
CREATE INDEX purchase_due ON purchase (due_at) WHERE due_at IS NOT NULL;
-- What a person has to look at: stuck steps and refunds that are due.
CREATE INDEX purchase_wants_staff ON purchase (brand_id, id) WHERE state = 5 OR state >= 30;

-- What the runner saw, call by call; a purchase that is one commit has no rows here.
CREATE TABLE purchase_step (
    id {bigint} PRIMARY KEY,
    purchase_id {bigint} NOT NULL REFERENCES purchase (id),
    attempt {bigint} NOT NULL,
    from_state TEXT NOT NULL,
    event TEXT NOT NULL,
    to_state TEXT NOT NULL,
    detail TEXT NOT NULL,
    at {bigint} NOT NULL
) {strict};
CREATE INDEX purchase_step_by_purchase ON purchase_step (purchase_id);

CREATE TABLE challenge (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL,
    purchase_id {bigint} NOT NULL REFERENCES purchase (id),
    customer_id {bigint} NOT NULL,
    program_id {bigint} NOT NULL,
    version_id {bigint} NOT NULL,
    state {bigint} NOT NULL,
    current_phase_index {bigint} NOT NULL,
    account_login {bigint} NOT NULL REFERENCES account (login),
    started_at {bigint},
    ended_at {bigint},
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL
) {strict};

CREATE TABLE phase (
    challenge_id {bigint} NOT NULL REFERENCES challenge (id),
    ordinal {bigint} NOT NULL,
    id {bigint} NOT NULL,
    phase_index {bigint} NOT NULL,
    account_login {bigint} NOT NULL,
    state {bigint} NOT NULL,
    initial_balance_minor {bigint} NOT NULL,
    started_at {bigint} NOT NULL,
    ended_at {bigint},
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL,
    PRIMARY KEY (challenge_id, ordinal)
) {strict_clustered};

-- One row is one balanced entry: the amount leaves `from_account` and reaches `to_account`,
-- which are logins (above 0) or house accounts (below 0). Never changed, never deleted.
CREATE TABLE entry (
    order_no {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL,
    at {bigint} NOT NULL,
    operation TEXT NOT NULL,
    book {bigint} NOT NULL,
    currency TEXT NOT NULL,
    from_account {bigint} NOT NULL,
    to_account {bigint} NOT NULL,
    amount_minor {bigint} NOT NULL CHECK (amount_minor > 0),
    login {bigint},
    command {bigint} NOT NULL,
    reason {bigint} NOT NULL,
    comment TEXT NOT NULL,
    purchase_id {bigint},
    transaction_id {bigint},
    api_data TEXT NOT NULL,
    CHECK (from_account <> to_account)
) {strict};
CREATE INDEX entry_by_login ON entry (login) WHERE login IS NOT NULL;
CREATE INDEX entry_by_transaction ON entry (transaction_id) WHERE transaction_id IS NOT NULL;

CREATE TABLE payment_transaction (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL,
    customer_id {bigint} NOT NULL REFERENCES customer (id),
    kind {bigint} NOT NULL,
    state {bigint} NOT NULL,
    amount_minor {bigint} NOT NULL CHECK (amount_minor >= 0),
    currency TEXT NOT NULL,
    received_minor {bigint} NOT NULL CHECK (received_minor >= 0),
    login {bigint},
    purchase_id {bigint},
    related_id {bigint},
    source TEXT NOT NULL,
    comment TEXT NOT NULL,
    cashier_id TEXT,
    approved_by {bigint},
    order_no {bigint},
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL,
    approved_at {bigint},
    declined_at {bigint}
) {strict};
CREATE INDEX payment_transaction_by_customer ON payment_transaction (customer_id, id);
-- The sweeper and the staff list of what is open.
CREATE INDEX payment_transaction_open ON payment_transaction (brand_id, created_at) WHERE state <= 1;

-- Every message of a payment provider that was authentic, whatever it led to.
CREATE TABLE payment_event (
    provider TEXT NOT NULL,
    event_id TEXT NOT NULL,
    transaction_id {bigint} NOT NULL REFERENCES payment_transaction (id),
    body_hash {blob} NOT NULL,
    kind TEXT NOT NULL,
    amount_minor {bigint} NOT NULL,
    currency TEXT NOT NULL,
    outcome TEXT NOT NULL,
    received_at {bigint} NOT NULL,
    PRIMARY KEY (provider, event_id)
) {strict};
CREATE INDEX payment_event_by_transaction ON payment_event (transaction_id);

CREATE TABLE cashier_session (
    token_hash {blob} PRIMARY KEY,
    transaction_id {bigint} NOT NULL REFERENCES payment_transaction (id),
    expires_at {bigint} NOT NULL,
    created_at {bigint} NOT NULL
) {strict};

CREATE TABLE audit (
    id {bigint} PRIMARY KEY,
    at {bigint} NOT NULL,
    brand_id {bigint} NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id {bigint} NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id {bigint} NOT NULL,
    before TEXT,
    after TEXT,
    note TEXT NOT NULL
) {strict};

-- Mail that is still to be sent; the body goes when it is sent, for it may hold a token.
CREATE TABLE mail (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts {bigint} NOT NULL,
    due_at {bigint},
    sent_at {bigint},
    last_error TEXT NOT NULL,
    created_at {bigint} NOT NULL
) {strict};
CREATE INDEX mail_due ON mail (due_at) WHERE due_at IS NOT NULL;
