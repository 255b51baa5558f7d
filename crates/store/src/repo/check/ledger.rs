//! Entries, and the balances that follow from them.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "entry.operation",
        rule: "an entry has the book, command, reason, comment and sides that its operation fixes",
        sql: "
WITH operation (name, book, command, reason, comment, from_side, to_side) AS (VALUES {operations})
SELECT 'order', e.order_no,
    COALESCE('book ' || o.book || ', command ' || o.command || ', reason ' || o.reason || ', ' || o.comment
        || ', from ' || CASE WHEN o.from_side = 0 THEN 'the login' ELSE CAST(o.from_side AS TEXT) END
        || ' to ' || CASE WHEN o.to_side = 0 THEN 'the login' ELSE CAST(o.to_side AS TEXT) END
        || ', an amount above 0', 'a known operation'),
    e.operation || ' of ' || e.amount_minor || ': book ' || e.book || ', command ' || e.command
        || ', reason ' || e.reason || ', ' || e.comment || ', from ' || e.from_account || ' to ' || e.to_account
        || ', login ' || COALESCE(CAST(e.login AS TEXT), 'none')
FROM entry e LEFT JOIN operation o ON o.name = e.operation
WHERE o.name IS NULL OR e.book <> o.book OR e.command <> o.command OR e.reason <> o.reason
    OR e.comment <> o.comment OR e.amount_minor <= 0
    OR e.from_account <> CASE WHEN o.from_side = 0 THEN COALESCE(e.login, 0) ELSE o.from_side END
    OR e.to_account <> CASE WHEN o.to_side = 0 THEN COALESCE(e.login, 0) ELSE o.to_side END
    OR (o.from_side <> 0 AND o.to_side <> 0 AND e.login IS NOT NULL)",
    },
    Draft {
        name: "entry.account",
        rule: "an entry's trading account exists, and has the entry's brand, currency and book",
        sql: "
SELECT 'order', e.order_no,
    CASE WHEN a.login IS NULL THEN 'an account ' || e.login
         ELSE 'brand ' || a.brand_id || ', ' || a.currency || ', book ' || {book_of_account} END,
    'brand ' || e.brand_id || ', ' || e.currency || ', book ' || e.book || ', login ' || e.login
FROM entry e
LEFT JOIN account a ON a.login = e.login
LEFT JOIN account_group g ON g.id = a.group_id
WHERE e.login IS NOT NULL
    AND (a.login IS NULL OR a.brand_id <> e.brand_id OR a.currency <> e.currency OR e.book <> {book_of_account})",
    },
    Draft {
        name: "entry.purchase",
        rule: "an entry of a purchase names it, has its brand, and moves the fee on its payer in the payer's currency, elsewhere in its own",
        sql: "
SELECT 'order', e.order_no,
    COALESCE('brand ' || p.brand_id || ', payer ' || COALESCE(CAST(p.payer_login AS TEXT), 'none') || ', ' || p.currency
        || COALESCE(' paid in ' || p.paid_currency, ''),
        'a purchase'),
    e.operation || ' of purchase ' || COALESCE(CAST(e.purchase_id AS TEXT), 'none') || ', brand ' || e.brand_id
        || ', login ' || COALESCE(CAST(e.login AS TEXT), 'none') || ', ' || e.currency
FROM entry e LEFT JOIN purchase p ON p.id = e.purchase_id
WHERE (e.operation IN ({operation.challenge_fee}, {operation.challenge_fee_rollback}, {operation.initial_balance},
            {operation.initial_balance_rollback}, {operation.phase_balance}, {operation.growth},
            {operation.profit_voided},
            {operation.correction_in}, {operation.correction_out}, {operation.cashier_fee},
            {operation.cashier_fee_refund_due}, {operation.reset_fee}, {operation.reset_fee_refund_due},
            {operation.payout_share}, {operation.payout_firm_share}, {operation.payout_share_returned},
            {operation.payout_firm_share_returned}, {operation.payout_due}, {operation.payout_due_rollback},
            {operation.payout_paid}, {operation.payout_fee_refund_due}, {operation.payout_fee_refund_due_rollback},
            {operation.payout_fee_refund_paid}, {operation.challenge_fee_refund}, {operation.fee_return_due},
            {operation.fee_chargeback}, {operation.fee_chargeback_reversed}, {operation.challenge_fee_converted},
            {operation.challenge_fee_exchanged}, {operation.challenge_fee_converted_rollback},
            {operation.challenge_fee_exchanged_rollback}, {operation.challenge_fee_converted_refund},
            {operation.challenge_fee_exchanged_refund})
        OR e.purchase_id IS NOT NULL)
    AND (p.id IS NULL OR p.brand_id <> e.brand_id
        OR (e.operation IN ({operation.challenge_fee}, {operation.challenge_fee_rollback}, {operation.challenge_fee_refund},
                {operation.challenge_fee_converted}, {operation.challenge_fee_converted_rollback},
                {operation.challenge_fee_converted_refund})
            AND e.login <> COALESCE(p.payer_login, 0))
        OR (e.operation IN ({operation.challenge_fee_converted}, {operation.challenge_fee_converted_rollback},
                {operation.challenge_fee_converted_refund})
            AND e.currency <> COALESCE(p.paid_currency, ''))
        OR (e.operation IN ({operation.challenge_fee}, {operation.challenge_fee_rollback},
                {operation.cashier_fee}, {operation.cashier_fee_refund_due}, {operation.reset_fee},
                {operation.reset_fee_refund_due}, {operation.challenge_fee_refund}, {operation.fee_return_due},
                {operation.fee_chargeback}, {operation.fee_chargeback_reversed}, {operation.challenge_fee_exchanged},
                {operation.challenge_fee_exchanged_rollback}, {operation.challenge_fee_exchanged_refund})
            AND e.currency <> p.currency))",
    },
    Draft {
        name: "entry.transaction",
        rule: "an entry of a cashier names its transaction, has its brand, and (received money aside) its currency",
        sql: "
SELECT 'order', e.order_no,
    COALESCE('brand ' || t.brand_id || ', ' || t.currency, 'a transaction'),
    e.operation || ' of transaction ' || COALESCE(CAST(e.transaction_id AS TEXT), 'none') || ', brand '
        || e.brand_id || ', ' || e.currency
FROM entry e LEFT JOIN payment_transaction t ON t.id = e.transaction_id
WHERE (e.operation IN ({operation.cashier_received}, {operation.cashier_fee}, {operation.cashier_fee_refund_due},
            {operation.reset_fee}, {operation.reset_fee_refund_due}, {operation.cashier_refund_paid},
            {operation.deposit}, {operation.withdrawal}, {operation.payout_paid}, {operation.payout_fee_refund_paid},
            {operation.fee_return_due}, {operation.fee_chargeback}, {operation.fee_chargeback_reversed},
            {operation.manual_credit}, {operation.manual_debit})
        OR e.transaction_id IS NOT NULL)
    AND (t.id IS NULL OR t.brand_id <> e.brand_id
        OR (t.currency <> e.currency
            AND e.operation IN ({operation.cashier_fee}, {operation.cashier_fee_refund_due},
                {operation.reset_fee}, {operation.reset_fee_refund_due}, {operation.cashier_refund_paid}, {operation.deposit},
                {operation.withdrawal}, {operation.payout_paid}, {operation.payout_fee_refund_paid},
                {operation.fee_return_due}, {operation.fee_chargeback}, {operation.fee_chargeback_reversed},
                {operation.manual_credit}, {operation.manual_debit})))",
    },
    Draft {
        name: "account.balance",
        rule: "an account's stored balance is the sum of its entries and deals",
        sql: "
SELECT 'account', a.login, CAST(COALESCE(s.minor, 0) AS TEXT), CAST(a.balance_minor AS TEXT)
FROM account a LEFT JOIN (
    SELECT m.login, CAST(SUM(m.minor) AS BIGINT) AS minor FROM (
        SELECT e.login, CASE WHEN e.to_account = e.login THEN e.amount_minor ELSE -e.amount_minor END AS minor
        FROM entry e WHERE e.login IS NOT NULL
        UNION ALL
        SELECT d.login, d.profit_minor + d.commission_minor + d.swap_minor FROM deal d
        WHERE d.kind NOT IN ('voided', 'correction', 'payout', 'payout_returned', 'growth')) m
    GROUP BY m.login) s ON s.login = a.login
WHERE a.balance_minor <> COALESCE(s.minor, 0)",
    },
    Draft {
        name: "books.sum",
        rule: "the stored balances and the house's sums of a brand, book and currency add up to 0",
        sql: "
SELECT 'brand', s.brand_id, '0', CAST(SUM(s.minor) AS BIGINT) || ' minor units of ' || s.currency || ' in book ' || s.book
FROM (
    SELECT a.brand_id, a.currency, {book_of_account} AS book, a.balance_minor AS minor
    FROM account a JOIN account_group g ON g.id = a.group_id
    UNION ALL
    SELECT brand_id, currency, book, amount_minor FROM entry WHERE to_account < 0
    UNION ALL
    SELECT brand_id, currency, book, -amount_minor FROM entry WHERE from_account < 0
    UNION ALL
    SELECT d.brand_id, a.currency, {book_of_account}, -(d.profit_minor + d.commission_minor + d.swap_minor)
    FROM deal d JOIN account a ON a.login = d.login JOIN account_group g ON g.id = a.group_id
    WHERE d.kind NOT IN ('voided', 'correction', 'payout', 'payout_returned', 'growth')) s
GROUP BY s.brand_id, s.currency, s.book HAVING SUM(s.minor) <> 0",
    },
    Draft {
        name: "entry.api_data",
        rule: "an entry's api_data names the purchase and the transaction that the entry is of",
        sql: "
SELECT 'order', e.order_no,
    'purchase ' || COALESCE(CAST(e.purchase_id AS TEXT), 'none') || ', transaction '
        || COALESCE(CAST(e.transaction_id AS TEXT), 'none'),
    e.api_data
FROM entry e
WHERE (e.purchase_id IS NOT NULL
        AND REPLACE(e.api_data, '}', ',') NOT LIKE '%\"purchase_id\":' || e.purchase_id || ',%')
    OR (e.transaction_id IS NOT NULL
        AND REPLACE(e.api_data, '}', ',') NOT LIKE '%\"transaction_id\":' || e.transaction_id || ',%')",
    },
];
