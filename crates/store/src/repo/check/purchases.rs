//! Purchases: what was taken, given and opened is what their state says.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "purchase.state",
        rule: "a purchase has a state and a funding that there are; a payer when a wallet pays",
        sql: "
SELECT 'purchase', p.id, 'a known state and funding, a payer for a wallet and none else',
    'state ' || p.state || ', funding ' || p.funding || ', payer ' || COALESCE(CAST(p.payer_login AS TEXT), 'none')
FROM purchase p
WHERE p.state NOT IN ({purchase.all}) OR p.funding NOT IN ({funding.all})
    OR (p.funding = {funding.wallet} AND p.payer_login IS NULL)
    OR (p.funding <> {funding.wallet} AND p.payer_login IS NOT NULL)
    OR (p.funding = {funding.wallet} AND p.state IN ({purchase.awaiting_payment}, {purchase.refund_due}, {purchase.abandoned}))
    OR (p.funding <> {funding.wallet} AND p.state IN ({purchase.taking}, {purchase.refunding}))
    OR (p.funding <> {funding.reset} AND p.state IN ({purchase.retiring}))
    OR (p.funding = {funding.reset}) <> (p.resets IS NOT NULL)
    OR (p.adds_to IS NULL AND p.state IN ({purchase.applying}))
    OR (p.adds_to IS NOT NULL AND (p.account_login IS NOT NULL OR p.addon_codes = '[]'
        OR p.state IN ({purchase.opening}, {purchase.granting}, {purchase.enabling}, {purchase.undoing})))",
    },
    Draft {
        name: "purchase.customer",
        rule: "a purchase's customer exists and is of its brand",
        sql: "
SELECT 'purchase', p.id, 'a customer of brand ' || p.brand_id,
    'customer ' || p.customer_id || ' of brand ' || COALESCE(CAST(c.brand_id AS TEXT), 'none')
FROM purchase p LEFT JOIN customer c ON c.id = p.customer_id
WHERE c.id IS NULL OR c.brand_id <> p.brand_id",
    },
    Draft {
        name: "purchase.version",
        rule: "a purchase's version exists, is of its program and brand, and has its currency and, without a code, its price",
        sql: "
SELECT 'purchase', p.id,
    'a version of program ' || p.program_id || ' in brand ' || p.brand_id || ' at ' || p.price_minor || ' ' || p.currency,
    COALESCE('version ' || v.id || ' of program ' || v.program_id || ' at ' || v.price_minor || ' ' || v.currency,
        'no version ' || p.version_id) || ' in brand ' || COALESCE(CAST(g.brand_id AS TEXT), 'none')
FROM purchase p
LEFT JOIN program_version v ON v.id = p.version_id
LEFT JOIN program g ON g.id = p.program_id
WHERE v.id IS NULL OR g.id IS NULL OR v.program_id <> p.program_id OR g.brand_id <> p.brand_id
    OR v.currency <> p.currency
    OR (p.funding <> {funding.reset} AND p.adds_to IS NULL AND (p.price_minor + p.off_minor < v.price_minor
        OR (p.addon_codes = '[]' AND p.price_minor + p.off_minor <> v.price_minor)))",
    },
    Draft {
        name: "purchase.payer",
        rule: "a payer is the customer's own personal REAL account, never a challenge account, in the currency that is paid",
        sql: "
SELECT 'purchase', p.id, 'a personal REAL account of customer ' || p.customer_id || ' in ' || {paid_in},
    COALESCE('account ' || a.login || ' of customer ' || a.customer_id || ' in ' || a.currency
        || CASE WHEN a.kind = {challenge_account} THEN ', of a challenge' ELSE '' END
        || CASE WHEN g.mode = {demo} THEN ', DEMO' ELSE '' END, 'no account ' || p.payer_login)
FROM purchase p
LEFT JOIN account a ON a.login = p.payer_login
LEFT JOIN account_group g ON g.id = a.group_id
WHERE p.payer_login IS NOT NULL
    AND (a.login IS NULL OR a.customer_id <> p.customer_id OR a.brand_id <> p.brand_id
        OR a.kind <> {personal_account} OR g.mode <> {real} OR a.currency <> {paid_in})",
    },
    Draft {
        name: "purchase.fee",
        rule: "what a wallet paid is what the state says: the price, or what it came to, once, given back once, or nothing",
        sql: "
SELECT 'purchase', b.id,
    'taken ' || b.taken || ', given back ' || b.given_back,
    'taken ' || b.found_taken || ' in ' || b.takings || ' entries, given back ' || b.found_back || ' in ' || b.backs
FROM (
    SELECT p.id,
        CASE WHEN p.funding <> {funding.wallet} THEN 0
             WHEN p.state IN ({purchase.active}, {purchase.refunded}, {purchase.delivering}, {purchase.undoing})
                OR (p.state IN ({purchase.refunding}) AND p.fee_order IS NOT NULL) THEN {paid} ELSE 0 END AS taken,
        CASE WHEN p.funding = {funding.wallet} AND p.state = {purchase.refunded} THEN {paid} ELSE 0 END
            AS given_back,
        COALESCE(s.taken, 0) AS found_taken, COALESCE(s.given_back, 0) AS found_back,
        COALESCE(s.takings, 0) AS takings, COALESCE(s.backs, 0) AS backs
    FROM purchase p LEFT JOIN (
        SELECT e.purchase_id,
            CAST(SUM(CASE WHEN e.to_account < 0 THEN e.amount_minor ELSE 0 END) AS BIGINT) AS taken,
            SUM(CASE WHEN e.to_account < 0 THEN 1 ELSE 0 END) AS takings,
            CAST(SUM(CASE WHEN e.to_account < 0 THEN 0 ELSE e.amount_minor END) AS BIGINT) AS given_back,
            SUM(CASE WHEN e.to_account < 0 THEN 0 ELSE 1 END) AS backs
        FROM entry e
        WHERE e.operation IN ({operation.challenge_fee}, {operation.challenge_fee_converted},
            {operation.challenge_fee_rollback}, {operation.challenge_fee_converted_rollback})
        GROUP BY e.purchase_id) s ON s.purchase_id = p.id) b
WHERE b.taken <> b.found_taken OR b.given_back <> b.found_back OR b.takings > 1 OR b.backs > 1",
    },
    Draft {
        name: "purchase.fee_order",
        rule: "a purchase's fee order is its own fee entry, whenever there is one",
        sql: "
SELECT 'purchase', p.id, 'order ' || COALESCE(CAST(s.order_no AS TEXT), 'none'),
    'order ' || COALESCE(CAST(p.fee_order AS TEXT), 'none')
FROM purchase p LEFT JOIN (
    SELECT e.purchase_id, MIN(e.order_no) AS order_no FROM entry e
    WHERE e.operation IN ({operation.challenge_fee}, {operation.challenge_fee_converted}, {operation.cashier_fee},
        {operation.reset_fee})
    GROUP BY e.purchase_id) s ON s.purchase_id = p.id
WHERE COALESCE(p.fee_order, 0) <> COALESCE(s.order_no, 0)",
    },
    Draft {
        name: "purchase.initial_balance",
        rule: "a purchase's account was given its initial balance exactly once, or as much was taken back",
        sql: "
SELECT 'purchase', b.id,
    CASE WHEN b.gives = 1 THEN 'given once' ELSE 'not given' END
        || CASE WHEN b.balanced = 1 THEN ', or taken back' ELSE '' END,
    'given ' || b.given || ' in ' || b.givings || ' entries, taken back ' || b.taken_back || ' in ' || b.backs
FROM (
    SELECT p.id,
        CASE WHEN p.initial_balance_order IS NOT NULL
                AND p.state IN ({purchase.active}, {purchase.enabling}, {purchase.undoing}, {purchase.refunding},
                    {purchase.refund_due}, {purchase.refunded}, {purchase.failed}) THEN 1 ELSE 0 END AS gives,
        CASE WHEN p.state IN ({purchase.closing}, {purchase.refunding}, {purchase.refund_due}, {purchase.refunded},
                {purchase.failed}) THEN 1 ELSE 0 END AS balanced,
        COALESCE(s.given, 0) AS given, COALESCE(s.givings, 0) AS givings,
        COALESCE(s.taken_back, 0) AS taken_back, COALESCE(s.backs, 0) AS backs
    FROM purchase p LEFT JOIN (
        SELECT e.login,
            CAST(SUM(CASE WHEN e.operation = {operation.initial_balance} THEN e.amount_minor ELSE 0 END) AS BIGINT) AS given,
            SUM(CASE WHEN e.operation = {operation.initial_balance} THEN 1 ELSE 0 END) AS givings,
            CAST(SUM(CASE WHEN e.operation = {operation.initial_balance_rollback} THEN e.amount_minor ELSE 0 END) AS BIGINT)
                AS taken_back,
            SUM(CASE WHEN e.operation = {operation.initial_balance_rollback} THEN 1 ELSE 0 END) AS backs
        FROM entry e
        WHERE e.operation IN ({operation.initial_balance}, {operation.initial_balance_rollback})
        GROUP BY e.login) s ON s.login = p.account_login) b
WHERE b.givings <> b.gives OR (b.balanced = 1 AND b.given <> b.taken_back) OR (b.balanced = 0 AND b.backs <> 0)",
    },
    Draft {
        name: "purchase.initial_balance_order",
        rule: "a purchase's initial balance order is the entry of its account and of nobody else's",
        sql: "
SELECT 'purchase', p.id, 'an initial balance of account ' || COALESCE(CAST(p.account_login AS TEXT), 'none'),
    'order ' || p.initial_balance_order || ': '
        || COALESCE(e.operation || ' of account ' || COALESCE(CAST(e.login AS TEXT), 'none') || ', purchase '
            || COALESCE(CAST(e.purchase_id AS TEXT), 'none'), 'no entry')
FROM purchase p LEFT JOIN entry e ON e.order_no = p.initial_balance_order
WHERE p.initial_balance_order IS NOT NULL
    AND (e.order_no IS NULL OR e.operation <> {operation.initial_balance} OR COALESCE(e.purchase_id, 0) <> p.id
        OR COALESCE(e.login, 0) <> COALESCE(p.account_login, 0))",
    },
    Draft {
        name: "purchase.challenge",
        rule: "a purchase has the challenge that its state says: begun when active, pending before, cancelled after; a reset and a later add-on have none of their own",
        sql: "
SELECT 'purchase', p.id,
    CASE WHEN p.funding = {funding.reset} OR p.adds_to IS NOT NULL THEN 'none of its own'
         WHEN p.state = {purchase.active} THEN 'a challenge that has begun'
         WHEN p.state = {purchase.awaiting_payment} THEN 'a pending challenge'
         WHEN p.state IN ({purchase.between}) THEN 'a pending challenge or none'
         ELSE 'a cancelled challenge or none' END,
    COALESCE('challenge ' || c.id || ' in state ' || c.state || ' of purchase ' || c.purchase_id, 'no challenge')
FROM purchase p LEFT JOIN challenge c ON c.id = p.challenge_id
WHERE (p.challenge_id IS NOT NULL AND c.id IS NULL) OR c.purchase_id <> p.id
    OR CASE WHEN p.funding = {funding.reset} OR p.adds_to IS NOT NULL THEN CASE WHEN p.challenge_id IS NULL THEN 0 ELSE 1 END
            WHEN p.state = {purchase.active}
                THEN CASE WHEN COALESCE(c.state, -1)
                    IN ({challenge.active}, {challenge.passed}, {challenge.failed}, {challenge.awaiting_reset})
                    OR (c.state = {challenge.cancelled} AND c.started_at IS NOT NULL) THEN 0 ELSE 1 END
            WHEN p.state = {purchase.awaiting_payment}
                THEN CASE WHEN COALESCE(c.state, -1) = {challenge.pending} THEN 0 ELSE 1 END
            WHEN p.state IN ({purchase.between})
                THEN CASE WHEN COALESCE(c.state, {challenge.pending}) = {challenge.pending} THEN 0 ELSE 1 END
            ELSE CASE WHEN COALESCE(c.state, {challenge.cancelled}) = {challenge.cancelled} THEN 0 ELSE 1 END END = 1",
    },
    Draft {
        name: "purchase.phase",
        rule: "an active purchase has exactly one phase 1, resets apart, on its account, with the balance that was given; others have none",
        sql: "
SELECT 'purchase', b.id,
    CASE WHEN b.active = 1 THEN 'one phase 1 on account ' || b.account_login || ' with ' || b.given ELSE 'no phase' END,
    b.phases || ' phases, ' || b.firsts || ' of them phase 1, ' || b.again || ' by resets, the first on account ' || b.login || ' with ' || b.initial
FROM (
    SELECT p.id, CASE WHEN p.state = {purchase.active} THEN 1 ELSE 0 END AS active,
        COALESCE(p.account_login, 0) AS account_login, COALESCE(e.amount_minor, 0) AS given,
        COALESCE(s.phases, 0) AS phases, COALESCE(s.firsts, 0) AS firsts, COALESCE(r.again, 0) AS again,
        COALESCE(f.account_login, 0) AS login, COALESCE(f.initial_balance_minor, 0) AS initial
    FROM purchase p
    LEFT JOIN entry e ON e.order_no = p.initial_balance_order
    LEFT JOIN (
        SELECT challenge_id, COUNT(*) AS phases, SUM(CASE WHEN phase_index = 1 THEN 1 ELSE 0 END) AS firsts
        FROM phase GROUP BY challenge_id) s ON s.challenge_id = p.challenge_id
    LEFT JOIN (
        SELECT f.challenge_id, COUNT(*) AS again
        FROM purchase q JOIN phase f ON f.challenge_id = q.resets AND f.account_login = q.account_login
        WHERE q.resets IS NOT NULL AND q.state = {purchase.active} AND f.phase_index = 1
        GROUP BY f.challenge_id) r ON r.challenge_id = p.challenge_id
    LEFT JOIN phase f ON f.challenge_id = p.challenge_id AND f.ordinal = 1
    WHERE p.funding <> {funding.reset} AND p.adds_to IS NULL) b
WHERE (b.active = 1 AND (b.firsts <> 1 + b.again OR b.login <> b.account_login OR b.initial <> b.given))
    OR (b.active = 0 AND b.phases <> 0)",
    },
    Draft {
        name: "purchase.account",
        rule: "a purchase's account is the customer's own challenge account, open while it may come to something, enabled in its phase",
        sql: "
SELECT 'purchase', p.id,
    CASE WHEN p.state = {purchase.active} AND c.state = {challenge.active} AND c.account_login = p.account_login
             THEN 'an enabled account'
         WHEN p.state = {purchase.active} THEN 'an account'
         WHEN p.funding = {funding.reset} AND p.account_login IS NULL THEN 'none yet'
         WHEN p.state IN ({purchase.awaiting_payment}, {purchase.between}) THEN 'an open account, disabled'
         ELSE 'a closed account' END || ' of customer ' || p.customer_id,
    COALESCE('account ' || a.login || ' of customer ' || a.customer_id || ', '
        || CASE WHEN a.closed_at IS NULL THEN 'open' ELSE 'closed' END || ', '
        || CASE WHEN a.enabled = 0 THEN 'disabled' ELSE 'enabled' END
        || CASE WHEN a.kind = {challenge_account} THEN '' ELSE ', personal' END,
        'no account ' || COALESCE(CAST(p.account_login AS TEXT), ''))
FROM purchase p
LEFT JOIN account a ON a.login = p.account_login
LEFT JOIN challenge c ON c.id = COALESCE(p.resets, p.challenge_id)
WHERE p.adds_to IS NULL AND ((a.login IS NOT NULL
        AND (a.customer_id <> p.customer_id OR a.brand_id <> p.brand_id OR a.kind <> {challenge_account}))
    OR (a.login IS NULL
        AND (p.state IN ({purchase.active}, {purchase.delivering}, {purchase.undoing})
            OR (p.funding <> {funding.reset} AND p.state IN ({purchase.awaiting_payment}, {purchase.abandoned}))))
    OR (p.funding = {funding.reset} AND p.account_login IS NOT NULL
        AND p.state IN ({purchase.awaiting_payment}, {purchase.abandoned}, {purchase.retiring}))
    OR (p.state = {purchase.active} AND c.state = {challenge.active} AND c.account_login = p.account_login
        AND (a.enabled = 0 OR a.closed_at IS NOT NULL))
    OR (p.state IN ({purchase.awaiting_payment}, {purchase.between}) AND (a.enabled <> 0 OR a.closed_at IS NOT NULL))
    OR (p.state IN ({purchase.refund_due}, {purchase.refunded}, {purchase.failed}, {purchase.abandoned})
        AND a.closed_at IS NULL AND a.login IS NOT NULL))",
    },
    Draft {
        name: "purchase.addition",
        rule: "an add-on that is bought later is for a challenge that has begun, of the same customer, brand, program and version",
        sql: "
SELECT 'purchase', p.id,
    'a challenge of customer ' || p.customer_id || ', brand ' || p.brand_id || ', version ' || p.version_id
        || ' that has begun',
    COALESCE('challenge ' || c.id || ' of customer ' || c.customer_id || ', brand ' || c.brand_id || ', version '
        || c.version_id || CASE WHEN c.started_at IS NULL THEN ', not begun' ELSE '' END, 'no challenge ' || p.adds_to)
FROM purchase p LEFT JOIN challenge c ON c.id = p.adds_to
WHERE p.adds_to IS NOT NULL
    AND (c.id IS NULL OR c.customer_id <> p.customer_id OR c.brand_id <> p.brand_id OR c.program_id <> p.program_id
        OR c.version_id <> p.version_id OR c.started_at IS NULL)",
    },
    Draft {
        name: "purchase.reason",
        rule: "a purchase that went wrong says why, and no other does",
        sql: "
SELECT 'purchase', p.id,
    CASE WHEN p.state IN ({purchase.awaiting_payment}, {purchase.active}, {purchase.taking}, {purchase.retiring},
            {purchase.delivering})
        THEN 'no failure reason' ELSE 'a failure reason' END,
    'state ' || p.state || ', ' || CASE WHEN p.failure_reason = '' THEN 'none' ELSE p.failure_reason END
FROM purchase p
WHERE (p.failure_reason = '') <>
    (p.state IN ({purchase.awaiting_payment}, {purchase.active}, {purchase.taking}, {purchase.retiring},
        {purchase.delivering}))",
    },
    Draft {
        name: "purchase.due",
        rule: "a purchase that is under way has a time at which the runner looks at it, and no other does",
        sql: "
SELECT 'purchase', p.id,
    CASE WHEN p.state IN ({purchase.doing}) THEN 'a time' ELSE 'no time' END,
    'state ' || p.state || ', due ' || COALESCE(CAST(p.due_at AS TEXT), 'never')
FROM purchase p WHERE (p.due_at IS NOT NULL) <> (p.state IN ({purchase.doing}))",
    },
    Draft {
        name: "purchase.login_once",
        rule: "no account was opened for two purchases",
        sql: "
SELECT 'account', p.account_login, 'one purchase',
    'purchases ' || MIN(p.id) || ' to ' || MAX(p.id) || ', ' || COUNT(*) || ' of them'
FROM purchase p WHERE p.account_login IS NOT NULL GROUP BY p.account_login HAVING COUNT(*) > 1",
    },
    Draft {
        name: "purchase.key_once",
        rule: "an idempotency key of a customer is one purchase",
        sql: "
SELECT 'customer', p.customer_id, 'one purchase of key ' || p.idempotency_key,
    'purchases ' || MIN(p.id) || ' to ' || MAX(p.id) || ', ' || COUNT(*) || ' of them'
FROM purchase p WHERE p.idempotency_key IS NOT NULL
GROUP BY p.customer_id, p.idempotency_key HAVING COUNT(*) > 1",
    },
    Draft {
        name: "purchase.group",
        rule: "a purchase's account is of the group that its version begins with",
        sql: "
SELECT 'account', a.login, 'group ' || COALESCE(v.first_group, 'none'), 'group ' || g.name
FROM purchase p
JOIN account a ON a.login = p.account_login
JOIN program_version v ON v.id = p.version_id
JOIN account_group g ON g.id = a.group_id
WHERE g.name <> COALESCE(v.first_group, '') AND p.funding <> {funding.reset}",
    },
    Draft {
        name: "purchase.refund_due",
        rule: "a purchase whose refund is due has a refund that is not paid yet",
        sql: "
SELECT 'purchase', p.id, 'a pending refund', 'none'
FROM purchase p LEFT JOIN (
    SELECT DISTINCT purchase_id FROM payment_transaction
    WHERE kind IN ({kind.refunds}) AND state = {transaction.PENDING}) t ON t.purchase_id = p.id
WHERE p.state = {purchase.refund_due} AND t.purchase_id IS NULL",
    },
];
