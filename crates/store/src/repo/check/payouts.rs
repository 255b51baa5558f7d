//! Payouts: their parts, their entries in both books, who has decided them, and what the house owes.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "payout.parts",
        rule: "a payout's two parts are the profit that was taken; one that was rejected by itself took nothing",
        sql: "
SELECT 'payout', p.id,
    CASE WHEN p.state = {payout.auto_rejected} THEN 'nothing taken, no fee' ELSE 'two parts of a profit above 0' END,
    'profit ' || p.profit_minor || ': trader ' || p.trader_minor || ', firm ' || p.firm_minor || ', state ' || p.state
FROM payout p
WHERE p.profit_minor <> p.trader_minor + p.firm_minor
    OR (p.state = {payout.auto_rejected}) <> (p.profit_minor = 0)
    OR (p.fee_refund_minor IS NULL) <> (p.fee_refund_currency IS NULL)
    OR (p.fee_refund_minor IS NOT NULL AND (p.fee_refund_minor <= 0 OR p.state = {payout.auto_rejected}))
    OR p.state NOT IN ({payout.all})",
    },
    Draft {
        name: "payout.owner",
        rule: "a payout is of a phase, on its account in its currency, and of its challenge's customer and brand",
        sql: "
SELECT 'payout', p.id,
    COALESCE('account ' || f.account_login || ' in ' || a.currency || ', customer ' || c.customer_id || ', brand '
        || c.brand_id, 'a phase ' || p.phase_id || ' of challenge ' || p.challenge_id),
    'account ' || p.login || ' in ' || p.currency || ', customer ' || p.customer_id || ', brand ' || p.brand_id
FROM payout p
LEFT JOIN phase f ON f.challenge_id = p.challenge_id AND f.id = p.phase_id
LEFT JOIN challenge c ON c.id = f.challenge_id
LEFT JOIN account a ON a.login = f.account_login
WHERE c.id IS NULL OR a.login IS NULL OR f.account_login <> p.login OR a.currency <> p.currency
    OR c.customer_id <> p.customer_id OR c.brand_id <> p.brand_id",
    },
    Draft {
        name: "payout.decided",
        rule: "a payout says who approved or rejected it, and when it ended, exactly where its state says so",
        sql: "
SELECT 'payout', p.id, 'what belongs to state ' || p.state,
    'approved by ' || COALESCE(CAST(p.approved_by AS TEXT), 'nobody') || ', first by '
        || COALESCE(CAST(p.first_approved_by AS TEXT), 'nobody') || ', rejected by '
        || COALESCE(CAST(p.rejected_by AS TEXT), 'nobody') || ', ended at '
        || COALESCE(CAST(p.ended_at AS TEXT), 'no time') || ', transaction '
        || COALESCE(CAST(p.transaction_id AS TEXT), 'none')
FROM payout p
WHERE (p.state IN ({payout.approved}, {payout.disbursing}, {payout.paid}) AND p.approved_by IS NULL)
    OR (p.state IN ({payout.pending}, {payout.awaiting_second_approval}, {payout.auto_rejected})
        AND p.approved_by IS NOT NULL)
    OR (p.approved_by IS NULL) <> (p.approved_at IS NULL)
    OR (p.state = {payout.awaiting_second_approval} AND p.first_approved_by IS NULL)
    OR p.first_approved_by = p.approved_by
    OR (p.state = {payout.rejected}) <> (p.rejected_by IS NOT NULL)
    OR (p.state < 10) <> (p.ended_at IS NULL)
    OR (p.transaction_id IS NOT NULL AND p.state <> {payout.paid})
    OR (p.state = {payout.paid} AND p.transaction_id IS NULL
        AND (p.trader_minor > 0 OR p.fee_refund_minor IS NOT NULL))",
    },
    Draft {
        name: "payout.entries",
        rule: "the entries of a payout move its two parts and its fee as far as its state has come, and no further",
        sql: "
SELECT 'payout', p.id,
    'gone ' || p.trader_minor || ' and ' || p.firm_minor || ', state ' || p.state || ', fee '
        || COALESCE(p.fee_refund_minor, 0),
    'gone ' || COALESCE(s.share, 0) || ' and ' || COALESCE(s.firm, 0) || ', owed ' || COALESCE(s.due, 0)
        || ', paid ' || COALESCE(s.paid, 0) || ', fee owed ' || COALESCE(s.fee_due, 0) || ', fee paid '
        || COALESCE(s.fee_paid, 0)
FROM payout p LEFT JOIN (
    SELECT l.payout_id,
        SUM(CASE WHEN e.operation = {operation.payout_share} THEN e.amount_minor
                 WHEN e.operation = {operation.payout_share_returned} THEN -e.amount_minor ELSE 0 END) AS share,
        SUM(CASE WHEN e.operation = {operation.payout_firm_share} THEN e.amount_minor
                 WHEN e.operation = {operation.payout_firm_share_returned} THEN -e.amount_minor ELSE 0 END) AS firm,
        SUM(CASE WHEN e.operation = {operation.payout_due} THEN e.amount_minor
                 WHEN e.operation = {operation.payout_due_rollback} THEN -e.amount_minor ELSE 0 END) AS due,
        SUM(CASE WHEN e.operation = {operation.payout_paid} THEN e.amount_minor ELSE 0 END) AS paid,
        SUM(CASE WHEN e.operation = {operation.payout_fee_refund_due} THEN e.amount_minor
                 WHEN e.operation = {operation.payout_fee_refund_due_rollback} THEN -e.amount_minor ELSE 0 END)
            AS fee_due,
        SUM(CASE WHEN e.operation = {operation.payout_fee_refund_paid} THEN e.amount_minor ELSE 0 END) AS fee_paid,
        COUNT(*) AS entries,
        SUM(CASE WHEN e.login IS NOT NULL AND e.login <> q.login THEN 1
                 WHEN e.brand_id <> q.brand_id THEN 1 ELSE 0 END) AS strange
    FROM payout_entry l JOIN entry e ON e.order_no = l.order_no JOIN payout q ON q.id = l.payout_id
    GROUP BY l.payout_id) s ON s.payout_id = p.id
WHERE COALESCE(s.strange, 0) <> 0
    OR COALESCE(s.share, 0) <> CASE WHEN p.state = {payout.rejected} THEN 0 ELSE p.trader_minor END
    OR COALESCE(s.firm, 0) <> CASE WHEN p.state = {payout.rejected} THEN 0 ELSE p.firm_minor END
    OR COALESCE(s.due, 0) <> CASE WHEN p.state IN ({payout.approved}, {payout.disbursing}, {payout.paid})
        THEN p.trader_minor ELSE 0 END
    OR COALESCE(s.fee_due, 0) <> CASE WHEN p.state IN ({payout.approved}, {payout.disbursing}, {payout.paid})
        THEN COALESCE(p.fee_refund_minor, 0) ELSE 0 END
    OR COALESCE(s.paid, 0) <> CASE WHEN p.state = {payout.paid} THEN p.trader_minor ELSE 0 END
    OR COALESCE(s.fee_paid, 0) <> CASE WHEN p.state = {payout.paid} THEN COALESCE(p.fee_refund_minor, 0) ELSE 0 END",
    },
    Draft {
        name: "payout.linked",
        rule: "an entry of a payout belongs to exactly one payout, which its api_data names",
        sql: "
SELECT 'order', e.order_no, 'payout ' || COALESCE(CAST(l.payout_id AS TEXT), 'of some number'), e.api_data
FROM entry e LEFT JOIN payout_entry l ON l.order_no = e.order_no
WHERE (e.operation LIKE 'payout%' OR l.payout_id IS NOT NULL)
    AND (l.payout_id IS NULL
        OR REPLACE(e.api_data, '}', ',') NOT LIKE '%\"payout_id\":' || l.payout_id || ',%')",
    },
    Draft {
        name: "house.payouts_owed",
        rule: "what the house owes of payouts is what is approved and not paid",
        sql: "
SELECT 'brand', s.brand_id, CAST(SUM(s.wanted) AS BIGINT) || ' ' || s.currency,
    CAST(SUM(s.found) AS BIGINT) || ' ' || s.currency
FROM (
    SELECT brand_id, currency, amount_minor AS found, 0 AS wanted FROM entry WHERE to_account = {house.payouts_owed}
    UNION ALL
    SELECT brand_id, currency, -amount_minor, 0 FROM entry WHERE from_account = {house.payouts_owed}
    UNION ALL
    SELECT brand_id, currency, 0, trader_minor FROM payout
    WHERE state IN ({payout.approved}, {payout.disbursing})
    UNION ALL
    SELECT brand_id, fee_refund_currency, 0, fee_refund_minor FROM payout
    WHERE state IN ({payout.approved}, {payout.disbursing}) AND fee_refund_minor IS NOT NULL) s
GROUP BY s.brand_id, s.currency HAVING SUM(s.found) <> SUM(s.wanted)",
    },
];
