//! Challenges and phases: whose they are, and that they hang together.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "challenge.purchase",
        rule: "a challenge is the one that its purchase names, of the same customer, brand and version",
        sql: "
SELECT 'challenge', c.id,
    'purchase ' || c.purchase_id || ' of customer ' || c.customer_id || ', brand ' || c.brand_id || ', version ' || c.version_id,
    COALESCE('purchase ' || p.id || ' of customer ' || p.customer_id || ', brand ' || p.brand_id || ', version '
        || p.version_id || ', challenge ' || COALESCE(CAST(p.challenge_id AS TEXT), 'none'), 'no purchase')
FROM challenge c LEFT JOIN purchase p ON p.id = c.purchase_id
WHERE p.id IS NULL OR COALESCE(p.challenge_id, 0) <> c.id OR p.customer_id <> c.customer_id OR p.brand_id <> c.brand_id
    OR p.program_id <> c.program_id OR p.version_id <> c.version_id",
    },
    Draft {
        name: "challenge.account",
        rule: "a challenge's account is a challenge account of its customer and brand",
        sql: "
SELECT 'challenge', c.id, 'a challenge account of customer ' || c.customer_id || ', brand ' || c.brand_id,
    COALESCE('account ' || a.login || ' of customer ' || a.customer_id || ', brand ' || a.brand_id || ', kind ' || a.kind,
        'no account ' || c.account_login)
FROM challenge c LEFT JOIN account a ON a.login = c.account_login
WHERE a.login IS NULL OR a.customer_id <> c.customer_id OR a.brand_id <> c.brand_id OR a.kind <> {challenge_account}",
    },
    Draft {
        name: "challenge.phase",
        rule: "a challenge that began has its current phase on its account",
        sql: "
SELECT 'challenge', c.id, 'phase ' || c.current_phase_index || ' on account ' || c.account_login, 'none'
FROM challenge c LEFT JOIN (
    SELECT DISTINCT challenge_id, phase_index, account_login FROM phase) f
    ON f.challenge_id = c.id AND f.phase_index = c.current_phase_index AND f.account_login = c.account_login
WHERE c.state IN ({challenge.active}, {challenge.passed}, {challenge.failed}, {challenge.awaiting_reset})
    AND f.challenge_id IS NULL",
    },
    Draft {
        name: "challenge.times",
        rule: "a challenge has a start when it began and an end when it ended",
        sql: "
SELECT 'challenge', c.id,
    CASE WHEN c.state = {challenge.pending} THEN 'no start, no end'
         WHEN c.state = {challenge.active} THEN 'a start, no end'
         WHEN c.state = {challenge.cancelled} THEN 'an end'
         WHEN c.state IN ({challenge.passed}, {challenge.failed}, {challenge.awaiting_reset}) THEN 'a start and an end'
         ELSE 'a known state' END,
    'state ' || c.state || CASE WHEN c.started_at IS NULL THEN ', no start' ELSE ', started' END
        || CASE WHEN c.ended_at IS NULL THEN ', no end' ELSE ', ended' END
FROM challenge c
WHERE c.state NOT IN ({challenge.pending}, {challenge.active}, {challenge.passed}, {challenge.failed},
        {challenge.cancelled}, {challenge.awaiting_reset})
    OR (c.state = {challenge.pending} AND (c.started_at IS NOT NULL OR c.ended_at IS NOT NULL))
    OR (c.state = {challenge.active} AND (c.started_at IS NULL OR c.ended_at IS NOT NULL))
    OR (c.state IN ({challenge.passed}, {challenge.failed}, {challenge.awaiting_reset}) AND (c.started_at IS NULL OR c.ended_at IS NULL))
    OR (c.state = {challenge.cancelled} AND c.ended_at IS NULL)",
    },
    Draft {
        name: "phase.account",
        rule: "a phase is of a challenge, on a challenge account of the same customer",
        sql: "
SELECT 'phase', f.id, 'a challenge account of customer ' || COALESCE(CAST(c.customer_id AS TEXT), 'none'),
    COALESCE('account ' || a.login || ' of customer ' || a.customer_id || ', kind ' || a.kind, 'no account ' || f.account_login)
FROM phase f
LEFT JOIN challenge c ON c.id = f.challenge_id
LEFT JOIN account a ON a.login = f.account_login
WHERE c.id IS NULL OR a.login IS NULL OR a.customer_id <> c.customer_id OR a.brand_id <> c.brand_id
    OR a.kind <> {challenge_account}",
    },
    Draft {
        name: "phase.login_once",
        rule: "no account was used for the phases of two challenges",
        sql: "
SELECT 'account', f.account_login, 'one challenge',
    'challenges ' || MIN(f.challenge_id) || ' to ' || MAX(f.challenge_id)
FROM phase f GROUP BY f.account_login HAVING MIN(f.challenge_id) <> MAX(f.challenge_id)",
    },
    Draft {
        name: "phase.state",
        rule: "the newest phase of a challenge that began is in the challenge's state, or has failed when it waits for a reset or was given up, or is over when its fee went back",
        sql: "
SELECT 'phase', f.id, 'state ' || c.state, 'state ' || f.state
FROM challenge c
JOIN (SELECT challenge_id, MAX(ordinal) AS ordinal FROM phase GROUP BY challenge_id) l ON l.challenge_id = c.id
JOIN phase f ON f.challenge_id = l.challenge_id AND f.ordinal = l.ordinal
WHERE (c.state IN ({challenge.active}, {challenge.passed}, {challenge.failed}) AND f.state <> c.state)
    OR (c.state = {challenge.awaiting_reset} AND f.state <> {challenge.failed})
    OR (c.state = {challenge.cancelled} AND f.state <> {challenge.failed}
        AND NOT (f.state IN ({challenge.passed}, {challenge.cancelled})
            AND EXISTS (SELECT 1 FROM fee_claim k WHERE k.challenge_id = c.id AND k.effect = {effect.end})))",
    },
    Draft {
        name: "phase.enabled",
        rule: "an account is enabled as long as the newest phase on it runs",
        sql: "
SELECT 'phase', f.id, CASE WHEN f.state = {challenge.active} THEN 'enabled' ELSE 'disabled' END,
    CASE WHEN a.enabled = 0 THEN 'disabled' ELSE 'enabled' END
FROM phase f
JOIN (SELECT challenge_id, account_login, MAX(ordinal) AS ordinal FROM phase GROUP BY challenge_id, account_login) l
    ON l.challenge_id = f.challenge_id AND l.ordinal = f.ordinal
JOIN account a ON a.login = f.account_login
WHERE (f.state = {challenge.active}) <> (a.enabled <> 0)",
    },
];
