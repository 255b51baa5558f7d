//! Accounts that have grown: by an entry each, with payouts that were paid, and to the size that their phase tells.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "growth.entries",
        rule: "a growth is one entry to its account over its amount, and such an entry is of a growth",
        sql: "
SELECT 'account', COALESCE(g.login, e.login),
    COALESCE('growth ' || g.number || ' of ' || g.amount_minor, 'no growth'),
    COALESCE('order ' || e.order_no || ': ' || e.operation || ' of ' || e.amount_minor || ' for login ' || e.login, 'no order')
FROM growth g LEFT JOIN entry e ON e.order_no = g.order_no
WHERE e.order_no IS NULL OR e.operation <> {operation.growth} OR COALESCE(e.login, 0) <> g.login
    OR e.amount_minor <> g.amount_minor
UNION ALL
SELECT 'order', e.order_no, 'a growth', e.operation || ' of ' || e.amount_minor
FROM entry e
WHERE e.operation = {operation.growth} AND NOT EXISTS (SELECT 1 FROM growth g WHERE g.order_no = e.order_no)",
    },
    Draft {
        name: "growth.size",
        rule: "a phase has grown by the sum of its account's growths, which are numbered from 1",
        sql: "
SELECT 'phase', f.id, COALESCE(s.minor, 0) || ', ' || COALESCE(s.growths, 0) || ' in a row',
    f.grown_minor || ', up to number ' || COALESCE(s.last, 0)
FROM phase f LEFT JOIN (
    SELECT phase_id, CAST(SUM(amount_minor) AS BIGINT) AS minor, COUNT(*) AS growths, MAX(number) AS last
    FROM growth GROUP BY phase_id) s ON s.phase_id = f.id
WHERE f.grown_minor <> COALESCE(s.minor, 0) OR COALESCE(s.growths, 0) <> COALESCE(s.last, 0)",
    },
    Draft {
        name: "growth.earned",
        rule: "a growth comes after a payout of its account that was paid and that no growth before it has counted",
        sql: "
SELECT 'account', g.login, 'a paid payout after ' || COALESCE(b.through_payout, 0),
    'payout ' || g.through_payout || COALESCE(' in state ' || p.state, '')
FROM growth g
LEFT JOIN payout p ON p.id = g.through_payout
LEFT JOIN growth b ON b.login = g.login AND b.number = g.number - 1
WHERE p.id IS NULL OR p.login <> g.login OR p.state <> {payout.paid} OR p.phase_id <> g.phase_id
    OR g.through_payout <= COALESCE(b.through_payout, 0)",
    },
];
