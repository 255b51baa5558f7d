//! Accounts: whose they are, what they hold, what they are for.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "account.money",
        rule: "no personal account is below 0, and a REAL one holds back no more than it has",
        sql: "
SELECT 'account', a.login, '0 <= held <= balance', 'balance ' || a.balance_minor || ', held ' || a.held_minor
FROM account a JOIN account_group g ON g.id = a.group_id
WHERE (a.kind = {personal_account} AND a.balance_minor < 0) OR a.held_minor < 0
    OR (a.kind = {personal_account} AND g.mode = {real} AND a.held_minor > a.balance_minor)",
    },
    Draft {
        name: "account.held",
        rule: "an account holds back its pending withdrawals and debits and the fees that are being taken",
        sql: "
SELECT 'account', a.login, CAST(COALESCE(s.minor, 0) AS TEXT), CAST(a.held_minor AS TEXT)
FROM account a LEFT JOIN (
    SELECT h.login, CAST(SUM(h.minor) AS BIGINT) AS minor FROM (
        SELECT p.payer_login AS login, {paid} AS minor FROM purchase p WHERE {fee_is_held}
        UNION ALL
        SELECT t.login, t.amount_minor FROM payment_transaction t
        WHERE t.kind IN ({kind.holding}) AND t.state = {transaction.PENDING}) h
    GROUP BY h.login) s ON s.login = a.login
WHERE a.held_minor <> COALESCE(s.minor, 0)",
    },
    Draft {
        name: "account.owner",
        rule: "an account's customer and group exist and are of its brand, and the group has its currency",
        sql: "
SELECT 'account', a.login,
    'brand ' || a.brand_id || ', ' || a.currency,
    'customer of brand ' || COALESCE(CAST(c.brand_id AS TEXT), 'none') || ', group of brand '
        || COALESCE(CAST(g.brand_id AS TEXT), 'none') || ', ' || COALESCE(g.currency, 'no currency')
FROM account a
LEFT JOIN customer c ON c.id = a.customer_id
LEFT JOIN account_group g ON g.id = a.group_id
WHERE c.id IS NULL OR g.id IS NULL OR c.brand_id <> a.brand_id OR g.brand_id <> a.brand_id OR g.currency <> a.currency",
    },
    Draft {
        name: "account.purpose",
        rule: "a challenge account belongs to a purchase or a phase, or is closed and empty",
        sql: "
SELECT 'account', a.login, 'a purchase or a phase',
    CASE WHEN a.closed_at IS NULL THEN 'open' ELSE 'closed' END || ', balance ' || a.balance_minor
FROM account a
LEFT JOIN (SELECT DISTINCT account_login FROM purchase) p ON p.account_login = a.login
LEFT JOIN (SELECT DISTINCT account_login FROM phase) f ON f.account_login = a.login
WHERE a.kind = {challenge_account} AND p.account_login IS NULL AND f.account_login IS NULL
    AND (a.closed_at IS NULL OR a.enabled <> 0 OR a.balance_minor <> 0)",
    },
    Draft {
        name: "account.closed",
        rule: "a closed account is disabled",
        sql: "
SELECT 'account', a.login, 'disabled', 'enabled, closed at ' || a.closed_at
FROM account a WHERE a.closed_at IS NOT NULL AND a.enabled <> 0",
    },
    Draft {
        name: "account.leverage",
        rule: "an account's leverage is at least 1",
        sql: "
SELECT 'account', a.login, 'at least 1', CAST(a.leverage AS TEXT) FROM account a WHERE a.leverage < 1",
    },
];
