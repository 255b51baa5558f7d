//! Resets: whose they are, that a challenge waits for one as long as it is under way, and the attempts that came of them.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "reset.challenge",
        rule: "a reset is of a challenge that has begun, of the same customer, brand, program and version",
        sql: "
SELECT 'purchase', p.id,
    'a challenge of customer ' || p.customer_id || ', brand ' || p.brand_id || ', version ' || p.version_id
        || ' that has begun',
    COALESCE('challenge ' || c.id || ' of customer ' || c.customer_id || ', brand ' || c.brand_id || ', version '
        || c.version_id || CASE WHEN c.started_at IS NULL THEN ', not begun' ELSE '' END, 'no challenge ' || p.resets)
FROM purchase p LEFT JOIN challenge c ON c.id = p.resets
WHERE p.resets IS NOT NULL
    AND (c.id IS NULL OR c.customer_id <> p.customer_id OR c.brand_id <> p.brand_id OR c.program_id <> p.program_id
        OR c.version_id <> p.version_id OR c.started_at IS NULL)",
    },
    Draft {
        name: "reset.under_way",
        rule: "a challenge waits for a reset exactly as long as one is under way, and is given up only with one that nobody paid, or when its fee went back",
        sql: "
SELECT 'challenge', b.id,
    CASE WHEN b.state = {challenge.awaiting_reset} THEN 'one reset under way'
         WHEN b.state = {challenge.cancelled} THEN 'none under way, one that was given up or a fee that went back'
         ELSE 'no reset under way' END,
    b.under_way || ' under way, ' || b.given_up || ' given up'
FROM (
    SELECT c.id, c.state, c.started_at, COALESCE(r.under_way, 0) AS under_way, COALESCE(r.given_up, 0) AS given_up
    FROM challenge c LEFT JOIN (
        SELECT resets, SUM(CASE WHEN state IN ({purchase.under_way}) THEN 1 ELSE 0 END) AS under_way,
            SUM(CASE WHEN state IN ({purchase.abandoned}, {purchase.refund_due}, {purchase.refunded})
                AND failure_reason IN ('CANCELLED', 'PAYMENT_EXPIRED') THEN 1 ELSE 0 END) AS given_up
        FROM purchase WHERE resets IS NOT NULL GROUP BY resets) r ON r.resets = c.id
    WHERE c.state IN ({challenge.awaiting_reset}, {challenge.cancelled}) OR r.resets IS NOT NULL) b
WHERE b.under_way <> CASE WHEN b.state = {challenge.awaiting_reset} THEN 1 ELSE 0 END
    OR (b.state = {challenge.cancelled} AND b.started_at IS NOT NULL AND b.given_up = 0
        AND NOT EXISTS (SELECT 1 FROM fee_claim k WHERE k.challenge_id = b.id AND k.effect = {effect.end}))",
    },
    Draft {
        name: "reset.phase",
        rule: "an active reset has exactly one attempt, on its account, with the balance that was given; others have none",
        sql: "
SELECT 'purchase', b.id,
    CASE WHEN b.active = 1 THEN 'one phase with ' || b.given ELSE 'no phase' END,
    b.phases || ' phases with ' || b.initial
FROM (
    SELECT p.id, CASE WHEN p.state = {purchase.active} THEN 1 ELSE 0 END AS active,
        COALESCE(e.amount_minor, 0) AS given, COALESCE(s.phases, 0) AS phases, COALESCE(s.initial, 0) AS initial
    FROM purchase p
    LEFT JOIN entry e ON e.order_no = p.initial_balance_order
    LEFT JOIN (
        SELECT challenge_id, account_login, COUNT(*) AS phases, MAX(initial_balance_minor) AS initial
        FROM phase GROUP BY challenge_id, account_login) s
        ON s.challenge_id = p.resets AND s.account_login = p.account_login
    WHERE p.resets IS NOT NULL) b
WHERE b.phases <> b.active OR b.initial <> CASE WHEN b.active = 1 THEN b.given ELSE 0 END",
    },
    Draft {
        name: "phase.order",
        rule: "a phase is the first, or follows one that was passed, or is another attempt by a reset at one that failed, whose account is closed",
        sql: "
SELECT 'phase', f.id,
    CASE WHEN r.id IS NULL THEN 'phase 1, or one above a phase that was passed'
         ELSE 'the index of a phase that failed, whose account is closed' END,
    'phase ' || f.phase_index || CASE WHEN b.id IS NULL THEN ', none before it'
        ELSE ' after phase ' || b.phase_index || ' in state ' || b.state
            || CASE WHEN a.closed_at IS NULL THEN ', open' ELSE ', closed' END END
FROM phase f
LEFT JOIN phase b ON b.challenge_id = f.challenge_id AND b.ordinal = f.ordinal - 1
LEFT JOIN account a ON a.login = b.account_login
LEFT JOIN purchase r ON r.resets = f.challenge_id AND r.account_login = f.account_login
    AND r.state = {purchase.active}
WHERE CASE
    WHEN f.ordinal = 1 THEN CASE WHEN f.phase_index = 1 AND r.id IS NULL THEN 0 ELSE 1 END
    WHEN b.id IS NULL THEN 1
    WHEN r.id IS NULL
        THEN CASE WHEN b.state = {challenge.passed} AND f.phase_index = b.phase_index + 1 THEN 0 ELSE 1 END
    ELSE CASE WHEN b.state = {challenge.failed} AND f.phase_index = b.phase_index AND a.closed_at IS NOT NULL
        THEN 0 ELSE 1 END END = 1",
    },
];
